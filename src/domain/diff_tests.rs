use super::*;
use serde_json::json;

fn lines(before: Value, after: Value) -> Vec<String> {
    diff(&before, &after).iter().map(DiffRow::sentence).collect()
}

#[test]
fn fields_are_told_one_by_one() {
    let table = [
        (json!({"a": 1}), json!({"a": 1}), vec![]),
        (json!({"enabled": false}), json!({"enabled": true}), vec!["enabled: false → true"]),
        (json!({"a": {"b": "x"}}), json!({"a": {"b": ""}}), vec!["a.b: x → an empty text"]),
        (json!({"ticket": "PAY-1"}), json!({}), vec!["ticket: removed PAY-1"]),
        (json!(null), json!({"key": "dark_mode", "tags": []}), vec!["key: added dark_mode", "tags: added an empty list"]),
        (json!({"key": "k"}), json!(null), vec!["key: removed k"]),
        (json!({"x": null}), json!({"x": 2}), vec!["x: nothing → 2"]),
        (
            json!({"expires_at": null}),
            json!({"expires_at": "2027-06-01T09:00:00Z"}),
            vec!["expires_at: nothing → 1 Jun 2027 09:00 UTC"],
        ),
        (
            json!({"expires_at": "2027-02-24T00:00:00.000Z"}),
            json!({"expires_at": "2027-03-01T00:00:00.000Z"}),
            vec!["expires_at: 23 Feb 2027 → 28 Feb 2027"],
        ),
        (
            json!({"owner": {"person": "Ada"}, "on_expiry": "notify"}),
            json!({"owner": {"team": "payments"}, "on_expiry": {"serve": "off"}}),
            vec!["owner: Ada → the team payments", "on_expiry: show it as overdue → serve off to everybody"],
        ),
    ];
    for (before, after, expected) in table {
        assert_eq!(lines(before, after), expected);
    }
}

#[test]
fn plain_lists_are_sets_unless_only_their_order_changed() {
    let tags = |before, after| lines(json!({"tags": before}), json!({"tags": after}));
    assert_eq!(tags(json!(["a", "b"]), json!(["b", "c"])), ["tags: removed a", "tags: added c"]);
    assert_eq!(tags(json!(["a", "a"]), json!(["a"])), ["tags: removed a"]);
    assert_eq!(
        tags(json!(["a"]), json!(["b", "a", "a", "1", 1])),
        ["tags: added b", "tags: added a", "tags: added 1", "tags: added 1"]
    );
    assert_eq!(tags(json!(["a", "b"]), json!(["b", "a"])), ["tags: a, b → b, a"]);
}

#[test]
fn long_lists_are_counted() {
    let ids = |from: usize, to: usize| (from..to).map(|n| format!("user_{n}")).collect::<Vec<_>>();
    let told = |before: Vec<String>, after: Vec<String>| {
        let rows = lines(json!({ "include": before }), json!({ "include": after }));
        rows.into_iter().map(|row| row.replace('\u{a0}', " ")).collect::<Vec<_>>()
    };
    assert_eq!(told(ids(0, 20), vec![]).len(), 20);
    assert_eq!(told(ids(0, 21), vec![]), ["include: removed 21 items: user_0, user_1, user_2 and 18 more"]);
    assert_eq!(
        told(ids(0, 50_000), ids(1, 149_121)),
        ["include: removed user_0", "include: added 99 121 items: user_50000, user_50001, user_50002 and 99 118 more"]
    );
    let mut turned = ids(0, 30);
    turned.reverse();
    assert!(told(ids(0, 30), turned)[0].contains("→ 30 items: user_29, user_28, user_27 and 27 more"));
    let made = lines(json!(null), json!({ "include": ids(0, 30) }));
    assert_eq!(made, ["include: added 30 items: user_0, user_1, user_2 and 27 more"]);
}

#[test]
fn rules_are_matched_by_id_and_moves_are_told() {
    let rule = |id: &str, name: &str| json!({"id": id, "name": name, "active": true, "serve": {"variant": "on"}});
    let (a, b, c) = (rule("1", "Staff"), rule("2", "Beta"), rule("3", ""));
    let rules = |before: [&Value; 3], after: Vec<&Value>| lines(json!({"rules": before}), json!({"rules": after}));
    assert_eq!(rules([&a, &b, &c], vec![&b, &a, &c]), ["rules[Beta]: moved from 2 to 1"]);
    assert_eq!(rules([&a, &b, &c], vec![&c, &a, &b]), ["rules[3]: moved from 3 to 1"]);
    // What slides up after a removal did not move.
    assert_eq!(rules([&a, &b, &c], vec![&b, &c]), ["rules[Staff]: removed Everyone → serve on"]);
    let mut paused = b.clone();
    paused["active"] = json!(false);
    assert_eq!(
        rules([&a, &b, &c], vec![&paused, &a, &c]),
        ["rules[Beta]: moved from 2 to 1", "rules[Beta].active: true → false"]
    );
}

