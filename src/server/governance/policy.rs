//! What an environment asks for before it takes a change. Pure.

use super::Submission;
use crate::domain::actor::Actor;
use crate::domain::environment::Protection;
use crate::domain::flag::Problem;
use crate::server::error::{Confirm, Error};
use crate::server::store::environments::StoredEnvironment;

/// Characters of a reason.
const LONGEST_REASON: usize = 2_000;

/// The confirm ladder for a change that may alter answers in `touched`; the strictest of them decides.
///
/// Step 0, open: at once. Step 1, protected: a confirm page and a reason. Step 2, critical: also the environment's key,
/// typed. Only turning off skips the ladder. Console and system are not asked: nothing there can answer.
pub fn check(actor: &Actor, submission: &Submission, touched: &[StoredEnvironment]) -> Result<(), Error> {
    let length = submission.reason.as_deref().map_or(0, |reason| reason.chars().count());
    if length > LONGEST_REASON {
        return Err(Error::field("reason", format!("At most {LONGEST_REASON} characters; this has {length}.")));
    }
    if !matches!(actor, Actor::Person(_)) || submission.command.only_turns_off() {
        return Ok(());
    }
    let Some(strictest) = touched.iter().max_by_key(|stored| stored.environment.protection) else { return Ok(()) };
    let key = strictest.environment.key.as_str();
    let ask = |typed| Confirm { environment: key.to_owned(), reason: true, typed };
    let typed = match strictest.environment.protection {
        Protection::Open => return Ok(()),
        Protection::Protected => false,
        Protection::Critical => true,
    };
    let Some(confirmation) = &submission.confirmation else { return Err(Error::Confirm(ask(typed))) };
    let mut problems = Vec::new();
    if submission.reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
        problems.push(Problem::new("reason", "Say why, for the people who read the history."));
    }
    if typed && confirmation.trim() != key {
        problems.push(Problem::new("confirmation", format!("Type {key} to confirm that you mean this environment.")));
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}
