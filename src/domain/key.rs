//! Names that people and SDKs use: parsed once, trusted afterwards.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Why a text cannot be a key. Says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("a {0} must not be empty")]
    Empty(&'static str),
    #[error("a {noun} has at most {limit} characters; this one has {length}")]
    TooLong { noun: &'static str, limit: usize, length: usize },
    #[error("a {noun} starts with a letter or digit and goes on with letters, digits and {also}; {found:?} does not fit")]
    Character { noun: &'static str, also: &'static str, found: char },
}

/// Parses `[A-Za-z0-9]` followed by letters, digits and the characters of `also`, at most `limit` in all.
fn parse(text: &str, noun: &'static str, limit: usize, also: &'static str) -> Result<String, KeyError> {
    let length = text.chars().count();
    if length == 0 {
        return Err(KeyError::Empty(noun));
    }
    if length > limit {
        return Err(KeyError::TooLong { noun, limit, length });
    }
    let fits = |(at, c): (usize, char)| c.is_ascii_alphanumeric() || (at > 0 && also.contains(c));
    match text.chars().enumerate().find(|pair| !fits(*pair)) {
        Some((_, found)) => Err(KeyError::Character { noun, also, found }),
        None => Ok(text.to_owned()),
    }
}

macro_rules! key {
    ($(#[$doc:meta])* $name:ident, $noun:literal, $limit:literal, $also:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn parse(text: &str) -> Result<Self, KeyError> {
                parse(text, $noun, $limit, $also).map(Self)
            }
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = KeyError;
            fn try_from(text: String) -> Result<Self, KeyError> {
                Self::parse(&text)
            }
        }
        impl FromStr for $name {
            type Err = KeyError;
            fn from_str(text: &str) -> Result<Self, KeyError> {
                Self::parse(text)
            }
        }
        impl From<$name> for String {
            fn from(key: $name) -> String {
                key.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

key!(
    /// The name an SDK asks for: `[A-Za-z0-9][A-Za-z0-9._-]{0,127}`. The project's naming pattern narrows it further.
    FlagKey, "flag key", 128, "._-"
);
key!(
    /// A project in URLs and files: at most 64 characters.
    ProjectKey, "project key", 64, "_-"
);
key!(
    /// An environment in URLs and files: at most 64 characters.
    EnvironmentKey, "environment key", 64, "_-"
);
key!(
    /// The name of one of a flag's possible answers: at most 64 characters.
    VariantName, "variant name", 64, "._-"
);
key!(
    /// A segment of a project: at most 128 characters.
    SegmentKey, "segment key", 128, "._-"
);

key!(
    /// A team of a project: at most 64 characters.
    TeamKey, "team key", 64, "_-"
);
key!(
    /// A persona of a project: at most 64 characters.
    PersonaKey, "persona key", 64, "_-"
);

impl VariantName {
    /// The variant a boolean flag serves to those who get it.
    pub fn on() -> Self {
        Self("on".to_owned())
    }
    /// The variant a boolean flag serves to everybody else.
    pub fn off() -> Self {
        Self("off".to_owned())
    }
}

impl SegmentKey {
    /// For a form whose key cannot be read, so that its other fields are looked at too. It is never stored.
    pub fn stand_in() -> Self {
        Self("segment".to_owned())
    }
}

/// Whether `text` is snake_case (`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`), a new project's naming pattern.
pub fn is_snake_case(text: &str) -> bool {
    let part = |p: &str| !p.is_empty() && p.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.split('_').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_parsed_by_their_grammar() {
        for good in ["a", "A9", "new_checkout", "web.cart-2", "9lives"] {
            assert_eq!(FlagKey::parse(good).map(|k| k.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", "_a", "-a", ".a", "a b", "ä", "a/b", "a\n"] {
            assert!(FlagKey::parse(bad).is_err(), "{bad:?} must be refused");
        }
        assert!(FlagKey::parse(&"k".repeat(128)).is_ok());
        assert!(FlagKey::parse(&"k".repeat(129)).is_err());
    }

    #[test]
    fn refusals_say_what_would_be_right() {
        let error = FlagKey::parse("my flag").map_err(|e| e.to_string());
        assert_eq!(
            error,
            Err("a flag key starts with a letter or digit and goes on with letters, digits and ._-; ' ' does not fit".to_owned())
        );
    }

    #[test]
    fn snake_case_is_recognised() {
        for good in ["a", "a1", "new_checkout", "a_1_b"] {
            assert!(is_snake_case(good), "{good}");
        }
        for bad in ["", "1a", "_a", "a_", "a__b", "newCheckout", "new-checkout"] {
            assert!(!is_snake_case(bad), "{bad}");
        }
    }
}
