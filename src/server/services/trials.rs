//! Trying a flag on somebody: what a persona, or a user whom somebody thinks of, gets in an environment, and why. Nothing is
//! counted: nobody was served.

use super::projects::OpenProject;
use super::states::OpenState;
use super::{attributes, personas};
use crate::domain::attribute::Schema;
use crate::domain::persona::Persona;
use crate::domain::role::Role;
use crate::domain::rule::TARGETING_KEY;
use crate::domain::time::Timestamp;
use crate::engine::{Context, Explanation, explain};
use crate::server::error::Error;
use crate::server::state::AppState;
use serde_json::{Map, Value};

/// What a persona gets.
#[derive(Debug, Clone)]
pub struct Trial {
    pub persona: Persona,
    /// Or why its context is none.
    pub answer: Result<Explanation, String>,
}

/// What somebody asks for beside the personas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    pub targeting_key: String,
    /// JSON, as it was typed.
    pub context: String,
}

/// What each persona of the project gets now.
pub async fn of_personas(state: &AppState, project: &OpenProject, open: &OpenState, now: Timestamp) -> Result<Vec<Trial>, Error> {
    let schema = attributes::schema(state, project).await?;
    let all = personas::list(state, project).await?.into_iter().map(|stored| stored.persona);
    let trial = |persona: Persona| Trial { answer: answer(open, persona.context.clone(), project.role, &schema, now), persona };
    Ok(all.map(trial).collect())
}

/// What the user asked for gets; the key that was typed comes before one in the JSON.
pub fn of_user(asked: &Asked, open: &OpenState, role: Role, schema: &Schema, now: Timestamp) -> Result<Explanation, String> {
    let mut context = personas::read_context(&asked.context)?;
    if !asked.targeting_key.trim().is_empty() {
        context.insert(TARGETING_KEY.to_owned(), Value::from(asked.targeting_key.trim()));
    }
    answer(open, context, role, schema, now)
}

/// Viewers are not told whom lists name, and nobody what the context has of private attributes.
fn answer(
    open: &OpenState,
    context: Map<String, Value>,
    role: Role,
    schema: &Schema,
    now: Timestamp,
) -> Result<Explanation, String> {
    let context = Context::parse(Value::Object(context)).map_err(|e| format!("{e}."))?;
    let explanation = explain(&open.served.compiled, &context, now);
    Ok(if role == Role::Viewer { explanation.masked(schema) } else { explanation.without_private(schema) })
}
