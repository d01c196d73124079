//! Projects, as far as somebody may see them.

use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::key::ProjectKey;
use crate::domain::role::{InstanceRole, Role};
use crate::server::error::Error;
use crate::server::governance::{Applied, Submission};
use crate::server::state::AppState;
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, instance};

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

/// The refusal of [`OpenProject::refusal`] with whom to ask: `Needs the role admin; yours is viewer. Ask Ada or Lin.`
pub async fn refusal_and_help(state: &AppState, project: &OpenProject, least: Role) -> Result<Option<String>, Error> {
    let Some(why) = project.refusal(least) else { return Ok(None) };
    let names = holders(state, project, least).await?;
    Ok(Some(match &names[..] {
        [] => format!("{why} Ask an owner of this installation."),
        [one] => format!("{why} Ask {one}."),
        [one, other] => format!("{why} Ask {one} or {other}."),
        [one, other, ..] => format!("{why} Ask {one}, {other} or another {}.", least.as_str()),
    }))
}

/// Who holds at least this role in a project, by name: its own members, and the installation's owners where it has none.
async fn holders(state: &AppState, project: &OpenProject, least: Role) -> Result<Vec<String>, Error> {
    let mut cx = state.db.read().await?;
    let roles = store::members::of_project(&mut cx, &project.stored.id).await?;
    let users = store::users::all(&mut cx).await?.into_iter().filter(|stored| stored.disabled_at.is_none());
    let users: Vec<_> = users.collect();
    let name = |stored: &store::users::StoredUser| stored.user.name.clone();
    let holds = |stored: &&store::users::StoredUser| roles.iter().any(|(id, role)| *id == stored.id && *role >= least);
    let members: Vec<String> = users.iter().filter(holds).map(name).collect();
    let owners = users.iter().filter(|stored| stored.user.instance_role == InstanceRole::Owner).map(name);
    Ok(if members.is_empty() { owners.collect() } else { members })
}

/// Whether this is the demo project, which one click removes.
pub async fn is_demo(state: &AppState, project: &OpenProject) -> Result<bool, Error> {
    let demo = instance::get(&mut state.db.read().await?, instance::DEMO).await?;
    Ok(demo.as_deref() == Some(project.stored.id.as_str()))
}

/// Removes a project with everything in it but its history. `typed` is the project's key, which the demo does not ask for.
pub async fn remove(state: &AppState, actor: &Actor, project: &OpenProject, typed: Option<String>) -> Result<Applied, Error> {
    let submission = Submission::new(Command::DeleteProject { project: project.key().clone() });
    state.governance.submit(actor, Submission { confirmation: typed, ..submission }).await
}
