//! Keys that SDKs asked for and that answered nobody.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx};
use crate::domain::id::{EnvironmentId, ProjectId};
use crate::domain::time::Timestamp;
use sqlx::FromRow;

#[derive(Debug, Clone, FromRow)]
pub struct UnknownRow {
    pub key: String,
    pub asked: i64,
    pub last_asked_at: i64,
}

/// Counts asks for a key that nobody made. An environment keeps at most `limit` such keys.
pub async fn add(
    tx: &mut Tx,
    environment: &EnvironmentId,
    key: &str,
    asked: i64,
    at: Timestamp,
    limit: i64,
) -> Result<(), StoreError> {
    let sql = "insert into unknown_flags (environment_id, key, asked, last_asked_at)
               select $1, $2, $3, $4
               where (select count(*) from unknown_flags where environment_id = $1) < $5
                  or exists (select 1 from unknown_flags where environment_id = $1 and key = $2)
               on conflict (environment_id, key) do update
               set asked = unknown_flags.asked + excluded.asked, last_asked_at = excluded.last_asked_at";
    run_on_db!(tx, c => sqlx::query(sql).bind(environment.as_str()).bind(key).bind(asked).bind(at.millis()).bind(limit).execute(c))?;
    Ok(())
}

pub async fn of_environment(cx: &mut Cx, environment: &EnvironmentId) -> Result<Vec<UnknownRow>, StoreError> {
    let sql = "select key, asked, last_asked_at from unknown_flags where environment_id = $1";
    on_db!(cx, c => sqlx::query_as::<_, UnknownRow>(sql).bind(environment.as_str()).fetch_all(c))
}

pub async fn find(cx: &mut Cx, environment: &EnvironmentId, key: &str) -> Result<Option<UnknownRow>, StoreError> {
    let sql = "select key, asked, last_asked_at from unknown_flags where environment_id = $1 and key = $2";
    on_db!(cx, c => sqlx::query_as::<_, UnknownRow>(sql).bind(environment.as_str()).bind(key).fetch_optional(c))
}

/// Forgets how often a key of a project was asked for: from now on it counts anew.
pub async fn forget(tx: &mut Tx, project: &ProjectId, key: &str) -> Result<(), StoreError> {
    let sql = "delete from unknown_flags where key = $2
               and environment_id in (select id from environments where project_id = $1)";
    run_on_db!(tx, c => sqlx::query(sql).bind(project.as_str()).bind(key).execute(c))?;
    Ok(())
}

/// Removes keys that nobody asked for since.
pub async fn prune(tx: &mut Tx, since: Timestamp) -> Result<(), StoreError> {
    let sql = "delete from unknown_flags where last_asked_at < $1";
    run_on_db!(tx, c => sqlx::query(sql).bind(since.millis()).execute(c))?;
    Ok(())
}
