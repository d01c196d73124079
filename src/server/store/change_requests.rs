//! Change requests with their people and their timelines.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx, json, new_id, readable};
use crate::domain::change_request::{AfterReview, Event, EventKind, Origin, Request, Status};
use crate::domain::draft::Item;
use crate::domain::id::{ProjectId, RequestId, UserId};
use crate::domain::schedule::Schedule;
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;

/// What an item of a request comes to: what the audit would write of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposed {
    /// `state.edit`
    pub action: String,
    /// `flag:new_checkout`
    pub object: String,
    pub environment: Option<String>,
    #[serde(default)]
    pub before: Option<Value>,
    #[serde(default)]
    pub after: Option<Value>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredRequest {
    pub id: RequestId,
    pub project_id: ProjectId,
    /// Counts up in its project.
    pub number: i64,
    pub title: String,
    pub why: String,
    /// What decides who may do what with it. Its co-authors are read with it.
    pub request: Request,
    pub items: Vec<Item>,
    pub proposed: Vec<Proposed>,
    /// Rises by one with whatever happens to it.
    pub version: i64,
    /// When it is to be applied by itself: what `schedule` came to when it was looked at last.
    pub apply_at: Option<Timestamp>,
    /// What was said of when; stays with what became of it.
    pub schedule: Option<Schedule>,
    /// Rises by one each time it is given a moment.
    pub occurrence: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// The first and the last row of the audit that it wrote.
    pub rows: Option<(i64, i64)>,
}

#[derive(FromRow)]
struct RequestRow {
    id: String,
    project_id: String,
    number: i64,
    author_id: Option<String>,
    title: String,
    why: String,
    items: String,
    proposed: String,
    content: String,
    round: i64,
    version: i64,
    origin: String,
    status: String,
    asked: String,
    after_review: String,
    apply_at: Option<i64>,
    schedule: Option<String>,
    occurrence: i64,
    created_at: i64,
    updated_at: i64,
    first_seq: Option<i64>,
    last_seq: Option<i64>,
}

impl RequestRow {
    /// Without its co-authors.
    fn read(self) -> Result<StoredRequest, StoreError> {
        let unreadable = |why: String| StoreError::Unreadable { what: "change request", why };
        let request = Request {
            author: self.author_id.map(UserId::from_text),
            coauthors: Vec::new(),
            status: Status::parse(&self.status).ok_or_else(|| unreadable(format!("no status {}", self.status)))?,
            origin: Origin::parse(&self.origin).ok_or_else(|| unreadable(format!("no origin {}", self.origin)))?,
            after_review: AfterReview::parse(&self.after_review)
                .ok_or_else(|| unreadable(format!("no review {}", self.after_review)))?,
            round: self.round,
            content: self.content,
            asked: json::read(&self.asked, "change request")?,
        };
        Ok(StoredRequest {
            items: json::read(&self.items, "change request")?,
            proposed: json::read(&self.proposed, "change request")?,
            id: RequestId::from_text(self.id),
            project_id: ProjectId::from_text(self.project_id),
            number: self.number,
            title: self.title,
            why: self.why,
            request,
            version: self.version,
            apply_at: self.apply_at.map(Timestamp::from_millis),
            schedule: self.schedule.map(|text| json::read(&text, "change request")).transpose()?,
            occurrence: self.occurrence,
            created_at: Timestamp::from_millis(self.created_at),
            updated_at: Timestamp::from_millis(self.updated_at),
            rows: self.first_seq.zip(self.last_seq),
        })
    }
}

