//! Turns documents into what is evaluated, and says everything that keeps a document from it. Editors and imports show the
//! same problems: there is no second validation.

use super::compiled::{Body, CompiledFlag, CompiledRule, CompiledState, TargetList, Targets, compile_variants};
use super::condition::compile_all;
use super::segment::CompiledSegment;
use super::serve::CompiledServe;
use super::words;
use crate::domain::flag::{ExpiryAction, Flag, Problem};
use crate::domain::key::{SegmentKey, VariantName};
use crate::domain::segment::Segment;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A project's segments, by key.
pub type Segments = HashMap<SegmentKey, Arc<CompiledSegment>>;

/// Which segments a condition may ask for.
#[derive(Clone, Copy)]
pub(super) enum Known<'a> {
    Project(&'a Segments),
    /// Within a segment: none.
    WithinSegment,
}

impl Known<'_> {
    pub(super) fn segment(self, value: &Value, field: &str) -> Result<Arc<CompiledSegment>, Problem> {
        let Self::Project(segments) = self else {
            return Err(Problem::new(field, "A segment cannot ask for another; repeat its conditions here."));
        };
        let key = value.as_str().and_then(|text| SegmentKey::parse(text).ok());
        let segment = key.and_then(|key| segments.get(&key));
        segment.cloned().ok_or_else(|| {
            let message = match known_keys(segments) {
                keys if keys.is_empty() => format!("There is no segment {}; create it first.", words::show(value)),
                keys => format!("There is no segment {}; write one of {keys}, or create it first.", words::show(value)),
            };
            Problem::new(field, message)
        })
    }
}

/// The first keys by name, for a message.
fn known_keys(segments: &Segments) -> String {
    let mut keys: Vec<Value> = segments.keys().map(|key| Value::from(key.as_str())).collect();
    keys.sort_unstable_by(|one, other| one.as_str().cmp(&other.as_str()));
    words::list(&keys)
}

/// Compiles a segment. Fails with every problem found, by field, such as `groups[0][1].values[0]`.
pub fn compile_segment(segment: &Segment) -> Result<CompiledSegment, Vec<Problem>> {
    let mut problems = Vec::new();
    let include = units(&segment.include, "include", &mut problems);
    let exclude = units(&segment.exclude, "exclude", &mut problems);
    let groups = segment.groups.iter().enumerate().map(|(at, group)| {
        if group.is_empty() {
            let message = "A group without conditions would hold for everybody; add a condition or remove the group.";
            problems.push(Problem::new(format!("groups[{at}]"), message));
        }
        compile_all(group, &format!("groups[{at}]"), Known::WithinSegment, &mut problems)
    });
    let groups = groups.collect();
    if problems.is_empty() { Ok(CompiledSegment { key: segment.key.clone(), include, exclude, groups }) } else { Err(problems) }
}

fn units(list: &[String], field: &str, problems: &mut Vec<Problem>) -> HashSet<Box<str>> {
    if let Some(at) = list.iter().position(String::is_empty) {
        problems.push(Problem::new(format!("{field}[{at}]"), "A targeting key must not be empty; remove it."));
    }
    list.iter().map(|unit| Box::from(unit.as_str())).collect()
}

/// Compiles a flag's state in one environment. Fails with every problem of the state, by field, such as
/// `rules[0].conditions[1].values[0]`. What is wrong with the flag by itself is [`Flag::problems`]'s to say, save for an
/// expiry that serves an unknown variant.
pub fn compile(flag: &Flag, state: &State, segments: &Segments) -> Result<CompiledFlag, Vec<Problem>> {
    let mut problems = state.problems(flag);
    let expiry = expiry(flag, &mut problems);
    // A name that is not found is among the problems already, so that the zero is never served.
    let index = |name: &VariantName| flag.variants.iter().position(|variant| variant.name == *name).unwrap_or(0);
    let serve = |serve| CompiledServe::compile(serve, flag.key.as_str(), index);
    let rules = state.rules.iter().enumerate().map(|(at, rule)| CompiledRule {
        index: at,
        id: rule.id.clone(),
        name: rule.name.clone(),
        active: rule.active,
        conditions: compile_all(&rule.conditions, &format!("rules[{at}].conditions"), Known::Project(segments), &mut problems),
        serve: serve(&rule.serve),
    });
    let compiled = CompiledState {
        enabled: state.enabled,
        off: index(&state.off_variant),
        expiry,
        targets: targets(state, index),
        rules: rules.collect(),
        fallthrough: serve(&state.fallthrough),
    };
    if problems.is_empty() {
        Ok(CompiledFlag::new(flag, compile_variants(flag), Body::State(Box::new(compiled))))
    } else {
        Err(problems)
    }
}

fn expiry(flag: &Flag, problems: &mut Vec<Problem>) -> Option<(Timestamp, usize)> {
    let (Some(at), ExpiryAction::Serve(name)) = (flag.expires_at, &flag.on_expiry) else { return None };
    let index = flag.variants.iter().position(|variant| variant.name == *name);
    if index.is_none() {
        problems.push(Problem::new("on_expiry", format!("{name} is not one of the variants; choose one that is.")));
    }
    index.map(|index| (at, index))
}

fn targets(state: &State, index: impl Fn(&VariantName) -> usize) -> Targets {
    let lists = state.targets.iter().map(|target| TargetList { variant: index(&target.variant), units: target.units.len() });
    let units = state.targets.iter().enumerate().flat_map(|(at, target)| {
        let named = move |unit: &String| (Box::from(unit.as_str()), at);
        target.units.iter().map(named)
    });
    Targets { lists: lists.collect(), by_unit: units.collect() }
}
