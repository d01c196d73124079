//! Segments of a project.

use super::db::{on_db, run_on_db};
use super::{Cx, Stamp, StoreError, Tx, json, readable};
use crate::domain::id::{ProjectId, SegmentId};
use crate::domain::key::SegmentKey;
use crate::domain::segment::Segment;
use crate::domain::time::Timestamp;
use sqlx::FromRow;

#[derive(Debug, Clone)]
pub struct StoredSegment {
    pub id: SegmentId,
    pub segment: Segment,
    pub version: i64,
}

#[derive(FromRow)]
struct SegmentRow {
    id: String,
    definition: String,
    version: i64,
}

impl SegmentRow {
    fn read(self) -> Result<StoredSegment, StoreError> {
        let segment = json::read(&self.definition, "segment")?;
        Ok(StoredSegment { id: SegmentId::from_text(self.id), segment, version: self.version })
    }
}

pub async fn insert(
    tx: &mut Tx,
    id: &SegmentId,
    project: &ProjectId,
    segment: &Segment,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into segments (id, project_id, key, definition, version, updated_at) values ($1, $2, $3, $4, 1, $5)";
    let definition = json::write(segment)?;
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(project.as_str()).bind(segment.key.as_str()).bind(&definition)
        .bind(now.millis()).execute(c))?;
    Ok(())
}

pub async fn update(tx: &mut Tx, id: &SegmentId, segment: &Segment, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update segments set definition = $2, version = version + 1, updated_at = $3 where id = $1";
    let definition = json::write(segment)?;
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(&definition).bind(now.millis()).execute(c))?;
    Ok(())
}

pub async fn find(cx: &mut Cx, project: &ProjectId, key: &SegmentKey) -> Result<Option<StoredSegment>, StoreError> {
    let sql = "select id, definition, version from segments where project_id = $1 and key = $2";
    let row = on_db!(cx, c => sqlx::query_as::<_, SegmentRow>(sql).bind(project.as_str()).bind(key.as_str()).fetch_optional(c))?;
    row.map(SegmentRow::read).transpose()
}

/// The segments of a project by key, without those that cannot be read.
pub async fn of_project(cx: &mut Cx, project: &ProjectId) -> Result<Vec<StoredSegment>, StoreError> {
    let sql = "select id, definition, version from segments where project_id = $1";
    let rows = on_db!(cx, c => sqlx::query_as::<_, SegmentRow>(sql).bind(project.as_str()).fetch_all(c))?;
    let mut found = readable(rows.into_iter().map(|row| (row.id.clone(), row.read())));
    // Here, because databases differ in how they order texts.
    found.sort_by(|a, b| a.segment.key.cmp(&b.segment.key));
    Ok(found)
}

/// What tells whether a copy of each segment of a project is still good.
pub async fn stamps(cx: &mut Cx, project: &ProjectId) -> Result<Vec<Stamp>, StoreError> {
    let sql = "select id, version, updated_at from segments where project_id = $1";
    on_db!(cx, c => sqlx::query_as::<_, Stamp>(sql).bind(project.as_str()).fetch_all(c))
}

/// The segments of these identities, without those that cannot be read.
pub async fn of_ids(cx: &mut Cx, ids: &[String]) -> Result<Vec<StoredSegment>, StoreError> {
    let sql = "select id, definition, version from segments where id = $1";
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.extend(on_db!(cx, c => sqlx::query_as::<_, SegmentRow>(sql).bind(id).fetch_optional(c))?);
    }
    Ok(readable(rows.into_iter().map(|row| (row.id.clone(), row.read()))))
}
