//! Reading the fields of a mapping: each by its type, each refusal with its place.

use super::finding::{Finding, Place};
use super::tree::{Entry, Node, Tree, quoted};
use crate::server::services::nearest::did_you_mean;

/// What was found while reading. Reading goes on after a finding, so that one run tells everything.
#[derive(Debug, Default)]
pub struct Notes {
    pub errors: Vec<Finding>,
    pub warnings: Vec<Finding>,
    /// What the file left out and a new flag gets by default.
    pub assumed: Vec<Finding>,
}

impl Notes {
    pub fn error(&mut self, at: Place, path: impl Into<String>, message: impl Into<String>) {
        self.errors.push(Finding::new(at, path, message));
    }
    pub fn warning(&mut self, at: Place, path: impl Into<String>, message: impl Into<String>) {
        self.warnings.push(Finding::new(at, path, message));
    }
    pub fn assumed(&mut self, at: Place, path: impl Into<String>, message: impl Into<String>) {
        self.assumed.push(Finding::new(at, path, message));
    }
}

/// A mapping with its place in the file.
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    pub path: String,
    pub at: Place,
    entries: &'a [Entry],
}

impl<'a> Fields<'a> {
    pub fn new(path: impl Into<String>, at: Place, entries: &'a [Entry]) -> Self {
        Self { path: path.into(), at, entries }
    }

    pub fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// The field's value; one that is left empty counts as absent.
    pub fn get(&self, name: &str) -> Option<&'a Tree> {
        self.entries.iter().find(|entry| entry.key == name).map(|entry| &entry.value).filter(|tree| tree.node != Node::Null)
    }

    /// Where the field's name stands; the mapping itself where it has none.
    pub fn place_of(&self, name: &str) -> Place {
        self.entries.iter().find(|entry| entry.key == name).map_or(self.at, |entry| entry.at)
    }

    /// Refuses every field that is not among `known`. `noun` is what the mapping describes, such as `a flag`.
    pub fn refuse_unknown(&self, noun: &str, known: &[&str], notes: &mut Notes) {
        for entry in self.entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let hint = did_you_mean(&entry.key, known.iter().copied());
            let message = format!("{noun} has no field {}.{hint} The fields are: {}.", quoted(&entry.key), known.join(", "));
            notes.error(entry.at, self.path_of(&entry.key), message);
        }
    }

    fn wrong(&self, name: &str, tree: &Tree, wanted: &str, notes: &mut Notes) {
        notes.error(tree.at, self.path_of(name), format!("This must be {wanted}; it is {}.", tree.kind()));
    }

    pub fn boolean(&self, name: &str, notes: &mut Notes) -> Option<bool> {
        let tree = self.get(name)?;
        let meant = |text: &str| match text.to_lowercase().as_str() {
            "yes" | "on" | "y" | "true" => " Write true, without quotes.",
            "no" | "off" | "n" | "false" => " Write false, without quotes.",
            _ => "",
        };
        match &tree.node {
            Node::Bool(value) => return Some(*value),
            Node::Text(text) => {
                let message = format!("This must be true or false; it is {}.{}", tree.kind(), meant(text));
                notes.error(tree.at, self.path_of(name), message);
            }
            _ => self.wrong(name, tree, "true or false", notes),
        }
        None
    }

    pub fn text(&self, name: &str, notes: &mut Notes) -> Option<&'a str> {
        let tree = self.get(name)?;
        match &tree.node {
            Node::Text(text) => return Some(text),
            Node::Int(_) | Node::Float(_) | Node::Bool(_) => {
                let message = format!("This must be a text; it is {}. Put it in quotes.", tree.kind());
                notes.error(tree.at, self.path_of(name), message);
            }
            _ => self.wrong(name, tree, "a text", notes),
        }
        None
    }

    pub fn list(&self, name: &str, notes: &mut Notes) -> Option<&'a [Tree]> {
        let tree = self.get(name)?;
        match &tree.node {
            Node::List(items) => return Some(items),
            Node::Text(text) => {
                let message = format!("This must be a list; it is {}. Write [{text}].", tree.kind());
                notes.error(tree.at, self.path_of(name), message);
            }
            _ => self.wrong(name, tree, "a list such as [a, b]", notes),
        }
        None
    }

    pub fn mapping(&self, name: &str, example: &str, notes: &mut Notes) -> Option<Fields<'a>> {
        let tree = self.get(name)?;
        match &tree.node {
            Node::Map(entries) => Some(Fields::new(self.path_of(name), tree.at, entries)),
            _ => {
                self.wrong(name, tree, &format!("a mapping such as {example}"), notes);
                None
            }
        }
    }

    pub fn entries(&self) -> &'a [Entry] {
        self.entries
    }
}

/// A text of a list; a whole number counts as it is written.
pub fn item_text(item: &Tree, path: &str, notes: &mut Notes) -> Option<String> {
    match &item.node {
        Node::Text(text) if !text.is_empty() => return Some(text.clone()),
        Node::Int(_) => return Some(item.written.clone()),
        // YAML takes 007 for no whole number; as a name it is one.
        Node::Float(_) if item.written.bytes().all(|b| b.is_ascii_digit()) => return Some(item.written.clone()),
        Node::Text(_) => notes.error(item.at, path, "This is empty; write a text or leave it out."),
        _ => notes.error(item.at, path, format!("This must be a text; it is {}. Put it in quotes.", item.kind())),
    }
    None
}
