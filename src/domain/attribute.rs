//! What contexts are made of: the attributes that a project has described, by name.

use super::condition::{Condition, Operand};
use super::flag::Problem;
use super::rule::TARGETING_KEY;
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// One attribute of the evaluation context.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// A name or a dotted path into nested objects, as conditions write it.
    pub name: String,
    /// Of a list: what its elements are.
    pub value_type: AttributeType,
    /// The only values it has; none at all: any of its type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legal_values: Vec<Value>,
    /// Its values are never stored or shown.
    #[serde(default, skip_serializing_if = "is_false")]
    pub private: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

/// What an attribute's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeType {
    Text,
    Number,
    Boolean,
    /// RFC 3339.
    Instant,
    /// A semantic version; `2.3` reads as `2.3.0`.
    Version,
    /// An IP address.
    Address,
}

impl AttributeType {
    pub const ALL: [Self; 6] = [Self::Text, Self::Number, Self::Boolean, Self::Instant, Self::Version, Self::Address];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Instant => "instant",
            Self::Version => "version",
            Self::Address => "address",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
    /// With its article: `a text`, `true or false`.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::Instant => "a date and time",
            Self::Version => "a version",
            Self::Address => "an IP address",
        }
    }
    /// How a value is written.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Text => "pro",
            Self::Number => "20",
            Self::Boolean => "true",
            Self::Instant => "2027-06-01T09:00:00Z",
            Self::Version => "2.3.0",
            Self::Address => "10.0.0.1",
        }
    }
    /// The type that a comparison takes its attribute for; none where it says nothing of that, as equality.
    pub const fn asked_by(operand: Operand) -> Option<Self> {
        match operand {
            Operand::Text | Operand::Pattern => Some(Self::Text),
            Operand::Number => Some(Self::Number),
            Operand::Instant => Some(Self::Instant),
            Operand::Version | Operand::VersionRange => Some(Self::Version),
            Operand::Cidr => Some(Self::Address),
            Operand::Scalar | Operand::Nothing | Operand::Segment | Operand::Window => None,
        }
    }
    /// The type that a condition takes its attribute for, by its comparison or else by its values.
    pub fn taken_for(condition: &Condition) -> Option<Self> {
        let (operand, values) = (condition.operator.operand(), &condition.values);
        let all = |kind: fn(&Value) -> bool| !values.is_empty() && values.iter().all(kind);
        match operand {
            Operand::Scalar if all(Value::is_string) => Some(Self::Text),
            Operand::Scalar if all(Value::is_number) => Some(Self::Number),
            Operand::Scalar if all(Value::is_boolean) => Some(Self::Boolean),
            _ => Self::asked_by(operand),
        }
    }
    /// Whether comparisons that take this make sense for such an attribute.
    pub const fn fits(self, operand: Operand) -> bool {
        match operand {
            Operand::Nothing | Operand::Segment | Operand::Window => true,
            Operand::Scalar => !matches!(self, Self::Instant),
            Operand::Text | Operand::Pattern => matches!(self, Self::Text | Self::Version | Self::Address),
            Operand::Number => matches!(self, Self::Number),
            Operand::Instant => matches!(self, Self::Instant),
            Operand::Version | Operand::VersionRange => matches!(self, Self::Version),
            Operand::Cidr => matches!(self, Self::Address),
        }
    }
    /// Whether `value` is of this type.
    pub fn admits(self, value: &Value) -> bool {
        let text = |reads: fn(&str) -> bool| value.as_str().is_some_and(reads);
        match self {
            Self::Text => value.is_string(),
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
            Self::Instant => text(|text| Timestamp::parse(text).is_ok()),
            Self::Version => text(is_version),
            Self::Address => text(|text| text.parse::<IpAddr>().is_ok()),
        }
    }
}

/// Whether a text looks like `2.3` or `2.3.1`, with or without a pre-release. What a condition takes is the engine's to say.
fn is_version(text: &str) -> bool {
    let core = text.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<&str> = core.split('.').collect();
    let number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    (2..=3).contains(&parts.len()) && parts.iter().all(number)
}

/// The page of a new attribute has this in place of a name.
const NEW: &str = "new";
/// The most characters of a name.
pub const MAX_NAME: usize = 128;
/// The most legal values.
pub const MAX_VALUES: usize = 500;

impl Attribute {
    /// Everything that is wrong with it by itself; empty when it may be saved.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found: Vec<Problem> = name_problem(&self.name).map(|why| Problem::new("name", why)).into_iter().collect();
        if self.description.chars().count() > 2_000 {
            found.push(Problem::new("description", "At most 2000 characters."));
        }
        found.extend(self.value_problems());
        found
    }

    fn value_problems(&self) -> Vec<Problem> {
        let one = |message: &str| vec![Problem::new("legal_values", message)];
        match self.value_type {
            _ if self.legal_values.is_empty() => return Vec::new(),
            _ if self.private => {
                return one("Values of a private attribute are stored nowhere: leave this empty, or make it not private.");
            }
            AttributeType::Boolean => return one("It is true or false already; leave this empty."),
            _ if self.legal_values.len() > MAX_VALUES => return one("At most 500 values; leave this empty for any."),
            _ => {}
        }
        let mut found = Vec::new();
        for (at, value) in self.legal_values.iter().enumerate() {
            let field = format!("legal_values[{at}]");
            if !self.value_type.admits(value) || value.as_str().is_some_and(|text| text.trim().is_empty()) {
                let (noun, example) = (self.value_type.noun(), self.value_type.example());
                found.push(Problem::new(field, format!("{value} is not {noun}; write it like {example}.")));
            } else if self.legal_values[..at].contains(value) {
                found.push(Problem::new(field, format!("{value} is listed twice; list it once.")));
            }
        }
        found
    }

    /// Whether a condition may sensibly ask for `value`.
    pub fn is_legal(&self, value: &Value) -> bool {
        self.legal_values.is_empty() || self.legal_values.iter().any(|legal| same(legal, value))
    }
}

