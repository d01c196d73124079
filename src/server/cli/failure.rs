//! Why a command ends with something else than 0.

use crate::server::config::ConfigError;
use crate::server::error::{Confirm, Error};
use crate::server::store::StoreError;

/// What goes to standard error, and the exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub message: String,
    pub code: u8,
}

impl Failure {
    /// 1: refused, or something was found.
    pub fn refused(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 1 }
    }
    /// 2: the command was not used as it must be.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 2 }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::DatabaseUrl(_) | ConfigError::PublicUrl(_) => Self::usage(error.to_string()),
            _ => Self::refused(error.to_string()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Error::from(error).into()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::refused(match &error {
            // Whoever runs the command holds the database anyway, so they may as well know.
            Error::Internal(why) => format!("{error}: {why}"),
            Error::Unauthenticated => "that account is disabled or gone; name another with --as".to_owned(),
            Error::Confirm(confirm) => unconfirmed(confirm),
            _ => error.to_string(),
        })
    }
}

fn unconfirmed(confirm: &Confirm) -> String {
    let environment = &confirm.environment;
    format!("{environment} wants this change confirmed, with a reason; add --confirm {environment} --reason \"why\"")
}
