//! The pages: each file loads what one page shows, through services, and draws it. Every change is a form that posts to
//! its page's own address; a refused one comes back filled, with what was wrong. No SQL and no rule of their own.

pub mod account;
pub mod audit;
pub mod confirm;
pub mod done;
pub mod environment_edit;
pub mod environments;
pub mod failure;
pub mod fields;
pub mod flag;
pub mod flag_environment;
pub mod flag_form;
pub mod flag_head;
pub mod flag_history;
pub mod flag_new;
pub mod flags;
pub mod help;
pub mod home;
pub mod login;
pub mod members;
pub mod page;
pub mod people;
pub mod person;
pub mod project_form;
pub mod project_settings;
pub mod projects;
pub mod rule;
pub mod serve_form;
pub mod settings;
pub mod setup;
pub mod state_change;
pub mod switch_form;
pub mod teams;
pub mod undo;
pub mod visit;
