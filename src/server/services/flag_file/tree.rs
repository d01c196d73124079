//! A file as a tree whose every node knows its line. YAML and JSON alike; knows nothing of flags.

use super::finding::Place;
use serde_json::{Number, Value};

/// A node, and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    pub at: Place,
    pub node: Node,
    /// How the file writes a plain number, so that `007` can be a user's name; empty for everything else.
    pub written: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Null,
    Bool(bool),
    Int(i64),
    /// Possibly infinite or no number, as YAML can write them.
    Float(f64),
    Text(String),
    List(Vec<Tree>),
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub key: String,
    pub at: Place,
    pub value: Tree,
}

impl Tree {
    /// What it is, as the second half of "this is …".
    pub fn kind(&self) -> String {
        match &self.node {
            Node::Null => "nothing".to_owned(),
            Node::Bool(value) => format!("{value}"),
            Node::Int(_) | Node::Float(_) => format!("the number {}", self.written),
            Node::Text(text) => format!("the text {}", quoted(text)),
            Node::List(_) => "a list".to_owned(),
            Node::Map(_) => "a mapping".to_owned(),
        }
    }

    /// The same as JSON; `None` where a number is infinite or none.
    pub fn json(&self) -> Option<Value> {
        Some(match &self.node {
            Node::Null => Value::Null,
            Node::Bool(value) => Value::Bool(*value),
            Node::Int(value) => Value::from(*value),
            Node::Float(value) => match self.written.parse::<u64>() {
                // The whole numbers that JSON can write and `Int` cannot hold.
                Ok(whole) if whole > i64::MAX.unsigned_abs() => Value::from(whole),
                _ => Value::Number(Number::from_f64(*value)?),
            },
            Node::Text(text) => Value::String(text.clone()),
            Node::List(items) => Value::Array(items.iter().map(Self::json).collect::<Option<_>>()?),
            Node::Map(entries) => {
                let pairs = entries.iter().map(|entry| Some((entry.key.clone(), entry.value.json()?)));
                Value::Object(pairs.collect::<Option<_>>()?)
            }
        })
    }
}

/// A text in quotes, cut where it gets long.
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}
