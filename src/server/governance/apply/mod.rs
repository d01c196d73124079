//! What each command does to the rows, one file a noun. Runs inside the transaction of `governance::submit`: may read and
//! write, decides nothing about who may.

mod api_keys;
mod attributes;
mod audit;
mod calendars;
mod environments;
mod flags;
mod import;
mod members;
mod personas;
mod projects;
mod references;
mod reminders;
mod segments;
mod states;
mod step_approval;
mod teams;
mod users;

pub use flags::{check_redefined, naming_problem};
pub use reminders::LONGEST_SNOOZE;

use super::Submission;
use super::audit::Event;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::flag::{Flag, FlagKind};
use crate::domain::growth::growth_of;
use crate::domain::pace::{holds_back, keeps_pace};
use crate::domain::rule::WHOLE;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::flags::StoredFlag;
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, Tx};

/// What a command works with.
pub struct Work<'w> {
    pub tx: &'w mut Tx,
    pub actor: &'w Actor,
    pub now: Timestamp,
    pub submission: &'w Submission,
    /// The version of what it replaces, as it was found.
    pub found: Option<i64>,
}

/// What a command did.
pub struct Effect {
    /// None when everything already was as wanted.
    pub events: Vec<Event>,
    /// Whose revision goes up.
    pub raises: Scope,
    /// Where it may alter answers people get, so that policy has a say.
    pub guards: Scope,
    /// Flags whose definition changed ahead of states that may come with it: checked once everything is there.
    pub redefined: Vec<StoredFlag>,
    /// How much it is, for policies that go by that.
    pub weight: Weight,
}

/// What policies look at besides where a change takes effect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Weight {
    /// The kinds of the flags that it touches, before and after.
    pub kinds: Vec<FlagKind>,
    /// The most that a share grows, in basis points; the whole where nobody can tell.
    pub growth: u16,
    /// Whether it changes how changes are met.
    pub policy: bool,
    /// Whether it only follows the pace of plans that are there, which nobody looks at again.
    pub pace: bool,
    /// Whether it takes a plan past a step that waits for approval, and is not the word of who may approve that alone.
    pub gate: bool,
    /// Whether all it does is to hold plans back, where they are or at nobody.
    pub holds: bool,
}

impl Weight {
    /// Of flags of these kinds, whose reach nobody can count.
    fn whole(kinds: Vec<FlagKind>) -> Self {
        Self { kinds, growth: WHOLE, ..Self::default() }
    }
    fn of(kind: FlagKind, growth: u16) -> Self {
        Self { kinds: vec![kind], growth, ..Self::default() }
    }
    /// Of a flag whose state goes from one to the other.
    pub fn of_state(flag: &Flag, before: &State, after: &State, now: Timestamp) -> Self {
        let (pace, holds) = (keeps_pace(before, after, now), holds_back(before, after, now));
        Self { pace, holds, ..Self::of(flag.kind, growth_of(flag, before, after, now)) }
    }
}

/// Some of the environments.
#[derive(Clone)]
pub enum Scope {
    Nothing,
    Environment(Box<StoredEnvironment>),
    Environments(Vec<StoredEnvironment>),
    Project,
}

impl Effect {
    /// One event; guarded where it raises, or nowhere.
    fn one(event: Event, raises: Scope, guarded: bool) -> Self {
        let guards = if guarded { raises.clone() } else { Scope::Nothing };
        Self { events: vec![event], raises, guards, redefined: Vec::new(), weight: Weight::default() }
    }
    fn nothing() -> Self {
        Self {
            events: Vec::new(),
            raises: Scope::Nothing,
            guards: Scope::Nothing,
            redefined: Vec::new(),
            weight: Weight::default(),
        }
    }
    fn weighing(self, weight: Weight) -> Self {
        Self { weight, ..self }
    }
}

