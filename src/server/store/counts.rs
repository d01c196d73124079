//! How often and when a variant was asked for.

use super::db::{fetch_built, on_db, push_list, run_on_db};
use super::{Cx, StoreError, Tx};
use crate::domain::id::{EnvironmentId, FlagId, ProjectId};
use crate::domain::time::Timestamp;
use sqlx::{Database, Encode, FromRow, QueryBuilder, Type};

/// What was counted for one variant since the last flush.
#[derive(Debug, Clone)]
pub struct Tally {
    pub flag: FlagId,
    pub environment: EnvironmentId,
    pub variant: String,
    /// Start of the hour it belongs to.
    pub hour: Timestamp,
    pub evaluated: i64,
    pub delivered: i64,
    pub evaluated_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
}

/// One hour of one variant.
#[derive(Debug, Clone, FromRow)]
pub struct HourRow {
    pub environment_id: String,
    pub variant: String,
    pub hour: i64,
    pub evaluated: i64,
    pub delivered: i64,
}

/// One hour of one flag.
#[derive(Debug, Clone, FromRow)]
pub struct SumRow {
    pub flag_id: String,
    pub hour: i64,
    pub evaluated: i64,
    pub delivered: i64,
}

/// When a flag was last asked for.
#[derive(Debug, Clone, FromRow)]
pub struct LastRow {
    pub flag_id: String,
    pub evaluated_at: Option<i64>,
    pub delivered_at: Option<i64>,
}

impl LastRow {
    pub fn evaluated(&self) -> Option<Timestamp> {
        self.evaluated_at.map(Timestamp::from_millis)
    }
    pub fn delivered(&self) -> Option<Timestamp> {
        self.delivered_at.map(Timestamp::from_millis)
    }
    /// Evaluated or delivered, whichever came last.
    pub fn at(&self) -> Option<Timestamp> {
        self.evaluated_at.max(self.delivered_at).map(Timestamp::from_millis)
    }
}

/// When a variant was last asked for.
#[derive(Debug, Clone, FromRow)]
pub struct SeenRow {
    pub environment_id: String,
    pub variant: String,
    pub evaluated_at: Option<i64>,
    pub delivered_at: Option<i64>,
}

pub async fn add(tx: &mut Tx, tally: &Tally) -> Result<(), StoreError> {
    let sql = "insert into evaluation_counts (flag_id, environment_id, variant, hour, evaluated, delivered)
               values ($1, $2, $3, $4, $5, $6)
               on conflict (flag_id, environment_id, variant, hour) do update
               set evaluated = evaluation_counts.evaluated + excluded.evaluated,
                   delivered = evaluation_counts.delivered + excluded.delivered";
    run_on_db!(tx, c => sqlx::query(sql).bind(tally.flag.as_str()).bind(tally.environment.as_str()).bind(&tally.variant)
        .bind(tally.hour.millis()).bind(tally.evaluated).bind(tally.delivered).execute(c))?;
    see(tx, tally).await
}

/// Writes down when a variant was last asked for.
pub async fn see(tx: &mut Tx, tally: &Tally) -> Result<(), StoreError> {
    let sql = "insert into last_seen (flag_id, environment_id, variant, evaluated_at, delivered_at) values ($1, $2, $3, $4, $5)
               on conflict (flag_id, environment_id, variant) do update
               set evaluated_at = coalesce(excluded.evaluated_at, last_seen.evaluated_at),
                   delivered_at = coalesce(excluded.delivered_at, last_seen.delivered_at)";
    run_on_db!(tx, c => sqlx::query(sql).bind(tally.flag.as_str()).bind(tally.environment.as_str()).bind(&tally.variant)
        .bind(tally.evaluated_at.map(Timestamp::millis)).bind(tally.delivered_at.map(Timestamp::millis)).execute(c))?;
    Ok(())
}

/// Hours that one statement writes: six parameters each, within what every database takes.
const HOURS_AT_ONCE: usize = 500;

/// Writes many hours, none of which is there yet; nothing of when they were seen.
pub async fn insert_hours(tx: &mut Tx, tallies: &[Tally]) -> Result<(), StoreError> {
    for some in tallies.chunks(HOURS_AT_ONCE) {
        let places = |at: usize| {
            let first = at * 6;
            format!("(${}, ${}, ${}, ${}, ${}, ${})", first + 1, first + 2, first + 3, first + 4, first + 5, first + 6)
        };
        let places: Vec<String> = (0..some.len()).map(places).collect();
        let head = "insert into evaluation_counts (flag_id, environment_id, variant, hour, evaluated, delivered) values";
        let sql = format!("{head} {}", places.join(", "));
        run_on_db!(tx, c => {
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql.as_str()));
            for tally in some {
                query = query.bind(tally.flag.as_str()).bind(tally.environment.as_str()).bind(&tally.variant)
                    .bind(tally.hour.millis()).bind(tally.evaluated).bind(tally.delivered);
            }
            query.execute(c)
        })?;
    }
    Ok(())
}

