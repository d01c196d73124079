//! What an SDK shows to be answered: a secret of one environment.

use super::time::Timestamp;
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
