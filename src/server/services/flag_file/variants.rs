//! What a flag can answer: the variants a file names, those an existing flag has, or `on` and `off`.

use super::fields::{Fields, Notes};
use super::tree::{Entry, Node, Tree};
use crate::domain::flag::{Flag, ValueType, Variant};
use crate::domain::key::VariantName;
use crate::server::services::nearest::did_you_mean;
use serde_json::Value;

/// The answers, and which of them matching and other users get.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    pub value_type: ValueType,
    pub variants: Vec<Variant>,
    pub serve: VariantName,
    pub off: VariantName,
    /// Whether the file names the variants.
    pub named: bool,
}

/// `None` after a finding that leaves no variants to speak of.
pub fn read(fields: &Fields<'_>, existing: Option<&Flag>, notes: &mut Notes) -> Option<Answers> {
    let asked = value_type(fields, notes);
    let named = fields.get("variants").is_some();
    let (value_type, variants) = match (fields.mapping("variants", "{on: true, off: false}", notes), existing) {
        (Some(map), _) => from_file(&map, asked, notes)?,
        (None, Some(flag)) if !named => (flag.value_type, flag.variants.clone()),
        (None, _) if !named => (ValueType::Boolean, Flag::boolean_variants()),
        (None, _) => return None,
    };
    refuse_other_type(fields, value_type, asked, existing, notes);
    let off = choice(fields, "off", &variants, notes).or_else(|| default_off(&variants))?;
    let serve = choice(fields, "serve", &variants, notes).or_else(|| default_serve(&variants, &off))?;
    Some(Answers { value_type, variants, serve, off, named })
}

fn value_type(fields: &Fields<'_>, notes: &mut Notes) -> Option<ValueType> {
    let text = fields.text("value_type", notes)?;
    let read = ValueType::parse(text);
    if read.is_none() {
        let known = ValueType::ALL.map(ValueType::as_str);
        let message = format!("There is no value type {text:?}.{} They are: {}.", did_you_mean(text, known), known.join(", "));
        notes.error(fields.place_of("value_type"), fields.path_of("value_type"), message);
    }
    read
}

fn from_file(map: &Fields<'_>, asked: Option<ValueType>, notes: &mut Notes) -> Option<(ValueType, Vec<Variant>)> {
    let before = notes.errors.len();
    if map.entries().is_empty() {
        notes.error(map.at, &map.path, "A flag needs at least one variant, such as {on: true, off: false}.");
    }
    let variants: Vec<Variant> = map.entries().iter().filter_map(|entry| variant(map, entry, notes)).collect();
    let inferred = infer(map, asked, notes);
    (notes.errors.len() == before).then_some(())?;
    Some((asked.or(inferred)?, variants))
}

pub(super) fn variant(map: &Fields<'_>, entry: &Entry, notes: &mut Notes) -> Option<Variant> {
    let path = map.path_of(&entry.key);
    let name = VariantName::parse(&entry.key).map_err(|e| notes.error(entry.at, &path, format!("{e}."))).ok();
    let value = entry.value.json();
    if value.is_none() {
        notes.error(entry.value.at, &path, format!("A variant's number must be finite; this is {}.", entry.value.kind()));
    }
    Some(Variant { name: name?, value: value? })
}

/// The one type of all values: the asked one, which each must fit, or the narrowest that fits all.
fn infer(map: &Fields<'_>, asked: Option<ValueType>, notes: &mut Notes) -> Option<ValueType> {
    let mut common: Option<ValueType> = asked;
    for entry in map.entries() {
        let path = map.path_of(&entry.key);
        match (type_of(&entry.value), common) {
            (None, _) => {
                let message = format!(
                    "A variant's value is true or false, a text, a number or a mapping; this is {}. Wrap a list in a mapping.",
                    entry.value.kind()
                );
                notes.error(entry.value.at, path, message);
            }
            (Some(_), Some(wanted)) if asked.is_some() => {
                if entry.value.json().is_some_and(|value| !wanted.admits(&value)) {
                    let message =
                        format!("The value of {} must be {}; it is {}.", entry.key, wanted.expects(), entry.value.kind());
                    notes.error(entry.value.at, path, message);
                }
            }
            (Some(found), None) => common = Some(found),
            (Some(found), Some(so_far)) => match join(so_far, found) {
                Some(joined) => common = Some(joined),
                None => {
                    let message = format!(
                        "All variants have one type: this is {}, the ones above are of type {}.",
                        entry.value.kind(),
                        so_far.as_str()
                    );
                    notes.error(entry.value.at, path, message);
                }
            },
        }
    }
    common
}

fn type_of(tree: &Tree) -> Option<ValueType> {
    match &tree.node {
        Node::Bool(_) => Some(ValueType::Boolean),
        Node::Text(_) => Some(ValueType::String),
        Node::Int(n) if i32::try_from(*n).is_ok() => Some(ValueType::Integer),
        Node::Int(_) | Node::Float(_) => Some(ValueType::Number),
        Node::Map(_) => Some(ValueType::Object),
        Node::Null | Node::List(_) => None,
    }
}

fn join(a: ValueType, b: ValueType) -> Option<ValueType> {
    let numeric = |t| matches!(t, ValueType::Integer | ValueType::Number);
    match (a, b) {
        _ if a == b => Some(a),
        _ if numeric(a) && numeric(b) => Some(ValueType::Number),
        _ => None,
    }
}

/// An existing flag keeps its type; `value_type` alone cannot say what the values are.
fn refuse_other_type(
    fields: &Fields<'_>,
    found: ValueType,
    asked: Option<ValueType>,
    existing: Option<&Flag>,
    notes: &mut Notes,
) {
    if let Some(flag) = existing.filter(|flag| flag.value_type != found || asked.is_some_and(|asked| asked != flag.value_type)) {
        let place = if fields.get("variants").is_some() { "variants" } else { "value_type" };
        let message = format!(
            "The flag {} answers with type {} and that cannot change; keep the type, or use a new key.",
            flag.key,
            flag.value_type.as_str()
        );
        notes.error(fields.place_of(place), fields.path_of(place), message);
    } else if asked.is_some_and(|asked| asked != found) {
        let message = "Name the variants too, such as {small: 10, large: 100}; without them a flag is a boolean.";
        notes.error(fields.place_of("value_type"), fields.path_of("value_type"), message);
    }
}

/// The variant that the field names.
fn choice(fields: &Fields<'_>, field: &str, variants: &[Variant], notes: &mut Notes) -> Option<VariantName> {
    let name = fields.text(field, notes)?;
    let found = variants.iter().find(|variant| variant.name.as_str() == name);
    if found.is_none() {
        let known: Vec<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
        let hint = did_you_mean(name, known.iter().copied());
        let message = format!("{name:?} is not one of the variants.{hint} They are: {}.", known.join(", "));
        notes.error(fields.place_of(field), fields.path_of(field), message);
    }
    found.map(|variant| variant.name.clone())
}

fn default_off(variants: &[Variant]) -> Option<VariantName> {
    let named = variants.iter().find(|variant| variant.name == VariantName::off());
    let false_one = || variants.iter().find(|variant| variant.value == Value::Bool(false));
    named.or_else(false_one).or(variants.last()).map(|variant| variant.name.clone())
}

fn default_serve(variants: &[Variant], off: &VariantName) -> Option<VariantName> {
    let true_one = variants.iter().find(|variant| variant.value == Value::Bool(true));
    let other = || variants.iter().find(|variant| &variant.name != off);
    true_one.or_else(other).or(variants.first()).map(|variant| variant.name.clone())
}
