//! What was changed about a member of a project: the role, and whether they may break the glass.

use super::sentence::Piece;
use super::{Change, name, of, text};
use serde_json::Value;

pub fn told(change: &Change) -> Vec<Piece> {
    let (before, after) = (of(&change.before, "role"), of(&change.after, "role"));
    let breaks = |side: &Option<Value>| side.as_ref().and_then(|side| side.get("break_glass")).and_then(Value::as_bool);
    let (had, has) = (breaks(&change.before).unwrap_or_default(), breaks(&change.after).unwrap_or_default());
    let glass = match (had, has) {
        (false, true) => " and let them break the glass",
        (true, false) => " and no longer lets them break the glass",
        _ => "",
    };
    let member = name(change.name());
    match before.is_empty() {
        true => vec![text("added "), member, text(format!(" to the project as {after}{glass}"))],
        false if before == after && has => vec![text("let "), member, text(" break the glass")],
        false if before == after && had => vec![text("no longer lets "), member, text(" break the glass")],
        false => vec![text("changed the role of "), member, text(format!(" from {before} to {after}{glass}"))],
    }
}
