//! Rules of two states that share no history, such as those of two environments: an id says nothing there, so that rules are
//! paired by what they are. Within one environment's history an id is the rule, and nothing here is asked.

use super::condition::Condition;
use super::rule::Rule;
use super::state::State;
use std::collections::HashSet;

/// What makes two rules the same to a reader: most of all their name.
const NAME: u32 = 1_000;
/// All of the conditions the same; of some of them a part of it.
const CONDITIONS: u32 = 600;
/// The same question with other values, of each condition.
const QUESTIONS: u32 = 200;
/// These only decide between rules that are alike.
const SERVE: u32 = 20;
const ID: u32 = 10;

/// `ours` with the ids of the rules of `theirs` that its own are like. A rule that is like none keeps its id where that is free.
pub fn aligned(ours: &State, theirs: &State) -> State {
    let paired = pairs(&ours.rules, &theirs.rules);
    let mut taken: HashSet<String> = theirs.rules.iter().map(|rule| rule.id.clone()).collect();
    let mut free = theirs.rules.iter().chain(&ours.rules).filter_map(|rule| rule.id.strip_prefix('r')?.parse::<u64>().ok()).max();
    let mut rules = Vec::with_capacity(ours.rules.len());
    for (rule, pair) in ours.rules.iter().zip(paired) {
        let id = match pair {
            Some(at) => theirs.rules[at].id.clone(),
            None if taken.insert(rule.id.clone()) => rule.id.clone(),
            None => {
                let next = free.unwrap_or(0).saturating_add(1);
                free = Some(next);
                format!("r{next}")
            }
        };
        rules.push(Rule { id, ..rule.clone() });
    }
    State { rules, ..ours.clone() }
}

/// For each of `ours` the place of the one of `theirs` that it is like. The likest find each other first.
fn pairs(ours: &[Rule], theirs: &[Rule]) -> Vec<Option<usize>> {
    let mut found: Vec<(u32, usize, usize)> = Vec::new();
    for (at, one) in ours.iter().enumerate() {
        found.extend(theirs.iter().enumerate().filter_map(|(place, other)| Some((likeness(one, other)?, at, place))));
    }
    found.sort_by_key(|(likeness, at, place)| (std::cmp::Reverse(*likeness), at.abs_diff(*place), *at));
    let (mut paired, mut used) = (vec![None; ours.len()], HashSet::new());
    for (_, at, place) in found {
        if paired[at].is_none() && used.insert(place) {
            paired[at] = Some(place);
        }
    }
    paired
}

/// How much two rules have in common; `None` where that is nothing. A common id makes little count, and is nothing alone.
fn likeness(one: &Rule, other: &Rule) -> Option<u32> {
    let same_id = one.id == other.id;
    let named = !one.name.is_empty() && one.name.to_lowercase() == other.name.to_lowercase();
    let (equal, asked) = in_common(&one.conditions, &other.conditions);
    let most = one.conditions.len().max(other.conditions.len());
    let alike = equal == most;
    let shared = named || alike || equal * 2 >= most || (same_id && equal + asked > 0);
    let part =
        |whole: u32, count: usize| whole * u32::try_from(count).unwrap_or(u32::MAX) / u32::try_from(most.max(1)).unwrap_or(1);
    shared.then(|| {
        let conditions = if alike { CONDITIONS } else { part(CONDITIONS, equal) };
        let rest = [(named, NAME), (one.serve == other.serve, SERVE), (same_id, ID)];
        conditions + part(QUESTIONS, asked) + rest.into_iter().filter(|(is, _)| *is).map(|(_, worth)| worth).sum::<u32>()
    })
}

/// How many conditions both have, and how many more ask the same of the same attribute, for other values.
fn in_common(ours: &[Condition], theirs: &[Condition]) -> (usize, usize) {
    let mut left: Vec<&Condition> = theirs.iter().collect();
    let mut take = |is: &dyn Fn(&Condition) -> bool| left.iter().position(|one| is(one)).map(|at| left.swap_remove(at)).is_some();
    let (equal, others): (Vec<_>, Vec<_>) = ours.iter().partition(|one| take(&|other| other == *one));
    let asks = |one: &Condition, other: &Condition| other.attribute == one.attribute && other.operator == one.operator;
    (equal.len(), others.into_iter().filter(|one| take(&|other| asks(one, other))).count())
}

#[cfg(test)]
#[path = "pairing_tests.rs"]
mod tests;
