//! The database: one writer, several readers, and the two handles that SQL runs on.
//!
//! SQLite lets one connection write at a time. So there is a pool of exactly one writer whose transactions begin
//! immediately, which queues here and never meets "database is locked" from this process; another process waits by the
//! busy time-out. Reads have connections of their own and never wait for a write.

use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Pool, Sqlite, SqliteConnection, Transaction};
use std::path::Path;
use std::time::Duration;

/// Older SQLite can corrupt a WAL when two connections checkpoint at once.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    #[error("the database could not be migrated: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("SQLite {0} is too old: 3.51.3 or later is needed")]
    OldSqlite(String),
    #[error("a stored {what} cannot be read: {why}")]
    Unreadable { what: &'static str, why: String },
    #[error("{0} is not a database this version can use; write sqlite:PATH")]
    BadUrl(String),
}

impl StoreError {
    /// Whether a unique index refused the row.
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::Database(e)) if e.is_unique_violation())
    }
    /// Whether waiting may help: the database was locked or out of reach.
    pub fn is_busy(&self) -> bool {
        match self {
            Self::Sql(sqlx::Error::Database(e)) => {
                e.code().is_some_and(|code| matches!(code.as_ref(), "5" | "6" | "261" | "517"))
            }
            Self::Sql(sqlx::Error::PoolTimedOut) => true,
            _ => false,
        }
    }
    /// Whether the disk is full (SQLITE_FULL).
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::Database(e)) if e.code().is_some_and(|code| code == "13"))
    }
}

#[derive(Debug, Clone)]
pub enum Db {
    Sqlite { writer: Pool<Sqlite>, readers: Pool<Sqlite> },
}

/// What SQL runs on: a read connection, a reading transaction, or the write transaction.
#[derive(Debug)]
pub enum Cx {
    Sqlite(SqliteHandle),
}

#[derive(Debug)]
pub enum SqliteHandle {
    Read(PoolConnection<Sqlite>),
    Snapshot(Transaction<'static, Sqlite>),
    Write(Transaction<'static, Sqlite>),
}

impl Cx {
    /// Itself: what the macro below calls, so that it takes a [`Tx`] as well.
    pub fn as_cx(&mut self) -> &mut Self {
        self
    }
}

impl SqliteHandle {
    pub fn connection(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Read(connection) => connection,
            Self::Snapshot(transaction) | Self::Write(transaction) => transaction,
        }
    }
}

/// Runs one SQL text on whichever database is behind a [`Cx`].
macro_rules! on_db {
    ($cx:expr, $connection:ident => $query:expr) => {
        match $cx.as_cx() {
            $crate::server::store::db::Cx::Sqlite(handle) => {
                let $connection = handle.connection();
                $query.await.map_err($crate::server::store::db::StoreError::from)
            }
        }
    };
}
pub(crate) use on_db;

impl Cx {
    /// What is wrong with the database's own structure; `None` where it is sound.
    pub async fn fault(&mut self) -> Result<Option<String>, StoreError> {
        let said: String = on_db!(self, c => sqlx::query_scalar("pragma integrity_check(1)").fetch_one(c))?;
        Ok(Some(said).filter(|said| said != "ok"))
    }
}

/// The write transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct Tx(Cx);

impl std::ops::Deref for Tx {
    type Target = Cx;
    fn deref(&self) -> &Cx {
        &self.0
    }
}
impl std::ops::DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Cx {
        &mut self.0
    }
}

impl Tx {
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            Cx::Sqlite(SqliteHandle::Write(transaction)) => Ok(transaction.commit().await?),
            Cx::Sqlite(SqliteHandle::Read(_) | SqliteHandle::Snapshot(_)) => Ok(()),
        }
    }
}

impl Db {
    /// Opens `file`, made when missing, and brings its tables up to date.
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .optimize_on_close(true, 400);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(15))
            .connect_with(options.clone())
            .await?;
        refuse_old_sqlite(&writer).await?;
        sqlx::migrate!().run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(15))
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        Ok(Self::Sqlite { writer, readers })
    }

    /// A connection to read with. It sees what was committed when its statement began.
    pub async fn read(&self) -> Result<Cx, StoreError> {
        match self {
            Self::Sqlite { readers, .. } => Ok(Cx::Sqlite(SqliteHandle::Read(readers.acquire().await?))),
        }
    }

    /// A connection whose statements all see one and the same moment: what was committed when the first of them began.
    pub async fn snapshot(&self) -> Result<Cx, StoreError> {
        match self {
            Self::Sqlite { readers, .. } => Ok(Cx::Sqlite(SqliteHandle::Snapshot(readers.begin_with("begin deferred").await?))),
        }
    }

    /// The write transaction; waits for its turn.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        match self {
            Self::Sqlite { writer, .. } => Ok(Tx(Cx::Sqlite(SqliteHandle::Write(writer.begin_with("begin immediate").await?)))),
        }
    }

    /// Copies everything that is committed into `file`, which must be absent or empty, while others read and write.
    pub async fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        let name = file.to_str().ok_or_else(|| StoreError::BadUrl(file.display().to_string()))?;
        match self {
            Self::Sqlite { readers, .. } => sqlx::query("vacuum into $1").bind(name).execute(readers).await?,
        };
        Ok(())
    }

    /// Opens a copy to look at it. Changes nothing of it and leaves no file beside it.
    pub async fn open_copy(file: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new().filename(file).read_only(true).immutable(true);
        let readers = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        Ok(Self::Sqlite { writer: readers.clone(), readers })
    }

    /// Closes every connection, folding the write-ahead log back into the file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
        }
    }
}

async fn refuse_old_sqlite(pool: &Pool<Sqlite>) -> Result<(), StoreError> {
    let version: String = sqlx::query_scalar("select sqlite_version()").fetch_one(pool).await?;
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    if (next(), next(), next()) < OLDEST_SQLITE {
        return Err(StoreError::OldSqlite(version));
    }
    Ok(())
}
