//! API keys. What is kept and told is never the secret.

use super::{Effect, Scope, Work, document, in_project};
use crate::domain::api_key::{ApiKey, ApiKeyKind};
use crate::domain::id::ApiKeyId;
use crate::domain::key::EnvironmentKey;
use crate::server::error::Error;
use crate::server::governance::Sealed;
use crate::server::governance::audit::Event;
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, new_id};

pub async fn create(
    work: &mut Work<'_>,
    project: &StoredProject,
    environment: &EnvironmentKey,
    name: &str,
    kind: ApiKeyKind,
    origins: &[String],
) -> Result<Effect, Error> {
    if name.trim().is_empty() || name.chars().count() > 200 {
        return Err(Error::field("name", "Name the key after what will use it, in 1 to 200 characters."));
    }
    let environment = work.environment(project, environment).await?;
    let Some(Sealed::ApiSecret { public_id, secret_hash }) = &work.submission.sealed else {
        return Err(Error::Internal("a key was to be made without a secret".to_owned()));
    };
    let api_key =
        ApiKey { name: name.trim().to_owned(), kind, public_id: public_id.clone(), origins: origins.to_vec(), expires_at: None };
    let id = ApiKeyId::from_text(new_id());
    let by = work.actor.label();
    store::api_keys::insert(work.tx, &id, &environment.id, &api_key, secret_hash, by, work.now).await?;
    let event = Event {
        environment: Some(environment.environment.key.to_string()),
        after: document(&api_key)?,
        ..in_project("api_key.create", format!("api_key:{public_id}"), project)
    };
    Ok(Effect::one(event, Scope::Environment(Box::new(environment)), false))
}
