//! Attributes that a project has described, and the names that evaluations sent.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx, json, readable};
use crate::domain::attribute::{Attribute, Schema};
use crate::domain::id::{EnvironmentId, ProjectId};
use crate::domain::time::Timestamp;
use sqlx::FromRow;

#[derive(Debug, Clone)]
pub struct StoredAttribute {
    pub attribute: Attribute,
    /// Rises by one with every change.
    pub version: i64,
}

#[derive(FromRow)]
struct AttributeRow {
    name: String,
    definition: String,
    version: i64,
}

impl AttributeRow {
    fn read(self) -> Result<StoredAttribute, StoreError> {
        Ok(StoredAttribute { attribute: json::read(&self.definition, "attribute")?, version: self.version })
    }
}

pub async fn insert(tx: &mut Tx, project: &ProjectId, attribute: &Attribute, now: Timestamp) -> Result<(), StoreError> {
    let sql = "insert into attributes (project_id, name, definition, version, updated_at) values ($1, $2, $3, 1, $4)";
    let definition = json::write(attribute)?;
    run_on_db!(tx, c => sqlx::query(sql).bind(project.as_str()).bind(&attribute.name).bind(&definition).bind(now.millis()).execute(c))?;
    Ok(())
}

pub async fn update(tx: &mut Tx, project: &ProjectId, attribute: &Attribute, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update attributes set definition = $3, version = version + 1, updated_at = $4 where project_id = $1 and name = $2";
    let definition = json::write(attribute)?;
    run_on_db!(tx, c => sqlx::query(sql).bind(project.as_str()).bind(&attribute.name).bind(&definition).bind(now.millis()).execute(c))?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, project: &ProjectId, name: &str) -> Result<(), StoreError> {
    let sql = "delete from attributes where project_id = $1 and name = $2";
    run_on_db!(tx, c => sqlx::query(sql).bind(project.as_str()).bind(name).execute(c))?;
    Ok(())
}

pub async fn find(cx: &mut Cx, project: &ProjectId, name: &str) -> Result<Option<StoredAttribute>, StoreError> {
    let sql = "select name, definition, version from attributes where project_id = $1 and name = $2";
    let row = on_db!(cx, c => sqlx::query_as::<_, AttributeRow>(sql).bind(project.as_str()).bind(name).fetch_optional(c))?;
    row.map(AttributeRow::read).transpose()
}

/// The attributes of a project by name, without those that cannot be read.
pub async fn of_project(cx: &mut Cx, project: &ProjectId) -> Result<Vec<StoredAttribute>, StoreError> {
    let sql = "select name, definition, version from attributes where project_id = $1";
    let rows = on_db!(cx, c => sqlx::query_as::<_, AttributeRow>(sql).bind(project.as_str()).fetch_all(c))?;
    let mut found = readable(rows.into_iter().map(|row| (row.name.clone(), row.read())));
    // Here, because databases differ in how they order texts.
    found.sort_by(|a, b| a.attribute.name.cmp(&b.attribute.name));
    Ok(found)
}

/// The same for looking up. One that cannot be read is an error here: what it kept private must not come out.
pub async fn schema(cx: &mut Cx, project: &ProjectId) -> Result<Schema, StoreError> {
    let sql = "select name, definition, version from attributes where project_id = $1";
    let rows = on_db!(cx, c => sqlx::query_as::<_, AttributeRow>(sql).bind(project.as_str()).fetch_all(c))?;
    rows.into_iter().map(|row| row.read().map(|stored| stored.attribute)).collect()
}

/// When a name was last sent.
#[derive(Debug, Clone, FromRow)]
pub struct SeenRow {
    pub name: String,
    pub seen_at: i64,
}

/// Writes down that a context had this name. An environment keeps at most `limit` of them.
pub async fn see(tx: &mut Tx, environment: &EnvironmentId, name: &str, at: Timestamp, limit: i64) -> Result<(), StoreError> {
    let sql = "insert into attribute_names (environment_id, name, seen_at)
               select $1, $2, $3
               where (select count(*) from attribute_names where environment_id = $1) < $4
                  or exists (select 1 from attribute_names where environment_id = $1 and name = $2)
               on conflict (environment_id, name) do update set seen_at = excluded.seen_at";
    run_on_db!(tx, c => sqlx::query(sql).bind(environment.as_str()).bind(name).bind(at.millis()).bind(limit).execute(c))?;
    Ok(())
}

pub async fn seen(cx: &mut Cx, environment: &EnvironmentId) -> Result<Vec<SeenRow>, StoreError> {
    let sql = "select name, seen_at from attribute_names where environment_id = $1";
    on_db!(cx, c => sqlx::query_as::<_, SeenRow>(sql).bind(environment.as_str()).fetch_all(c))
}

/// Removes names that nobody sent since.
pub async fn prune(tx: &mut Tx, since: Timestamp) -> Result<(), StoreError> {
    let sql = "delete from attribute_names where seen_at < $1";
    run_on_db!(tx, c => sqlx::query(sql).bind(since.millis()).execute(c))?;
    Ok(())
}
