//! The rollout plans that a project keeps for its next flags.

use super::projects::{self, OpenProject};
use super::states::Consent;
use crate::domain::actor::Actor;
use crate::domain::flag::Problem;
use crate::domain::plan_template::PlanTemplate;
use crate::domain::project::Project;
use crate::server::error::Error;
use crate::server::governance::Applied;
use crate::server::state::AppState;

/// What a plan may begin from: the usual one first, then the project's own.
pub fn templates(project: &OpenProject) -> Vec<PlanTemplate> {
    std::iter::once(PlanTemplate::usual()).chain(project.stored.project.plans.iter().cloned()).collect()
}

/// The project's own template of that name.
pub fn find<'p>(project: &'p OpenProject, name: &str) -> Result<&'p PlanTemplate, Error> {
    project.stored.project.plans.iter().find(|one| one.name == name).ok_or(Error::NotFound("plan"))
}

/// Keeps a template, in the place of the one called `old` or as a new one.
pub async fn save(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    old: Option<&str>,
    template: PlanTemplate,
    consent: Consent,
) -> Result<Applied, Error> {
    let mut settings = project.stored.project.clone();
    let others = settings.plans.iter().filter(|one| Some(one.name.as_str()) != old);
    let mut problems = template.problems();
    if others.clone().any(|one| one.name == template.name) {
        problems.push(Problem::new("name", format!("There is a plan called {} already.", template.name)));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    match settings.plans.iter_mut().find(|one| Some(one.name.as_str()) == old) {
        Some(one) => *one = template,
        None => settings.plans.push(template),
    }
    projects::edit(state, actor, settings, consent).await
}

/// Takes a template away; plans that began from it go on.
pub async fn remove(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    name: &str,
    consent: Consent,
) -> Result<Applied, Error> {
    let before = project.stored.project.clone();
    let plans = before.plans.iter().filter(|one| one.name != name).cloned().collect();
    projects::edit(state, actor, Project { plans, ..before }, consent).await
}
