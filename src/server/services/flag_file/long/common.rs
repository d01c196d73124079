//! What the sections of the long form have in common: required fields, words of a closed list, keys, lists of mappings, and
//! where in the file a problem of the domain belongs.

use crate::domain::flag::Problem;
use crate::domain::key::KeyError;
use crate::server::services::flag_file::fields::{Fields, Notes, item_text};
use crate::server::services::flag_file::finding::Place;
use crate::server::services::flag_file::tree::{Node, Tree};
use crate::server::services::nearest::did_you_mean;
use std::str::FromStr;

/// The mappings of a list. `example` is one of them.
pub fn items<'a>(fields: &Fields<'a>, name: &str, example: &str, notes: &mut Notes) -> Vec<Fields<'a>> {
    let list = fields.list(name, notes).unwrap_or_default();
    let each = |(at, item): (usize, &'a Tree)| mapping(item, &format!("{}[{at}]", fields.path_of(name)), example, notes);
    list.iter().enumerate().filter_map(each).collect()
}

/// A node that must be a mapping.
pub fn mapping<'a>(tree: &'a Tree, path: &str, example: &str, notes: &mut Notes) -> Option<Fields<'a>> {
    match &tree.node {
        Node::Map(entries) => Some(Fields::new(path, tree.at, entries)),
        _ => {
            notes.error(tree.at, path, format!("This must be a mapping such as {example}; it is {}.", tree.kind()));
            None
        }
    }
}

/// A field that cannot be left out.
pub fn needed<'a>(fields: &Fields<'a>, name: &str, example: &str, notes: &mut Notes) -> Option<&'a Tree> {
    let tree = fields.get(name);
    if tree.is_none() {
        let message = format!("{name} is missing here; write it, such as {name}: {example}.");
        notes.error(fields.place_of(name), fields.path_of(name), message);
    }
    tree
}

/// A text that cannot be left out.
pub fn text<'a>(fields: &Fields<'a>, name: &str, example: &str, notes: &mut Notes) -> Option<&'a str> {
    needed(fields, name, example, notes)?;
    fields.text(name, notes)
}

/// A text that is empty where it is left out. White space stays what it is.
pub fn optional(fields: &Fields<'_>, name: &str, notes: &mut Notes) -> String {
    fields.text(name, notes).unwrap_or_default().to_owned()
}

/// A key or name that cannot be left out.
pub fn key<K: FromStr<Err = KeyError>>(fields: &Fields<'_>, name: &str, example: &str, notes: &mut Notes) -> Option<K> {
    let text = text(fields, name, example, notes)?;
    parsed(text, fields.place_of(name), &fields.path_of(name), notes)
}

pub fn parsed<K: FromStr<Err = KeyError>>(text: &str, at: Place, path: &str, notes: &mut Notes) -> Option<K> {
    text.parse().map_err(|e: KeyError| notes.error(at, path, format!("{e}."))).ok()
}

/// One of a closed list of words; `None` where it is left out or none of them.
pub fn word<T: Copy>(
    fields: &Fields<'_>,
    name: &str,
    noun: &str,
    all: &[T],
    spelled: fn(T) -> &'static str,
    notes: &mut Notes,
) -> Option<T> {
    let text = fields.text(name, notes)?;
    let found = all.iter().copied().find(|one| spelled(*one) == text);
    if found.is_none() {
        let known: Vec<&str> = all.iter().map(|one| spelled(*one)).collect();
        let hint = did_you_mean(text, known.iter().copied());
        let message = format!("There is no {noun} {text:?}.{hint} They are: {}.", known.join(", "));
        notes.error(fields.place_of(name), fields.path_of(name), message);
    }
    found
}

/// One of a closed list of words that cannot be left out.
pub fn needed_word<T: Copy>(
    fields: &Fields<'_>,
    name: &str,
    noun: &str,
    all: &[T],
    spelled: fn(T) -> &'static str,
    notes: &mut Notes,
) -> Option<T> {
    needed(fields, name, all.first().map_or("", |one| spelled(*one)), notes)?;
    word(fields, name, noun, all, spelled, notes)
}

