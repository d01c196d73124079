//! What SDKs show. The secret itself is never here.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx, instant, json, readable};
use crate::domain::api_key::ApiKey;
use crate::domain::id::{ApiKeyId, EnvironmentId};
use crate::domain::time::Timestamp;
use sqlx::FromRow;

#[derive(Debug, Clone)]
pub struct StoredApiKey {
    pub id: ApiKeyId,
    pub environment_id: EnvironmentId,
    pub api_key: ApiKey,
    /// SHA-256 of the whole secret, hex.
    pub secret_hash: String,
    /// As the audit names people.
    pub created_by: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct ApiKeyRow {
    id: String,
    environment_id: String,
    definition: String,
    secret_hash: String,
    created_by: String,
    created_at: i64,
    last_used_at: Option<i64>,
}

impl ApiKeyRow {
    fn read(self) -> Result<StoredApiKey, StoreError> {
        Ok(StoredApiKey {
            id: ApiKeyId::from_text(self.id),
            environment_id: EnvironmentId::from_text(self.environment_id),
            api_key: json::read(&self.definition, "API key")?,
            secret_hash: self.secret_hash,
            created_by: self.created_by,
            created_at: Timestamp::from_millis(self.created_at),
            last_used_at: instant(self.last_used_at),
        })
    }
}

pub async fn insert(
    tx: &mut Tx,
    id: &ApiKeyId,
    environment: &EnvironmentId,
    api_key: &ApiKey,
    secret_hash: &str,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into api_keys (id, environment_id, definition, secret_hash, created_by, created_at) values ($1, $2, $3, $4, $5, $6)";
    let definition = json::write(api_key)?;
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(environment.as_str()).bind(&definition).bind(secret_hash)
        .bind(by).bind(now.millis()).execute(c))?;
    Ok(())
}

/// The keys of an environment that were not revoked; expired ones included, so that a refusal can say so. One that cannot
/// be read is left out.
pub async fn of_environment(cx: &mut Cx, environment: &EnvironmentId) -> Result<Vec<StoredApiKey>, StoreError> {
    let sql = "select id, environment_id, definition, secret_hash, created_by, created_at, last_used_at from api_keys
               where environment_id = $1 and revoked_at is null order by created_at, id";
    let rows = on_db!(cx, c => sqlx::query_as::<_, ApiKeyRow>(sql).bind(environment.as_str()).fetch_all(c))?;
    Ok(readable(rows.into_iter().map(|row| (row.id.clone(), row.read()))))
}

/// Replaces all of a key but its secret.
pub async fn update(tx: &mut Tx, id: &ApiKeyId, api_key: &ApiKey) -> Result<(), StoreError> {
    let definition = json::write(api_key)?;
    run_on_db!(tx, c => sqlx::query("update api_keys set definition = $2 where id = $1").bind(id.as_str()).bind(&definition).execute(c))?;
    Ok(())
}

pub async fn revoke(tx: &mut Tx, id: &ApiKeyId, now: Timestamp) -> Result<(), StoreError> {
    run_on_db!(tx, c => sqlx::query("update api_keys set revoked_at = $2 where id = $1").bind(id.as_str()).bind(now.millis()).execute(c))?;
    Ok(())
}

pub async fn set_last_used(tx: &mut Tx, id: &ApiKeyId, at: Timestamp) -> Result<(), StoreError> {
    run_on_db!(tx, c => sqlx::query("update api_keys set last_used_at = $2 where id = $1").bind(id.as_str()).bind(at.millis()).execute(c))?;
    Ok(())
}
