//! The sentences of an explanation, for people who know the flag but not this program. They count lists from 1.

use super::steps::{Bucketing, Outcome, RuleOutcome, SegmentStep, TargetOutcome};
use crate::domain::attribute::PRIVATE;
use crate::domain::condition::{Condition, Operand};
use crate::domain::key::SegmentKey;
use crate::domain::rollout::Plan;
use crate::domain::rule::percent;
use crate::domain::time::Timestamp;
use crate::engine::compiled::CompiledRule;
use crate::engine::condition::CompiledCondition;
use crate::engine::evaluate::{Detail, Evaluation};
use crate::engine::segment::Membership;
use crate::engine::words;
use serde_json::Value;

pub(super) fn answer(evaluation: &Evaluation<'_>) -> String {
    let name = &evaluation.variant.name;
    match evaluation.detail {
        Detail::Disabled => format!("Serves {name}, because the flag is off here."),
        Detail::Expired => format!("Serves {name}, because the flag has expired."),
        Detail::Target(at) => format!("Serves {name}, because target list {} names this unit.", at + 1),
        Detail::Rule(at) => format!("Serves {name}, because rule {} matched.", at + 1),
        Detail::Fallthrough => format!("Serves {name}, as to everyone whom nothing else decided."),
        Detail::NoUnit(_) => format!("Serves {name}, the off variant, because there is no unit to bucket."),
        Detail::NotCompiled => format!("Serves {name}, the fallback, because this flag's state cannot be read."),
    }
}

pub(super) fn not_compiled() -> String {
    "The flag's state here cannot be read, so everybody gets the fallback variant.".to_owned()
}

pub(super) fn switch(enabled: bool) -> String {
    if enabled { "The flag is on here." } else { "The flag is off here, so everybody gets the off variant." }.to_owned()
}

pub(super) fn expiry(at: Timestamp, variant: &str, passed: bool) -> String {
    match passed {
        true => format!("It expired at {at} and serves {variant} to everybody since."),
        false => format!("It has not expired; from {at} on it serves {variant} to everybody."),
    }
}

pub(super) fn target(index: usize, variant: &str, units: usize, key: Option<&str>, outcome: TargetOutcome) -> String {
    let list = format!("Target list {} ({variant}, {units} {})", index + 1, if units == 1 { "unit" } else { "units" });
    match (outcome, key) {
        (TargetOutcome::Named, Some(key)) => format!("{list} names {key}."),
        (TargetOutcome::NotNamed, Some(key)) => format!("{list} does not name {key}."),
        _ => format!("{list} cannot be asked: the context has no targetingKey."),
    }
}

pub(super) fn rule(rule: &CompiledRule, outcome: RuleOutcome) -> String {
    let title = match rule.name.as_str() {
        "" => format!("Rule {}", rule.index + 1),
        name => format!("Rule {} ({name})", rule.index + 1),
    };
    match outcome {
        RuleOutcome::Matched if rule.conditions.is_empty() => format!("{title} has no conditions and matches everybody."),
        RuleOutcome::Matched => format!("{title} matches: all of its conditions hold."),
        RuleOutcome::NotMatched => format!("{title} does not match."),
        RuleOutcome::Paused => format!("{title} is paused and skipped."),
        RuleOutcome::NotReached => format!("{title} was not reached."),
    }
}

pub(super) fn fallthrough() -> String {
    "Nothing above decided, so what everyone else gets applies.".to_owned()
}

/// What was asked, whether it holds, and why.
pub(super) fn condition(
    condition: &CompiledCondition,
    actual: Option<&Value>,
    outcome: Outcome,
    now: Timestamp,
    segments: &[SegmentStep],
) -> String {
    let asked = question(condition.source());
    let holds = if outcome == Outcome::Holds { "yes" } else { "no" };
    format!("{asked}: {holds}, {}.", because(condition, actual, outcome, now, segments))
}

