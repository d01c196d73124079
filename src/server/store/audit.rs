//! The audit's rows: appended, read, never changed.

use super::db::{fetch_built, on_db, run_on_db};
use super::{Cx, StoreError, Tx};
use sqlx::{Database, Encode, FromRow, QueryBuilder, Type};

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
    run_on_db!(tx, c => sqlx::query(sql).bind(row.seq).bind(&row.at).bind(&row.actor).bind(&row.action).bind(&row.project)
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

/// The rows that `filter` asks for, newest first, at most `limit`. They are found in an index alone; only those that are
/// wanted are then fetched with their documents.
pub async fn search(cx: &mut Cx, filter: &AuditFilter, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
    fetch_built!(cx, AuditRow, searching("", filter, limit))
}

fn searching<D: Database>(before: &str, filter: &AuditFilter, limit: i64) -> QueryBuilder<D>
where
    String: Type<D> + for<'q> Encode<'q, D>,
    i64: Type<D> + for<'q> Encode<'q, D>,
{
    let mut query = QueryBuilder::new(before);
    query.push(select!("where seq in (select seq from audit_log where 1 = 1"));
    narrow(&mut query, filter);
    let order = if filter.after_seq.is_some() { " order by seq" } else { " order by seq desc" };
    query.push(order).push(" limit ").push_bind(limit).push(")").push(order);
    query
}

fn narrow<D: Database>(query: &mut QueryBuilder<D>, filter: &AuditFilter)
where
    String: Type<D> + for<'q> Encode<'q, D>,
    i64: Type<D> + for<'q> Encode<'q, D>,
{
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
    for (clause, seq) in [(" and seq < ", filter.before_seq), (" and seq > ", filter.after_seq)] {
        if let Some(seq) = seq {
            query.push(clause).push_bind(seq);
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
}

/// A text in which `like` finds no wildcard.
fn like_literal(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// Who ever did something in a project, for the filter: from each name the index is asked for the next one, which
/// `distinct` would look for in every row.
pub async fn actors(cx: &mut Cx, project: &str) -> Result<Vec<String>, StoreError> {
    let sql = "with recursive found (actor) as (
                   select min(actor) from audit_log where project = $1
                   union all
                   select (select min(l.actor) from audit_log l where l.project = $1 and l.actor > found.actor)
                   from found where found.actor is not null)
               select actor from found where actor is not null order by actor";
    on_db!(cx, c => sqlx::query_scalar(sql).bind(project).fetch_all(c))
}

/// Who ever did something in the installation.
pub async fn all_actors(cx: &mut Cx) -> Result<Vec<String>, StoreError> {
    on_db!(cx, c => sqlx::query_scalar("select distinct actor from audit_log order by actor").fetch_all(c))
}

/// Tells the outbox of a row.
pub async fn announce(tx: &mut Tx, seq: i64, now: i64) -> Result<(), StoreError> {
    let sql = "insert into outbox (id, audit_seq, created_at) values ($1, $2, $3)";
    run_on_db!(tx, c => sqlx::query(sql).bind(super::new_id()).bind(seq).bind(now).execute(c))?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::server::store::Db;
    use sqlx::Row;

    #[tokio::test]
    async fn every_search_is_decided_in_an_index_alone_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("flagstaff.db")).await.unwrap();
        let mut cx = db.read().await.unwrap();
        let text = |value: &str| Some(value.to_owned());
        let all = AuditFilter { project: text("shop"), ..AuditFilter::default() };
        let (who, place) = (text("ada@shop.example"), text("production"));
        let searches = [
            all.clone(),
            AuditFilter { actor: who.clone(), ..all.clone() },
            AuditFilter { environment: place.clone(), ..all.clone() },
            AuditFilter { action: text("flag"), ..all.clone() },
            AuditFilter { named: text("checkout"), ..all.clone() },
            AuditFilter { object: text("flag:new_checkout"), ..all.clone() },
            AuditFilter { from: text("2026-01-01"), until: text("2026-02-01"), ..all.clone() },
            AuditFilter { before_seq: Some(9), ..all.clone() },
            AuditFilter { after_seq: Some(9), ..all.clone() },
            AuditFilter {
                actor: who,
                environment: place,
                action: text("state"),
                named: text("new"),
                before_seq: Some(9),
                from: text("2026-01-01"),
                ..all
            },
        ];
        for filter in searches {
            let Cx::Sqlite(handle) = &mut cx else { panic!("opened as SQLite") };
            let rows = searching::<sqlx::Sqlite>("explain query plan ", &filter, 50)
                .build()
                .fetch_all(handle.connection())
                .await
                .unwrap();
            let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
            assert!(plan.iter().any(|step| step.contains("USING COVERING INDEX audit_log_by_")), "{filter:?}: {plan:?}");
            // Only the few rows that were found are put in order.
            let inner = plan.iter().skip_while(|step| !step.contains("SUBQUERY"));
            assert!(inner.take_while(|step| !step.contains("ORDER BY")).any(|step| step.contains("COVERING")), "{plan:?}");
            assert!(!plan.iter().any(|step| step.starts_with("SCAN audit_log")), "{filter:?}: {plan:?}");
        }
    }
}
