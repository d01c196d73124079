//! What keeps a state or a segment from being compiled is said by field, with what would be right.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use flagstaff::domain::flag::{Flag, Problem};
use flagstaff::domain::segment::Segment;
use flagstaff::domain::state::State;
use flagstaff::domain::time::Timestamp;
use flagstaff::engine::{CompiledFlag, Context, Reason, Segments, compile, compile_segment, evaluate};
use serde_json::{Value, json};
use std::sync::Arc;

fn flag(extra: Value) -> Flag {
    let mut flag = json!({
        "key": "new_checkout", "kind": "release", "value_type": "boolean", "owner": {"unclaimed": "nobody"}, "description": "d",
        "variants": [{"name": "on", "value": true}, {"name": "off", "value": false}], "fallback_variant": "off"
    });
    flag.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    serde_json::from_value(flag).unwrap()
}

fn segments() -> Segments {
    let beta: Segment = serde_json::from_value(json!({"key": "beta", "name": "Beta"})).unwrap();
    [(beta.key.clone(), Arc::new(compile_segment(&beta).unwrap()))].into()
}

fn problems_of(state: Value) -> Vec<Problem> {
    let state: State = serde_json::from_value(state).unwrap();
    compile(&flag(json!({})), &state, &segments()).map(|_| ()).unwrap_err()
}

/// The problems of a state whose one rule has this as its second condition.
fn problems_of_condition(condition: Value) -> Vec<Problem> {
    let exists = json!({"attribute": "plan", "operator": "exists"});
    problems_of(json!({
        "enabled": true, "off_variant": "off", "fallthrough": {"variant": "off"},
        "rules": [{"id": "r1", "conditions": [exists, condition], "serve": {"variant": "on"}}]
    }))
}

#[test]
fn conditions_name_the_value_and_what_would_be_right() {
    let window = |window: Value| json!({"operator": "time_window", "values": [window]});
    let table = [
        (
            json!({"attribute": "a", "operator": "greater_than", "values": [1, "20"]}),
            "values[1]",
            "\"20\" is text; write a number such as 20.",
        ),
        (json!({"attribute": "a", "operator": "equals", "values": [[]]}), "values[0]", "[] is a list; write a text, a number"),
        (json!({"attribute": "a", "operator": "contains", "values": [5]}), "values[0]", "5 is a number; write a text in quotes."),
        (json!({"attribute": "a", "operator": "starts_with", "values": [""]}), "values[0]", "An empty text"),
        (json!({"attribute": "a", "operator": "matches", "values": ["("]}), "values[0]", "unclosed group"),
        (json!({"attribute": "a", "operator": "matches", "values": ["a(?=b)"]}), "values[0]", "Look-around"),
        (json!({"attribute": "a", "operator": "matches", "values": ["(?u)a"]}), "values[0]", "leave out the flag u"),
        (
            json!({"attribute": "a", "operator": "before", "values": ["2027-01-01"]}),
            "values[0]",
            "write it like \"2027-06-01T09:00:00Z\"",
        ),
        (json!({"attribute": "a", "operator": "semver_less", "values": ["two"]}), "values[0]", "write it like \"2.3.0\""),
        (json!({"attribute": "a", "operator": "semver_matches", "values": ["1.2"]}), "values[0]", "write it like \"^1.2\""),
        (json!({"attribute": "a", "operator": "ip_in", "values": ["10.0.0.0/33"]}), "values[0]", "write it like \"10.0.0.0/8\""),
        (
            json!({"operator": "in_segment", "values": ["gone"]}),
            "values[0]",
            "There is no segment \"gone\"; write one of \"beta\"",
        ),
        (json!({"attribute": "a", "operator": "in"}), "values", "in needs at least one value"),
        (json!({"attribute": "a", "operator": "exists", "values": [1]}), "values", "exists takes no values; remove 1."),
        (json!({"operator": "equals", "values": [1]}), "attribute", "Name the attribute"),
        (
            json!({"attribute": "a", "operator": "equals", "values": ["x"], "ignore_case": true}),
            "ignore_case",
            "has no case to ignore",
        ),
        (window(json!("09:00")), "values[0]", "\"09:00\" is text; write an object"),
        (window(json!({"from": "9:00", "to": "17:00", "zone": "UTC"})), "values[0].from", "\"9:00\""),
        (window(json!({"from": "09:00", "zone": "UTC"})), "values[0].to", "it is missing"),
        (window(json!({"from": "09:00", "to": "25:00", "zone": "UTC"})), "values[0].to", "Write a time"),
        (window(json!({"from": "09:00", "to": "09:00", "zone": "UTC"})), "values[0].from", "must differ"),
        (window(json!({"from": "09:00", "to": "10:00", "zone": "Oslo"})), "values[0].zone", "\"Europe/Oslo\""),
        (window(json!({"from": "09:00", "to": "10:00", "zone": "UTC", "days": ["monday"]})), "values[0].days", "mon, tue"),
        (window(json!({"from": "09:00", "to": "10:00", "zone": "UTC", "days": []})), "values[0].days", "mon, tue"),
        (window(json!({"from": "09:00", "to": "10:00", "zone": "UTC", "tz": 1})), "values[0].tz", "days, from, to and zone"),
    ];
    for (condition, field, message) in table {
        let found = problems_of_condition(condition.clone());
        assert_eq!(found.len(), 1, "{condition}: {found:?}");
        assert_eq!(found[0].field, format!("rules[0].conditions[1].{field}"), "{condition}");
        assert!(found[0].message.contains(message), "{condition}: {:?} lacks {message:?}", found[0].message);
    }
}

