//! The keys to calendars. The secret itself is never here.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx};
use crate::domain::id::{ProjectId, UserId};
use crate::domain::time::Timestamp;

/// Gives somebody's calendar of a project this key, in the place of the one it had.
pub async fn set(tx: &mut Tx, user: &UserId, project: &ProjectId, hash: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "insert into calendars (user_id, project_id, token_hash, created_at) values ($1, $2, $3, $4)
               on conflict (user_id, project_id) do update set token_hash = excluded.token_hash, created_at = excluded.created_at";
    run_on_db!(tx, c => sqlx::query(sql).bind(user.as_str()).bind(project.as_str()).bind(hash).bind(now.millis()).execute(c))?;
    Ok(())
}

/// Says whether there was one.
pub async fn remove(tx: &mut Tx, user: &UserId, project: &ProjectId) -> Result<bool, StoreError> {
    let sql = "delete from calendars where user_id = $1 and project_id = $2";
    let rows = run_on_db!(tx, c => sqlx::query(sql).bind(user.as_str()).bind(project.as_str()).execute(c))?;
    Ok(rows > 0)
}

/// When somebody's calendar of a project was given its key; none where it has none.
pub async fn made_at(cx: &mut Cx, user: &UserId, project: &ProjectId) -> Result<Option<Timestamp>, StoreError> {
    let sql = "select created_at from calendars where user_id = $1 and project_id = $2";
    let at: Option<i64> = on_db!(cx, c => sqlx::query_scalar(sql).bind(user.as_str()).bind(project.as_str()).fetch_optional(c))?;
    Ok(at.map(Timestamp::from_millis))
}

/// Whose calendar of a project a key opens.
pub async fn opened_by(cx: &mut Cx, project: &ProjectId, hash: &str) -> Result<Option<UserId>, StoreError> {
    let sql = "select user_id from calendars where token_hash = $2 and project_id = $1";
    let id: Option<String> = on_db!(cx, c => sqlx::query_scalar(sql).bind(project.as_str()).bind(hash).fetch_optional(c))?;
    Ok(id.map(UserId::from_text))
}
