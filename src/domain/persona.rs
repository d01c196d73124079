//! A context with a name: somebody to try flags on.

use super::flag::Problem;
use super::key::{EnvironmentKey, FlagKey, PersonaKey, VariantName};
use super::text::listed;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Persona {
    pub key: PersonaKey,
    pub name: String,
    #[serde(default)]
    pub description: String,
    /// The evaluation context, `targetingKey` included, as an SDK would send it.
    pub context: Map<String, Value>,
    /// What it should get, by environment and flag: a promise that pages and `check` hold the rules to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub expect: Expectations,
}

/// Sorted, so that a file of them is the same bytes each time.
pub type Expectations = BTreeMap<EnvironmentKey, BTreeMap<FlagKey, VariantName>>;

/// The page of a new persona has this in place of a key.
const NEW: &str = "new";

/// The most bytes of a persona's context, written as JSON.
pub const MAX_CONTEXT: usize = 16 * 1024;
/// The most answers that one persona expects: each is a row of a form.
pub const MAX_EXPECTATIONS: usize = 500;

/// Says that a context has values of attributes that are private.
pub fn kept_private(names: &[String]) -> String {
    let (are, them) = if names.len() == 1 { ("is", "it") } else { ("are", "them") };
    format!("{} {are} private, and private values are stored nowhere; leave {them} out.", listed(names))
}

impl Persona {
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.key.as_str() == NEW {
            found.push(Problem::new("key", "new is the address of a page; choose another key."));
        }
        if self.name.trim().is_empty() || self.name.chars().count() > 200 {
            found.push(Problem::new("name", "Write a name of 1 to 200 characters, such as Ada, pro plan, Norway."));
        }
        if self.description.chars().count() > 2_000 {
            found.push(Problem::new("description", "At most 2000 characters."));
        }
        if self.context.get("targetingKey").is_some_and(|key| !key.is_string()) {
            found.push(Problem::new("context", "targetingKey must be a text, such as \"user_1\"."));
        }
        let bytes = Value::Object(self.context.clone()).to_string().len();
        if bytes > MAX_CONTEXT {
            found.push(Problem::new("context", format!("At most {MAX_CONTEXT} bytes of JSON; this has {bytes}.")));
        }
        let expected: usize = self.expect.values().map(BTreeMap::len).sum();
        if expected > MAX_EXPECTATIONS {
            let message = format!("A persona expects at most {MAX_EXPECTATIONS} answers; this one would expect {expected}.");
            found.push(Problem::new("expect", message));
        }
        found
    }

    pub fn expects(&self, environment: &EnvironmentKey, flag: &FlagKey) -> Option<&VariantName> {
        self.expect.get(environment)?.get(flag)
    }

    /// The same with one more answer expected, in place of what was expected there before.
    #[must_use]
    pub fn expecting(mut self, environment: EnvironmentKey, flag: FlagKey, variant: VariantName) -> Self {
        self.expect.entry(environment).or_default().insert(flag, variant);
        self
    }
}
