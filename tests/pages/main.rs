//! Pages from outside: real requests to a real server, without a script.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod account;
mod app;
mod audit;
mod audit_file;
mod confirm;
mod environments;
mod files;
mod flag;
mod flag_environment;
mod flag_form;
mod flags;
mod help;
mod limits;
mod login;
mod members;
mod people;
mod projects;
mod rules;
mod server_fns;
mod sessions;
mod settings;
mod setup;
mod undo;
mod unknown;
