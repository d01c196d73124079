//! A database of its own for each test: a SQLite file, or a new database on the server that `TEST_DATABASE_URL` names.

use flagstaff::server::store::{Cx, Db, Tx, new_id};
use sqlx::Connection;

/// The database, and what goes away with it.
pub struct Database {
    pub db: Db,
    /// The server's, where it is not a file.
    url: Option<String>,
    folder: tempfile::TempDir,
}

impl Database {
    /// Opens the same database once more, with connections of its own, as another process would.
    #[allow(dead_code)] // Not every set of tests has two of them.
    pub async fn again(&self) -> Db {
        match &self.url {
            Some(url) => Db::open_postgres(url).await.unwrap(),
            None => Db::open(&file(&self.folder)).await.unwrap(),
        }
    }
}

fn file(folder: &tempfile::TempDir) -> std::path::PathBuf {
    folder.path().join("flagstaff.db")
}

/// Names the server whose databases are made for tests, such as `postgres://postgres@127.0.0.1:5433/postgres`.
const SERVER: &str = "TEST_DATABASE_URL";

pub async fn open() -> Database {
    let folder = tempfile::tempdir().unwrap();
    let url = match std::env::var(SERVER) {
        Ok(server) => Some(make(&server).await),
        Err(_) => None,
    };
    let db = match &url {
        Some(url) => Db::open_postgres(url).await.unwrap(),
        None => Db::open(&file(&folder)).await.unwrap(),
    };
    Database { db, url, folder }
}

/// Makes an empty database on the server and returns its URL. The server is thrown away with all of them.
async fn make(server: &str) -> String {
    let name = format!("test_{}", new_id().replace('-', "_"));
    let mut connection = sqlx::PgConnection::connect(server).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}"))).execute(&mut connection).await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}

/// What the database itself refuses, and somebody with its file takes out of the way first.
const TRIGGERS: [&str; 5] = [
    "audit_log_insert on audit_log",
    "audit_log_update on audit_log",
    "audit_log_delete on audit_log",
    "audit_stub_update on audit_stub",
    "audit_stub_delete on audit_stub",
];

/// Changes rows past the store, as somebody with the database in their hands could.
pub async fn tamper(tx: &mut Tx, sql: &'static str) {
    for trigger in TRIGGERS {
        let (name, _) = trigger.split_once(' ').unwrap();
        let of_kind = if matches!(tx.as_cx(), Cx::Sqlite(_)) { name } else { trigger };
        run(tx, sqlx::AssertSqlSafe(format!("drop trigger if exists {of_kind}"))).await.unwrap();
    }
    run(tx, sql).await.unwrap();
}

/// The same, with the triggers where they are.
pub async fn run(tx: &mut Tx, sql: impl sqlx::SqlSafeStr) -> Result<(), sqlx::Error> {
    match tx.as_cx() {
        Cx::Sqlite(handle) => sqlx::query(sql).execute(handle.connection()).await.map(|_| ()),
        Cx::Postgres(handle) => sqlx::query(sql).execute(handle.connection()).await.map(|_| ()),
    }
}
