//! Two people's edits of one document, such as a flag's definition or a segment. Its fields are each taken whole, save for
//! lists that are sets: tags, and the ids of a segment, of which everybody's additions and removals are taken. What only one
//! of them changed is taken; what both changed in different ways is asked, as [`super::merge`] does for states.

use super::merge::{Choices, Clash, Side};
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashSet};

/// Fields whose order means nothing.
const SETS: [&str; 3] = ["include", EXCLUDE, "tags"];
/// Where somebody is either in or out: two lists that exclude each other.
const OPPOSITES: (&str, &str) = ("include", EXCLUDE);
const EXCLUDE: &str = "exclude";

/// What came of it. Where a clash is still open the document has yours.
#[derive(Debug, Clone, PartialEq)]
pub struct MergedDocument {
    pub document: Value,
    pub clashes: Vec<Clash>,
}

impl MergedDocument {
    pub fn is_settled(&self) -> bool {
        self.clashes.iter().all(|clash| clash.choice.is_some())
    }
}

/// Brings `yours` and `theirs` together, which both began as `base`. A field that is absent on one side counts as `Null`.
pub fn merge_document(base: &Value, yours: &Value, theirs: &Value, choices: &Choices) -> MergedDocument {
    let (mut document, mut clashes) = (Map::new(), Vec::new());
    for field in fields(&[theirs, yours, base]) {
        let at = |side: &Value| side.get(&field).cloned().unwrap_or(Value::Null);
        let (was, mine, other) = (at(base), at(yours), at(theirs));
        let taken = if mine == other || other == was {
            mine
        } else if mine == was {
            other
        } else if let Some(all) = set(&field, &was, &mine, &other) {
            all
        } else {
            let choice = choices.get(&field).copied();
            let taken = if choice == Some(Side::Theirs) { other.clone() } else { mine.clone() };
            let (path, said) = (field.clone(), field.clone());
            clashes.push(Clash { path, said, base: was, yours: mine, theirs: other, choice });
            taken
        };
        if !taken.is_null() {
            document.insert(field, taken);
        }
    }
    clashes.extend(opposed(base, yours, theirs, &mut document, choices));
    MergedDocument { document: Value::Object(document), clashes }
}

/// What is left of a set after what either side took out, with what either side put in. New ones follow in their own order,
/// whichever side they come from. `None` for what is no set.
fn set(field: &str, base: &Value, yours: &Value, theirs: &Value) -> Option<Value> {
    let is_set = SETS.contains(&field);
    let [base, yours, theirs] = [base, yours, theirs].map(|side| texts(side).filter(|_| is_set));
    let (base, yours, theirs) = (base?, yours?, theirs?);
    let hashed = |side: &[&'_ str]| side.iter().map(|text| (*text).to_owned()).collect::<HashSet<String>>();
    let (was, mine, other) = (hashed(&base), hashed(&yours), hashed(&theirs));
    let kept = base.iter().filter(|text| mine.contains(**text) && other.contains(**text));
    let new: BTreeSet<&str> = yours.iter().chain(&theirs).filter(|text| !was.contains(**text)).copied().collect();
    let all: Vec<Value> = kept.copied().chain(new).map(Value::from).collect();
    Some(if all.is_empty() { Value::Null } else { Value::Array(all) })
}

/// The texts of a list of nothing else; of what is not there, none.
fn texts(side: &Value) -> Option<Vec<&str>> {
    match side {
        Value::Null => Some(Vec::new()),
        Value::Array(items) => items.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

/// Whoever one side lets in and the other shuts out: each is right by itself, and both together are not what either meant.
/// The document then has them where the chosen side has them.
fn opposed(base: &Value, yours: &Value, theirs: &Value, document: &mut Map<String, Value>, choices: &Choices) -> Option<Clash> {
    let (inside, outside) = OPPOSITES;
    let of = |side: &Value, field: &str| -> HashSet<String> {
        texts(side.get(field).unwrap_or(&Value::Null)).unwrap_or_default().into_iter().map(str::to_owned).collect()
    };
    let both = |side: &Value| -> HashSet<String> { of(side, inside).intersection(&of(side, outside)).cloned().collect() };
    let meant: HashSet<String> = [base, yours, theirs].into_iter().flat_map(both).collect();
    let (mine, other) = (of(yours, outside), of(theirs, outside));
    let merged = both(&Value::Object(document.clone()));
    let torn: BTreeSet<&String> =
        merged.iter().filter(|id| !meant.contains(*id) && mine.contains(*id) != other.contains(*id)).collect();
    if torn.is_empty() {
        return None;
    }
    let choice = choices.get(outside).copied();
    let shut_out = if choice == Some(Side::Theirs) { &other } else { &mine };
    for (field, leaves) in [(inside, true), (outside, false)] {
        let Some(Value::Array(list)) = document.get_mut(field) else { continue };
        list.retain(|id| id.as_str().is_none_or(|id| !torn.contains(&id.to_owned()) || shut_out.contains(id) != leaves));
        if list.is_empty() {
            document.remove(field);
        }
    }
    let told = |side: &HashSet<String>| {
        Value::from_iter(torn.iter().filter(|id| side.contains(**id)).map(|id| Value::from(id.as_str())))
    };
    Some(Clash {
        path: outside.to_owned(),
        said: outside.to_owned(),
        base: told(&of(base, outside)),
        yours: told(&mine),
        theirs: told(&other),
        choice,
    })
}

/// The names of all fields, each once, in the order of the first document that has them.
fn fields(documents: &[&Value]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in documents.iter().filter_map(|document| document.as_object()).flat_map(Map::keys) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

#[cfg(test)]
#[path = "merge_document_tests.rs"]
mod tests;
