//! From a request back to a draft: to edit what it holds, or to take back what it did.

use super::update;
use crate::domain::actor::Person;
use crate::domain::command::Command;
use crate::domain::draft::Item;
use crate::domain::id::DraftId;
use crate::domain::key::{EnvironmentKey, FlagKey};
use crate::domain::merge::Choices;
use crate::domain::role::Role;
use crate::domain::schedule::Schedule;
use crate::domain::text::listed;
use crate::server::error::{Confirm, Error};
use crate::server::governance::change_requests::NewRequest;
use crate::server::governance::undo;
use crate::server::services::drafts::bundle;
use crate::server::services::projects::OpenProject;
use crate::server::services::states;
use crate::server::state::AppState;
use crate::server::store::audit::AuditRow;
use crate::server::store::change_requests::{self as rows, StoredRequest};
use crate::server::store::drafts::StoredDraft;
use crate::server::store::{self, Cx, new_id};
use serde_json::Value;
use std::collections::HashSet;

/// What a draft is called that edits a request.
pub fn edit_title(number: i64, title: &str) -> String {
    format!("Edit of #{number}: {title}")
}

/// Makes a draft of what the request holds; saving that replaces the request's content and begins a new round.
pub async fn edit(state: &AppState, person: &Person, project: &OpenProject, stored: &StoredRequest) -> Result<DraftId, Error> {
    project.require(Role::Editor)?;
    let mut cx = state.db.read().await?;
    if let Some(begun) = store::drafts::of_request(&mut cx, &project.stored.id, &person.id, stored.number).await? {
        return Ok(begun);
    }
    drop(cx);
    let place = match stored.items.as_slice() {
        [Item { command: Command::EditState { environment, flag, .. }, base_version: Some(_), .. }] => {
            place(state, project, environment, flag).ok()
        }
        _ => None,
    };
    let now = state.clock.now();
    let draft = StoredDraft {
        id: DraftId::from_text(new_id()),
        project_id: project.stored.id.clone(),
        author_id: person.id.clone(),
        place,
        title: edit_title(stored.number, &stored.title),
        items: stored.items.clone(),
        version: now.millis(),
        created_at: now,
        updated_at: now,
        request: Some((stored.number, stored.request.round)),
    };
    let mut tx = state.db.begin().await?;
    let inserted = store::drafts::insert(&mut tx, &draft).await;
    inserted.map_err(|error| match error.is_taken() {
        true => Error::field("", "You have unsaved changes of the same flag there; save or discard them first."),
        false => error.into(),
    })?;
    tx.commit().await?;
    Ok(draft.id)
}

fn place(
    state: &AppState,
    project: &OpenProject,
    environment: &EnvironmentKey,
    flag: &FlagKey,
) -> Result<(crate::domain::id::FlagId, crate::domain::id::EnvironmentId), Error> {
    let open = states::open(state, project, environment.as_str(), flag.as_str())?;
    Ok((open.served.stored.id.clone(), open.snapshot.environment.id.clone()))
}

/// Title, why and moment of the request that a draft edits; none where it edits none.
pub async fn said_of(state: &AppState, draft: &StoredDraft) -> Result<Option<(String, String, Option<Schedule>)>, Error> {
    let Some((number, _)) = draft.request else { return Ok(None) };
    let found = rows::find(&mut state.db.read().await?, &draft.project_id, number).await?;
    Ok(found.map(|stored| (stored.title, stored.why, stored.schedule)))
}

/// Whether a draft edits a request that nobody else has to look at: it is given a moment, not asked a review of.
pub async fn edits_unreviewed(state: &AppState, draft: &StoredDraft) -> Result<bool, Error> {
    let Some((number, _)) = draft.request else { return Ok(false) };
    let found = rows::find(&mut state.db.read().await?, &draft.project_id, number).await?;
    Ok(found.is_some_and(|stored| stored.request.asked.quorum == 0))
}

