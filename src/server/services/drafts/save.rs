//! What becomes of a draft: saved, brought up to date, thrown away.

use super::standing::{Standing, standing};
use super::{StateDraft, document};
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::draft::Item;
use crate::domain::merge::Choices;
use crate::domain::role::Role;
use crate::server::error::Error;
use crate::server::governance::{Applied, Submission};
use crate::server::services::change_requests;
use crate::server::services::projects::OpenProject;
use crate::server::services::states::{Consent, OpenState};
use crate::server::state::AppState;
use crate::server::store;
use crate::server::store::drafts::StoredDraft;

/// Saves a draft: all of its changes and its own removal in one transaction, or nothing.
pub async fn publish(state: &AppState, actor: &Actor, draft: &StoredDraft, consent: Consent) -> Result<Vec<Applied>, Error> {
    let request = change_requests::words(state, draft, consent.request.as_ref()).await?;
    let submission = |item: &Item| Submission {
        base_version: item.base_version,
        reason: consent.reason.clone(),
        confirmation: consent.confirmation.clone(),
        request: request.clone(),
        revert: item.revert,
        ..Submission::new(item.command.clone())
    };
    let submissions = draft.items.iter().map(submission).collect();
    state.governance.submit_draft(actor, submissions, (&draft.id, draft.version)).await
}

/// Brings a draft up to what is live. Says whether that went without a clash left open; otherwise nothing is written.
pub async fn settle(
    state: &AppState,
    project: &OpenProject,
    draft: &StateDraft,
    live: &OpenState,
    choices: &Choices,
) -> Result<bool, Error> {
    project.require(Role::Editor)?;
    let merged = match standing(draft, live, choices) {
        Standing::Current => return Ok(true),
        Standing::Behind(merged) | Standing::Clashing(merged) => merged,
    };
    if !merged.is_settled() {
        return Ok(false);
    }
    let stored = &draft.stored;
    let mut tx = state.db.begin().await?;
    let written = if merged.state == *live.served.state {
        // Somebody else has saved the same: nothing is left.
        store::drafts::delete(&mut tx, &stored.id, stored.version).await?
    } else {
        let command = Command::EditState {
            project: project.key().clone(),
            environment: live.environment_key().clone(),
            flag: live.flag_key().clone(),
            state: merged.state,
        };
        let item = Item {
            command,
            base_version: Some(live.served.state_version),
            base: document(&*live.served.state)?,
            revert: false,
            left_out: false,
        };
        store::drafts::update(&mut tx, &stored.id, stored.version, &[item], state.clock.now()).await?
    };
    if !written {
        return Err(changed(stored));
    }
    tx.commit().await?;
    Ok(true)
}

/// Makes a draft that edits a request one of its own.
pub async fn detach(state: &AppState, draft: &StoredDraft) -> Result<(), Error> {
    let mut tx = state.db.begin().await?;
    if !store::drafts::detach(&mut tx, &draft.id, draft.version).await? {
        return Err(changed(draft));
    }
    Ok(tx.commit().await?)
}

pub async fn discard(state: &AppState, draft: &StoredDraft) -> Result<(), Error> {
    let mut tx = state.db.begin().await?;
    if !store::drafts::delete(&mut tx, &draft.id, draft.version).await? {
        return Err(changed(draft));
    }
    tx.commit().await?;
    Ok(())
}

fn changed(draft: &StoredDraft) -> Error {
    Error::Conflict { object: format!("the draft of {}", draft.title), base: draft.version, current: draft.version + 1 }
}
