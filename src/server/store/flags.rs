//! Flags: their definitions, the same in every environment.

use super::db::{on_db, run_on_db};
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
}

#[derive(FromRow)]
struct FlagRow {
    id: String,
    definition: String,
    version: i64,
    created_by: String,
    created_at: i64,
    updated_at: i64,
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

pub async fn find(cx: &mut Cx, project: &ProjectId, key: &FlagKey) -> Result<Option<StoredFlag>, StoreError> {
    let sql = "select id, definition, version, created_by, created_at, updated_at from flags where project_id = $1 and key = $2";
    let row = on_db!(cx, c => sqlx::query_as::<_, FlagRow>(sql).bind(project.as_str()).bind(key.as_str()).fetch_optional(c))?;
    row.map(FlagRow::read).transpose()
}

/// The flags of a project by key, archived ones included. A definition that cannot be read is told, not fatal:
/// one bad row must not take the others down.
pub async fn of_project(cx: &mut Cx, project: &ProjectId) -> Result<Vec<StoredFlag>, StoreError> {
    let sql = "select id, definition, version, created_by, created_at, updated_at from flags where project_id = $1";
    let rows = on_db!(cx, c => sqlx::query_as::<_, FlagRow>(sql).bind(project.as_str()).fetch_all(c))?;
    let mut found = readable(rows.into_iter().map(|row| (row.id.clone(), row.read())));
    // Here, because databases differ in how they order texts.
    found.sort_by(|a, b| a.flag.key.cmp(&b.flag.key));
    Ok(found)
}

/// What tells whether a copy of each flag of a project is still good.
pub async fn stamps(cx: &mut Cx, project: &ProjectId) -> Result<Vec<Stamp>, StoreError> {
    let sql = "select id, version, updated_at from flags where project_id = $1";
    on_db!(cx, c => sqlx::query_as::<_, Stamp>(sql).bind(project.as_str()).fetch_all(c))
}

/// The flags of these identities, without those that cannot be read.
pub async fn of_ids(cx: &mut Cx, ids: &[String]) -> Result<Vec<StoredFlag>, StoreError> {
    let sql = "select id, definition, version, created_by, created_at, updated_at from flags where id = $1";
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.extend(on_db!(cx, c => sqlx::query_as::<_, FlagRow>(sql).bind(id).fetch_optional(c))?);
    }
    Ok(readable(rows.into_iter().map(|row| (row.id.clone(), row.read()))))
}
