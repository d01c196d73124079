//! Change requests as people see them: the lists, one with all that is known of it, and what they do with it.

mod draft;
mod list;
mod opened;
pub mod update;
pub use draft::{edit, edit_title, edits_unreviewed, revert, said_of, words};
pub use list::{Listed, Lists, PER_PAGE, View, in_review, lists, owed};
pub use opened::{Changed, Opened, Reviewer, Told, open};

use super::projects::OpenProject;
use crate::domain::actor::Actor;
use crate::server::error::Error;
use crate::server::governance::change_requests::apply::By;
use crate::server::governance::change_requests::review::Say;
use crate::server::state::AppState;
use crate::server::store;

/// Says something to a request, or does something with it.
pub async fn say(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    number: i64,
    say: Say,
    text: &str,
) -> Result<i64, Error> {
    let approves = matches!(say, Say::Approve(_));
    let seq = state.governance.say(actor, project.key(), number, say, text).await?;
    // The approval stands whether or not that can be written.
    if approves && let Err(error) = answered(state, project, number).await {
        tracing::warn!(%error, "a request that is approved is still told to wait");
    }
    Ok(seq)
}

/// Where a request has all the approvals that it waited for, nobody is told any more that it waits for theirs.
async fn answered(state: &AppState, project: &OpenProject, number: i64) -> Result<(), Error> {
    let found = state.governance.rehearse_request(project.key(), number).await?;
    if !found.standing.is_approved() {
        return Ok(());
    }
    let mut tx = state.db.begin().await?;
    store::inbox::answered(&mut tx, &found.stored.id, state.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Applies a request, by its approvals or in an emergency.
pub async fn apply(state: &AppState, actor: &Actor, project: &OpenProject, number: i64, by: By) -> Result<i64, Error> {
    state.governance.apply_request(actor, project.key(), number, by).await
}
