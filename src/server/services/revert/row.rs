//! One row of the history: what it did is taken back, or what it left is put in place again.

use crate::domain::actor::Person;
use crate::domain::change::Change;
use crate::domain::command::Command;
use crate::domain::draft::Item;
use crate::domain::flag::Flag;
use crate::domain::id::DraftId;
use crate::domain::key::{FlagKey, SegmentKey};
use crate::domain::merge::{Choices, Clash, merge};
use crate::domain::merge_document::merge_document;
use crate::domain::role::Role;
use crate::domain::segment::Segment;
use crate::domain::state::State;
use crate::server::error::Error;
use crate::server::governance::undo;
use crate::server::services::audit;
use crate::server::services::drafts::{self, Workspace, bundle, document};
use crate::server::services::projects::OpenProject;
use crate::server::state::AppState;
use crate::server::store::{self, audit::AuditRow};
use serde::de::DeserializeOwned;
use serde_json::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Undo just this change; what was done since stays.
    Revert,
    /// As it was after this change; what was done since goes.
    Restore,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Reverted {
    Draft(DraftId),
    /// The person has a draft of the same already.
    Occupied(DraftId),
    /// Everything is like that already.
    Nothing,
    /// Somebody changed the same parts since; each wants a side chosen, where *yours* is the past.
    Clashing(Vec<Clash>),
}

/// Whether a change can be taken back, and whether its version can be restored.
pub fn is_offered(change: &Change, way: Way) -> bool {
    let readable = |side: &Option<Value>| side.as_ref().is_some_and(|document| document.get("unreadable").is_none());
    let both = readable(&change.before) && readable(&change.after);
    match (change.action.as_str(), way) {
        ("flag.archive" | "flag.restore", Way::Revert) => true,
        ("state.enable" | "state.disable" | "state.edit" | "state.import", Way::Revert) => both,
        ("flag.edit" | "flag.import" | "segment.edit" | "segment.import", Way::Revert) => both,
        ("segment.delete", Way::Revert) => readable(&change.before),
        ("state.enable" | "state.disable" | "state.edit" | "state.import", Way::Restore) => readable(&change.after),
        ("flag.edit" | "flag.import" | "segment.edit" | "segment.import", Way::Restore) => readable(&change.after),
        ("flag.create" | "segment.create", Way::Restore) => true,
        _ => false,
    }
}

/// Takes the change of row `seq` back, or restores what it left, as a draft of `person`.
pub async fn row(
    state: &AppState,
    person: &Person,
    project: &OpenProject,
    seq: i64,
    way: Way,
    choices: &Choices,
) -> Result<Reverted, Error> {
    project.require(Role::Editor)?;
    let (row, change) = audit::find(state, project, seq).await?;
    if !is_offered(&change, way) {
        let what = if way == Way::Revert { "taken back" } else { "restored" };
        return Err(Error::field("", format!("Change #{seq} cannot be {what} from here.")));
    }
    let subject = Subject { state, person, project, row: &row, way, choices };
    match row.object.split_once(':') {
        Some(("flag", key)) if row.action.starts_with("state.") => subject.state(key).await,
        Some(("flag", key)) => subject.flag(key).await,
        Some(("segment", key)) => subject.segment(key).await,
        _ => Err(Error::NotFound("change")),
    }
}

struct Subject<'s> {
    state: &'s AppState,
    person: &'s Person,
    project: &'s OpenProject,
    row: &'s AuditRow,
    way: Way,
    choices: &'s Choices,
}

