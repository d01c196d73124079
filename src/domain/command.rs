//! Every change there is, as a value. Pages, commands and the importer all speak this one language.

use super::api_key::ApiKeyKind;
use super::attribute::Attribute;
use super::environment::Environment;
use super::flag::Flag;
use super::key::{EnvironmentKey, FlagKey, PersonaKey, ProjectKey, SegmentKey, TeamKey};
use super::member::Member;
use super::persona::Persona;
use super::project::Project;
use super::role::InstanceRole;
use super::segment::Segment;
use super::state::State;
use super::team::Team;
use super::time::Timestamp;
use super::user::User;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// A new account. The password's hash travels beside the command, never in it.
    CreateUser {
        user: User,
    },
    /// A new password for an account. Its hash travels beside the command; every session of the account ends.
    SetPassword {
        email: String,
    },
    RenameUser {
        email: String,
        name: String,
    },
    SetInstanceRole {
        email: String,
        role: InstanceRole,
    },
    /// Takes every right from an account and ends its sessions; its history stays.
    DisableUser {
        email: String,
    },
    EnableUser {
        email: String,
    },
    CreateProject {
        project: Project,
        environments: Vec<Environment>,
    },
    /// Replaces a project's settings; its key stays.
    EditProject {
        project: Project,
    },
    /// Removes a project with everything in it but its history.
    DeleteProject {
        project: ProjectKey,
    },
    /// A new environment, in which every flag of the project gets its initial state.
    CreateEnvironment {
        project: ProjectKey,
        environment: Environment,
    },
    /// Replaces name, colour and protection; key and place stay.
    EditEnvironment {
        project: ProjectKey,
        environment: Environment,
    },
    /// Puts a project's environments into this order, all of them named.
    OrderEnvironments {
        project: ProjectKey,
        order: Vec<EnvironmentKey>,
    },
    /// Adds somebody to a project, or changes their role in it.
    SetMember {
        project: ProjectKey,
        member: Member,
    },
    /// Takes somebody out of a project and its teams.
    RemoveMember {
        project: ProjectKey,
        email: String,
    },
    CreateTeam {
        project: ProjectKey,
        team: Team,
    },
    EditTeam {
        project: ProjectKey,
        team: Team,
    },
    DeleteTeam {
        project: ProjectKey,
        team: TeamKey,
    },
    CreateApiKey {
        project: ProjectKey,
        environment: EnvironmentKey,
        name: String,
        kind: ApiKeyKind,
        origins: Vec<String>,
        #[serde(default)]
        expires_at: Option<Timestamp>,
    },
    EditApiKey {
        project: ProjectKey,
        public_id: String,
        name: String,
        origins: Vec<String>,
        expires_at: Option<Timestamp>,
    },
    /// A new secret in a key's place; the old one is taken for `overlap` milliseconds more.
    RotateApiKey {
        project: ProjectKey,
        public_id: String,
        overlap: i64,
        expires_at: Option<Timestamp>,
    },
    /// Refuses the key from now on.
    RevokeApiKey {
        project: ProjectKey,
        public_id: String,
    },
    /// Makes a persona, or replaces the one of that key.
    SavePersona {
        project: ProjectKey,
        persona: Persona,
    },
    DeletePersona {
        project: ProjectKey,
        persona: PersonaKey,
    },
    /// Describes an attribute of contexts, or replaces what is said of the one of that name.
    SaveAttribute {
        project: ProjectKey,
        attribute: Attribute,
    },
    DeleteAttribute {
        project: ProjectKey,
        attribute: String,
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
    /// Silences the reminders of a flag's dates until then, or lets them speak again.
    SnoozeFlag {
        project: ProjectKey,
        flag: FlagKey,
        until: Option<Timestamp>,
    },
    /// Forgets the newest search of a source tree, with every place that it found.
    ForgetRepository {
        project: ProjectKey,
        repository: String,
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
    /// Removes a segment that no flag asks for.
    DeleteSegment {
        project: ProjectKey,
        segment: SegmentKey,
    },
    /// Flags from a file: definitions and their state in one environment, all or none.
    Import {
        project: ProjectKey,
        environment: EnvironmentKey,
        flags: Vec<(Flag, State)>,
        /// The definitions' versions that the file was merged with, so that nobody's edit since is lost. A flag that is
        /// not named is taken as it comes.
        #[serde(default)]
        base_versions: Vec<(FlagKey, i64)>,
        /// The same of their states in the environment.
        #[serde(default)]
        base_states: Vec<(FlagKey, i64)>,
    },
    /// A key to one's own calendar of a project, in the place of the one before. Its hash travels beside the command.
    MakeCalendar {
        project: ProjectKey,
    },
    /// Takes that key back.
    RemoveCalendar {
        project: ProjectKey,
    },
    /// How many days the history is kept at least, [`LEAST_RETENTION`] or more; `None`: for ever.
    SetRetention {
        days: Option<u32>,
    },
}

/// The shortest time for which the history may be kept, in days.
pub const LEAST_RETENTION: u32 = 90;
/// The longest, short of for ever: a hundred years.
pub const MOST_RETENTION: u32 = 36_500;

impl Command {
    /// The project it belongs to; `None` for changes to the installation.
    pub fn project(&self) -> Option<&ProjectKey> {
        match self {
            Self::CreateUser { .. }
            | Self::SetPassword { .. }
            | Self::RenameUser { .. }
            | Self::SetInstanceRole { .. }
            | Self::DisableUser { .. }
            | Self::EnableUser { .. }
            | Self::CreateProject { .. }
            | Self::SetRetention { .. } => None,
            Self::EditProject { project } => Some(&project.key),
            Self::DeleteProject { project }
            | Self::CreateEnvironment { project, .. }
            | Self::EditEnvironment { project, .. }
            | Self::OrderEnvironments { project, .. }
            | Self::SetMember { project, .. }
            | Self::RemoveMember { project, .. }
            | Self::CreateTeam { project, .. }
            | Self::EditTeam { project, .. }
            | Self::DeleteTeam { project, .. }
            | Self::CreateApiKey { project, .. }
            | Self::EditApiKey { project, .. }
            | Self::RotateApiKey { project, .. }
            | Self::RevokeApiKey { project, .. }
            | Self::SavePersona { project, .. }
            | Self::DeletePersona { project, .. }
            | Self::SaveAttribute { project, .. }
            | Self::DeleteAttribute { project, .. }
            | Self::CreateFlag { project, .. }
            | Self::EditFlag { project, .. }
            | Self::ArchiveFlag { project, .. }
            | Self::RestoreFlag { project, .. }
            | Self::SnoozeFlag { project, .. }
            | Self::ForgetRepository { project, .. }
            | Self::SetEnabled { project, .. }
            | Self::EditState { project, .. }
            | Self::CreateSegment { project, .. }
            | Self::EditSegment { project, .. }
            | Self::DeleteSegment { project, .. }
            | Self::MakeCalendar { project }
            | Self::RemoveCalendar { project }
            | Self::Import { project, .. } => Some(project),
        }
    }
    /// Whether it only turns a flag off: the fast way out of trouble, which no ladder slows down.
    pub fn only_turns_off(&self) -> bool {
        matches!(self, Self::SetEnabled { enabled: false, .. })
    }
}
