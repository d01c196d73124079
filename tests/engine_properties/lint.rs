//! What lint calls dead is dead: the engine never serves it.

use super::{any, config, context, segments};
use flagstaff::domain::attribute::Schema;
use flagstaff::domain::lint::{Finding, Known, lint};
use flagstaff::domain::state::State;
use flagstaff::engine::{Detail, compile, evaluate};
use proptest::prelude::*;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

fn found(case: &any::Case) -> Vec<Finding> {
    let schema: Schema = serde_json::from_value::<Vec<_>>(json!([
        {"name": "plan", "value_type": "text", "legal_values": ["pro"]}, {"name": "age", "value_type": "number", "private": true}
    ]))
    .unwrap()
    .into_iter()
    .collect();
    let segments: BTreeMap<String, bool> = [(any::SEGMENT.to_owned(), false)].into();
    let flags: BTreeSet<String> = ["plan".to_owned(), "new_checkout".to_owned()].into();
    let known = Known { schema: &schema, segments: Some(&segments), flags: &flags, owners: true, masked: false };
    let masked = lint(&case.flag, &case.state, &Known { masked: true, ..known }, case.now);
    let all = lint(&case.flag, &case.state, &known, case.now);
    assert!(masked.len() <= all.len() && all.iter().all(|one| !one.sentence.is_empty() && !one.advice.is_empty()));
    all
}

/// The rules that are said to decide nobody's answer.
fn dead(found: &[Finding]) -> Vec<usize> {
    let codes = ["shadowed_rule", "unreachable_rule"];
    found.iter().filter(|finding| codes.contains(&finding.code)).filter_map(Finding::rule).collect()
}

proptest! {
    #![proptest_config(config(3_000))]

    #[test]
    fn nothing_makes_lint_panic(case in any::wild_case()) {
        found(&case);
    }

    #[test]
    fn a_rule_that_is_called_dead_decides_nothing(case in any::related_case(), others in proptest::collection::vec(any::context(), 8)) {
        let dead = dead(&found(&case));
        let whole = compile(&case.flag, &case.state, &segments()).unwrap();
        for value in others.iter().chain([&case.context]) {
            let answer = evaluate(&whole, &context(value), case.now);
            if let Detail::Rule(at) | Detail::NoUnit(Some(at)) = answer.detail {
                prop_assert!(!dead.contains(&at), "rule {} of {:?} for {}", at, case.state.rules, value);
            }
            for at in &dead {
                let mut rules = case.state.rules.clone();
                rules.remove(*at);
                let without = compile(&case.flag, &State { rules, ..case.state.clone() }, &segments()).unwrap();
                prop_assert_eq!(&answer.variant.name, &evaluate(&without, &context(value), case.now).variant.name);
            }
        }
    }

    #[test]
    fn a_condition_that_is_called_idle_changes_no_match(case in any::related_case(), others in proptest::collection::vec(any::context(), 8)) {
        let found = found(&case);
        let idle = found.iter().filter(|finding| finding.code == "duplicate_condition");
        let whole = compile(&case.flag, &case.state, &segments()).unwrap();
        for finding in idle {
            let (rule, rest) = finding.place.strip_prefix("rules[").unwrap().split_once("].conditions[").unwrap();
            let (rule, at): (usize, usize) = (rule.parse().unwrap(), rest.trim_end_matches(']').parse().unwrap());
            let mut state = case.state.clone();
            state.rules[rule].conditions.remove(at);
            let without = compile(&case.flag, &state, &segments()).unwrap();
            for value in others.iter().chain([&case.context]) {
                let (one, other) = (evaluate(&whole, &context(value), case.now), evaluate(&without, &context(value), case.now));
                prop_assert_eq!(one.variant.name.as_str(), other.variant.name.as_str(), "{} for {}", finding.sentence, value);
            }
        }
    }
}

/// The properties above look at something.
#[test]
fn random_cases_have_dead_rules_and_idle_conditions() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..600 {
        let case = any::related_case().new_tree(&mut runner).unwrap().current();
        found(&case).iter().for_each(|finding| *codes.entry(finding.code).or_default() += 1);
    }
    for code in ["shadowed_rule", "unreachable_rule", "duplicate_condition", "contradictory_conditions", "illegal_value"] {
        assert!(codes.get(code).is_some_and(|count| *count >= 20), "{codes:?}");
    }
}
