//! The attributes of the long form.

use super::common::{items, needed_word, note, optional, text};
use crate::domain::attribute::{Attribute, AttributeType};
use crate::server::services::flag_file::fields::{Fields, Notes};
use crate::server::services::flag_file::tree::Tree;
use serde_json::Value;

const ATTRIBUTE: [&str; 5] = ["name", "value_type", "legal_values", "private", "description"];
const EXAMPLE: &str = "{name: plan, value_type: text, legal_values: [free, pro]}";

pub fn attributes(top: &Fields<'_>, notes: &mut Notes) -> Vec<Attribute> {
    let mut all: Vec<Attribute> = Vec::new();
    for fields in items(top, "attributes", EXAMPLE, notes) {
        let Some(attribute) = attribute(&fields, notes) else { continue };
        note(&fields, attribute.problems(), notes);
        if all.iter().any(|other| other.name == attribute.name) {
            let message = format!("{} is here a second time; keep one of the two.", attribute.name);
            notes.error(fields.place_of("name"), fields.path_of("name"), message);
        } else {
            all.push(attribute);
        }
    }
    all
}

fn attribute(fields: &Fields<'_>, notes: &mut Notes) -> Option<Attribute> {
    fields.refuse_unknown("An attribute", &ATTRIBUTE, notes);
    let name = text(fields, "name", "plan", notes).map(str::to_owned);
    let value_type = needed_word(fields, "value_type", "type", &AttributeType::ALL, AttributeType::as_str, notes);
    let legal_values = legal_values(fields, notes);
    let private = fields.boolean("private", notes).unwrap_or(false);
    let description = optional(fields, "description", notes);
    Some(Attribute { name: name?, value_type: value_type?, legal_values, private, description })
}

fn legal_values(fields: &Fields<'_>, notes: &mut Notes) -> Vec<Value> {
    let list = fields.list("legal_values", notes).unwrap_or_default();
    let value = |(at, item): (usize, &Tree)| {
        let value = item.json();
        if value.is_none() {
            let path = format!("{}[{at}]", fields.path_of("legal_values"));
            notes.error(item.at, path, format!("A number must be finite; this is {}.", item.kind()));
        }
        value
    };
    list.iter().enumerate().filter_map(value).collect()
}
