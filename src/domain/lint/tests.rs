//! Each lint with the sentence that somebody reads.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::domain::time::DAY;
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_millis(20_000 * DAY);

fn flag(parts: Value) -> Flag {
    let mut flag = json!({
        "key": "new_checkout", "kind": "permission", "value_type": "boolean", "fallback_variant": "off",
        "variants": [{"name": "on", "value": true}, {"name": "off", "value": false}],
        "owner": {"team": "payments"}, "description": "d"
    });
    flag.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
    serde_json::from_value(flag).unwrap()
}

fn state(parts: Value) -> State {
    let mut state = json!({"enabled": true, "off_variant": "off", "fallthrough": {"variant": "on"}});
    state.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
    serde_json::from_value(state).unwrap()
}

fn schema() -> Schema {
    let attributes = json!([
        {"name": "plan", "value_type": "text", "legal_values": ["free", "pro"]}, {"name": "age", "value_type": "number"},
        {"name": "beta", "value_type": "boolean"}, {"name": "app", "value_type": "version"},
        {"name": "email", "value_type": "text", "private": true}, {"name": "card", "value_type": "text", "private": true}
    ]);
    serde_json::from_value::<Vec<_>>(attributes).unwrap().into_iter().collect()
}

struct World {
    schema: Schema,
    segments: BTreeMap<String, bool>,
    flags: BTreeSet<String>,
    masked: bool,
}

impl World {
    fn new() -> Self {
        let segments = [("staff".to_owned(), false), ("nobody".to_owned(), true)].into();
        Self { schema: Schema::default(), segments, flags: ["new_checkout".to_owned(), "beta".to_owned()].into(), masked: false }
    }
    fn described() -> Self {
        Self { schema: schema(), ..Self::new() }
    }
    fn lint(&self, flag: &Flag, state: &State) -> Vec<Finding> {
        let (schema, flags) = (&self.schema, &self.flags);
        let known = Known { schema, segments: Some(&self.segments), flags, owners: true, masked: self.masked };
        lint(flag, state, &known, NOW)
    }
    /// What is found of rules, each a list of conditions, as `code place: sentence advice`.
    fn rules(&self, rules: &Value) -> Vec<String> {
        let rule = |(at, conditions): (usize, &Value)| {
            let name = if at == 0 { "Staff" } else { "" };
            json!({"id": format!("r{at}"), "name": name, "conditions": conditions, "serve": {"variant": "on"}})
        };
        let rules: Vec<Value> = rules.as_array().unwrap().iter().enumerate().map(rule).collect();
        told(self.lint(&flag(json!({})), &state(json!({ "rules": rules }))))
    }
}

fn told(found: Vec<Finding>) -> Vec<String> {
    found.into_iter().map(|one| format!("{} {}: {} {}", one.code, one.place, one.sentence, one.advice)).collect()
}

fn condition(attribute: &str, operator: &str, values: Value) -> Value {
    json!({"attribute": attribute, "operator": operator, "values": values})
}

fn not(mut condition: Value) -> Value {
    condition["negate"] = json!(true);
    condition
}

fn plan(values: Value) -> Value {
    condition("plan", "in", values)
}

fn segment(operator: &str, key: &str) -> Value {
    json!({"operator": operator, "values": [key]})
}

#[test]
fn what_is_as_it_should_be_is_left_alone() {
    let rules = json!([
        [plan(json!(["pro"])), condition("age", "greater_than", json!([5])), condition("age", "less_than", json!([20]))],
        [plan(json!(["pro"])), condition("age", "greater_than", json!([20]))],
        [plan(json!(["free"])), segment("in_segment", "staff"), condition("app", "semver_less", json!(["2.3"]))],
        [condition("email", "ends_with", json!(["@a.example"]))],
        []
    ]);
    for world in [World::new(), World::described()] {
        assert_eq!(world.rules(&rules), Vec::<String>::new());
    }
}

#[test]
fn rules_that_are_never_reached() {
    let world = World::new();
    assert_eq!(
        world.rules(&json!([[], [plan(json!(["pro"]))]])),
        [
            "shadowed_rule rules[1]: Rule 2 is never reached: rule 1 (Staff) above it matches everybody. Move it above rule 1 (Staff), or remove it."
        ]
    );
    assert_eq!(
        world.rules(&json!([[plan(json!(["pro", "free"]))], [plan(json!(["pro"])), segment("in_segment", "staff")]])),
        ["shadowed_rule rules[1]: Rule 2 never decides: rule 1 (Staff) above it matches everybody whom it matches. \
          Move it above rule 1 (Staff), or remove it."]
    );
    assert_eq!(
        world.rules(&json!([
            [plan(json!(["pro"])), segment("in_segment", "staff")],
            [segment("in_segment", "staff"), condition("plan", "equals", json!(["pro"]))]
        ])),
        ["unreachable_rule rules[1]: Rule 2 never decides: rule 1 (Staff) above it has the same conditions. \
          Change the conditions of one of them, or remove rule 2."]
    );
    let paused = json!([
        {"id": "a", "active": false, "conditions": [], "serve": {"variant": "on"}},
        {"id": "b", "conditions": [plan(json!(["pro"]))], "serve": {"variant": "on"}},
        {"id": "c", "active": false, "conditions": [plan(json!(["pro"])), plan(json!(["free"]))], "serve": {"variant": "on"}}]);
    assert_eq!(told(world.lint(&flag(json!({})), &state(json!({ "rules": paused })))), Vec::<String>::new());
}

