//! How SQLite is opened: a write-ahead log that survives a power cut, one writer, four readers.

use super::StoreError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, Pool, Sqlite};
use std::path::Path;
use std::time::Duration;

/// Older SQLite can corrupt a WAL when two connections checkpoint at once.
const OLDEST: (u32, u32, u32) = (3, 51, 3);
/// How long another process's write is waited for.
const BUSY: Duration = Duration::from_secs(10);
/// How long one waits for a connection of the pool.
const ACQUIRE: Duration = Duration::from_secs(15);

/// Begins a write transaction: with the lock, so that it never fails half-way for want of it.
pub const WRITE: &str = "begin immediate";
/// Begins a transaction whose reads all see one moment.
pub const SNAPSHOT: &str = "begin deferred";

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .optimize_on_close(true, 400)
}

pub async fn writer(file: &Path) -> Result<Pool<Sqlite>, StoreError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE)
        // On a full disk SQLite rolls back by itself, after which the connection waits for ever for the end of a
        // transaction that is over. It is let go, and a new one takes its place.
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        .connect_with(options(file))
        .await?;
    refuse_old(&pool).await?;
    Ok(pool)
}

/// Counts anew what has grown or shrunk tenfold since SQLite last did, a few hundred rows of each table: its plans go by that.
/// `optimize_on_close` alone would leave out whatever the writer never searched.
pub async fn count_anew(pool: &Pool<Sqlite>) -> Result<(), StoreError> {
    const ALL_TABLES: &str = "pragma analysis_limit = 400; pragma optimize = 0x10002";
    sqlx::raw_sql(ALL_TABLES).execute(pool).await?;
    Ok(())
}

pub async fn readers(file: &Path) -> Result<Pool<Sqlite>, StoreError> {
    let options = options(file).read_only(true).create_if_missing(false);
    Ok(SqlitePoolOptions::new().max_connections(4).acquire_timeout(ACQUIRE).connect_with(options).await?)
}

async fn refuse_old(pool: &Pool<Sqlite>) -> Result<(), StoreError> {
    let version: String = sqlx::query_scalar("select sqlite_version()").fetch_one(pool).await?;
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    if (next(), next(), next()) < OLDEST {
        return Err(StoreError::OldSqlite(version));
    }
    Ok(())
}

/// Copies everything that is committed into `file`, which must be absent or empty.
pub async fn copy(pool: &Pool<Sqlite>, file: &Path) -> Result<(), StoreError> {
    let name = file.to_str().ok_or_else(|| StoreError::BadPath(file.display().to_string()))?;
    sqlx::query("vacuum into $1").bind(name).execute(pool).await?;
    Ok(())
}

/// A copy, to look at alone.
pub async fn copied(file: &Path) -> Result<Pool<Sqlite>, StoreError> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true).immutable(true);
    Ok(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?)
}

/// What is wrong with the file's own structure; `None` where it is sound.
pub async fn fault(pool: &Pool<Sqlite>) -> Result<Option<String>, StoreError> {
    let said: String = sqlx::query_scalar("pragma integrity_check(1)").fetch_one(pool).await?;
    Ok(Some(said).filter(|said| said != "ok"))
}
