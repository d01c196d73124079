//! What was done to a rollout plan, in a few words: paused, resumed, advanced. Read off the documents before and after.

use super::{Change, text, title};
use crate::domain::plan::Move;
use crate::domain::rollout::{Plan, Rollout};
use crate::domain::rule::{Serve, Weight, percent};
use crate::domain::sentence::{self, Piece};
use crate::domain::time::{SECOND, Timestamp};
use serde::Deserialize;
use serde_json::Value;

/// `paused the rollout of `, and ` in production at 10 %`; `None` for a change that is about something else, or more.
pub fn told(change: &Change, found: &[String]) -> Option<(Piece, String)> {
    let started = found.iter().any(|field| field == "everyone else") && rollout(field(&change.before, "fallthrough")).is_none();
    match found {
        [one] if one == "everyone else" => {
            of_pair(change, "", field(&change.before, "fallthrough"), field(&change.after, "fallthrough"))
        }
        [one] if one == "rules" => of_rule(change),
        more if started => {
            let begun = rollout(field(&change.after, "fallthrough"))?;
            let others: Vec<String> = more.iter().filter(|field| *field != "everyone else").cloned().collect();
            let end = format!("{}, and changed {}", begins(&begun), crate::domain::text::listed(&others));
            Some((text("started a rollout of "), end))
        }
        _ => None,
    }
}

fn field<'c>(document: &'c Option<Value>, name: &str) -> Option<&'c Value> {
    document.as_ref()?.get(name)
}

fn rollout(serve: Option<&Value>) -> Option<Rollout> {
    if let Ok(Serve::Rollout(rollout)) = Serve::deserialize(serve?) { Some(rollout) } else { None }
}

/// When nothing but what one rule serves is another.
fn of_rule(change: &Change) -> Option<(Piece, String)> {
    let rules = |document| field(document, "rules").and_then(Value::as_array);
    let (before, after) = (rules(&change.before)?, rules(&change.after)?);
    let mut differ = before.iter().zip(after).filter(|(old, new)| old != new);
    let ((old, new), None) = (differ.next()?, differ.next()) else { return None };
    let without = |rule: &Value| {
        let mut rule = rule.as_object().cloned().unwrap_or_default();
        rule.remove("serve");
        rule
    };
    let alone = before.len() == after.len() && without(old) == without(new);
    let whose = format!(" for {}", title(new, after));
    alone.then(|| of_pair(change, &whose, old.get("serve"), new.get("serve")))?
}

fn of_pair(change: &Change, whose: &str, before: Option<&Value>, after: Option<&Value>) -> Option<(Piece, String)> {
    let after = rollout(after)?;
    let Some(before) = rollout(before) else {
        return Some((text(format!("started a rollout{whose} of ")), begins(&after)));
    };
    let same = Rollout { plan: before.plan.clone(), ..after.clone() } == before;
    let (order, end) = same.then(|| between(&before.plan, &after.plan, change.at))?;
    Some((text(format!("{order} the rollout{whose} of ")), end))
}

/// `: on to 1 %, 10 %, 100 % from 30 Nov 2026 09:00 UTC`
fn begins(rollout: &Rollout) -> String {
    format!(": {} to {}", rollout.variant, sentence::plan(&rollout.plan))
}

fn between(before: &Plan, after: &Plan, at: Timestamp) -> (&'static str, String) {
    let (had, has) = (before.share(at), after.share(at.plus(SECOND)));
    let steps = |plan: &Plan| plan.stages().into_iter().map(|stage| stage.share).collect::<Vec<_>>();
    let same_steps = steps(before) == steps(after);
    match (before.held_at, after.held_at) {
        _ if !same_steps => ("changed the steps of", format!(": {}", sentence::plan(after))),
        (_, Some(0)) if had > 0 => ("rolled back", format!(" from {} to 0 %", percent(had))),
        (None, Some(held)) => ("paused", format!(" at {}", percent(held))),
        (Some(_), None) if has == had => ("resumed", format!(" at {}", percent(has))),
        (_, None) if has > had && after.next(at.plus(SECOND)).is_none() => ("completed", format!(" at {}", percent(has))),
        (_, None) if has > had && before.waits(at) => ("approved", format!(" from {} to {}", percent(had), percent(has))),
        (None, None) if has > had => ("advanced", format!(" from {} to {}", percent(had), percent(has))),
        (Some(_), None) => ("resumed", format!(" at {}", percent(has))),
        _ => ("changed the times of", String::new()),
    }
}

/// `set everyone else of … from 10 % on to 25 % on`
pub fn told_everyone_else(change: &Change) -> Option<(Piece, String)> {
    let (before, after) = (served(&change.before)?, served(&change.after)?);
    (before != after).then(|| (text("set everyone else of "), format!(" from {before} to {after}")))
}

fn served(document: &Option<Value>) -> Option<String> {
    Some(match Serve::deserialize(document.as_ref()?.get("fallthrough")?).ok()? {
        Serve::Variant(name) => name.to_string(),
        Serve::Split(split) => {
            // The second of two is what is left.
            let shown = if split.weights.len() == 2 { 1 } else { split.weights.len() };
            let part = |weight: &Weight| format!("{} {}", percent(weight.share), weight.variant);
            split.weights.iter().take(shown).map(part).collect::<Vec<_>>().join(", ")
        }
        Serve::Rollout(rollout) => format!("{} in steps of {}", rollout.variant, sentence::plan(&rollout.plan)),
    })
}

/// What a button does, as an order: `Pause the rollout`.
pub const fn order(order: Move) -> &'static str {
    match order {
        Move::Pause => "Pause the rollout",
        Move::Resume => "Resume the rollout",
        Move::Advance => "Begin the next step of the rollout",
        Move::Approve => "Approve the next step of the rollout",
        Move::RollBack => "Roll back the rollout",
        Move::Complete => "Complete the rollout",
    }
}
