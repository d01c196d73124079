//! The audit's rows: appended, read, never changed; the oldest go where the retention policy says so.

use super::db::{AT_ONCE, fetch_built, on_db, push_list, run_on_db};
use super::{Cx, StoreError, Tx};
use sqlx::{Database, Encode, FromRow, QueryBuilder, Type};

/// A row as its bytes are stored, which is what the chain covers.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromRow)]
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
    /// Rows of this environment, and those of none.
    pub touching: Option<String>,
    /// Only of these objects, where any are named.
    pub among: Vec<String>,
}

/// A row without its documents, and how long they are.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct SizedRow {
    #[sqlx(flatten)]
    pub row: AuditRow,
    /// `None` where there is no such document.
    pub before_bytes: Option<i64>,
    pub after_bytes: Option<i64>,
}

impl SizedRow {
    /// How long its documents are together.
    pub fn bytes(&self) -> i64 {
        self.before_bytes.unwrap_or(0) + self.after_bytes.unwrap_or(0)
    }
}

/// Rows that say the same of who did what to which object, counted.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RowGroup {
    pub actor: String,
    pub action: String,
    pub environment: Option<String>,
    pub object: String,
    /// The first and the last row of the group.
    pub oldest: i64,
    pub newest: i64,
    /// When the last one was.
    pub newest_at: String,
    pub times: i64,
}

