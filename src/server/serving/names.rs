//! The names of the attributes that contexts have, never their values: remembered within bounds, at next to no cost to an
//! answer.
//!
//! Contexts of one program have the same names again and again. Such a shape is hashed, and once it has been looked at in
//! this minute, a comparison with its hash is all that is left to do.

use crate::domain::id::EnvironmentId;
use crate::domain::time::{MINUTE, Timestamp};
use crate::engine::Context;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most names an environment remembers, in memory and in the database alike.
pub const MAX_NAMES: usize = 500;
/// Longer names are not remembered.
pub const MAX_NAME_CHARS: usize = 128;
/// The most names of one context that are looked at.
const MOST: usize = 200;
/// Shapes that are told apart at once; a power of two.
const SHAPES: usize = 64;

/// The names seen in one environment.
#[derive(Debug)]
pub struct SeenNames {
    /// Hashes of shapes and of the minute in which they were looked at, each at its place.
    shapes: [AtomicU64; SHAPES],
    seen: Mutex<HashMap<String, Timestamp>>,
}

impl Default for SeenNames {
    fn default() -> Self {
        Self { shapes: std::array::from_fn(|_| AtomicU64::new(0)), seen: Mutex::default() }
    }
}

impl SeenNames {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Timestamp>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes which names `context` has. Waits for nobody: where another request is noting, the next one of this shape does.
    pub fn note(&self, context: &Context, now: Timestamp) {
        let shape = shape(context, now);
        // The cast drops what does not count.
        #[allow(clippy::cast_possible_truncation)]
        let place = &self.shapes[shape as usize % SHAPES];
        if place.load(Relaxed) == shape {
            return;
        }
        let Ok(mut seen) = self.seen.try_lock() else { return };
        for name in names(context) {
            if let Some(known) = seen.get_mut(name.as_ref()) {
                *known = now;
            } else if seen.len() < MAX_NAMES && !name.is_empty() && name.chars().count() <= MAX_NAME_CHARS {
                seen.insert(name.into_owned(), now);
            }
        }
        place.store(shape, Relaxed);
    }

    /// What no flush has written down yet, by name.
    pub fn pending(&self) -> Vec<(String, Timestamp)> {
        let mut all: Vec<_> = self.lock().iter().map(|(name, at)| (name.clone(), *at)).collect();
        all.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        all
    }

    /// Forgets what a flush has written down, unless the name came again meanwhile.
    pub(super) fn settle(&self, name: &str, written: Timestamp) {
        let mut seen = self.lock();
        if seen.get(name) == Some(&written) {
            seen.remove(name);
        }
    }
}

/// The names of a context, those in its objects with a dot: `plan`, `user.country`. What is null is not there.
fn names(context: &Context) -> impl Iterator<Item = std::borrow::Cow<'_, str>> {
    use std::borrow::Cow;
    let each = |(name, value): (&'_ str, &'_ Value)| -> Vec<Cow<'_, str>> {
        match value {
            Value::Null => Vec::new(),
            Value::Object(members) => members
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(member, _)| Cow::Owned(format!("{name}.{member}")))
                .collect(),
            _ => vec![Cow::Owned(name.to_owned())],
        }
    };
    context.iter().flat_map(each).take(MOST)
}

/// A hash of the names and the minute. Good enough to tell shapes apart, and quick: two that fall together cost a name that
/// is noted a minute later.
fn shape(context: &Context, now: Timestamp) -> u64 {
    let mut hash = mix(0, now.millis().div_euclid(MINUTE).unsigned_abs());
    for (name, value) in context.iter().take(MOST) {
        match value {
            Value::Null => {}
            Value::Object(members) => {
                hash = text(hash, name);
                for (member, _) in members.iter().filter(|(_, value)| !value.is_null()).take(MOST) {
                    hash = text(hash.rotate_left(1), member);
                }
            }
            _ => hash = text(hash, name),
        }
    }
    hash | 1
}

