//! API keys. What is kept and told is never the secret.

use super::{Effect, Scope, Work, document, in_project};
use crate::domain::api_key::{ApiKey, ApiKeyKind, MAX_OVERLAP};
use crate::domain::id::ApiKeyId;
use crate::domain::key::EnvironmentKey;
use crate::domain::time::{DAY, Timestamp};
use crate::server::error::Error;
use crate::server::governance::Sealed;
use crate::server::governance::audit::Event;
use crate::server::store::api_keys::StoredApiKey;
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, new_id};

/// What may be chosen of a key.
pub struct Wanted<'w> {
    pub name: &'w str,
    pub origins: &'w [String],
    pub expires_at: Option<Timestamp>,
}

pub async fn create(
    work: &mut Work<'_>,
    project: &StoredProject,
    environment: &EnvironmentKey,
    kind: ApiKeyKind,
    wanted: Wanted<'_>,
) -> Result<Effect, Error> {
    let environment = work.environment(project, environment).await?;
    let (public_id, secret_hash) = sealed(work)?;
    let api_key = ApiKey {
        name: wanted.name.trim().to_owned(),
        kind,
        public_id,
        origins: wanted.origins.to_vec(),
        expires_at: wanted.expires_at,
        replaced_by: None,
    };
    refuse(work, &api_key, None)?;
    insert(work, &environment, &api_key, &secret_hash).await?;
    let event = told("api_key.create", project, &environment, None, Some(&api_key))?;
    Ok(Effect::one(event, Scope::Environment(Box::new(environment)), false))
}

pub async fn edit(work: &mut Work<'_>, project: &StoredProject, public_id: &str, wanted: Wanted<'_>) -> Result<Effect, Error> {
    let (environment, stored) = find(work, project, public_id).await?;
    let before = stored.api_key;
    let after = ApiKey {
        name: wanted.name.trim().to_owned(),
        origins: wanted.origins.to_vec(),
        expires_at: wanted.expires_at,
        ..before.clone()
    };
    if after == before {
        return Ok(Effect::nothing());
    }
    refuse(work, &after, Some(&before))?;
    // Its end was set when it was replaced; a page from before that must not give it a longer life.
    if before.replaced_by.is_some() && (after.expires_at.is_none() || after.expires_at > before.expires_at) {
        let end = before.expires_at.map(|at| at.to_string()).unwrap_or_default();
        return Err(Error::field("expires_at", format!("This key was replaced and ends at {end}; it cannot go on longer.")));
    }
    store::api_keys::update(work.tx, &stored.id, &after).await?;
    let event = told("api_key.edit", project, &environment, Some(&before), Some(&after))?;
    Ok(Effect::one(event, Scope::Environment(Box::new(environment)), false))
}

/// Makes a key like the old one, which goes on for the overlap, and never longer than it would have.
pub async fn rotate(
    work: &mut Work<'_>,
    project: &StoredProject,
    public_id: &str,
    overlap: i64,
    expires_at: Option<Timestamp>,
) -> Result<Effect, Error> {
    if !(0..=MAX_OVERLAP).contains(&overlap) {
        return Err(Error::field("overlap", format!("The old key may go on for at most {} days.", MAX_OVERLAP / DAY)));
    }
    let (environment, stored) = find(work, project, public_id).await?;
    let (new_id, secret_hash) = sealed(work)?;
    let before = stored.api_key;
    if let Some(other) = &before.replaced_by {
        // So that a form that is sent twice makes one key.
        let message = format!("This key was replaced already, by {other}; replace that one if you need another secret.");
        return Err(Error::field("", message));
    }
    let end = work.now.plus(overlap);
    let end = before.expires_at.map_or(end, |at| at.min(end));
    let ending = ApiKey { expires_at: Some(end), replaced_by: Some(new_id.clone()), ..before.clone() };
    let after = ApiKey { public_id: new_id, expires_at, ..before.clone() };
    refuse(work, &after, None)?;
    store::api_keys::update(work.tx, &stored.id, &ending).await?;
    insert(work, &environment, &after, &secret_hash).await?;
    let events = vec![
        told("api_key.rotate", project, &environment, Some(&before), Some(&ending))?,
        told("api_key.create", project, &environment, None, Some(&after))?,
    ];
    Ok(Effect { events, raises: Scope::Environment(Box::new(environment)), ..Effect::nothing() })
}

pub async fn revoke(work: &mut Work<'_>, project: &StoredProject, public_id: &str) -> Result<Effect, Error> {
    let (environment, stored) = find(work, project, public_id).await?;
    store::api_keys::revoke(work.tx, &stored.id, work.now).await?;
    let event = told("api_key.revoke", project, &environment, Some(&stored.api_key), None)?;
    Ok(Effect::one(event, Scope::Environment(Box::new(environment)), false))
}

fn refuse(work: &Work<'_>, api_key: &ApiKey, before: Option<&ApiKey>) -> Result<(), Error> {
    let mut problems = api_key.problems();
    let same_expiry = before.is_some_and(|before| before.expires_at == api_key.expires_at);
    if !same_expiry && api_key.expires_at.is_some_and(|at| at <= work.now) {
        problems.push(crate::domain::flag::Problem::new("expires_at", "Choose a moment to come; to end a key now, revoke it."));
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

async fn insert(work: &mut Work<'_>, environment: &StoredEnvironment, api_key: &ApiKey, secret_hash: &str) -> Result<(), Error> {
    let id = ApiKeyId::from_text(new_id());
    let by = work.actor.label();
    Ok(store::api_keys::insert(work.tx, &id, &environment.id, api_key, secret_hash, by, work.now).await?)
}

fn sealed(work: &Work<'_>) -> Result<(String, String), Error> {
    match &work.submission.sealed {
        Some(Sealed::ApiSecret { public_id, secret_hash }) => Ok((public_id.clone(), secret_hash.clone())),
        _ => Err(Error::Internal("a key was to be made without a secret".to_owned())),
    }
}

/// A key of the project that was not revoked, by the part of its secret that may be shown.
async fn find(work: &mut Work<'_>, project: &StoredProject, public_id: &str) -> Result<(StoredEnvironment, StoredApiKey), Error> {
    for environment in store::environments::of_project(work.tx, &project.id).await? {
        let keys = store::api_keys::of_environment(work.tx, &environment.id).await?;
        if let Some(stored) = keys.into_iter().find(|stored| stored.api_key.public_id == public_id) {
            return Ok((environment, stored));
        }
    }
    Err(Error::NotFound("API key"))
}

fn told(
    action: &'static str,
    project: &StoredProject,
    environment: &StoredEnvironment,
    before: Option<&ApiKey>,
    after: Option<&ApiKey>,
) -> Result<Event, Error> {
    let public_id = before.or(after).map(|api_key| api_key.public_id.clone()).unwrap_or_default();
    Ok(Event {
        environment: Some(environment.environment.key.to_string()),
        before: before.map(document).transpose()?.flatten(),
        after: after.map(document).transpose()?.flatten(),
        ..in_project(action, format!("api_key:{public_id}"), project)
    })
}
