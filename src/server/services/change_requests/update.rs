//! A request whose ground has moved: brought up to what is live now, with a choice where both changed the same.

use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::draft::Item;
use crate::domain::merge::{Choices, Clash, merge};
use crate::domain::merge_document::merge_document;
use crate::domain::state::State;
use crate::server::error::Error;
use crate::server::governance::Submission;
use crate::server::governance::change_requests::NewRequest;
use crate::server::security::tokens::sha256_hex;
use crate::server::services::drafts::bundle;
use crate::server::services::projects::OpenProject;
use crate::server::state::AppState;
use crate::server::store::Cx;
use crate::server::store::change_requests::{self as rows, StoredRequest};
use serde_json::Value;

/// What an item comes to over what is live.
#[derive(Debug, Clone)]
pub struct Renewed {
    pub item: Item,
    /// Whether what it replaces has changed since it was made.
    pub is_behind: bool,
    /// What both changed in different ways; the path begins with the item's place, `items[0].`.
    pub clashes: Vec<Clash>,
}

impl Renewed {
    pub fn is_settled(&self) -> bool {
        self.clashes.iter().all(|clash| clash.choice.is_some())
    }
}

/// Every change of a request over what is live; `choices` says what was decided of clashes.
pub async fn renewed(
    state: &AppState,
    project: &OpenProject,
    stored: &StoredRequest,
    choices: &Choices,
) -> Result<Vec<Renewed>, Error> {
    let mut cx = state.db.snapshot().await?;
    let mut all = Vec::with_capacity(stored.items.len());
    for (at, item) in stored.items.iter().enumerate() {
        let prefix = format!("items[{at}].");
        let own = choices.iter().filter_map(|(path, side)| Some((path.strip_prefix(&prefix)?.to_owned(), *side))).collect();
        let mut one = renew(&mut cx, project, item, &own).await?;
        for clash in &mut one.clashes {
            clash.path = format!("{prefix}{}", clash.path);
        }
        all.push(one);
    }
    Ok(all)
}

/// What is live where a request is behind, as one short text: whoever chooses has seen that.
pub fn fingerprint(all: &[Renewed]) -> String {
    let seen: Vec<String> = all.iter().map(|one| format!("{:?}", one.item.base_version)).collect();
    sha256_hex(&seen.join(" "))
}

/// Whether updating would help: something that the request replaces was changed, and what is wanted can be put over it.
pub fn helps(all: &[Renewed]) -> bool {
    all.iter().any(|one| one.is_behind)
}

/// Brings a request up to date, which begins a new round. Says whether that went without a clash left open; otherwise
/// nothing is written.
pub async fn update(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    number: i64,
    round: i64,
    choices: &Choices,
) -> Result<bool, Error> {
    let found = rows::find(&mut state.db.read().await?, &project.stored.id, number).await?;
    let stored = found.ok_or(Error::NotFound("change request"))?;
    let all = renewed(state, project, &stored, choices).await?;
    if !all.iter().all(Renewed::is_settled) {
        return Ok(false);
    }
    // A moment that is still to come stays: it is applied then if the new round is approved.
    let schedule = stored.schedule.clone().filter(|_| stored.apply_at.is_some_and(|at| at > state.clock.now()));
    let edits = Some((number, round));
    let request = NewRequest { title: stored.title, why: stored.why, edits, schedule, ..NewRequest::default() };
    let submission = |one: Renewed| Submission {
        base_version: one.item.base_version,
        revert: one.item.revert,
        request: Some(request.clone()),
        ..Submission::new(one.item.command)
    };
    match state.governance.submit_all(actor, all.into_iter().map(submission).collect()).await {
        Ok(_) | Err(Error::Requested { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}

async fn renew(cx: &mut Cx, project: &OpenProject, item: &Item, choices: &Choices) -> Result<Renewed, Error> {
    let present = bundle::present(cx, project, &item.command).await?;
    let version = present.as_ref().map(|(_, version)| *version);
    let unchanged = Renewed { item: item.clone(), is_behind: false, clashes: Vec::new() };
    if item.base_version.is_none() || version == item.base_version {
        return Ok(unchanged);
    }
    // It is gone: nothing can be put over it.
    let Some((theirs, version)) = present else { return Ok(unchanged) };
    let (command, clashes) = merged(&item.command, &item.base, &theirs, choices)?;
    let item = Item { command, base_version: Some(version), base: theirs, revert: item.revert, left_out: false };
    Ok(Renewed { item, is_behind: true, clashes })
}

/// A command that wants what it wanted, over what is there now.
pub(super) fn merged(command: &Command, base: &Value, theirs: &Value, choices: &Choices) -> Result<(Command, Vec<Clash>), Error> {
    let unreadable = |error: serde_json::Error| Error::Internal(error.to_string());
    let whole = |yours: Result<Value, serde_json::Error>| -> Result<(Value, Vec<Clash>), Error> {
        let merged = merge_document(base, &yours.map_err(unreadable)?, theirs, choices);
        Ok((merged.document, merged.clashes))
    };
    let mut command = command.clone();
    let clashes = match &mut command {
        Command::EditState { state, .. } => {
            let (was, is): (State, State) = (
                serde_json::from_value(base.clone()).map_err(unreadable)?,
                serde_json::from_value(theirs.clone()).map_err(unreadable)?,
            );
            let merged = merge(&was, state, &is, choices);
            *state = merged.state;
            merged.clashes
        }
        Command::EditFlag { flag, .. } => {
            let (document, clashes) = whole(serde_json::to_value(&*flag))?;
            *flag = serde_json::from_value(document).map_err(unreadable)?;
            clashes
        }
        Command::EditSegment { segment, .. } => {
            let (document, clashes) = whole(serde_json::to_value(&*segment))?;
            *segment = serde_json::from_value(document).map_err(unreadable)?;
            clashes
        }
        Command::EditProject { project } => {
            let (document, clashes) = whole(serde_json::to_value(&*project))?;
            *project = serde_json::from_value(document).map_err(unreadable)?;
            clashes
        }
        Command::EditEnvironment { environment, .. } => {
            let (document, clashes) = whole(serde_json::to_value(&*environment))?;
            *environment = serde_json::from_value(document).map_err(unreadable)?;
            clashes
        }
        // A switch, an archive: whatever else changed, it does the same.
        _ => Vec::new(),
    };
    Ok((command, clashes))
}
