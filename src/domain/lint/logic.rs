//! What conditions say of one another, whatever the context: one holds only where the other does, or both never hold
//! together. Follows the engine to the letter; where it is not sure, it says nothing.

use crate::domain::attribute::same;
use crate::domain::condition::{Condition, Operator};
use crate::domain::rule::TARGETING_KEY;
use crate::domain::time::Timestamp;
use serde_json::Value;
use std::collections::HashSet;

/// Whether `one` holds only where `other` does too.
pub fn implies(one: &Condition, other: &Condition) -> bool {
    if reads(other) && reads(one) && one.attribute != other.attribute {
        return false;
    }
    if test(other) == Operator::Exists && !is_inverted(other) && needs_presence(one) {
        return true;
    }
    if !is_inverted(one) && !is_inverted(other) && within(one, other) {
        return true;
    }
    let comparable = test(one) == test(other) && one.ignore_case == other.ignore_case && reads(one) == reads(other);
    match (comparable, is_inverted(one), is_inverted(other)) {
        (true, false, false) => is_subset(&one.values, &other.values),
        // A value of a type that no expected value has is of the wrong type, and does not hold even then.
        (true, true, true) => {
            is_subset(&other.values, &one.values) && (test(one) != Operator::Equals || kinds(one) == kinds(other))
        }
        _ => false,
    }
}

/// How two conditions exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exclusion {
    Always,
    /// A list may hold an element for each.
    UnlessList,
}

/// Whether the two never hold together.
pub fn exclude(one: &Condition, other: &Condition) -> Option<Exclusion> {
    let denies = |one: &Condition, other: &Condition| is_inverted(other) && implies(one, &flipped(other));
    if denies(one, other) || denies(other, one) {
        return Some(Exclusion::Always);
    }
    let on_one = needs_presence(one) && needs_presence(other) && one.attribute == other.attribute;
    if !on_one || !(kinds_differ(one, other) || are_apart(one, other) || are_apart(other, one)) {
        return None;
    }
    // The targeting key is a text, never a list.
    Some(if one.attribute == TARGETING_KEY { Exclusion::Always } else { Exclusion::UnlessList })
}

/// The operator without its `not_`; `in` is `equals`.
const fn test(condition: &Condition) -> Operator {
    match condition.operator {
        Operator::NotEquals | Operator::In | Operator::NotIn => Operator::Equals,
        Operator::NotContains => Operator::Contains,
        Operator::NotExists => Operator::Exists,
        Operator::NotInSegment => Operator::InSegment,
        operator => operator,
    }
}

const fn is_inverted(condition: &Condition) -> bool {
    condition.operator.is_negative() != condition.negate
}

fn flipped(condition: &Condition) -> Condition {
    Condition { negate: !condition.negate, ..condition.clone() }
}

const fn reads(condition: &Condition) -> bool {
    condition.operator.reads_attribute()
}

/// Whether it can hold only where the attribute is there.
fn needs_presence(condition: &Condition) -> bool {
    reads(condition) && !(test(condition) == Operator::Exists && is_inverted(condition))
}

/// Whether every value of `some` is one of `all`.
fn is_subset(some: &[Value], all: &[Value]) -> bool {
    const FEW: usize = 16;
    match some {
        [] => all.is_empty(),
        [first, ..] if !all.contains(first) => false,
        _ if some.len() <= FEW || all.len() <= FEW => some.iter().all(|value| all.contains(value)),
        _ => {
            let all: HashSet<String> = all.iter().map(Value::to_string).collect();
            some.iter().all(|value| all.contains(&value.to_string()))
        }
    }
}

/// Types of values, one bit each.
const TEXT: u8 = 1;
const NUMBER: u8 = 2;
const BOOLEAN: u8 = 4;

/// The types that the attribute must have one of for the condition to hold, negated or not.
fn kinds(condition: &Condition) -> u8 {
    match test(condition) {
        Operator::Exists => TEXT | NUMBER | BOOLEAN,
        Operator::Equals => condition.values.iter().fold(0, |kinds, value| kinds | kind(value)),
        Operator::GreaterThan | Operator::GreaterOrEqual | Operator::LessThan | Operator::LessOrEqual => NUMBER,
        _ => TEXT,
    }
}