/// A whole number of days.
pub fn days(fields: &Fields<'_>, name: &str, notes: &mut Notes) -> Option<u32> {
    let tree = fields.get(name)?;
    let read = if let Node::Int(number) = tree.node { u32::try_from(number).ok() } else { None };
    if read.is_none() {
        let message = format!("This must be a whole number of days, such as 90; it is {}.", tree.kind());
        notes.error(tree.at, fields.path_of(name), message);
    }
    read
}

/// A list of texts, as they are.
pub fn texts(fields: &Fields<'_>, name: &str, notes: &mut Notes) -> Vec<String> {
    let list = fields.list(name, notes).unwrap_or_default();
    let each = |(at, item): (usize, &Tree)| item_text(item, &format!("{}[{at}]", fields.path_of(name)), notes);
    list.iter().enumerate().filter_map(each).collect()
}

/// Targeting keys. Refuses the number that a viewer's export has in their place.
pub fn units(fields: &Fields<'_>, name: &str, notes: &mut Notes) -> Vec<String> {
    if is_masked(fields, name, notes) { Vec::new() } else { texts(fields, name, notes) }
}

/// Whether a viewer's export has a number in the place of a list, which is told.
pub fn is_masked(fields: &Fields<'_>, name: &str, notes: &mut Notes) -> bool {
    let hidden = |text: &str| text.strip_suffix(" hidden").is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()));
    let Some(Tree { at, node: Node::Text(text), .. }) = fields.get(name) else { return false };
    if hidden(text) {
        let message = format!(
            "{text}: this export was made for a viewer, who does not see individual targets and id lists. \
             Importing it would lose them; ask an editor for an export."
        );
        notes.error(*at, fields.path_of(name), message);
    }
    hidden(text)
}

/// Refuses what names the same thing a second time, and keeps the first.
pub fn once<T, K: PartialEq + std::fmt::Display>(
    all: &mut Vec<T>,
    new: T,
    key: fn(&T) -> &K,
    fields: &Fields<'_>,
    notes: &mut Notes,
) {
    if all.iter().any(|other| key(other) == key(&new)) {
        let message = format!("{} is here a second time; keep one of the two.", key(&new));
        notes.error(fields.place_of("key"), fields.path_of("key"), message);
    } else {
        all.push(new);
    }
}

/// Notes what the domain says, each problem at the nearest place that the file has for it.
pub fn note(fields: &Fields<'_>, problems: impl IntoIterator<Item = Problem>, notes: &mut Notes) {
    let mut told: Vec<Problem> = Vec::new();
    for problem in problems {
        if !told.contains(&problem) {
            let (at, path) = nearest(fields, &problem.field);
            notes.error(at, path, problem.message.clone());
            told.push(problem);
        }
    }
}

/// Follows a path of the domain, such as `rules[0].serve.weights`, as far as the file goes along.
pub fn nearest(fields: &Fields<'_>, path: &str) -> (Place, String) {
    let (mut at, mut told, mut here) = (fields.at, fields.path.clone(), None::<&Tree>);
    for step in path.split(['.', '[']).filter(|step| !step.is_empty()) {
        let index: Option<usize> = step.strip_suffix(']').and_then(|number| number.parse().ok());
        let entries = match here.map(|tree| &tree.node) {
            None => fields.entries(),
            Some(Node::Map(entries)) => entries,
            Some(Node::List(items)) => {
                let Some((index, item)) = index.and_then(|index| Some((index, items.get(index)?))) else { break };
                (at, told, here) = (item.at, format!("{told}[{index}]"), Some(item));
                continue;
            }
            Some(_) => break,
        };
        // Variants are a list to the domain and a mapping in the file.
        let found = match index {
            Some(index) => entries.get(index),
            None => entries.iter().find(|entry| entry.key == in_file(step)),
        };
        let Some(entry) = found else { break };
        let path = if told.is_empty() { entry.key.clone() } else { format!("{told}.{}", entry.key) };
        (at, told, here) = (entry.at, path, Some(&entry.value));
    }
    (at, told)
}

/// What the file calls a field of the domain.
fn in_file(field: &str) -> &str {
    match field {
        "weights" => "split",
        "plan" => "rollout",
        other => other,
    }
}
