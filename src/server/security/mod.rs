//! Secrets and what guards them. Knows nothing of flags.

pub mod passwords;
pub mod secrets;
pub mod tokens;
