//! Who watches an evaluation. The traversal is written once; without a watcher these calls compile to nothing.

use super::compiled::CompiledRule;
use super::condition::{CompiledCondition, Scope};
use super::explain::{Outcome, RuleOutcome};
use super::segment::{CompiledSegment, Membership};
use super::serve::{By, Range, Rollout};
use crate::domain::time::Timestamp;
use serde_json::Value;

/// Receives the steps in the order they are taken.
pub(super) trait Trace {
    /// Whether somebody reads the steps: then a rule's conditions are all looked at, even after one has failed.
    const ON: bool;

    fn not_compiled(&mut self) {}
    fn switch(&mut self, _enabled: bool) {}
    fn expiry(&mut self, _at: Timestamp, _variant: usize, _passed: bool) {}
    /// The individual targets were looked up under this key; `hit` is the list that names it.
    fn targets(&mut self, _key: Option<&str>, _hit: Option<usize>) {}
    /// Comes after the rule's conditions.
    fn rule(&mut self, _rule: &CompiledRule, _outcome: RuleOutcome) {}
    fn fallthrough(&mut self) {}
    fn condition(&mut self, _condition: &CompiledCondition, _actual: Option<&Value>, _outcome: Outcome, _scope: &Scope<'_>) {}
    fn segment_begins(&mut self) {}
    /// The conditions that follow are those of the segment's next group.
    fn group_begins(&mut self) {}
    fn group_ends(&mut self, _holds: bool) {}
    fn segment_ends(&mut self, _segment: &CompiledSegment, _membership: Membership) {}
    /// A rollout's share by its plan, at this moment.
    fn plan(&mut self, _rollout: &Rollout, _share: u16, _now: Timestamp) {}
    /// A unit, or what stood in its place, was bucketed into one of `ranges`.
    fn bucket(&mut self, _by: &By, _actual: Option<&Value>, _bucket: Option<(&str, u16)>, _ranges: &[Range]) {}
}

/// Nobody watches.
pub(super) struct Unwatched;

impl Trace for Unwatched {
    const ON: bool = false;
}
