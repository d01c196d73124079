//! Bundles: drafts of several changes that are saved together or not at all, such as a whole environment brought back to a
//! moment. Whatever is left out of one stays as it is.

use super::rehearsal::Rehearsed;
use super::{Since, document, present};
use crate::domain::actor::{Actor, Person};
use crate::domain::attribute::Schema;
use crate::domain::command::Command;
use crate::domain::diff::{DiffRow, diff};
use crate::domain::draft::{Item, MAX_ITEMS, MAX_TITLE};
use crate::domain::id::DraftId;
use crate::domain::key::{EnvironmentKey, FlagKey, ProjectKey, SegmentKey};
use crate::domain::role::Role;
use crate::domain::state::State;
use crate::server::error::Error;
use crate::server::governance::Submission;
use crate::server::services::attributes;
use crate::server::services::audit::shown;
use crate::server::services::change_requests;
use crate::server::services::confirmation::Confirmation;
use crate::server::services::projects::OpenProject;
use crate::server::state::AppState;
use crate::server::store::audit::RowGroup;
use crate::server::store::drafts::StoredDraft;
use crate::server::store::{self, Cx, new_id};
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};

/// One change of a bundle, as it stands to what is live.
#[derive(Debug, Clone, PartialEq)]
pub struct BundleItem {
    pub item: Item,
    /// What it does, as an order: `Archive new_checkout`.
    pub title: String,
    pub rows: Vec<DiffRow>,
    /// Who changed the same since it was made, as far as that is known.
    pub changed: Option<Since>,
    /// Whether it changes what all environments have in common.
    pub everywhere: bool,
}

impl BundleItem {
    /// Whether it is to be saved as things are: not left out, and not made against something older.
    pub fn is_wanted(&self) -> bool {
        !self.item.left_out && self.changed.is_none()
    }
}

/// What a command replaces.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Target {
    Flag(FlagKey),
    Segment(SegmentKey),
    State(String, FlagKey),
    Environment(EnvironmentKey),
    Project(ProjectKey),
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
            Command::DeleteSegment { segment, .. } => Self::Segment(segment.clone()),
            Command::EditEnvironment { environment, .. } => Self::Environment(environment.key.clone()),
            Command::EditProject { project } => Self::Project(project.key.clone()),
            _ => return None,
        })
    }
    pub(super) fn object(&self) -> String {
        match self {
            Self::Flag(key) | Self::State(_, key) => format!("flag:{key}"),
            Self::Segment(key) => format!("segment:{key}"),
            Self::Environment(key) => format!("environment:{key}"),
            Self::Project(key) => format!("project:{key}"),
        }
    }
    /// Whether a row of the history, or a group of them, changed it.
    pub(super) fn is_of(&self, action: &str, object: &str, place: Option<&str>) -> bool {
        let noun = action.split_once('.').map_or("", |(noun, _)| noun);
        let fits = match self {
            Self::Flag(_) => noun == "flag",
            Self::Segment(_) => noun == "segment",
            Self::Environment(_) => noun == "environment",
            Self::Project(_) => noun == "project",
            Self::State(environment, _) => noun == "state" && place == Some(environment.as_str()),
        };
        fits && object == self.object()
    }
}

/// What a command replaces, as it is now, with its version; `None` for what no bundle holds.
pub async fn present(cx: &mut Cx, project: &OpenProject, command: &Command) -> Result<Option<(Value, i64)>, Error> {
    let Some(target) = Target::of(command) else { return Ok(None) };
    let environments = store::environments::of_project(cx, &project.stored.id).await?;
    let mut found = present::documents(cx, project, &environments, &HashSet::from([target.clone()])).await?;
    Ok(found.remove(&target))
}

/// A change against what is there now.
pub fn item<T: serde::Serialize>(command: Command, base: Option<(&T, i64)>) -> Result<Item, Error> {
    let base_version = base.map(|(_, version)| version);
    let base = base.map(|(base, _)| document(base)).transpose()?.unwrap_or(Value::Null);
    Ok(Item { command, base_version, base, revert: false, left_out: false })
}

/// What the history calls the thing that an item changes: `flag:new_checkout`.
pub fn object(item: &Item) -> Option<String> {
    Target::of(&item.command).map(|target| target.object())
}