/// Writes a new request with its people and what it changes; `number` is set here, the next of its project.
pub async fn insert(tx: &mut Tx, stored: &mut StoredRequest) -> Result<(), StoreError> {
    let sql = "select cast(coalesce(max(number), 0) as bigint) from change_requests where project_id = $1";
    let last: i64 = on_db!(tx, c => sqlx::query_scalar(sql).bind(stored.project_id.as_str()).fetch_one(c))?;
    stored.number = last + 1;
    let sql =
        "insert into change_requests (id, project_id, number, author_id, title, why, items, proposed, content, round, version,
                 origin, status, asked, after_review, apply_at, created_at, updated_at, first_seq, last_seq, schedule, occurrence)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)";
    let schedule = stored.schedule.as_ref().map(json::write).transpose()?;
    let (items, proposed) = (json::write(&stored.items)?, json::write(&stored.proposed)?);
    let (request, asked) = (&stored.request, json::write(&stored.request.asked)?);
    let (first, last) = stored.rows.unzip();
    run_on_db!(tx, c => sqlx::query(sql).bind(stored.id.as_str()).bind(stored.project_id.as_str()).bind(stored.number)
        .bind(request.author.as_ref().map(UserId::as_str)).bind(&stored.title).bind(&stored.why).bind(&items).bind(&proposed)
        .bind(&request.content).bind(request.round).bind(stored.version).bind(request.origin.as_str())
        .bind(request.status.as_str()).bind(&asked).bind(request.after_review.as_str())
        .bind(stored.apply_at.map(Timestamp::millis)).bind(stored.created_at.millis()).bind(stored.updated_at.millis())
        .bind(first).bind(last).bind(&schedule).bind(stored.occurrence).execute(c))?;
    write_objects(tx, stored).await
}

/// Replaces everything of a request that may change, where it still has the version that `stored` was read with; raises that
/// and says whether it did.
pub async fn update(tx: &mut Tx, stored: &mut StoredRequest, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "update change_requests set title = $3, why = $4, items = $5, proposed = $6, content = $7, round = $8,
                 version = version + 1, status = $9, asked = $10, after_review = $11, apply_at = $12, updated_at = $13,
                 first_seq = $14, last_seq = $15, origin = $16, schedule = $17, occurrence = $18
               where id = $1 and version = $2";
    let schedule = stored.schedule.as_ref().map(json::write).transpose()?;
    let (items, proposed) = (json::write(&stored.items)?, json::write(&stored.proposed)?);
    let (request, asked) = (&stored.request, json::write(&stored.request.asked)?);
    let (first, last) = stored.rows.unzip();
    let rows = run_on_db!(tx, c => sqlx::query(sql).bind(stored.id.as_str()).bind(stored.version).bind(&stored.title)
        .bind(&stored.why).bind(&items).bind(&proposed).bind(&request.content).bind(request.round)
        .bind(request.status.as_str()).bind(&asked).bind(request.after_review.as_str())
        .bind(stored.apply_at.map(Timestamp::millis)).bind(now.millis()).bind(first).bind(last)
        .bind(request.origin.as_str()).bind(&schedule).bind(stored.occurrence).execute(c))?;
    if rows != 1 {
        return Ok(false);
    }
    (stored.version, stored.updated_at) = (stored.version + 1, now);
    write_objects(tx, stored).await?;
    Ok(true)
}

async fn write_objects(tx: &mut Tx, stored: &StoredRequest) -> Result<(), StoreError> {
    let sql = "delete from change_request_objects where request_id = $1";
    run_on_db!(tx, c => sqlx::query(sql).bind(stored.id.as_str()).execute(c))?;
    let mut objects: Vec<&str> = stored.proposed.iter().map(|proposed| proposed.object.as_str()).collect();
    objects.sort_unstable();
    objects.dedup();
    let sql = "insert into change_request_objects (request_id, object) values ($1, $2)";
    for object in objects {
        run_on_db!(tx, c => sqlx::query(sql).bind(stored.id.as_str()).bind(object).execute(c))?;
    }
    Ok(())
}

/// What somebody has to do with a request besides being its author.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Coauthor,
    Reviewer,
}

impl Part {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Coauthor => "coauthor",
            Self::Reviewer => "reviewer",
        }
    }
}

