//! Flags of a project: one flag across its environments, and the changes to its definition.

use super::flag_draft::FlagDraft;
use super::flag_key;
use super::owners::{self, Owners};
use super::projects::OpenProject;
use super::states::Consent;
use super::status::{self, Standing, Status};
use super::usage::{self, Usage};
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::flag::{Flag, Problem};
use crate::domain::key::FlagKey;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::governance::Applied;
use crate::server::serving::{ServedFlag, Snapshot};
use crate::server::state::AppState;
use std::sync::Arc;

/// A flag with its standing in every environment, in their order.
#[derive(Debug, Clone)]
pub struct FlagView {
    /// The same flag once for each environment, beside that environment's snapshot.
    pub places: Vec<(Arc<Snapshot>, Arc<ServedFlag>)>,
    pub status: Status,
    pub owner: String,
}

impl FlagView {
    pub(super) fn of(places: &Places<'_>, owners: &Owners, now: Timestamp) -> Option<Self> {
        let owner = owners.name(&places.first()?.1.stored.flag.owner);
        let status = status_of(places, now)?;
        let places = places.iter().map(|(snapshot, served)| (Arc::clone(snapshot), Arc::clone(served))).collect();
        Some(Self { places, status, owner })
    }
    pub fn flag(&self) -> &Flag {
        &self.places[0].1.stored.flag
    }
    pub fn version(&self) -> i64 {
        self.places[0].1.stored.version
    }
}

/// One flag across its environments, with its use in each.
pub async fn show(state: &AppState, project: &OpenProject, key: &str) -> Result<(FlagView, Vec<Usage>), Error> {
    let now = state.clock.now();
    let environments = state.serving.environments_of(&project.stored.id);
    let mut cx = state.db.read().await?;
    let owners = owners::load(&mut cx, &project.stored.id).await?;
    let view = view(&environments, key, &owners, now).ok_or(Error::NotFound("flag"))?;
    let usage = usage::of_flag(&mut cx, &environments, &view.places[0].1.stored.id, key, now).await?;
    Ok((view, usage))
}

/// Reads a draft and makes the flag. What the draft alone cannot know of its key is told with all the rest.
pub async fn create_from(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    draft: &FlagDraft,
) -> Result<(Flag, Applied), Error> {
    project.require(Role::Editor)?;
    match draft.create(&project.stored.project.kinds, state.clock.now()) {
        Ok(flag) => Ok((flag.clone(), create(state, actor, project, flag).await?)),
        Err(mut problems) => {
            if FlagKey::parse(draft.key.trim()).is_ok() {
                let message = flag_key::problem(state, project, draft.key.trim()).await?;
                problems.extend(message.map(|message| Problem::new("key", message)));
            }
            Err(Error::Invalid(problems))
        }
    }
}

/// One flag across its environments, without its use.
pub async fn view_of(state: &AppState, project: &OpenProject, key: &str) -> Result<FlagView, Error> {
    let environments = state.serving.environments_of(&project.stored.id);
    let owners = owners::load(&mut state.db.read().await?, &project.stored.id).await?;
    view(&environments, key, &owners, state.clock.now()).ok_or(Error::NotFound("flag"))
}

pub async fn create(state: &AppState, actor: &Actor, project: &OpenProject, flag: Flag) -> Result<Applied, Error> {
    let command = Command::CreateFlag { project: project.key().clone(), flag };
    state.governance.submit(actor, Consent::default().on(command)).await
}

pub async fn edit(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    flag: Flag,
    consent: Consent,
) -> Result<Applied, Error> {
    let command = Command::EditFlag { project: project.key().clone(), flag };
    state.governance.submit(actor, consent.on(command)).await
}

pub async fn set_archived(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    flag: FlagKey,
    archived: bool,
    consent: Consent,
) -> Result<Applied, Error> {
    let project = project.key().clone();
    let command = match archived {
        true => Command::ArchiveFlag { project, flag },
        false => Command::RestoreFlag { project, flag },
    };
    state.governance.submit(actor, consent.on(command)).await
}

fn view(environments: &[Arc<Snapshot>], key: &str, owners: &Owners, now: Timestamp) -> Option<FlagView> {
    FlagView::of(&places(environments, key), owners, now)
}

/// A flag as it is served in each environment.
pub(super) type Places<'s> = Vec<(&'s Arc<Snapshot>, &'s Arc<ServedFlag>)>;

pub(super) fn places<'s>(environments: &'s [Arc<Snapshot>], key: &str) -> Places<'s> {
    environments.iter().filter_map(|snapshot| Some((snapshot, snapshot.flag(key)?))).collect()
}

/// The status line; `None` where the flag is in no environment.
pub(super) fn status_of(places: &Places<'_>, now: Timestamp) -> Option<Status> {
    let mut standings = Vec::with_capacity(places.len());
    for (snapshot, served) in places {
        let protection = snapshot.environment.environment.protection;
        standings.push(Standing { protection, state: &served.state, since: served.updated_at });
    }
    Some(status::status(&places.first()?.1.stored.flag, &standings, now))
}
