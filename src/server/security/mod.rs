//! Secrets and what guards them. Knows nothing of flags.

pub mod heads;
pub mod passwords;
pub mod secrets;
pub mod signatures;
pub mod tokens;
