//! The order in which a flag decides, written once for answering and for explaining.

use super::compiled::{Body, CompiledFlag, CompiledRule, CompiledState, CompiledVariant};
use super::condition::{Scope, all_hold};
use super::context::Context;
use super::explain::RuleOutcome;
use super::serve::{CompiledServe, Served};
use super::trace::{Trace, Unwatched};
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Why a variant was served, in the words of OpenFeature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
    /// Everybody gets it.
    Static,
    /// An individual target or a rule matched.
    TargetingMatch,
    /// By bucket.
    Split,
    Disabled,
    /// Nothing else decided, or there was no unit for a share.
    Default,
}

impl Reason {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Static => "STATIC",
            Self::TargetingMatch => "TARGETING_MATCH",
            Self::Split => "SPLIT",
            Self::Disabled => "DISABLED",
            Self::Default => "DEFAULT",
        }
    }
}

/// Which part of the state decided. Indices count from 0 in the state's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    Disabled,
    Expired,
    Target(usize),
    Rule(usize),
    Fallthrough,
    /// This rule matched, or with `None` the fallthrough was reached, but the share found no unit to bucket.
    NoUnit(Option<usize>),
    /// The state could not be compiled.
    NotCompiled,
}

/// One answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evaluation<'f> {
    pub variant: &'f CompiledVariant,
    /// The variant's place in [`CompiledFlag::variants`].
    pub index: usize,
    pub reason: Reason,
    pub detail: Detail,
}

/// What `flag` answers to `context` at `now`.
pub fn evaluate<'f>(flag: &'f CompiledFlag, context: &Context, now: Timestamp) -> Evaluation<'f> {
    run(flag, &Scope { context, now }, &mut Unwatched)
}

pub(super) fn run<'f, T: Trace>(flag: &'f CompiledFlag, scope: &Scope<'_>, trace: &mut T) -> Evaluation<'f> {
    let (index, reason, detail) = match &flag.body {
        Body::State(state) => decide(state, scope, trace),
        Body::NotCompiled(fallback) => {
            trace.not_compiled();
            (*fallback, Reason::Default, Detail::NotCompiled)
        }
    };
    // Compiling made every index from the list of variants itself.
    Evaluation { variant: &flag.variants[index], index, reason, detail }
}

type Decision = (usize, Reason, Detail);

fn decide<T: Trace>(state: &CompiledState, scope: &Scope<'_>, trace: &mut T) -> Decision {
    trace.switch(state.enabled);
    if !state.enabled {
        return (state.off, Reason::Disabled, Detail::Disabled);
    }
    if let Some((at, variant)) = state.expiry {
        let passed = scope.now >= at;
        trace.expiry(at, variant, passed);
        if passed {
            return (variant, Reason::Static, Detail::Expired);
        }
    }
    if let Some((at, list)) = state.targets.find(scope.context.targeting_key(), trace) {
        return (list.variant, Reason::TargetingMatch, Detail::Target(at));
    }
    for rule in &state.rules {
        if matches(rule, scope, trace) {
            return conclude(state, &rule.serve, Some(rule.index), scope, trace);
        }
    }
    trace.fallthrough();
    conclude(state, &state.fallthrough, None, scope, trace)
}

fn matches<T: Trace>(rule: &CompiledRule, scope: &Scope<'_>, trace: &mut T) -> bool {
    if !rule.active {
        trace.rule(rule, RuleOutcome::Paused);
        return false;
    }
    let matched = all_hold(&rule.conditions, scope, trace);
    trace.rule(rule, if matched { RuleOutcome::Matched } else { RuleOutcome::NotMatched });
    matched
}

/// Serves what the rule, or without one the fallthrough, says.
fn conclude<T: Trace>(
    state: &CompiledState,
    serve: &CompiledServe,
    rule: Option<usize>,
    scope: &Scope<'_>,
    trace: &mut T,
) -> Decision {
    let detail = rule.map_or(Detail::Fallthrough, Detail::Rule);
    match serve.serve(scope, trace) {
        Served::Whole(variant) if rule.is_some() => (variant, Reason::TargetingMatch, detail),
        Served::Whole(variant) if state.is_plain() => (variant, Reason::Static, detail),
        Served::Whole(variant) => (variant, Reason::Default, detail),
        Served::Share(variant) => (variant, Reason::Split, detail),
        Served::NoUnit => (state.off, Reason::Default, Detail::NoUnit(rule)),
    }
}
