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
    /// The public id of the key that was made in its place; it goes on until it expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
}

/// Where a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Active,
    /// Within the next [`SOON`].
    ExpiresSoon,
    /// Another one is there; this one goes on until it expires.
    BeingReplaced,
    Expired,
}

/// How long before its end a key is said to expire soon, in milliseconds.
pub const SOON: i64 = 14 * DAY;

/// The longest an old key may go on beside the one that replaces it, in milliseconds.
pub const MAX_OVERLAP: i64 = 30 * DAY;

impl ApiKey {
    pub fn standing(&self, now: Timestamp) -> Standing {
        match self.expires_at {
            Some(at) if at <= now => Standing::Expired,
            _ if self.replaced_by.is_some() => Standing::BeingReplaced,
            Some(at) if at <= now.plus(SOON) => Standing::ExpiresSoon,
            _ => Standing::Active,
        }
    }

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
    fn a_key_stands_where_its_end_and_its_successor_put_it() {
        let now = Timestamp::from_millis(1_000 * DAY);
        let key = |expires_in: Option<i64>, replaced: bool| ApiKey {
            name: "Shop".to_owned(),
            kind: ApiKeyKind::Server,
            public_id: "fs_server_1".to_owned(),
            origins: Vec::new(),
            expires_at: expires_in.map(|millis| now.plus(millis)),
            replaced_by: replaced.then(|| "fs_server_2".to_owned()),
        };
        for (expires_in, replaced, standing) in [
            (None, false, Standing::Active),
            (Some(SOON + 1), false, Standing::Active),
            (Some(SOON), false, Standing::ExpiresSoon),
            (Some(1), true, Standing::BeingReplaced),
            (Some(0), true, Standing::Expired),
            (Some(0), false, Standing::Expired),
        ] {
            assert_eq!(key(expires_in, replaced).standing(now), standing, "{expires_in:?} {replaced}");
        }
    }

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
