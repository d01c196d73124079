//! A policy in sentences, for the page that shows it and for whoever is held up by it.

use super::{Freeze, Large, Policy, Review, When};
use crate::domain::role::Role;
use crate::domain::rule::percent;
use crate::domain::text::listed;
use crate::domain::time::Timestamp;
use crate::domain::when::exact;

/// What the policy of an environment says, a sentence a line.
pub fn words(policy: &Policy, now: Timestamp) -> Vec<String> {
    let mut out = vec![format!("{}.", of_review("", policy.review))];
    for (kind, review) in policy.kinds.iter().filter(|(_, review)| **review != policy.review) {
        out.push(format!("{}.", of_review(&kind.label().to_lowercase(), *review)));
    }
    let asks_by_size = policy.kinds.values().chain([&policy.review]).any(|review| review.when == When::Large);
    if asks_by_size {
        out.push(format!("A change is large when {}. Users who are named one by one do not count.", of_large(policy.large)));
    }
    if asks_anything(policy) {
        out.push("Who made a change, or had a hand in it, never approves it, whatever their role.".to_owned());
    }
    out.extend(policy.freezes.iter().filter(|freeze| freeze.until > now).map(of_freeze));
    out.push("Turning a flag off is never held up; where a review was due, somebody else looks at it afterwards.".to_owned());
    out
}

/// The same in a few words, for a list of environments: `reviews every change`.
pub fn brief(policy: &Policy, now: Timestamp) -> String {
    let differs = policy.kinds.values().any(|review| review.when != policy.review.when);
    let reviews = match policy.review.when {
        _ if differs => "reviews by kind",
        When::Never => "reviews nothing",
        When::Large => "reviews large changes",
        When::Always => "reviews every change",
    };
    match policy.frozen(now) {
        Some(freeze) => format!("{reviews}; frozen until {}", exact(freeze.until)),
        None => reviews.to_owned(),
    }
}

/// Whom a way of reviewing leaves without enough others to ask, given everybody who may approve by it.
pub fn concern(review: Review, able: &[String]) -> Option<String> {
    let (noun, quorum) = (if review.reviewers == Role::Admin { "admin" } else { "approver" }, usize::from(review.quorum));
    // Whoever makes a change does not count for it.
    if able.len() > quorum {
        return None;
    }
    let (names, asked) = (listed(able), reviewers(review.quorum, review.reviewers));
    let way_out = "but by breaking the glass";
    Some(match able.len() {
        0 => format!("Nobody could approve here, where {asked} must: add {noun}s, or nothing can be applied {way_out}."),
        1 if quorum == 1 => {
            format!("Only {names} could approve here: add {noun}s, or nothing of theirs can be applied {way_out}.")
        }
        many if many == quorum => {
            let all = format!("Only {names} could approve here, where {asked} must");
            format!("{all}: add {noun}s, or nothing of theirs can be applied {way_out}.")
        }
        _ => format!("Only {names} could approve here, where {asked} must: add {noun}s, or nothing can be applied {way_out}."),
    })
}

fn asks_anything(policy: &Policy) -> bool {
    policy.kinds.values().chain([&policy.review]).any(|review| review.when != When::Never)
}

fn of_review(kind: &str, review: Review) -> String {
    let flags = if kind.is_empty() { String::new() } else { format!(" of {kind} flags") };
    let what = match review.when {
        When::Never if kind.is_empty() => return "No change needs a review".to_owned(),
        When::Never => return format!("Changes{flags} need no review"),
        When::Large => format!("Large changes{flags}"),
        When::Always if kind.is_empty() => "Every change".to_owned(),
        When::Always => format!("Every change{flags}"),
    };
    let verb = if review.when == When::Large { "need" } else { "needs" };
    format!("{what} {verb} the approval of {}", reviewers(review.quorum, review.reviewers))
}

/// `one approver`, `two admins`
pub(super) fn reviewers(quorum: u8, role: Role) -> String {
    let noun = if role == Role::Admin { "admin" } else { "approver" };
    match quorum {
        0 | 1 => format!("one {noun}"),
        2 => format!("two {noun}s"),
        _ => format!("three {noun}s"),
    }
}

fn of_large(large: Large) -> String {
    let mut ways = vec![format!("a share grows by more than {}", percent(large.growth))];
    if large.kill_switch {
        ways.push("it is to a kill switch".to_owned());
    }
    ways.push(format!("more than {} things change at once", large.changes));
    if large.revert {
        ways.push("a whole environment is brought back".to_owned());
    }
    match ways.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} or {last}", most.join(", ")),
        _ => ways.concat(),
    }
}

fn of_freeze(freeze: &Freeze) -> String {
    format!("Nothing but turning off from {} until {}: {}.", exact(freeze.from), exact(freeze.until), freeze.name)
}