#[test]
fn rules_that_never_match() {
    let world = World::new();
    for (one, other, said) in [
        (
            plan(json!(["pro"])),
            condition("plan", "not_in", json!(["pro", "free"])),
            "“plan is one of pro” and “plan is none of pro or free”",
        ),
        (
            segment("in_segment", "staff"),
            segment("not_in_segment", "staff"),
            "“the user is in segment staff” and “the user is not in segment staff”",
        ),
        (
            condition("plan", "exists", json!([])),
            condition("plan", "not_exists", json!([])),
            "“plan is present” and “plan is absent”",
        ),
        (not(condition("plan", "exists", json!([]))), plan(json!(["pro"])), "“not: plan is present” and “plan is one of pro”"),
        (
            condition("age", "greater_than", json!([5])),
            not(condition("age", "greater_or_equal", json!([3]))),
            "“age is greater than 5” and “not: age is at least 3”",
        ),
        (
            condition("targetingKey", "equals", json!(["a"])),
            condition("targetingKey", "in", json!(["b", "c"])),
            "“targetingKey equals a” and “targetingKey is one of b or c”",
        ),
    ] {
        assert_eq!(
            world.rules(&json!([[one, other]])),
            [format!(
                "unreachable_rule rules[0]: Rule 1 (Staff) never matches: {said} cannot both hold. Remove one of the two. For users of either kind, make two rules."
            )]
        );
    }
}

#[test]
fn conditions_that_only_a_list_meets() {
    let world = World::new();
    for (one, other) in [
        (plan(json!(["pro"])), plan(json!(["free"]))),
        (condition("age", "greater_than", json!([5])), condition("age", "less_than", json!([3]))),
        (condition("age", "greater_than", json!([5])), condition("age", "less_or_equal", json!([5.0]))),
        (condition("age", "equals", json!([1, 2])), condition("age", "greater_or_equal", json!([3]))),
        (condition("age", "greater_than", json!([5])), condition("age", "contains", json!(["x"]))),
        (
            condition("at", "before", json!(["2026-01-01T00:00:00Z"])),
            condition("at", "after", json!(["2026-01-01T01:00:00+01:00"])),
        ),
    ] {
        for pair in [json!([[one, other]]), json!([[other, one]])] {
            let found = world.rules(&pair);
            assert!(
                found.len() == 1 && found[0].starts_with("contradictory_conditions rules[0].conditions[1]: "),
                "{pair}: {found:?}"
            );
        }
    }
    assert_eq!(
        world.rules(&json!([[plan(json!(["pro"])), plan(json!(["free"]))]])),
        ["contradictory_conditions rules[0].conditions[1]: Rule 1 (Staff) matches nobody unless plan is a list: it asks for \
          “plan is one of pro” and for “plan is one of free”. \
          Remove one of the two, or put the values into one condition, which holds for any of them."]
    );
    for (one, other) in [
        (condition("age", "greater_than", json!([5, 9])), condition("age", "less_than", json!([7]))),
        (condition("age", "equals", json!([20])), condition("age", "in", json!([20.0, 3]))),
        (not(condition("age", "greater_than", json!([5]))), condition("age", "less_than", json!([3]))),
        (condition("age", "greater_or_equal", json!([5])), condition("age", "less_or_equal", json!([5]))),
    ] {
        assert_eq!(world.rules(&json!([[one, other]])), Vec::<String>::new(), "{one} {other}");
    }
}

#[test]
fn conditions_that_say_the_same() {
    let world = World::new();
    assert_eq!(
        world.rules(&json!([[plan(json!(["pro", "free"])), condition("plan", "in", json!(["free", "pro"]))]])),
        ["duplicate_condition rules[0].conditions[1]: Rule 1 (Staff) asks twice for “plan is one of free or pro”. \
          Remove it; the rule matches the same users."]
    );
    assert_eq!(
        world.rules(&json!([[condition("plan", "exists", json!([])), plan(json!(["pro"]))]])),
        ["duplicate_condition rules[0].conditions[0]: Rule 1 (Staff) asks for “plan is present”, which holds anyway where \
          “plan is one of pro” does. Remove it; the rule matches the same users."]
    );
    assert_eq!(
        world.rules(&json!([[condition("age", "equals", json!([30])), condition("age", "greater_than", json!([18]))]])).len(),
        1
    );
}

