//! What an environment asks for before it takes a change. Pure.

use super::Submission;
use super::apply::Weight;
use crate::domain::actor::Actor;
use crate::domain::environment::Protection;
use crate::domain::flag::{Flag, Problem};
use crate::domain::policy::{Asked, Size};
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::domain::when::exact;
use crate::server::error::{Confirm, Error};
use crate::server::store::environments::StoredEnvironment;

/// Characters of a reason.
const LONGEST_REASON: usize = 2_000;

/// Everything that the environments which a change touches ask of it. Whether that is met depends on how it comes: by
/// somebody's own word, or with the approval of others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Demand {
    /// The strictest step of the confirm ladder.
    pub ladder: Option<Confirm>,
    /// Other people's approval, the strictest of all that is asked.
    pub review: Option<Asked>,
    /// The key of the first environment that asks for it.
    pub reviewed_in: Option<String>,
    /// The freeze that holds, in a sentence.
    pub frozen: Option<String>,
}

/// What is asked of a change that may alter answers in `touched`.
///
/// The ladder: step 0, open: at once. Step 1, protected: a confirm page and a reason. Step 2, critical: also the environment's
/// key, typed. Reviews and freezes stand beside it. `together` are the changes that are saved with this one, itself included.
pub fn demand(touched: &[StoredEnvironment], weight: &Weight, together: usize, revert: bool, now: Timestamp) -> Demand {
    let size = Size { growth: weight.growth, changes: together, revert, gate: weight.gate };
    let asks = |stored: &StoredEnvironment| {
        let environment = &stored.environment;
        environment.policy.asks(environment.key.as_str(), &weight.kinds, size, weight.policy)
    };
    // A freeze is about what people are served; how changes are met may be settled meanwhile. What holds a plan back goes
    // through like turning off: steps that have an instant come all the same, and somebody must be able to stop them.
    let freezes = touched.iter().filter(|_| !weight.policy && !weight.holds).filter_map(|stored| frozen(stored, now));
    // A plan is looked at as a whole, once.
    let looked_at = touched.iter().filter(|_| !weight.pace || weight.gate);
    let asked: Vec<(&StoredEnvironment, Asked)> = looked_at.filter_map(|stored| Some((stored, asks(stored)?))).collect();
    Demand {
        ladder: ladder(touched),
        reviewed_in: asked.first().map(|(stored, _)| stored.environment.key.to_string()),
        review: asked.into_iter().map(|(_, asked)| Some(asked)).fold(None, Asked::stricter),
        frozen: freezes.into_iter().next(),
    }
}

/// The same of one flag's state, before anybody asks for it: what pages say is what will be asked.
pub fn demand_of_state(place: &StoredEnvironment, flag: &Flag, before: &State, after: &State, now: Timestamp) -> Demand {
    demand(std::slice::from_ref(place), &Weight::of_state(flag, before, after, now), 1, false, now)
}

fn ladder(touched: &[StoredEnvironment]) -> Option<Confirm> {
    let strictest = &touched.iter().max_by_key(|stored| stored.environment.protection)?.environment;
    let ask = |typed| Confirm { environment: strictest.key.to_string(), reason: true, typed, review: None };
    match strictest.protection {
        Protection::Open => None,
        Protection::Protected => Some(ask(false)),
        Protection::Critical => Some(ask(true)),
    }
}

/// The freeze that holds in an environment, in a sentence.
pub fn frozen(stored: &StoredEnvironment, now: Timestamp) -> Option<String> {
    let freeze = stored.environment.policy.frozen(now)?;
    let (key, until) = (&stored.environment.key, exact(freeze.until));
    Some(format!(
        "{key} is frozen until {until} ({}): only turning off, and pausing or rolling back a plan, go through.",
        freeze.name
    ))
}

/// Whether a change goes ahead on the word of who makes it. Turning off always does; console and system are not asked,
/// because nothing there can answer.
pub fn check(actor: &Actor, submission: &Submission, demand: &Demand) -> Result<(), Error> {
    check_length(submission.reason.as_deref())?;
    if !matches!(actor, Actor::Person(_)) || submission.command.only_turns_off() {
        return Ok(());
    }
    if let Some(asked) = &demand.review {
        let environment = demand.reviewed_in.clone().unwrap_or_default();
        return Err(Error::Confirm(Confirm { environment, reason: true, typed: false, review: Some(asked.clone()) }));
    }
    if let Some(why) = demand.frozen.as_ref().filter(|_| !submission.later) {
        return Err(Error::field("", format!("{why} Schedule it for later or keep it as a draft, or turn the flag off.")));
    }
    climb(demand.ladder.as_ref(), submission.reason.as_deref(), submission.confirmation.as_deref())
}

fn check_length(reason: Option<&str>) -> Result<(), Error> {
    let length = reason.map_or(0, |reason| reason.chars().count());
    if length > LONGEST_REASON {
        return Err(Error::field("reason", format!("At most {LONGEST_REASON} characters; this has {length}.")));
    }
    Ok(())
}

/// Whether what was said is what a step of the ladder asks for.
pub fn climb(ladder: Option<&Confirm>, reason: Option<&str>, confirmation: Option<&str>) -> Result<(), Error> {
    let Some(ask) = ladder else { return Ok(()) };
    let Some(confirmation) = confirmation else { return Err(Error::Confirm(ask.clone())) };
    let mut problems = Vec::new();
    if reason.is_none_or(|reason| reason.trim().is_empty()) {
        problems.push(Problem::new("reason", "Say why, for the people who read the history."));
    }
    if ask.typed && confirmation.trim() != ask.environment {
        let message = format!("Type {} to confirm that you mean this environment.", ask.environment);
        problems.push(Problem::new("confirmation", message));
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}
