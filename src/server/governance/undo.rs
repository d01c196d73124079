//! Undo: the command that brings an object back to what an audit row says it was before. Pure; the command then goes the
//! way of every change.

use crate::domain::command::Command;
use crate::domain::flag::Flag;
use crate::domain::key::{EnvironmentKey, FlagKey, ProjectKey};
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
            let flag: Flag = serde_json::from_str(before?).ok()?;
            Some(Command::EditFlag { project, flag })
        }
        "state.enable" | "state.disable" | "state.edit" | "state.import" => {
            let environment = EnvironmentKey::parse(row.environment.as_deref()?).ok()?;
            let state: State = serde_json::from_str(before?).ok()?;
            Some(match row.action.as_str() {
                "state.enable" | "state.disable" => Command::SetEnabled { project, environment, flag, enabled: state.enabled },
                _ => Command::EditState { project, environment, flag, state },
            })
        }
        _ => None,
    }
}
