//! The drafts of a project: who works on what.

use super::StateDraft;
use crate::domain::actor::Person;
use crate::domain::id::{DraftId, EnvironmentId, FlagId, UserId};
use crate::domain::state::State;
use crate::server::error::Error;
use crate::server::services::projects::OpenProject;
use crate::server::state::AppState;
use crate::server::store;
use crate::server::store::drafts::{Heading, StoredDraft};
use std::collections::HashMap;

/// A draft with the name of who made it.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    pub stored: StoredDraft,
    pub author: String,
    /// Whether it belongs to who asks.
    pub is_own: bool,
}

/// A draft on the list of drafts, without what it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub heading: Heading,
    pub author: String,
    pub is_own: bool,
}

/// Everybody's drafts in a project, newest first.
pub async fn list(state: &AppState, person: &Person, project: &OpenProject) -> Result<Vec<Line>, Error> {
    let mut cx = state.db.read().await?;
    let all = store::drafts::headings(&mut cx, &project.stored.id).await?;
    let users = store::users::all(&mut cx).await?;
    let names: HashMap<&str, &str> = users.iter().map(|user| (user.id.as_str(), user.user.name.as_str())).collect();
    let line = |heading: Heading| {
        let author = (*names.get(heading.author_id.as_str())?).to_owned();
        Some(Line { is_own: heading.author_id == person.id, heading, author })
    };
    Ok(all.into_iter().filter_map(line).collect())
}

/// How many drafts `person` has in a project.
pub async fn count_own(state: &AppState, person: &Person, project: &OpenProject) -> Result<u64, Error> {
    Ok(store::drafts::count(&mut state.db.read().await?, &project.stored.id, &person.id).await?)
}

/// What the drafts of `person` would make of each flag in an environment.
pub async fn own_states(
    state: &AppState,
    person: &UserId,
    project: &OpenProject,
) -> Result<HashMap<(FlagId, EnvironmentId), State>, Error> {
    let own = store::drafts::states_of(&mut state.db.read().await?, &project.stored.id, person).await?.into_iter();
    let state = |stored: StoredDraft| Some((stored.place.clone()?, StateDraft::read(stored)?.after));
    Ok(own.filter_map(state).collect())
}

/// One draft of a project.
pub async fn find(state: &AppState, person: &Person, project: &OpenProject, id: &str) -> Result<Listed, Error> {
    let mut cx = state.db.read().await?;
    let found = store::drafts::find(&mut cx, &DraftId::from_text(id)).await?;
    let stored = found.filter(|draft| draft.project_id == project.stored.id).ok_or(Error::NotFound("draft"))?;
    let author = store::users::find(&mut cx, &stored.author_id).await?.ok_or(Error::NotFound("draft"))?;
    Ok(Listed { is_own: stored.author_id == person.id, author: author.user.name, stored })
}
