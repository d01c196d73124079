//! `before`, `after` on RFC 3339 instants. Equal instants are neither.

use super::{Comparison, Verdict};
use crate::domain::flag::Problem;
use crate::domain::time::Timestamp;
use crate::engine::words;
use serde_json::Value;

pub(super) fn read(value: &Value, field: &str) -> Result<Timestamp, Problem> {
    instant(value).ok_or_else(|| {
        let message = format!("{} is no instant; write it like \"2027-06-01T09:00:00Z\".", words::show(value));
        Problem::new(field, message)
    })
}

fn instant(value: &Value) -> Option<Timestamp> {
    Timestamp::parse(value.as_str()?).ok()
}

/// Whether `actual` is an instant that stands so to any of the expected ones.
pub(super) fn compares(actual: &Value, order: Comparison, expected: &[Timestamp]) -> Verdict {
    Verdict::of(instant(actual), |at| expected.iter().any(|other| order.holds(at.cmp(other))))
}
