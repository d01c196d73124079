//! One condition: finds its attribute, lets the operator test it, and applies lists, absence and negation.

use super::compile::Known;
use super::context::{AttributePath, Context};
use super::explain::Outcome;
use super::operators::{Test, Verdict, Window};
use super::trace::Trace;
use super::words;
use crate::domain::condition::{Condition, Operand};
use crate::domain::flag::Problem;
use crate::domain::time::Timestamp;
use serde_json::Value;

/// What conditions are held against.
pub(super) struct Scope<'c> {
    pub(super) context: &'c Context,
    pub(super) now: Timestamp,
}

#[derive(Debug)]
pub(super) struct CompiledCondition {
    /// As it was written, for explanations.
    source: Condition,
    path: AttributePath,
    test: Test,
    /// Holds where the test misses: a `not_…` operator or `negate`, but not both.
    inverted: bool,
}

impl CompiledCondition {
    /// `field` is the condition's path in the document, for the problems.
    pub(super) fn compile(source: &Condition, field: &str, known: Known<'_>) -> Result<Self, Vec<Problem>> {
        let mut problems = shape_problems(source, field);
        match Test::compile(source, field, known) {
            Ok(test) if problems.is_empty() => Ok(Self {
                path: AttributePath::new(&source.attribute),
                test,
                inverted: source.operator.is_negative() != source.negate,
                source: source.clone(),
            }),
            Ok(_) => Err(problems),
            Err(found) => {
                problems.extend(found);
                Err(problems)
            }
        }
    }

    pub(super) fn source(&self) -> &Condition {
        &self.source
    }

    /// Its time windows; empty for every other operator.
    pub(super) fn windows(&self) -> &[Window] {
        if let Test::Windows(windows) = &self.test { windows } else { &[] }
    }

    /// Whether two contexts may differ in it.
    pub(super) fn reads_context(&self) -> bool {
        !matches!(self.test, Test::Windows(_))
    }

    /// The next instant at which it may hold where it did not, or the other way, with the same context.
    pub(super) fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        match &self.test {
            Test::Windows(windows) => windows.iter().filter_map(|window| window.next_change(now)).min(),
            Test::Segments(segments) => segments.iter().filter_map(|segment| segment.next_change(now)).min(),
            _ => None,
        }
    }

    pub(super) fn holds<T: Trace>(&self, scope: &Scope<'_>, trace: &mut T) -> bool {
        let (actual, verdict) = self.look(scope, trace);
        let outcome = self.conclude(verdict);
        trace.condition(self, actual, outcome, scope);
        outcome == Outcome::Holds
    }

    /// The value it found and the test's verdict; `None` as verdict: the attribute is missing.
    fn look<'c, T: Trace>(&self, scope: &Scope<'c>, trace: &mut T) -> (Option<&'c Value>, Option<Verdict>) {
        match &self.test {
            Test::Segments(segments) => {
                let mut inside = segments.iter().map(|segment| segment.has(scope, trace));
                (None, Some(Verdict::from(inside.any(|member| member))))
            }
            Test::Windows(windows) => (None, Some(Verdict::from(windows.iter().any(|window| window.contains(scope.now))))),
            Test::Present => {
                let actual = scope.context.find(&self.path);
                (actual, Some(Verdict::from(actual.is_some())))
            }
            test => {
                let actual = scope.context.find(&self.path);
                (actual, actual.map(|value| any_element(test, value)))
            }
        }
    }

    const fn conclude(&self, verdict: Option<Verdict>) -> Outcome {
        match (verdict, self.inverted) {
            (None, _) => Outcome::Missing,
            (Some(Verdict::WrongType), _) => Outcome::WrongType,
            (Some(Verdict::Hit), false) | (Some(Verdict::Miss), true) => Outcome::Holds,
            (Some(Verdict::Hit), true) | (Some(Verdict::Miss), false) => Outcome::Fails,
        }
    }
}

/// A list hits when any element does; it is of the wrong type when all of its elements are, and there is one.
fn any_element(test: &Test, actual: &Value) -> Verdict {
    let Value::Array(elements) = actual else { return test.verdict(actual) };
    let mut overall = if elements.is_empty() { Verdict::Miss } else { Verdict::WrongType };
    for element in elements {
        match test.verdict(element) {
            Verdict::Hit => return Verdict::Hit,
            Verdict::Miss => overall = Verdict::Miss,
            Verdict::WrongType => {}
        }
    }
    overall
}

/// Whether all hold. A watcher sees every one of them; otherwise the first that fails ends it.
pub(super) fn all_hold<T: Trace>(conditions: &[CompiledCondition], scope: &Scope<'_>, trace: &mut T) -> bool {
    let mut all = true;
    for condition in conditions {
        all &= condition.holds(scope, trace);
        if !all && !T::ON {
            break;
        }
    }
    all
}

/// Compiles a list of conditions; `field` is the list's path.
pub(super) fn compile_all(
    conditions: &[Condition],
    field: &str,
    known: Known<'_>,
    problems: &mut Vec<Problem>,
) -> Box<[CompiledCondition]> {
    let compiled = conditions.iter().enumerate().filter_map(|(at, condition)| {
        let compiled = CompiledCondition::compile(condition, &format!("{field}[{at}]"), known);
        compiled.map_err(|found| problems.extend(found)).ok()
    });
    compiled.collect()
}

/// What is wrong beside the single values.
fn shape_problems(source: &Condition, field: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    let (operator, operand) = (source.operator, source.operator.operand());
    if operator.reads_attribute() && source.attribute.is_empty() {
        found.push(Problem::new(format!("{field}.attribute"), "Name the attribute to look at, such as plan or user.country."));
    }
    match (operand, source.values.as_slice()) {
        (Operand::Nothing, [first, ..]) => {
            let message = format!("{} takes no values; remove {}.", operator.as_str(), words::show(first));
            found.push(Problem::new(format!("{field}.values"), message));
        }
        (Operand::Nothing, []) | (_, [_, ..]) => {}
        (_, []) => {
            let message = format!("{} needs at least one value, such as {}.", operator.as_str(), example(operand));
            found.push(Problem::new(format!("{field}.values"), message));
        }
    }
    if source.ignore_case && !matches!(operand, Operand::Text | Operand::Pattern) {
        let message =
            format!("{} has no case to ignore; only contains, starts_with, ends_with and matches have.", operator.as_str());
        found.push(Problem::new(format!("{field}.ignore_case"), message));
    }
    found
}

const fn example(operand: Operand) -> &'static str {
    match operand {
        Operand::Nothing => "none",
        Operand::Scalar | Operand::Text => "\"pro\"",
        Operand::Pattern => "\"@shop\\\\.example$\"",
        Operand::Number => "20",
        Operand::Instant => "\"2027-06-01T09:00:00Z\"",
        Operand::Version => "\"2.3.0\"",
        Operand::VersionRange => "\"^1.2\"",
        Operand::Cidr => "\"10.0.0.0/8\"",
        Operand::Segment => "the key of a segment",
        Operand::Window => "{\"from\": \"09:00\", \"to\": \"17:00\", \"zone\": \"Europe/Oslo\"}",
    }
}
