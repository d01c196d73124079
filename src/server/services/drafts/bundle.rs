//! Bundles: drafts of several changes that are saved together or not at all, such as a whole environment brought back to a
//! moment. Whatever is left out of one stays as it is.

use super::document;
use crate::domain::actor::{Actor, Person};
use crate::domain::attribute::Schema;
use crate::domain::command::Command;
use crate::domain::diff::{DiffRow, diff};
use crate::domain::draft::{Item, MAX_ITEMS, MAX_TITLE};
use crate::domain::environment::Environment;
use crate::domain::flag::Flag;
use crate::domain::id::DraftId;
use crate::domain::key::{FlagKey, SegmentKey};
use crate::domain::role::Role;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::governance::Submission;
use crate::server::governance::apply::changes_answers;
use crate::server::services::attributes;
use crate::server::services::audit::{names, shown};
use crate::server::services::confirmation::{Asked, Asks, Confirmation};
use crate::server::services::projects::OpenProject;
use crate::server::state::AppState;
use crate::server::store::audit::{AuditFilter, AuditRow};
use crate::server::store::drafts::StoredDraft;
use crate::server::store::{self, Cx, new_id};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// One change of a bundle, as it stands to what is live.
#[derive(Debug, Clone, PartialEq)]
pub struct BundleItem {
    pub item: Item,
    /// What it does, as an order: `Archive new_checkout`.
    pub title: String,
    pub rows: Vec<DiffRow>,
    /// The environment that decides what it asks for.
    pub asked: Option<Asked>,
    /// Who changed the same since it was made, as far as that is known.
    pub changed: Option<Since>,
}

/// A change that came in between.
#[derive(Debug, Clone, PartialEq)]
pub struct Since {
    pub who: String,
    pub at: Option<Timestamp>,
}

/// What a command replaces.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Target {
    Flag(FlagKey),
    Segment(SegmentKey),
    State(String, FlagKey),
}

impl Target {
    /// `None` for what no bundle holds.
    fn of(command: &Command) -> Option<Self> {
        Some(match command {
            Command::EditFlag { flag, .. } | Command::CreateFlag { flag, .. } => Self::Flag(flag.key.clone()),
            Command::ArchiveFlag { flag, .. } | Command::RestoreFlag { flag, .. } => Self::Flag(flag.clone()),
            Command::EditState { environment, flag, .. } | Command::SetEnabled { environment, flag, .. } => {
                Self::State(environment.to_string(), flag.clone())
            }
            Command::CreateSegment { segment, .. } | Command::EditSegment { segment, .. } => Self::Segment(segment.key.clone()),
            _ => return None,
        })
    }
    fn object(&self) -> String {
        match self {
            Self::Flag(key) | Self::State(_, key) => format!("flag:{key}"),
            Self::Segment(key) => format!("segment:{key}"),
        }
    }
    /// The rows of the history that changed it.
    fn filter(&self, project: &OpenProject) -> AuditFilter {
        let (action, environment) = match self {
            Self::Flag(_) => ("flag", None),
            Self::Segment(_) => ("segment", None),
            Self::State(environment, _) => ("state", Some(environment.clone())),
        };
        let (project, object) = (Some(project.key().to_string()), Some(self.object()));
        AuditFilter { project, environment, object, action: Some(action.to_owned()), ..AuditFilter::default() }
    }
    /// What is there now, with its version.
    async fn present(&self, cx: &mut Cx, project: &OpenProject) -> Result<Option<(Value, i64)>, Error> {
        let id = &project.stored.id;
        match self {
            Self::Segment(key) => {
                let found = store::segments::find(cx, id, key).await?;
                found.map(|stored| Ok((document(&stored.segment)?, stored.version))).transpose()
            }
            Self::Flag(key) => {
                let found = store::flags::find(cx, id, key).await?;
                found.map(|stored| Ok((document(&stored.flag)?, stored.version))).transpose()
            }
            Self::State(environment, key) => {
                let all = store::environments::of_project(cx, id).await?;
                let place = all.into_iter().find(|stored| stored.environment.key.as_str() == environment);
                let (Some(place), Some(flag)) = (place, store::flags::find(cx, id, key).await?) else { return Ok(None) };
                let found = store::states::find(cx, &flag.id, &place.id).await?;
                let readable = found.and_then(|stored| Some((stored.state.ok()?, stored.version)));
                readable.map(|(state, version)| Ok((document(&state)?, version))).transpose()
            }
        }
    }
}

/// A change against what is there now.
pub fn item<T: serde::Serialize>(command: Command, base: Option<(&T, i64)>) -> Result<Item, Error> {
    let base_version = base.map(|(_, version)| version);
    let base = base.map(|(base, _)| document(base)).transpose()?.unwrap_or(Value::Null);
    Ok(Item { command, base_version, base })
}

