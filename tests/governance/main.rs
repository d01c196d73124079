//! The one write path on the real store: who may, what is asked first, what is written, what stays undone.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod api_keys;
mod audit;
#[path = "../database/mod.rs"]
mod database;
mod environments;
mod house;
mod import;
mod ladder;
mod projects;
mod rights;
mod teams;
mod users;
mod versions;
