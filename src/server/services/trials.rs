//! Trying a flag on somebody: what a user whom somebody thinks of gets in an environment, and why. Nothing is counted: nobody
//! was served. What personas get is [`super::expectations`]' to say.

use super::context_draft::{ContextDraft, Shape};
use super::personas;
use super::states::OpenState;
use crate::domain::attribute::Schema;
use crate::domain::role::Role;
use crate::domain::rule::TARGETING_KEY;
use crate::domain::time::Timestamp;
use crate::engine::{CompiledFlag, Context, Explanation, explain};
use serde_json::{Map, Value};

/// What somebody asks for beside the personas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    pub targeting_key: String,
    /// JSON, as it was typed.
    pub context: String,
}

impl Asked {
    /// The same without what the project calls private, for an address. Of a context that cannot be read nobody knows whether it
    /// is, so that nothing of it stays. Says whether that is all of it.
    pub fn public(&self, schema: &Schema) -> (Self, bool) {
        if !schema.has_private() {
            return (self.clone(), true);
        }
        let mut draft = ContextDraft { shape: Shape::Json, json: self.context.clone(), ..ContextDraft::default() };
        if !draft.is_blank() {
            draft = draft.public(schema).0;
        }
        let targeting_key = if schema.is_private(TARGETING_KEY) { String::new() } else { self.targeting_key.clone() };
        let public = Self { targeting_key, context: draft.json };
        let whole = public == *self;
        (public, whole)
    }
}

/// What the user asked for gets; the key that was typed comes before one in the JSON.
pub fn of_user(asked: &Asked, open: &OpenState, role: Role, schema: &Schema, now: Timestamp) -> Result<Explanation, String> {
    let mut context = personas::read_context(&asked.context)?;
    if !asked.targeting_key.trim().is_empty() {
        context.insert(TARGETING_KEY.to_owned(), Value::from(asked.targeting_key.trim()));
    }
    answer(&open.served.compiled, context, role, schema, now)
}

/// Viewers are not told whom lists name, and nobody what the context has of private attributes.
pub(super) fn answer(
    flag: &CompiledFlag,
    context: Map<String, Value>,
    role: Role,
    schema: &Schema,
    now: Timestamp,
) -> Result<Explanation, String> {
    let context = Context::parse(Value::Object(context)).map_err(|e| format!("{e}."))?;
    let explanation = explain(flag, &context, now);
    Ok(if role == Role::Viewer { explanation.masked(schema) } else { explanation.without_private(schema) })
}
