//! API keys: made once, shown once.

use crate::domain::actor::Actor;
use crate::domain::api_key::ApiKeyKind;
use crate::domain::command::Command;
use crate::domain::key::{EnvironmentKey, ProjectKey};
use crate::server::error::Error;
use crate::server::governance::{Governance, Sealed, Submission};
use crate::server::security::secrets::Secret;
use crate::server::security::tokens;

/// Makes a key and returns its secret, which is kept nowhere.
pub async fn create(
    governance: &Governance,
    actor: &Actor,
    project: ProjectKey,
    environment: EnvironmentKey,
    name: String,
    kind: ApiKeyKind,
    origins: Vec<String>,
) -> Result<Secret<String>, Error> {
    let (secret, public_id) = tokens::api_secret(kind.as_str()).map_err(|e| Error::Internal(e.to_string()))?;
    let secret_hash = tokens::sha256_hex(&secret);
    let command = Command::CreateApiKey { project, environment, name, kind, origins, expires_at: None };
    let submission = Submission::new(command).sealing(Sealed::ApiSecret { public_id, secret_hash });
    governance.submit(actor, submission).await?;
    Ok(Secret::new(secret))
}
