//! What an explanation tells: every step, with the actual and the expected value, in sentences.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use flagstaff::domain::attribute::Schema;
use flagstaff::domain::flag::Flag;
use flagstaff::domain::segment::Segment;
use flagstaff::domain::state::State;
use flagstaff::domain::time::Timestamp;
use flagstaff::engine::{
    Bucketing, CompiledFlag, ConditionStep, Context, Detail, Explanation, Outcome, Reason, RuleOutcome, Segments, Share, What,
    compile, compile_segment, explain,
};
use serde_json::{Value, json};
use std::sync::Arc;

fn flag() -> Flag {
    serde_json::from_value(json!({
        "key": "new_checkout", "kind": "release", "value_type": "boolean", "owner": {"unclaimed": "nobody"}, "description": "d",
        "variants": [{"name": "on", "value": true}, {"name": "off", "value": false}], "fallback_variant": "off",
        "expires_at": "2027-01-01T00:00:00Z", "on_expiry": {"serve": "off"}
    }))
    .unwrap()
}

fn segments() -> Segments {
    let beta: Segment = serde_json::from_value(json!({
        "key": "beta", "name": "Beta", "include": ["user_1"], "exclude": ["user_2"],
        "groups": [[{"attribute": "plan", "operator": "equals", "values": ["pro"]}, {"attribute": "age", "operator": "greater_than", "values": [0]}]]
    }))
    .unwrap();
    [(beta.key.clone(), Arc::new(compile_segment(&beta).unwrap()))].into()
}

fn told(state: Value, context: Value) -> Explanation {
    let mut whole = json!({"enabled": true, "off_variant": "off", "fallthrough": {"variant": "off"}});
    whole.as_object_mut().unwrap().extend(state.as_object().unwrap().clone());
    let state: State = serde_json::from_value(whole).unwrap();
    let flag = compile(&flag(), &state, &segments()).unwrap();
    explain(&flag, &Context::parse(context).unwrap(), Timestamp::parse("2026-06-15T12:00:00Z").unwrap())
}

fn sentences(explanation: &Explanation) -> Vec<&str> {
    explanation.steps.iter().map(|step| step.sentence.as_str()).collect()
}

/// The step of a rule's one condition.
fn condition(condition: Value, context: Value) -> ConditionStep {
    let rule = json!({"id": "r1", "conditions": [condition], "serve": {"variant": "on"}});
    let explanation = told(json!({ "rules": [rule] }), context);
    let found = explanation.steps.into_iter().find_map(|step| match step.what {
        What::Rule { conditions, .. } => conditions.into_iter().next(),
        _ => None,
    });
    found.unwrap()
}

