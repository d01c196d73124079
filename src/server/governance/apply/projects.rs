//! Projects and the environments they start with.

use super::{Effect, Scope, Weight, Work, document, in_project};
use crate::domain::actor::Actor;
use crate::domain::environment::Environment;
use crate::domain::flag::{FlagKind, Problem};
use crate::domain::id::{EnvironmentId, ProjectId};
use crate::domain::plan_template;
use crate::domain::policy::Size;
use crate::domain::project::Project;
use crate::server::error::Error;
use crate::server::governance::audit::Event;
use crate::server::store::audit::AuditFilter;
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, instance, new_id};
use serde_json::json;

pub async fn create(work: &mut Work<'_>, project: &Project, environments: &[Environment]) -> Result<Effect, Error> {
    let mut problems = problems(project, environments);
    if was_deleted(work, project).await? {
        let message = format!("{} was a project once; a key is never used again, because its history stays.", project.key);
        problems.push(Problem::new("project_key", message));
    }
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
        object: object(project),
        project: Some(project.key.to_string()),
        environment: None,
        before: None,
        after: document(&json!({ "project": project, "environments": environments }))?,
    };
    Ok(Effect::one(event, Scope::Nothing, false))
}

/// A pattern holds for flags made from now on; those that are there keep their keys.
pub async fn edit(work: &mut Work<'_>, stored: &StoredProject, settings: &Project) -> Result<Effect, Error> {
    work.check_base(stored.project.key.as_str(), stored.version)?;
    let settings = Project { kinds: settings.kinds.clone().whole(), ..settings.clone() };
    if settings == stored.project {
        return Ok(Effect::nothing());
    }
    let problems = settings_problems(&settings);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    store::projects::update(work.tx, &stored.id, &settings).await?;
    let event = Event {
        before: document(&stored.project)?,
        after: document(&settings)?,
        ..in_project("project.edit", object(&settings), stored)
    };
    let effect = Effect::one(event, Scope::Nothing, false);
    let is_same = |kind: &FlagKind| settings.kinds.of(*kind).required == stored.project.kinds.of(*kind).required;
    if FlagKind::ALL.iter().all(is_same) {
        return Ok(effect);
    }
    // What must be said of a flag is part of how changes are met: where that is reviewed, so is this.
    let guards = Scope::Environments(reviewed(work, stored).await?);
    Ok(Effect { guards, ..effect }.weighing(Weight { policy: true, ..Weight::default() }))
}

/// The environments whose policy asks for reviews.
async fn reviewed(work: &mut Work<'_>, stored: &StoredProject) -> Result<Vec<StoredEnvironment>, Error> {
    let all = store::environments::of_project(work.tx, &stored.id).await?;
    let asks = |it: &Environment| it.policy.asks(it.key.as_str(), &[], Size::default(), true).is_some();
    Ok(all.into_iter().filter(|place| asks(&place.environment)).collect())
}

/// Asks for the key, typed, of any project but the demo, which is there to be removed.
pub async fn delete(work: &mut Work<'_>, stored: &StoredProject) -> Result<Effect, Error> {
    let project = &stored.project;
    let is_demo = instance::get(work.tx, instance::DEMO).await?.as_deref() == Some(stored.id.as_str());
    let typed = work.submission.confirmation.as_deref().map(str::trim) == Some(project.key.as_str());
    if !is_demo && !typed {
        return Err(Error::field("confirmation", format!("Type {} to say that you mean this project.", project.key)));
    }
    if !is_demo && matches!(work.actor, Actor::Person(_)) {
        refuse_reviewed(work, stored).await?;
    }
    store::projects::delete(work.tx, &stored.id).await?;
    let event = Event { before: document(project)?, ..in_project("project.delete", object(project), stored) };
    Ok(Effect::one(event, Scope::Nothing, false))
}

/// What others have to look at does not go away, policy and all, on one person's word.
async fn refuse_reviewed(work: &mut Work<'_>, stored: &StoredProject) -> Result<(), Error> {
    match reviewed(work, stored).await?.first() {
        None => Ok(()),
        Some(place) => {
            let key = &place.environment.key;
            let why = format!("{key} has changes reviewed. Take that out of its policy first, which is reviewed as well.");
            Err(Error::field("", why))
        }
    }
}

fn object(project: &Project) -> String {
    format!("project:{}", project.key)
}

/// Whether a project of that key was there and is gone.
async fn was_deleted(work: &mut Work<'_>, project: &Project) -> Result<bool, Error> {
    let filter = AuditFilter {
        project: Some(project.key.to_string()),
        object: Some(object(project)),
        action: Some("project.delete".to_owned()),
        ..AuditFilter::default()
    };
    Ok(!store::audit::search(work.tx, &filter, 1).await?.is_empty())
}

fn settings_problems(project: &Project) -> Vec<Problem> {
    let mut found = project.kinds.problems();
    found.extend(plan_template::problems(&project.plans));
    if project.name.trim().is_empty() || project.name.chars().count() > 200 {
        found.push(Problem::new("project_name", "Write a name of 1 to 200 characters."));
    }
    if let Err(error) = super::flags::naming(&project.naming_pattern) {
        found.push(Problem::new("naming_pattern", error));
    }
    found
}

fn problems(project: &Project, environments: &[Environment]) -> Vec<Problem> {
    let mut found = settings_problems(project);
    if environments.is_empty() {
        found.push(Problem::new("environments", "A project needs at least one environment, such as production."));
    }
    for (at, environment) in environments.iter().enumerate() {
        found.extend(environment.problems().into_iter().map(|problem| Problem::new("environments", problem.message)));
        if environments[..at].iter().any(|earlier| earlier.key == environment.key) {
            found.push(Problem::new("environments", format!("There are two environments called {}.", environment.key)));
        }
    }
    found
}