const fn kind(value: &Value) -> u8 {
    match value {
        Value::String(_) => TEXT,
        Value::Number(_) => NUMBER,
        Value::Bool(_) => BOOLEAN,
        _ => 0,
    }
}

fn kinds_differ(one: &Condition, other: &Condition) -> bool {
    kinds(one) & kinds(other) == 0
}

/// Whether no single value meets both, neither of them inverted.
fn are_apart(one: &Condition, other: &Condition) -> bool {
    if is_inverted(one) || is_inverted(other) {
        return false;
    }
    match (test(one), test(other), Bound::of(one), Bound::of(other)) {
        (Operator::Equals, Operator::Equals, ..) => !one.values.iter().any(|value| other.values.iter().any(|o| same(value, o))),
        (Operator::Equals, _, _, Some(bound)) if bound.of == Scale::Number => {
            one.values.iter().all(|value| !value.is_number() || exact(value).is_some_and(|number| !bound.admits(number)))
        }
        (_, _, Some(low), Some(high)) if low.of == high.of && low.is_lower && !high.is_lower => {
            low.at > high.at || (low.at >= high.at && (low.is_strict || high.is_strict))
        }
        _ => false,
    }
}

/// What a bound is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scale {
    Number,
    Instant,
}

/// The loosest of a comparison's values: any of them is enough.
#[derive(Debug, Clone, Copy)]
struct Bound {
    of: Scale,
    is_lower: bool,
    is_strict: bool,
    at: f64,
}

impl Bound {
    fn of(condition: &Condition) -> Option<Self> {
        let (of, is_lower, is_strict) = match condition.operator {
            Operator::GreaterThan => (Scale::Number, true, true),
            Operator::GreaterOrEqual => (Scale::Number, true, false),
            Operator::LessThan => (Scale::Number, false, true),
            Operator::LessOrEqual => (Scale::Number, false, false),
            Operator::After => (Scale::Instant, true, true),
            Operator::Before => (Scale::Instant, false, true),
            _ => return None,
        };
        let read = |value: &Value| if of == Scale::Number { exact(value) } else { instant(value) };
        let values: Vec<f64> = condition.values.iter().map(read).collect::<Option<_>>()?;
        let loosest = if is_lower { f64::min } else { f64::max };
        values.into_iter().reduce(loosest).map(|at| Self { of, is_lower, is_strict, at })
    }

    fn admits(&self, value: f64) -> bool {
        match (self.is_lower, self.is_strict) {
            (true, true) => value > self.at,
            (true, false) => value >= self.at,
            (false, true) => value < self.at,
            (false, false) => value <= self.at,
        }
    }
}

/// Whether every value that meets `one` is within the bound `other`; both as they stand.
fn within(one: &Condition, other: &Condition) -> bool {
    let Some(bound) = Bound::of(other).filter(|_| needs_presence(one)) else { return false };
    if test(one) == Operator::Equals && bound.of == Scale::Number {
        return !one.values.is_empty() && one.values.iter().all(|value| exact(value).is_some_and(|number| bound.admits(number)));
    }
    let Some(tighter) = Bound::of(one).filter(|own| own.of == bound.of && own.is_lower == bound.is_lower) else { return false };
    let (inner, outer) = if bound.is_lower { (tighter.at, bound.at) } else { (bound.at, tighter.at) };
    inner > outer || (inner >= outer && (tighter.is_strict || !bound.is_strict))
}

/// Up to here, a double tells one integer from the next.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// A number that compares as a double as it does as it is.
fn exact(value: &Value) -> Option<f64> {
    value.as_f64().filter(|number| number.abs() <= EXACT)
}

/// Milliseconds; those of any calendar year are exact.
#[allow(clippy::cast_precision_loss)]
fn instant(value: &Value) -> Option<f64> {
    let at = Timestamp::parse(value.as_str()?).ok()?;
    Some(at.millis() as f64).filter(|millis| millis.abs() <= EXACT)
}