#[test]
fn every_problem_is_told_at_once() {
    let found = problems_of(json!({
        "enabled": true, "off_variant": "none",
        "fallthrough": {"split": {"weights": [{"variant": "on", "share": 1}]}},
        "rules": [
            {"id": "r1", "active": false, "conditions": [{"attribute": "a", "operator": "less_than", "values": ["x", "y"]}], "serve": {"variant": "on"}},
            {"id": "r2", "conditions": [{"attribute": "a", "operator": "in"}], "serve": {"variant": "maybe"}}]
    }));
    let fields: Vec<&str> = found.iter().map(|problem| problem.field.as_str()).collect();
    for field in [
        "off_variant",
        "fallthrough.weights",
        "rules[0].conditions[0].values[0]",
        "rules[0].conditions[0].values[1]",
        "rules[1].serve",
        "rules[1].conditions[0].values",
    ] {
        assert!(fields.contains(&field), "{field} is not among {fields:?}");
    }
    assert_eq!(found.len(), 6, "{fields:?}");
}

#[test]
fn segments_have_problems_too() {
    let table = [
        (json!({"groups": [[]]}), "groups[0]"),
        (json!({"include": ["a", ""]}), "include[1]"),
        (json!({"exclude": [""]}), "exclude[0]"),
        (
            json!({"groups": [[{"attribute": "a", "operator": "exists"}], [{"operator": "in_segment", "values": ["beta"]}]]}),
            "groups[1][0].values[0]",
        ),
    ];
    for (parts, field) in table {
        let mut segment = json!({"key": "s", "name": "S"});
        segment.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
        let segment: Segment = serde_json::from_value(segment).unwrap();
        let found = compile_segment(&segment).map(|_| ()).unwrap_err();
        assert_eq!(found.iter().map(|p| p.field.as_str()).collect::<Vec<_>>(), [field]);
    }
}

#[test]
fn an_expiry_must_serve_a_variant_that_exists() {
    let flag = flag(json!({"expires_at": "2027-01-01T00:00:00Z", "on_expiry": {"serve": "gone"}}));
    let found = compile(&flag, &State::initial(&flag), &segments()).map(|_| ()).unwrap_err();
    assert_eq!(found[0].field, "on_expiry");
}

#[test]
fn a_fallback_answers_even_without_its_variant() {
    let now = Timestamp::from_millis(0);
    for (extra, json) in [
        (json!({}), "false"),
        (json!({"fallback_variant": "gone"}), "false"),
        (json!({"fallback_variant": "on", "variants": []}), "true"),
        (json!({"fallback_variant": "gone", "value_type": "number", "variants": []}), "0.0"),
        (json!({"fallback_variant": "gone", "value_type": "object", "variants": []}), "{}"),
    ] {
        let fallback = CompiledFlag::fallback(&flag(extra));
        let answer = evaluate(&fallback, &Context::empty(), now);
        assert_eq!((answer.variant.json.as_str(), answer.reason), (json, Reason::Default));
        assert!(fallback.is_fallback() && !fallback.depends_on_context());
        assert_eq!(fallback.next_change(now), None);
    }
}
