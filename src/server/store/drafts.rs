//! Drafts: changes that somebody has made and not yet saved. And forms left half typed.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx, json, readable};
use crate::domain::draft::Item;
use crate::domain::id::{DraftId, EnvironmentId, FlagId, ProjectId, UserId};
use crate::domain::time::Timestamp;
use sqlx::FromRow;

#[derive(Debug, Clone, PartialEq)]
pub struct StoredDraft {
    pub id: DraftId,
    pub project_id: ProjectId,
    pub author_id: UserId,
    /// Of one flag's state in one environment; a bundle of several changes has neither.
    pub place: Option<(FlagId, EnvironmentId)>,
    pub title: String,
    pub items: Vec<Item>,
    /// Rises by one with every edit.
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// The request whose content it edits, with the round of it that was begun on.
    pub request: Option<(i64, i64)>,
}

/// A draft without what it holds, for lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Heading {
    pub id: DraftId,
    pub author_id: UserId,
    pub title: String,
    pub updated_at: Timestamp,
}

#[derive(FromRow)]
struct HeadingRow {
    id: String,
    author_id: String,
    title: String,
    updated_at: i64,
}

impl HeadingRow {
    fn read(self) -> Heading {
        Heading {
            id: DraftId::from_text(self.id),
            author_id: UserId::from_text(self.author_id),
            title: self.title,
            updated_at: Timestamp::from_millis(self.updated_at),
        }
    }
}

#[derive(FromRow)]
struct DraftRow {
    id: String,
    project_id: String,
    author_id: String,
    flag_id: Option<String>,
    environment_id: Option<String>,
    title: String,
    items: String,
    version: i64,
    created_at: i64,
    updated_at: i64,
    request_number: Option<i64>,
    request_round: Option<i64>,
}

impl DraftRow {
    fn read(self) -> Result<StoredDraft, StoreError> {
        let place = self.flag_id.zip(self.environment_id);
        Ok(StoredDraft {
            items: json::read(&self.items, "draft")?,
            id: DraftId::from_text(self.id),
            project_id: ProjectId::from_text(self.project_id),
            author_id: UserId::from_text(self.author_id),
            place: place.map(|(flag, environment)| (FlagId::from_text(flag), EnvironmentId::from_text(environment))),
            title: self.title,
            version: self.version,
            created_at: Timestamp::from_millis(self.created_at),
            updated_at: Timestamp::from_millis(self.updated_at),
            request: self.request_number.zip(self.request_round),
        })
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, project_id, author_id, flag_id, environment_id, title, items, version, created_at, updated_at, ",
            "request_number, request_round from drafts ",
            $tail
        )
    };
}

pub async fn insert(tx: &mut Tx, draft: &StoredDraft) -> Result<(), StoreError> {
    let sql =
        "insert into drafts (id, project_id, author_id, flag_id, environment_id, title, items, version, created_at, updated_at,
                 request_number, request_round)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let (number, request_round) = draft.request.unzip();
    let items = json::write(&draft.items)?;
    let (flag, environment) = draft.place.as_ref().map(|(flag, environment)| (flag.as_str(), environment.as_str())).unzip();
    run_on_db!(tx, c => sqlx::query(sql).bind(draft.id.as_str()).bind(draft.project_id.as_str()).bind(draft.author_id.as_str())
        .bind(flag).bind(environment).bind(&draft.title).bind(&items).bind(draft.version).bind(draft.created_at.millis())
        .bind(draft.updated_at.millis()).bind(number).bind(request_round).execute(c))?;
    Ok(())
}

/// Replaces what a draft holds, where it still has this version; says whether it did.
pub async fn update(tx: &mut Tx, id: &DraftId, version: i64, items: &[Item], now: Timestamp) -> Result<bool, StoreError> {
    let sql = "update drafts set items = $3, version = version + 1, updated_at = $4 where id = $1 and version = $2";
    let items = json::write(&items)?;
    let rows = run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(version).bind(&items).bind(now.millis()).execute(c))?;
    Ok(rows == 1)
}

