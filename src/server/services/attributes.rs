//! What contexts are made of: what a project has described, what its rules look at, and what evaluations sent.

use super::projects::OpenProject;
use crate::domain::actor::Actor;
use crate::domain::attribute::{Attribute, AttributeType, Schema};
use crate::domain::command::Command;
use crate::domain::flag::Problem;
use crate::domain::role::Role;
use crate::domain::rule::TARGETING_KEY;
use crate::domain::sentence::scalar;
use crate::domain::time::{DAY, Timestamp};
use crate::server::error::Error;
use crate::server::governance::{Applied, Submission};
use crate::server::serving::Snapshot;
use crate::server::state::AppState;
use crate::server::store;
use crate::server::store::attributes::StoredAttribute;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A name that nobody sent in so many days is forgotten.
pub const KEPT_DAYS: i64 = 30;

/// An attribute's fields as a form sends them.
#[derive(Debug, Clone, Default)]
pub struct AttributeDraft {
    pub name: String,
    pub value_type: String,
    /// One a line.
    pub legal_values: String,
    pub private: bool,
    pub description: String,
}

impl AttributeDraft {
    pub fn of(attribute: &Attribute) -> Self {
        Self {
            name: attribute.name.clone(),
            value_type: attribute.value_type.as_str().to_owned(),
            legal_values: attribute.legal_values.iter().map(scalar).collect::<Vec<_>>().join("\n"),
            private: attribute.private,
            description: attribute.description.clone(),
        }
    }

    /// Reads the form, telling everything that is wrong at once.
    pub fn read(&self) -> Result<Attribute, Error> {
        let value_type = AttributeType::parse(&self.value_type);
        let lines = self.legal_values.lines().map(str::trim).filter(|line| !line.is_empty());
        let attribute = Attribute {
            name: self.name.trim().to_owned(),
            value_type: value_type.unwrap_or(AttributeType::Text),
            legal_values: lines.map(|line| value(line, value_type)).collect(),
            private: self.private,
            description: self.description.trim().to_owned(),
        };
        let untyped = value_type.is_none().then(|| Problem::new("value_type", "Choose what its values are."));
        let in_form = |problem: Problem| Problem::new(problem.field.split('[').next().unwrap_or_default(), problem.message);
        let problems: Vec<Problem> = untyped.into_iter().chain(attribute.problems().into_iter().map(in_form)).collect();
        if problems.is_empty() { Ok(attribute) } else { Err(Error::Invalid(problems)) }
    }
}

/// A line as a value of this type; a text where it is none, for the refusal to name.
fn value(line: &str, value_type: Option<AttributeType>) -> Value {
    let number = || serde_json::from_str::<Value>(line).ok().filter(Value::is_number);
    if value_type == Some(AttributeType::Number) { number() } else { None }.unwrap_or_else(|| Value::from(line))
}

/// When a name was last sent, and where.
#[derive(Debug, Clone)]
pub struct Seen {
    pub at: Timestamp,
    /// The environment's name.
    pub environment: String,
}

/// A name with everything that is known of it.
#[derive(Debug, Clone)]
pub struct KnownName {
    pub name: String,
    pub described: Option<StoredAttribute>,
    /// The flags and segments whose conditions look at it, and flags that bucket by it.
    pub used_by: BTreeSet<String>,
    pub seen: Option<Seen>,
    /// What rules compare it as.
    pub used_as: Option<AttributeType>,
}

impl KnownName {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), described: None, used_by: BTreeSet::new(), seen: None, used_as: None }
    }
}

/// Every name that is described, used or was seen, the targeting key first and then by name.
pub async fn all(state: &AppState, project: &OpenProject) -> Result<Vec<KnownName>, Error> {
    let snapshots = state.serving.environments_of(&project.stored.id);
    let mut found = Found::default();
    found.name(TARGETING_KEY);
    snapshots.iter().for_each(|snapshot| found.uses(snapshot));
    let mut cx = state.db.read().await?;
    for stored in store::attributes::of_project(&mut cx, &project.stored.id).await? {
        let name = stored.attribute.name.clone();
        found.name(&name).described = Some(stored);
    }
    for snapshot in &snapshots {
        let stored = store::attributes::seen(&mut cx, &snapshot.environment.id).await?;
        let stored = stored.into_iter().map(|row| (row.name, Timestamp::from_millis(row.seen_at)));
        stored.chain(snapshot.names.pending()).for_each(|(name, at)| found.saw(&name, at, snapshot));
    }
    let mut all: Vec<KnownName> = found.names.into_values().collect();
    // Stable: names stay in order.
    all.sort_by_key(|known| known.name != TARGETING_KEY);
    Ok(all)
}

/// What is gathered, by name.
#[derive(Default)]
struct Found {
    names: BTreeMap<String, KnownName>,
}

impl Found {
    fn name(&mut self, name: &str) -> &mut KnownName {
        self.names.entry(name.to_owned()).or_insert_with(|| KnownName::new(name))
    }

