//! One environment as requests and pages read it: immutable, complete, swapped as a whole.

use super::counters::FlagCounters;
use super::keys::ServedKey;
use super::names::SeenNames;
use super::unknown::UnknownFlags;
use super::uses::NameUses;
use crate::domain::flag::Problem;
use crate::domain::key::SegmentKey;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::engine::{CompiledFlag, Context, Evaluation, Segments, compile, evaluate};
use crate::server::store::Stamp;
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::flags::StoredFlag;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// A flag in one environment, ready to answer.
#[derive(Debug)]
pub struct ServedFlag {
    /// Shared by the snapshots of all environments of its project.
    pub stored: Arc<StoredFlag>,
    pub state: Arc<State>,
    /// 0 where the environment has no state of this flag yet; it answers as a new flag does.
    pub state_version: i64,
    /// When the state last changed.
    pub updated_at: Timestamp,
    pub compiled: CompiledFlag,
    /// Why the flag serves only its fallback variant: its stored state cannot be read or compiled.
    pub fault: Option<Vec<Problem>>,
    pub counters: Arc<FlagCounters>,
}

impl ServedFlag {
    pub fn key(&self) -> &str {
        self.stored.flag.key.as_str()
    }
    pub fn is_archived(&self) -> bool {
        self.stored.flag.archived_at.is_some()
    }
    /// When its answers last changed by somebody's hand: its state, or what of the definition decides.
    pub fn answers_since(&self) -> Timestamp {
        self.updated_at.max(self.stored.answers_since)
    }
    /// Whether only the fallback variant is served.
    pub fn is_faulty(&self) -> bool {
        self.fault.is_some()
    }
    /// Whether a request with such a key may know of it.
    pub fn is_visible_to(&self, key: &ServedKey) -> bool {
        !key.is_client() || self.stored.flag.client_visible
    }
    /// The same flag with another state, which nobody is served.
    #[must_use]
    pub fn with_state(&self, state: State, segments: &Segments) -> Self {
        let compiled = compile(&self.stored.flag, &state, segments);
        let (compiled, fault) = match compiled {
            Ok(compiled) => (compiled, None),
            Err(problems) => (CompiledFlag::fallback(&self.stored.flag), Some(problems)),
        };
        Self {
            stored: Arc::clone(&self.stored),
            state: Arc::new(state),
            state_version: self.state_version,
            updated_at: self.updated_at,
            compiled,
            fault,
            counters: Arc::clone(&self.counters),
        }
    }
    pub fn evaluate(&self, context: &Context, now: Timestamp) -> Evaluation<'_> {
        evaluate(&self.compiled, context, now)
    }
}

/// A project's segments as one refresh found them.
#[derive(Debug, Default)]
pub struct ProjectSegments {
    pub compiled: Segments,
    /// Segments that cannot be compiled, and why; flags that ask for them carry a fault.
    pub faults: HashMap<SegmentKey, Vec<Problem>>,
    pub(super) stamps: HashMap<SegmentKey, Stamp>,
}

/// Everything that answers for one environment.
#[derive(Debug)]
pub struct Snapshot {
    pub environment: StoredEnvironment,
    /// Rises by one each time a moment passes at which answers change by themselves.
    pub epoch: u64,
    /// The first such moment ahead.
    pub next_change_at: Option<Timestamp>,
    /// Keys asked for that no flag has.
    pub unknown: Arc<UnknownFlags>,
    /// Names of attributes that contexts had.
    pub names: Arc<SeenNames>,
    pub segments: Arc<ProjectSegments>,
    pub keys: Arc<[Arc<ServedKey>]>,
    flags: Arc<[Arc<ServedFlag>]>,
    by_key: Arc<HashMap<String, usize>>,
    uses: Arc<OnceLock<NameUses>>,
}

/// What a snapshot is made of; the flags in any order.
pub(super) struct Parts {
    pub(super) environment: StoredEnvironment,
    pub(super) epoch: u64,
    pub(super) unknown: Arc<UnknownFlags>,
    pub(super) names: Arc<SeenNames>,
    pub(super) segments: Arc<ProjectSegments>,
    pub(super) keys: Arc<[Arc<ServedKey>]>,
    pub(super) flags: Vec<Arc<ServedFlag>>,
}

impl Snapshot {
    pub(super) fn new(parts: Parts, now: Timestamp) -> Self {
        let Parts { environment, epoch, unknown, names, segments, keys, mut flags } = parts;
        flags.sort_unstable_by(|one, other| one.key().cmp(other.key()));
        let by_key = flags.iter().enumerate().map(|(at, flag)| (flag.key().to_owned(), at)).collect();
        let next_change_at = next_change(&flags, now);
        let (flags, by_key) = (flags.into(), Arc::new(by_key));
        Self { environment, epoch, next_change_at, unknown, names, segments, keys, flags, by_key, uses: Arc::default() }
    }

    /// The same rows, one epoch later.
    pub(super) fn renewed(&self, now: Timestamp) -> Self {
        Self {
            environment: self.environment.clone(),
            epoch: self.epoch + 1,
            next_change_at: next_change(&self.flags, now),
            unknown: Arc::clone(&self.unknown),
            names: Arc::clone(&self.names),
            segments: Arc::clone(&self.segments),
            keys: Arc::clone(&self.keys),
            flags: Arc::clone(&self.flags),
            by_key: Arc::clone(&self.by_key),
            uses: Arc::clone(&self.uses),
        }
    }

    /// The revision whose rows these are.
    pub fn revision(&self) -> i64 {
        self.environment.revision
    }
    /// Whether answers have changed by themselves since this epoch began.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.next_change_at.is_some_and(|at| at <= now)
    }
    /// Every flag by key, archived ones included.
    pub fn flags(&self) -> impl Iterator<Item = &Arc<ServedFlag>> {
        self.flags.iter()
    }
    /// The flag of this key, archived or not.
    pub fn flag(&self, key: &str) -> Option<&Arc<ServedFlag>> {
        self.flags.get(*self.by_key.get(key)?)
    }
    /// The attributes that its rules look at. The first who asks walks all of them, later ones find it done.
    pub fn uses(&self) -> &NameUses {
        self.uses.get_or_init(|| NameUses::of(&self.flags, &self.segments))
    }
    /// The flags that answer, by key.
    pub fn live(&self) -> impl Iterator<Item = &Arc<ServedFlag>> {
        self.flags().filter(|flag| !flag.is_archived())
    }
}

fn next_change(flags: &[Arc<ServedFlag>], now: Timestamp) -> Option<Timestamp> {
    let live = flags.iter().filter(|flag| !flag.is_archived());
    live.filter_map(|flag| flag.compiled.next_change(now)).min()
}
