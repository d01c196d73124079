//! One change of many flags: planned, looked at, and made in one transaction or not at all.

use super::audit::{names, with_owner};
use super::missed;
use super::projects::OpenProject;
use super::states::Consent;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::diff::{DiffRow, diff};
use crate::domain::flag::{Flag, Owner};
use crate::domain::key::EnvironmentKey;
use crate::domain::role::Role;
use crate::server::error::Error;
use crate::server::governance::{Applied, Submission};
use crate::server::serving::{ServedFlag, Snapshot};
use crate::server::state::AppState;
use std::collections::HashMap;
use std::sync::Arc;

/// The most flags at once.
pub const MOST: usize = 1_000;

#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    AddTags(Vec<String>),
    RemoveTags(Vec<String>),
    SetOwner(Owner),
    Archive,
    TurnOff(EnvironmentKey),
}

/// What becomes of one flag.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub key: String,
    /// Of the definition, which the preview was made from.
    pub version: i64,
    pub change: Result<(Command, Vec<DiffRow>), &'static str>,
    /// Who will miss it, where it is to be archived and calls or code remain.
    pub missed: Option<String>,
}

impl Step {
    pub fn changes(&self) -> bool {
        self.change.is_ok()
    }
}

/// What `action` does to each of `keys`; a key that no flag has is left out.
pub async fn plan(state: &AppState, project: &OpenProject, keys: &[String], action: &Action) -> Result<Vec<Step>, Error> {
    let environments = state.serving.environments_of(&project.stored.id);
    let Some(first) = environments.first() else { return Ok(Vec::new()) };
    let names = names(&mut state.db.read().await?).await?;
    let served = keys.iter().filter_map(|key| first.flag(key));
    let mut steps: Vec<Step> = served.map(|served| step(project, &environments, served, action, &names)).collect();
    if *action == Action::Archive {
        tell_missed(state, project, &environments, &mut steps).await?;
    }
    Ok(steps)
}

/// Who owns a flag is told by the name that `names` has for their id.
fn step(
    project: &OpenProject,
    environments: &[Arc<Snapshot>],
    served: &ServedFlag,
    action: &Action,
    names: &HashMap<String, String>,
) -> Step {
    let flag = &served.stored.flag;
    let edited = |after: Flag, same: &'static str| edited(project, flag, after, same, names);
    let change = match action {
        _ if served.is_archived() => Err("It is archived."),
        Action::AddTags(tags) => edited(with_tags(flag, tags), "It has them already."),
        Action::RemoveTags(tags) => edited(without_tags(flag, tags), "It has none of them."),
        Action::SetOwner(owner) => edited(Flag { owner: owner.clone(), ..flag.clone() }, "They own it already."),
        Action::Archive => {
            let command = Command::ArchiveFlag { project: project.key().clone(), flag: flag.key.clone() };
            Ok((command, Vec::new()))
        }
        Action::TurnOff(environment) => turned_off(project, environments, flag, environment),
    };
    Step { key: flag.key.to_string(), version: served.stored.version, change, missed: None }
}

async fn tell_missed(
    state: &AppState,
    project: &OpenProject,
    environments: &[Arc<Snapshot>],
    steps: &mut [Step],
) -> Result<(), Error> {
    let going = steps.iter_mut().filter(|step| step.changes()).collect::<Vec<_>>();
    let served =
        |step: &&mut Step| environments.iter().filter_map(|snapshot| snapshot.flag(&step.key)).map(AsRef::as_ref).collect();
    let flags: Vec<Vec<&ServedFlag>> = going.iter().map(served).collect();
    let found = missed::of_flags(state, project, &flags).await?;
    for (step, missed) in going.into_iter().zip(found) {
        step.missed = missed.remains().then(|| missed.said());
    }
    Ok(())
}

fn edited(
    project: &OpenProject,
    flag: &Flag,
    after: Flag,
    same: &'static str,
    names: &HashMap<String, String>,
) -> Result<(Command, Vec<DiffRow>), &'static str> {
    if after == *flag {
        return Err(same);
    }
    let document = |flag: &Flag| with_owner(serde_json::to_value(flag).unwrap_or_default(), names);
    let rows = diff(&document(flag), &document(&after));
    Ok((Command::EditFlag { project: project.key().clone(), flag: after }, rows))
}

fn turned_off(
    project: &OpenProject,
    environments: &[Arc<Snapshot>],
    flag: &Flag,
    environment: &EnvironmentKey,
) -> Result<(Command, Vec<DiffRow>), &'static str> {
    let snapshot = environments.iter().find(|snapshot| snapshot.environment.environment.key == *environment);
    let is_on = snapshot.and_then(|snapshot| snapshot.flag(flag.key.as_str())).is_some_and(|served| served.state.enabled);
    if !is_on {
        return Err("It is off there already.");
    }
    let (project, flag) = (project.key().clone(), flag.key.clone());
    Ok((Command::SetEnabled { project, environment: environment.clone(), flag, enabled: false }, Vec::new()))
}

/// Tags are the same in any case of letters.
fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn with_tags(flag: &Flag, tags: &[String]) -> Flag {
    let mut after = flag.clone();
    for tag in tags {
        if !after.tags.iter().any(|own| is_same(own, tag)) {
            after.tags.push(tag.clone());
        }
    }
    after
}

fn without_tags(flag: &Flag, tags: &[String]) -> Flag {
    let mut after = flag.clone();
    after.tags.retain(|own| !tags.iter().any(|tag| is_same(own, tag)));
    after
}

/// Makes the changes that were looked at: `seen` says which version of each flag that was. All of them, or none.
pub async fn apply(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    steps: Vec<Step>,
    seen: &HashMap<String, i64>,
    consent: &Consent,
) -> Result<Vec<Applied>, Error> {
    project.require(Role::Editor)?;
    let submissions = steps.into_iter().filter_map(|step| {
        let (command, _) = step.change.ok()?;
        // Off is at once, whatever was seen.
        let base_version = (!command.only_turns_off()).then(|| seen.get(&step.key).copied().unwrap_or(step.version));
        let (reason, confirmation) = (consent.reason.clone(), consent.confirmation.clone());
        let request = consent.request.clone();
        Some(Submission { base_version, reason, confirmation, request, ..Submission::new(command) })
    });
    state.governance.submit_all(actor, submissions.collect()).await
}
