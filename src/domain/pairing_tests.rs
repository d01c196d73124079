#![allow(clippy::unwrap_used)]

use super::*;
use crate::domain::diff::{DiffKind, diff};
use serde_json::json;

/// `r1 Staff: plan=staff, country=NO -> on`: id, name, conditions, what is served.
fn rule(text: &str) -> Rule {
    let (head, serve) = text.split_once(" -> ").unwrap();
    let (head, tests) = head.split_once(':').unwrap();
    let (id, name) = head.split_once(' ').unwrap_or((head, ""));
    let condition = |test: &str| {
        let (attribute, value) = test.trim().split_once('=').unwrap();
        json!({"attribute": attribute, "operator": "equals", "values": [value]})
    };
    let conditions: Vec<_> = tests.split(',').filter(|test| !test.trim().is_empty()).map(condition).collect();
    serde_json::from_value(json!({"id": id, "name": name, "conditions": conditions, "serve": {"variant": serve}})).unwrap()
}

fn state(rules: &[&str]) -> State {
    let rules: Vec<_> = rules.iter().map(|text| serde_json::to_value(rule(text)).unwrap()).collect();
    let state = json!({"enabled": true, "off_variant": "off", "rules": rules, "fallthrough": {"variant": "on"}});
    serde_json::from_value(state).unwrap()
}

#[test]
fn rules_are_paired_by_what_they_are() {
    type Case = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);
    let table: &[Case] = &[
        ("the same", &["r1 Staff: plan=staff -> on"], &["r1 Staff: plan=staff -> on"], &["r1"]),
        ("an id alone is nothing", &["r1: plan=staff -> on"], &["r1: country=NO -> on"], &["r2"]),
        ("nor with a name each", &["r1 Staff: plan=staff -> on"], &["r1 Norway: country=NO -> on"], &["r2"]),
        ("an id and the same question", &["r1: plan=staff -> on"], &["r1: plan=pro -> on"], &["r1"]),
        ("the same question alone", &["r1: plan=staff -> on"], &["r7: plan=pro -> on"], &["r1"]),
        ("a name under another id", &["r1 Staff: plan=staff -> on"], &["x STAFF: country=NO -> off"], &["x"]),
        ("conditions under another id", &["r1: plan=staff -> on"], &["x Team: plan=staff -> off"], &["x"]),
        ("half of the conditions", &["r1: a=1, b=2 -> on"], &["x: b=2, c=3 -> on"], &["x"]),
        ("less than half", &["r1: a=1, b=2, c=3 -> on"], &["x: c=3, d=4, e=5 -> on"], &["r1"]),
        ("everybody", &["r1: -> on"], &["x: -> off"], &["x"]),
        ("everybody and some", &["r1: -> on"], &["x: plan=pro -> off"], &["r1"]),
        (
            "crossed ids follow the names",
            &["r1 Staff: plan=staff -> on", "r2 Pro: plan=pro -> on"],
            &["r1 Pro: plan=pro -> on", "r2 Staff: plan=staff -> on"],
            &["r2", "r1"],
        ),
        ("one of two alike", &["r5: plan=pro -> on"], &["x: plan=pro -> off", "y: plan=pro -> on"], &["y"]),
        ("each only once", &["r5: plan=pro -> on", "r6: plan=pro -> on"], &["x: plan=pro -> on"], &["x", "r6"]),
        (
            "a free id for each that clashes",
            &["r1: a=1 -> on", "r2: b=1 -> on"],
            &["r1: c=1 -> on", "r2: d=1 -> on"],
            &["r3", "r4"],
        ),
        ("nothing to pair", &[], &["r1: a=1 -> on"], &[]),
    ];
    for (what, ours, theirs, ids) in table {
        let aligned = aligned(&state(ours), &state(theirs));
        let found: Vec<&str> = aligned.rules.iter().map(|rule| rule.id.as_str()).collect();
        assert_eq!(found, *ids, "{what}");
        let unlike: Vec<Rule> =
            aligned.rules.iter().zip(ours.iter()).map(|(rule, text)| Rule { id: self::rule(text).id, ..rule.clone() }).collect();
        assert_eq!(unlike, state(ours).rules, "{what}: nothing but ids changes");
    }
}

#[test]
fn rules_with_nothing_in_common_are_told_as_removed_and_added() {
    let (ours, theirs) = (state(&["r1: plan=staff -> on"]), state(&["r1: country=NO -> on"]));
    let rows = diff(&theirs.document(), &aligned(&ours, &theirs).document());
    let kinds: Vec<_> = rows.iter().map(|row| (row.path.as_str(), row.kind)).collect();
    assert_eq!(kinds, [("rules[r1]", DiffKind::Removed), ("rules[r2]", DiffKind::Added)]);
    let alike = state(&["x: plan=staff -> on"]);
    assert_eq!(diff(&alike.document(), &aligned(&ours, &alike).document()), []);
}
