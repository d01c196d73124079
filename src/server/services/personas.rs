//! Personas: contexts with names, to try flags on.

use super::expectations::{Part, unknown};
use super::projects::OpenProject;
use super::trials;
use crate::domain::actor::Actor;
use crate::domain::attribute::Schema;
use crate::domain::command::Command;
use crate::domain::flag::Problem;
use crate::domain::key::{EnvironmentKey, FlagKey, KeyError, PersonaKey, VariantName};
use crate::domain::persona::{Expectations, Persona};
use crate::domain::role::Role;
use crate::server::error::Error;
use crate::server::governance::{Applied, Submission};
use crate::server::serving::Snapshot;
use crate::server::state::AppState;
use crate::server::store;
use crate::server::store::personas::StoredPersona;
use serde_json::{Map, Value};
use std::sync::Arc;

pub use super::expectations::verdicts;

/// A persona's fields as a form sends them.
#[derive(Debug, Clone, Default)]
pub struct PersonaDraft {
    pub key: String,
    pub name: String,
    pub description: String,
    /// JSON, as it was typed.
    pub context: String,
    pub expect: Vec<ExpectRow>,
}

/// One answer that is expected, as texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExpectRow {
    pub environment: String,
    pub flag: String,
    pub variant: String,
}

impl ExpectRow {
    fn is_blank(&self) -> bool {
        self.flag.trim().is_empty() && self.variant.trim().is_empty()
    }
}

/// What a draft is held against.
#[derive(Debug, Default)]
pub struct Around {
    pub snapshots: Vec<Arc<Snapshot>>,
    /// What the persona expects already: that may name what is no more, so that a form can be saved around it.
    pub before: Expectations,
}

impl PersonaDraft {
    pub fn of(persona: &Persona) -> Self {
        Self {
            key: persona.key.to_string(),
            name: persona.name.clone(),
            description: persona.description.clone(),
            context: written(&persona.context),
            expect: rows(&persona.expect),
        }
    }

    /// Reads the form, telling everything that is wrong at once.
    pub fn read(&self, around: &Around) -> Result<Persona, Error> {
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
            expect: self.read_expect(around, &mut problems),
        };
        problems.extend(persona.problems());
        if problems.is_empty() { Ok(persona) } else { Err(Error::Invalid(problems)) }
    }

    fn read_expect(&self, around: &Around, problems: &mut Vec<Problem>) -> Expectations {
        let mut read = Expectations::new();
        for (at, row) in self.expect.iter().enumerate().filter(|(_, row)| !row.is_blank()) {
            let Some((environment, flag, variant)) = read_row(at, row, problems) else { continue };
            let is_kept = around.before.get(&environment).and_then(|flags| flags.get(&flag)) == Some(&variant);
            if let Some((part, why)) = unknown(&around.snapshots, (&environment, &flag, &variant)).filter(|_| !is_kept) {
                problems.push(Problem::new(expect_field(at, part), why));
            }
            if read.entry(environment.clone()).or_default().insert(flag.clone(), variant).is_some() {
                let message = format!("What {flag} should give in {environment} stands here twice; keep one of the two.");
                problems.push(Problem::new(expect_field(at, Part::Flag), message));
            }
        }
        read
    }
}

/// The field of a row of expectations: `expect[0].flag`.
pub fn expect_field(at: usize, part: Part) -> String {
    let name = match part {
        Part::Environment => "environment",
        Part::Flag => "flag",
        Part::Variant => "variant",
    };
    format!("expect[{at}].{name}")
}

fn read_row(at: usize, row: &ExpectRow, problems: &mut Vec<Problem>) -> Option<(EnvironmentKey, FlagKey, VariantName)> {
    let mut told = |part: Part, why: KeyError| problems.push(Problem::new(expect_field(at, part), format!("{why}.")));
    let environment = EnvironmentKey::parse(row.environment.trim()).map_err(|why| told(Part::Environment, why)).ok();
    let flag = FlagKey::parse(row.flag.trim()).map_err(|why| told(Part::Flag, why)).ok();
    let variant = VariantName::parse(row.variant.trim()).map_err(|why| told(Part::Variant, why)).ok();
    Some((environment?, flag?, variant?))
}

fn rows(expect: &Expectations) -> Vec<ExpectRow> {
    let all =
        expect.iter().flat_map(|(environment, flags)| flags.iter().map(move |(flag, variant)| (environment, flag, variant)));
    let row = |(environment, flag, variant): (&EnvironmentKey, &FlagKey, &VariantName)| ExpectRow {
        environment: environment.to_string(),
        flag: flag.to_string(),
        variant: variant.to_string(),
    };
    all.map(row).collect()
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
    let around = Around { snapshots: state.serving.environments_of(&project.stored.id), before: Expectations::new() };
    let persona = draft.read(&around)?;
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
    stored: &StoredPersona,
    draft: &PersonaDraft,
    base_version: i64,
) -> Result<Applied, Error> {
    project.require(Role::Editor)?;
    let snapshots = state.serving.environments_of(&project.stored.id);
    let around = Around { snapshots, before: stored.persona.expect.clone() };
    save(state, actor, project, draft.read(&around)?, base_version).await
}

/// Adds one answer that the persona should get, in place of what it expected there before.
pub async fn expect(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    stored: &StoredPersona,
    row: &ExpectRow,
    base_version: i64,
) -> Result<Applied, Error> {
    project.require(Role::Editor)?;
    let mut problems = Vec::new();
    let Some((environment, flag, variant)) = read_row(0, row, &mut problems) else { return Err(Error::Invalid(problems)) };
    let snapshots = state.serving.environments_of(&project.stored.id);
    if let Some((_, why)) = unknown(&snapshots, (&environment, &flag, &variant)) {
        return Err(Error::field("", why));
    }
    save(state, actor, project, stored.persona.clone().expecting(environment, flag, variant), base_version).await
}

/// Expects in one environment what every flag in use gives the persona there now, in place of what it expected there.
pub async fn expect_present(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    stored: &StoredPersona,
    environment: &str,
    base_version: i64,
) -> Result<Applied, Error> {
    project.require(Role::Editor)?;
    let key = EnvironmentKey::parse(environment).map_err(|_| Error::NotFound("environment"))?;
    let snapshot = state.serving.environment(project.key(), &key).ok_or(Error::NotFound("environment"))?;
    let mut persona = stored.persona.clone();
    persona.expect.remove(&key);
    for served in snapshot.live() {
        let nothing_told = Schema::default();
        let answer = trials::answer(&served.compiled, persona.context.clone(), Role::Editor, &nothing_told, state.clock.now());
        let variant = answer.map_err(|why| Error::field("", format!("Its context cannot be used: {why}")))?.variant;
        let variant = VariantName::parse(&variant).map_err(|e| Error::Internal(e.to_string()))?;
        persona = persona.expecting(key.clone(), served.stored.flag.key.clone(), variant);
    }
    save(state, actor, project, persona, base_version).await
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
