//! Environments of a project. Their own protection guards changes to it: nobody un-protects past the ladder.

use super::{Effect, Scope, Weight, Work, document, in_project};
use crate::domain::environment::Environment;
use crate::domain::id::EnvironmentId;
use crate::domain::key::EnvironmentKey;
use crate::domain::state::State;
use crate::server::error::Error;
use crate::server::governance::audit::Event;
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, new_id};
use serde_json::json;

/// The most environments a project may have: each is a column on the list.
const MOST: usize = 20;

pub async fn create(work: &mut Work<'_>, project: &StoredProject, environment: &Environment) -> Result<Effect, Error> {
    let mut problems = environment.problems();
    let all = store::environments::of_project(work.tx, &project.id).await?;
    if all.len() >= MOST {
        problems.push(crate::domain::flag::Problem::new("", format!("A project has at most {MOST} environments.")));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let id = EnvironmentId::from_text(new_id());
    let position = all.iter().map(|stored| stored.environment.position + 1).max().unwrap_or(0);
    let environment = Environment { position, ..environment.clone() };
    let inserted = store::environments::insert(work.tx, &id, &project.id, &environment, work.now).await;
    inserted.map_err(|e| match e.is_taken() {
        true => Error::field("key", format!("There already is an environment {}.", environment.key)),
        false => e.into(),
    })?;
    for stored in store::flags::of_project(work.tx, &project.id).await? {
        store::states::insert(work.tx, &stored.id, &id, &State::initial(&stored.flag), work.now).await?;
    }
    let event = Event {
        environment: Some(environment.key.to_string()),
        after: document(&environment)?,
        ..in_project("environment.create", object(&environment.key), project)
    };
    Ok(Effect::one(event, Scope::Nothing, false))
}

pub async fn edit(work: &mut Work<'_>, project: &StoredProject, environment: &Environment) -> Result<Effect, Error> {
    let stored = work.environment(project, &environment.key).await?;
    work.check_base(environment.key.as_str(), stored.version)?;
    let environment = Environment { position: stored.environment.position, ..environment.clone() };
    if environment == stored.environment {
        return Ok(Effect::nothing());
    }
    let problems = environment.problems();
    // An environment that was made before a page took its address keeps its key.
    let problems: Vec<_> = problems.into_iter().filter(|problem| problem.field != "key").collect();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    store::environments::update(work.tx, &stored.id, &environment).await?;
    let event = Event {
        environment: Some(environment.key.to_string()),
        before: document(&stored.environment)?,
        after: document(&environment)?,
        ..in_project("environment.edit", object(&environment.key), project)
    };
    let is = (&stored.environment.protection, &stored.environment.policy);
    let weight = Weight { policy: is != (&environment.protection, &environment.policy), ..Weight::default() };
    // Guarded as it was, not as it becomes.
    Ok(Effect::one(event, Scope::Environment(Box::new(stored)), true).weighing(weight))
}

pub async fn order(work: &mut Work<'_>, project: &StoredProject, order: &[EnvironmentKey]) -> Result<Effect, Error> {
    let all = store::environments::of_project(work.tx, &project.id).await?;
    let before: Vec<EnvironmentKey> = all.iter().map(|stored| stored.environment.key.clone()).collect();
    let (mut named, mut known) = (order.to_vec(), before.clone());
    named.sort();
    known.sort();
    if named != known {
        return Err(Error::field("order", "Name every environment of the project once."));
    }
    if before == order {
        return Ok(Effect::nothing());
    }
    for (position, key) in (0..).zip(order) {
        if let Some(stored) = all.iter().find(|stored| &stored.environment.key == key) {
            store::environments::set_position(work.tx, &stored.id, position).await?;
        }
    }
    let event = Event {
        before: document(&json!({ "environments": before }))?,
        after: document(&json!({ "environments": order }))?,
        ..in_project("environment.order", format!("project:{}", project.project.key), project)
    };
    Ok(Effect::one(event, Scope::Project, false))
}

fn object(key: &EnvironmentKey) -> String {
    format!("environment:{key}")
}
