//! Rules that never decide an answer. Said only where it is certain.

use super::logic::{Exclusion, exclude, implies};
use super::{Finding, Known, Part, title};
use crate::domain::condition::Condition;
use crate::domain::rule::Rule;
use crate::domain::state::State;
use crate::domain::text::capital;

/// Why the rule at `at` decides nobody's answer, where it is so.
pub fn undecided(state: &State, at: usize, known: &Known<'_>) -> Option<Finding> {
    let rule = &state.rules[at];
    let place = format!("rules[{at}]");
    if let Some(finding) = impossible_part(&Part::of_rule(rule, at), known) {
        return Some(finding);
    }
    let earlier = state.rules[..at].iter().enumerate().filter(|(_, earlier)| earlier.active);
    let (above, first) = earlier.into_iter().find(|(_, earlier)| covers(earlier, rule))?;
    Some(shadowed(place, (rule, at), (first, above)))
}

/// Why nobody matches, where it is so.
pub(super) fn impossible_part(part: &Part<'_>, known: &Known<'_>) -> Option<Finding> {
    let (one, other) = impossible(part.conditions)?;
    let (one, other) = (known.told(&part.conditions[one]), known.told(&part.conditions[other]));
    let sentence = format!("{} never matches: “{one}” and “{other}” cannot both hold.", capital(&part.title));
    let advice = format!("Remove one of the two. For users of either kind, make two {}s.", part.noun);
    let code = if part.noun == "rule" { "unreachable_rule" } else { "unreachable_group" };
    Some(Finding::new(code, part.place.clone(), sentence, advice))
}

fn shadowed(place: String, (rule, at): (&Rule, usize), (first, above): (&Rule, usize)) -> Finding {
    let (own, other) = (title(rule, at), title(first, above));
    let move_up = format!("Move it above {other}, or remove it.");
    let begin = capital(&own);
    if first.conditions.is_empty() {
        let sentence = format!("{begin} is never reached: {other} above it matches everybody.");
        return Finding::new("shadowed_rule", place, sentence, move_up);
    }
    if covers(rule, first) {
        let sentence = format!("{begin} never decides: {other} above it has the same conditions.");
        return Finding::new(
            "unreachable_rule",
            place,
            sentence,
            format!("Change the conditions of one of them, or remove {own}."),
        );
    }
    let sentence = format!("{begin} never decides: {other} above it matches everybody whom it matches.");
    Finding::new("shadowed_rule", place, sentence, move_up)
}

/// Whether `rule` matches everybody whom `other` matches.
fn covers(rule: &Rule, other: &Rule) -> bool {
    rule.conditions.iter().all(|asked| other.conditions.iter().any(|given| implies(given, asked)))
}

/// Two conditions that never hold together.
fn impossible(conditions: &[Condition]) -> Option<(usize, usize)> {
    pairs(conditions).find(|(one, other)| exclude(&conditions[*one], &conditions[*other]) == Some(Exclusion::Always))
}

/// Every two of them, by their places.
pub fn pairs(conditions: &[Condition]) -> impl Iterator<Item = (usize, usize)> + use<> {
    let count = conditions.len();
    (0..count).flat_map(move |other| (0..other).map(move |one| (one, other)))
}
