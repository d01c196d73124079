//! Segments of a project.

use super::db::{fetch_listed, on_db, run_on_db};
use super::{Cx, Stamp, StoreError, Tx, json, readable};
use crate::domain::id::{ProjectId, SegmentId};
use crate::domain::key::{EnvironmentKey, FlagKey, SegmentKey};
use crate::domain::segment::Segment;
use crate::domain::time::Timestamp;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use sqlx::FromRow;

#[derive(Debug, Clone)]
pub struct StoredSegment {
    pub id: SegmentId,
    pub segment: Segment,
    pub version: i64,
}

/// A segment without what may be long: how many there are of each.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Outline {
    pub key: SegmentKey,
    pub name: String,
    #[serde(default)]
    pub description: String,
    #[serde(default, deserialize_with = "count")]
    pub include: usize,
    #[serde(default, deserialize_with = "count")]
    pub exclude: usize,
    #[serde(default, deserialize_with = "count")]
    pub groups: usize,
}

/// A flag's state that asks for a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    pub flag: FlagKey,
    pub is_archived: bool,
    pub environment: EnvironmentKey,
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

/// Which segment has a key now, and its version, without its lists. A key may be used again once its segment is gone.
pub async fn version(cx: &mut Cx, project: &ProjectId, key: &SegmentKey) -> Result<Option<(String, i64)>, StoreError> {
    let sql = "select id, version from segments where project_id = $1 and key = $2";
    on_db!(cx, c => sqlx::query_as(sql).bind(project.as_str()).bind(key.as_str()).fetch_optional(c))
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

/// The segments of these keys, without those that are not there or cannot be read; in no order.
pub async fn of_keys(cx: &mut Cx, project: &ProjectId, keys: &[String]) -> Result<Vec<StoredSegment>, StoreError> {
    let head = "select id, definition, version from segments where project_id = ";
    let rows = fetch_listed!(cx, SegmentRow, head, project.as_str(), " and key in ", keys);
    Ok(readable(rows.into_iter().map(|row| (row.id.clone(), row.read()))))
}

/// The version of each segment of these keys that is there.
pub async fn versions(cx: &mut Cx, project: &ProjectId, keys: &[String]) -> Result<Vec<(String, i64)>, StoreError> {
    let head = "select key, version from segments where project_id = ";
    Ok(fetch_listed!(cx, (String, i64), head, project.as_str(), " and key in ", keys))
}

/// The identities of the segments of these keys that are there.
pub async fn ids(cx: &mut Cx, project: &ProjectId, keys: &[String]) -> Result<Vec<SegmentId>, StoreError> {
    let head = "select id from segments where project_id = ";
    let rows = fetch_listed!(cx, (String,), head, project.as_str(), " and key in ", keys);
    Ok(rows.into_iter().map(|(id,)| SegmentId::from_text(id)).collect())
}

pub async fn delete(tx: &mut Tx, id: &SegmentId) -> Result<(), StoreError> {
    run_on_db!(tx, c => sqlx::query("delete from segments where id = $1").bind(id.as_str()).execute(c))?;
    Ok(())
}

/// The segments of a project by key, without their lists.
pub async fn outlines(cx: &mut Cx, project: &ProjectId) -> Result<Vec<(SegmentId, Outline)>, StoreError> {
    let sql = "select id, definition, version from segments where project_id = $1";
    let rows = on_db!(cx, c => sqlx::query_as::<_, SegmentRow>(sql).bind(project.as_str()).fetch_all(c))?;
    let read = |row: SegmentRow| {
        let outline = json::read::<Outline>(&row.definition, "segment").map(|outline| (SegmentId::from_text(&*row.id), outline));
        (row.id, outline)
    };
    let mut found = readable(rows.into_iter().map(read));
    found.sort_by(|a, b| a.1.key.cmp(&b.1.key));
    Ok(found)
}

/// The states that ask for a segment: by flag, and then in the order of the environments.
pub async fn uses(cx: &mut Cx, segment: &SegmentId) -> Result<Vec<Use>, StoreError> {
    let sql = "select f.key, f.archived_at, e.key from flag_segments s join flags f on f.id = s.flag_id
               join environments e on e.id = s.environment_id where s.segment_id = $1 order by e.position";
    let rows: Vec<(String, Option<i64>, String)> = on_db!(cx, c => sqlx::query_as(sql).bind(segment.as_str()).fetch_all(c))?;
    let read = |(flag, archived_at, environment): (String, Option<i64>, String)| {
        let unreadable =
            |e: crate::domain::key::KeyError| StoreError::Unreadable { what: "use of a segment", why: e.to_string() };
        let (flag, environment) =
            (FlagKey::parse(&flag).map_err(unreadable)?, EnvironmentKey::parse(&environment).map_err(unreadable)?);
        Ok(Use { flag, is_archived: archived_at.is_some(), environment })
    };
    let mut found = rows.into_iter().map(read).collect::<Result<Vec<_>, StoreError>>()?;
    // Here, because databases differ in how they order texts.
    found.sort_by(|a, b| a.flag.cmp(&b.flag));
    Ok(found)
}

/// How many flags ask for each segment of a project; segments that none asks for are left out.
pub async fn use_counts(cx: &mut Cx, project: &ProjectId) -> Result<Vec<(String, i64)>, StoreError> {
    let sql = "select s.segment_id, count(distinct s.flag_id) from flag_segments s join segments g on g.id = s.segment_id
               where g.project_id = $1 group by s.segment_id";
    on_db!(cx, c => sqlx::query_as(sql).bind(project.as_str()).fetch_all(c))
}

/// The length of a list, whose items are passed over.
fn count<'d, D: Deserializer<'d>>(list: D) -> Result<usize, D::Error> {
    struct Count;
    impl<'d> Visitor<'d> for Count {
        type Value = usize;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a list")
        }
        fn visit_seq<A: SeqAccess<'d>>(self, mut items: A) -> Result<usize, A::Error> {
            let mut count = 0;
            while items.next_element::<IgnoredAny>()?.is_some() {
                count += 1;
            }
            Ok(count)
        }
    }
    list.deserialize_seq(Count)
}
