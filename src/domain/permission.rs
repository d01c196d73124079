//! Which role a command asks for. One table; every door reads it.

use super::command::Command;
use super::role::Role;

/// What somebody must hold to do a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Owner of the installation.
    Owner,
    /// At least this role in the command's project.
    AtLeast(Role),
}

/// The right that `command` asks for.
pub fn needed(command: &Command) -> Need {
    match command {
        Command::CreateUser { .. } | Command::CreateProject { .. } => Need::Owner,
        Command::SetMember { .. } | Command::CreateApiKey { .. } => Need::AtLeast(Role::Admin),
        Command::CreateFlag { .. }
        | Command::EditFlag { .. }
        | Command::ArchiveFlag { .. }
        | Command::RestoreFlag { .. }
        | Command::SetEnabled { .. }
        | Command::EditState { .. }
        | Command::CreateSegment { .. }
        | Command::EditSegment { .. }
        | Command::Import { .. } => Need::AtLeast(Role::Editor),
    }
}