/// What the history calls the thing that an item changes: `flag:new_checkout`.
pub fn object(item: &Item) -> Option<String> {
    Target::of(&item.command).map(|target| target.object())
}

/// Whether a row of the history changed what an item replaces.
pub fn is_of(item: &Item, row: &AuditRow) -> bool {
    Target::of(&item.command).is_some_and(|target| {
        let noun = row.action.split_once('.').map_or("", |(noun, _)| noun);
        let fits = match &target {
            Target::Flag(_) => noun == "flag",
            Target::Segment(_) => noun == "segment",
            Target::State(environment, _) => noun == "state" && row.environment.as_deref() == Some(environment.as_str()),
        };
        fits && row.object == target.object()
    })
}

/// Makes a bundle of `items`, in the order in which they are to be saved.
pub async fn make(
    state: &AppState,
    person: &Person,
    project: &OpenProject,
    title: String,
    items: Vec<Item>,
) -> Result<DraftId, Error> {
    project.require(Role::Editor)?;
    if items.is_empty() {
        return Err(Error::field("", "There is nothing to change: everything is like that already."));
    }
    if items.len() > MAX_ITEMS {
        return Err(Error::field("", format!("That is {} changes; a draft holds {MAX_ITEMS} at most.", items.len())));
    }
    let (now, title) = (state.clock.now(), title.chars().take(MAX_TITLE).collect());
    let (project_id, author_id) = (project.stored.id.clone(), person.id.clone());
    let id = DraftId::from_text(new_id());
    let draft = StoredDraft {
        id: id.clone(),
        project_id,
        author_id,
        place: None,
        title,
        items,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let mut tx = state.db.begin().await?;
    store::drafts::insert(&mut tx, &draft).await?;
    tx.commit().await?;
    Ok(id)
}

/// Every change of a bundle as it stands to what is live. Viewers are not told whom lists name.
pub async fn open(state: &AppState, project: &OpenProject, draft: &StoredDraft) -> Result<Vec<BundleItem>, Error> {
    let schema = attributes::schema(state, project).await?;
    let mut cx = state.db.snapshot().await?;
    let all = store::environments::of_project(&mut cx, &project.stored.id).await?;
    let environments: Vec<&Environment> = all.iter().map(|stored| &stored.environment).collect();
    let (mut found, mut known) = (Vec::with_capacity(draft.items.len()), None);
    for item in &draft.items {
        let changed = match Target::of(&item.command) {
            None => None,
            Some(target) => {
                let version = target.present(&mut cx, project).await?.map(|(_, version)| version);
                if version == item.base_version {
                    None
                } else {
                    if known.is_none() {
                        known = Some(names(&mut cx).await?);
                    }
                    Some(last(&mut cx, project, &target, known.as_ref()).await?)
                }
            }
        };
        found.push(BundleItem { changed, asked: asked(item, &environments), ..told(item, project.role, &schema)? });
    }
    Ok(found)
}

/// The same of changes that were worked out just now, without what they ask for.
pub async fn preview(state: &AppState, project: &OpenProject, items: &[Item]) -> Result<Vec<BundleItem>, Error> {
    let schema = attributes::schema(state, project).await?;
    items.iter().map(|item| told(item, project.role, &schema)).collect()
}

fn told(item: &Item, role: Role, schema: &Schema) -> Result<BundleItem, Error> {
    let after = after(item)?;
    let rows = diff(&shown(item.base.clone(), role, schema), &shown(after, role, schema));
    Ok(BundleItem { title: title(&item.command, &item.base), rows, asked: None, changed: None, item: item.clone() })
}

/// Who changed it last.
async fn last(
    cx: &mut Cx,
    project: &OpenProject,
    target: &Target,
    known: Option<&HashMap<String, String>>,
) -> Result<Since, Error> {
    let rows = store::audit::search(cx, &target.filter(project), 1).await?;
    let Some(row) = rows.into_iter().next() else { return Ok(Since { who: "somebody".to_owned(), at: None }) };
    let who = known.and_then(|known| known.get(&row.actor).cloned()).unwrap_or(row.actor);
    Ok(Since { who, at: Timestamp::parse(&row.at).ok() })
}

/// What is there after an item is saved.
fn after(item: &Item) -> Result<Value, Error> {
    let archived = |is: bool| {
        let mut after = item.base.clone();
        let fields = after.as_object_mut();
        if let Some(fields) = fields {
            let mark = if is { Value::from("when this is saved") } else { Value::Null };
            fields.insert("archived_at".to_owned(), mark);
        }
        after
    };
    Ok(match &item.command {
        Command::EditFlag { flag, .. } | Command::CreateFlag { flag, .. } => document(flag)?,
        Command::EditState { state, .. } => document(state)?,
        Command::CreateSegment { segment, .. } | Command::EditSegment { segment, .. } => document(segment)?,
        Command::ArchiveFlag { .. } => archived(true),
        Command::RestoreFlag { .. } => archived(false),
        _ => Value::Null,
    })
}

/// What a command does, as an order.
pub fn title(command: &Command, base: &Value) -> String {
    match command {
        Command::ArchiveFlag { flag, .. } => format!("Archive {flag}"),
        Command::RestoreFlag { flag, .. } => format!("Restore {flag}"),
        Command::CreateFlag { flag, .. } => format!("Make the flag {}", flag.key),
        Command::EditFlag { flag, .. } => format!("Change the definition of {}", flag.key),
        Command::CreateSegment { segment, .. } => format!("Make the segment {} again", segment.key),
        Command::EditSegment { segment, .. } => format!("Change the segment {}", segment.key),
        Command::EditState { environment, flag, state, .. } => format!("{} {flag} in {environment}", verb(state, base)),
        _ => "Change something".to_owned(),
    }
}

/// `Turn on`, where nothing but the switch moves.
fn verb(after: &State, base: &Value) -> &'static str {
    let Ok(before) = serde_json::from_value::<State>(base.clone()) else { return "Change" };
    let alike = State { enabled: after.enabled, ..before.clone() } == *after;
    match (alike && before.enabled != after.enabled, after.enabled) {
        (false, _) => "Change",
        (true, true) => "Turn on",
        (true, false) => "Turn off",
    }
}

