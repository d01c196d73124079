//! Pages from outside: real requests to a real server, without a script.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod app;
mod audit;
mod confirm;
mod connect;
mod demo;
mod flag;
mod flag_environment;
mod flag_form;
mod flags;
mod help;
mod keys;
mod personas;
mod rules;
mod server_fns;
mod undo;
