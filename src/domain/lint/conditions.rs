//! Conditions of one rule that say the same, or what hardly anything can be at once.

use super::logic::{Exclusion, exclude, implies};
use super::rules::pairs;
use super::{Finding, Known, place, title};
use crate::domain::rule::Rule;
use crate::domain::text::capital;

/// Conditions that only a list meets both of. Those that nothing meets make the rule unreachable.
pub fn contradictory(rule: &Rule, at: usize, known: &Known<'_>) -> Vec<Finding> {
    let odd = |(one, other): (usize, usize)| {
        let (first, second) = (&rule.conditions[one], &rule.conditions[other]);
        (exclude(first, second)? == Exclusion::UnlessList).then(|| {
            let (own, said, also) = (capital(&title(rule, at)), known.told(first), known.told(second));
            let attribute = &first.attribute;
            let sentence = format!("{own} matches nobody unless {attribute} is a list: it asks for “{said}” and for “{also}”.");
            let advice = "Remove one of the two, or put the values into one condition, which holds for any of them.";
            Finding::new("contradictory_conditions", place(at, other), sentence, advice)
        })
    };
    pairs(rule).filter_map(odd).collect()
}

/// Conditions that hold anyway where another one of the rule does.
pub fn repeated(rule: &Rule, at: usize, known: &Known<'_>) -> Vec<Finding> {
    let mut told: Vec<usize> = Vec::new();
    let mut found = Vec::new();
    for (one, other) in pairs(rule) {
        let (first, second) = (&rule.conditions[one], &rule.conditions[other]);
        let own = capital(&title(rule, at));
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
                place(at, idle),
                sentence,
                "Remove it; the rule matches the same users.",
            ));
        }
    }
    found
}

fn follows(rule: &str, idle: &str, from: &str) -> String {
    format!("{rule} asks for “{idle}”, which holds anyway where “{from}” does.")
}
