//! The audit's rows: appended, read, never changed.

use super::db::{StoreError, on_db};
use super::{Cx, Tx};
use sqlx::{FromRow, QueryBuilder};

/// A row as its bytes are stored, which is what the chain covers.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct AuditRow {
    pub seq: i64,
    pub at: String,
    pub actor: String,
    pub action: String,
    pub project: Option<String>,
    pub environment: Option<String>,
    pub object: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub reason: Option<String>,
    pub mac: String,
}

/// What to look for; an absent part asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub project: Option<String>,
    pub environment: Option<String>,
    pub actor: Option<String>,
    /// An action such as `flag.create`, or its first part such as `flag`.
    pub action: Option<String>,
    /// An object such as `flag:new_checkout`.
    pub object: Option<String>,
    /// A part of an object's name, in any case.
    pub named: Option<String>,
    /// RFC 3339 text of the stored width, inclusive.
    pub from: Option<String>,
    /// The same, exclusive.
    pub until: Option<String>,
    /// Only rows older than this one.
    pub before_seq: Option<i64>,
    /// Only rows newer than this one, oldest first when set.
    pub after_seq: Option<i64>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!("select seq, at, actor, action, project, environment, object, before, after, reason, mac from audit_log ", $tail)
    };
}

pub async fn append(tx: &mut Tx, row: &AuditRow) -> Result<(), StoreError> {
    let sql = "insert into audit_log (seq, at, actor, action, project, environment, object, before, after, reason, mac)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    on_db!(tx, c => sqlx::query(sql).bind(row.seq).bind(&row.at).bind(&row.actor).bind(&row.action).bind(&row.project)
        .bind(&row.environment).bind(&row.object).bind(&row.before).bind(&row.after).bind(&row.reason).bind(&row.mac).execute(c))?;
    Ok(())
}

/// Sequence number and mac of the newest row.
pub async fn head(cx: &mut Cx) -> Result<Option<(i64, String)>, StoreError> {
    on_db!(cx, c => sqlx::query_as("select seq, mac from audit_log order by seq desc limit 1").fetch_optional(c))
}

pub async fn find(cx: &mut Cx, seq: i64) -> Result<Option<AuditRow>, StoreError> {
    on_db!(cx, c => sqlx::query_as::<_, AuditRow>(select!("where seq = $1")).bind(seq).fetch_optional(c))
}

/// Rows after `seq`, oldest first, at most `limit`: how the chain is walked.
pub async fn following(cx: &mut Cx, seq: i64, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
    let sql = select!("where seq > $1 order by seq limit $2");
    on_db!(cx, c => sqlx::query_as::<_, AuditRow>(sql).bind(seq).bind(limit).fetch_all(c))
}

/// The rows that `filter` asks for, newest first, at most `limit`.
pub async fn search(cx: &mut Cx, filter: &AuditFilter, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
    match cx {
        super::Cx::Sqlite(handle) => {
            let mut query = QueryBuilder::<sqlx::Sqlite>::new(select!("where 1 = 1"));
            let equal = [
                (" and project = ", &filter.project),
                (" and environment = ", &filter.environment),
                (" and actor = ", &filter.actor),
                (" and object = ", &filter.object),
                (" and at >= ", &filter.from),
                (" and at < ", &filter.until),
            ];
            for (clause, value) in equal {
                if let Some(value) = value {
                    query.push(clause).push_bind(value.clone());
                }
            }
            if let Some(action) = &filter.action {
                query.push(" and (action = ").push_bind(action.clone());
                query.push(" or action like ").push_bind(format!("{}.%", like_literal(action))).push(" escape '!')");
            }
            if let Some(named) = &filter.named {
                query.push(" and lower(object) like ").push_bind(format!("%:%{}%", like_literal(&named.to_lowercase())));
                query.push(" escape '!'");
            }
            if let Some(seq) = filter.before_seq {
                query.push(" and seq < ").push_bind(seq);
            }
            if let Some(seq) = filter.after_seq {
                query.push(" and seq > ").push_bind(seq);
            }
            query.push(if filter.after_seq.is_some() { " order by seq limit " } else { " order by seq desc limit " });
            query.push_bind(limit);
            Ok(query.build_query_as::<AuditRow>().fetch_all(handle.connection()).await?)
        }
    }
}

/// A text in which `like` finds no wildcard.
fn like_literal(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// Who ever did something in a project, for the filter.
pub async fn actors(cx: &mut Cx, project: &str) -> Result<Vec<String>, StoreError> {
    let sql = "select distinct actor from audit_log where project = $1 order by actor";
    on_db!(cx, c => sqlx::query_scalar(sql).bind(project).fetch_all(c))
}

/// Who ever did something in the installation.
pub async fn all_actors(cx: &mut Cx) -> Result<Vec<String>, StoreError> {
    on_db!(cx, c => sqlx::query_scalar("select distinct actor from audit_log order by actor").fetch_all(c))
}

/// Tells the outbox of a row.
pub async fn announce(tx: &mut Tx, seq: i64, now: i64) -> Result<(), StoreError> {
    let sql = "insert into outbox (id, audit_seq, created_at) values ($1, $2, $3)";
    on_db!(tx, c => sqlx::query(sql).bind(super::new_id()).bind(seq).bind(now).execute(c))?;
    Ok(())
}
