//! How often variants were asked for, counted in memory. Knows nothing of flags' contents and of the database.
//!
//! Counting is a relaxed add. Counters belong to identities and names, not to snapshots, so they outlive every swap.

use crate::domain::id::{EnvironmentId, FlagId};
use crate::domain::time::Timestamp;
use crate::engine::CompiledFlag;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

/// One kind of asking: how often since the last flush, and when last since the start.
#[derive(Debug, Default)]
pub struct Tick {
    pending: AtomicU64,
    /// Milliseconds; 0 is never.
    last: AtomicI64,
}

impl Tick {
    fn count(&self, now: Timestamp) {
        self.last.store(now.millis(), Relaxed);
        self.pending.fetch_add(1, Relaxed);
    }
    /// What no flush has written down yet.
    pub fn pending(&self) -> u64 {
        self.pending.load(Relaxed)
    }
    /// The last time since this process started.
    pub fn last(&self) -> Option<Timestamp> {
        Some(self.last.load(Relaxed)).filter(|millis| *millis != 0).map(Timestamp::from_millis)
    }
    /// Takes off what a flush has written down.
    pub(super) fn settle(&self, written: u64) {
        self.pending.fetch_sub(written, Relaxed);
    }
}

/// One variant of one flag in one environment.
#[derive(Debug, Default)]
pub struct VariantCounter {
    /// Single answers.
    pub evaluated: Tick,
    /// Answers within a bulk answer that was sent; a 304 counts nothing here.
    pub delivered: Tick,
}

/// The counters of one flag in one environment, in the order of its compiled variants.
#[derive(Debug)]
pub struct FlagCounters {
    variants: Box<[(String, Arc<VariantCounter>)]>,
}

impl FlagCounters {
    /// Counts a single answer. `index` as in [`crate::engine::Evaluation`].
    pub fn evaluated(&self, index: usize, now: Timestamp) {
        if let Some((_, counter)) = self.variants.get(index) {
            counter.evaluated.count(now);
        }
    }
    /// Counts an answer within a bulk answer.
    pub fn delivered(&self, index: usize, now: Timestamp) {
        if let Some((_, counter)) = self.variants.get(index) {
            counter.delivered.count(now);
        }
    }
    /// Each variant's name and counter: add their pending amounts to what the database holds.
    pub fn variants(&self) -> impl Iterator<Item = (&str, &VariantCounter)> {
        self.variants.iter().map(|(name, counter)| (name.as_str(), counter.as_ref()))
    }
    /// When any variant was last evaluated, since this process started.
    pub fn last_evaluated(&self) -> Option<Timestamp> {
        self.variants().filter_map(|(_, counter)| counter.evaluated.last()).max()
    }
    /// When any variant was last delivered, since this process started.
    pub fn last_delivered(&self) -> Option<Timestamp> {
        self.variants().filter_map(|(_, counter)| counter.delivered.last()).max()
    }
    /// When any variant was last asked for, either way.
    pub fn last_seen(&self) -> Option<Timestamp> {
        self.last_evaluated().max(self.last_delivered())
    }
    /// Single answers that no flush has written down yet.
    pub fn pending_evaluated(&self) -> u64 {
        self.variants().map(|(_, counter)| counter.evaluated.pending()).sum()
    }
    /// Bulk answers that no flush has written down yet.
    pub fn pending_delivered(&self) -> u64 {
        self.variants().map(|(_, counter)| counter.delivered.pending()).sum()
    }
}

type ByVariant = HashMap<String, Arc<VariantCounter>>;

/// Every counter of this process. A variant that was renamed or removed keeps its counter here until it is flushed.
#[derive(Debug, Default)]
pub(super) struct Registry {
    flags: Mutex<HashMap<EnvironmentId, HashMap<FlagId, ByVariant>>>,
}

/// What one variant has to be flushed with.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) flag: FlagId,
    pub(super) environment: EnvironmentId,
    pub(super) variant: String,
    pub(super) counter: Arc<VariantCounter>,
}

impl Registry {
    /// The counters for `flag`'s variants: those known by name, new ones for the others.
    pub(super) fn of(&self, environment: &EnvironmentId, id: &FlagId, flag: &CompiledFlag) -> Arc<FlagCounters> {
        let mut flags = self.flags.lock().unwrap_or_else(PoisonError::into_inner);
        let known = flags.entry(environment.clone()).or_default().entry(id.clone()).or_default();
        let counter = |name: &String| (name.clone(), Arc::clone(known.entry(name.clone()).or_default()));
        Arc::new(FlagCounters { variants: flag.variants().iter().map(|variant| &variant.name).map(counter).collect() })
    }

    /// Forgets environments that are gone: their rows could not be written.
    pub(super) fn retain(&self, exists: impl Fn(&EnvironmentId) -> bool) {
        self.flags.lock().unwrap_or_else(PoisonError::into_inner).retain(|environment, _| exists(environment));
    }

    /// Every counter with something to write down.
    pub(super) fn pending(&self) -> Vec<Pending> {
        let flags = self.flags.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = Vec::new();
        for (environment, flags) in flags.iter() {
            for (flag, variants) in flags {
                let counted = |(_, counter): &(&String, &Arc<VariantCounter>)| {
                    counter.evaluated.pending() > 0 || counter.delivered.pending() > 0
                };
                found.extend(variants.iter().filter(counted).map(|(variant, counter)| Pending {
                    flag: flag.clone(),
                    environment: environment.clone(),
                    variant: variant.clone(),
                    counter: Arc::clone(counter),
                }));
            }
        }
        found
    }
}
