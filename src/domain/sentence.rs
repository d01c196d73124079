//! Rules and states as sentences: "IF email ends with @shop.example → serve on". For pages, the audit and the console.

use super::condition::{Condition, Operand, Operator};
use super::rollout::{Plan, Rollout, Start};
use super::rule::{Rule, Serve, Split, percent};
use super::state::State;
use super::time::{SECOND, Timestamp};
use super::when;
use serde_json::Value;

/// A stretch of a sentence, so that a page can set names and values apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    /// An attribute, a variant or a share: what the sentence is about.
    Name(String),
    /// A value that somebody typed.
    Value(String),
}

impl Piece {
    fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
    fn name(text: impl Into<String>) -> Self {
        Self::Name(text.into())
    }
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text(text) | Self::Name(text) | Self::Value(text) => text,
        }
    }
}

/// The sentence as plain text.
pub fn plain(pieces: &[Piece]) -> String {
    pieces.iter().map(Piece::as_str).collect()
}

/// `email ends with @shop.example`
pub fn condition(condition: &Condition) -> String {
    plain(&condition_pieces(condition))
}

/// `serve on` · `25 % on, rest off, by targetingKey` · the share in force of a plan and when it changes.
pub fn serve(serve: &Serve, now: Timestamp) -> String {
    plain(&serve_pieces(serve, now))
}

/// `IF email ends with @shop.example → serve on`
pub fn rule(rule: &Rule, now: Timestamp) -> String {
    plain(&rule_pieces(rule, now))
}

pub fn rule_pieces(rule: &Rule, now: Timestamp) -> Vec<Piece> {
    let mut out = Vec::new();
    if !rule.active {
        out.push(Piece::text("(paused) "));
    }
    out.push(Piece::text(if rule.conditions.is_empty() { "Everyone" } else { "IF " }));
    for (at, condition) in rule.conditions.iter().enumerate() {
        if at > 0 {
            out.push(Piece::text(" and "));
        }
        out.extend(condition_pieces(condition));
    }
    out.push(Piece::text(" → "));
    out.extend(serve_pieces(&rule.serve, now));
    out
}

pub fn condition_pieces(condition: &Condition) -> Vec<Piece> {
    let operator = condition.operator;
    let mut out = Vec::new();
    if condition.negate {
        out.push(Piece::text("not: "));
    }
    if operator.reads_attribute() {
        out.extend([Piece::name(&condition.attribute), Piece::text(" ")]);
    } else if operator.operand() == Operand::Segment {
        out.push(Piece::text("the user "));
    }
    // Two phrases hold the place for their value: "is version 2.3 or above".
    let (phrase, after) = match operator.phrase().split_once(" (") {
        Some((phrase, rest)) => (phrase, format!(" {}", rest.trim_end_matches(')'))),
        None => (operator.phrase(), String::new()),
    };
    out.push(Piece::text(phrase));
    if operator.operand() != Operand::Nothing {
        out.push(Piece::text(" "));
        out.extend(value_pieces(operator, &condition.values));
    }
    if condition.ignore_case {
        out.push(Piece::text(" (in any case)"));
    }
    if !after.is_empty() {
        out.push(Piece::text(after));
    }
    out
}

fn value_pieces(operator: Operator, values: &[Value]) -> Vec<Piece> {
    if values.is_empty() {
        return vec![Piece::text("nothing")];
    }
    let mut out = Vec::new();
    for (at, value) in values.iter().enumerate() {
        match at {
            0 => {}
            _ if at + 1 == values.len() => out.push(Piece::text(" or ")),
            _ => out.push(Piece::text(", ")),
        }
        let text = if operator == Operator::TimeWindow { window(value) } else { scalar(value) };
        out.push(Piece::Value(text));
    }
    out
}