    fn saw(&mut self, name: &str, at: Timestamp, snapshot: &Snapshot) {
        let known = self.name(name);
        if known.seen.as_ref().is_none_or(|seen| seen.at < at) {
            known.seen = Some(Seen { at, environment: snapshot.environment.environment.name.clone() });
        }
    }

    fn uses(&mut self, snapshot: &Snapshot) {
        for (name, used) in snapshot.uses().iter() {
            let known = self.name(name);
            known.used_by.extend(used.used_by.iter().cloned());
            known.used_as = known.used_as.or(used.used_as);
        }
    }
}

/// The names to suggest where somebody writes a condition: the targeting key, then what is described, used in rules, or was
/// seen.
pub async fn names(state: &AppState, project: &OpenProject) -> Result<Vec<String>, Error> {
    let snapshots = state.serving.environments_of(&project.stored.id);
    let mut found: BTreeSet<String> = snapshots.iter().flat_map(|snapshot| snapshot.uses().names()).map(str::to_owned).collect();
    let mut cx = state.db.read().await?;
    let described = store::attributes::of_project(&mut cx, &project.stored.id).await?;
    found.extend(described.into_iter().map(|stored| stored.attribute.name));
    for snapshot in &snapshots {
        let seen = store::attributes::seen(&mut cx, &snapshot.environment.id).await?;
        found.extend(seen.into_iter().map(|row| row.name));
        found.extend(snapshot.names.pending().into_iter().map(|(name, _)| name));
    }
    found.remove(TARGETING_KEY);
    Ok(std::iter::once(TARGETING_KEY.to_owned()).chain(found).collect())
}

/// What the project has described.
pub async fn schema(state: &AppState, project: &OpenProject) -> Result<Schema, Error> {
    Ok(store::attributes::schema(&mut state.db.read().await?, &project.stored.id).await?)
}

pub async fn find(state: &AppState, project: &OpenProject, name: &str) -> Result<StoredAttribute, Error> {
    let found = store::attributes::find(&mut state.db.read().await?, &project.stored.id, name).await?;
    found.ok_or(Error::NotFound("attribute"))
}

/// Describes an attribute that nobody has described yet.
pub async fn create(state: &AppState, actor: &Actor, project: &OpenProject, draft: &AttributeDraft) -> Result<Applied, Error> {
    project.require(Role::Editor)?;
    let attribute = draft.read()?;
    let name = attribute.name.clone();
    // No attribute has this version, so one that is there already is a conflict.
    match save(state, actor, project, attribute, 0).await {
        Err(Error::Conflict { .. }) => Err(Error::field("name", format!("{name} is described already; edit it instead."))),
        other => other,
    }
}

/// Replaces what is said of an attribute; its name stays.
pub async fn edit(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    draft: &AttributeDraft,
    base_version: i64,
) -> Result<Applied, Error> {
    project.require(Role::Editor)?;
    save(state, actor, project, draft.read()?, base_version).await
}

async fn save(state: &AppState, actor: &Actor, project: &OpenProject, attribute: Attribute, base: i64) -> Result<Applied, Error> {
    let command = Command::SaveAttribute { project: project.key().clone(), attribute };
    state.governance.submit(actor, Submission::new(command).based_on(base)).await
}

pub async fn delete(state: &AppState, actor: &Actor, project: &OpenProject, name: &str) -> Result<Applied, Error> {
    let command = Command::DeleteAttribute { project: project.key().clone(), attribute: name.to_owned() };
    state.governance.submit(actor, Submission::new(command)).await
}

/// Forgets names that nobody sends any more.
pub async fn prune(state: &AppState) -> Result<(), Error> {
    let mut tx = state.db.begin().await?;
    store::attributes::prune(&mut tx, state.clock.now().plus(-KEPT_DAYS * DAY)).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn draft(value_type: &str, legal_values: &str) -> AttributeDraft {
        let (value_type, legal_values) = (value_type.to_owned(), legal_values.to_owned());
        AttributeDraft { name: "plan".to_owned(), value_type, legal_values, ..AttributeDraft::default() }
    }

    #[test]
    fn legal_values_are_read_by_type_and_written_again() {
        for (value_type, text, values) in [
            ("text", "free\r\npro\n\n 20 ", vec![json!("free"), json!("pro"), json!("20")]),
            ("number", "20\n2.5", vec![json!(20), json!(2.5)]),
            ("version", "2.3", vec![json!("2.3")]),
        ] {
            let read = draft(value_type, text).read().unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(read.legal_values, values);
            assert_eq!(AttributeDraft::of(&read).read().unwrap_or_else(|e| panic!("{e}")), read);
        }
    }

    #[test]
    fn what_is_wrong_is_told_at_its_field() {
        let said = |draft: AttributeDraft| draft.read().map_err(|e| e.to_string()).err().unwrap_or_default();
        assert_eq!(said(draft("number", "20\nmany")), "legal_values: \"many\" is not a number; write it like 20.");
        assert_eq!(said(draft("", "")), "value_type: Choose what its values are.");
    }
}
