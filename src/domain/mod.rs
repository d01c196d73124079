//! What a flag is: plain types with the rules that hold for them always.
//!
//! Knows nothing of databases, HTTP, clocks or regular expressions, and compiles for the server and the browser.

pub mod actor;
pub mod api_key;
pub mod attribute;
pub mod audience;
pub mod change;
pub mod command;
pub mod condition;
pub mod count;
pub mod diff;
pub mod draft;
pub mod environment;
pub mod flag;
pub mod id;
pub mod key;
pub mod limits;
pub mod lint;
pub mod member;
pub mod merge;
pub mod merge_document;
pub mod nearest;
pub mod permission;
pub mod persona;
pub mod project;
pub mod role;
pub mod rollout;
pub mod rule;
pub mod segment;
pub mod sentence;
pub mod shift;
pub mod state;
pub mod team;
pub mod text;
pub mod time;
pub mod user;
pub mod value_list;
pub mod when;
