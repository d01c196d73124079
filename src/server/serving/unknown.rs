//! Keys that SDKs asked for and nobody made, counted in memory within bounds.

use crate::domain::id::EnvironmentId;
use crate::domain::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most keys an environment remembers, in memory and in the database alike.
pub const MAX_KEYS: usize = 1_000;
/// Longer keys could not belong to a flag and are not remembered.
pub const MAX_KEY_CHARS: usize = 128;

/// How often a key was asked for since the last flush, and when last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    pub count: u64,
    pub last: Timestamp,
}

/// The unknown keys of one environment.
#[derive(Debug, Default)]
pub struct UnknownFlags {
    asked: Mutex<HashMap<String, Asked>>,
}

impl UnknownFlags {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one more question. Once full, keys not seen yet pass uncounted until the next flush makes room.
    pub fn count(&self, key: &str, now: Timestamp) {
        let mut asked = self.lock();
        if let Some(known) = asked.get_mut(key) {
            known.count += 1;
            known.last = now;
        } else if asked.len() < MAX_KEYS && !key.is_empty() && key.chars().count() <= MAX_KEY_CHARS {
            asked.insert(key.to_owned(), Asked { count: 1, last: now });
        }
    }

    /// What no flush has written down yet of one key.
    pub fn pending_of(&self, key: &str) -> Option<Asked> {
        self.lock().get(key).copied()
    }

    /// What no flush has written down yet, by key.
    pub fn pending(&self) -> Vec<(String, Asked)> {
        let mut all: Vec<_> = self.lock().iter().map(|(key, asked)| (key.clone(), *asked)).collect();
        all.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        all
    }

    /// Takes off what a flush has written down; a key with nothing left makes room.
    pub(super) fn settle(&self, key: &str, written: u64) {
        let mut asked = self.lock();
        if let Some(known) = asked.get_mut(key) {
            known.count = known.count.saturating_sub(written);
            if known.count == 0 {
                asked.remove(key);
            }
        }
    }
}

/// The unknown keys of every environment, surviving snapshots.
#[derive(Debug, Default)]
pub(super) struct Registry {
    environments: Mutex<HashMap<EnvironmentId, Arc<UnknownFlags>>>,
}

impl Registry {
    pub(super) fn of(&self, environment: &EnvironmentId) -> Arc<UnknownFlags> {
        let mut all = self.environments.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(environment.clone()).or_default())
    }
    pub(super) fn retain(&self, exists: impl Fn(&EnvironmentId) -> bool) {
        self.environments.lock().unwrap_or_else(PoisonError::into_inner).retain(|environment, _| exists(environment));
    }
    pub(super) fn all(&self) -> Vec<(EnvironmentId, Arc<UnknownFlags>)> {
        let all = self.environments.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(id, unknown)| (id.clone(), Arc::clone(unknown))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1);

    #[test]
    fn no_more_keys_are_remembered_than_the_bound() {
        let unknown = UnknownFlags::default();
        for n in 0..MAX_KEYS + 50 {
            unknown.count(&format!("k{n}"), NOW);
        }
        unknown.count("k0", NOW);
        let pending = unknown.pending();
        assert_eq!(pending.len(), MAX_KEYS);
        assert_eq!(pending.iter().map(|(_, asked)| asked.count).sum::<u64>(), MAX_KEYS as u64 + 1);
    }

    #[test]
    fn a_key_too_long_to_be_a_flags_is_not_remembered() {
        let unknown = UnknownFlags::default();
        unknown.count(&"k".repeat(MAX_KEY_CHARS + 1), NOW);
        unknown.count("", NOW);
        assert_eq!(unknown.pending(), vec![]);
    }

    #[test]
    fn settling_keeps_what_came_meanwhile() {
        let unknown = UnknownFlags::default();
        unknown.count("a", NOW);
        let written = unknown.pending()[0].1.count;
        unknown.count("a", NOW);
        unknown.settle("a", written);
        assert_eq!(unknown.pending()[0].1.count, 1);
        unknown.settle("a", 1);
        assert_eq!(unknown.pending(), vec![]);
    }
}
