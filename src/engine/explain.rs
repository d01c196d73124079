//! Why a flag answered as it did: the answer with every step on the way to it, as data and as sentences.
//!
//! Watches the very traversal that answers; decides nothing itself.

mod masked;
mod private;
mod recorder;
mod sentence;
mod steps;

pub use steps::{
    Bucketing, ConditionStep, Explanation, GroupStep, Outcome, RuleOutcome, SegmentStep, Share, Step, TargetOutcome, What,
};

use super::compiled::CompiledFlag;
use super::condition::Scope;
use super::context::Context;
use super::evaluate::run;
use crate::domain::time::Timestamp;
use recorder::Recorder;

/// What `flag` answers to `context` at `now`, as [`super::evaluate()`] does, and every step of it.
pub fn explain(flag: &CompiledFlag, context: &Context, now: Timestamp) -> Explanation {
    let mut recorder = Recorder::new(flag, context);
    let evaluation = run(flag, &Scope { context, now }, &mut recorder);
    Explanation {
        key: flag.key.clone(),
        at: now,
        variant: evaluation.variant.name.clone(),
        value: evaluation.variant.value.clone(),
        reason: evaluation.reason,
        detail: evaluation.detail,
        sentence: sentence::answer(&evaluation),
        steps: recorder.finish(&evaluation),
    }
}
