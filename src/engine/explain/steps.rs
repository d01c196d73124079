//! The shape of an explanation, as pages show it and the audit keeps it. Indices count from 0, sentences from 1.

use crate::domain::condition::Operator;
use crate::domain::key::{FlagKey, SegmentKey};
use crate::domain::time::Timestamp;
use crate::engine::evaluate::{Detail, Reason};
use crate::engine::segment::Membership;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An answer and how it came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    pub key: FlagKey,
    /// The moment it was evaluated for.
    pub at: Timestamp,
    pub variant: String,
    pub value: Value,
    pub reason: Reason,
    pub detail: Detail,
    /// The answer in one sentence.
    pub sentence: String,
    /// In the order they were taken.
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub sentence: String,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// The state could not be compiled; the fallback variant is served.
    NotCompiled,
    Switch {
        enabled: bool,
    },
    /// Only where an expiry serves a variant.
    Expiry {
        at: Timestamp,
        variant: String,
        passed: bool,
    },
    /// One list of individual targets.
    Target {
        index: usize,
        variant: String,
        units: usize,
        outcome: TargetOutcome,
    },
    Rule {
        index: usize,
        id: String,
        name: String,
        outcome: RuleOutcome,
        conditions: Vec<ConditionStep>,
    },
    Fallthrough,
    /// A rollout's share in force, in basis points.
    Plan {
        share: u16,
        /// The step that is in force by the clock, from 0; `None` before the first.
        step: Option<usize>,
        held: bool,
        next: Option<Timestamp>,
    },
    Bucket(Bucketing),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetOutcome {
    Named,
    NotNamed,
    /// The context has no targeting key to look up.
    NoKey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleOutcome {
    Matched,
    NotMatched,
    Paused,
    /// Something before it decided.
    NotReached,
}

/// What a condition came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Holds,
    Fails,
    /// The attribute is missing: it does not hold, negated or not.
    Missing,
    /// The value cannot be compared: it does not hold, negated or not.
    WrongType,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConditionStep {
    pub sentence: String,
    /// Empty where the operator reads none.
    pub attribute: String,
    pub operator: Operator,
    pub negate: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ignore_case: bool,
    pub expected: Vec<Value>,
    /// `None` when missing, and for segments and time windows.
    pub actual: Option<Value>,
    pub outcome: Outcome,
    /// The segments that were asked, for a segment condition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<SegmentStep>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentStep {
    pub sentence: String,
    pub key: SegmentKey,
    pub membership: Membership,
    /// The groups that were looked at; none where a list decided.
    pub groups: Vec<GroupStep>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupStep {
    pub holds: bool,
    pub conditions: Vec<ConditionStep>,
}

/// How a unit was bucketed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bucketing {
    pub attribute: String,
    /// What the context has there.
    pub actual: Option<Value>,
    /// The text that was hashed; `None` when there is nothing to bucket.
    pub unit: Option<String>,
    pub seed: String,
    /// 0 to 9999.
    pub bucket: Option<u16>,
    pub shares: Vec<Share>,
    /// The variant whose range the bucket is in.
    pub variant: Option<String>,
}

/// A variant's range of buckets, `from` within, `to` without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    pub variant: String,
    pub from: u16,
    pub to: u16,
}