macro_rules! select {
    ($tail:literal) => {
        concat!("select seq, at, actor, action, project, environment, object, before, after, reason, mac from ", $tail)
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
    on_db!(cx, c => sqlx::query_as::<_, AuditRow>(select!("audit_log where seq = $1")).bind(seq).fetch_optional(c))
}

/// Rows after `seq`, oldest first, at most `limit` and no more than fit into memory well, at least one where there is one: how
/// the chain is walked.
pub async fn following(cx: &mut Cx, seq: i64, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
    let sql = "select seq, cast(coalesce(octet_length(before), 0) + coalesce(octet_length(after), 0) as bigint)
               from audit_log where seq > $1 order by seq limit $2";
    let sizes: Vec<(i64, i64)> = on_db!(cx, c => sqlx::query_as(sql).bind(seq).bind(limit).fetch_all(c))?;
    let count = fitting(sizes.iter().map(|(_, bytes)| *bytes), AT_ONCE_BYTES);
    let Some((last, _)) = count.checked_sub(1).and_then(|at| sizes.get(at)) else { return Ok(Vec::new()) };
    let sql = select!("audit_log where seq > $1 and seq <= $2 order by seq");
    on_db!(cx, c => sqlx::query_as::<_, AuditRow>(sql).bind(seq).bind(*last).fetch_all(c))
}

/// How much of rows is read at a time where all of them are wanted, in bytes: one may hold a list of 100,000 ids twice.
pub const AT_ONCE_BYTES: i64 = 8 << 20;

/// How many of the first things of these lengths fit into `most`; at least one, where there is one.
pub fn fitting(lengths: impl Iterator<Item = i64>, most: i64) -> usize {
    let mut sum = 0;
    let fits = |(at, long): &(usize, i64)| {
        sum += long;
        *at == 0 || sum <= most
    };
    lengths.enumerate().take_while(fits).count()
}

/// How many rows there are.
pub async fn count(cx: &mut Cx) -> Result<i64, StoreError> {
    on_db!(cx, c => sqlx::query_scalar("select count(*) from audit_log").fetch_one(c))
}

/// The oldest row that there is.
pub async fn oldest(cx: &mut Cx) -> Result<Option<i64>, StoreError> {
    on_db!(cx, c => sqlx::query_scalar("select seq from audit_log order by seq limit 1").fetch_optional(c))
}

/// The first row that was written at `at` or later, and so is every row before it older.
pub async fn first_since(cx: &mut Cx, at: &str) -> Result<Option<i64>, StoreError> {
    let sql = "select seq from audit_log where at >= $1 order by seq limit 1";
    on_db!(cx, c => sqlx::query_scalar(sql).bind(at).fetch_optional(c))
}

/// The newest row of an action on something of the installation.
pub async fn newest_of(cx: &mut Cx, action: &str, object: &str) -> Result<Option<AuditRow>, StoreError> {
    let sql = select!("audit_log where project is null and object = $1 and action = $2 order by seq desc limit 1");
    on_db!(cx, c => sqlx::query_as::<_, AuditRow>(sql).bind(object).bind(action).fetch_optional(c))
}

/// Removes the rows up to `last`, for which a stub stands already: the database refuses it otherwise. Returns how many.
pub async fn prune(tx: &mut Tx, last: i64) -> Result<u64, StoreError> {
    run_on_db!(tx, c => sqlx::query("delete from audit_log where seq <= $1").bind(last).execute(c))
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
    found(&format!("{before}{}", select!("")), filter, limit)
}

/// The same without their documents: what they hold may be megabytes a row.
pub async fn outlines(cx: &mut Cx, filter: &AuditFilter, limit: i64) -> Result<Vec<SizedRow>, StoreError> {
    fetch_built!(cx, SizedRow, outlining(filter, limit))
}

fn outlining<D: Database>(filter: &AuditFilter, limit: i64) -> QueryBuilder<D>
where
    String: Type<D> + for<'q> Encode<'q, D>,
    i64: Type<D> + for<'q> Encode<'q, D>,
{
    // The length of a text in bytes is known without reading it; that in characters is not.
    let head = "select seq, at, actor, action, project, environment, object, cast(null as text) as before,
                    cast(null as text) as after, reason, mac, cast(octet_length(before) as bigint) as before_bytes,
                    cast(octet_length(after) as bigint) as after_bytes
                from ";
    found(head, filter, limit)
}

fn found<D: Database>(head: &str, filter: &AuditFilter, limit: i64) -> QueryBuilder<D>
where
    String: Type<D> + for<'q> Encode<'q, D>,
    i64: Type<D> + for<'q> Encode<'q, D>,
{
    // A cross join, because SQLite keeps its order. Told `seq in (…)` it reads the whole table where its statistics say
    // that there are few rows, and they say so for as long as a server runs that began with few.
    let mut query = QueryBuilder::new(head);
    query.push("(select seq as wanted from audit_log where 1 = 1");
    narrow(&mut query, filter);
    let order = if filter.after_seq.is_some() { "" } else { " desc" };
    query.push(format!(" order by seq{order} limit ")).push_bind(limit);
    query.push(format!(") as page cross join audit_log where seq = wanted order by wanted{order}"));
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
    if let Some(environment) = &filter.touching {
        query.push(" and (environment is null or environment = ").push_bind(environment.clone()).push(")");
    }
    if !filter.among.is_empty() {
        push_list(query.push(" and object in "), &filter.among);
    }
}

/// The documents of rows, before and after, by their numbers.
pub async fn documents(cx: &mut Cx, seqs: &[i64]) -> Result<Vec<(i64, Option<String>, Option<String>)>, StoreError> {
    let mut rows = Vec::with_capacity(seqs.len());
    for some in seqs.chunks(AT_ONCE) {
        let found: Result<_, StoreError> =
            fetch_built!(cx, (i64, Option<String>, Option<String>), of_seqs("seq, before, after", some));
        rows.extend(found?);
    }
    Ok(rows)
}

/// What rows replaced, by their numbers.
pub async fn replaced(cx: &mut Cx, seqs: &[i64]) -> Result<Vec<(i64, Option<String>)>, StoreError> {
    let mut rows = Vec::with_capacity(seqs.len());
    for some in seqs.chunks(AT_ONCE) {
        let found: Result<_, StoreError> = fetch_built!(cx, (i64, Option<String>), of_seqs("seq, before", some));
        rows.extend(found?);
    }
    Ok(rows)
}

fn of_seqs<D: Database>(columns: &str, seqs: &[i64]) -> QueryBuilder<D>
where
    i64: Type<D> + for<'q> Encode<'q, D>,
{
    let mut query = QueryBuilder::new(format!("select {columns} from audit_log where seq in "));
    push_list(&mut query, seqs);
    query
}

/// Who did what to which object since when and how often, in no order: however long the history is, a few words an object,
/// and no document is read.
pub async fn groups(cx: &mut Cx, filter: &AuditFilter) -> Result<Vec<RowGroup>, StoreError> {
    fetch_built!(cx, RowGroup, grouping("", filter))
}

fn grouping<D: Database>(before: &str, filter: &AuditFilter) -> QueryBuilder<D>
where
    String: Type<D> + for<'q> Encode<'q, D>,
    i64: Type<D> + for<'q> Encode<'q, D>,
{
    let mut query = QueryBuilder::new(before);
    query.push(
        "select actor, action, environment, object, min(seq) as oldest, max(seq) as newest, max(at) as newest_at, count(*) as times
         from audit_log where 1 = 1",
    );
    narrow(&mut query, filter);
    query.push(" group by actor, action, environment, object");
    query
}

/// How often each thing was done.
pub async fn actions(cx: &mut Cx, filter: &AuditFilter) -> Result<Vec<(String, i64)>, StoreError> {
    fetch_built!(cx, (String, i64), counting(filter))
}

fn counting<D: Database>(filter: &AuditFilter) -> QueryBuilder<D>
where
    String: Type<D> + for<'q> Encode<'q, D>,
    i64: Type<D> + for<'q> Encode<'q, D>,
{
    let mut query = QueryBuilder::new("select action, count(*) from audit_log where 1 = 1");
    narrow(&mut query, filter);
    query.push(" group by action");
    query
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
#[path = "audit_tests.rs"]
mod tests;
