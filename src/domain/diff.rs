//! What changed between two documents, field by field. Items of a list are matched by what they are, not by where they
//! stand, so that a rule put on top is one move and not a rewrite of every rule below it.

#[path = "diff_label.rs"]
mod label;

use super::condition::Condition;
use super::count::counted;
use super::flag::{ExpiryAction, Owner, last_day};
use super::rollout::{Hold, Plan, Start};
use super::rule::{Rule, Serve, percent};
use super::sentence;
use super::state::Target;
use super::time::{DAY, Timestamp};
use super::when;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::borrow::Borrow;
use std::collections::HashMap;

/// What became of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffKind {
    Added,
    Removed,
    Changed,
    /// The same item at another place: `before` and `after` are `2` and `1`, counted from 1.
    Moved,
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffRow {
    /// Where: `rules[Staff].serve`, `tags`.
    pub path: String,
    pub kind: DiffKind,
    /// As people read it; `None` where there was none.
    pub before: Option<String>,
    pub after: Option<String>,
}

impl DiffRow {
    /// Where, as people read it: `rules / Staff / serve`, `last day`.
    pub fn label(&self) -> String {
        label::of(&self.path)
    }
    /// `rules[Staff]: moved from 2 to 1`
    pub fn sentence(&self) -> String {
        let (before, after) = (self.before.as_deref().unwrap_or_default(), self.after.as_deref().unwrap_or_default());
        match self.kind {
            DiffKind::Added => format!("{}: added {after}", self.path),
            DiffKind::Removed => format!("{}: removed {before}", self.path),
            DiffKind::Changed => format!("{}: {before} → {after}", self.path),
            DiffKind::Moved => format!("{}: moved from {before} to {after}", self.path),
        }
    }
}

/// Every difference between two documents. `Null` stands for no document at all: then every field was added or removed.
pub fn diff(before: &Value, after: &Value) -> Vec<DiffRow> {
    let mut rows = Vec::new();
    let empty = Value::Object(Map::new());
    match (before, after) {
        (Value::Null, Value::Object(_)) => compare("", &empty, after, &mut rows),
        (Value::Object(_), Value::Null) => compare("", before, &empty, &mut rows),
        _ => compare("", before, after, &mut rows),
    }
    rows
}

fn compare(path: &str, before: &Value, after: &Value, rows: &mut Vec<DiffRow>) {
    match (before, after) {
        _ if before == after => {}
        _ if plans(path, before, after, rows) => {}
        (Value::Object(a), Value::Object(b)) if same_kind(a, b) => objects(path, a, b, rows),
        (Value::Array(a), Value::Array(b)) => arrays(path, a, b, rows),
        _ => push(path, DiffKind::Changed, Some(before), Some(after), rows),
    }
}

/// Two plans are told as a whole, where that says how they differ: instants and lengths of time one by one tell nobody anything.
fn plans(path: &str, before: &Value, after: &Value, rows: &mut Vec<DiffRow>) -> bool {
    let read = |value: &Value| {
        Plan::deserialize(value).ok().filter(|_| path.ends_with("rollout.plan")).map(|plan| sentence::plan(&plan))
    };
    let told = read(before).zip(read(after)).filter(|(before, after)| before != after);
    if told.is_some() {
        push(path, DiffKind::Changed, Some(before), Some(after), rows);
    }
    told.is_some()
}

/// Tagged values, such as a split that became a rollout, are told as a whole: their fields have nothing in common.
fn same_kind(a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
    a.len() != 1 || b.len() != 1 || a.keys().eq(b.keys())
}

fn objects(path: &str, a: &Map<String, Value>, b: &Map<String, Value>, rows: &mut Vec<DiffRow>) {
    for (key, before) in a {
        let path = join(path, key);
        match b.get(key) {
            Some(after) => compare(&path, before, after, rows),
            None => push(&path, DiffKind::Removed, Some(before), None, rows),
        }
    }
    for (key, after) in b.iter().filter(|(key, _)| !a.contains_key(*key)) {
        push(&join(path, key), DiffKind::Added, None, Some(after), rows);
    }
}

fn arrays(path: &str, a: &[Value], b: &[Value], rows: &mut Vec<DiffRow>) {
    if let Some(field) = ["id", "name", "variant", "key"].into_iter().find(|field| identifies(field, a) && identifies(field, b)) {
        return keyed(path, field, a, b, rows);
    }
    if is_plain(a) && is_plain(b) {
        return scalars(path, a, b, rows);
    }
    for at in 0..a.len().max(b.len()) {
        let path = format!("{path}[{}]", at + 1);
        match (a.get(at), b.get(at)) {
            (Some(before), Some(after)) => compare(&path, before, after, rows),
            (before, None) => push(&path, DiffKind::Removed, before, None, rows),
            (None, after) => push(&path, DiffKind::Added, None, after, rows),
        }
    }
}

