//! Flags of a project: one flag across its environments, and the changes to its definition.

use super::flag_draft::FlagDraft;
use super::flag_key;
use super::owners::{self, Owners};
use super::projects::OpenProject;
use super::schedule;
use super::states::Consent;
use super::status::{self, Standing, Status};
use super::usage::{self, Usage};
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::flag::{Flag, Problem};
use crate::domain::key::FlagKey;
use crate::domain::project::Kinds;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::error::{Confirm, Error};
use crate::server::governance::Applied;
use crate::server::serving::{ServedFlag, Snapshot};
use crate::server::state::AppState;
use crate::server::store;
use crate::server::store::change_requests::Waiting;
use std::sync::Arc;

/// A flag with its standing in every environment, in their order.
#[derive(Debug, Clone)]
pub struct FlagView {
    /// The same flag once for each environment, beside that environment's snapshot.
    pub places: Vec<(Arc<Snapshot>, Arc<ServedFlag>)>,
    pub status: Status,
    pub owner: String,
    /// The open change requests that would change it.
    pub in_review: Vec<Waiting>,
}

impl FlagView {
    pub(super) fn of(places: &Places<'_>, owners: &Owners, kinds: &Kinds, now: Timestamp) -> Option<Self> {
        let owner = owners.name(&places.first()?.1.stored.flag.owner);
        let status = status_of(places, kinds, now)?;
        let places = places.iter().map(|(snapshot, served)| (Arc::clone(snapshot), Arc::clone(served))).collect();
        Some(Self { places, status, owner, in_review: Vec::new() })
    }
    pub fn flag(&self) -> &Flag {
        &self.places[0].1.stored.flag
    }
    /// As it is served in each environment.
    pub fn served(&self) -> Vec<&ServedFlag> {
        self.places.iter().map(|(_, served)| served.as_ref()).collect()
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
    let kinds = &project.stored.project.kinds;
    let mut view = view(&environments, key, &owners, kinds, now).ok_or(Error::NotFound("flag"))?;
    view.in_review = store::change_requests::open_of_object(&mut cx, &project.stored.id, &format!("flag:{key}")).await?;
    let usage = usage::of_flag(&mut cx, &environments, &view.places[0].1.stored.id, key, now).await?;
    drop(cx);
    mark_stopped(state, project, std::iter::once(&mut view)).await?;
    Ok((view, usage))
}

/// Finds out which scheduled requests of some flags will not be applied as things are.
pub(super) async fn mark_stopped<'v>(
    state: &AppState,
    project: &OpenProject,
    views: impl Iterator<Item = &'v mut FlagView>,
) -> Result<(), Error> {
    let mut scheduled: Vec<_> = views.flat_map(|view| &mut view.in_review).filter(|waiting| waiting.apply_at.is_some()).collect();
    let numbers = scheduled.iter().map(|waiting| waiting.number).collect();
    let stopped = schedule::stopped(state, project, &numbers).await?;
    scheduled.iter_mut().for_each(|waiting| waiting.is_stopped = stopped.contains(&waiting.number));
    Ok(())
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
    view(&environments, key, &owners, &project.stored.project.kinds, state.clock.now()).ok_or(Error::NotFound("flag"))
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
    state.governance.submit(actor, consent.on(archiving(project, flag, archived))).await
}

/// What the policy asks for before it is archived or restored; nothing where that goes at once.
pub async fn rehearse_archived(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    flag: FlagKey,
    archived: bool,
    consent: Consent,
) -> Result<Option<Confirm>, Error> {
    let rehearsal = state.governance.rehearse(actor, &[consent.on(archiving(project, flag, archived))]).await?;
    rehearsal.outcomes.into_iter().next().unwrap_or(Ok(None))
}

fn archiving(project: &OpenProject, flag: FlagKey, archived: bool) -> Command {
    let project = project.key().clone();
    match archived {
        true => Command::ArchiveFlag { project, flag },
        false => Command::RestoreFlag { project, flag },
    }
}

fn view(environments: &[Arc<Snapshot>], key: &str, owners: &Owners, kinds: &Kinds, now: Timestamp) -> Option<FlagView> {
    FlagView::of(&places(environments, key), owners, kinds, now)
}

/// A flag as it is served in each environment.
pub(super) type Places<'s> = Vec<(&'s Arc<Snapshot>, &'s Arc<ServedFlag>)>;

pub(super) fn places<'s>(environments: &'s [Arc<Snapshot>], key: &str) -> Places<'s> {
    environments.iter().filter_map(|snapshot| Some((snapshot, snapshot.flag(key)?))).collect()
}

/// The status line; `None` where the flag is in no environment.
pub(super) fn status_of(places: &Places<'_>, kinds: &Kinds, now: Timestamp) -> Option<Status> {
    Some(status::status(&places.first()?.1.stored.flag, &standings(places), kinds, now))
}

pub(super) fn standings<'s>(places: &Places<'s>) -> Vec<Standing<'s>> {
    let standing = |(snapshot, served): &(&'s Arc<Snapshot>, &'s Arc<ServedFlag>)| {
        let protection = snapshot.environment.environment.protection;
        Standing { protection, state: &served.state, since: served.answers_since(), is_untouched: served.state_version <= 1 }
    };
    places.iter().map(standing).collect()
}
