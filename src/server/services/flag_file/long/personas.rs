//! Personas of the long form, with what they should get.

use super::common::{items, key, mapping, needed, note, once, optional, parsed, text};
use crate::domain::attribute::Schema;
use crate::domain::flag::Problem;
use crate::domain::key::{EnvironmentKey, FlagKey, PersonaKey, VariantName};
use crate::domain::persona::{Expectations, Persona, kept_private};
use crate::server::services::flag_file::fields::{Fields, Notes};
use crate::server::services::flag_file::finding::Place;
use serde_json::Value;

const PERSONA: [&str; 5] = ["key", "name", "description", "context", "expect"];
const EXAMPLE: &str = "{key: ada, name: Ada, context: {targetingKey: user_1}}";
const EXPECT_EXAMPLE: &str = "{production: {new_checkout: \"on\"}}";

/// An answer that a persona should get, where the file says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    pub persona: PersonaKey,
    pub environment: EnvironmentKey,
    pub flag: FlagKey,
    pub variant: VariantName,
    pub at: Place,
    pub path: String,
}

/// `schema` is the file's: what it calls private must not stand in its personas.
pub fn personas(top: &Fields<'_>, schema: &Schema, notes: &mut Notes) -> (Vec<Persona>, Vec<Expected>) {
    let (mut all, mut expected) = (Vec::new(), Vec::new());
    for fields in items(top, "personas", EXAMPLE, notes) {
        if let Some((persona, found)) = persona(&fields, notes) {
            note(&fields, persona.problems(), notes);
            let private = schema.private_in(&persona.context);
            if !private.is_empty() {
                note(&fields, [Problem::new("context", kept_private(&private))], notes);
            }
            once(&mut all, persona, |persona: &Persona| &persona.key, &fields, notes);
            expected.extend(found);
        }
    }
    (all, expected)
}

fn persona(fields: &Fields<'_>, notes: &mut Notes) -> Option<(Persona, Vec<Expected>)> {
    fields.refuse_unknown("A persona", &PERSONA, notes);
    let key: Option<PersonaKey> = key(fields, "key", "ada", notes);
    let name = text(fields, "name", "Ada", notes).map(str::to_owned);
    let description = optional(fields, "description", notes);
    let expected = expected(fields, key.as_ref(), notes);
    let tree = needed(fields, "context", "{targetingKey: user_1}", notes)?;
    mapping(tree, &fields.path_of("context"), "{targetingKey: user_1, plan: pro}", notes)?;
    let Some(Value::Object(context)) = tree.json() else {
        notes.error(tree.at, fields.path_of("context"), "A number in here is infinite or none; write one that is finite.");
        return None;
    };
    let mut expect = Expectations::new();
    for one in &expected {
        expect.entry(one.environment.clone()).or_default().insert(one.flag.clone(), one.variant.clone());
    }
    Some((Persona { key: key?, name: name?, description, context, expect }, expected))
}

/// Keys and names must be sound; whether there is such a thing is told where the whole file is known.
fn expected(fields: &Fields<'_>, persona: Option<&PersonaKey>, notes: &mut Notes) -> Vec<Expected> {
    let Some(environments) = fields.mapping("expect", EXPECT_EXAMPLE, notes) else { return Vec::new() };
    let mut all = Vec::new();
    for entry in environments.entries() {
        let path = environments.path_of(&entry.key);
        let environment = parsed::<EnvironmentKey>(&entry.key, entry.at, &path, notes);
        let Some(flags) = mapping(&entry.value, &path, "{new_checkout: \"on\"}", notes) else { continue };
        for entry in flags.entries() {
            let path = flags.path_of(&entry.key);
            let flag = parsed::<FlagKey>(&entry.key, entry.at, &path, notes);
            let variant = needed(&flags, &entry.key, "\"on\"", notes).and_then(|_| flags.text(&entry.key, notes));
            let variant = variant.and_then(|name| parsed::<VariantName>(name, entry.value.at, &path, notes));
            let (Some(persona), Some(environment), Some(flag), Some(variant)) = (persona, &environment, flag, variant) else {
                continue;
            };
            let (persona, environment) = (persona.clone(), environment.clone());
            all.push(Expected { persona, environment, flag, variant, at: entry.at, path });
        }
    }
    all
}
