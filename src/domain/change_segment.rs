//! What was changed about a segment, in a few words: its lists may be long.

use super::{Change, changed, or_else};
use crate::domain::count::counted;
use crate::domain::text::listed;
use serde_json::Value;
use std::collections::HashSet;

/// `added 99 120 ids to`, `changed the name and the conditions of`
pub fn told(change: &Change) -> String {
    let names = [
        ("name", "the name"),
        ("description", "the description"),
        ("include", "the included ids"),
        ("exclude", "the excluded ids"),
        ("groups", "the conditions"),
    ];
    let found = changed(change, &names);
    let one = match found.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["the included ids"] => told_list(change, "include", ""),
        ["the excluded ids"] => told_list(change, "exclude", "excluded "),
        _ => None,
    };
    one.unwrap_or_else(|| format!("changed {} of", or_else(listed(&found), "the definition")))
}

/// `added 5 and removed 1 excluded id of`; `None` where nothing but the order changed, or where the list is hidden.
fn told_list(change: &Change, field: &str, kind: &str) -> Option<String> {
    let (before, after) = (ids(&change.before, field)?, ids(&change.after, field)?);
    let (added, removed) = (after.difference(&before).count(), before.difference(&after).count());
    let count = |number: usize| counted(u64::try_from(number).unwrap_or(u64::MAX));
    let noun = |number: usize| format!("{kind}id{}", if number == 1 { "" } else { "s" });
    match (added, removed) {
        (0, 0) => None,
        (_, 0) => Some(format!("added {} {} to", count(added), noun(added))),
        (0, _) => Some(format!("removed {} {} from", count(removed), noun(removed))),
        _ => Some(format!("added {} and removed {} {} of", count(added), count(removed), noun(removed))),
    }
}

/// A list that is not there is empty; a text in its place says that it is hidden.
fn ids<'c>(document: &'c Option<Value>, field: &str) -> Option<HashSet<&'c str>> {
    match document.as_ref()?.get(field) {
        None => Some(HashSet::new()),
        Some(list) => Some(list.as_array()?.iter().filter_map(Value::as_str).collect()),
    }
}