pub async fn add_person(tx: &mut Tx, request: &RequestId, user: &UserId, part: Part) -> Result<(), StoreError> {
    let sql = "insert into change_request_people (request_id, user_id, part) values ($1, $2, $3) on conflict do nothing";
    run_on_db!(tx, c => sqlx::query(sql).bind(request.as_str()).bind(user.as_str()).bind(part.as_str()).execute(c))?;
    Ok(())
}

/// Who has this part in a request.
pub async fn people(cx: &mut Cx, request: &RequestId, part: Part) -> Result<Vec<UserId>, StoreError> {
    let sql = "select user_id from change_request_people where request_id = $1 and part = $2 order by user_id";
    let ids: Vec<String> = on_db!(cx, c => sqlx::query_scalar(sql).bind(request.as_str()).bind(part.as_str()).fetch_all(c))?;
    Ok(ids.into_iter().map(UserId::from_text).collect())
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, project_id, number, author_id, title, why, items, proposed, content, round, version, origin, status, asked, ",
            "after_review, apply_at, schedule, occurrence, created_at, updated_at, first_seq, last_seq from change_requests ",
            $tail
        )
    };
}

async fn with_coauthors(cx: &mut Cx, row: Option<RequestRow>) -> Result<Option<StoredRequest>, StoreError> {
    let Some(mut stored) = row.map(RequestRow::read).transpose()? else { return Ok(None) };
    stored.request.coauthors = people(cx, &stored.id, Part::Coauthor).await?;
    Ok(Some(stored))
}

pub async fn find(cx: &mut Cx, project: &ProjectId, number: i64) -> Result<Option<StoredRequest>, StoreError> {
    let sql = select!("where project_id = $1 and number = $2");
    let row = on_db!(cx, c => sqlx::query_as::<_, RequestRow>(sql).bind(project.as_str()).bind(number).fetch_optional(c))?;
    with_coauthors(cx, row).await
}

pub async fn by_id(cx: &mut Cx, id: &RequestId) -> Result<Option<StoredRequest>, StoreError> {
    let sql = select!("where id = $1");
    let row = on_db!(cx, c => sqlx::query_as::<_, RequestRow>(sql).bind(id.as_str()).fetch_optional(c))?;
    with_coauthors(cx, row).await
}

/// The requests of a project that wait for something: open ones, and those whose review after the fact is open.
pub async fn waiting(cx: &mut Cx, project: &ProjectId) -> Result<Vec<StoredRequest>, StoreError> {
    let sql = select!("where project_id = $1 and (status = 'open' or after_review = 'open') order by number desc");
    let rows = on_db!(cx, c => sqlx::query_as::<_, RequestRow>(sql).bind(project.as_str()).fetch_all(c))?;
    all_with_coauthors(cx, rows).await
}

/// The requests of a project, newest first: at most `limit`, after the first `offset`.
pub async fn of_project(cx: &mut Cx, project: &ProjectId, limit: i64, offset: i64) -> Result<Vec<StoredRequest>, StoreError> {
    let sql = select!("where project_id = $1 order by number desc limit $2 offset $3");
    let rows =
        on_db!(cx, c => sqlx::query_as::<_, RequestRow>(sql).bind(project.as_str()).bind(limit).bind(offset).fetch_all(c))?;
    all_with_coauthors(cx, rows).await
}

/// How many requests a project has had.
pub async fn count(cx: &mut Cx, project: &ProjectId) -> Result<i64, StoreError> {
    let sql = "select cast(count(*) as bigint) from change_requests where project_id = $1";
    on_db!(cx, c => sqlx::query_scalar(sql).bind(project.as_str()).fetch_one(c))
}

async fn all_with_coauthors(cx: &mut Cx, rows: Vec<RequestRow>) -> Result<Vec<StoredRequest>, StoreError> {
    let mut found = readable(rows.into_iter().map(|row| (row.id.clone(), row.read())));
    for stored in &mut found {
        stored.request.coauthors = people(cx, &stored.id, Part::Coauthor).await?;
    }
    Ok(found)
}

