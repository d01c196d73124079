//! The doors that islands knock at: each names its address under `/fn`, says who may on its first line, and calls one
//! service. The browser's build holds only the callers; the bodies stay on the server.

mod connection;
mod error;
mod key;
mod switch;

pub use connection::{Connection, ConnectionNow, connection};
pub use error::FnError;
pub use key::{CheckKey, KeyAnswer, check_key};
pub use switch::{SetEnabled, Switched, set_enabled};

#[cfg(feature = "ssr")]
mod caller;
#[cfg(feature = "ssr")]
pub use caller::Caller;
