//! What flags answer in an environment, and which segments that asks for.

use super::db::{fetch_listed, on_db, run_on_db};
use super::{Cx, Stamp, StoreError, Tx, json};
use crate::domain::id::{EnvironmentId, FlagId, SegmentId};
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use sqlx::FromRow;

#[derive(Debug, Clone)]
pub struct StoredState {
    pub flag_id: FlagId,
    pub environment_id: EnvironmentId,
    pub state: Result<State, Unreadable>,
    /// Rises by one with every change.
    pub version: i64,
    pub updated_at: Timestamp,
}

/// A stored text that is no state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    pub why: String,
    pub text: String,
}

#[derive(FromRow)]
struct StateRow {
    flag_id: String,
    environment_id: String,
    state: String,
    version: i64,
    updated_at: i64,
}

impl StateRow {
    fn read(self) -> StoredState {
        StoredState {
            flag_id: FlagId::from_text(self.flag_id),
            environment_id: EnvironmentId::from_text(self.environment_id),
            state: json::read(&self.state, "state").map_err(|e| Unreadable { why: e.to_string(), text: self.state }),
            version: self.version,
            updated_at: Timestamp::from_millis(self.updated_at),
        }
    }
}

pub async fn insert(
    tx: &mut Tx,
    flag: &FlagId,
    environment: &EnvironmentId,
    state: &State,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into flag_states (flag_id, environment_id, state, version, updated_at) values ($1, $2, $3, 1, $4)";
    let text = json::write(state)?;
    run_on_db!(tx, c => sqlx::query(sql).bind(flag.as_str()).bind(environment.as_str()).bind(&text).bind(now.millis()).execute(c))?;
    Ok(())
}

/// Replaces a state and returns its new version.
pub async fn update(
    tx: &mut Tx,
    flag: &FlagId,
    environment: &EnvironmentId,
    state: &State,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let sql = "update flag_states set state = $3, version = version + 1, updated_at = $4
               where flag_id = $1 and environment_id = $2 returning version";
    let text = json::write(state)?;
    on_db!(tx, c => sqlx::query_scalar(sql).bind(flag.as_str()).bind(environment.as_str()).bind(&text).bind(now.millis()).fetch_one(c))
}

pub async fn find(cx: &mut Cx, flag: &FlagId, environment: &EnvironmentId) -> Result<Option<StoredState>, StoreError> {
    let sql =
        "select flag_id, environment_id, state, version, updated_at from flag_states where flag_id = $1 and environment_id = $2";
    let row =
        on_db!(cx, c => sqlx::query_as::<_, StateRow>(sql).bind(flag.as_str()).bind(environment.as_str()).fetch_optional(c))?;
    Ok(row.map(StateRow::read))
}

pub async fn of_environment(cx: &mut Cx, environment: &EnvironmentId) -> Result<Vec<StoredState>, StoreError> {
    let sql = "select flag_id, environment_id, state, version, updated_at from flag_states where environment_id = $1";
    let rows = on_db!(cx, c => sqlx::query_as::<_, StateRow>(sql).bind(environment.as_str()).fetch_all(c))?;
    Ok(rows.into_iter().map(StateRow::read).collect())
}

/// What tells whether a copy of each state of an environment is still good; `id` is the flag's.
pub async fn stamps(cx: &mut Cx, environment: &EnvironmentId) -> Result<Vec<Stamp>, StoreError> {
    let sql = "select flag_id as id, version, updated_at from flag_states where environment_id = $1";
    on_db!(cx, c => sqlx::query_as::<_, Stamp>(sql).bind(environment.as_str()).fetch_all(c))
}

/// The states of these flags in an environment.
pub async fn of_flags(cx: &mut Cx, environment: &EnvironmentId, flags: &[String]) -> Result<Vec<StoredState>, StoreError> {
    let head = "select flag_id, environment_id, state, version, updated_at from flag_states where environment_id = ";
    let rows = fetch_listed!(cx, StateRow, head, environment.as_str(), " and flag_id in ", flags);
    Ok(rows.into_iter().map(StateRow::read).collect())
}

/// The version of each state that flags of these keys have in an environment, by the flag's key.
pub async fn versions(cx: &mut Cx, environment: &EnvironmentId, flags: &[String]) -> Result<Vec<(String, i64)>, StoreError> {
    let head = "select f.key, s.version from flag_states s join flags f on f.id = s.flag_id where s.environment_id = ";
    Ok(fetch_listed!(cx, (String, i64), head, environment.as_str(), " and f.key in ", flags))
}

/// Writes down which segments a state asks for.
pub async fn set_segments(
    tx: &mut Tx,
    flag: &FlagId,
    environment: &EnvironmentId,
    segments: &[SegmentId],
) -> Result<(), StoreError> {
    let sql = "delete from flag_segments where flag_id = $1 and environment_id = $2";
    run_on_db!(tx, c => sqlx::query(sql).bind(flag.as_str()).bind(environment.as_str()).execute(c))?;
    for segment in segments {
        let sql = "insert into flag_segments (flag_id, environment_id, segment_id) values ($1, $2, $3)";
        run_on_db!(tx, c => sqlx::query(sql).bind(flag.as_str()).bind(environment.as_str()).bind(segment.as_str()).execute(c))?;
    }
    Ok(())
}
