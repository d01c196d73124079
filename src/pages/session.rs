//! What a browser's session holds, and why it could not be kept: tower-sessions hands on errors as texts only.

use crate::server::error::Error;
use crate::server::store::StoreError;
use tower_sessions::session::Error as SessionError;
use tower_sessions::session_store::Error as BackendError;

/// Who is signed in.
pub const USER: &str = "user";
/// When the session was last used, to the minute.
pub const SEEN: &str = "seen";

/// A failure of the store, in words that [`failed`] knows again.
pub fn backend(error: StoreError) -> BackendError {
    BackendError::Backend(match Error::from(error) {
        Error::Internal(why) => why,
        other => other.to_string(),
    })
}

/// What a person is told.
pub fn failed(error: SessionError) -> Error {
    let said = |error: &Error, text: &str| error.to_string() == text;
    match error {
        SessionError::Store(BackendError::Backend(text)) if said(&Error::Busy, &text) => Error::Busy,
        SessionError::Store(BackendError::Backend(text)) if said(&Error::Full, &text) => Error::Full,
        other => Error::Internal(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_database_is_told_as_one_and_all_else_as_our_fault() {
        let busy = backend(StoreError::Sql(sqlx::Error::PoolTimedOut));
        assert!(matches!(failed(SessionError::Store(busy)), Error::Busy));
        let other = backend(StoreError::OldSqlite("3.40".to_owned()));
        assert!(matches!(failed(SessionError::Store(other)), Error::Internal(why) if why.contains("3.40 is too old")));
    }
}
