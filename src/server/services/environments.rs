//! Environments of a project: their settings and their order. Changing them is for its admins.

use super::projects::OpenProject;
use super::states::Consent;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::environment::{Colour, Environment, Protection};
use crate::domain::flag::Problem;
use crate::domain::key::EnvironmentKey;
use crate::domain::policy::Policy;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::governance::{Applied, Submission};
use crate::server::state::AppState;
use crate::server::store;
use crate::server::store::environments::StoredEnvironment;

/// An environment on the list of them.
#[derive(Debug, Clone)]
pub struct Listed {
    pub environment: Environment,
    /// API keys that are taken now.
    pub keys: usize,
}

/// The project's environments, in their order.
pub async fn list(state: &AppState, project: &OpenProject) -> Result<Vec<Listed>, Error> {
    let (mut cx, now) = (state.db.read().await?, state.clock.now());
    let mut listed = Vec::new();
    for stored in store::environments::of_project(&mut cx, &project.stored.id).await? {
        let keys = store::api_keys::of_environment(&mut cx, &stored.id).await?;
        let is_taken = |expires_at: Option<Timestamp>| expires_at.is_none_or(|at| at > now);
        let keys = keys.iter().filter(|stored| is_taken(stored.api_key.expires_at)).count();
        listed.push(Listed { environment: stored.environment, keys });
    }
    Ok(listed)
}

/// One environment with the version of its settings.
pub async fn find(state: &AppState, project: &OpenProject, key: &str) -> Result<StoredEnvironment, Error> {
    let key = EnvironmentKey::parse(key).map_err(|_| Error::NotFound("environment"))?;
    let found = store::environments::find(&mut state.db.read().await?, &project.stored.id, &key).await?;
    found.ok_or(Error::NotFound("environment"))
}

/// An environment as somebody typed it.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub key: String,
    pub name: String,
    pub colour: String,
    pub protection: String,
}

impl Draft {
    /// Reads it, everything that is wrong at once; `key` is that of an environment that is there.
    pub fn read(&self, key: Option<&EnvironmentKey>) -> Result<Environment, Vec<Problem>> {
        let mut found = Vec::new();
        let read = key.cloned().map_or_else(|| EnvironmentKey::parse(self.key.trim()), Ok);
        if let Err(error) = &read {
            found.push(Problem::new("key", format!("This does not work: {error}.")));
        }
        let (colour, protection) = (Colour::parse(&self.colour), Protection::parse(&self.protection));
        if colour.is_none() {
            found.push(Problem::new("colour", "Choose a colour."));
        }
        if protection.is_none() {
            found.push(Problem::new("protection", "Choose how carefully changes are met."));
        }
        if self.name.trim().is_empty() {
            found.push(Problem::new("name", "Write a name of 1 to 200 characters, such as Production."));
        }
        match (read, colour, protection) {
            (Ok(key), Some(colour), Some(protection)) if found.is_empty() => Ok(Environment {
                key,
                name: self.name.trim().to_owned(),
                colour,
                protection,
                position: 0,
                policy: Policy::default(),
            }),
            _ => Err(found),
        }
    }
}

pub async fn create(state: &AppState, actor: &Actor, project: &OpenProject, draft: &Draft) -> Result<Applied, Error> {
    let environment = draft.read(None).map_err(Error::Invalid)?;
    let command = Command::CreateEnvironment { project: project.key().clone(), environment };
    state.governance.submit(actor, Submission::new(command)).await
}

/// Asks for what the environment asks for as it is now, not as it becomes.
pub async fn edit(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    environment: Environment,
    consent: Consent,
) -> Result<Applied, Error> {
    let command = Command::EditEnvironment { project: project.key().clone(), environment };
    state.governance.submit(actor, consent.on(command)).await
}

/// Moves one environment a place up, or down.
pub async fn shift(state: &AppState, actor: &Actor, project: &OpenProject, key: &str, up: bool) -> Result<Applied, Error> {
    project.require(Role::Admin)?;
    let all = store::environments::of_project(&mut state.db.read().await?, &project.stored.id).await?;
    let mut order: Vec<EnvironmentKey> = all.into_iter().map(|stored| stored.environment.key).collect();
    let at = order.iter().position(|other| other.as_str() == key).ok_or(Error::NotFound("environment"))?;
    let to = if up { at.checked_sub(1) } else { Some(at + 1).filter(|to| *to < order.len()) };
    let Some(to) = to else { return Ok(Applied::default()) };
    order.swap(at, to);
    let command = Command::OrderEnvironments { project: project.key().clone(), order };
    state.governance.submit(actor, Submission::new(command)).await
}