/// Whether rows of the history changed what an item replaces.
pub fn is_of(item: &Item, group: &RowGroup) -> bool {
    let target = Target::of(&item.command);
    target.is_some_and(|target| target.is_of(&group.action, &group.object, group.environment.as_deref()))
}

/// Makes a bundle of `items`, in the order in which they are to be saved.
pub async fn make(
    state: &AppState,
    person: &Person,
    project: &OpenProject,
    title: String,
    items: Vec<Item>,
) -> Result<DraftId, Error> {
    let draft = new(state, person, project, &title, items)?;
    let mut tx = state.db.begin().await?;
    store::drafts::insert(&mut tx, &draft).await?;
    tx.commit().await?;
    Ok(draft.id)
}

/// The same, to be written down by the caller.
pub(super) fn new(
    state: &AppState,
    person: &Person,
    project: &OpenProject,
    title: &str,
    items: Vec<Item>,
) -> Result<StoredDraft, Error> {
    project.require(Role::Editor)?;
    if items.is_empty() {
        return Err(Error::field("", "There is nothing to change: everything is like that already."));
    }
    if items.len() > MAX_ITEMS {
        return Err(Error::field("", format!("That is {} changes; a draft holds {MAX_ITEMS} at most.", items.len())));
    }
    let now = state.clock.now();
    Ok(StoredDraft {
        id: DraftId::from_text(new_id()),
        project_id: project.stored.id.clone(),
        author_id: person.id.clone(),
        place: None,
        title: title.chars().take(MAX_TITLE).collect(),
        items,
        version: 1,
        created_at: now,
        updated_at: now,
        request: None,
    })
}

/// What an item replaces.
pub(super) fn target(item: &Item) -> Option<Target> {
    Target::of(&item.command)
}

/// What an item does, as an order.
pub(super) fn order(item: &Item) -> String {
    title(&item.command, &item.base)
}

/// Every change of a bundle as it stands to what is live. Viewers are not told whom lists name.
pub async fn open(state: &AppState, project: &OpenProject, draft: &StoredDraft) -> Result<Vec<BundleItem>, Error> {
    let schema = attributes::schema(state, project).await?;
    let mut cx = state.db.snapshot().await?;
    let all = store::environments::of_project(&mut cx, &project.stored.id).await?;
    let targets = draft.items.iter().filter_map(|item| Target::of(&item.command)).collect();
    let versions = present::versions(&mut cx, project, &all, &targets).await?;
    let has_moved = |item: &Item| Target::of(&item.command).filter(|target| versions.get(target).copied() != item.base_version);
    let moved: HashSet<Target> = draft.items.iter().filter_map(has_moved).collect();
    let last = present::last(&mut cx, project, &moved).await?;
    let mut found = Vec::with_capacity(draft.items.len());
    for item in &draft.items {
        let changed = has_moved(item).and_then(|target| last.get(&target).cloned());
        found.push(BundleItem { changed, ..told(item, project.role, &schema)? });
    }
    Ok(found)
}

/// The same of changes that were worked out just now.
pub async fn preview(state: &AppState, project: &OpenProject, items: &[Item]) -> Result<Vec<BundleItem>, Error> {
    let schema = attributes::schema(state, project).await?;
    items.iter().map(|item| told(item, project.role, &schema)).collect()
}

