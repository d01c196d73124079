//! Which role a command asks for. One table; every door reads it.

use super::command::Command;
use super::role::Role;

/// What somebody must hold to do a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need<'c> {
    /// Owner of the installation.
    Owner,
    /// Owner of the installation, or whoever this account belongs to.
    OwnerOrSelf(&'c str),
    /// At least this role in the command's project.
    AtLeast(Role),
}

/// The right that `command` asks for.
pub fn needed(command: &Command) -> Need<'_> {
    match command {
        Command::CreateUser { .. }
        | Command::SetInstanceRole { .. }
        | Command::DisableUser { .. }
        | Command::EnableUser { .. }
        | Command::CreateProject { .. }
        | Command::DeleteProject { .. }
        | Command::SetRetention { .. } => Need::Owner,
        Command::SetPassword { email } | Command::RenameUser { email, .. } => Need::OwnerOrSelf(email),
        Command::MakeCalendar { .. } | Command::RemoveCalendar { .. } => Need::AtLeast(Role::Viewer),
        Command::EditProject { .. }
        | Command::CreateEnvironment { .. }
        | Command::EditEnvironment { .. }
        | Command::OrderEnvironments { .. }
        | Command::SetMember { .. }
        | Command::RemoveMember { .. }
        | Command::CreateTeam { .. }
        | Command::EditTeam { .. }
        | Command::DeleteTeam { .. }
        | Command::ForgetRepository { .. }
        | Command::CreateApiKey { .. }
        | Command::EditApiKey { .. }
        | Command::RotateApiKey { .. }
        | Command::RevokeApiKey { .. } => Need::AtLeast(Role::Admin),
        Command::SavePersona { .. }
        | Command::DeletePersona { .. }
        | Command::SaveAttribute { .. }
        | Command::DeleteAttribute { .. }
        | Command::CreateFlag { .. }
        | Command::EditFlag { .. }
        | Command::ArchiveFlag { .. }
        | Command::RestoreFlag { .. }
        | Command::SnoozeFlag { .. }
        | Command::SetEnabled { .. }
        | Command::EditState { .. }
        | Command::CreateSegment { .. }
        | Command::EditSegment { .. }
        | Command::DeleteSegment { .. }
        | Command::Import { .. } => Need::AtLeast(Role::Editor),
    }
}