pub(super) fn question(source: &Condition) -> String {
    let mut words: Vec<String> = Vec::new();
    if source.operator.reads_attribute() {
        words.push(source.attribute.clone());
    }
    words.push(source.operator.phrase().to_owned());
    match source.operator.operand() {
        Operand::Nothing => {}
        Operand::Window => words.push(windows(&source.values)),
        Operand::Segment => words.push(source.values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")),
        _ => words.push(words::list(&source.values)),
    }
    if source.ignore_case {
        words.push("in any case".to_owned());
    }
    let asked = words.join(" ");
    if source.negate { format!("not ({asked})") } else { asked }
}

fn windows(values: &[Value]) -> String {
    let text = |window: &Value, part: &str| window.get(part).and_then(Value::as_str).unwrap_or_default().to_owned();
    let one = |window: &Value| {
        let days = window
            .get("days")
            .and_then(Value::as_array)
            .map_or_else(|| "every day".to_owned(), |days| days.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "));
        format!("{days} {} to {} {}", text(window, "from"), text(window, "to"), text(window, "zone"))
    };
    values.iter().map(one).collect::<Vec<_>>().join(" or ")
}

fn because(
    condition: &CompiledCondition,
    actual: Option<&Value>,
    outcome: Outcome,
    now: Timestamp,
    segments: &[SegmentStep],
) -> String {
    let source = condition.source();
    match (source.operator.operand(), actual) {
        (Operand::Segment, _) => segments.iter().map(|step| step.sentence.trim_end_matches('.')).collect::<Vec<_>>().join("; "),
        (Operand::Window, _) => {
            let clock = condition.windows().first().and_then(|window| window.clock(now));
            clock.map_or_else(|| "the moment is beyond the calendar".to_owned(), |clock| format!("it is {clock} there"))
        }
        (_, None) => format!("the context has no {}", source.attribute),
        (_, Some(actual)) if outcome == Outcome::WrongType => mismatch(actual, source),
        (_, Some(actual)) => format!("it is {}", words::show(actual)),
    }
}

/// The same of a private value: whether it holds, and nothing of what it is.
pub(super) fn private(source: &Condition, outcome: Outcome) -> String {
    let (holds, why) = match outcome {
        Outcome::Holds => ("yes", ""),
        Outcome::Fails | Outcome::Missing => ("no", ""),
        Outcome::WrongType => ("no", ", of another type"),
    };
    format!("{}: {holds}, it is {PRIVATE}{why}.", question(source))
}

/// `"20" is text, 20 is a number`
fn mismatch(actual: &Value, source: &Condition) -> String {
    let element = match actual {
        Value::Array(elements) => elements.first().unwrap_or(actual),
        other => other,
    };
    let found = words::kind_of(element);
    match (source.operator.operand(), element) {
        (Operand::Instant, Value::String(_)) => format!("{found}, but no instant such as 2027-06-01T09:00:00Z"),
        (Operand::Version | Operand::VersionRange, Value::String(_)) => format!("{found}, but no semantic version such as 2.3.0"),
        (Operand::Cidr, Value::String(_)) => format!("{found}, but no IP address"),
        _ => match source.values.first() {
            Some(expected) => format!("{found}, {}", words::kind_of(expected)),
            None => found,
        },
    }
}

pub(super) fn segment(key: &SegmentKey, membership: Membership, unit: Option<&str>) -> String {
    let unit = unit.unwrap_or("the context");
    match membership {
        Membership::Excluded => format!("{key} excludes {unit} by name."),
        Membership::Included => format!("{key} includes {unit} by name."),
        Membership::Group(at) => format!("{key} takes {unit} in by its group {}.", at + 1),
        Membership::Outside => format!("{unit} is outside {key}."),
    }
}

pub(super) fn plan(plan: &Plan, share: u16, now: Timestamp, variant: &str, rest: &str) -> String {
    let share_now = percent(share);
    if plan.held_at.is_some() {
        return format!("The rollout is paused at {share_now} {variant}, the others get {rest}.");
    }
    let place = match plan.current(now) {
        Some(step) => format!("step {} of {}", step + 1, plan.steps.len()),
        None => "before its first step".to_owned(),
    };
    let next = plan.next_change(now).map(|at| format!("; {} from {at} on", percent(plan.share(at)))).unwrap_or_default();
    format!("The rollout is at {share_now} {variant}, the others get {rest} ({place}{next}).")
}

pub(super) fn bucket(step: &Bucketing) -> String {
    match (&step.unit, step.bucket, &step.variant) {
        (Some(unit), Some(bucket), Some(variant)) => {
            let share = step.shares.iter().find(|share| (share.from..share.to).contains(&bucket));
            let range = share.map(|share| format!(", which has {} to {}", share.from, share.to - 1)).unwrap_or_default();
            format!(
                "{} {unit} is in bucket {bucket} of 0 to 9999 under the seed {}: {variant}{range}.",
                step.attribute, step.seed
            )
        }
        _ => match &step.actual {
            None => format!("A share needs {}, which the context lacks, so the off variant is served.", step.attribute),
            Some(actual) => {
                let is_private = actual.as_str() == Some(PRIVATE);
                let found = if is_private { format!("it is {PRIVATE}") } else { words::kind_of(actual) };
                let wanted = "only a text that is not empty or an integer can be bucketed";
                format!("A share needs {}: {found}, but {wanted}, so the off variant is served.", step.attribute)
            }
        },
    }
}
