//! What is known of the history itself, how long it is kept, and who may change that.

use super::users::for_owners;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::server::error::Error;
use crate::server::governance::audit::Known;
use crate::server::governance::audit::retention::{self, Policy};
use crate::server::governance::{Applied, Submission};
use crate::server::state::AppState;

/// All there is to know, for owners.
#[derive(Debug, Clone)]
pub struct Standing {
    pub known: Option<Known>,
    /// Signed exports are checked with it.
    pub public_key: String,
    pub policy: Policy,
}

/// What the last verification found; `None` before the first has ended. For everybody who may see any history.
pub fn known(state: &AppState) -> Option<Known> {
    state.evidence.known()
}

pub async fn standing(state: &AppState, actor: &Actor) -> Result<Standing, Error> {
    for_owners(actor)?;
    let policy = retention::policy(&mut state.db.read().await?).await?;
    Ok(Standing { known: known(state), public_key: state.signer.public_key(), policy })
}

/// Walks the whole chain. Who asks again within ten seconds is told the same.
pub async fn verify_now(state: &AppState, actor: &Actor) -> Result<Known, Error> {
    for_owners(actor)?;
    Ok(state.evidence.verify_now().await?)
}

/// Sets for how many days the history is kept; an empty text: for ever.
pub async fn set_retention(state: &AppState, actor: &Actor, days: &str, reason: Option<String>) -> Result<Applied, Error> {
    let days = match days.trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| Error::field("days", "Write a whole number of days, or nothing for ever."))?),
    };
    let submission = Submission::new(Command::SetRetention { days });
    state.governance.submit(actor, Submission { reason, ..submission }).await
}
