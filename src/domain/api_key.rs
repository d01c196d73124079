//! What an SDK shows to be answered: a secret of one environment.

use super::flag::Problem;
use super::time::{DAY, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyKind {
    /// For back ends: sees every flag of its environment.
    Server,
    /// For browsers and phones: sees only flags marked available to clients, and only their evaluated values.
    Client,
}

impl ApiKeyKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Server, Self::Client].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// All of a key but its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    pub name: String,
    pub kind: ApiKeyKind,
    /// The part of the secret that may be shown, so that people can tell keys apart.
    pub public_id: String,
    /// Origins whose pages may call with it, such as `https://shop.example`; `*` allows every origin.
    #[serde(default)]
    pub origins: Vec<String>,
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}

/// The longest an old key may go on beside the one that replaces it, in milliseconds.
pub const MAX_OVERLAP: i64 = 30 * DAY;

impl ApiKey {
    /// What keeps it from being saved.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.name.trim().is_empty() || self.name.chars().count() > 200 {
            found.push(Problem::new("name", "Name the key after what will use it, in 1 to 200 characters."));
        }
        for origin in &self.origins {
            if !is_origin(origin) {
                let message = format!("{origin} is no origin; write scheme and host like https://shop.example, or * for all.");
                found.push(Problem::new("origins", message));
            }
        }
        if self.origins.len() > 50 {
            found.push(Problem::new("origins", "At most 50 origins."));
        }
        found
    }
}

/// Whether a browser could send this text as its `Origin`, or it stands for all of them.
fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = |rest: &str| {
        !rest.is_empty() && rest.len() <= 255 && rest.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c))
    };
    text == "*" || (rest.is_some_and(host) && text == text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_what_browsers_send() {
        for good in ["*", "https://shop.example", "http://localhost:5173", "http://[::1]:3000"] {
            assert!(is_origin(good), "{good}");
        }
        for bad in ["", "shop.example", "https://", "https://shop.example/", "https://Shop.example", "ftp://shop.example"] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
