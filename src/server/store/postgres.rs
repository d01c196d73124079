//! How PostgreSQL is opened, and how writers queue there.

use super::StoreError;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Pool, Postgres, Transaction};
use std::time::Duration;

/// How long one waits for a connection of the pool.
const ACQUIRE: Duration = Duration::from_secs(15);
/// Names the lock that every write transaction holds: the audit's chain has one end, so there is one writer, as on SQLite.
const WRITER: i64 = 0x666c_6167;

/// Begins a write transaction. Each statement sees what was committed before it, so that a writer that waited for its turn
/// sees what the one before it left.
const WRITE: &str = "begin isolation level read committed";
/// Begins a transaction whose reads all see one moment.
pub const SNAPSHOT: &str = "begin isolation level repeatable read read only";

pub async fn pool(url: &str) -> Result<Pool<Postgres>, StoreError> {
    Ok(PgPoolOptions::new().max_connections(8).acquire_timeout(ACQUIRE).connect(url).await?)
}

/// Waits for the writer's turn at most as long as SQLite would.
pub async fn begin(pool: &Pool<Postgres>) -> Result<Transaction<'static, Postgres>, StoreError> {
    let mut transaction = pool.begin_with(WRITE).await?;
    sqlx::query("set local lock_timeout = '10s'").execute(&mut *transaction).await?;
    sqlx::query("select pg_advisory_xact_lock($1)").bind(WRITER).execute(&mut *transaction).await?;
    Ok(transaction)
}
