//! A bundle as it would be saved: what it asks for, what of it would be refused, and which personas would then not get what
//! they should. Nothing of it stays.

use super::bundle::{BundleItem, submissions};
use super::promises::{Promises, after, kept};
use crate::domain::actor::Actor;
use crate::server::error::{Confirm, Error};
use crate::server::governance::Submission;
use crate::server::services::confirmation::{Asks, Confirmation};
use crate::server::services::projects::OpenProject;
use crate::server::services::{attributes, personas};
use crate::server::state::AppState;
use std::collections::{BTreeMap, BTreeSet};

/// What came of it. Items go by their place in the bundle.
#[derive(Debug, Clone, Default)]
pub struct Rehearsed {
    /// What those that would be saved ask for.
    asked: BTreeMap<usize, Option<Confirm>>,
    /// Those that would be refused, and why.
    pub refused: BTreeMap<usize, String>,
    pub promises: Promises,
}

impl Rehearsed {
    /// What has to be said before they are saved.
    pub fn asks(&self) -> Asks {
        Asks::of(self.asked.values().flatten())
    }
    /// Those that would be saved.
    pub fn saved(&self) -> BTreeSet<usize> {
        self.asked.keys().copied().collect()
    }
    /// What confirms one of them.
    pub(super) fn confirmation(&self, at: usize, said: &Confirmation) -> Option<String> {
        said.of(self.asked.get(&at).and_then(Option::as_ref))
    }
}

/// Tries the items at `wanted` as `actor` would save them.
pub async fn rehearse(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    items: &[BundleItem],
    wanted: &BTreeSet<usize>,
) -> Result<Rehearsed, Error> {
    tried(state, actor, project, submissions(items, wanted)).await
}

/// The same as `actor` would have them made at a later moment.
pub async fn rehearse_later(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    items: &[BundleItem],
    wanted: &BTreeSet<usize>,
) -> Result<Rehearsed, Error> {
    let later = submissions(items, wanted).into_iter().map(|(at, submission)| (at, Submission { later: true, ..submission }));
    tried(state, actor, project, later.collect()).await
}

async fn tried(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    submissions: Vec<(usize, Submission)>,
) -> Result<Rehearsed, Error> {
    // Read before: while the rehearsal lasts nobody else can write.
    let schema = attributes::schema(state, project).await?;
    let all: Vec<_> = personas::list(state, project).await?.into_iter().map(|stored| stored.persona).collect();
    let snapshots = state.serving.environments_of(&project.stored.id);
    let promised = kept(&snapshots, &all, project.role, &schema, state.clock.now());
    let (places, tried): (Vec<usize>, Vec<_>) = submissions.into_iter().unzip();
    let mut rehearsal = state.governance.rehearse(actor, &tried).await?;
    let promises = after(&mut rehearsal.tx, project, promised, &schema, state.clock.now()).await?;
    let mut rehearsed = Rehearsed { promises, ..Rehearsed::default() };
    for (at, outcome) in places.into_iter().zip(rehearsal.outcomes) {
        match outcome {
            Ok(asked) => drop(rehearsed.asked.insert(at, asked)),
            Err(why) => drop(rehearsed.refused.insert(at, why.to_string())),
        }
    }
    Ok(rehearsed)
}
