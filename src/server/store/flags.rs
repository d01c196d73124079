//! Flags: their definitions, the same in every environment.

use super::db::{fetch_listed, on_db, run_on_db};
use super::{Cx, Stamp, StoreError, Tx, json, readable};
use crate::domain::flag::Flag;
use crate::domain::id::{FlagId, ProjectId};
use crate::domain::key::FlagKey;
use crate::domain::time::Timestamp;
use sqlx::FromRow;

#[derive(Debug, Clone)]
pub struct StoredFlag {
    pub id: FlagId,
    pub flag: Flag,
    /// Rises by one with every change of the definition.
    pub version: i64,
    /// As the audit names people.
    pub created_by: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// When its definition last changed what somebody was answered then; the beginning of time where it never did.
    pub answers_since: Timestamp,
}

#[derive(FromRow)]
struct FlagRow {
    id: String,
    definition: String,
    version: i64,
    created_by: String,
    created_at: i64,
    updated_at: i64,
    answers_since: i64,
}

impl FlagRow {
    fn read(self) -> Result<StoredFlag, StoreError> {
        Ok(StoredFlag {
            id: FlagId::from_text(self.id),
            flag: json::read(&self.definition, "flag")?,
            version: self.version,
            created_by: self.created_by,
            created_at: Timestamp::from_millis(self.created_at),
            updated_at: Timestamp::from_millis(self.updated_at),
            answers_since: Timestamp::from_millis(self.answers_since),
        })
    }
}

pub async fn insert(
    tx: &mut Tx,
    id: &FlagId,
    project: &ProjectId,
    flag: &Flag,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into flags (id, project_id, key, definition, version, created_by, created_at, updated_at, archived_at)
               values ($1, $2, $3, $4, 1, $5, $6, $6, $7)";
    let definition = json::write(flag)?;
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(project.as_str()).bind(flag.key.as_str()).bind(&definition)
        .bind(by).bind(now.millis()).bind(flag.archived_at.map(Timestamp::millis)).execute(c))?;
    Ok(())
}

pub async fn update(tx: &mut Tx, id: &FlagId, flag: &Flag, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update flags set definition = $2, version = version + 1, updated_at = $3, archived_at = $4 where id = $1";
    let definition = json::write(flag)?;
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(&definition).bind(now.millis())
        .bind(flag.archived_at.map(Timestamp::millis)).execute(c))?;
    Ok(())
}

/// Notes that a definition changed what somebody is answered from now on.
pub async fn answers_otherwise(tx: &mut Tx, id: &FlagId, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update flags set answers_since = $2 where id = $1";
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(now.millis()).execute(c))?;
    Ok(())
}

pub async fn find(cx: &mut Cx, project: &ProjectId, key: &FlagKey) -> Result<Option<StoredFlag>, StoreError> {
    let sql = "select id, definition, version, created_by, created_at, updated_at, answers_since from flags where project_id = $1 and key = $2";
    let row = on_db!(cx, c => sqlx::query_as::<_, FlagRow>(sql).bind(project.as_str()).bind(key.as_str()).fetch_optional(c))?;
    row.map(FlagRow::read).transpose()
}

/// The flags of a project by key, archived ones included. A definition that cannot be read is told, not fatal:
/// one bad row must not take the others down.
pub async fn of_project(cx: &mut Cx, project: &ProjectId) -> Result<Vec<StoredFlag>, StoreError> {
    let sql =
        "select id, definition, version, created_by, created_at, updated_at, answers_since from flags where project_id = $1";
    let rows = on_db!(cx, c => sqlx::query_as::<_, FlagRow>(sql).bind(project.as_str()).fetch_all(c))?;
    let mut found = readable(rows.into_iter().map(|row| (row.id.clone(), row.read())));
    // Here, because databases differ in how they order texts.
    found.sort_by(|a, b| a.flag.key.cmp(&b.flag.key));
    Ok(found)
}

/// The flags of a project that are not archived, in no order.
pub async fn live(cx: &mut Cx, project: &ProjectId) -> Result<Vec<StoredFlag>, StoreError> {
    let sql = "select id, definition, version, created_by, created_at, updated_at, answers_since from flags
               where project_id = $1 and archived_at is null";
    let rows = on_db!(cx, c => sqlx::query_as::<_, FlagRow>(sql).bind(project.as_str()).fetch_all(c))?;
    Ok(readable(rows.into_iter().map(|row| (row.id.clone(), row.read()))))
}

/// The key of every flag of a project, archived ones too.
pub async fn all_keys(cx: &mut Cx, project: &ProjectId) -> Result<Vec<String>, StoreError> {
    on_db!(cx, c => sqlx::query_scalar("select key from flags where project_id = $1").bind(project.as_str()).fetch_all(c))
}

/// What tells whether a copy of each flag of a project is still good.
pub async fn stamps(cx: &mut Cx, project: &ProjectId) -> Result<Vec<Stamp>, StoreError> {
    let sql = "select id, version, updated_at from flags where project_id = $1";
    on_db!(cx, c => sqlx::query_as::<_, Stamp>(sql).bind(project.as_str()).fetch_all(c))
}

/// The flags of these identities, without those that cannot be read.
pub async fn of_ids(cx: &mut Cx, ids: &[String]) -> Result<Vec<StoredFlag>, StoreError> {
    let sql = "select id, definition, version, created_by, created_at, updated_at, answers_since from flags where id = $1";
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.extend(on_db!(cx, c => sqlx::query_as::<_, FlagRow>(sql).bind(id).fetch_optional(c))?);
    }
    Ok(readable(rows.into_iter().map(|row| (row.id.clone(), row.read()))))
}

/// The flags of these keys, without those that are not there or cannot be read; in no order.
pub async fn of_keys(cx: &mut Cx, project: &ProjectId, keys: &[String]) -> Result<Vec<StoredFlag>, StoreError> {
    let head = "select id, definition, version, created_by, created_at, updated_at, answers_since from flags where project_id = ";
    let rows = fetch_listed!(cx, FlagRow, head, project.as_str(), " and key in ", keys);
    Ok(readable(rows.into_iter().map(|row| (row.id.clone(), row.read()))))
}

/// The version of each flag of these keys that is there.
pub async fn versions(cx: &mut Cx, project: &ProjectId, keys: &[String]) -> Result<Vec<(String, i64)>, StoreError> {
    let head = "select key, version from flags where project_id = ";
    Ok(fetch_listed!(cx, (String, i64), head, project.as_str(), " and key in ", keys))
}

/// The identity and the key of each flag of these keys that is there.
pub async fn ids(cx: &mut Cx, project: &ProjectId, keys: &[String]) -> Result<Vec<(String, String)>, StoreError> {
    let head = "select id, key from flags where project_id = ";
    Ok(fetch_listed!(cx, (String, String), head, project.as_str(), " and key in ", keys))
}