/// A value as people write it: texts without quotes, the empty text as such, everything else as JSON.
pub fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "an empty text".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// `mon, tue 09:00–17:00 Europe/Oslo`
fn window(value: &Value) -> String {
    let part = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or("?").to_owned();
    let days: Vec<&str> = match value.get("days").and_then(Value::as_array) {
        Some(days) if days.len() < 7 => days.iter().filter_map(Value::as_str).collect(),
        _ => vec!["every day"],
    };
    format!("{} {}–{} {}", days.join(", "), part("from"), part("to"), part("zone"))
}

pub fn serve_pieces(serve: &Serve, now: Timestamp) -> Vec<Piece> {
    match serve {
        Serve::Variant(name) => vec![Piece::text("serve "), Piece::name(name.as_str())],
        Serve::Split(split) => split_pieces(split),
        Serve::Rollout(rollout) => rollout_pieces(rollout, now),
    }
}

fn split_pieces(split: &Split) -> Vec<Piece> {
    let mut out = Vec::new();
    for (at, weight) in split.weights.iter().enumerate() {
        if at > 0 {
            out.push(Piece::text(", "));
        }
        // The second of two is what is left.
        let share = if at == 1 && split.weights.len() == 2 { "rest".to_owned() } else { percent(weight.share) };
        out.extend(share_of(share, weight.variant.as_str()));
    }
    out.extend(bucket_by(&split.bucket_by));
    out
}

fn rollout_pieces(rollout: &Rollout, now: Timestamp) -> Vec<Piece> {
    let mut out = share_of(percent(rollout.plan.share(now)), rollout.variant.as_str());
    out.push(Piece::text(", "));
    out.extend(share_of("rest".to_owned(), rollout.rest.as_str()));
    out.extend(bucket_by(&rollout.bucket_by));
    if let Some(then) = next_step(&rollout.plan, now) {
        out.push(Piece::text(format!(" ({then})")));
    }
    out
}

fn share_of(share: String, variant: &str) -> Vec<Piece> {
    vec![Piece::name(share), Piece::text(" "), Piece::name(variant)]
}

fn bucket_by(attribute: &str) -> [Piece; 2] {
    [Piece::text(", by "), Piece::name(attribute)]
}

/// What a plan does next: `25 % in 3 h 12 m`, `paused`; `None` when it has arrived.
pub fn next_step(plan: &Plan, now: Timestamp) -> Option<String> {
    if plan.held_at.is_some() {
        return Some("paused".to_owned());
    }
    let following = plan.steps.get(plan.current(now).map_or(0, |at| at + 1))?;
    Some(match following.starts_at {
        Start::At(at) => format!("{} {}", percent(following.share), when::ahead(at, now)),
        Start::OnApproval => format!("{} on approval", percent(following.share)),
        Start::After(millis) => format!("{} {} after the step before it", percent(following.share), when::span(millis)),
    })
}

/// When a step begins: `3 Dec 2026 09:00 UTC`, `on approval`, `1 d after the step before it`.
pub fn start(start: Start) -> String {
    match start {
        Start::At(at) => when::exact(at),
        Start::OnApproval => "on approval".to_owned(),
        Start::After(0) => "at once, when it is applied".to_owned(),
        Start::After(millis) => format!("{} after the step before it", when::span(millis)),
    }
}

/// Of a plan with more steps than this only the first few and the last are told.
const MANY: usize = 12;
const FEW: usize = 4;

/// A plan by itself, without a present: `1 % from 30 Nov 2026 09:00 UTC, 10 % 1 d later, 100 % once approved`. Of one that stands
/// still: `paused at 10 %; 25 % 14 h after it goes on`.
pub fn plan(plan: &Plan) -> String {
    let held = plan.held_at;
    // What is in force already is not to come.
    let ahead = plan.steps.iter().skip_while(|step| held.is_some_and(|held| step.share > 0 && step.share <= held));
    let (mut told, mut before): (Vec<String>, Option<Start>) = (Vec::new(), None);
    let ahead: Vec<_> = ahead.collect();
    for (at, step) in ahead.iter().enumerate() {
        // What the next step takes the place of at once is never seen.
        if ahead.get(at + 1).is_some_and(|next| is_at_once(step.starts_at, next.starts_at)) {
            continue;
        }
        told.push(format!("{}{}", percent(step.share), step_begins(step.starts_at, before, held.is_some())));
        before = Some(step.starts_at);
    }
    if told.len() > MANY {
        let left_out = told.len() - FEW - 1;
        told.splice(FEW..FEW + left_out, [format!("{left_out} more steps")]);
    }
    match held {
        None => told.join(", "),
        Some(held) if told.is_empty() => format!("paused at {}", percent(held)),
        Some(held) => format!("paused at {}; {}", percent(held), told.join(", ")),
    }
}

