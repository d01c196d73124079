//! A database of its own for each test: a SQLite file, or a new database on the server that `TEST_DATABASE_URL` names.

use flagstaff::server::store::{Cx, Db, Tx, new_id};
use sqlx::Connection;

/// The database, and what goes away with it.
pub struct Database {
    pub db: Db,
    _folder: tempfile::TempDir,
}

/// Names the server whose databases are made for tests, such as `postgres://postgres@127.0.0.1:5433/postgres`.
const SERVER: &str = "TEST_DATABASE_URL";

pub async fn open() -> Database {
    let folder = tempfile::tempdir().unwrap();
    let db = match std::env::var(SERVER) {
        Ok(server) => Db::open_postgres(&make(&server).await).await.unwrap(),
        Err(_) => Db::open(&folder.path().join("flagstaff.db")).await.unwrap(),
    };
    Database { db, _folder: folder }
}

/// Makes an empty database on the server and returns its URL. The server is thrown away with all of them.
async fn make(server: &str) -> String {
    let name = format!("test_{}", new_id().replace('-', "_"));
    let mut connection = sqlx::PgConnection::connect(server).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}"))).execute(&mut connection).await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}

/// Changes rows past the store, as somebody with the database in their hands could.
pub async fn tamper(tx: &mut Tx, sql: &'static str) {
    match tx.as_cx() {
        Cx::Sqlite(handle) => drop(sqlx::query(sql).execute(handle.connection()).await.unwrap()),
        Cx::Postgres(handle) => drop(sqlx::query(sql).execute(handle.connection()).await.unwrap()),
    }
}