#[test]
fn shares_and_sentences_are_told_as_people_read_them() {
    let split = |share: u16| {
        json!({"fallthrough": {"split": {"bucket_by": "targetingKey",
            "weights": [{"variant": "on", "share": share}, {"variant": "off", "share": 10_000 - share}]}}})
    };
    assert_eq!(
        lines(split(1_000), split(2_550)),
        ["fallthrough.split.weights[on].share: 10 % → 25.5 %", "fallthrough.split.weights[off].share: 90 % → 74.5 %",]
    );
    assert_eq!(
        lines(json!({"fallthrough": {"variant": "on"}}), split(1_000)),
        ["fallthrough: serve on → 10 % on, rest off, by targetingKey"]
    );
    assert_eq!(
        lines(json!({"targets": []}), json!({"targets": [{"variant": "on", "units": ["user_1", "user_2"]}]})),
        ["targets[on]: added on to user_1, user_2"]
    );
    let conditions = |values: Value| {
        json!({"rules": [{"id": "r", "name": "R", "active": true, "serve": {"variant": "on"},
            "conditions": [{"attribute": "plan", "operator": "in", "values": values}]}]})
    };
    assert_eq!(
        lines(conditions(json!(["pro"])), conditions(json!(["pro", "team"]))),
        ["rules[R].conditions[1].values: added team"]
    );
}

#[test]
fn a_rollout_that_began_is_told_by_its_plan() {
    let after = json!({"fallthrough": {"rollout": {"bucket_by": "userId", "variant": "on", "rest": "off", "plan":
        {"steps": [{"share": 100, "starts_at": {"at": "2026-11-30T09:00:00Z"}}, {"share": 10000, "starts_at": "on_approval"}]}}}});
    assert_eq!(
        lines(json!({"fallthrough": {"variant": "off"}}), after),
        ["fallthrough: serve off → on to 1 % from 30 Nov 2026 09:00 UTC, 100 % once approved; the rest get off, by userId"]
    );
}

#[test]
fn another_pace_of_a_plan_is_told_as_a_whole() {
    let document =
        |plan: Value| json!({"fallthrough": {"rollout": {"bucket_by": "userId", "variant": "on", "rest": "off", "plan": plan}}});
    let step = |share: u16, start: Value| json!({"share": share, "starts_at": start, "hold": {"for": 86_400_000}});
    let at = |at: &str| json!({ "at": at });
    let running = json!({"steps": [step(100, at("2026-11-30T09:00:00Z")), step(1_000, at("2026-12-01T09:00:00Z"))]});
    let paused =
        json!({"steps": [step(100, at("2026-11-30T09:00:00Z")), step(1_000, json!({"after": 53_700_000}))], "held_at": 100});
    assert_eq!(
        lines(document(running.clone()), document(paused)),
        [
            "fallthrough.rollout.plan: 1 % from 30 Nov 2026 09:00 UTC, 10 % 1 d later → paused at 1 %; 10 % 14 h 55 m after it goes on"
        ]
    );
    // What its words do not tell apart is told piece by piece.
    let mut kept = running.clone();
    kept["steps"][1]["hold"] = json!("until_approved");
    assert_eq!(lines(document(running), document(kept)).len(), 1);
}

#[test]
fn lists_of_100_000_units_are_compared_item_by_item() {
    let units = |numbers: std::ops::Range<u32>| json!({"include": numbers.map(|n| format!("user_{n}")).collect::<Vec<_>>()});
    // Looking each item up in the other list by walking it would take minutes.
    let rows: Vec<String> = diff(&units(0..100_000), &units(50_000..150_000)).iter().map(DiffRow::sentence).collect();
    let told = |what: &str, first: u32| {
        let names = (first..first + 3).map(|n| format!("user_{n}")).collect::<Vec<_>>().join(", ");
        format!("include: {what} 50\u{a0}000 items: {names} and 49\u{a0}997 more")
    };
    assert_eq!(rows, [told("removed", 0), told("added", 100_000)]);
}
