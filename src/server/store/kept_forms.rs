//! Forms left half typed: what was in their fields, by person and address.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx, json};
use crate::domain::id::UserId;
use crate::domain::time::Timestamp;

/// The fields of a form, in order.
pub type Pairs = Vec<(String, String)>;

/// Puts a form in the place of what was kept under its address.
pub async fn keep(tx: &mut Tx, user: &UserId, address: &str, fields: &Pairs, now: Timestamp) -> Result<(), StoreError> {
    let sql = "insert into kept_forms (user_id, address, fields, updated_at) values ($1, $2, $3, $4)
               on conflict (user_id, address) do update set fields = excluded.fields, updated_at = excluded.updated_at";
    let fields = json::write(fields)?;
    run_on_db!(tx, c => sqlx::query(sql).bind(user.as_str()).bind(address).bind(&fields).bind(now.millis()).execute(c))?;
    Ok(())
}

pub async fn find(cx: &mut Cx, user: &UserId, address: &str) -> Result<Option<(Pairs, Timestamp)>, StoreError> {
    let sql = "select fields, updated_at from kept_forms where user_id = $1 and address = $2";
    let row: Option<(String, i64)> = on_db!(cx, c => sqlx::query_as(sql).bind(user.as_str()).bind(address).fetch_optional(c))?;
    row.map(|(fields, at)| Ok((json::read(&fields, "form")?, Timestamp::from_millis(at)))).transpose()
}

pub async fn forget(tx: &mut Tx, user: &UserId, address: &str) -> Result<(), StoreError> {
    let sql = "delete from kept_forms where user_id = $1 and address = $2";
    run_on_db!(tx, c => sqlx::query(sql).bind(user.as_str()).bind(address).execute(c))?;
    Ok(())
}

/// Keeps the newest `most` forms of a person, and no older one than `since`.
pub async fn prune(tx: &mut Tx, user: &UserId, most: i64, since: Timestamp) -> Result<(), StoreError> {
    let sql = "delete from kept_forms where user_id = $1 and (updated_at < $3 or updated_at < (
                   select min(updated_at) from (
                       select updated_at from kept_forms where user_id = $1 order by updated_at desc limit $2) newest))";
    run_on_db!(tx, c => sqlx::query(sql).bind(user.as_str()).bind(most).bind(since.millis()).execute(c))?;
    Ok(())
}