impl Subject<'_> {
    async fn state(&self, flag: &str) -> Result<Reverted, Error> {
        let environment = self.row.environment.as_deref().unwrap_or_default();
        let work = self.work(environment, flag).await?;
        if let Some(draft) = &work.draft {
            return Ok(Reverted::Occupied(draft.stored.id.clone()));
        }
        let live = &work.live.served.state;
        let after: State = read(self.row.after.as_deref())?;
        let wanted = match self.way {
            Way::Restore => after,
            Way::Revert => {
                let merged = merge(&after, &read(self.row.before.as_deref())?, live, self.choices);
                if !merged.is_settled() {
                    return Ok(Reverted::Clashing(merged.clashes));
                }
                merged.state
            }
        };
        if wanted == **live {
            return Ok(Reverted::Nothing);
        }
        drafts::propose(self.state, self.person, self.project, &work, wanted).await?;
        let work = self.work(environment, flag).await?;
        work.draft.map(|draft| Reverted::Draft(draft.stored.id)).ok_or(Error::NotFound("draft"))
    }

    async fn work(&self, environment: &str, flag: &str) -> Result<Workspace, Error> {
        drafts::open(self.state, self.person, self.project, environment, flag).await
    }

    async fn flag(&self, key: &str) -> Result<Reverted, Error> {
        let key = FlagKey::parse(key).map_err(|_| Error::NotFound("flag"))?;
        let mut cx = self.state.db.read().await?;
        let stored = store::flags::find(&mut cx, &self.project.stored.id, &key).await?.ok_or(Error::NotFound("flag"))?;
        drop(cx);
        let project = self.project.key().clone();
        let is_archived = stored.flag.archived_at.is_some();
        let command = match (self.row.action.as_str(), self.way) {
            ("flag.restore", Way::Revert) => (!is_archived).then_some(Command::ArchiveFlag { project, flag: key }),
            // By hand, or by a file.
            (_, Way::Revert) if matches!(undo::command(self.row), Some(Command::RestoreFlag { .. })) => {
                is_archived.then_some(Command::RestoreFlag { project, flag: key })
            }
            _ => {
                if is_archived {
                    return Err(Error::field("", format!("{key} is archived; restore it before you change it.")));
                }
                let flag: Flag = match self.merged(&document(&stored.flag)?)? {
                    Ok(flag) => flag,
                    Err(clashes) => return Ok(Reverted::Clashing(clashes)),
                };
                // Archiving is a change of its own.
                let flag = Flag { archived_at: None, ..flag };
                (flag != stored.flag).then_some(Command::EditFlag { project, flag })
            }
        };
        match command {
            None => Ok(Reverted::Nothing),
            Some(command) => self.bundle(bundle::item(command, Some((&stored.flag, stored.version)))?).await,
        }
    }

    async fn segment(&self, key: &str) -> Result<Reverted, Error> {
        let key = SegmentKey::parse(key).map_err(|_| Error::NotFound("segment"))?;
        let mut cx = self.state.db.read().await?;
        let found = store::segments::find(&mut cx, &self.project.stored.id, &key).await?;
        drop(cx);
        let project = self.project.key().clone();
        let Some(stored) = found else {
            let side = if self.way == Way::Restore { &self.row.after } else { &self.row.before };
            let command = Command::CreateSegment { project, segment: read(side.as_deref())? };
            return self.bundle(bundle::item::<Segment>(command, None)?).await;
        };
        if self.row.action == "segment.delete" {
            return Ok(Reverted::Nothing);
        }
        let segment: Segment = match self.merged(&document(&stored.segment)?)? {
            Ok(segment) => segment,
            Err(clashes) => return Ok(Reverted::Clashing(clashes)),
        };
        if segment == stored.segment {
            return Ok(Reverted::Nothing);
        }
        let command = Command::EditSegment { project, segment };
        self.bundle(bundle::item(command, Some((&stored.segment, stored.version)))?).await
    }

    /// The document that is wanted, or what both sides changed.
    fn merged<T: DeserializeOwned>(&self, live: &Value) -> Result<Result<T, Vec<Clash>>, Error> {
        let after: Value = read(self.row.after.as_deref())?;
        if self.way == Way::Restore {
            return read_value(after).map(Ok);
        }
        let merged = merge_document(&after, &read(self.row.before.as_deref())?, live, self.choices);
        if merged.is_settled() { read_value(merged.document).map(Ok) } else { Ok(Err(merged.clashes)) }
    }

    async fn bundle(&self, item: Item) -> Result<Reverted, Error> {
        let what = bundle::title(&item.command, &item.base);
        let title = match self.way {
            Way::Revert => format!("{what}: undo of #{}", self.row.seq),
            Way::Restore => format!("{what}: as of #{}", self.row.seq),
        };
        bundle::make(self.state, self.person, self.project, title, vec![item]).await.map(Reverted::Draft)
    }
}

fn read<T: DeserializeOwned>(text: Option<&str>) -> Result<T, Error> {
    read_text(text.unwrap_or("null"))
}

fn read_text<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|_| unreadable())
}

fn read_value<T: DeserializeOwned>(value: Value) -> Result<T, Error> {
    serde_json::from_value(value).map_err(|_| unreadable())
}

fn unreadable() -> Error {
    Error::field("", "What the history has of that moment cannot be read by this version any more.")
}