#[test]
fn segments_that_are_empty_or_not_there() {
    let world = World::new();
    assert_eq!(
        world.rules(&json!([
            [segment("in_segment", "nobody")],
            [segment("not_in_segment", "nobody")],
            [segment("in_segment", "gone")]
        ])),
        [
            "empty_segment rules[0].conditions[0]: Rule 1 (Staff) asks for the segment nobody, which is empty: nobody is in it. \
             Put somebody into nobody, or ask for another segment.",
            "empty_segment rules[1].conditions[0]: Rule 2 asks for the segment nobody, which is empty: everybody is outside it. \
             Put somebody into nobody, or ask for another segment.",
            "unknown_segment rules[2].conditions[0]: Rule 3 asks for the segment gone, which there is not. \
             Make the segment gone, or ask for another one.",
        ]
    );
}

#[test]
fn attributes_that_are_not_described_or_otherwise() {
    let world = World::described();
    assert_eq!(
        world.rules(&json!([[condition("plam", "exists", json!([]))], [condition("zzz", "exists", json!([]))]])),
        [
            "unknown_attribute rules[0].conditions[0]: Rule 1 (Staff) looks at plam, which the project has not described. \
             Did you mean plan? Otherwise describe plam in the settings, under Attributes.",
            "unknown_attribute rules[1].conditions[0]: Rule 2 looks at zzz, which the project has not described. \
             Describe zzz in the settings, under Attributes.",
        ]
    );
    assert_eq!(
        world.rules(&json!([[condition("age", "contains", json!(["3"]))], [condition("plan", "semver_less", json!(["2.3"]))]])),
        [
            "operator_type rules[0].conditions[0]: Rule 1 (Staff) compares age as a text, but it is described as a number. \
             Use another comparison, or describe age as a text.",
            "operator_type rules[1].conditions[0]: Rule 2 compares plan as a version, but it is described as a text. \
             Use another comparison, or describe plan as a version.",
        ]
    );
    assert_eq!(
        world.rules(&json!([
            [condition("age", "equals", json!(["20"]))],
            [plan(json!(["pro", "gold"]))],
            [condition("app", "equals", json!(["new"]))]
        ])),
        [
            "value_type rules[0].conditions[0]: Rule 1 (Staff) compares age with 20, but it is described as a number. \
             Texts and numbers are never equal: write it like 20, and choose its type.",
            "illegal_value rules[1].conditions[0]: Rule 2 compares plan with gold, which is not among its values: free and pro. \
             Write one of them, or add gold to the values of plan.",
            "value_type rules[2].conditions[0]: Rule 3 compares app with new, but it is described as a version. \
             Write it like 2.3.0, or describe app otherwise.",
        ]
    );
    let split = json!({"split": {"bucket_by": "company", "weights": [{"variant": "on", "share": 10}, {"variant": "off", "share": 9990}]}});
    assert_eq!(
        told(world.lint(&flag(json!({})), &state(json!({ "fallthrough": split })))),
        ["unknown_attribute fallthrough: Everyone else is shared out by company, which the project has not described. \
          Describe company in the settings, under Attributes."]
    );
    assert_eq!(
        world.rules(&json!([[condition("app", "contains", json!(["beta"])), condition("card.number", "exists", json!([]))]])),
        Vec::<String>::new()
    );
}

#[test]
fn variants_that_nobody_gets() {
    let variants = json!([{"name": "on", "value": true}, {"name": "off", "value": false}, {"name": "maybe", "value": true}]);
    let three = flag(json!({ "variants": variants }));
    let world = World::new();
    let none = json!({"split": {"weights": [{"variant": "on", "share": 10000}, {"variant": "maybe", "share": 0}]}});
    assert_eq!(
        told(world.lint(&three, &state(json!({ "fallthrough": none })))),
        ["unserved_variant variants[2]: Nobody gets maybe here: no target, rule or share serves it. \
          Serve maybe to somebody, or remove it where no environment needs it."]
    );
    for parts in [json!({"enabled": false}), json!({"targets": [{"variant": "maybe", "units": ["a"]}]})] {
        assert_eq!(world.lint(&three, &state(parts)), vec![]);
    }
    let last =
        Flag { expires_at: Some(NOW.plus(DAY)), on_expiry: serde_json::from_value(json!({"serve": "maybe"})).unwrap(), ..three };
    assert_eq!(world.lint(&last, &state(json!({}))), vec![]);
}

