//! Searches that somebody keeps under a name.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx};
use crate::domain::id::{ProjectId, UserId};
use crate::domain::time::Timestamp;
use sqlx::FromRow;

#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct View {
    pub name: String,
    pub query: String,
}

/// Keeps a search, in the place of one of the same name.
pub async fn save(tx: &mut Tx, user: &UserId, project: &ProjectId, view: &View, now: Timestamp) -> Result<(), StoreError> {
    let sql = "insert into views (user_id, project_id, name, query, created_at) values ($1, $2, $3, $4, $5)
               on conflict (user_id, project_id, name) do update set query = excluded.query";
    run_on_db!(tx, c => sqlx::query(sql).bind(user.as_str()).bind(project.as_str()).bind(&view.name).bind(&view.query)
        .bind(now.millis()).execute(c))?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, user: &UserId, project: &ProjectId, name: &str) -> Result<(), StoreError> {
    let sql = "delete from views where user_id = $1 and project_id = $2 and name = $3";
    run_on_db!(tx, c => sqlx::query(sql).bind(user.as_str()).bind(project.as_str()).bind(name).execute(c))?;
    Ok(())
}

/// Those of one person in a project, oldest first.
pub async fn of_person(cx: &mut Cx, user: &UserId, project: &ProjectId) -> Result<Vec<View>, StoreError> {
    let sql = "select name, query from views where user_id = $1 and project_id = $2 order by created_at, name";
    on_db!(cx, c => sqlx::query_as::<_, View>(sql).bind(user.as_str()).bind(project.as_str()).fetch_all(c))
}
