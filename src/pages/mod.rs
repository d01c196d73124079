//! The pages: each file loads what one page shows, through services, and draws it. Every change is a form that posts to
//! its page's own address; a refused one comes back filled, with what was wrong. No SQL and no rule of their own.

pub mod audit;
pub mod code;
pub mod confirm;
pub mod connect;
pub mod demo;
pub mod done;
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
pub mod keys;
pub mod login;
pub mod page;
pub mod personas;
pub mod rule;
pub mod serve_form;
pub mod settings;
pub mod setup;
pub mod state_change;
pub mod switch_form;
pub mod undo;
pub mod visit;
