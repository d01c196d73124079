//! Projects.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx, json};
use crate::domain::id::ProjectId;
use crate::domain::key::ProjectKey;
use crate::domain::project::{Kinds, Project};
use crate::domain::time::Timestamp;
use sqlx::FromRow;

#[derive(Debug, Clone)]
pub struct StoredProject {
    pub id: ProjectId,
    pub project: Project,
    /// Rises by one with every change of the settings.
    pub version: i64,
}

#[derive(FromRow)]
struct ProjectRow {
    id: String,
    key: String,
    name: String,
    naming_pattern: String,
    kinds: String,
    plans: String,
    version: i64,
}

impl ProjectRow {
    fn read(self) -> Result<StoredProject, StoreError> {
        let key = ProjectKey::parse(&self.key).map_err(|e| StoreError::Unreadable { what: "project", why: e.to_string() })?;
        let kinds = json::read::<Kinds>(&self.kinds, "project")?.whole();
        let plans = json::read(&self.plans, "project")?;
        let project = Project { key, name: self.name, naming_pattern: self.naming_pattern, kinds, plans };
        Ok(StoredProject { id: ProjectId::from_text(self.id), project, version: self.version })
    }
}

pub async fn insert(tx: &mut Tx, id: &ProjectId, project: &Project, now: Timestamp) -> Result<(), StoreError> {
    let sql = "insert into projects (id, key, name, naming_pattern, kinds, plans, version, created_at)
               values ($1, $2, $3, $4, $5, $6, 1, $7)";
    let (kinds, plans) = (json::write(&project.kinds)?, json::write(&project.plans)?);
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(project.key.as_str()).bind(&project.name)
        .bind(&project.naming_pattern).bind(&kinds).bind(&plans).bind(now.millis()).execute(c))?;
    Ok(())
}

/// Replaces the settings; the key stays.
pub async fn update(tx: &mut Tx, id: &ProjectId, project: &Project) -> Result<(), StoreError> {
    let sql = "update projects set name = $2, naming_pattern = $3, kinds = $4, plans = $5, version = version + 1 where id = $1";
    let (kinds, plans) = (json::write(&project.kinds)?, json::write(&project.plans)?);
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(&project.name).bind(&project.naming_pattern).bind(&kinds)
        .bind(&plans).execute(c))?;
    Ok(())
}

/// Removes a project with everything that belongs to it. The audit is no part of it and stays.
pub async fn delete(tx: &mut Tx, id: &ProjectId) -> Result<(), StoreError> {
    let of_environments = "environment_id in (select id from environments where project_id = $1)";
    let of_flags = "flag_id in (select id from flags where project_id = $1)";
    let of_requests = "request_id in (select id from change_requests where project_id = $1)";
    let steps = [
        ("unknown_flags", of_environments),
        ("attribute_names", of_environments),
        ("api_keys", of_environments),
        ("evaluation_counts", of_flags),
        ("last_seen", of_flags),
        ("flag_segments", of_flags),
        ("flag_states", of_flags),
        ("inbox", "project_id = $1"),
        ("calendars", "project_id = $1"),
        ("schedule_runs", of_requests),
        ("reminders", of_flags),
        ("snoozes", of_flags),
        ("code_references", "scan_id in (select id from code_scans where project_id = $1)"),
        ("code_scans", "project_id = $1"),
        ("change_request_events", of_requests),
        ("change_request_people", of_requests),
        ("change_request_objects", of_requests),
        ("change_requests", "project_id = $1"),
        ("drafts", "project_id = $1"),
        ("views", "project_id = $1"),
        ("flags", "project_id = $1"),
        ("segments", "project_id = $1"),
        ("personas", "project_id = $1"),
        ("attributes", "project_id = $1"),
        ("team_members", "team_id in (select id from teams where project_id = $1)"),
        ("teams", "project_id = $1"),
        ("members", "project_id = $1"),
        ("environments", "project_id = $1"),
        ("projects", "id = $1"),
    ];
    for (table, which) in steps {
        let sql = format!("delete from {table} where {which}");
        run_on_db!(tx, c => sqlx::query(sqlx::AssertSqlSafe(sql.as_str())).bind(id.as_str()).execute(c))?;
    }
    Ok(())
}

pub async fn find(cx: &mut Cx, key: &ProjectKey) -> Result<Option<StoredProject>, StoreError> {
    let sql = "select id, key, name, naming_pattern, kinds, plans, version from projects where key = $1";
    let row = on_db!(cx, c => sqlx::query_as::<_, ProjectRow>(sql).bind(key.as_str()).fetch_optional(c))?;
    row.map(ProjectRow::read).transpose()
}

/// Every project, by name.
pub async fn all(cx: &mut Cx) -> Result<Vec<StoredProject>, StoreError> {
    let sql = "select id, key, name, naming_pattern, kinds, plans, version from projects order by name, key";
    let rows = on_db!(cx, c => sqlx::query_as::<_, ProjectRow>(sql).fetch_all(c))?;
    rows.into_iter().map(ProjectRow::read).collect()
}