/// Whether every item is an object with a text in `field`, and no two the same.
fn identifies(field: &str, items: &[Value]) -> bool {
    let mut seen = std::collections::HashSet::new();
    items.iter().all(|item| item.get(field).and_then(Value::as_str).is_some_and(|id| seen.insert(id)))
}

fn keyed(path: &str, field: &str, a: &[Value], b: &[Value], rows: &mut Vec<DiffRow>) {
    let id = |item: &Value| item.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let place = |item: &Value| format!("{path}[{}]", title(item, field));
    let position = |items: &[Value], wanted: &str| items.iter().position(|item| id(item) == wanted);
    for item in a.iter().filter(|item| position(b, &id(item)).is_none()) {
        push(&place(item), DiffKind::Removed, Some(item), None, rows);
    }
    // Where the items that stayed stood before, in the order they stand in now.
    let kept: Vec<(usize, usize)> =
        b.iter().enumerate().filter_map(|(to, item)| position(a, &id(item)).map(|from| (from, to))).collect();
    let settled = longest_rise(&kept.iter().map(|pair| pair.0).collect::<Vec<_>>());
    for (to, item) in b.iter().enumerate() {
        let Some(at) = kept.iter().position(|pair| pair.1 == to) else {
            push(&place(item), DiffKind::Added, None, Some(item), rows);
            continue;
        };
        let from = kept[at].0;
        if !settled.contains(&from) {
            let place_of = |index: usize| Some((index + 1).to_string());
            rows.push(DiffRow { path: place(item), kind: DiffKind::Moved, before: place_of(from), after: place_of(to) });
        }
        compare(&place(item), &a[from], item, rows);
    }
}

/// What an item is called in a path: its name where it has one, else what identifies it.
fn title(item: &Value, field: &str) -> String {
    let text = |field: &str| item.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
    text("name").or_else(|| text(field)).unwrap_or_default().to_owned()
}

/// The longest rising subsequence: the most items that need not have moved.
fn longest_rise(places: &[usize]) -> Vec<usize> {
    let mut best: Vec<Vec<usize>> = Vec::with_capacity(places.len());
    for (at, &place) in places.iter().enumerate() {
        let before = best[..at].iter().filter(|run| run.last().is_some_and(|last| *last < place));
        let mut run = before.max_by_key(|run| run.len()).cloned().unwrap_or_default();
        run.push(place);
        best.push(run);
    }
    best.into_iter().max_by_key(Vec::len).unwrap_or_default()
}

fn scalars(path: &str, a: &[Value], b: &[Value], rows: &mut Vec<DiffRow>) {
    let (removed, added) = (beyond(a, b), beyond(b, a));
    if removed.is_empty() && added.is_empty() {
        let list = |items: &[Value]| many(items).or_else(|| Some(plain_list(items)));
        rows.push(DiffRow { path: path.to_owned(), kind: DiffKind::Changed, before: list(a), after: list(b) });
        return;
    }
    match many(&removed) {
        Some(told) => rows.push(DiffRow { path: path.to_owned(), kind: DiffKind::Removed, before: Some(told), after: None }),
        None => removed.into_iter().for_each(|item| push(path, DiffKind::Removed, Some(item), None, rows)),
    }
    match many(&added) {
        Some(told) => rows.push(DiffRow { path: path.to_owned(), kind: DiffKind::Added, before: None, after: Some(told) }),
        None => added.into_iter().for_each(|item| push(path, DiffKind::Added, None, Some(item), rows)),
    }
}

/// More items of a plain list than this are counted, and only the first few are named.
const MANY: usize = 20;
const FEW: usize = 3;

/// `99 120 items: user_1, user_2, user_3 and 99 117 more`, where a list is so long that it would bury everything else.
fn many<V: Borrow<Value>>(items: &[V]) -> Option<String> {
    let number = |count: usize| counted(u64::try_from(count).unwrap_or(u64::MAX));
    let told = || format!("{} items: {} and {} more", number(items.len()), plain_list(&items[..FEW]), number(items.len() - FEW));
    (items.len() > MANY).then(told)
}

fn plain_list<V: Borrow<Value>>(items: &[V]) -> String {
    items.iter().map(|item| sentence::scalar(item.borrow())).collect::<Vec<_>>().join(", ")
}

fn is_plain(items: &[Value]) -> bool {
    items.iter().all(|item| !item.is_object() && !item.is_array())
}

/// What `items` has more often than `others`, in its order.
fn beyond<'v>(items: &'v [Value], others: &[Value]) -> Vec<&'v Value> {
    let mut left: HashMap<Scalar<'_>, usize> = HashMap::with_capacity(others.len());
    for other in others {
        *left.entry(Scalar::of(other)).or_default() += 1;
    }
    let mut found = Vec::new();
    for item in items {
        match left.get_mut(&Scalar::of(item)).filter(|count| **count > 0) {
            Some(count) => *count -= 1,
            None => found.push(item),
        }
    }
    found
}

