//! Writes down the steps of an evaluation as they happen.

use super::sentence;
use super::steps::{Bucketing, ConditionStep, GroupStep, Outcome, RuleOutcome, SegmentStep, Share, Step, TargetOutcome, What};
use crate::domain::condition::Operand;
use crate::domain::time::Timestamp;
use crate::engine::compiled::{Body, CompiledFlag, CompiledRule, CompiledState};
use crate::engine::condition::{CompiledCondition, Scope};
use crate::engine::context::Context;
use crate::engine::evaluate::{Detail, Evaluation};
use crate::engine::segment::{CompiledSegment, Membership};
use crate::engine::serve::{By, Range, Rollout, range_of};
use crate::engine::trace::Trace;
use serde_json::Value;

pub(super) struct Recorder<'f> {
    flag: &'f CompiledFlag,
    key: Option<&'f str>,
    steps: Vec<Step>,
    /// Conditions of the rule, and on top of it of the segment's group, that is being looked at.
    conditions: Vec<Vec<ConditionStep>>,
    groups: Vec<GroupStep>,
    segments: Vec<SegmentStep>,
}

impl<'f> Recorder<'f> {
    pub(super) fn new(flag: &'f CompiledFlag, context: &'f Context) -> Self {
        let key = context.targeting_key();
        Self { flag, key, steps: Vec::new(), conditions: vec![Vec::new()], groups: Vec::new(), segments: Vec::new() }
    }

    /// The steps, completed by the rules that were not reached.
    pub(super) fn finish(mut self, evaluation: &Evaluation<'_>) -> Vec<Step> {
        if let Some(state) = self.state() {
            let reached = match evaluation.detail {
                Detail::Target(_) => 0,
                Detail::Rule(at) | Detail::NoUnit(Some(at)) => at + 1,
                _ => state.rules.len(),
            };
            for rule in state.rules.iter().skip(reached) {
                self.rule(rule, RuleOutcome::NotReached);
            }
        }
        self.steps
    }

    fn state(&self) -> Option<&'f CompiledState> {
        if let Body::State(state) = &self.flag.body { Some(state) } else { None }
    }

    fn name(&self, variant: usize) -> String {
        self.flag.variants.get(variant).map(|variant| variant.name.clone()).unwrap_or_default()
    }

    fn push(&mut self, sentence: String, what: What) {
        self.steps.push(Step { sentence, what });
    }

    /// The conditions gathered since the last rule or group began.
    fn take_conditions(&mut self) -> Vec<ConditionStep> {
        self.conditions.last_mut().map(std::mem::take).unwrap_or_default()
    }

    fn shares(&self, ranges: &[Range]) -> Vec<Share> {
        let mut from = 0;
        let share = |range: &Range| {
            let share = Share { variant: self.name(range.variant), from, to: range.end };
            from = range.end;
            share
        };
        ranges.iter().map(share).collect()
    }
}

impl Trace for Recorder<'_> {
    const ON: bool = true;

    fn not_compiled(&mut self) {
        self.push(sentence::not_compiled(), What::NotCompiled);
    }

    fn switch(&mut self, enabled: bool) {
        self.push(sentence::switch(enabled), What::Switch { enabled });
    }

    fn expiry(&mut self, at: Timestamp, variant: usize, passed: bool) {
        let variant = self.name(variant);
        self.push(sentence::expiry(at, &variant, passed), What::Expiry { at, variant, passed });
    }

    fn targets(&mut self, key: Option<&str>, hit: Option<usize>) {
        let Some(state) = self.state() else { return };
        for (index, list) in state.targets.lists.iter().enumerate() {
            let outcome = match key {
                None => TargetOutcome::NoKey,
                Some(_) if hit == Some(index) => TargetOutcome::Named,
                Some(_) => TargetOutcome::NotNamed,
            };
            let variant = self.name(list.variant);
            let text = sentence::target(index, &variant, list.units, key, outcome);
            self.push(text, What::Target { index, variant, units: list.units, outcome });
        }
    }

    fn rule(&mut self, rule: &CompiledRule, outcome: RuleOutcome) {
        let conditions = self.take_conditions();
        let (index, id, name) = (rule.index, rule.id.clone(), rule.name.clone());
        self.push(sentence::rule(rule, outcome), What::Rule { index, id, name, outcome, conditions });
    }

    fn fallthrough(&mut self) {
        self.push(sentence::fallthrough(), What::Fallthrough);
    }

    fn condition(&mut self, condition: &CompiledCondition, actual: Option<&Value>, outcome: Outcome, scope: &Scope<'_>) {
        let source = condition.source();
        let is_segment = source.operator.operand() == Operand::Segment;
        let segments = if is_segment { std::mem::take(&mut self.segments) } else { Vec::new() };
        let step = ConditionStep {
            sentence: sentence::condition(condition, actual, outcome, scope.now, &segments),
            attribute: source.attribute.clone(),
            operator: source.operator,
            negate: source.negate,
            ignore_case: source.ignore_case,
            expected: source.values.clone(),
            actual: actual.cloned(),
            outcome,
            segments,
        };
        if let Some(steps) = self.conditions.last_mut() {
            steps.push(step);
        }
    }

    fn segment_begins(&mut self) {
        self.groups.clear();
    }

    fn group_begins(&mut self) {
        self.conditions.push(Vec::new());
    }

    fn group_ends(&mut self, holds: bool) {
        let conditions = self.conditions.pop().unwrap_or_default();
        self.groups.push(GroupStep { holds, conditions });
    }

    fn segment_ends(&mut self, segment: &CompiledSegment, membership: Membership) {
        let groups = std::mem::take(&mut self.groups);
        let sentence = sentence::segment(segment.key(), membership, self.key);
        self.segments.push(SegmentStep { sentence, key: segment.key().clone(), membership, groups });
    }

    fn plan(&mut self, rollout: &Rollout, share: u16, now: Timestamp) {
        let plan = &rollout.plan;
        let (step, held, next) = (plan.current(now), plan.held_at.is_some(), plan.next_change(now));
        let text = sentence::plan(plan, share, now, &self.name(rollout.variant), &self.name(rollout.rest));
        self.push(text, What::Plan { share, step, held, next });
    }

    fn bucket(&mut self, by: &By, actual: Option<&Value>, bucket: Option<(&str, u16)>, ranges: &[Range]) {
        let variant = bucket.and_then(|(_, bucket)| range_of(ranges, bucket)).map(|range| self.name(range.variant));
        let bucketing = Bucketing {
            attribute: by.attribute.as_str().to_owned(),
            actual: actual.cloned(),
            unit: bucket.map(|(unit, _)| unit.to_owned()),
            seed: by.seed.as_str().to_owned(),
            bucket: bucket.map(|(_, bucket)| bucket),
            shares: self.shares(ranges),
            variant,
        };
        self.push(sentence::bucket(&bucketing), What::Bucket(bucketing));
    }
}