/// Lets go of the request that a draft edits, where it still has this version; says whether it did.
pub async fn detach(tx: &mut Tx, id: &DraftId, version: i64) -> Result<bool, StoreError> {
    let sql =
        "update drafts set request_number = null, request_round = null, version = version + 1 where id = $1 and version = $2";
    let rows = run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(version).execute(c))?;
    Ok(rows == 1)
}

/// Removes a draft, where it still has this version; says whether it did.
pub async fn delete(tx: &mut Tx, id: &DraftId, version: i64) -> Result<bool, StoreError> {
    let sql = "delete from drafts where id = $1 and version = $2";
    let rows = run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(version).execute(c))?;
    Ok(rows == 1)
}

pub async fn find(cx: &mut Cx, id: &DraftId) -> Result<Option<StoredDraft>, StoreError> {
    let sql = select!("where id = $1");
    let row = on_db!(cx, c => sqlx::query_as::<_, DraftRow>(sql).bind(id.as_str()).fetch_optional(c))?;
    row.map(DraftRow::read).transpose()
}

/// The draft in which somebody edits a request.
pub async fn of_request(cx: &mut Cx, project: &ProjectId, author: &UserId, number: i64) -> Result<Option<DraftId>, StoreError> {
    let sql = "select id from drafts where project_id = $1 and author_id = $2 and request_number = $3";
    let id: Option<String> = on_db!(cx, c => sqlx::query_scalar(sql).bind(project.as_str()).bind(author.as_str()).bind(number)
        .fetch_optional(c))?;
    Ok(id.map(DraftId::from_text))
}

/// How many drafts somebody has in a project.
pub async fn count(cx: &mut Cx, project: &ProjectId, author: &UserId) -> Result<u64, StoreError> {
    let sql = "select cast(count(*) as bigint) from drafts where project_id = $1 and author_id = $2";
    let found: i64 = on_db!(cx, c => sqlx::query_scalar(sql).bind(project.as_str()).bind(author.as_str()).fetch_one(c))?;
    Ok(found.unsigned_abs())
}

/// Everybody's drafts of a flag in an environment.
pub async fn of_state(cx: &mut Cx, flag: &FlagId, environment: &EnvironmentId) -> Result<Vec<StoredDraft>, StoreError> {
    let sql = select!("where flag_id = $1 and environment_id = $2");
    let rows = on_db!(cx, c => sqlx::query_as::<_, DraftRow>(sql).bind(flag.as_str()).bind(environment.as_str()).fetch_all(c))?;
    Ok(newest_first(rows))
}

/// Everybody's drafts in a project, newest first. What they hold stays where it is: one may be of thousands of changes.
pub async fn headings(cx: &mut Cx, project: &ProjectId) -> Result<Vec<Heading>, StoreError> {
    let sql = "select id, author_id, title, updated_at from drafts where project_id = $1 order by updated_at desc, id";
    let rows = on_db!(cx, c => sqlx::query_as::<_, HeadingRow>(sql).bind(project.as_str()).fetch_all(c))?;
    Ok(rows.into_iter().map(HeadingRow::read).collect())
}

/// The drafts of states that somebody has in a project, newest first; bundles are left out.
pub async fn states_of(cx: &mut Cx, project: &ProjectId, author: &UserId) -> Result<Vec<StoredDraft>, StoreError> {
    let sql = select!("where project_id = $1 and author_id = $2 and flag_id is not null");
    let rows = on_db!(cx, c => sqlx::query_as::<_, DraftRow>(sql).bind(project.as_str()).bind(author.as_str()).fetch_all(c))?;
    Ok(newest_first(rows))
}

fn newest_first(rows: Vec<DraftRow>) -> Vec<StoredDraft> {
    let mut found = readable(rows.into_iter().map(|row| (row.id.clone(), row.read())));
    found.sort_by(|a, b| b.updated_at.cmp(&a.updated_at).then_with(|| a.id.cmp(&b.id)));
    found
}
