//! What an environment asks of changes, as people meet it: who could say yes, and what a change that is still being made
//! will meet.

use super::members;
use super::projects::OpenProject;
use super::states::OpenState;
use crate::domain::actor::Person;
use crate::domain::policy::{Asked, Policy, concern};
use crate::domain::role::Role;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::governance::policy::{self as rules, Demand};
use crate::server::state::AppState;
use crate::server::store;

/// Where too few people could approve by this policy, a sentence each. It holds all the same.
pub async fn concerns(state: &AppState, project: &OpenProject, policy: &Policy) -> Result<Vec<String>, Error> {
    let all = store::members::roles(&mut state.db.read().await?, &project.stored.id).await?;
    let able = |least: Role| -> Vec<String> {
        all.iter().filter(|(_, _, role)| *role >= least).map(|(_, name, _)| name.clone()).collect()
    };
    Ok(policy.ways().into_iter().filter_map(|review| concern(review, &able(review.reviewers))).collect())
}

/// What a change of a flag's state will meet before it takes effect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ahead {
    /// Other people look at it first.
    pub asked: Option<Asked>,
    /// Who of them may approve it, by name; not whoever asks.
    pub able: Vec<String>,
    /// The freeze that refuses it, in a sentence; none where it becomes a request anyway.
    pub refused: Option<String>,
}

/// What it will meet that `person` makes a flag's state to `after`: by the rules that will decide on it.
pub async fn ahead(
    state: &AppState,
    person: &Person,
    project: &OpenProject,
    open: &OpenState,
    after: &State,
    now: Timestamp,
) -> Result<Ahead, Error> {
    let Demand { review, frozen, .. } = demand(open, after, now);
    let Some(asked) = review else { return Ok(Ahead { refused: frozen, ..Ahead::default() }) };
    let able = members::able_to_review(state, person, project, asked.reviewers).await?;
    Ok(Ahead { asked: Some(asked), able: able.into_iter().map(|(_, name)| name).collect(), refused: None })
}

/// What is asked of a change of a flag's state as it is served.
pub fn demand(open: &OpenState, after: &State, now: Timestamp) -> Demand {
    let served = &open.served;
    rules::demand_of_state(&open.snapshot.environment, &served.stored.flag, &served.state, after, now)
}

/// The freeze that holds where a flag is served, in a sentence.
pub fn frozen(open: &OpenState, now: Timestamp) -> Option<String> {
    rules::frozen(&open.snapshot.environment, now)
}
