//! Projects and the environments they start with.

use super::{Effect, Scope, Work, document};
use crate::domain::environment::Environment;
use crate::domain::flag::Problem;
use crate::domain::id::{EnvironmentId, ProjectId};
use crate::domain::project::Project;
use crate::server::error::Error;
use crate::server::governance::audit::Event;
use crate::server::store::{self, new_id};
use serde_json::json;

pub async fn create(work: &mut Work<'_>, project: &Project, environments: &[Environment]) -> Result<Effect, Error> {
    let problems = problems(project, environments);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let id = ProjectId::from_text(new_id());
    let inserted = store::projects::insert(work.tx, &id, project, work.now).await;
    inserted.map_err(|e| match e.is_taken() {
        true => Error::field("project_key", format!("There already is a project {}.", project.key)),
        false => e.into(),
    })?;
    for environment in environments {
        let environment_id = EnvironmentId::from_text(new_id());
        store::environments::insert(work.tx, &environment_id, &id, environment, work.now).await?;
    }
    let event = Event {
        action: "project.create",
        object: format!("project:{}", project.key),
        project: Some(project.key.to_string()),
        environment: None,
        before: None,
        after: document(&json!({ "project": project, "environments": environments }))?,
    };
    Ok(Effect::one(event, Scope::Nothing, false))
}

fn problems(project: &Project, environments: &[Environment]) -> Vec<Problem> {
    let mut found = Vec::new();
    if project.name.trim().is_empty() || project.name.chars().count() > 200 {
        found.push(Problem::new("project_name", "Write a name of 1 to 200 characters."));
    }
    if let Err(error) = super::flags::naming(&project.naming_pattern) {
        found.push(Problem::new("naming_pattern", error));
    }
    if environments.is_empty() {
        found.push(Problem::new("environments", "A project needs at least one environment, such as production."));
    }
    for (at, environment) in environments.iter().enumerate() {
        if environments[..at].iter().any(|earlier| earlier.key == environment.key) {
            found.push(Problem::new("environments", format!("There are two environments called {}.", environment.key)));
        }
    }
    found
}
