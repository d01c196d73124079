//! Undo: the command that brings an object back to what an audit row says it was before. Pure; the command then goes the
//! way of every change.

use crate::domain::command::Command;
use crate::domain::flag::Flag;
use crate::domain::key::{EnvironmentKey, FlagKey, ProjectKey, SegmentKey};
use crate::domain::state::State;
use crate::server::store::audit::AuditRow;

/// The command that undoes `row`; `None` for what cannot be undone, such as making something.
pub fn command(row: &AuditRow) -> Option<Command> {
    let project = ProjectKey::parse(row.project.as_deref()?).ok()?;
    let flag = FlagKey::parse(row.object.strip_prefix("flag:")?).ok()?;
    let before = row.before.as_deref();
    match row.action.as_str() {
        "flag.archive" => Some(Command::RestoreFlag { project, flag }),
        "flag.restore" => Some(Command::ArchiveFlag { project, flag }),
        "flag.edit" | "flag.import" => {
            let (before, after): (Flag, Flag) = (read(before?)?, read(row.after.as_deref()?)?);
            let restored = Flag { archived_at: None, ..after.clone() };
            // A file may archive a flag, and change more of it at once: that is no one change to take back.
            match (before.archived_at, after.archived_at) {
                (None, Some(_)) => (before == restored).then_some(Command::RestoreFlag { project, flag }),
                _ => Some(Command::EditFlag { project, flag: before }),
            }
        }
        "state.enable" | "state.disable" | "state.edit" | "state.import" => {
            let environment = EnvironmentKey::parse(row.environment.as_deref()?).ok()?;
            let state: State = read(before?)?;
            Some(match row.action.as_str() {
                "state.enable" | "state.disable" => Command::SetEnabled { project, environment, flag, enabled: state.enabled },
                _ => Command::EditState { project, environment, flag, state },
            })
        }
        _ => None,
    }
}

/// The same where a whole request is taken back, which reaches further than one flag; `None` for what stays as it is.
pub fn reversal(row: &AuditRow) -> Option<Command> {
    if let Some(command) = command(row) {
        return Some(command);
    }
    let project = ProjectKey::parse(row.project.as_deref()?).ok()?;
    let before = row.before.as_deref();
    let (noun, key) = row.object.split_once(':')?;
    Some(match (noun, row.action.as_str()) {
        // A key is never used again: what was made is put away.
        ("flag", "flag.create") => Command::ArchiveFlag { project, flag: FlagKey::parse(key).ok()? },
        ("segment", "segment.create") => Command::DeleteSegment { project, segment: SegmentKey::parse(key).ok()? },
        ("segment", "segment.edit") => Command::EditSegment { project, segment: read(before?)? },
        ("segment", "segment.delete") => Command::CreateSegment { project, segment: read(before?)? },
        ("environment", "environment.edit") => Command::EditEnvironment { project, environment: read(before?)? },
        ("project", "project.edit") => Command::EditProject { project: read(before?)? },
        _ => return None,
    })
}

fn read<T: serde::de::DeserializeOwned>(document: &str) -> Option<T> {
    serde_json::from_str(document).ok()
}
