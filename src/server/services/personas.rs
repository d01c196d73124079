//! Personas: contexts with names, to try flags on.

use super::projects::OpenProject;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::flag::Problem;
use crate::domain::key::PersonaKey;
use crate::domain::persona::Persona;
use crate::domain::role::Role;
use crate::server::error::Error;
use crate::server::governance::{Applied, Submission};
use crate::server::state::AppState;
use crate::server::store;
use crate::server::store::personas::StoredPersona;
use serde_json::{Map, Value};

/// A persona's fields as a form sends them.
#[derive(Debug, Clone, Default)]
pub struct PersonaDraft {
    pub key: String,
    pub name: String,
    pub description: String,
    /// JSON, as it was typed.
    pub context: String,
}

impl PersonaDraft {
    pub fn of(persona: &Persona) -> Self {
        Self {
            key: persona.key.to_string(),
            name: persona.name.clone(),
            description: persona.description.clone(),
            context: written(&persona.context),
        }
    }

    /// Reads the form, telling everything that is wrong at once.
    pub fn read(&self) -> Result<Persona, Error> {
        let mut problems = Vec::new();
        let key = PersonaKey::parse(self.key.trim());
        let key = key.map_err(|e| problems.push(Problem::new("key", format!("{e}.")))).ok();
        let context = read_context(&self.context);
        let context = context.map_err(|why| problems.push(Problem::new("context", why))).unwrap_or_default();
        // A stand-in, so that the other fields are looked at too.
        let stand_in = || PersonaKey::parse("persona").map_err(|e| Error::Internal(e.to_string()));
        let persona = Persona {
            key: key.map_or_else(stand_in, Ok)?,
            name: self.name.trim().to_owned(),
            description: self.description.trim().to_owned(),
            context,
        };
        problems.extend(persona.problems());
        if problems.is_empty() { Ok(persona) } else { Err(Error::Invalid(problems)) }
    }
}

/// A context as people edit it.
pub fn written(context: &Map<String, Value>) -> String {
    serde_json::to_string_pretty(context).unwrap_or_default()
}

/// Reads a context as people type it; nothing at all is an empty one. A refusal names the line.
pub fn read_context(text: &str) -> Result<Map<String, Value>, String> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(context)) => Ok(context),
        Ok(_) => Err("Write a JSON object such as {\"targetingKey\": \"user_1\", \"plan\": \"pro\"}.".to_owned()),
        Err(error) => {
            let said = error.to_string();
            let why = said.split(" at line ").next().unwrap_or_default();
            Err(format!("Line {}, column {}: {why}.", error.line(), error.column()))
        }
    }
}

/// The personas of a project, by key.
pub async fn list(state: &AppState, project: &OpenProject) -> Result<Vec<StoredPersona>, Error> {
    Ok(store::personas::of_project(&mut state.db.read().await?, &project.stored.id).await?)
}

pub async fn find(state: &AppState, project: &OpenProject, key: &str) -> Result<StoredPersona, Error> {
    let key = PersonaKey::parse(key).map_err(|_| Error::NotFound("persona"))?;
    let found = store::personas::find(&mut state.db.read().await?, &project.stored.id, &key).await?;
    found.ok_or(Error::NotFound("persona"))
}

/// Makes a persona whose key is still free.
pub async fn create(state: &AppState, actor: &Actor, project: &OpenProject, draft: &PersonaDraft) -> Result<Applied, Error> {
    project.require(Role::Editor)?;
    let persona = draft.read()?;
    let key = persona.key.clone();
    // No persona has this version, so one that is there already is a conflict.
    match save(state, actor, project, persona, 0).await {
        Err(Error::Conflict { .. }) => Err(Error::field("key", format!("There already is a persona {key}; choose another key."))),
        other => other,
    }
}

/// Replaces a persona; its key stays.
pub async fn edit(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    draft: &PersonaDraft,
    base_version: i64,
) -> Result<Applied, Error> {
    project.require(Role::Editor)?;
    save(state, actor, project, draft.read()?, base_version).await
}

async fn save(state: &AppState, actor: &Actor, project: &OpenProject, persona: Persona, base: i64) -> Result<Applied, Error> {
    let command = Command::SavePersona { project: project.key().clone(), persona };
    state.governance.submit(actor, Submission::new(command).based_on(base)).await
}

pub async fn delete(state: &AppState, actor: &Actor, project: &OpenProject, key: &PersonaKey) -> Result<Applied, Error> {
    let command = Command::DeletePersona { project: project.key().clone(), persona: key.clone() };
    state.governance.submit(actor, Submission::new(command)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_is_refused_with_its_line() {
        for (text, why) in [
            ("{\"plan\": \"pro\",\r\n \"country\" \"NO\"}", "Line 2, column 12: expected `:`."),
            ("{\"plan\": pro}", "Line 1, column 10: expected value."),
            ("{\"plan\": \"pro\"", "Line 1, column 14: EOF while parsing an object."),
            ("[1]", "Write a JSON object such as {\"targetingKey\": \"user_1\", \"plan\": \"pro\"}."),
        ] {
            assert_eq!(read_context(text), Err(why.to_owned()), "{text}");
        }
        assert_eq!(read_context(" \n"), Ok(Map::new()));
        let context = read_context("{\"plan\": \"pro\"}").unwrap_or_default();
        assert_eq!(read_context(&written(&context)), Ok(context));
    }
}
