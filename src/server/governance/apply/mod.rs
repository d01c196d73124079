//! What each command does to the rows, one file a noun. Runs inside the transaction of `governance::submit`: may read and
//! write, decides nothing about who may.

mod api_keys;
mod flags;
mod import;
mod projects;
mod segments;
mod states;
mod users;

pub use flags::naming_problem;

use super::Submission;
use super::audit::Event;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, Tx};

/// What a command works with.
pub struct Work<'w> {
    pub tx: &'w mut Tx,
    pub actor: &'w Actor,
    pub now: Timestamp,
    pub submission: &'w Submission,
}

/// What a command did.
pub struct Effect {
    /// None when everything already was as wanted.
    pub events: Vec<Event>,
    /// Whose revision goes up.
    pub raises: Scope,
    /// Where it may alter answers people get, so that policy has a say.
    pub guards: Scope,
}

/// Some of the environments.
#[derive(Clone)]
pub enum Scope {
    Nothing,
    Environment(Box<StoredEnvironment>),
    Project,
}

impl Effect {
    /// One event; guarded where it raises, or nowhere.
    fn one(event: Event, raises: Scope, guarded: bool) -> Self {
        let guards = if guarded { raises.clone() } else { Scope::Nothing };
        Self { events: vec![event], raises, guards }
    }
    fn nothing() -> Self {
        Self { events: Vec::new(), raises: Scope::Nothing, guards: Scope::Nothing }
    }
}

/// Applies the submission's command.
pub async fn apply(work: &mut Work<'_>, project: Option<&StoredProject>) -> Result<Effect, Error> {
    let submission = work.submission;
    let project = || project.ok_or(Error::NotFound("project"));
    match &submission.command {
        Command::CreateUser { user } => users::create(work, user).await,
        Command::CreateProject { project, environments } => projects::create(work, project, environments).await,
        Command::SetMember { member, .. } => users::set_member(work, project()?, member).await,
        Command::CreateApiKey { environment, name, kind, origins, .. } => {
            api_keys::create(work, project()?, environment, name, *kind, origins).await
        }
        Command::CreateFlag { flag, .. } => flags::create(work, project()?, flag).await,
        Command::EditFlag { flag, .. } => flags::edit(work, project()?, flag).await,
        Command::ArchiveFlag { flag, .. } => flags::set_archived(work, project()?, flag, true).await,
        Command::RestoreFlag { flag, .. } => flags::set_archived(work, project()?, flag, false).await,
        Command::SetEnabled { environment, flag, enabled, .. } => {
            states::set_enabled(work, project()?, environment, flag, *enabled).await
        }
        Command::EditState { environment, flag, state, .. } => states::edit(work, project()?, environment, flag, state).await,
        Command::CreateSegment { segment, .. } => segments::create(work, project()?, segment).await,
        Command::EditSegment { segment, .. } => segments::edit(work, project()?, segment).await,
        Command::Import { environment, flags, .. } => import::import(work, project()?, environment, flags).await,
    }
}

impl Work<'_> {
    /// Refuses a change that was made against an older version.
    fn check_base(&self, object: &str, current: i64) -> Result<(), Error> {
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
