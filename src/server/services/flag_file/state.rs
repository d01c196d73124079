//! Who gets the flag: the switch, the share or the plan, the allowed users and the rules.

use super::fields::{Fields, Notes, item_text};
use super::moments::DateMeans;
use super::rules;
use super::tree::{Node, Tree};
use super::variants::Answers;
use crate::domain::rollout::{Plan, Rollout};
use crate::domain::rule::{Serve, Split, TARGETING_KEY, WHOLE, percent, share_of_percent};
use crate::domain::state::{MAX_UNITS, State, Target};
use crate::domain::time::DAY;
use std::collections::HashSet;

const ROLLOUT: [&str; 3] = ["start", "steps", "every"];
const ROLLOUT_EXAMPLE: &str = "{start: \"2026-11-30T09:00:00Z\", steps: [1, 10, 25, 50, 100], every: 1d}";

/// The state of a bare boolean: on or off for everybody.
pub fn of_boolean(enabled: bool, answers: &Answers) -> State {
    State {
        enabled,
        off_variant: answers.off.clone(),
        targets: Vec::new(),
        rules: Vec::new(),
        fallthrough: Serve::Variant(answers.serve.clone()),
    }
}

pub fn read(fields: &Fields<'_>, answers: &Answers, notes: &mut Notes) -> State {
    let enabled = fields.boolean("enabled", notes).unwrap_or(false);
    let units = allowed_users(fields, notes);
    let targets = if units.is_empty() { Vec::new() } else { vec![Target { variant: answers.serve.clone(), units }] };
    let rules = rules::read(fields, &answers.serve, notes);
    let fallthrough = fallthrough(fields, answers, notes);
    State { enabled, off_variant: answers.off.clone(), targets, rules, fallthrough }
}

/// Each user once, in the file's order.
fn allowed_users(fields: &Fields<'_>, notes: &mut Notes) -> Vec<String> {
    let items = fields.list("allowed_users", notes).unwrap_or_default();
    let mut seen = HashSet::new();
    let mut units = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let path = format!("{}[{at}]", fields.path_of("allowed_users"));
        if let Some(unit) = item_text(item, &path, notes)
            && seen.insert(unit.clone())
        {
            units.push(unit);
        }
    }
    if units.len() > MAX_UNITS {
        let message =
            format!("This lists {} users; at most {MAX_UNITS} are taken. Put a longer list into a segment.", units.len());
        notes.error(fields.place_of("allowed_users"), fields.path_of("allowed_users"), message);
    }
    units
}

fn fallthrough(fields: &Fields<'_>, answers: &Answers, notes: &mut Notes) -> Serve {
    if fields.get("percentage").is_some() && fields.get("rollout").is_some() {
        let message = "A flag has a percentage or a rollout, not both; the rollout's steps are its percentages.";
        notes.error(fields.place_of("rollout"), fields.path_of("rollout"), message);
    }
    if let Some(plan) = plan(fields, notes) {
        let (variant, rest) = (answers.serve.clone(), answers.off.clone());
        return Serve::Rollout(Rollout { bucket_by: TARGETING_KEY.to_owned(), seed: None, variant, rest, plan });
    }
    let share = match fields.get("percentage") {
        Some(tree) => share(tree, &fields.path_of("percentage"), notes).unwrap_or(0),
        None => share_left_out(fields, notes),
    };
    match share {
        0 => Serve::Variant(answers.off.clone()),
        WHOLE => Serve::Variant(answers.serve.clone()),
        share => Serve::Split(Split::two(answers.serve.clone(), answers.off.clone(), share)),
    }
}

/// Everybody when nothing narrows the flag. A list that is there but empty still narrows: whoever empties the list of
/// allowed users does not mean to let everybody in.
fn share_left_out(fields: &Fields<'_>, notes: &mut Notes) -> u16 {
    let emptied = ["allowed_users", "rules"].into_iter().find(|name| {
        let list = fields.get(name).map(|tree| &tree.node);
        matches!(list, Some(Node::List(items)) if items.is_empty())
    });
    let narrows = |name: &str| fields.get(name).is_some();
    if !narrows("allowed_users") && !narrows("rules") {
        return WHOLE;
    }
    if let Some(name) = emptied.filter(|_| fields.get("percentage").is_none()) {
        let message =
            "The list is empty and there is no percentage, so this turns nobody on; add percentage: 100 to mean everybody.";
        notes.warning(fields.place_of(name), fields.path_of(name), message);
    }
    0
}

/// A percentage in basis points.
pub(super) fn share(tree: &Tree, path: &str, notes: &mut Notes) -> Option<u16> {
    let number = match &tree.node {
        Node::Int(number) => *number as f64,
        Node::Float(number) => *number,
        Node::Text(text) => {
            let bare = text.trim().trim_end_matches('%').trim();
            let hint = match bare.replace(',', ".").parse::<f64>() {
                Ok(number) => format!(" Write {number}, without quotes or %."),
                Err(_) => String::new(),
            };
            notes.error(tree.at, path, format!("A percentage is a number from 0 to 100; this is {}.{hint}", tree.kind()));
            return None;
        }
        _ => {
            notes.error(tree.at, path, format!("A percentage is a number from 0 to 100; this is {}.", tree.kind()));
            return None;
        }
    };
    let Some(share) = share_of_percent(number) else {
        notes.error(tree.at, path, format!("A percentage is from 0 to 100; this is {}.", tree.written));
        return None;
    };
    if (number - f64::from(share) / 100.0).abs() > 1e-9 {
        notes.warning(tree.at, path, format!("Shares are kept to 0.01 %: {} becomes {}.", tree.written, percent(share)));
    }
    Some(share)
}

fn plan(fields: &Fields<'_>, notes: &mut Notes) -> Option<Plan> {
    let before = notes.errors.len();
    let rollout = fields.mapping("rollout", ROLLOUT_EXAMPLE, notes)?;
    rollout.refuse_unknown("A rollout", &ROLLOUT, notes);
    let start = rollout.moment("start", DateMeans::Start, notes);
    let shares = steps(&rollout, notes);
    let every = rollout.duration("every", notes);
    for name in ROLLOUT.into_iter().filter(|name| rollout.get(name).is_none()) {
        if name != "every" || shares.len() > 1 {
            notes.error(rollout.at, rollout.path_of(name), format!("A rollout needs {name}, as in {ROLLOUT_EXAMPLE}."));
        }
    }
    // A single step needs no interval.
    (notes.errors.len() == before && !shares.is_empty()).then_some(())?;
    Some(Plan::regular(&shares, start?, every.unwrap_or(DAY)))
}

fn steps(rollout: &Fields<'_>, notes: &mut Notes) -> Vec<u16> {
    let items = rollout.list("steps", notes).unwrap_or_default();
    if rollout.get("steps").is_some_and(|tree| matches!(&tree.node, Node::List(items) if items.is_empty() || items.len() > 100)) {
        let message = "A rollout has 1 to 100 steps, such as [1, 10, 25, 50, 100].";
        notes.error(rollout.place_of("steps"), rollout.path_of("steps"), message);
    }
    let mut shares: Vec<u16> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let path = format!("{}[{at}]", rollout.path_of("steps"));
        let Some(share) = share(item, &path, notes) else { continue };
        if shares.last().is_some_and(|last| *last >= share) {
            let message = format!(
                "Each step must be larger than the one before it; {} follows {}.",
                percent(share),
                percent(shares[shares.len() - 1])
            );
            notes.error(item.at, path, message);
        }
        shares.push(share);
    }
    shares
}
