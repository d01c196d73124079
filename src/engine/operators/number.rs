//! `greater_than`, `greater_or_equal`, `less_than`, `less_or_equal` on JSON numbers.

use super::{Comparison, Verdict};
use crate::domain::flag::Problem;
use crate::engine::words;
use serde_json::Value;
use std::cmp::Ordering;

/// A JSON number: integers stay exact, everything else is a double.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::engine) enum Num {
    Integer(i128),
    Float(f64),
}

impl Num {
    pub(super) fn of(value: &Value) -> Option<Self> {
        let Value::Number(number) = value else { return None };
        let integer = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
        integer.map(Self::Integer).or_else(|| number.as_f64().map(Self::Float))
    }
    /// As a double, without a negative zero, so that ordering by it agrees with equality.
    pub(super) fn as_f64(self) -> f64 {
        match self {
            // Rounding to the nearest double is meant: `compare` looks closer where it matters.
            #[allow(clippy::cast_precision_loss)]
            Self::Integer(integer) => integer as f64,
            Self::Float(float) => float + 0.0,
        }
    }
    /// Two integers compare exactly, any other pair as doubles.
    pub(super) fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(one), Self::Integer(two)) => Some(one.cmp(&two)),
            _ => self.as_f64().partial_cmp(&other.as_f64()),
        }
    }
}

pub(super) fn read(value: &Value, field: &str) -> Result<Num, Problem> {
    Num::of(value).ok_or_else(|| Problem::new(field, format!("{}; write a number such as 20.", words::kind_of(value))))
}

/// Whether `actual` stands so to any of the expected numbers.
pub(super) fn compares(actual: &Value, order: Comparison, expected: &[Num]) -> Verdict {
    Verdict::of(Num::of(actual), |number| {
        expected.iter().any(|other| number.compare(*other).is_some_and(|found| order.holds(found)))
    })
}