#[test]
fn conditions_say_what_they_saw() {
    let age = |negate: bool| json!({"attribute": "age", "operator": "greater_than", "values": [20], "negate": negate});
    let plan = json!({"attribute": "plan", "operator": "in", "values": ["pro", "team"]});
    let signed_up = json!({"attribute": "at", "operator": "after", "values": ["2026-01-01T00:00:00Z"]});
    let version = json!({"attribute": "app", "operator": "semver_matches", "values": ["^1.2"]});
    let window =
        json!({"operator": "time_window", "values": [{"days": ["mon"], "from": "09:00", "to": "17:00", "zone": "Europe/Oslo"}]});
    let email = json!({"attribute": "email", "operator": "contains", "values": ["@Shop"], "ignore_case": true});
    let table = [
        (plan.clone(), json!({"plan": "pro"}), Outcome::Holds, r#"plan is one of "pro", "team": yes, it is "pro"."#),
        (plan.clone(), json!({"plan": "free"}), Outcome::Fails, r#"plan is one of "pro", "team": no, it is "free"."#),
        (plan, json!({}), Outcome::Missing, r#"plan is one of "pro", "team": no, the context has no plan."#),
        (age(false), json!({"age": "20"}), Outcome::WrongType, r#"age is greater than 20: no, "20" is text, 20 is a number."#),
        (
            age(true),
            json!({"age": "20"}),
            Outcome::WrongType,
            r#"not (age is greater than 20): no, "20" is text, 20 is a number."#,
        ),
        (age(true), json!({"age": 7}), Outcome::Holds, "not (age is greater than 20): yes, it is 7."),
        (
            signed_up,
            json!({"at": "soon"}),
            Outcome::WrongType,
            r#"at is after "2026-01-01T00:00:00Z": no, "soon" is text, but no instant such as 2027-06-01T09:00:00Z."#,
        ),
        (
            version,
            json!({"app": "v1"}),
            Outcome::WrongType,
            r#"app is a version within "^1.2": no, "v1" is text, but no semantic version such as 2.3.0."#,
        ),
        (window, json!({}), Outcome::Holds, "the time is within mon 09:00 to 17:00 Europe/Oslo: yes, it is mon 14:00 there."),
        (email, json!({"email": "A@SHOP"}), Outcome::Holds, r#"email contains "@Shop" in any case: yes, it is "A@SHOP"."#),
        (
            json!({"attribute": "x", "operator": "not_exists"}),
            json!({}),
            Outcome::Holds,
            "x is absent: yes, the context has no x.",
        ),
    ];
    for (asked, context, outcome, sentence) in table {
        let step = condition(asked, context);
        assert_eq!((step.outcome, step.sentence.as_str()), (outcome, sentence));
    }
}

#[test]
fn segments_say_which_list_or_group() {
    let asked = json!({"operator": "in_segment", "values": ["beta"]});
    let table = [
        (json!({"targetingKey": "user_1"}), "is in segment beta: yes, beta includes user_1 by name."),
        (json!({"targetingKey": "user_2"}), "is in segment beta: no, beta excludes user_2 by name."),
        (
            json!({"targetingKey": "user_3", "plan": "pro", "age": 1}),
            "is in segment beta: yes, beta takes user_3 in by its group 1.",
        ),
        (json!({}), "is in segment beta: no, the context is outside beta."),
    ];
    for (context, sentence) in table {
        assert_eq!(condition(asked.clone(), context).sentence, sentence);
    }
    let step = condition(asked, json!({"plan": "free"}));
    let group = &step.segments[0].groups[0];
    let outcomes: Vec<Outcome> = group.conditions.iter().map(|condition| condition.outcome).collect();
    assert_eq!(outcomes, [Outcome::Fails, Outcome::Missing], "both are looked at though the first fails");
}

#[test]
fn every_step_is_there() {
    let rules = json!([
        {"id": "r1", "name": "Friends", "conditions": [{"attribute": "plan", "operator": "exists"}], "serve": {"variant": "on"}},
        {"id": "r2", "active": false, "serve": {"variant": "on"}},
        {"id": "r3", "name": "Norway", "conditions": [{"attribute": "country", "operator": "equals", "values": ["NO"]}],
         "serve": {"split": {"weights": [{"variant": "on", "share": 1000}, {"variant": "off", "share": 9000}]}}},
        {"id": "r4", "serve": {"variant": "on"}}]);
    let state = json!({"rules": rules, "targets": [{"variant": "on", "units": ["user_9"]}]});
    let explanation = told(state, json!({"targetingKey": "user_1", "country": "NO"}));
    assert_eq!((explanation.variant.as_str(), explanation.reason, explanation.detail), ("off", Reason::Split, Detail::Rule(2)));
    assert_eq!(explanation.sentence, "Serves off, because rule 3 matched.");
    assert_eq!(
        sentences(&explanation),
        [
            "The flag is on here.",
            "It has not expired; from 2027-01-01T00:00:00Z on it serves off to everybody.",
            "Target list 1 (on, 1 unit) does not name user_1.",
            "Rule 1 (Friends) does not match.",
            "Rule 2 is paused and skipped.",
            "Rule 3 (Norway) matches: all of its conditions hold.",
            "targetingKey user_1 is in bucket 6194 of 0 to 9999 under the seed new_checkout: off, which has 1000 to 9999.",
            "Rule 4 was not reached.",
        ]
    );
    assert!(matches!(explanation.steps[7].what, What::Rule { outcome: RuleOutcome::NotReached, .. }));
    let What::Bucket(Bucketing { bucket, shares, .. }) = &explanation.steps[6].what else { panic!("no bucket") };
    assert_eq!(*bucket, Some(6194));
    let share = |variant: &str, from, to| Share { variant: variant.to_owned(), from, to };
    assert_eq!(*shares, [share("on", 0, 1000), share("off", 1000, 10_000)]);
}

#[test]
fn plans_and_missing_units() {
    let plan = json!({"steps": [{"share": 1000, "starts_at": {"at": "2026-06-15T00:00:00Z"}}, {"share": 2500, "starts_at": {"at": "2026-06-16T00:00:00Z"}}]});
    let rollout = |plan: &Value| json!({"fallthrough": {"rollout": {"bucket_by": "account", "variant": "on", "rest": "off", "plan": plan}}});
    let explanation = told(rollout(&plan), json!({"account": 1.5}));
    assert_eq!(explanation.detail, Detail::NoUnit(None));
    assert_eq!(
        sentences(&explanation)[2..],
        [
            "Nothing above decided, so what everyone else gets applies.",
            "The rollout is at 10 % on, the others get off (step 1 of 2; 25 % from 2026-06-16T00:00:00Z on).",
            "A share needs account: 1.5 is a number, but only a text that is not empty or an integer can be bucketed, so the off variant is served.",
        ]
    );
    let mut held = plan;
    held["held_at"] = json!(50);
    let explanation = told(rollout(&held), json!({}));
    assert_eq!(sentences(&explanation)[3], "The rollout is paused at 0.5 % on, the others get off.");
    assert_eq!(sentences(&explanation)[4], "A share needs account, which the context lacks, so the off variant is served.");
}

#[test]
fn short_ways_out_are_short() {
    let disabled = told(json!({"enabled": false, "rules": [{"id": "r1", "serve": {"variant": "on"}}]}), json!({}));
    assert_eq!(sentences(&disabled), ["The flag is off here, so everybody gets the off variant."]);
    let named = told(
        json!({"targets": [{"variant": "on", "units": ["a", "b"]}], "rules": [{"id": "r1", "serve": {"variant": "on"}}]}),
        json!({"targetingKey": "a"}),
    );
    assert_eq!(sentences(&named)[2..], ["Target list 1 (on, 2 units) names a.", "Rule 1 was not reached."]);
    let fallback = CompiledFlag::fallback(&flag());
    let explanation = explain(&fallback, &Context::empty(), Timestamp::from_millis(0));
    assert_eq!((explanation.detail, explanation.steps.len()), (Detail::NotCompiled, 1));
}

#[test]
fn who_may_not_see_lists_is_told_nothing_of_them() {
    let rules = json!([
        {"id": "r1", "conditions": [{"operator": "in_segment", "values": ["beta"]}], "serve": {"variant": "on"}},
        {"id": "r2", "conditions": [{"operator": "not_in_segment", "values": ["beta"], "negate": true}], "serve": {"variant": "on"}}]);
    let targets = json!([{"variant": "on", "units": ["user_9"]}]);
    let state = json!({"rules": rules, "targets": targets});
    let explained = |user: &str| told(state.clone(), json!({ "targetingKey": user })).masked(&Schema::default());
    let listed = serde_json::to_string(&explained("user_1")).unwrap();
    assert!(listed.contains("is in segment beta: yes.") && !listed.contains("by name"), "{listed}");
    let outside = explained("user_3");
    let told = serde_json::to_string(&outside).unwrap();
    assert!(told.contains("not (is not in segment beta): no.") && !told.contains("user_3"), "{told}");
    assert!(!told.contains("Target list") && outside.steps.len() == 5, "{told}");
    let named = explained("user_9");
    assert_eq!((named.variant.as_str(), named.sentence.as_str()), ("on", "Serves on, by an individual target or a rule."));
    assert_eq!(named.steps.len(), 2, "the switch and the expiry");
}

#[test]
fn private_values_are_told_nowhere() {
    let schema: Schema = ["plan", "user.mail"]
        .map(|name| serde_json::from_value(json!({"name": name, "value_type": "text", "private": true})).unwrap())
        .into_iter()
        .collect();
    let serve =
        json!({"split": {"bucket_by": "plan", "weights": [{"variant": "on", "share": 10}, {"variant": "off", "share": 9990}]}});
    let state = json!({"fallthrough": serve, "rules": [
        {"id": "r1", "conditions": [{"operator": "in_segment", "values": ["beta"]}], "serve": {"variant": "on"}},
        {"id": "r2", "conditions": [
            {"attribute": "plan", "operator": "contains", "values": ["X"], "ignore_case": true},
            {"attribute": "user", "operator": "equals", "values": ["a"]},
            {"attribute": "plan", "operator": "greater_than", "values": [3], "negate": true},
            {"attribute": "age", "operator": "equals", "values": [7]}], "serve": {"variant": "on"}}]});
    let context = json!({"targetingKey": "user_3", "plan": "secretly", "user": {"mail": "secretly"}, "age": 8});
    let open = told(state, context);
    assert!(serde_json::to_string(&open).unwrap().contains("secretly"));
    let hidden = open.clone().without_private(&schema);
    let text = serde_json::to_string(&hidden).unwrap();
    assert!(!text.contains("secretly"), "{text}");
    for sentence in [
        "plan contains \\\"X\\\" in any case: no, it is (private).",
        "not (plan is greater than 3): no, it is (private), of another type.",
        "age equals 7: no, it is 8.",
        "plan equals \\\"pro\\\": no, it is (private).",
        "plan (private) is in bucket",
    ] {
        assert!(text.contains(sentence), "{sentence} in {text}");
    }
    assert_eq!(open.clone().without_private(&Schema::default()), open);
    let masked = serde_json::to_string(&open.masked(&schema)).unwrap();
    assert!(
        masked.contains("plan contains 1 hidden: no.") && !masked.contains("secretly") && !masked.contains("\\\"X"),
        "{masked}"
    );
}
