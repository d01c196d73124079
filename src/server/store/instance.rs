//! Facts about this installation, by name.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx};

/// Names of the facts.
pub const SET_UP: &str = "set_up";
pub const SETUP_TOKEN: &str = "setup_token_sha256";
pub const DEMO: &str = "demo";

pub async fn get(cx: &mut Cx, name: &str) -> Result<Option<String>, StoreError> {
    on_db!(cx, c => sqlx::query_scalar("select value from instance where name = $1").bind(name).fetch_optional(c))
}

pub async fn set(tx: &mut Tx, name: &str, value: &str) -> Result<(), StoreError> {
    let sql = "insert into instance (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
    run_on_db!(tx, c => sqlx::query(sql).bind(name).bind(value).execute(c))?;
    Ok(())
}

pub async fn clear(tx: &mut Tx, name: &str) -> Result<(), StoreError> {
    run_on_db!(tx, c => sqlx::query("delete from instance where name = $1").bind(name).execute(c))?;
    Ok(())
}
