//! Pages from outside: real requests to a real server, without a script.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod app;
mod audit;
mod confirm;
mod files;
mod flag;
mod flag_environment;
mod flag_form;
mod flags;
mod help;
mod rules;
mod server_fns;
mod undo;