/// The environment whose protection decides on an item, as the policy chooses it.
fn asked(item: &Item, environments: &[&Environment]) -> Option<Asked> {
    let strictest = || Asked::strictest(environments.iter().copied());
    match &item.command {
        Command::EditState { environment, .. } => {
            environments.iter().find(|one| one.key == *environment).map(|one| Asked::of(one))
        }
        Command::ArchiveFlag { .. } | Command::RestoreFlag { .. } | Command::EditSegment { .. } => strictest(),
        Command::EditFlag { flag, .. } => {
            let before: Option<Flag> = serde_json::from_value(item.base.clone()).ok();
            before.is_none_or(|before| changes_answers(&before, flag)).then(strictest).flatten()
        }
        _ => None,
    }
}

/// What has to be said before `items` are saved.
pub fn asks<'b>(items: impl Iterator<Item = &'b BundleItem>) -> Asks {
    Asks::of(items.filter_map(|item| item.asked.as_ref()))
}

/// Saves the items at `kept` and removes the draft, in one transaction. Says how many changes that were.
pub async fn publish(
    state: &AppState,
    actor: &Actor,
    draft: &StoredDraft,
    items: &[BundleItem],
    kept: &[usize],
    said: &Confirmation,
) -> Result<usize, Error> {
    let mut seen = HashSet::new();
    let mut submissions = Vec::new();
    for found in items.iter().enumerate().filter(|(at, _)| kept.contains(at)).map(|(_, found)| found) {
        // Of several changes of one object the first is compared with what was seen; nobody comes between the others.
        let is_first = Target::of(&found.item.command).is_none_or(|target| seen.insert(target));
        submissions.push(Submission {
            base_version: found.item.base_version.filter(|_| is_first),
            reason: said.reason.clone(),
            confirmation: said.of(found.asked.as_ref()),
            ..Submission::new(found.item.command.clone())
        });
    }
    let applied = state.governance.submit_draft(actor, submissions, (&draft.id, draft.version)).await?;
    Ok(applied.iter().map(|one| one.audit.len()).sum())
}

/// Compares every item with what is there now; what came in between is then shown as what would be replaced.
pub async fn renew(state: &AppState, project: &OpenProject, draft: &StoredDraft) -> Result<(), Error> {
    project.require(Role::Editor)?;
    let mut tx = state.db.begin().await?;
    let mut items = Vec::with_capacity(draft.items.len());
    for item in &draft.items {
        let Some(target) = Target::of(&item.command) else { continue };
        let found = target.present(&mut tx, project).await?;
        let (base, base_version) = found.map_or((Value::Null, None), |(base, version)| (base, Some(version)));
        items.push(Item { command: item.command.clone(), base_version, base });
    }
    if !store::drafts::update(&mut tx, &draft.id, draft.version, &items, state.clock.now()).await? {
        return Err(Error::Conflict { object: draft.title.clone(), base: draft.version, current: draft.version + 1 });
    }
    tx.commit().await?;
    Ok(())
}
