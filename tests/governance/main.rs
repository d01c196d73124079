//! The one write path on the real store: who may, what is asked first, what is written, what stays undone.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod api_keys;
mod archive;
mod audit;
#[path = "../database/mod.rs"]
mod database;
mod environments;
mod evidence;
mod four_eyes;
mod house;
mod import;
mod ladder;
mod projects;
mod reminders;
mod rights;
mod schedule;
mod tamper;
mod tampers;
mod teams;
mod users;
mod versions;
