//! SQL and nothing else, one file a table family. Knows no policy: what it is told, it reads or writes.

pub mod api_keys;
pub mod attributes;
pub mod audit;
pub mod audit_stub;
pub mod calendars;
pub mod change_requests;
pub mod counts;
pub mod db;
pub mod drafts;
pub mod environments;
pub mod error;
pub mod flags;
pub mod inbox;
pub mod instance;
pub mod json;
pub mod kept_forms;
pub mod members;
mod migrations;
pub mod personas;
mod postgres;
pub mod projects;
pub mod references;
pub mod reminders;
pub mod schedules;
pub mod segments;
pub mod sessions;
mod sqlite;
pub mod states;
pub mod teams;
pub mod unknown;
pub mod users;
pub mod views;

pub use db::{Cx, Db, Tx};
pub use error::StoreError;

use crate::domain::time::Timestamp;

/// A row without its document: enough to tell whether a copy of it is still good. Whatever writes the row raises its version.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Stamp {
    pub id: String,
    pub version: i64,
    pub updated_at: i64,
}

/// A new identity: UUIDv7, so that rows made later sort later.
pub fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// Reads an optional instant of a row.
fn instant(millis: Option<i64>) -> Option<Timestamp> {
    millis.map(Timestamp::from_millis)
}

/// Keeps what can be read. One bad row is told, and must not take the others down with it.
fn readable<T>(rows: impl IntoIterator<Item = (String, Result<T, StoreError>)>) -> Vec<T> {
    let keep = |(id, row): (String, Result<T, StoreError>)| {
        row.inspect_err(|error| tracing::error!(row.id = %id, %error, "a stored row is left out")).ok()
    };
    rows.into_iter().filter_map(keep).collect()
}