/// What is said with a draft that is to be saved: one that edits a request goes back into it, and that needs words.
pub async fn words(state: &AppState, draft: &StoredDraft, said: Option<&NewRequest>) -> Result<Option<NewRequest>, Error> {
    let Some((number, round)) = draft.request else { return Ok(said.cloned()) };
    let found = rows::find(&mut state.db.read().await?, &draft.project_id, number).await?;
    let stored = found.ok_or(Error::NotFound("change request"))?;
    match said {
        Some(said) => Ok(Some(NewRequest { edits: Some((number, round)), ..said.clone() })),
        None => {
            let review = Some(stored.request.asked);
            Err(Error::Confirm(Confirm { environment: String::new(), reason: true, typed: false, review }))
        }
    }
}

/// Makes a draft of everything that the request changed, as it was before. What stays as it is, such as people, it names.
pub async fn revert(
    state: &AppState,
    person: &Person,
    project: &OpenProject,
    stored: &StoredRequest,
) -> Result<(DraftId, Vec<String>), Error> {
    let (first, last) = stored.rows.ok_or_else(|| Error::field("", "Nothing of it was applied."))?;
    let mut cx = state.db.snapshot().await?;
    let pruned = store::audit_stub::last(&mut cx).await?.is_some_and(|stub| stub.last_seq >= first);
    if pruned {
        let why = "The history does not reach back so far any more: nobody knows what it replaced. Make the change by hand.";
        return Err(Error::field("", why));
    }
    let (mut found, mut stays) = (Vec::new(), Vec::new());
    for row in rows_of(&mut cx, project, first, last).await? {
        match undo::reversal(&row) {
            Some(command) => found.push((command, row)),
            None => stays.push(format!("{} of {}", row.action, row.object)),
        }
    }
    let mut items = Vec::new();
    // What was done last is taken back first.
    let mut seen = HashSet::new();
    for (command, row) in found.into_iter().rev() {
        let present = bundle::present(&mut cx, project, &command).await?;
        // What other people made of it since stays; where it is the same part, nobody decides that here.
        let over = match &present {
            Some((live, _)) if seen.insert((row.object.clone(), row.environment.clone())) => {
                update::merged(&command, &side(row.after.as_deref())?, live, &Choices::new())?
            }
            _ => (command, Vec::new()),
        };
        let (command, clashes) = over;
        if !clashes.is_empty() {
            stays.push(format!("{} of {}, which was changed again since", row.action, row.object));
            continue;
        }
        let is_made = matches!(command, Command::CreateSegment { .. });
        let (base, base_version) = match present {
            Some((base, version)) if !is_made => (base, Some(version)),
            None if is_made => (Value::Null, None),
            // It is gone, or there again: nothing is left to take back.
            _ => continue,
        };
        items.push(Item { command, base_version, base, revert: false, left_out: false });
    }
    drop(cx);
    if items.is_empty() && !stays.is_empty() {
        return Err(Error::field("", format!("This cannot be taken back by a draft: {}. Do it by hand.", listed(&stays))));
    }
    let id = bundle::make(state, person, project, format!("Revert of #{}: {}", stored.number, stored.title), items).await?;
    Ok((id, stays))
}

fn side(document: Option<&str>) -> Result<Value, Error> {
    let read = document.map(serde_json::from_str).transpose();
    Ok(read.map_err(|error| Error::Internal(error.to_string()))?.unwrap_or_default())
}

/// The rows of the history between both, in their order, as far as they are the project's.
async fn rows_of(cx: &mut Cx, project: &OpenProject, first: i64, last: i64) -> Result<Vec<AuditRow>, Error> {
    let (mut all, mut after) = (Vec::new(), first - 1);
    while after < last {
        let some = store::audit::following(cx, after, last - after).await?;
        let Some(newest) = some.last() else { break };
        after = newest.seq;
        all.extend(some.into_iter().filter(|row| row.seq <= last && row.project.as_deref() == Some(project.key().as_str())));
    }
    Ok(all)
}
