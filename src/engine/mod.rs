//! What a flag answers: compiled once per change, evaluated many times.
//!
//! Pure: the context and the moment come in as arguments. Knows no clock, no database and no HTTP, and panics on no input.

pub mod bucket;
mod compile;
mod compiled;
mod condition;
mod context;
mod evaluate;
mod explain;
mod next_change;
mod operators;
mod segment;
mod serve;
mod trace;
pub mod wall_clock;
mod words;

pub use compile::{Segments, compile, compile_segment};
pub use compiled::{CompiledFlag, CompiledVariant};
pub use context::{Context, ContextError};
pub use evaluate::{Detail, Evaluation, Reason, evaluate};
pub use explain::{
    Bucketing, ConditionStep, Explanation, GroupStep, Outcome, RuleOutcome, SegmentStep, Share, Step, TargetOutcome, What,
    explain,
};
pub use segment::{CompiledSegment, Membership};
