//! What was said of flags' dates, whose reminders are silent, and who got which digest.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx, instant};
use crate::domain::id::{FlagId, ProjectId, UserId};
use crate::domain::reminder::{Occurrence, Told};
use crate::domain::time::Timestamp;
use std::collections::HashMap;

/// Claims the right to say something: whether it was free. In a transaction with the saying, it is said once.
pub async fn claim(tx: &mut Tx, flag: &FlagId, (moment, occurrence): Told, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "insert into reminders (flag_id, moment, occurrence, at) values ($1, $2, $3, $4)
               on conflict (flag_id, moment, occurrence) do nothing";
    let added = run_on_db!(tx, c => sqlx::query(sql).bind(flag.as_str()).bind(moment.millis()).bind(occurrence.as_str())
        .bind(now.millis()).execute(c))?;
    Ok(added == 1)
}

/// Takes back that some things were said of a date, so that they are said again.
pub async fn unsay(tx: &mut Tx, flag: &FlagId, moment: Timestamp, occurrences: &[Occurrence]) -> Result<(), StoreError> {
    let sql = "delete from reminders where flag_id = $1 and moment = $2 and occurrence = $3";
    for occurrence in occurrences {
        run_on_db!(tx, c => sqlx::query(sql).bind(flag.as_str()).bind(moment.millis()).bind(occurrence.as_str()).execute(c))?;
    }
    Ok(())
}

/// When something was said; nothing where it was not.
pub async fn said_at(cx: &mut Cx, flag: &FlagId, (moment, occurrence): Told) -> Result<Option<Timestamp>, StoreError> {
    let sql = "select at from reminders where flag_id = $1 and moment = $2 and occurrence = $3";
    Ok(instant(on_db!(cx, c => sqlx::query_scalar(sql).bind(flag.as_str()).bind(moment.millis()).bind(occurrence.as_str())
        .fetch_optional(c))?))
}

fn told((moment, occurrence): (i64, String)) -> Option<Told> {
    Some((Timestamp::from_millis(moment), Occurrence::parse(&occurrence)?))
}

pub async fn of_flag(cx: &mut Cx, flag: &FlagId) -> Result<Vec<Told>, StoreError> {
    let sql = "select moment, occurrence from reminders where flag_id = $1";
    let rows: Vec<(i64, String)> = on_db!(cx, c => sqlx::query_as(sql).bind(flag.as_str()).fetch_all(c))?;
    Ok(rows.into_iter().filter_map(told).collect())
}

/// What was said of the flags of a project that are not archived, by flag.
pub async fn of_project(cx: &mut Cx, project: &ProjectId) -> Result<HashMap<String, Vec<Told>>, StoreError> {
    let sql = "select r.flag_id, r.moment, r.occurrence from reminders r join flags f on f.id = r.flag_id
               where f.project_id = $1 and f.archived_at is null";
    let rows: Vec<(String, i64, String)> = on_db!(cx, c => sqlx::query_as(sql).bind(project.as_str()).fetch_all(c))?;
    let mut found: HashMap<String, Vec<Told>> = HashMap::new();
    for (flag, moment, occurrence) in rows {
        found.entry(flag).or_default().extend(told((moment, occurrence)));
    }
    Ok(found)
}

/// Silences a flag's reminders until then, or lets them speak again.
pub async fn snooze(tx: &mut Tx, flag: &FlagId, until: Option<Timestamp>) -> Result<(), StoreError> {
    run_on_db!(tx, c => sqlx::query("delete from snoozes where flag_id = $1").bind(flag.as_str()).execute(c))?;
    if let Some(until) = until {
        let sql = "insert into snoozes (flag_id, until) values ($1, $2)";
        run_on_db!(tx, c => sqlx::query(sql).bind(flag.as_str()).bind(until.millis()).execute(c))?;
    }
    Ok(())
}

pub async fn snoozed_until(cx: &mut Cx, flag: &FlagId) -> Result<Option<Timestamp>, StoreError> {
    let sql = "select until from snoozes where flag_id = $1";
    Ok(instant(on_db!(cx, c => sqlx::query_scalar(sql).bind(flag.as_str()).fetch_optional(c))?))
}

/// The same of every flag of a project.
pub async fn snoozes(cx: &mut Cx, project: &ProjectId) -> Result<HashMap<String, Timestamp>, StoreError> {
    let sql = "select s.flag_id, s.until from snoozes s join flags f on f.id = s.flag_id where f.project_id = $1";
    let rows: Vec<(String, i64)> = on_db!(cx, c => sqlx::query_as(sql).bind(project.as_str()).fetch_all(c))?;
    Ok(rows.into_iter().map(|(flag, until)| (flag, Timestamp::from_millis(until))).collect())
}

/// Claims somebody's digest of a week: whether it was free.
pub async fn claim_digest(tx: &mut Tx, user: &UserId, week: i64) -> Result<bool, StoreError> {
    let sql = "insert into digests (user_id, week) values ($1, $2) on conflict (user_id, week) do nothing";
    Ok(run_on_db!(tx, c => sqlx::query(sql).bind(user.as_str()).bind(week).execute(c))? == 1)
}

/// Who got the digest of a week.
pub async fn digested(cx: &mut Cx, week: i64) -> Result<Vec<UserId>, StoreError> {
    let sql = "select user_id from digests where week = $1";
    let ids: Vec<String> = on_db!(cx, c => sqlx::query_scalar(sql).bind(week).fetch_all(c))?;
    Ok(ids.into_iter().map(UserId::from_text).collect())
}
