//! What pages are made of: views over plain values, rendered once on the server.
//!
//! Knows the domain's types and nothing of the database, of services or of who may do what; a page decides that and
//! hands over texts. No component writes a `style` attribute: the content security policy allows none.

pub mod action;
pub mod badge;
pub mod banner;
pub mod card;
pub mod change;
pub mod copy;
pub mod crowd;
pub mod definition;
pub mod diff;
pub mod disclosure;
pub mod empty;
pub mod form;
pub mod frame;
pub mod gate;
pub mod heading;
pub mod icon;
pub(crate) mod markup;
pub mod menu;
pub mod paging;
pub(crate) mod prelude;
pub mod query;
pub mod sentence;
pub mod shell;
pub mod shortcuts;
pub mod snippet;
pub mod sparkline;
pub mod steps;
pub mod switch;
pub mod table;
pub mod tabs;
pub mod time;

pub use action::*;
pub use badge::*;
pub use banner::*;
pub use card::*;
pub use change::*;
pub use copy::*;
pub use crowd::*;
pub use definition::*;
pub use diff::*;
pub use disclosure::*;
pub use empty::*;
pub use form::*;
pub use frame::*;
pub use gate::*;
pub use heading::*;
pub use icon::*;
pub use menu::*;
pub use paging::*;
pub use query::*;
pub use sentence::*;
pub use shell::*;
pub use shortcuts::*;
pub use snippet::*;
pub use sparkline::*;
pub use steps::*;
pub use switch::*;
pub use table::*;
pub use tabs::*;
pub use time::*;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
