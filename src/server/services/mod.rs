//! Use cases: verbs on nouns. Each says who may, reads or submits, and hands back what a page or a command shows.
//! Knows no HTTP and no HTML.

pub mod audit;
pub mod audit_file;
pub mod backup;
pub mod compiled;
pub mod connection;
pub mod contents;
pub mod demo;
pub mod environments;
pub mod export;
pub mod flag_draft;
pub mod flag_file;
pub mod flag_key;
pub mod flag_list;
pub mod flag_query;
pub mod flags;
pub mod import;
pub mod keys;
pub mod live_switch;
pub mod members;
pub mod nearest;
pub mod next_step;
pub mod owners;
pub mod people;
pub mod personas;
pub mod projects;
pub mod setup;
pub mod state_edit;
pub mod states;
pub mod status;
pub mod teams;
pub mod trials;
pub mod undo;
pub mod unknown;
pub mod usage;
pub mod users;
