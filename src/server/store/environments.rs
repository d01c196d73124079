//! Environments and their revisions.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx, json, readable};
use crate::domain::environment::{Colour, Environment, Protection};
use crate::domain::id::{EnvironmentId, ProjectId};
use crate::domain::key::{EnvironmentKey, ProjectKey};
use crate::domain::time::Timestamp;
use sqlx::FromRow;

#[derive(Debug, Clone)]
pub struct StoredEnvironment {
    pub id: EnvironmentId,
    pub project_id: ProjectId,
    pub project_key: ProjectKey,
    pub environment: Environment,
    /// Rises with anything that can change an answer of this environment.
    pub revision: i64,
    /// Rises by one with every change of its settings.
    pub version: i64,
}

#[derive(FromRow)]
struct EnvironmentRow {
    id: String,
    project_id: String,
    project_key: String,
    key: String,
    name: String,
    colour: String,
    protection: String,
    position: i64,
    policy: String,
    revision: i64,
    version: i64,
}

impl EnvironmentRow {
    fn read(self) -> Result<StoredEnvironment, StoreError> {
        let unreadable = |why: String| StoreError::Unreadable { what: "environment", why };
        let environment = Environment {
            key: EnvironmentKey::parse(&self.key).map_err(|e| unreadable(e.to_string()))?,
            name: self.name,
            colour: Colour::parse(&self.colour).unwrap_or(Colour::Grey),
            protection: Protection::parse(&self.protection)
                .ok_or_else(|| unreadable(format!("no protection {}", self.protection)))?,
            position: self.position,
            policy: json::read(&self.policy, "environment")?,
        };
        let project_key = ProjectKey::parse(&self.project_key).map_err(|e| unreadable(e.to_string()))?;
        let (id, project_id) = (EnvironmentId::from_text(self.id), ProjectId::from_text(self.project_id));
        Ok(StoredEnvironment { id, project_id, project_key, environment, revision: self.revision, version: self.version })
    }
}

pub async fn insert(
    tx: &mut Tx,
    id: &EnvironmentId,
    project: &ProjectId,
    environment: &Environment,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into environments (id, project_id, key, name, colour, protection, position, revision, created_at, policy)
               values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9)";
    let policy = json::write(&environment.policy)?;
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(project.as_str()).bind(environment.key.as_str())
        .bind(&environment.name).bind(environment.colour.as_str()).bind(environment.protection.as_str())
        .bind(environment.position).bind(now.millis()).bind(&policy).execute(c))?;
    Ok(())
}

/// Replaces name, colour, protection and policy.
pub async fn update(tx: &mut Tx, id: &EnvironmentId, environment: &Environment) -> Result<(), StoreError> {
    let sql = "update environments set name = $2, colour = $3, protection = $4, policy = $5, version = version + 1 where id = $1";
    let policy = json::write(&environment.policy)?;
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(&environment.name).bind(environment.colour.as_str())
        .bind(environment.protection.as_str()).bind(&policy).execute(c))?;
    Ok(())
}

pub async fn set_position(tx: &mut Tx, id: &EnvironmentId, position: i64) -> Result<(), StoreError> {
    let sql = "update environments set position = $2 where id = $1";
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(position).execute(c))?;
    Ok(())
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select e.id, e.project_id, p.key as project_key, e.key, e.name, e.colour, e.protection, e.position, e.policy, e.revision, e.version ",
            "from environments e join projects p on p.id = e.project_id ",
            $tail
        )
    };
}

/// The environments of a project, in their order.
pub async fn of_project(cx: &mut Cx, project: &ProjectId) -> Result<Vec<StoredEnvironment>, StoreError> {
    let sql = select!("where e.project_id = $1 order by e.position, e.key");
    let rows = on_db!(cx, c => sqlx::query_as::<_, EnvironmentRow>(sql).bind(project.as_str()).fetch_all(c))?;
    rows.into_iter().map(EnvironmentRow::read).collect()
}

pub async fn find(cx: &mut Cx, project: &ProjectId, key: &EnvironmentKey) -> Result<Option<StoredEnvironment>, StoreError> {
    let sql = select!("where e.project_id = $1 and e.key = $2");
    let row =
        on_db!(cx, c => sqlx::query_as::<_, EnvironmentRow>(sql).bind(project.as_str()).bind(key.as_str()).fetch_optional(c))?;
    row.map(EnvironmentRow::read).transpose()
}

/// Every environment of every project, without those that cannot be read.
pub async fn all(cx: &mut Cx) -> Result<Vec<StoredEnvironment>, StoreError> {
    let sql = select!("order by p.key, e.position, e.key");
    let rows = on_db!(cx, c => sqlx::query_as::<_, EnvironmentRow>(sql).fetch_all(c))?;
    Ok(readable(rows.into_iter().map(|row| (row.id.clone(), row.read()))))
}

/// The revision of every environment: what a server compares its snapshots with.
pub async fn revisions(cx: &mut Cx) -> Result<Vec<(String, i64)>, StoreError> {
    on_db!(cx, c => sqlx::query_as("select id, revision from environments").fetch_all(c))
}

/// Says that the answers of one environment may have changed.
pub async fn raise_revision(tx: &mut Tx, environment: &EnvironmentId) -> Result<(), StoreError> {
    let sql = "update environments set revision = revision + 1 where id = $1";
    run_on_db!(tx, c => sqlx::query(sql).bind(environment.as_str()).execute(c))?;
    Ok(())
}

/// Says that the answers of every environment of a project may have changed.
pub async fn raise_revisions(tx: &mut Tx, project: &ProjectId) -> Result<(), StoreError> {
    let sql = "update environments set revision = revision + 1 where project_id = $1";
    run_on_db!(tx, c => sqlx::query(sql).bind(project.as_str()).execute(c))?;
    Ok(())
}