fn told(item: &Item, role: Role, schema: &Schema) -> Result<BundleItem, Error> {
    let after = after(item)?;
    let rows = diff(&shown(item.base.clone(), role, schema), &shown(after, role, schema));
    let everywhere = !matches!(item.command, Command::EditState { .. } | Command::SetEnabled { .. });
    let title = title(&item.command, &item.base);
    Ok(BundleItem { title, rows, changed: None, everywhere, item: item.clone() })
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
        Command::SetEnabled { enabled, .. } => {
            let mut after = item.base.clone();
            if let Some(fields) = after.as_object_mut() {
                fields.insert("enabled".to_owned(), Value::from(*enabled));
            }
            after
        }
        Command::EditEnvironment { environment, .. } => document(environment)?,
        Command::EditProject { project } => document(project)?,
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
        Command::SetEnabled { environment, flag, enabled, .. } => {
            format!("Turn {} {flag} in {environment}", if *enabled { "on" } else { "off" })
        }
        Command::DeleteSegment { segment, .. } => format!("Remove the segment {segment}"),
        Command::EditEnvironment { environment, .. } => format!("Change the settings of {}", environment.key),
        Command::EditProject { .. } => "Change the settings of the project".to_owned(),
        Command::Import { environment, flags, .. } => format!("Import {} flags into {environment}", flags.len()),
        _ => "Make a change that is saved with the others".to_owned(),
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

/// Keeps which items are left out, so that a look at other pages of the draft, or another day, finds the same ticked.
pub async fn leave_out(
    state: &AppState,
    draft: &mut StoredDraft,
    items: &mut [BundleItem],
    out: &BTreeSet<usize>,
) -> Result<(), Error> {
    let mut wanted = draft.items.clone();
    wanted.iter_mut().enumerate().for_each(|(at, item)| item.left_out = out.contains(&at));
    if wanted == draft.items {
        return Ok(());
    }
    let mut tx = state.db.begin().await?;
    if !store::drafts::update(&mut tx, &draft.id, draft.version, &wanted, state.clock.now()).await? {
        return Err(Error::Conflict { object: "your draft".to_owned(), base: draft.version, current: draft.version + 1 });
    }
    tx.commit().await?;
    items.iter_mut().zip(&wanted).for_each(|(found, item)| found.item.left_out = item.left_out);
    (draft.items, draft.version) = (wanted, draft.version + 1);
    Ok(())
}

/// The items at `wanted` as they are submitted, with their places, without what confirms them.
pub(super) fn submissions(items: &[BundleItem], wanted: &BTreeSet<usize>) -> Vec<(usize, Submission)> {
    let mut seen = HashSet::new();
    let submission = |(at, found): (usize, &BundleItem)| {
        // Of several changes of one object the first is compared with what was seen; nobody comes between the others.
        let is_first = Target::of(&found.item.command).is_none_or(|target| seen.insert(target));
        let base_version = found.item.base_version.filter(|_| is_first);
        (at, Submission { base_version, revert: found.item.revert, ..Submission::new(found.item.command.clone()) })
    };
    items.iter().enumerate().filter(|(at, _)| wanted.contains(at)).map(submission).collect()
}

/// Saves what was rehearsed, without what would be refused, and removes the draft, in one transaction. Says how many changes
/// that were.
pub async fn publish(
    state: &AppState,
    actor: &Actor,
    draft: &StoredDraft,
    items: &[BundleItem],
    rehearsed: &Rehearsed,
    said: &Confirmation,
) -> Result<usize, Error> {
    let request = change_requests::words(state, draft, said.request.as_ref()).await?;
    let confirmed = |(at, submission): (usize, Submission)| {
        let confirmation = rehearsed.confirmation(at, said);
        Submission { reason: said.reason.clone(), confirmation, request: request.clone(), ..submission }
    };
    let submissions = submissions(items, &rehearsed.saved()).into_iter().map(confirmed).collect();
    let applied = state.governance.submit_draft(actor, submissions, (&draft.id, draft.version)).await?;
    Ok(applied.iter().map(|one| one.audit.len()).sum())
}

/// Compares every item with what is there now; what came in between is then shown as what would be replaced.
pub async fn renew(state: &AppState, project: &OpenProject, draft: &StoredDraft) -> Result<(), Error> {
    project.require(Role::Editor)?;
    let mut tx = state.db.begin().await?;
    let all = store::environments::of_project(&mut tx, &project.stored.id).await?;
    let targets = draft.items.iter().filter_map(|item| Target::of(&item.command)).collect();
    let present = present::documents(&mut tx, project, &all, &targets).await?;
    let mut items = Vec::with_capacity(draft.items.len());
    for item in &draft.items {
        let Some(target) = Target::of(&item.command) else {
            items.push(item.clone());
            continue;
        };
        let found = present.get(&target).cloned();
        let (base, base_version) = found.map_or((Value::Null, None), |(base, version)| (base, Some(version)));
        items.push(Item { base_version, base, ..item.clone() });
    }
    if !store::drafts::update(&mut tx, &draft.id, draft.version, &items, state.clock.now()).await? {
        return Err(Error::Conflict { object: draft.title.clone(), base: draft.version, current: draft.version + 1 });
    }
    tx.commit().await?;
    Ok(())
}
