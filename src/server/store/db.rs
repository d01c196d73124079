//! The database: one writer at a time, several readers, and the handles that SQL runs on. One SQL text for both kinds.
//!
//! SQLite lets one connection write at a time. So there is a pool of exactly one writer whose transactions begin
//! immediately, which queues here and never meets "database is locked" from this process; another process waits by the
//! busy time-out. Reads have connections of their own and never wait for a write. On PostgreSQL a lock that each write
//! transaction takes first makes the same order, across nodes.

use super::StoreError;
use super::{migrations, postgres, sqlite};
use sqlx::pool::PoolConnection;
use sqlx::{Database, Encode, Pool, Postgres, QueryBuilder, Sqlite, Transaction, Type};
use std::path::Path;

#[derive(Debug, Clone)]
pub enum Db {
    Sqlite { writer: Pool<Sqlite>, readers: Pool<Sqlite> },
    Postgres(Pool<Postgres>),
}

/// What SQL runs on: a read connection, a reading transaction, or the write transaction.
#[derive(Debug)]
pub enum Cx {
    Sqlite(Handle<Sqlite>),
    Postgres(Handle<Postgres>),
}

#[derive(Debug)]
pub enum Handle<D: Database> {
    Read(PoolConnection<D>),
    Snapshot(Transaction<'static, D>),
    Write(Transaction<'static, D>),
}

impl Cx {
    /// Itself: what the macro below calls, so that it takes a [`Tx`] as well.
    pub fn as_cx(&mut self) -> &mut Self {
        self
    }
}

impl<D: Database> Handle<D> {
    pub fn connection(&mut self) -> &mut D::Connection {
        match self {
            Self::Read(connection) => connection,
            Self::Snapshot(transaction) | Self::Write(transaction) => transaction,
        }
    }
    async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Write(transaction) => Ok(transaction.commit().await?),
            Self::Read(_) | Self::Snapshot(_) => Ok(()),
        }
    }
}

/// Runs one SQL text on whichever database is behind a [`Cx`].
macro_rules! on_db {
    ($cx:expr, $connection:ident => $query:expr) => {
        match $cx.as_cx() {
            $crate::server::store::db::Cx::Sqlite(handle) => {
                let $connection = handle.connection();
                $query.await.map_err($crate::server::store::StoreError::from)
            }
            $crate::server::store::db::Cx::Postgres(handle) => {
                let $connection = handle.connection();
                $query.await.map_err($crate::server::store::StoreError::from)
            }
        }
    };
}
pub(crate) use on_db;

/// The same for a text that gives no rows: returns how many it touched.
macro_rules! run_on_db {
    ($cx:expr, $connection:ident => $query:expr) => {
        match $cx.as_cx() {
            $crate::server::store::db::Cx::Sqlite(handle) => {
                let $connection = handle.connection();
                $query.await.map(|done| done.rows_affected()).map_err($crate::server::store::StoreError::from)
            }
            $crate::server::store::db::Cx::Postgres(handle) => {
                let $connection = handle.connection();
                $query.await.map(|done| done.rows_affected()).map_err($crate::server::store::StoreError::from)
            }
        }
    };
}
pub(crate) use run_on_db;

/// Fetches the rows of a query that a function puts together for either kind of database.
macro_rules! fetch_built {
    ($cx:expr, $row:ty, $build:ident($($argument:expr),*)) => {
        match $cx.as_cx() {
            $crate::server::store::db::Cx::Sqlite(handle) => {
                let mut query = $build::<sqlx::Sqlite>($($argument),*);
                Ok(query.build_query_as::<$row>().fetch_all(handle.connection()).await?)
            }
            $crate::server::store::db::Cx::Postgres(handle) => {
                let mut query = $build::<sqlx::Postgres>($($argument),*);
                Ok(query.build_query_as::<$row>().fetch_all(handle.connection()).await?)
            }
        }
    };
}
pub(crate) use fetch_built;

/// Items of a list in one statement: within what every database takes, with room for a few more parameters.
pub(super) const AT_ONCE: usize = 500;

/// `($1, $2, $3)`
pub(super) fn push_list<D: Database, T>(query: &mut QueryBuilder<D>, items: &[T])
where
    T: Clone + Type<D> + for<'q> Encode<'q, D>,
{
    let mut list = query.push("(").separated(", ");
    for item in items {
        list.push_bind(item.clone());
    }
    query.push(")");
}

/// A statement that ends in a list: `head`, the text it compares with, `tail`, and the items of the list.
pub(super) fn listing<D: Database>(head: &str, of: &str, tail: &str, items: &[String]) -> QueryBuilder<D>
where
    String: Type<D> + for<'q> Encode<'q, D>,
{
    let mut query = QueryBuilder::new(head);
    query.push_bind(of.to_owned()).push(tail);
    push_list(&mut query, items);
    query
}

