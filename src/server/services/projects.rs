//! Projects, as far as somebody may see them.

use super::states::Consent;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::environment::{Environment, Protection};
use crate::domain::flag::Problem;
use crate::domain::key::{EnvironmentKey, ProjectKey};
use crate::domain::project::Project;
use crate::domain::role::{InstanceRole, Role};
use crate::domain::text::capital;
use crate::server::error::Error;
use crate::server::governance::{Applied, Submission};
use crate::server::serving::Snapshot;
use crate::server::state::AppState;
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, instance};
use std::sync::Arc;

/// A project that the actor belongs to, with the role they hold in it.
#[derive(Debug, Clone)]
pub struct OpenProject {
    pub stored: StoredProject,
    pub role: Role,
}

impl OpenProject {
    pub fn key(&self) -> &ProjectKey {
        &self.stored.project.key
    }
    /// Refuses who holds less than `least`, before anything of what they sent is looked at.
    pub fn require(&self, least: Role) -> Result<(), Error> {
        self.refusal(least).map_or(Ok(()), |why| Err(Error::Forbidden(why)))
    }
    /// Why the actor may not do what takes `least`, for a control that is shown disabled; `None` when they may.
    pub fn refusal(&self, least: Role) -> Option<String> {
        (self.role < least).then(|| format!("Needs the role {}; yours is {}.", least.as_str(), self.role.as_str()))
    }
}

/// Opens a project. Who is no member learns the same as if it did not exist.
pub async fn open(state: &AppState, actor: &Actor, key: &str) -> Result<OpenProject, Error> {
    let key = ProjectKey::parse(key).map_err(|_| Error::NotFound("project"))?;
    let stored = store::projects::find(&mut state.db.read().await?, &key).await?.ok_or(Error::NotFound("project"))?;
    let role = actor.role_in(&stored.id).ok_or(Error::NotFound("project"))?;
    Ok(OpenProject { stored, role })
}

/// Every project that the actor belongs to, by name.
pub async fn visible(state: &AppState, actor: &Actor) -> Result<Vec<StoredProject>, Error> {
    let all = store::projects::all(&mut state.db.read().await?).await?;
    Ok(all.into_iter().filter(|stored| actor.role_in(&stored.id).is_some()).collect())
}

/// The same as [`OpenProject::refusal`], and whom to ask: those who hold `least`, or the owners where nobody does.
pub async fn refusal(state: &AppState, project: &OpenProject, least: Role) -> Result<Option<String>, Error> {
    let Some(why) = project.refusal(least) else { return Ok(None) };
    let mut cx = state.db.read().await?;
    let members = store::members::of_project(&mut cx, &project.stored.id).await?;
    let users = store::users::all(&mut cx).await?;
    let enabled = || users.iter().filter(|stored| stored.disabled_at.is_none());
    let holds = |id| members.iter().any(|(member, role)| member == id && *role >= least);
    let named = |names: Vec<&str>| (!names.is_empty()).then(|| one_of(&names));
    let holders = named(enabled().filter(|stored| holds(&stored.id)).map(|stored| stored.user.name.as_str()).collect());
    let owners = enabled().filter(|stored| stored.user.instance_role == InstanceRole::Owner);
    let whom = holders.or_else(|| named(owners.map(|stored| stored.user.name.as_str()).collect()));
    Ok(Some(whom.map_or(why.clone(), |whom| format!("{why} Ask {whom}."))))
}

/// `Ada`, `Ada or Lin`, `Ada, Lin or Bo`; no more than three are named.
fn one_of(names: &[&str]) -> String {
    match &names[..names.len().min(3)] {
        [most @ .., last] if !most.is_empty() => format!("{} or {last}", most.join(", ")),
        few => few.concat(),
    }
}

/// A project on the list of projects.
#[derive(Debug, Clone)]
pub struct Summary {
    pub project: Project,
    pub role: Role,
    /// In their order, as they are in force.
    pub environments: Vec<Arc<Snapshot>>,
    /// Flags that are not archived.
    pub flags: usize,
}

