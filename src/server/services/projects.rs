//! Projects, as far as somebody may see them.

use crate::domain::actor::Actor;
use crate::domain::key::ProjectKey;
use crate::domain::role::Role;
use crate::server::error::Error;
use crate::server::state::AppState;
use crate::server::store;
use crate::server::store::projects::StoredProject;

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
