//! Facts about this installation, by name.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx};

/// Names the demo project's identity, and stays when that is removed.
pub const DEMO: &str = "demo";

pub async fn get(cx: &mut Cx, name: &str) -> Result<Option<String>, StoreError> {
    on_db!(cx, c => sqlx::query_scalar("select value from instance where name = $1").bind(name).fetch_optional(c))
}

pub async fn set(tx: &mut Tx, name: &str, value: &str) -> Result<(), StoreError> {
    let sql = "insert into instance (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
    run_on_db!(tx, c => sqlx::query(sql).bind(name).bind(value).execute(c))?;
    Ok(())
}

/// The names that begin with `start`, which holds no wildcard of `like`, and their values.
pub async fn beginning(cx: &mut Cx, start: &str) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "select name, value from instance where name like $1 order by name";
    on_db!(cx, c => sqlx::query_as(sql).bind(format!("{start}%")).fetch_all(c))
}

/// Asks for something trivial that the file must be read for.
pub async fn probe(cx: &mut Cx) -> Result<(), StoreError> {
    let _: i64 = on_db!(cx, c => sqlx::query_scalar("select count(*) from instance").fetch_one(c))?;
    Ok(())
}
