//! Every change there is, as a value. Pages, commands and the importer all speak this one language.

use super::api_key::ApiKeyKind;
use super::environment::Environment;
use super::flag::Flag;
use super::key::{EnvironmentKey, FlagKey, ProjectKey};
use super::member::Member;
use super::project::Project;
use super::segment::Segment;
use super::state::State;
use super::user::User;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// A new account. The password's hash travels beside the command, never in it.
    CreateUser {
        user: User,
    },
    CreateProject {
        project: Project,
        environments: Vec<Environment>,
    },
    /// Adds somebody to a project, or changes their role in it.
    SetMember {
        project: ProjectKey,
        member: Member,
    },
    CreateApiKey {
        project: ProjectKey,
        environment: EnvironmentKey,
        name: String,
        kind: ApiKeyKind,
        origins: Vec<String>,
    },
    /// A new flag, in its initial state in every environment.
    CreateFlag {
        project: ProjectKey,
        flag: Flag,
    },
    /// Replaces the definition of a flag; its key and value type stay.
    EditFlag {
        project: ProjectKey,
        flag: Flag,
    },
    ArchiveFlag {
        project: ProjectKey,
        flag: FlagKey,
    },
    RestoreFlag {
        project: ProjectKey,
        flag: FlagKey,
    },
    SetEnabled {
        project: ProjectKey,
        environment: EnvironmentKey,
        flag: FlagKey,
        enabled: bool,
    },
    EditState {
        project: ProjectKey,
        environment: EnvironmentKey,
        flag: FlagKey,
        state: State,
    },
    CreateSegment {
        project: ProjectKey,
        segment: Segment,
    },
    EditSegment {
        project: ProjectKey,
        segment: Segment,
    },
    /// Flags from a file: definitions and their state in one environment, all or none.
    Import {
        project: ProjectKey,
        environment: EnvironmentKey,
        flags: Vec<(Flag, State)>,
    },
}

impl Command {
    /// The project it belongs to; `None` for changes to the installation.
    pub fn project(&self) -> Option<&ProjectKey> {
        match self {
            Self::CreateUser { .. } | Self::CreateProject { .. } => None,
            Self::SetMember { project, .. }
            | Self::CreateApiKey { project, .. }
            | Self::CreateFlag { project, .. }
            | Self::EditFlag { project, .. }
            | Self::ArchiveFlag { project, .. }
            | Self::RestoreFlag { project, .. }
            | Self::SetEnabled { project, .. }
            | Self::EditState { project, .. }
            | Self::CreateSegment { project, .. }
            | Self::EditSegment { project, .. }
            | Self::Import { project, .. } => Some(project),
        }
    }
    /// The one environment whose answers it changes, where there is just one.
    pub fn environment(&self) -> Option<&EnvironmentKey> {
        match self {
            Self::CreateApiKey { environment, .. }
            | Self::SetEnabled { environment, .. }
            | Self::EditState { environment, .. }
            | Self::Import { environment, .. } => Some(environment),
            _ => None,
        }
    }
    /// Whether it only turns a flag off: the fast way out of trouble, which no ladder slows down.
    pub fn only_turns_off(&self) -> bool {
        matches!(self, Self::SetEnabled { enabled: false, .. })
    }
}
