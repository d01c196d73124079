//! Projects.

use super::db::{StoreError, on_db};
use super::{Cx, Tx};
use crate::domain::id::ProjectId;
use crate::domain::key::ProjectKey;
use crate::domain::project::Project;
use crate::domain::time::Timestamp;
use sqlx::FromRow;

#[derive(Debug, Clone)]
pub struct StoredProject {
    pub id: ProjectId,
    pub project: Project,
}

#[derive(FromRow)]
struct ProjectRow {
    id: String,
    key: String,
    name: String,
    naming_pattern: String,
}

impl ProjectRow {
    fn read(self) -> Result<StoredProject, StoreError> {
        let key = ProjectKey::parse(&self.key).map_err(|e| StoreError::Unreadable { what: "project", why: e.to_string() })?;
        let project = Project { key, name: self.name, naming_pattern: self.naming_pattern };
        Ok(StoredProject { id: ProjectId::from_text(self.id), project })
    }
}

pub async fn insert(tx: &mut Tx, id: &ProjectId, project: &Project, now: Timestamp) -> Result<(), StoreError> {
    let sql = "insert into projects (id, key, name, naming_pattern, created_at) values ($1, $2, $3, $4, $5)";
    on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(project.key.as_str()).bind(&project.name)
        .bind(&project.naming_pattern).bind(now.millis()).execute(c))?;
    Ok(())
}

pub async fn find(cx: &mut Cx, key: &ProjectKey) -> Result<Option<StoredProject>, StoreError> {
    let sql = "select id, key, name, naming_pattern from projects where key = $1";
    let row = on_db!(cx, c => sqlx::query_as::<_, ProjectRow>(sql).bind(key.as_str()).fetch_optional(c))?;
    row.map(ProjectRow::read).transpose()
}

/// Every project, by name.
pub async fn all(cx: &mut Cx) -> Result<Vec<StoredProject>, StoreError> {
    let sql = "select id, key, name, naming_pattern from projects order by name, key";
    let rows = on_db!(cx, c => sqlx::query_as::<_, ProjectRow>(sql).fetch_all(c))?;
    rows.into_iter().map(ProjectRow::read).collect()
}