/// Every project that the actor belongs to, with what is in it.
pub async fn summaries(state: &AppState, actor: &Actor) -> Result<Vec<Summary>, Error> {
    let summary = |stored: StoredProject| {
        let environments = state.serving.environments_of(&stored.id);
        let active =
            |snapshot: &Arc<Snapshot>| snapshot.flags().filter(|served| served.stored.flag.archived_at.is_none()).count();
        let flags = environments.first().map_or(0, active);
        Some(Summary { role: actor.role_in(&stored.id)?, project: stored.project, environments, flags })
    };
    Ok(visible(state, actor).await?.into_iter().filter_map(summary).collect())
}

/// A project as somebody typed it.
#[derive(Debug, Clone, Default)]
pub struct NewProject {
    pub name: String,
    pub key: String,
    /// Key and protection of each environment, in their order; no key means none, no protection the usual one.
    pub environments: Vec<(String, String)>,
}

impl NewProject {
    /// Reads it, adding everything that is wrong to `found`.
    pub fn read(&self, found: &mut Vec<Problem>) -> Option<(Project, Vec<Environment>)> {
        let before = found.len();
        if self.name.trim().is_empty() {
            found.push(Problem::new("project_name", "Name the product or team whose flags come first."));
        }
        let key = ProjectKey::parse(self.key.trim());
        let key = key.map_err(|e| found.push(Problem::new("project_key", format!("{}.", capital(&e.to_string()))))).ok();
        let chosen = self.read_environments(found);
        let key = key.filter(|_| found.len() == before)?;
        Some((Project::new(key, self.name.trim()), Environment::of_new_project(chosen)))
    }

    fn read_environments(&self, found: &mut Vec<Problem>) -> Vec<(EnvironmentKey, Option<Protection>)> {
        let mut chosen = Vec::new();
        for (at, (text, protection)) in self.environments.iter().enumerate().filter(|(_, row)| !row.0.trim().is_empty()) {
            match EnvironmentKey::parse(text.trim()) {
                Ok(key) => chosen.push((key, Protection::parse(protection))),
                Err(error) => {
                    found.push(Problem::new(format!("environments[{at}].key"), format!("{}.", capital(&error.to_string()))));
                }
            }
        }
        chosen
    }
}

/// Makes a project; for owners of the installation.
pub async fn create(state: &AppState, actor: &Actor, wanted: &NewProject) -> Result<(ProjectKey, Applied), Error> {
    let mut problems = Vec::new();
    let Some((project, environments)) = wanted.read(&mut problems) else { return Err(Error::Invalid(problems)) };
    let key = project.key.clone();
    let command = Command::CreateProject { project, environments };
    Ok((key, state.governance.submit(actor, Submission::new(command)).await?))
}

/// Replaces a project's settings; for its admins.
pub async fn edit(state: &AppState, actor: &Actor, settings: Project, consent: Consent) -> Result<Applied, Error> {
    state.governance.submit(actor, consent.on(Command::EditProject { project: settings })).await
}

/// Whether this is the demo, which goes by one click.
pub async fn is_demo(state: &AppState, project: &OpenProject) -> Result<bool, Error> {
    let demo = instance::get(&mut state.db.read().await?, instance::DEMO).await?;
    Ok(demo.as_deref() == Some(project.stored.id.as_str()))
}

/// Removes a project with everything in it but its history; for owners of the installation. `typed` is its key once more, which the demo does not ask
/// for.
pub async fn remove(state: &AppState, actor: &Actor, project: &OpenProject, typed: Option<String>) -> Result<Applied, Error> {
    let consent = Consent { confirmation: typed, ..Consent::default() };
    state.governance.submit(actor, consent.on(Command::DeleteProject { project: project.key().clone() })).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_named_as_one_says_it() {
        for (names, said) in
            [(&["Ada"][..], "Ada"), (&["Ada", "Lin"], "Ada or Lin"), (&["Ada", "Lin", "Bo", "Cy"], "Ada, Lin or Bo")]
        {
            assert_eq!(one_of(names), said);
        }
    }
}
