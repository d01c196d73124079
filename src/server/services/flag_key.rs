//! A key for a new flag: what keeps it from being taken, said before the form is sent.

use super::projects::OpenProject;
use crate::domain::key::FlagKey;
use crate::domain::text::capital;
use crate::server::error::Error;
use crate::server::governance::apply::naming_problem;
use crate::server::state::AppState;
use crate::server::store;

/// Why a new flag of the project cannot have this key; `None` when it can. Creating the flag asks the same again.
pub async fn problem(state: &AppState, project: &OpenProject, text: &str) -> Result<Option<String>, Error> {
    let key = match FlagKey::parse(text) {
        Ok(key) => key,
        Err(why) => return Ok(Some(format!("{}.", capital(&why.to_string())))),
    };
    if let Some(problem) = naming_problem(&project.stored, &key) {
        return Ok(Some(problem.message));
    }
    let found = store::flags::find(&mut state.db.read().await?, &project.stored.id, &key).await?;
    Ok(found.map(|_| format!("{key} is taken; a key is never used again, even after archiving.")))
}