/// Whether a flag of a project was asked for before this moment; the archived ones included.
pub async fn was_asked_before(cx: &mut Cx, project: &ProjectId, before: Timestamp) -> Result<bool, StoreError> {
    let sql =
        "select 1 from evaluation_counts c join flags f on f.id = c.flag_id where f.project_id = $1 and c.hour < $2 limit 1";
    let found: Option<i64> =
        on_db!(cx, c => sqlx::query_scalar(sql).bind(project.as_str()).bind(before.millis()).fetch_optional(c))?;
    Ok(found.is_some())
}

/// When a flag of a project was last asked for, as far as it was written down.
pub async fn last_asked(cx: &mut Cx, project: &ProjectId) -> Result<Option<Timestamp>, StoreError> {
    let sql = "select max(s.evaluated_at), max(s.delivered_at) from last_seen s join flags f on f.id = s.flag_id where f.project_id = $1";
    let (evaluated, delivered): (Option<i64>, Option<i64>) =
        on_db!(cx, c => sqlx::query_as(sql).bind(project.as_str()).fetch_one(c))?;
    Ok(evaluated.max(delivered).map(Timestamp::from_millis))
}

/// The hours since `since` of one flag.
pub async fn hours(cx: &mut Cx, flag: &FlagId, since: Timestamp) -> Result<Vec<HourRow>, StoreError> {
    let sql =
        "select environment_id, variant, hour, evaluated, delivered from evaluation_counts where flag_id = $1 and hour >= $2";
    on_db!(cx, c => sqlx::query_as::<_, HourRow>(sql).bind(flag.as_str()).bind(since.millis()).fetch_all(c))
}

/// When each variant of one flag was last asked for, by environment.
pub async fn seen(cx: &mut Cx, flag: &FlagId) -> Result<Vec<SeenRow>, StoreError> {
    let sql = "select environment_id, variant, evaluated_at, delivered_at from last_seen where flag_id = $1";
    on_db!(cx, c => sqlx::query_as::<_, SeenRow>(sql).bind(flag.as_str()).fetch_all(c))
}

/// The hours since `since` of several flags, all variants and environments together.
pub async fn hours_of(cx: &mut Cx, flags: &[FlagId], since: Timestamp) -> Result<Vec<SumRow>, StoreError> {
    fetch_built!(cx, SumRow, summing(flags, since))
}

fn summing<D: Database>(flags: &[FlagId], since: Timestamp) -> QueryBuilder<D>
where
    String: Type<D> + for<'q> Encode<'q, D>,
    i64: Type<D> + for<'q> Encode<'q, D>,
{
    let mut query = QueryBuilder::new(
        "select flag_id, hour, cast(sum(evaluated) as bigint) as evaluated, cast(sum(delivered) as bigint) as delivered
         from evaluation_counts where hour >= ",
    );
    query.push_bind(since.millis());
    among(&mut query, flags);
    query.push(" group by flag_id, hour");
    query
}

/// When each of several flags was last asked for.
pub async fn seen_of(cx: &mut Cx, flags: &[FlagId]) -> Result<Vec<LastRow>, StoreError> {
    fetch_built!(cx, LastRow, seeing(flags))
}

fn seeing<D: Database>(flags: &[FlagId]) -> QueryBuilder<D>
where
    String: Type<D> + for<'q> Encode<'q, D>,
{
    let mut query = QueryBuilder::new(
        "select flag_id, max(evaluated_at) as evaluated_at, max(delivered_at) as delivered_at from last_seen where 1 = 1",
    );
    among(&mut query, flags);
    query.push(" group by flag_id");
    query
}

fn among<D: Database>(query: &mut QueryBuilder<D>, flags: &[FlagId])
where
    String: Type<D> + for<'q> Encode<'q, D>,
{
    let ids: Vec<String> = flags.iter().map(|flag| flag.as_str().to_owned()).collect();
    push_list(query.push(" and flag_id in "), &ids);
}

/// When every flag of a project was last asked for, where it ever was.
pub async fn seen_in(cx: &mut Cx, project: &ProjectId) -> Result<Vec<LastRow>, StoreError> {
    let sql = "select flag_id, max(evaluated_at) as evaluated_at, max(delivered_at) as delivered_at from last_seen
               where flag_id in (select id from flags where project_id = $1) group by flag_id";
    on_db!(cx, c => sqlx::query_as::<_, LastRow>(sql).bind(project.as_str()).fetch_all(c))
}

/// The oldest hour that is kept.
pub async fn oldest_hour(cx: &mut Cx) -> Result<Option<Timestamp>, StoreError> {
    let found: Option<i64> = on_db!(cx, c => sqlx::query_scalar("select min(hour) from evaluation_counts").fetch_one(c))?;
    Ok(found.map(Timestamp::from_millis))
}

/// Removes the hours before `before`; when a variant was last asked for stays known. Says how many rows that were.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    run_on_db!(tx, c => sqlx::query("delete from evaluation_counts where hour < $1").bind(before.millis()).execute(c))
}