/// Whether two values are equal to a condition: 20 is 20.0.
pub fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        _ => one == other,
    }
}

/// Why a text cannot be the name of an attribute that is described.
fn name_problem(name: &str) -> Option<String> {
    let count = name.chars().count();
    match name {
        "" => Some("Write the attribute's name as your program sends it, such as plan or user.country.".to_owned()),
        NEW | "." | ".." => Some(format!("{name} is the address of a page; an attribute of this name cannot be described.")),
        TARGETING_KEY => Some(format!("{TARGETING_KEY} is always known, as a text.")),
        _ if count > MAX_NAME => Some(format!("At most {MAX_NAME} characters; this has {count}.")),
        _ if name.trim() != name => Some("There is white space before or after it; leave that out.".to_owned()),
        _ if name.chars().any(char::is_control) => Some("It holds a line break or another control character.".to_owned()),
        _ => None,
    }
}

/// What a project has described, by name. The targeting key is always known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Schema {
    attributes: BTreeMap<String, Attribute>,
}

impl FromIterator<Attribute> for Schema {
    fn from_iter<I: IntoIterator<Item = Attribute>>(attributes: I) -> Self {
        Self { attributes: attributes.into_iter().map(|attribute| (attribute.name.clone(), attribute)).collect() }
    }
}

impl Schema {
    /// Whether nothing is described: then any name is as good as another.
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }
    pub fn find(&self, name: &str) -> Option<&Attribute> {
        self.attributes.get(name)
    }
    /// By name.
    pub fn iter(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes.values()
    }
    /// Whether the name is described, or part of an object that is.
    pub fn knows(&self, name: &str) -> bool {
        name == TARGETING_KEY || self.find(name).is_some()
    }
    pub fn type_of(&self, name: &str) -> Option<AttributeType> {
        if name == TARGETING_KEY { Some(AttributeType::Text) } else { self.find(name).map(|attribute| attribute.value_type) }
    }
    /// Puts `attribute` in, in place of one of its name.
    #[must_use]
    pub fn with(mut self, attribute: Attribute) -> Self {
        self.attributes.insert(attribute.name.clone(), attribute);
        self
    }

    /// Whether anything at all is private.
    pub fn has_private(&self) -> bool {
        self.iter().any(|attribute| attribute.private)
    }

    /// Whether values of `path` are private: of itself, or of an object that it is part of.
    pub fn is_private(&self, path: &str) -> bool {
        let parents = path.match_indices('.').map(|(at, _)| &path[..at]);
        std::iter::once(path).chain(parents).any(|name| self.find(name).is_some_and(|attribute| attribute.private))
    }

    /// Whether showing what a context has at `path` would show a private value: it is one, or an object with one in it.
    pub fn hides(&self, path: &str) -> bool {
        let inside = |name: &str| name.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
        self.is_private(path) || self.iter().any(|attribute| attribute.private && inside(&attribute.name))
    }

    /// The private attributes that a context has a value of, by their paths.
    pub fn private_in(&self, context: &Map<String, Value>) -> Vec<String> {
        let mut found = Vec::new();
        if self.iter().any(|attribute| attribute.private) {
            let mut context = context.clone();
            self.walk(&mut context, "", &mut |path, _| found.push(path.to_owned()));
        }
        found
    }

    /// The context with [`PRIVATE`] in the place of every private value.
    #[must_use]
    pub fn without_private(&self, mut context: Map<String, Value>) -> Map<String, Value> {
        self.walk(&mut context, "", &mut |_, value| *value = Value::from(PRIVATE));
        context
    }

    fn walk(&self, object: &mut Map<String, Value>, prefix: &str, visit: &mut impl FnMut(&str, &mut Value)) {
        for (name, value) in object.iter_mut().filter(|(_, value)| !value.is_null()) {
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            if self.is_private(&path) {
                visit(&path, value);
            } else {
                self.walk_into(value, &path, visit);
            }
        }
    }

    fn walk_into(&self, value: &mut Value, path: &str, visit: &mut impl FnMut(&str, &mut Value)) {
        match value {
            Value::Object(object) => self.walk(object, path, visit),
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk_into(item, path, visit)),
            _ => {}
        }
    }
}

/// Stands in the place of a private value.
pub const PRIVATE: &str = "(private)";

#[cfg(test)]
#[path = "attribute_tests.rs"]
mod tests;
