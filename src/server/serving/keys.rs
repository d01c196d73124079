//! API keys as requests meet them: by the SHA-256 of the secret, with when they were last used.

use crate::domain::api_key::{ApiKey, ApiKeyKind};
use crate::domain::id::ApiKeyId;
use crate::domain::time::{MINUTE, Timestamp};
use crate::server::security::tokens;
use crate::server::store::api_keys::StoredApiKey;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

/// SHA-256 of a whole secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    pub fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }
    fn parse(hex: &str) -> Option<Self> {
        tokens::unhex(hex)?.try_into().ok().map(Self)
    }
}

/// A key that was not revoked.
#[derive(Debug)]
pub struct ServedKey {
    pub id: ApiKeyId,
    pub api_key: ApiKey,
    pub(super) hash: KeyHash,
    used: Arc<KeyUse>,
}

impl ServedKey {
    /// `None`, and told, for a row whose hash is none.
    pub(super) fn new(stored: StoredApiKey, registry: &Registry) -> Option<Self> {
        let Some(hash) = KeyHash::parse(&stored.secret_hash) else {
            tracing::error!(key.id = %stored.id, "an API key's stored hash cannot be read; the key is left out");
            return None;
        };
        let used = registry.of(&stored.id, stored.last_used_at);
        Some(Self { id: stored.id, api_key: stored.api_key, hash, used })
    }

    pub fn is_client(&self) -> bool {
        self.api_key.kind == ApiKeyKind::Client
    }
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.api_key.expires_at.is_some_and(|at| at <= now)
    }
    /// Notes that a request showed it, and what sent that request, by its `User-Agent`.
    pub fn touch(&self, now: Timestamp, user_agent: &str) {
        self.used.last.store(now.millis(), Relaxed);
        // A request never waits to be noted: whoever finds the place taken is told of next time.
        if let Ok(mut caller) = self.used.caller.try_lock() {
            let product = product(user_agent);
            if *caller != product {
                caller.clear();
                caller.push_str(product);
            }
        }
    }
    /// What showed it last since this process started, such as `curl`.
    pub fn caller(&self) -> Option<String> {
        let caller = self.used.caller.lock().unwrap_or_else(PoisonError::into_inner);
        Some(caller.clone()).filter(|name| !name.is_empty())
    }
    /// When a request last showed it, as far as this process and its start know.
    pub fn last_used(&self) -> Option<Timestamp> {
        Some(self.used.last.load(Relaxed)).filter(|millis| *millis != 0).map(Timestamp::from_millis)
    }
}

/// When a key was last used, and what of it the database knows. Milliseconds; 0 is never.
#[derive(Debug, Default)]
pub(super) struct KeyUse {
    last: AtomicI64,
    written: AtomicI64,
    /// In memory alone.
    caller: Mutex<String>,
}

/// The longest name of a caller that is kept.
const MAX_CALLER: usize = 40;

/// The first product of a `User-Agent` (RFC 9110, 10.1.5) without its version: `curl` of `curl/8.5.0`.
fn product(user_agent: &str) -> &str {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let text = user_agent.trim_start();
    let end = text.find(|c| !is_token(c)).unwrap_or(text.len());
    &text[..end.min(MAX_CALLER)]
}

impl KeyUse {
    /// The moment to write down: at most one a minute, unless this is the `last` flush.
    fn due(&self, last: bool) -> Option<Timestamp> {
        let (used, written) = (self.last.load(Relaxed), self.written.load(Relaxed));
        let due = used > written && (last || used - written >= MINUTE);
        due.then(|| Timestamp::from_millis(used))
    }
    pub(super) fn settle(&self, written: Timestamp) {
        self.written.store(written.millis(), Relaxed);
    }
}

/// The use of every key, surviving snapshots.
#[derive(Debug, Default)]
pub(super) struct Registry {
    keys: Mutex<HashMap<ApiKeyId, Arc<KeyUse>>>,
}

impl Registry {
    fn of(&self, id: &ApiKeyId, stored: Option<Timestamp>) -> Arc<KeyUse> {
        let stored = stored.map_or(0, Timestamp::millis);
        let fresh =
            || Arc::new(KeyUse { last: AtomicI64::new(stored), written: AtomicI64::new(stored), caller: Mutex::default() });
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(keys.entry(id.clone()).or_insert_with(fresh))
    }

    /// Every use that ought to be written down now.
    pub(super) fn due(&self, last: bool) -> Vec<(ApiKeyId, Timestamp, Arc<KeyUse>)> {
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.iter().filter_map(|(id, used)| Some((id.clone(), used.due(last)?, Arc::clone(used)))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_are_told_apart_by_their_first_product() {
        let long = "x".repeat(500);
        for (user_agent, name) in [
            ("curl/8.5.0", "curl"),
            ("openfeature-provider-ofrep/0.1 python/3.12", "openfeature-provider-ofrep"),
            (" Mozilla/5.0 (X11; Linux x86_64)", "Mozilla"),
            ("", ""),
            ("<script>", ""),
            (long.as_str(), &long[..MAX_CALLER]),
        ] {
            assert_eq!(product(user_agent), name, "{user_agent}");
        }
    }

    #[test]
    fn a_key_is_written_down_at_most_once_a_minute() {
        let registry = Registry::default();
        let used = registry.of(&ApiKeyId::from_text("k"), None);
        let at = |millis: i64| used.last.store(millis, Relaxed);
        assert!(registry.due(true).is_empty(), "never used");
        at(10 * MINUTE);
        assert_eq!(registry.due(false).len(), 1);
        used.settle(Timestamp::from_millis(10 * MINUTE));
        at(11 * MINUTE - 1);
        assert!(registry.due(false).is_empty());
        assert_eq!(registry.due(true).len(), 1, "the last flush leaves nothing");
        at(11 * MINUTE);
        assert_eq!(registry.due(false).len(), 1);
    }
}
