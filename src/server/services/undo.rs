//! Taking a change back: what just happened and whether it can still be undone, and the undoing itself, which is a new
//! change like any other.

use super::audit::{self, TOLD};
use super::change_requests;
use super::projects::OpenProject;
use super::states::Consent;
use crate::domain::actor::{Actor, Person};
use crate::domain::change::Change;
use crate::domain::command::Command;
use crate::domain::environment::{Environment, Protection};
use crate::domain::key::{EnvironmentKey, FlagKey};
use crate::domain::policy::Size;
use crate::domain::role::Role;
use crate::domain::state::State;
use crate::domain::time::MINUTE;
use crate::server::error::Error;
use crate::server::governance::policy::{self, Demand};
use crate::server::governance::{Applied, undo};
use crate::server::serving::Snapshot;
use crate::server::state::AppState;
use crate::server::store;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// How long after a change its undo is offered, in milliseconds.
pub const OFFERED: i64 = MINUTE;

/// A person's own change, just made.
#[derive(Debug, Clone)]
pub struct JustDone {
    pub change: Change,
    /// Whether one click takes it back: nothing but open environments is touched.
    pub can_undo: bool,
    /// It was turned off where turning on is confirmed first: the way back leads there.
    pub can_turn_on_again: bool,
    /// The request in which somebody else looks at it afterwards.
    pub owed: Option<i64>,
}

/// What came of an undo.
#[derive(Debug, Clone)]
pub enum Undone {
    Done(Applied),
    /// The object is not as the change left it; nothing was undone.
    ChangedSince,
    /// There is no way back from such a change, such as from making a flag.
    Never,
}

/// What `person` just did, by the sequence number of its audit row; `None` for what is old or was done by somebody else.
pub async fn just_done(state: &AppState, person: &Person, project: &OpenProject, seq: i64) -> Result<Option<JustDone>, Error> {
    let (row, change) = match audit::find(state, project, seq).await {
        Err(Error::NotFound(_)) => return Ok(None),
        found => found?,
    };
    let age = state.clock.now().millis() - change.at.millis();
    if change.actor != person.email || age > TOLD {
        return Ok(None);
    }
    let (can_be_undone, open) = (undo::command(&row).is_some(), is_free(state, project, &change));
    let can_undo = age < OFFERED && can_be_undone && open;
    let can_turn_on_again = change.action == "state.disable" && can_be_undone && !open;
    let owed = change_requests::owed(&state.db, &project.stored, (seq, seq)).await?;
    Ok(Some(JustDone { change, can_undo, can_turn_on_again, owed }))
}

/// Whether every environment that the change touched takes the way back at once: nothing is typed, nobody else is asked.
fn is_free(state: &AppState, project: &OpenProject, change: &Change) -> bool {
    let side = |side: &Option<Value>| side.as_ref().and_then(|side| State::deserialize(side).ok());
    let (states, now) = (side(&change.after).zip(side(&change.before)), state.clock.now());
    let is_free = |snapshot: &Arc<Snapshot>| {
        let (stored, Environment { key, policy, .. }) = (&snapshot.environment, &snapshot.environment.environment);
        let served = change.flag().and_then(|key| snapshot.flag(key));
        match (&states, served) {
            (Some((from, to)), Some(served)) => {
                policy::demand_of_state(stored, &served.stored.flag, from, to, now) == Demand::default()
            }
            _ => {
                let asks = policy.asks(key.as_str(), &[], Size::default(), true).is_some() || policy.frozen(now).is_some();
                stored.environment.protection == Protection::Open && !asks
            }
        }
    };
    let touched = |snapshot: &Arc<Snapshot>| {
        let key = snapshot.environment.environment.key.as_str();
        change.environment.as_deref().is_none_or(|environment| environment == key)
    };
    state.serving.environments_of(&project.stored.id).iter().filter(|snapshot| touched(snapshot)).all(is_free)
}

/// Takes a change back, where its object still is as the change left it.
pub async fn undo(state: &AppState, actor: &Actor, project: &OpenProject, seq: i64, consent: Consent) -> Result<Undone, Error> {
    if let Some(why) = project.refusal(Role::Editor) {
        return Err(Error::Forbidden(why));
    }
    let (row, _) = audit::find(state, project, seq).await?;
    let Some(command) = undo::command(&row) else { return Ok(Undone::Never) };
    let after: Option<Value> = row.after.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let Some((present, version)) = present(state, project, &command).await? else { return Ok(Undone::ChangedSince) };
    if after.as_ref() != Some(&present) {
        return Ok(Undone::ChangedSince);
    }
    let reason = match (&consent.reason, &consent.confirmation) {
        (Some(reason), _) => Some(format!("Undo of #{seq}: {reason}")),
        // Where the ladder asks why, the number of the change is no answer.
        (None, Some(_)) => None,
        (None, None) => Some(format!("Undo of #{seq}")),
    };
    let consent = Consent { base_version: Some(version), reason, ..consent };
    match state.governance.submit(actor, consent.on(command)).await {
        Err(Error::Conflict { .. }) => Ok(Undone::ChangedSince),
        applied => applied.map(Undone::Done),
    }
}

/// The document that the command would replace, as it is now, and its version.
async fn present(state: &AppState, project: &OpenProject, command: &Command) -> Result<Option<(Value, i64)>, Error> {
    match command {
        Command::SetEnabled { environment, flag, .. } | Command::EditState { environment, flag, .. } => {
            present_state(state, project, environment, flag).await
        }
        Command::EditFlag { flag, .. } => present_flag(state, project, &flag.key).await,
        Command::ArchiveFlag { flag, .. } | Command::RestoreFlag { flag, .. } => present_flag(state, project, flag).await,
        _ => Ok(None),
    }
}

async fn present_flag(state: &AppState, project: &OpenProject, key: &FlagKey) -> Result<Option<(Value, i64)>, Error> {
    let stored = store::flags::find(&mut state.db.read().await?, &project.stored.id, key).await?;
    stored.map(|stored| Ok((document(&stored.flag)?, stored.version))).transpose()
}

async fn present_state(
    state: &AppState,
    project: &OpenProject,
    environment: &EnvironmentKey,
    key: &FlagKey,
) -> Result<Option<(Value, i64)>, Error> {
    let mut cx = state.db.read().await?;
    let Some(flag) = store::flags::find(&mut cx, &project.stored.id, key).await? else { return Ok(None) };
    let Some(environment) = store::environments::find(&mut cx, &project.stored.id, environment).await? else { return Ok(None) };
    let Some(stored) = store::states::find(&mut cx, &flag.id, &environment.id).await? else { return Ok(None) };
    // A state that cannot be read is not what the change left.
    let Ok(found) = stored.state else { return Ok(None) };
    Ok(Some((document(&found)?, stored.version)))
}

fn document<T: serde::Serialize>(value: &T) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(|e| Error::Internal(e.to_string()))
}