/// Eight bytes at a time, and the length, so that `ab`, `c` is not `a`, `bc`.
fn text(hash: u64, text: &str) -> u64 {
    let mut chunks = text.as_bytes().chunks_exact(8);
    let mut hash = hash;
    for chunk in &mut chunks {
        hash = mix(hash, chunk.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
    }
    let rest = chunks.remainder().iter().fold(text.len() as u64, |word, byte| word << 8 | u64::from(*byte));
    mix(hash, rest)
}

/// One step of a multiplicative hash (the constant is 2^64 over the golden ratio).
fn mix(hash: u64, word: u64) -> u64 {
    let product = u128::from(hash ^ word ^ 0x9e37_79b9_7f4a_7c15) * u128::from(0x9e37_79b9_7f4a_7c15_u64);
    // Both halves count.
    #[allow(clippy::cast_possible_truncation)]
    let folded = (product >> 64) as u64 ^ product as u64;
    folded
}

/// The names of every environment, surviving snapshots.
#[derive(Debug, Default)]
pub(super) struct Registry {
    environments: Mutex<HashMap<EnvironmentId, Arc<SeenNames>>>,
}

impl Registry {
    fn lock(&self) -> MutexGuard<'_, HashMap<EnvironmentId, Arc<SeenNames>>> {
        self.environments.lock().unwrap_or_else(PoisonError::into_inner)
    }
    pub(super) fn of(&self, environment: &EnvironmentId) -> Arc<SeenNames> {
        Arc::clone(self.lock().entry(environment.clone()).or_default())
    }
    pub(super) fn retain(&self, exists: impl Fn(&EnvironmentId) -> bool) {
        self.lock().retain(|environment, _| exists(environment));
    }
    pub(super) fn all(&self) -> Vec<(EnvironmentId, Arc<SeenNames>)> {
        self.lock().iter().map(|(id, names)| (id.clone(), Arc::clone(names))).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn context(value: Value) -> Context {
        Context::parse(value).unwrap()
    }

    fn seen(names: &SeenNames) -> Vec<String> {
        names.pending().into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn names_are_noted_and_values_are_not() {
        let names = SeenNames::default();
        names.note(
            &context(
                json!({"targetingKey": "u", "plan": "pro", "none": null, "user": {"country": "NO", "x": {"y": 1}, "z": null}}),
            ),
            NOW,
        );
        assert_eq!(seen(&names), ["plan", "targetingKey", "user.country", "user.x"]);
        assert!(!format!("{names:?}").contains("pro"));
    }

    #[test]
    fn a_shape_is_looked_at_once_a_minute_and_another_at_once() {
        let names = SeenNames::default();
        let plan = context(json!({"plan": "pro"}));
        names.note(&plan, NOW);
        names.settle("plan", NOW);
        names.note(&plan, NOW.plus(1));
        assert_eq!(seen(&names), Vec::<String>::new(), "written down already");
        names.note(&context(json!({"plan": "free", "beta": true})), NOW.plus(1));
        assert_eq!(seen(&names), ["beta", "plan"]);
        names.note(&plan, NOW.plus(MINUTE));
        assert_eq!(names.pending()[1], ("plan".to_owned(), NOW.plus(MINUTE)));
        names.settle("plan", NOW.plus(1));
        assert_eq!(seen(&names), ["beta", "plan"], "it came again meanwhile");
    }

    #[test]
    fn shapes_are_told_apart() {
        let hash = |value: Value| shape(&context(value), NOW);
        let shapes = [
            json!({}),
            json!({"ab": 1, "c": 1}),
            json!({"a": 1, "bc": 1}),
            json!({"a": {"bc": 1}}),
            json!({"a": {"b": 1}, "c": 1}),
            json!({"a": 1, "c": {"b": 1}}),
            json!({"accountNumber": 1}),
            json!({"accountNumbe": 1}),
        ];
        for (at, one) in shapes.iter().enumerate() {
            for other in &shapes[at + 1..] {
                assert_ne!(hash(one.clone()), hash(other.clone()), "{one} and {other}");
            }
        }
        assert_eq!(hash(json!({"a": 1, "b": "x"})), hash(json!({"b": "y", "a": 2})));
    }

    #[test]
    fn no_more_names_are_remembered_than_the_bound() {
        let names = SeenNames::default();
        for n in 0..MAX_NAMES + 50 {
            names.note(&context(json!({ format!("n{n}"): 1 })), NOW);
        }
        names.note(&context(json!({ "k".repeat(MAX_NAME_CHARS + 1): 1, "": 1 })), NOW);
        assert_eq!(names.pending().len(), MAX_NAMES);
        let wide: serde_json::Map<String, Value> = (0..10_000).map(|n| (format!("w{n}"), json!(n))).collect();
        let other = SeenNames::default();
        other.note(&context(Value::Object(wide)), NOW);
        assert_eq!(other.pending().len(), MOST);
    }
}
