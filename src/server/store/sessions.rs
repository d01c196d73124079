//! Signed-in browsers, by the SHA-256 of what their cookie holds.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx};
use crate::domain::id::UserId;
use crate::domain::time::Timestamp;
use sqlx::FromRow;

#[derive(Debug, Clone, FromRow)]
pub struct SessionRow {
    pub data: String,
    pub created_at: i64,
    pub expires_at: i64,
}

pub async fn insert(
    tx: &mut Tx,
    id_hash: &str,
    user: Option<&UserId>,
    data: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into sessions (id_hash, user_id, data, created_at, expires_at) values ($1, $2, $3, $4, $5)";
    run_on_db!(tx, c => sqlx::query(sql).bind(id_hash).bind(user.map(UserId::as_str)).bind(data).bind(now.millis())
        .bind(expires_at.millis()).execute(c))?;
    Ok(())
}

/// Updates a session that is there; one that was deleted stays deleted.
pub async fn update(
    tx: &mut Tx,
    id_hash: &str,
    user: Option<&UserId>,
    data: &str,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "update sessions set user_id = $2, data = $3, expires_at = $4 where id_hash = $1";
    run_on_db!(tx, c => sqlx::query(sql).bind(id_hash).bind(user.map(UserId::as_str)).bind(data).bind(expires_at.millis()).execute(c))?;
    Ok(())
}

pub async fn find(cx: &mut Cx, id_hash: &str) -> Result<Option<SessionRow>, StoreError> {
    let sql = "select data, created_at, expires_at from sessions where id_hash = $1";
    on_db!(cx, c => sqlx::query_as::<_, SessionRow>(sql).bind(id_hash).fetch_optional(c))
}

pub async fn delete(tx: &mut Tx, id_hash: &str) -> Result<(), StoreError> {
    run_on_db!(tx, c => sqlx::query("delete from sessions where id_hash = $1").bind(id_hash).execute(c))?;
    Ok(())
}

/// Ends every session of a person.
pub async fn delete_of_user(tx: &mut Tx, user: &UserId) -> Result<(), StoreError> {
    run_on_db!(tx, c => sqlx::query("delete from sessions where user_id = $1").bind(user.as_str()).execute(c))?;
    Ok(())
}

/// Removes what has expired.
pub async fn prune(tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
    run_on_db!(tx, c => sqlx::query("delete from sessions where expires_at <= $1").bind(now.millis()).execute(c))?;
    Ok(())
}
