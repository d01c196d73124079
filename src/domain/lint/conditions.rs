//! Conditions of one rule, or of one group, that say the same, or what hardly anything can be at once.

use super::logic::{Exclusion, exclude, implies};
use super::rules::pairs;
use super::{Finding, Known, Part};
use crate::domain::text::capital;

/// Conditions that only a list meets both of. Those that nothing meets make the rule unreachable.
pub(super) fn contradictory(part: &Part<'_>, known: &Known<'_>) -> Vec<Finding> {
    let odd = |(one, other): (usize, usize)| {
        let (first, second) = (&part.conditions[one], &part.conditions[other]);
        (exclude(first, second)? == Exclusion::UnlessList).then(|| {
            let (own, said, also) = (capital(&part.title), known.told(first), known.told(second));
            let attribute = &first.attribute;
            let sentence = format!("{own} matches nobody unless {attribute} is a list: it asks for “{said}” and for “{also}”.");
            let advice = "Remove one of the two, or put the values into one condition, which holds for any of them.";
            Finding::new("contradictory_conditions", part.place_of(other), sentence, advice)
        })
    };
    pairs(part.conditions).filter_map(odd).collect()
}

/// Conditions that hold anyway where another one of the rule does.
pub(super) fn repeated(part: &Part<'_>, known: &Known<'_>) -> Vec<Finding> {
    let mut told: Vec<usize> = Vec::new();
    let mut found = Vec::new();
    for (one, other) in pairs(part.conditions) {
        let (first, second) = (&part.conditions[one], &part.conditions[other]);
        let own = capital(&part.title);
        let (idle, sentence) = match (implies(first, second), implies(second, first)) {
            (true, true) => (other, format!("{own} asks twice for “{}”.", known.told(second))),
            (true, false) => (other, follows(&own, &known.told(second), &known.told(first))),
            (false, true) => (one, follows(&own, &known.told(first), &known.told(second))),
            (false, false) => continue,
        };
        if !told.contains(&idle) {
            told.push(idle);
            found.push(Finding::new(
                "duplicate_condition",
                part.place_of(idle),
                sentence,
                format!("Remove it; the {} matches the same users.", part.noun),
            ));
        }
    }
    found
}

fn follows(rule: &str, idle: &str, from: &str) -> String {
    format!("{rule} asks for “{idle}”, which holds anyway where “{from}” does.")
}