/// A value of a plain list, to be counted: JSON values have no hash.
#[derive(PartialEq, Eq, Hash)]
enum Scalar<'v> {
    Text(&'v str),
    Other(String),
}

impl<'v> Scalar<'v> {
    fn of(value: &'v Value) -> Self {
        value.as_str().map_or_else(|| Self::Other(value.to_string()), Self::Text)
    }
}

fn push(path: &str, kind: DiffKind, before: Option<&Value>, after: Option<&Value>, rows: &mut Vec<DiffRow>) {
    let read = |value: &Value| text(path, value);
    rows.push(DiffRow { path: path.to_owned(), kind, before: before.map(read), after: after.map(read) });
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// What stands at `path` of a document, as people read it.
pub fn said(path: &str, value: &Value) -> String {
    text(path, value)
}

/// A value as people read it: what the domain knows as a sentence, shares as percentages, the rest as it is written.
fn text(path: &str, value: &Value) -> String {
    let field = path.rsplit('.').next().unwrap_or(path);
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Array(items) if items.is_empty() => "an empty list".to_owned(),
        Value::Array(items) if items.len() > MANY && is_plain(items) => many(items).unwrap_or_default(),
        Value::Array(items) => items.iter().map(|item| text(path, item)).collect::<Vec<_>>().join("; "),
        Value::Number(number) if matches!(field, "share" | "held_at") => {
            number.as_u64().and_then(|n| u16::try_from(n).ok()).map_or_else(|| number.to_string(), percent)
        }
        Value::Number(number) if path.ends_with(".starts_at.after") || path.ends_with(".hold.for") => {
            number.as_i64().map_or_else(|| number.to_string(), when::span)
        }
        _ if field == "starts_at" => Start::deserialize(value).map_or_else(|_| value.to_string(), sentence::start),
        _ if field == "hold" => Hold::deserialize(value).map_or_else(|_| value.to_string(), Hold::told),
        _ if path == "on_expiry" => ExpiryAction::deserialize(value).map_or_else(|_| value.to_string(), |action| action.told()),
        Value::Object(_) if path == "owner" => owner(value),
        Value::String(at) if field == "expires_at" => Timestamp::parse(at).map_or_else(|_| at.clone(), expiry),
        Value::String(at) if field.ends_with("_at") || field == "review_by" || path.ends_with(".starts_at.at") => {
            Timestamp::parse(at).map_or_else(|_| at.clone(), when::exact)
        }
        Value::Object(_) => known(value).unwrap_or_else(|| value.to_string()),
        other => sentence::scalar(other),
    }
}

/// The last day, as the form has it, where that is a whole one.
fn expiry(at: Timestamp) -> String {
    if at.millis() % DAY == 0 { when::date(last_day(at)) } else { when::exact(at) }
}

/// Whoever names people puts their names in the place of their ids first.
fn owner(value: &Value) -> String {
    match Owner::deserialize(value) {
        Ok(Owner::Person(id)) => id.to_string(),
        Ok(Owner::Team(key)) => format!("the team {key}"),
        Ok(Owner::Unclaimed(name)) => name,
        Err(_) => value.to_string(),
    }
}

/// The parts of a state as sentences. A rollout is told by its plan: a document has no present.
fn known(value: &Value) -> Option<String> {
    fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
        T::deserialize(value).ok()
    }
    let served = |serve: &Serve| match serve {
        Serve::Rollout(rollout) => {
            format!(
                "{} to {}; the rest get {}, by {}",
                rollout.variant,
                sentence::plan(&rollout.plan),
                rollout.rest,
                rollout.bucket_by
            )
        }
        other => sentence::serve(other, Timestamp::from_millis(0)),
    };
    if let Some(rule) = read::<Rule>(value) {
        let bare = Rule { serve: Serve::Variant(super::key::VariantName::on()), ..rule.clone() };
        let test = sentence::rule(&bare, Timestamp::from_millis(0));
        let test = test.rsplit_once(" → ").map_or(test.as_str(), |pair| pair.0);
        return Some(format!("{test} → {}", served(&rule.serve)));
    }
    read::<Serve>(value)
        .map(|serve| served(&serve))
        .or_else(|| read::<Condition>(value).map(|c| sentence::condition(&c)))
        .or_else(|| read::<Plan>(value).map(|p| sentence::plan(&p)))
        .or_else(|| read::<Target>(value).map(|t| format!("{} to {}", t.variant, t.units.join(", "))))
}

#[cfg(test)]
#[path = "diff_tests.rs"]
mod tests;
