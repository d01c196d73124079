//! Searches of source trees. What they find is an observation and stands in no history; that somebody takes one away does.

use super::{Effect, Scope, Work, in_project};
use crate::server::error::Error;
use crate::server::store;
use crate::server::store::projects::StoredProject;

pub async fn forget(work: &mut Work<'_>, project: &StoredProject, repository: &str) -> Result<Effect, Error> {
    if !store::references::forget(work.tx, &project.id, repository).await? {
        return Err(Error::field("repository", format!("No search of {repository} is kept in this project.")));
    }
    let event = in_project("references.forget", format!("repository:{repository}"), project);
    Ok(Effect::one(event, Scope::Nothing, false))
}
