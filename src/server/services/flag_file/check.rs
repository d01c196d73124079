//! The last check: what the domain and the engine say about a flag that could be read, at the file's lines.

use super::fields::{Fields, Notes};
use super::finding::Place;
use super::tree::Node;
use crate::domain::flag::{Flag, Problem};
use crate::domain::limits;
use crate::domain::state::State;
use crate::engine::{Segments, compile};

/// Where the values of a rule stand, and how the file calls them.
fn of_rule(fields: &Fields<'_>, at: usize) -> (Place, String) {
    let path = format!("{}[{at}]", fields.path_of("rules"));
    let Some(Node::List(items)) = fields.get("rules").map(|tree| &tree.node) else { return (fields.at, path) };
    let Some(item) = items.get(at) else { return (fields.at, path) };
    match &item.node {
        Node::Map(entries) => {
            let rule = Fields::new(path, item.at, entries);
            let field = ["value", "operator"].into_iter().find(|name| rule.get(name).is_some()).unwrap_or_default();
            (rule.get(field).map_or(item.at, |tree| tree.at), rule.path_of(field))
        }
        _ => (item.at, path),
    }
}

/// The place in the file of a field of [`Flag`] or [`State`].
pub(super) fn located(fields: &Fields<'_>, field: &str) -> (Place, String) {
    let index = field.strip_prefix("rules[").and_then(|rest| rest.split(']').next()?.parse().ok());
    if let Some(at) = index {
        return of_rule(fields, at);
    }
    let head = field.split(['.', '[']).next().unwrap_or_default();
    let names: &[&str] = match head {
        "targets" => &["allowed_users"],
        "fallthrough" => &["rollout", "percentage"],
        "off_variant" => &["off", "variants"],
        "expires_at" => &["expires"],
        "ticket" => &["jira", "ticket"],
        other => &[other],
    };
    match names.iter().find(|name| fields.get(name).is_some()) {
        Some(name) => (fields.place_of(name), fields.path_of(name)),
        None => (fields.at, fields.path.clone()),
    }
}

/// Notes every problem of the flag and its state.
pub fn run(fields: &Fields<'_>, flag: &Flag, state: &State, segments: &Segments, notes: &mut Notes) {
    let compiled = compile(flag, state, segments).err().unwrap_or_default();
    let mut told: Vec<Problem> = Vec::new();
    for problem in flag.problems().into_iter().chain(compiled).chain(limits::of_state(state, None)) {
        if !told.contains(&problem) {
            let (at, path) = located(fields, &problem.field);
            notes.error(at, path, problem.message.clone());
            told.push(problem);
        }
    }
}