/// The request whose application wrote a row of the audit.
pub async fn that_wrote(cx: &mut Cx, project: &ProjectId, seq: i64) -> Result<Option<StoredRequest>, StoreError> {
    let sql = "select id from change_requests where project_id = $1 and first_seq <= $2 and last_seq >= $2 limit 1";
    let id: Option<String> = on_db!(cx, c => sqlx::query_scalar(sql).bind(project.as_str()).bind(seq).fetch_optional(c))?;
    match id {
        Some(id) => by_id(cx, &RequestId::from_text(id)).await,
        None => Ok(None),
    }
}

/// An open request by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Waiting {
    pub number: i64,
    /// When it is to be applied by itself, in milliseconds.
    pub apply_at: Option<i64>,
    /// Whether that will not come to pass as things are, as far as somebody has found out: it is not stored.
    #[sqlx(skip)]
    pub is_stopped: bool,
}

/// Open requests that change `object`, such as `flag:new_checkout`, by number.
pub async fn open_of_object(cx: &mut Cx, project: &ProjectId, object: &str) -> Result<Vec<Waiting>, StoreError> {
    let sql = "select r.number, r.apply_at from change_requests r join change_request_objects o on o.request_id = r.id
               where r.project_id = $1 and r.status = 'open' and o.object = $2 order by r.number";
    on_db!(cx, c => sqlx::query_as(sql).bind(project.as_str()).bind(object).fetch_all(c))
}

/// Every object that an open request of the project changes, with the request.
pub async fn open_objects(cx: &mut Cx, project: &ProjectId) -> Result<Vec<(String, Waiting)>, StoreError> {
    let sql = "select o.object, r.number, r.apply_at from change_requests r join change_request_objects o on o.request_id = r.id
               where r.project_id = $1 and r.status = 'open' order by r.number";
    let rows: Vec<(String, i64, Option<i64>)> = on_db!(cx, c => sqlx::query_as(sql).bind(project.as_str()).fetch_all(c))?;
    Ok(rows.into_iter().map(|(object, number, apply_at)| (object, Waiting { number, apply_at, is_stopped: false })).collect())
}

#[derive(FromRow)]
struct EventRow {
    at: i64,
    actor: String,
    actor_id: Option<String>,
    kind: String,
    round: i64,
    content: String,
    text: String,
}

pub async fn add_event(tx: &mut Tx, request: &RequestId, event: &Event) -> Result<(), StoreError> {
    let sql = "insert into change_request_events (id, request_id, at, actor, actor_id, kind, round, content, text)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    run_on_db!(tx, c => sqlx::query(sql).bind(new_id()).bind(request.as_str()).bind(event.at.millis()).bind(&event.actor)
        .bind(event.actor_id.as_ref().map(UserId::as_str)).bind(event.kind.as_str()).bind(event.round).bind(&event.content)
        .bind(&event.text).execute(c))?;
    Ok(())
}

/// The timeline of a request, oldest first.
pub async fn events(cx: &mut Cx, request: &RequestId) -> Result<Vec<Event>, StoreError> {
    let sql = "select at, actor, actor_id, kind, round, content, text from change_request_events
               where request_id = $1 order by id";
    let rows = on_db!(cx, c => sqlx::query_as::<_, EventRow>(sql).bind(request.as_str()).fetch_all(c))?;
    let read = |row: EventRow| {
        let why = || StoreError::Unreadable { what: "change request", why: format!("no event {}", row.kind) };
        let kind = EventKind::parse(&row.kind).ok_or_else(why)?;
        Ok(Event {
            at: Timestamp::from_millis(row.at),
            actor: row.actor,
            actor_id: row.actor_id.map(UserId::from_text),
            kind,
            round: row.round,
            content: row.content,
            text: row.text,
        })
    };
    rows.into_iter().map(read).collect()
}
