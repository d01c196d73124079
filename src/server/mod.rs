//! The server's rooms. Arrows run one way: store, serving, governance, services, then the doors.
//!
//! - [`store`]: SQL and nothing else.
//! - [`serving`]: the published snapshot of each environment, and what was counted on it.
//! - [`governance`]: the one write path.
//! - [`services`]: use cases, verbs on nouns.
//! - [`http`] and [`cli`]: the doors for browsers and SDKs, and the one for the shell.
//! - beside them: [`assets`], [`clock`], [`error`], [`etag`], [`security`], and [`state`], which every door shares.

pub mod assets;
pub mod background;
// Doc comments in there are help texts, which show addresses as people type them.
#[allow(rustdoc::bare_urls)]
pub mod cli;
pub mod clock;
pub mod config;
pub mod error;
pub mod etag;
pub mod governance;
pub mod http;
mod run;
pub mod security;
pub mod services;
pub mod serving;
pub mod state;
pub mod store;

pub use run::run;