#[test]
fn flags_that_ask_for_flags() {
    let found = World::new()
        .rules(&json!([[condition("flags.beta", "equals", json!([true]))], [condition("beta", "equals", json!([true]))]]));
    assert_eq!(
        found,
        [
            "flag_in_flag rules[0].conditions[0]: Rule 1 (Staff) asks for another flag, beta, through the attribute flags.beta. \
             Nobody sees here when beta changes. Ask for what its rules ask for, or let both ask for one segment.",
            "flag_in_flag rules[1].conditions[0]: Rule 2 asks for another flag, beta, through an attribute of its name. \
             Nobody sees here when beta changes. Ask for what its rules ask for, or let both ask for one segment.",
        ]
    );
    let described = World::described().rules(&json!([[condition("beta", "equals", json!([true]))]]));
    assert_eq!(described, Vec::<String>::new(), "an attribute that is described, and a flag of the same name");
}

#[test]
fn flags_of_nobody_and_of_yesterday() {
    let old = flag(json!({"owner": {"unclaimed": "Payments"}, "expires_at": NOW.plus(-3 * DAY).to_string()}));
    assert_eq!(
        told(World::new().lint(&old, &state(json!({})))),
        [
            "no_owner owner: Nobody answers for new_checkout: its owner, “Payments”, is no person and no team of the project. \
             Choose a person or a team of the project as its owner.",
            "expired expires_at: new_checkout expired 3 d ago. Take it out of the code and archive it, or move its last day.",
        ]
    );
}

#[test]
fn segments_and_their_groups() {
    let world = World::described();
    let found = |parts: Value| {
        let mut segment = json!({"key": "beta", "name": "Beta"});
        segment.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
        let known =
            Known { schema: &world.schema, segments: Some(&world.segments), flags: &world.flags, owners: true, masked: false };
        told(of_segment(&serde_json::from_value(segment).unwrap(), &known))
    };
    let nobody = "empty_segment include: The segment beta is empty: nobody is in it. Put somebody into beta, or remove it.";
    assert_eq!(found(json!({})), [nobody]);
    assert_eq!(found(json!({"include": ["a"], "exclude": ["a"]})), [nobody]);
    for parts in
        [json!({"include": ["a", "b"], "exclude": ["a"]}), json!({"groups": [[plan(json!(["pro"]))]]}), json!({"groups": [[]]})]
    {
        assert_eq!(found(parts), Vec::<String>::new());
    }
    let groups = json!([
        [plan(json!(["pro"])), condition("plan", "not_in", json!(["pro"]))],
        [plan(json!(["pro"])), condition("plan", "equals", json!(["pro"])), condition("plam", "exists", json!([]))],
        [plan(json!(["pro"])), plan(json!(["free"]))],
        [condition("age", "equals", json!(["20"])), condition("flags.beta", "equals", json!([true]))]
    ]);
    assert_eq!(
        found(json!({ "groups": groups })),
        [
            "unreachable_group groups[0]: Group 1 never matches: “plan is one of pro” and “plan is none of pro” cannot both hold. \
             Remove one of the two. For users of either kind, make two groups.",
            "duplicate_condition groups[1][1]: Group 2 asks twice for “plan equals pro”. \
             Remove it; the group matches the same users.",
            "unknown_attribute groups[1][2]: Group 2 looks at plam, which the project has not described. \
             Did you mean plan? Otherwise describe plam in the settings, under Attributes.",
            "contradictory_conditions groups[2][1]: Group 3 matches nobody unless plan is a list: it asks for \
             “plan is one of pro” and for “plan is one of free”. \
             Remove one of the two, or put the values into one condition, which holds for any of them.",
            "value_type groups[3][0]: Group 4 compares age with 20, but it is described as a number. \
             Texts and numbers are never equal: write it like 20, and choose its type.",
            "flag_in_flag groups[3][1]: Group 4 asks for another flag, beta, through the attribute flags.beta. \
             Nobody sees here when beta changes. Ask for what its rules ask for, or let both ask for one segment.",
        ]
    );
}

#[test]
fn who_may_not_know_whom_rules_name_is_not_told() {
    let world = World { masked: true, ..World::described() };
    let rules = json!([
        [condition("email", "equals", json!(["kari@fjord.example"])), condition("email", "equals", json!([7]))],
        [condition("targetingKey", "in", json!(["user_7"])), condition("targetingKey", "in", json!(["user_8", "user_9"]))]
    ]);
    let found = world.rules(&rules).join("\n");
    assert!(found.contains("1 hidden") && found.contains("2 hidden"), "{found}");
    for name in ["kari", "user_7", "user_8"] {
        assert!(!found.contains(name), "{found}");
    }
}
