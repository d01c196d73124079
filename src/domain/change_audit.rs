//! How a change to the history itself is said.

use super::Change;
use crate::domain::count::counted;
use serde_json::Value;

/// `set the history to be kept for 365 days, before for ever`
pub fn retention(change: &Change) -> String {
    let kept = |document: &Option<Value>| match number(document, "days") {
        None => "for ever".to_owned(),
        Some(days) => format!("for {} days", counted(days)),
    };
    format!("set the history to be kept {}, before {}", kept(&change.after), kept(&change.before))
}

/// `removed rows 1 to 500 of the history, which is kept for 365 days`
pub fn prune(change: &Change) -> String {
    let number = |field| number(&change.after, field).unwrap_or_default();
    let (first, last) = (counted(number("first")), counted(number("last")));
    format!("removed rows {first} to {last} of the history, which is kept for {} days", counted(number("days")))
}

/// `began the file audit.heads anew; the one before it remembered the history up to row 90`
pub fn heads(change: &Change) -> String {
    let reached = number(&change.before, "reached").unwrap_or_default();
    format!("began the file audit.heads anew; one before it remembered the history up to row {}", counted(reached))
}

fn number(document: &Option<Value>, field: &str) -> Option<u64> {
    document.as_ref()?.get(field)?.as_u64()
}
