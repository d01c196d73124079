//! Personas of a project.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx, json, readable};
use crate::domain::id::{PersonaId, ProjectId};
use crate::domain::key::PersonaKey;
use crate::domain::persona::Persona;
use crate::domain::time::Timestamp;
use sqlx::FromRow;

#[derive(Debug, Clone)]
pub struct StoredPersona {
    pub id: PersonaId,
    pub persona: Persona,
    /// Rises by one with every change.
    pub version: i64,
}

#[derive(FromRow)]
struct PersonaRow {
    id: String,
    definition: String,
    version: i64,
}

impl PersonaRow {
    fn read(self) -> Result<StoredPersona, StoreError> {
        let persona = json::read(&self.definition, "persona")?;
        Ok(StoredPersona { id: PersonaId::from_text(self.id), persona, version: self.version })
    }
}

pub async fn insert(
    tx: &mut Tx,
    id: &PersonaId,
    project: &ProjectId,
    persona: &Persona,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into personas (id, project_id, key, definition, version, updated_at) values ($1, $2, $3, $4, 1, $5)";
    let definition = json::write(persona)?;
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(project.as_str()).bind(persona.key.as_str()).bind(&definition)
        .bind(now.millis()).execute(c))?;
    Ok(())
}

pub async fn update(tx: &mut Tx, id: &PersonaId, persona: &Persona, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update personas set definition = $2, version = version + 1, updated_at = $3 where id = $1";
    let definition = json::write(persona)?;
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(&definition).bind(now.millis()).execute(c))?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, id: &PersonaId) -> Result<(), StoreError> {
    run_on_db!(tx, c => sqlx::query("delete from personas where id = $1").bind(id.as_str()).execute(c))?;
    Ok(())
}

pub async fn find(cx: &mut Cx, project: &ProjectId, key: &PersonaKey) -> Result<Option<StoredPersona>, StoreError> {
    let sql = "select id, definition, version from personas where project_id = $1 and key = $2";
    let row = on_db!(cx, c => sqlx::query_as::<_, PersonaRow>(sql).bind(project.as_str()).bind(key.as_str()).fetch_optional(c))?;
    row.map(PersonaRow::read).transpose()
}

/// The personas of a project by key, without those that cannot be read.
pub async fn of_project(cx: &mut Cx, project: &ProjectId) -> Result<Vec<StoredPersona>, StoreError> {
    let sql = "select id, definition, version from personas where project_id = $1";
    let rows = on_db!(cx, c => sqlx::query_as::<_, PersonaRow>(sql).bind(project.as_str()).fetch_all(c))?;
    let mut found = readable(rows.into_iter().map(|row| (row.id.clone(), row.read())));
    // Here, because databases differ in how they order texts.
    found.sort_by(|a, b| a.persona.key.cmp(&b.persona.key));
    Ok(found)
}
