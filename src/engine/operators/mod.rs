//! The operators of conditions: each reads its expected values once and then tests one actual value at a time.
//!
//! Knows nothing of lists, negation or missing attributes; those are the condition's.

mod address;
mod equality;
mod instant;
mod number;
mod pattern;
mod text;
mod version;
mod window;

pub(super) use equality::Scalars;
pub(super) use window::Window;

use super::compile::Known;
use super::segment::CompiledSegment;
use crate::domain::condition::{Condition, Operand, Operator};
use crate::domain::flag::Problem;
use crate::domain::time::Timestamp;
use ipnet::IpNet;
use regex::bytes::Regex;
use semver::{Version, VersionReq};
use serde_json::Value;
use std::cmp::Ordering;
use std::sync::Arc;

/// A condition's operator with its expected values, ready to be asked.
#[derive(Debug)]
pub(super) enum Test {
    Present,
    Equals(Scalars),
    Text(text::Part, text::Needles),
    Matches(Box<[Regex]>),
    Number(Comparison, Box<[number::Num]>),
    Instant(Comparison, Box<[Timestamp]>),
    Version(Comparison, Box<[Version]>),
    VersionRange(Box<[VersionReq]>),
    Address(Box<[IpNet]>),
    Segments(Box<[Arc<CompiledSegment>]>),
    Windows(Box<[Window]>),
}

/// What one actual value is to the expected ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Hit,
    Miss,
    /// It cannot be compared with any of them.
    WrongType,
}

impl Verdict {
    /// The verdict on a value that could be read as the operator needs it, or could not.
    fn of<T>(read: Option<T>, hit: impl FnOnce(T) -> bool) -> Self {
        read.map_or(Self::WrongType, |actual| Self::from(hit(actual)))
    }
}

impl From<bool> for Verdict {
    fn from(hit: bool) -> Self {
        if hit { Self::Hit } else { Self::Miss }
    }
}

/// Which orders of actual to expected hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Comparison {
    const fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
        }
    }
    /// What an operator asks of the order; equality for those that do not compare.
    const fn of(operator: Operator) -> Self {
        match operator {
            Operator::GreaterThan | Operator::After | Operator::SemverGreater => Self::Greater,
            Operator::GreaterOrEqual | Operator::SemverGreaterOrEqual => Self::GreaterOrEqual,
            Operator::LessThan | Operator::Before | Operator::SemverLess => Self::Less,
            Operator::LessOrEqual | Operator::SemverLessOrEqual => Self::LessOrEqual,
            _ => Self::Equal,
        }
    }
}

impl Test {
    /// Reads a condition's values. `field` is the condition's path, for the problems.
    pub(super) fn compile(condition: &Condition, field: &str, known: Known<'_>) -> Result<Self, Vec<Problem>> {
        let operator = condition.operator;
        let order = Comparison::of(operator);
        Ok(match operator.operand() {
            Operand::Nothing => Self::Present,
            Operand::Scalar => Self::Equals(Scalars::new(&each(condition, field, equality::read)?)),
            Operand::Text => {
                let needles = each(condition, field, text::read)?;
                Self::Text(text::Part::of(operator), text::Needles::new(&needles, condition.ignore_case))
            }
            Operand::Pattern => Self::Matches(each(condition, field, |v, at| pattern::read(v, condition.ignore_case, at))?),
            Operand::Number => Self::Number(order, each(condition, field, number::read)?),
            Operand::Instant => Self::Instant(order, each(condition, field, instant::read)?),
            Operand::Version => Self::Version(order, each(condition, field, version::read)?),
            Operand::VersionRange => Self::VersionRange(each(condition, field, version::read_range)?),
            Operand::Cidr => Self::Address(each(condition, field, address::read)?),
            Operand::Segment => Self::Segments(each(condition, field, |v, at| known.segment(v, at))?),
            Operand::Window => Self::Windows(each(condition, field, window::read)?),
        })
    }

    /// Tests one value that is present and no list. Segments and windows look elsewhere and are never asked here.
    pub(super) fn verdict(&self, actual: &Value) -> Verdict {
        match self {
            Self::Present => Verdict::Hit,
            Self::Equals(expected) => equality::equals(actual, expected),
            Self::Text(part, needles) => text::has_part(actual, *part, needles),
            Self::Matches(patterns) => pattern::matches(actual, patterns),
            Self::Number(order, expected) => number::compares(actual, *order, expected),
            Self::Instant(order, expected) => instant::compares(actual, *order, expected),
            Self::Version(order, expected) => version::compares(actual, *order, expected),
            Self::VersionRange(ranges) => version::in_range(actual, ranges),
            Self::Address(blocks) => address::ip_in(actual, blocks),
            Self::Segments(_) | Self::Windows(_) => Verdict::Miss,
        }
    }
}

/// Reads every value of a condition and gathers what is wrong with each.
fn each<T>(
    condition: &Condition,
    field: &str,
    read: impl Fn(&Value, &str) -> Result<T, Problem>,
) -> Result<Box<[T]>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut values = Vec::with_capacity(condition.values.len());
    for (at, value) in condition.values.iter().enumerate() {
        match read(value, &format!("{field}.values[{at}]")) {
            Ok(value) => values.push(value),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(values.into()) } else { Err(problems) }
}