fn is_at_once(this: Start, next: Start) -> bool {
    match (this, next) {
        (Start::At(this), Start::At(next)) => next.millis() - this.millis() < SECOND,
        (Start::After(_) | Start::OnApproval, Start::After(millis)) => millis < SECOND,
        _ => false,
    }
}

/// When a step begins, after the one that is told before it: ` 1 d later`.
fn step_begins(start: Start, before: Option<Start>, is_held: bool) -> String {
    let goes_on = if is_held { "it goes on" } else { "it is applied" };
    match (start, before) {
        (Start::At(_), _) if is_held => String::new(),
        (Start::At(at), Some(Start::At(earlier))) => format!(" {} later", when::span(at.millis() - earlier.millis())),
        (Start::At(at), _) => format!(" from {}", when::exact(at)),
        (Start::OnApproval, _) => " once approved".to_owned(),
        (Start::After(0), None) if is_held => " once it goes on".to_owned(),
        (Start::After(0), None) => " at once, when it is applied".to_owned(),
        (Start::After(millis), None) => format!(" {} after {goes_on}", when::span(millis)),
        // It is counted from the step before it, unless that has been there for a while already.
        (Start::After(0), Some(Start::At(_))) => " when it is applied".to_owned(),
        (Start::After(millis), Some(_)) => format!(" {} later", when::span(millis)),
    }
}

/// A whole state: `Off: everyone gets off` · `1 target, 2 rules, then 25 % on, rest off, by targetingKey`.
pub fn summary(state: &State, now: Timestamp) -> String {
    if !state.enabled {
        return format!("Off: everyone gets {}", state.off_variant);
    }
    let units: usize = state.targets.iter().map(|target| target.units.len()).sum();
    let active = state.rules.iter().filter(|rule| rule.active).count();
    let parts: Vec<String> = [count(units, "target"), count(active, "rule")].into_iter().flatten().collect();
    let rest = serve(&state.fallthrough, now);
    match parts.is_empty() {
        true => match &state.fallthrough {
            Serve::Variant(name) => format!("On: everyone gets {name}"),
            _ => format!("On: {rest}"),
        },
        false => format!("On: {}, then {rest}", parts.join(", ")),
    }
}

/// A state in a few characters, for a table: `off`, `10 %`, `on`, `3 rules`.
pub fn glance(state: &State, now: Timestamp) -> String {
    if !state.enabled {
        return "off".to_owned();
    }
    let first = |split: &Split| split.weights.first().map_or(String::new(), |weight| percent(weight.share));
    match &state.fallthrough {
        Serve::Split(split) if split.weights.len() == 2 => first(split),
        Serve::Split(split) => format!("{} ways", split.weights.len()),
        Serve::Rollout(rollout) => percent(rollout.plan.share(now)),
        Serve::Variant(name) => match count(state.rules.iter().filter(|rule| rule.active).count(), "rule") {
            Some(rules) => rules,
            None => name.to_string(),
        },
    }
}

fn count(number: usize, noun: &str) -> Option<String> {
    match number {
        0 => None,
        1 => Some(format!("1 {noun}")),
        n => Some(format!("{n} {noun}s")),
    }
}

#[cfg(test)]
#[path = "sentence_tests.rs"]
mod tests;
