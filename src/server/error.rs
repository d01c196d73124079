//! What can go wrong, by what a caller may do about it. Internals are logged once and never sent.

use super::store::StoreError;
use crate::domain::flag::Problem;
use crate::domain::policy::Asked;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 401: nobody is signed in.
    #[error("sign in first")]
    Unauthenticated,
    /// 403: somebody is, and may not. The text says which right is missing and who can help.
    #[error("{0}")]
    Forbidden(String),
    /// 403: somebody else knows this person's password; nothing but changing it goes through.
    #[error("change your password first: somebody else set it")]
    PasswordDue,
    /// 404: absent, or not to be known of.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// 405: the address is there and takes no such request.
    #[error("this address does not take such a request")]
    MethodNotAllowed,
    /// 409: it changed since the caller looked.
    #[error("{object} changed since you opened it: you started from version {base}, it is now at version {current}")]
    Conflict { object: String, base: i64, current: i64 },
    /// 413: more was sent than the page takes.
    #[error("that is more than this page takes at a time; send less of it, and put a long list into a segment")]
    TooLarge,
    /// 422: fields that must be put right.
    #[error("{}", problems_in_words(.0))]
    Invalid(Vec<Problem>),
    /// 428: the environment wants the change confirmed first.
    #[error("{} wants this change confirmed", .0.environment)]
    Confirm(Confirm),
    /// 303: nothing was changed; other people look at it first, in this change request.
    #[error("opened change request #{number}: nothing is changed before it is approved and applied")]
    Requested { project: String, number: i64 },
    /// 429: too many tries; again after this many seconds.
    #[error("too many tries; wait {0} s and try again")]
    TooMany(u64),
    /// 503: the database is locked or out of reach. Nothing was changed.
    #[error("the database is busy; nothing was changed, try again in a moment")]
    Busy,
    /// 507: the disk is full. Nothing was changed.
    #[error("the disk is full; nothing was changed")]
    Full,
    /// 500: our fault.
    #[error("something failed on our side; nothing was changed")]
    Internal(String),
}

/// What an environment asks for before it takes a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// The environment's key.
    pub environment: String,
    /// A reason is wanted too.
    pub reason: bool,
    /// The environment's key must be typed.
    pub typed: bool,
    /// Other people look at it first: then nothing is typed, and a request is opened in place of the change.
    pub review: Option<Asked>,
}

impl Confirm {
    /// Asks for nothing but a second look.
    pub fn to_look() -> Self {
        Self { environment: String::new(), reason: false, typed: false, review: None }
    }
}

impl Error {
    /// One field and what would be right.
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Problem::new(field, message)])
    }

    /// The HTTP status that stands for it.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Requested { .. } => 303,
            Self::Unauthenticated => 401,
            Self::Forbidden(_) | Self::PasswordDue => 403,
            Self::NotFound(_) => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict { .. } => 409,
            Self::TooLarge => 413,
            Self::Invalid(_) => 422,
            Self::Confirm(_) => 428,
            Self::TooMany(_) => 429,
            Self::Internal(_) => 500,
            Self::Busy => 503,
            Self::Full => 507,
        }
    }

    /// After how many seconds it is worth trying again, where that helps.
    pub const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooMany(seconds) => Some(*seconds),
            Self::Busy => Some(5),
            // Somebody has to make room first.
            Self::Full => Some(60),
            _ => None,
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        if error.is_full() {
            return Self::Full;
        }
        if error.is_busy() {
            return Self::Busy;
        }
        Self::Internal(error.to_string())
    }
}

fn problems_in_words(problems: &[Problem]) -> String {
    let line = |p: &Problem| if p.field.is_empty() { p.message.clone() } else { format!("{}: {}", p.field, p.message) };
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}
