//! What can go wrong with the database, by what a caller may do about it.

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    #[error("the database could not be migrated: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("SQLite {0} is too old: 3.51.3 or later is needed")]
    OldSqlite(String),
    #[error("PostgreSQL is no file to copy; back it up with pg_dump")]
    NoFile,
    #[error("the path {0} is no text that SQLite could be told")]
    BadPath(String),
    #[error("a stored {what} cannot be read: {why}")]
    Unreadable { what: &'static str, why: String },
}

/// SQLite's result codes: busy, locked, busy while recovering, busy with an old snapshot. PostgreSQL's: lock not available,
/// deadlock, serialization failure, shutting down, starting up, too many connections.
const BUSY: [&str; 10] = ["5", "6", "261", "517", "55P03", "40P01", "40001", "57P01", "57P03", "53300"];
/// SQLITE_FULL and PostgreSQL's disk_full.
const FULL: [&str; 2] = ["13", "53100"];

impl StoreError {
    /// Whether a unique index refused the row.
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::Database(e)) if e.is_unique_violation())
    }
    /// Whether waiting may help: the database was locked or out of reach.
    pub fn is_busy(&self) -> bool {
        self.has_code(&BUSY) || matches!(self, Self::Sql(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)))
    }
    /// Whether what is stored is of another kind than what was written: a number's place holds a text, a text is no text.
    pub fn is_unreadable(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) | Self::Unreadable { .. })
    }
    /// Whether the disk is full.
    pub fn is_full(&self) -> bool {
        self.has_code(&FULL)
    }
    fn has_code(&self, codes: &[&str]) -> bool {
        let Self::Sql(sqlx::Error::Database(error)) = self else { return false };
        error.code().is_some_and(|code| codes.contains(&code.as_ref()))
    }
}
