//! Changes that wait for a moment, and what became of the moments that came.

use super::change_requests::{self, StoredRequest};
use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx};
use crate::domain::id::{ProjectId, RequestId};
use crate::domain::schedule::Outcome;
use crate::domain::time::Timestamp;
use sqlx::FromRow;

/// Requests of any project that are to be applied by now, in their order.
pub async fn due(cx: &mut Cx, now: Timestamp) -> Result<Vec<RequestId>, StoreError> {
    let sql = "select id from change_requests where status = 'open' and apply_at <= $1 order by apply_at, id";
    ids(on_db!(cx, c => sqlx::query_scalar(sql).bind(now.millis()).fetch_all(c)))
}

/// Every request that has a moment, of any project.
pub async fn all(cx: &mut Cx) -> Result<Vec<RequestId>, StoreError> {
    let sql = "select id from change_requests where status = 'open' and apply_at is not null order by apply_at, id";
    ids(on_db!(cx, c => sqlx::query_scalar(sql).fetch_all(c)))
}

fn ids(found: Result<Vec<String>, StoreError>) -> Result<Vec<RequestId>, StoreError> {
    Ok(found?.into_iter().map(RequestId::from_text).collect())
}

/// The requests of a project that have a moment before `until`, in the order of their moments.
pub async fn of_project(cx: &mut Cx, project: &ProjectId, until: Timestamp, most: i64) -> Result<Vec<StoredRequest>, StoreError> {
    let sql = "select id from change_requests where project_id = $1 and status = 'open' and apply_at < $2
               order by apply_at, id limit $3";
    let found = on_db!(cx, c => sqlx::query_scalar(sql).bind(project.as_str()).bind(until.millis()).bind(most).fetch_all(c));
    readable(cx, ids(found)?).await
}

/// The same of those that change `object`, such as `flag:new_checkout`, whenever they are due.
pub async fn of_object(cx: &mut Cx, project: &ProjectId, object: &str) -> Result<Vec<StoredRequest>, StoreError> {
    let sql = "select r.id from change_requests r join change_request_objects o on o.request_id = r.id
               where r.project_id = $1 and r.status = 'open' and r.apply_at is not null and o.object = $2
               order by r.apply_at, r.id";
    let found = on_db!(cx, c => sqlx::query_scalar(sql).bind(project.as_str()).bind(object).fetch_all(c));
    readable(cx, ids(found)?).await
}

/// One that cannot be read is told, and must not take the others down with it.
async fn readable(cx: &mut Cx, ids: Vec<RequestId>) -> Result<Vec<StoredRequest>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        match change_requests::by_id(cx, &id).await {
            Ok(stored) => found.extend(stored),
            Err(error) if error.is_unreadable() => {
                tracing::error!(request.id = id.as_str(), %error, "a stored row is left out");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Writes down that a moment of a request came; says whether nobody did before. It is one's own until the transaction ends.
pub async fn claim(
    tx: &mut Tx,
    request: &RequestId,
    occurrence: i64,
    due: Timestamp,
    now: Timestamp,
    outcome: Outcome,
) -> Result<bool, StoreError> {
    let sql = "insert into schedule_runs (request_id, occurrence, due_at, ran_at, outcome) values ($1, $2, $3, $4, $5)
               on conflict do nothing";
    let rows = run_on_db!(tx, c => sqlx::query(sql).bind(request.as_str()).bind(occurrence).bind(due.millis()).bind(now.millis())
        .bind(outcome.as_str()).execute(c))?;
    Ok(rows == 1)
}

/// What can be read of a request whose documents cannot.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Outline {
    pub number: i64,
    /// The key of its project.
    pub project: String,
    pub occurrence: i64,
    pub apply_at: Option<i64>,
}

pub async fn outline(cx: &mut Cx, request: &RequestId) -> Result<Option<Outline>, StoreError> {
    let sql = "select r.number, p.key as project, r.occurrence, r.apply_at
               from change_requests r join projects p on p.id = r.project_id where r.id = $1 and r.status = 'open'";
    Ok(on_db!(cx, c => sqlx::query_as(sql).bind(request.as_str()).fetch_optional(c))?)
}

/// Takes a request its moment, whatever else is in its row.
pub async fn forget_moment(tx: &mut Tx, request: &RequestId) -> Result<(), StoreError> {
    let sql = "update change_requests set apply_at = null, version = version + 1 where id = $1";
    run_on_db!(tx, c => sqlx::query(sql).bind(request.as_str()).execute(c))?;
    Ok(())
}

/// Says what became of a claimed moment after all.
pub async fn set_outcome(tx: &mut Tx, request: &RequestId, occurrence: i64, outcome: Outcome) -> Result<(), StoreError> {
    let sql = "update schedule_runs set outcome = $3 where request_id = $1 and occurrence = $2";
    run_on_db!(tx, c => sqlx::query(sql).bind(request.as_str()).bind(occurrence).bind(outcome.as_str()).execute(c))?;
    Ok(())
}

/// A moment that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The number and the title of the request, in its project.
    pub number: i64,
    pub title: String,
    pub due_at: Timestamp,
    pub ran_at: Timestamp,
    pub outcome: Outcome,
}

#[derive(FromRow)]
struct RunRow {
    number: i64,
    title: String,
    due_at: i64,
    ran_at: i64,
    outcome: String,
}

/// The moments of a project that came since, the newest first.
pub async fn runs(cx: &mut Cx, project: &ProjectId, since: Timestamp, most: i64) -> Result<Vec<Run>, StoreError> {
    let sql = "select r.number, r.title, s.due_at, s.ran_at, s.outcome
               from schedule_runs s join change_requests r on r.id = s.request_id
               where r.project_id = $1 and s.ran_at >= $2 order by s.ran_at desc, s.due_at desc, r.number desc limit $3";
    let rows = on_db!(cx, c => sqlx::query_as::<_, RunRow>(sql).bind(project.as_str()).bind(since.millis()).bind(most)
        .fetch_all(c))?;
    let read = |row: RunRow| {
        let (due_at, ran_at) = (Timestamp::from_millis(row.due_at), Timestamp::from_millis(row.ran_at));
        Some(Run { number: row.number, title: row.title, due_at, ran_at, outcome: Outcome::parse(&row.outcome)? })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// What became of every moment of one request, by occurrence.
pub async fn runs_of(cx: &mut Cx, request: &RequestId) -> Result<Vec<(i64, Outcome)>, StoreError> {
    let sql = "select occurrence, outcome from schedule_runs where request_id = $1 order by occurrence";
    let rows: Vec<(i64, String)> = on_db!(cx, c => sqlx::query_as(sql).bind(request.as_str()).fetch_all(c))?;
    Ok(rows.into_iter().filter_map(|(occurrence, text)| Some((occurrence, Outcome::parse(&text)?))).collect())
}
