//! What the pages that change a flag's state have in common: how a change is told, and where its problems belong.

use super::confirm::Preview;
use crate::domain::audience::{change, once_begun};
use crate::domain::diff::{DiffRow, diff};
use crate::domain::flag::{Flag, Problem};
use crate::domain::rule::{Rule, Serve};
use crate::domain::shift::{Shift, shift};
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::services::status::{self, InForce};

/// What the confirm page tells of a flag that goes from one state to another; `title` as an order: `Turn on new_checkout in
/// production`. *Cancel* leads to `back`.
pub fn preview(title: String, flag: &Flag, before: &State, after: &State, back: String, now: Timestamp) -> Preview {
    let note = Some(note(flag, before, after, now));
    let unseen = is_unseen(before, after, flag.key.as_str(), now);
    Preview { title, rows: rows(before, after), back, note, unseen, ..Preview::default() }
}

/// Whether nobody is answered differently once `after` has taken effect: a plan that begins later or stands still, a flag that
/// stays off.
fn is_unseen(before: &State, after: &State, flag: &str, now: Timestamp) -> bool {
    let active = |state: &State| state.rules.iter().filter(|rule| rule.active).cloned().collect::<Vec<_>>();
    let (old, new) = (active(before), active(after));
    let stays = |(old, new): (&Serve, &Serve)| shift(old, new, flag, once_begun(now)) == Shift::Nobody;
    let rules = || old.len() == new.len() && old.iter().zip(&new).all(|(old, new)| old.conditions == new.conditions);
    let serves = || old.iter().zip(&new).map(|(old, new)| (&old.serve, &new.serve));
    let on = before.enabled && after.enabled;
    let off = before.off_variant == after.off_variant;
    let same =
        || before.targets == after.targets && rules() && serves().chain([(&before.fallthrough, &after.fallthrough)]).all(stays);
    off && ((!before.enabled && !after.enabled) || (on && same()))
}

/// What differs between two states, field by field.
pub fn rows(before: &State, after: &State) -> Vec<DiffRow> {
    diff(&before.document(), &after.document())
}

/// Who gets what once the state is as in `after`, and who loses it.
pub fn note(flag: &Flag, before: &State, after: &State, now: Timestamp) -> String {
    let after = after.clone().settled(now);
    match status::in_force(flag, &after, false, now) {
        InForce::Off if !before.enabled => "The flag is off here: nobody sees this yet.".to_owned(),
        InForce::Expired(name) => format!("The flag has expired: everybody gets {name} then, whatever targets and rules say."),
        _ => change(before, &after, flag.key.as_str(), now),
    }
}

/// What a rule is called in a sentence: by its name, else by its place.
pub fn rule_name(state: &State, rule: &Rule) -> String {
    let place = state.rules.iter().position(|other| other.id == rule.id);
    match (rule.name.as_str(), place) {
        ("", Some(at)) => format!("rule {}", at + 1),
        ("", None) => "a rule".to_owned(),
        (name, _) => format!("rule “{name}”"),
    }
}

/// Brings the problems of a whole state to one form. `own` finds the form's field; what lies elsewhere in the state is told
/// with its place; what is no part of a state, such as the reason, stays.
pub fn at_form(error: Error, own: impl Fn(&Problem) -> Option<Problem>) -> Error {
    match error {
        Error::Invalid(problems) => {
            Error::Invalid(problems.into_iter().map(|problem| own(&problem).unwrap_or_else(|| elsewhere(problem))).collect())
        }
        other => other,
    }
}

fn elsewhere(problem: Problem) -> Problem {
    let field = problem.field.as_str();
    let place = match field.strip_prefix("rules[").and_then(|rest| rest.split_once(']')) {
        Some((at, _)) => at.parse::<usize>().ok().map(|at| format!("In rule {}: ", at + 1)),
        None if field.starts_with("fallthrough") => Some("For everyone else: ".to_owned()),
        None if field.starts_with("targets") => Some("In the individual targets: ".to_owned()),
        None if field == "off_variant" => Some("Served while off: ".to_owned()),
        None if field == "on_expiry" => Some("On expiry: ".to_owned()),
        None => None,
    };
    match place {
        Some(place) => Problem::new("", format!("{place}{}", problem.message)),
        None => problem,
    }
}

/// A form's own problems, and those of the state's check that do not merely follow from them: an operator that is none makes
/// wrong values, a share that could not be read a wrong sum.
pub fn together(own: Vec<Problem>, others: Vec<Problem>) -> Vec<Problem> {
    let part = |field: &str| field.split_once('.').map_or(field, |(part, _)| part).to_owned();
    let parts: Vec<String> = own.iter().map(|problem| part(&problem.field)).collect();
    let alone = |field: &str| field.ends_with(".attribute") || field.ends_with(".bucket_by");
    let more = others.into_iter().filter(|problem| alone(&problem.field) || !parts.contains(&part(&problem.field)));
    let more: Vec<Problem> = more.collect();
    own.into_iter().chain(more).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn problems_that_follow_from_others_are_left_out() {
        let all = |fields: &[&str]| fields.iter().map(|field| Problem::new(*field, "no")).collect::<Vec<_>>();
        let own = all(&["conditions[0].values", "serve.share"]);
        let others =
            all(&["conditions[0].values", "conditions[0].attribute", "conditions[1].values", "serve.shares", "serve.bucket_by"]);
        let fields: Vec<_> = together(own, others).into_iter().map(|problem| problem.field).collect();
        assert_eq!(
            fields,
            ["conditions[0].values", "serve.share", "conditions[0].attribute", "conditions[1].values", "serve.bucket_by"]
        );
    }

    #[test]
    fn problems_elsewhere_are_told_with_their_place() {
        let own =
            |problem: &Problem| (problem.field == "fallthrough.weights").then(|| Problem::new("serve.shares", &*problem.message));
        let at = |field: &str| match at_form(Error::field(field, "no"), own) {
            Error::Invalid(problems) => (problems[0].field.clone(), problems[0].message.clone()),
            other => panic!("{other}"),
        };
        for (path, field, message) in [
            ("fallthrough.weights", "serve.shares", "no"),
            ("fallthrough.bucket_by", "", "For everyone else: no"),
            ("rules[1].conditions[0].values[0]", "", "In rule 2: no"),
            ("targets[0]", "", "In the individual targets: no"),
            ("reason", "reason", "no"),
            ("", "", "no"),
        ] {
            assert_eq!(at(path), (field.to_owned(), message.to_owned()), "{path}");
        }
    }
}