/// Fetches the rows of such a statement for however many items, some at a time.
macro_rules! fetch_listed {
    ($cx:expr, $row:ty, $head:expr, $of:expr, $tail:expr, $items:expr) => {{
        let mut rows: Vec<$row> = Vec::with_capacity($items.len());
        for some in $items.chunks($crate::server::store::db::AT_ONCE) {
            use $crate::server::store::db::listing;
            let found: Result<Vec<$row>, $crate::server::store::StoreError> =
                $crate::server::store::db::fetch_built!($cx, $row, listing($head, $of, $tail, some));
            rows.extend(found?);
        }
        rows
    }};
}
pub(crate) use fetch_listed;

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
    /// Marks a place to come [`back`](Self::back) to, which is the newest.
    pub async fn mark(&mut self) -> Result<(), StoreError> {
        run_on_db!(self, c => sqlx::query("savepoint mark").execute(c)).map(drop)
    }

    /// Undoes what was written since the newest mark, and lets go of it.
    pub async fn back(&mut self) -> Result<(), StoreError> {
        run_on_db!(self, c => sqlx::query("rollback to savepoint mark").execute(c))?;
        self.unmark().await
    }

    /// Lets go of the newest mark; what was written since stays.
    pub async fn unmark(&mut self) -> Result<(), StoreError> {
        run_on_db!(self, c => sqlx::query("release savepoint mark").execute(c)).map(drop)
    }

    pub async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            Cx::Sqlite(handle) => handle.commit().await,
            Cx::Postgres(handle) => handle.commit().await,
        }
    }
}

impl Db {
    /// Opens the SQLite database in `file`, made when missing, and brings its tables up to date.
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        let writer = sqlite::writer(file).await?;
        migrations::sqlite().run(&writer).await?;
        sqlite::count_anew(&writer).await?;
        Ok(Self::Sqlite { writer, readers: sqlite::readers(file).await? })
    }

    /// Opens a PostgreSQL database by its URL and brings its tables up to date.
    pub async fn open_postgres(url: &str) -> Result<Self, StoreError> {
        let pool = postgres::pool(url).await?;
        migrations::postgres().run(&pool).await?;
        Ok(Self::Postgres(pool))
    }

    /// A connection to read with. It sees what was committed when its statement began.
    pub async fn read(&self) -> Result<Cx, StoreError> {
        match self {
            Self::Sqlite { readers, .. } => Ok(Cx::Sqlite(Handle::Read(readers.acquire().await?))),
            Self::Postgres(pool) => Ok(Cx::Postgres(Handle::Read(pool.acquire().await?))),
        }
    }

    /// A connection whose statements all see one and the same moment: what was committed when the first of them began.
    pub async fn snapshot(&self) -> Result<Cx, StoreError> {
        match self {
            Self::Sqlite { readers, .. } => Ok(Cx::Sqlite(Handle::Snapshot(readers.begin_with(sqlite::SNAPSHOT).await?))),
            Self::Postgres(pool) => Ok(Cx::Postgres(Handle::Snapshot(pool.begin_with(postgres::SNAPSHOT).await?))),
        }
    }

    /// The write transaction; waits for its turn.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        match self {
            Self::Sqlite { writer, .. } => Ok(Tx(Cx::Sqlite(Handle::Write(writer.begin_with(sqlite::WRITE).await?)))),
            Self::Postgres(pool) => Ok(Tx(Cx::Postgres(Handle::Write(postgres::begin(pool).await?)))),
        }
    }

    /// Copies everything that is committed into `file`, which must be absent or empty, while others read and write.
    pub async fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { readers, .. } => sqlite::copy(readers, file).await,
            Self::Postgres(_) => Err(StoreError::NoFile),
        }
    }

    /// Opens a copy to look at it. Changes nothing of it and leaves no file beside it.
    pub async fn open_copy(file: &Path) -> Result<Self, StoreError> {
        let readers = sqlite::copied(file).await?;
        Ok(Self::Sqlite { writer: readers.clone(), readers })
    }

    /// What is wrong with the database's own structure; `None` where it is sound, or where the server sees to that.
    pub async fn fault(&self) -> Result<Option<String>, StoreError> {
        match self {
            Self::Sqlite { readers, .. } => sqlite::fault(readers).await,
            Self::Postgres(_) => Ok(None),
        }
    }

    /// Closes every connection; SQLite folds its write-ahead log back into the file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    async fn run(db: &Db, sql: &'static str) -> Result<(), StoreError> {
        let mut tx = db.begin().await?;
        run_on_db!(tx, c => sqlx::query(sql).execute(c))?;
        tx.commit().await
    }

    #[tokio::test]
    async fn writing_goes_on_after_the_disk_was_full() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("full.db")).await.unwrap();
        let row = "insert into instance (name, value) values (hex(randomblob(8)), hex(zeroblob(20000)))";
        for _ in 0..3 {
            // The connection's own limit, which stands for a disk without room; no lower than what there is already.
            run(&db, "pragma max_page_count = 1").await.unwrap();
            let refused = run(&db, row).await.unwrap_err();
            assert!(refused.is_full(), "{refused}");
            run(&db, row).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_transaction_goes_back_to_its_mark_and_on_from_there() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("mark.db")).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        for (name, goes_back) in [("a", false), ("b", true), ("c", false)] {
            tx.mark().await.unwrap();
            let sql = "insert into instance (name, value) values ($1, 'x')";
            run_on_db!(tx, c => sqlx::query(sql).bind(name).execute(c)).unwrap();
            if goes_back { tx.back().await } else { tx.unmark().await }.unwrap();
        }
        tx.commit().await.unwrap();
        let sql = "select name from instance where value = 'x' order by name";
        let names: Vec<String> = on_db!(db.read().await.unwrap(), c => sqlx::query_scalar(sql).fetch_all(c)).unwrap();
        assert_eq!(names, ["a", "c"]);
    }

    #[tokio::test]
    async fn a_change_that_is_let_go_leaves_nothing_and_nobody_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("let_go.db")).await.unwrap();
        for _ in 0..20 {
            let mut tx = db.begin().await.unwrap();
            run_on_db!(tx, c => sqlx::query("insert into instance (name, value) values ('a', 'b')").execute(c)).unwrap();
            drop(tx);
        }
        run(&db, "insert into instance (name, value) values ('a', 'b')").await.unwrap();
    }
}