/// Applies the submission's command.
pub async fn apply(work: &mut Work<'_>, project: Option<&StoredProject>) -> Result<Effect, Error> {
    let submission = work.submission;
    let project = || project.ok_or(Error::NotFound("project"));
    match &submission.command {
        Command::CreateUser { user } => users::create(work, user).await,
        Command::SetPassword { email } => users::set_password(work, email).await,
        Command::RenameUser { email, name } => users::rename(work, email, name).await,
        Command::SetInstanceRole { email, role } => users::set_instance_role(work, email, *role).await,
        Command::DisableUser { email } => users::set_disabled(work, email, true).await,
        Command::EnableUser { email } => users::set_disabled(work, email, false).await,
        Command::CreateProject { project, environments } => projects::create(work, project, environments).await,
        Command::EditProject { project: settings } => projects::edit(work, project()?, settings).await,
        Command::DeleteProject { .. } => projects::delete(work, project()?).await,
        Command::CreateEnvironment { environment, .. } => environments::create(work, project()?, environment).await,
        Command::EditEnvironment { environment, .. } => environments::edit(work, project()?, environment).await,
        Command::OrderEnvironments { order, .. } => environments::order(work, project()?, order).await,
        Command::SetMember { member, .. } => members::set(work, project()?, member).await,
        Command::RemoveMember { email, .. } => members::remove(work, project()?, email).await,
        Command::CreateTeam { team, .. } => teams::create(work, project()?, team).await,
        Command::EditTeam { team, .. } => teams::edit(work, project()?, team).await,
        Command::DeleteTeam { team, .. } => teams::delete(work, project()?, team).await,
        Command::CreateApiKey { environment, name, kind, origins, expires_at, .. } => {
            let wanted = api_keys::Wanted { name, origins, expires_at: *expires_at };
            api_keys::create(work, project()?, environment, *kind, wanted).await
        }
        Command::EditApiKey { public_id, name, origins, expires_at, .. } => {
            let wanted = api_keys::Wanted { name, origins, expires_at: *expires_at };
            api_keys::edit(work, project()?, public_id, wanted).await
        }
        Command::RotateApiKey { public_id, overlap, expires_at, .. } => {
            api_keys::rotate(work, project()?, public_id, *overlap, *expires_at).await
        }
        Command::RevokeApiKey { public_id, .. } => api_keys::revoke(work, project()?, public_id).await,
        Command::SavePersona { persona, .. } => personas::save(work, project()?, persona).await,
        Command::DeletePersona { persona, .. } => personas::delete(work, project()?, persona).await,
        Command::SaveAttribute { attribute, .. } => attributes::save(work, project()?, attribute).await,
        Command::DeleteAttribute { attribute, .. } => attributes::delete(work, project()?, attribute).await,
        Command::CreateFlag { flag, .. } => flags::create(work, project()?, flag).await,
        Command::EditFlag { flag, .. } => flags::edit(work, project()?, flag).await,
        Command::ArchiveFlag { flag, .. } => flags::set_archived(work, project()?, flag, true).await,
        Command::RestoreFlag { flag, .. } => flags::set_archived(work, project()?, flag, false).await,
        Command::ForgetRepository { repository, .. } => references::forget(work, project()?, repository).await,
        Command::SnoozeFlag { flag, until, .. } => reminders::snooze(work, project()?, flag, *until).await,
        Command::SetEnabled { environment, flag, enabled, .. } => {
            states::set_enabled(work, project()?, environment, flag, *enabled).await
        }
        Command::EditState { environment, flag, state, .. } => states::edit(work, project()?, environment, flag, state).await,
        Command::CreateSegment { segment, .. } => segments::create(work, project()?, segment).await,
        Command::EditSegment { segment, .. } => segments::edit(work, project()?, segment).await,
        Command::DeleteSegment { segment, .. } => segments::delete(work, project()?, segment).await,
        Command::Import { environment, flags, base_versions, base_states, .. } => {
            let bases = import::Bases::new(base_versions, base_states);
            import::import(work, project()?, environment, flags, bases).await
        }
        Command::MakeCalendar { .. } => calendars::make(work, project()?).await,
        Command::RemoveCalendar { .. } => calendars::remove(work, project()?).await,
        Command::SetRetention { days } => audit::set_retention(work, *days).await,
    }
}

impl Work<'_> {
    /// Refuses a change that was made against an older version.
    fn check_base(&mut self, object: &str, current: i64) -> Result<(), Error> {
        self.found = Some(current);
        match self.submission.base_version {
            Some(base) if base != current => Err(Error::Conflict { object: object.to_owned(), base, current }),
            _ => Ok(()),
        }
    }

    async fn environment(
        &mut self,
        project: &StoredProject,
        key: &crate::domain::key::EnvironmentKey,
    ) -> Result<StoredEnvironment, Error> {
        store::environments::find(self.tx, &project.id, key).await?.ok_or(Error::NotFound("environment"))
    }
}

/// An event on something of a project.
fn in_project(action: &'static str, object: String, project: &StoredProject) -> Event {
    Event { action, object, project: Some(project.project.key.to_string()), environment: None, before: None, after: None }
}

/// A document as the audit keeps it.
fn document<T: serde::Serialize>(value: &T) -> Result<Option<serde_json::Value>, Error> {
    serde_json::to_value(value).map(Some).map_err(|e| Error::Internal(e.to_string()))
}

/// An event on something of the installation.
fn in_installation(action: &'static str, object: String) -> Event {
    Event { action, object, project: None, environment: None, before: None, after: None }
}
