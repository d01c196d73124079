//! What concerns whom.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx, json, new_id};
use crate::domain::id::{FlagId, ProjectId, RequestId, UserId};
use crate::domain::inbox::{About, Kind, Line, Message, Settled};
use crate::domain::time::Timestamp;
use sqlx::FromRow;

/// A message for somebody.
#[derive(Debug, Clone, Copy)]
pub struct New<'n> {
    pub about: Subject<'n>,
    pub kind: Kind,
    pub actor: &'n str,
    pub at: Timestamp,
}

/// What a new message is about.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'n> {
    Request(&'n ProjectId, &'n RequestId),
    /// A flag, and what is said of it.
    Flag(&'n ProjectId, &'n FlagId, &'n str),
    Flags(&'n [Line]),
}

pub async fn add(tx: &mut Tx, user: &UserId, new: New<'_>) -> Result<(), StoreError> {
    let sql = "insert into inbox (id, user_id, project_id, request_id, flag_id, kind, actor, note, at)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let (project, request, flag, note) = match new.about {
        Subject::Request(project, request) => (Some(project.as_str()), Some(request.as_str()), None, String::new()),
        Subject::Flag(project, flag, note) => (Some(project.as_str()), None, Some(flag.as_str()), note.to_owned()),
        Subject::Flags(lines) => (None, None, None, json::write(&lines)?),
    };
    run_on_db!(tx, c => sqlx::query(sql).bind(new_id()).bind(user.as_str()).bind(project).bind(request).bind(flag)
        .bind(new.kind.as_str()).bind(new.actor).bind(&note).bind(new.at.millis()).execute(c))?;
    Ok(())
}

#[derive(FromRow)]
struct MessageRow {
    id: String,
    kind: String,
    actor: String,
    note: String,
    at: i64,
    read_at: Option<i64>,
    project: Option<String>,
    number: Option<i64>,
    title: Option<String>,
    flag: Option<String>,
    /// Of a request that is settled: how it ended.
    settled: Option<String>,
}

impl MessageRow {
    /// `None` for what a later version wrote.
    fn read(self) -> Option<Message> {
        let kind = Kind::parse(&self.kind)?;
        let about = match (self.project, self.number.zip(self.title), self.flag) {
            (Some(project), Some((number, title)), _) => {
                let settled = self.settled.as_deref().and_then(|status| match status {
                    "applied" => Some(Settled::Applied),
                    "withdrawn" => Some(Settled::Withdrawn),
                    "looked_at" => Some(Settled::LookedAt),
                    _ => None,
                });
                About::Request { project, number, title, settled }
            }
            (Some(project), None, Some(flag)) => About::Flag { project, flag, note: self.note },
            _ => About::Flags(json::read(&self.note, "message").ok()?),
        };
        let at = Timestamp::from_millis(self.at);
        let is_settled = matches!(about, About::Request { settled: Some(_), .. });
        Some(Message { id: self.id, kind, actor: self.actor, at, is_read: self.read_at.is_some() || is_settled, about })
    }
}

/// Whose messages somebody sees: those of projects they belong to, and those of several.
const SEEN: &str = "($2 = 1 or i.project_id is null
                     or exists (select 1 from members m where m.project_id = i.project_id and m.user_id = i.user_id))";

/// How a request ended whose message asked for something that nobody needs to do any more; nothing of any other message.
const SETTLED: &str = "case when i.kind in ('review_asked', 'changes_requested', 'changed') and r.status <> 'open' then r.status
                            when i.kind = 'after_review_due' and r.after_review <> 'open' then 'looked_at' end";

/// What concerns somebody, newest first. Projects that they left tell them nothing any more.
pub async fn of_user(cx: &mut Cx, user: &UserId, is_owner: bool, limit: i64) -> Result<Vec<Message>, StoreError> {
    let sql = format!(
        "select i.id, i.kind, i.actor, i.note, i.at, i.read_at, p.key as project, r.number, r.title, f.key as flag,
         {SETTLED} as settled
         from inbox i left join projects p on p.id = i.project_id left join change_requests r on r.id = i.request_id
         left join flags f on f.id = i.flag_id
         where i.user_id = $1 and {SEEN} order by i.id desc limit $3"
    );
    let rows = on_db!(cx, c => sqlx::query_as::<_, MessageRow>(sqlx::AssertSqlSafe(sql.as_str())).bind(user.as_str())
        .bind(i64::from(is_owner)).bind(limit).fetch_all(c))?;
    Ok(rows.into_iter().filter_map(MessageRow::read).collect())
}

/// How much of it somebody has not seen.
pub async fn unread(cx: &mut Cx, user: &UserId, is_owner: bool) -> Result<i64, StoreError> {
    let sql = format!(
        "select cast(count(*) as bigint) from inbox i left join change_requests r on r.id = i.request_id
         where i.user_id = $1 and i.read_at is null and ({SETTLED}) is null and {SEEN}"
    );
    on_db!(cx, c => sqlx::query_scalar(sqlx::AssertSqlSafe(sql.as_str())).bind(user.as_str()).bind(i64::from(is_owner)).fetch_one(c))
}

/// Whether something that concerns a request is new to somebody.
pub async fn is_new(cx: &mut Cx, user: &UserId, request: &RequestId) -> Result<bool, StoreError> {
    let sql = "select cast(count(*) as bigint) from inbox where user_id = $1 and request_id = $2 and read_at is null";
    let count: i64 = on_db!(cx, c => sqlx::query_scalar(sql).bind(user.as_str()).bind(request.as_str()).fetch_one(c))?;
    Ok(count > 0)
}

/// Marks as seen, for everybody, that a request waits for them: it has what it waited for.
pub async fn answered(tx: &mut Tx, request: &RequestId, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update inbox set read_at = $2 where request_id = $1 and kind = 'review_asked' and read_at is null";
    run_on_db!(tx, c => sqlx::query(sql).bind(request.as_str()).bind(now.millis()).execute(c))?;
    Ok(())
}

/// Marks what concerns a request as seen.
pub async fn see_request(tx: &mut Tx, user: &UserId, request: &RequestId, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update inbox set read_at = $3 where user_id = $1 and request_id = $2 and read_at is null";
    run_on_db!(tx, c => sqlx::query(sql).bind(user.as_str()).bind(request.as_str()).bind(now.millis()).execute(c))?;
    Ok(())
}

/// Marks everything as seen that was there at `upto`, the newest that was shown.
pub async fn see_all(tx: &mut Tx, user: &UserId, upto: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update inbox set read_at = $3 where user_id = $1 and id <= $2 and read_at is null";
    run_on_db!(tx, c => sqlx::query(sql).bind(user.as_str()).bind(upto).bind(now.millis()).execute(c))?;
    Ok(())
}
