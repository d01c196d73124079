#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use serde_json::json;

fn change(action: &str, environment: Option<&str>, object: &str, before: Value, after: Value) -> Change {
    let document = |value: Value| (!value.is_null()).then_some(value);
    Change {
        seq: 1,
        at: Timestamp::from_millis(0),
        actor: "ada@shop.example".into(),
        who: "Ada".into(),
        action: action.into(),
        project: Some("demo".into()),
        environment: environment.map(str::to_owned),
        object: object.into(),
        before: document(before),
        after: document(after),
        reason: None,
    }
}

fn told(action: &str, environment: Option<&str>, object: &str, before: Value, after: Value) -> String {
    sentence(&change(action, environment, object, before, after))
}

/// An edit of `f` in production, from and to these fields of a state.
fn edited(before: Value, after: Value) -> String {
    told("state.edit", Some("production"), "flag:f", before, after)
}

#[test]
fn every_action_reads_as_a_sentence() {
    let keys = json!({"environments": [{"key": "development"}, {"key": "staging"}, {"key": "production"}]});
    let table = [
        (
            told("user.create", None, "user:lin@shop.example", json!(null), json!({"name": "Lin", "instance_role": "member"})),
            "Ada created an account for Lin (lin@shop.example)",
        ),
        (
            told("user.create", None, "user:lin@shop.example", json!(null), json!({"name": "Lin", "instance_role": "owner"})),
            "Ada created an account for Lin (lin@shop.example), an owner",
        ),
        (
            told("project.create", None, "project:demo", json!(null), keys),
            "Ada created the project demo with development, staging and production",
        ),
        (
            told("member.set", None, "member:lin@shop.example", json!(null), json!({"role": "viewer"})),
            "Ada added lin@shop.example to the project as viewer",
        ),
        (
            told(
                "member.set",
                None,
                "member:lin@shop.example",
                json!({"role": "editor"}),
                json!({"role": "editor", "break_glass": true}),
            ),
            "Ada let lin@shop.example break the glass",
        ),
        (
            told(
                "member.set",
                None,
                "member:lin@shop.example",
                json!({"role": "editor", "break_glass": true}),
                json!({"role": "editor", "break_glass": false}),
            ),
            "Ada no longer lets lin@shop.example break the glass",
        ),
        (
            told("member.set", None, "member:lin@shop.example", json!({"role": "viewer"}), json!({"role": "editor"})),
            "Ada changed the role of lin@shop.example from viewer to editor",
        ),
        (
            told("api_key.create", Some("staging"), "api_key:x1", json!(null), json!({"name": "Web shop", "kind": "client"})),
            "Ada created the client key Web shop for staging",
        ),
        (told("flag.create", None, "flag:f", json!(null), json!({"key": "f"})), "Ada created the flag f"),
        (told("flag.archive", None, "flag:f", json!({}), json!({})), "Ada archived f"),
        (told("flag.restore", None, "flag:f", json!({}), json!({})), "Ada restored f"),
        (told("flag.import", None, "flag:f", json!({}), json!({})), "Ada imported the definition of f"),
        (told("state.enable", Some("production"), "flag:f", json!({}), json!({})), "Ada turned on f in production"),
        (told("state.disable", Some("production"), "flag:f", json!({}), json!({})), "Ada turned off f in production"),
        (told("state.import", Some("production"), "flag:f", json!({}), json!({})), "Ada imported the state of f in production"),
        (told("segment.create", None, "segment:staff", json!(null), json!({})), "Ada created the segment staff"),
        (
            told("segment.edit", None, "segment:staff", json!({"include": []}), json!({"include": ["a"]})),
            "Ada added 1 id to the segment staff",
        ),
        (
            told("segment.edit", None, "segment:staff", json!({"exclude": ["a", "b", "c"]}), json!({"exclude": ["c", "d"]})),
            "Ada added 1 and removed 2 excluded ids of the segment staff",
        ),
        (
            told("segment.edit", None, "segment:staff", json!({"include": ["a", "b"]}), json!({"include": ["b"]})),
            "Ada removed 1 id from the segment staff",
        ),
        (
            told("segment.edit", None, "segment:staff", json!({"include": "2 hidden"}), json!({"include": "1 hidden"})),
            "Ada changed the included ids of the segment staff",
        ),
        (
            told("segment.edit", None, "segment:staff", json!({"name": "a"}), json!({"name": "b", "groups": [[]]})),
            "Ada changed the name and the conditions of the segment staff",
        ),
        (told("segment.delete", None, "segment:staff", json!({}), json!(null)), "Ada removed the segment staff"),
        (told("rocket.launch", Some("moon"), "rocket:r", json!(null), json!(null)), "Ada did rocket.launch on rocket:r in moon"),
    ];
    for (told, expected) in table {
        assert_eq!(told, expected);
    }
}

#[test]
fn changes_of_accounts_read_as_sentences() {
    let edit = |before: Value, after: Value| told("user.edit", None, "user:lin@shop.example", before, after);
    let password = |temporary: bool| json!({ "must_change_password": temporary });
    let set = |temporary| told("user.set_password", None, "user:lin@shop.example", password(false), password(temporary));
    let table = [
        (
            edit(json!({"name": "Lin", "instance_role": "member"}), json!({"name": "Lin", "instance_role": "owner"})),
            "Ada changed the account of lin@shop.example, now an owner",
        ),
        (
            edit(json!({"name": "Lin", "instance_role": "owner"}), json!({"name": "Lin", "instance_role": "member"})),
            "Ada changed the account of lin@shop.example, no longer an owner",
        ),
        (
            edit(json!({"name": "Lin", "instance_role": "member"}), json!({"name": "Lin Chen", "instance_role": "member"})),
            "Ada changed the account of lin@shop.example, now called Lin Chen",
        ),
        (set(true), "Ada set a temporary password for lin@shop.example"),
        (set(false), "Ada set a new password for lin@shop.example"),
        (
            told("user.disable", None, "user:lin@shop.example", json!({"disabled": false}), json!({"disabled": true})),
            "Ada disabled the account of lin@shop.example",
        ),
        (
            told("user.enable", None, "user:lin@shop.example", json!({"disabled": true}), json!({"disabled": false})),
            "Ada enabled the account of lin@shop.example",
        ),
    ];
    for (told, expected) in table {
        assert_eq!(told, expected);
    }
}

#[test]
fn changes_of_a_project_read_as_sentences() {
    let team = |name: &str, members: &[&str]| json!({"key": "payments", "name": name, "members": members});
    let order = |keys: &[&str]| json!({ "environments": keys });
    let persona = json!({"key": "pro", "name": "A pro user"});
    let key = json!({"name": "Checkout", "kind": "server"});
    let (payments, none) = (team("Payments", &[]), json!(null));
    let table = [
        (
            told("project.edit", None, "project:demo", json!({"name": "a", "kinds": 1}), json!({"name": "b", "kinds": 2})),
            "Ada changed the name and the defaults by kind of the project demo",
        ),
        (told("project.delete", None, "project:demo", json!({"name": "a"}), none.clone()), "Ada removed the project demo"),
        (
            told("environment.create", Some("qa"), "environment:qa", none.clone(), json!({"key": "qa"})),
            "Ada added the environment qa",
        ),
        (
            told(
                "environment.edit",
                Some("qa"),
                "environment:qa",
                json!({"protection": "open"}),
                json!({"protection": "critical"}),
            ),
            "Ada changed the protection of the environment qa",
        ),
        (
            told("environment.order", None, "project:demo", order(&["a", "b"]), order(&["b", "a"])),
            "Ada changed the order of the environments to b and a",
        ),
        (
            told("member.remove", None, "member:lin@shop.example", json!({"role": "viewer"}), none.clone()),
            "Ada removed lin@shop.example from the project",
        ),
        (told("team.create", None, "team:payments", none.clone(), payments.clone()), "Ada created the team Payments"),
        (
            told("team.edit", None, "team:payments", payments.clone(), team("Payments", &["lin@shop.example"])),
            "Ada changed the members of the team Payments",
        ),
        (told("team.delete", None, "team:payments", payments, none.clone()), "Ada removed the team Payments"),
        (
            told("attribute.create", None, "attribute:plan", none.clone(), json!({"name": "plan"})),
            "Ada described the attribute plan",
        ),
        (
            told("attribute.edit", None, "attribute:plan", json!({"private": false}), json!({"private": true})),
            "Ada changed the privacy of the attribute plan",
        ),
        (
            told("attribute.delete", None, "attribute:plan", json!({"name": "plan"}), none.clone()),
            "Ada removed the description of the attribute plan",
        ),
        (told("persona.create", None, "persona:pro", none.clone(), persona.clone()), "Ada created the persona A pro user"),
        (told("persona.edit", None, "persona:pro", persona.clone(), persona.clone()), "Ada changed the persona A pro user"),
        (told("persona.delete", None, "persona:pro", persona, none.clone()), "Ada removed the persona A pro user"),
        (
            told("api_key.edit", Some("staging"), "api_key:x1", key.clone(), key.clone()),
            "Ada changed the server key Checkout for staging",
        ),
        (
            told("api_key.rotate", Some("staging"), "api_key:x1", key.clone(), key.clone()),
            "Ada replaced the server key Checkout for staging",
        ),
        (told("api_key.revoke", Some("staging"), "api_key:x1", key, none), "Ada revoked the server key Checkout for staging"),
    ];
    for (told, expected) in table {
        assert_eq!(told, expected);
    }
}

#[test]
fn an_edited_definition_names_its_fields() {
    let edit = |before: Value, after: Value| told("flag.edit", None, "flag:f", before, after);
    assert_eq!(edit(json!({"description": "a"}), json!({"description": "b"})), "Ada changed the description of f");
    assert_eq!(
        edit(json!({"tags": [], "expires_at": null}), json!({"tags": ["a"], "expires_at": "2027-01-01T00:00:00Z"})),
        "Ada changed the tags and the expiry of f"
    );
    let all = |n: i32| json!({"kind": n, "description": n, "owner": n, "scope": n, "ticket": n});
    assert_eq!(edit(all(1), all(2)), "Ada changed the kind, the description, the owner and 2 more of f");
    assert_eq!(edit(json!({}), json!({})), "Ada changed the definition of f");
}

#[test]
fn what_everyone_else_gets_is_told_from_and_to() {
    let split = |share: u16| json!({"fallthrough": {"split": {"weights": [{"variant": "on", "share": share}, {"variant": "off", "share": 10_000 - share}]}}});
    let whole = |variant: &str| json!({"fallthrough": {"variant": variant}});
    assert_eq!(edited(split(1_000), split(2_500)), "Ada set everyone else of f in production from 10 % on to 25 % on");
    assert_eq!(edited(whole("off"), split(2_500)), "Ada set everyone else of f in production from off to 25 % on");
    let rollout = json!({"fallthrough": {"rollout": {"variant": "on", "rest": "off",
        "plan": {"steps": [{"share": 100, "starts_at": {"at": "2026-11-30T09:00:00Z"}}, {"share": 10_000, "starts_at": "on_approval"}]}}}});
    assert_eq!(
        edited(whole("off"), rollout),
        "Ada started a rollout of f in production: on to 1 % from 30 Nov 2026 09:00 UTC, 100 % once approved"
    );
    let seeded = json!({"fallthrough": {"split": {"seed": "s", "weights": [{"variant": "on", "share": 1_000}, {"variant": "off", "share": 9_000}]}}});
    assert_eq!(edited(split(1_000), seeded), "Ada changed everyone else of f in production");
}

#[test]
fn what_is_done_to_a_plan_is_told_in_its_words() {
    use crate::domain::plan::{Move, Stage};
    use crate::domain::rollout::{Hold, Plan, Start};
    use crate::domain::time::{DAY, HOUR};
    let now = Timestamp::from_millis(0);
    let stage = |share, hold| Stage { share, hold };
    let stages = [
        stage(1_000, Hold::For(DAY)),
        stage(2_500, Hold::For(DAY)),
        stage(5_000, Hold::UntilApproved),
        stage(10_000, Hold::For(DAY)),
    ];
    let begun = |ago: i64| Plan::of(&stages, Start::After(0)).settled(now.plus(-ago));
    let everyone = |plan: &Plan| json!({"fallthrough": {"rollout": {"variant": "on", "rest": "off", "plan": plan}}});
    let rule = |plan: &Plan| json!({"rules": [{"id": "r1", "name": "Staff", "serve": {"rollout": {"variant": "on", "rest": "off", "plan": plan}}}]});
    let after = |plan: &Plan, order| plan.moved(order, now).unwrap().settled(now);
    let (early, waiting) = (begun(HOUR), begun(9 * DAY));
    let (paused, back) = (after(&early, Move::Pause), after(&early, Move::RollBack));
    for (before, after, told) in [
        (&early, &paused, "paused the rollout of f in production at 10 %"),
        (&paused, &after(&paused, Move::Resume), "resumed the rollout of f in production at 10 %"),
        (&early, &after(&early, Move::Advance), "advanced the rollout of f in production from 10 % to 25 %"),
        (&waiting, &after(&waiting, Move::Approve), "completed the rollout of f in production at 100 %"),
        (&early, &after(&early, Move::Complete), "completed the rollout of f in production at 100 %"),
        (&early, &back, "rolled back the rollout of f in production from 10 % to 0 %"),
        (&back, &after(&back, Move::Resume), "resumed the rollout of f in production at 10 %"),
    ] {
        assert_eq!(edited(everyone(before), everyone(after)), format!("Ada {told}"));
    }
    assert_eq!(edited(rule(&early), rule(&paused)), "Ada paused the rollout for the rule Staff of f in production at 10 %");
    let shorter = early.edited(Some(Hold::For(DAY)), &stages[1..2], now).unwrap();
    assert!(
        edited(everyone(&early), everyone(&shorter)).starts_with(
            "Ada changed the steps of the rollout of f in production: 10 % from 31 Dec 1969 23:00 UTC, 25 % 1 d later"
        )
    );
    let mut whole = everyone(&early);
    whole["enabled"] = json!(true);
    let told = edited(json!({"enabled": false, "fallthrough": {"variant": "off"}}), whole);
    assert!(
        told.starts_with("Ada started a rollout of f in production: on to 10 %") && told.ends_with(", and changed the switch"),
        "{told}"
    );
}

#[test]
fn rules_are_told_by_name_or_place() {
    let rule = |id: &str, name: &str, active: bool| json!({"id": id, "name": name, "active": active, "serve": {"variant": "on"}});
    let rules = |list: &[&Value]| json!({ "rules": list });
    let (staff, beta, nameless) = (rule("1", "Staff", true), rule("2", "Beta", true), rule("3", "", true));
    let other = json!({"id": "1", "name": "Staff", "active": true, "serve": {"variant": "off"}});
    let table = [
        (rules(&[]), rules(&[&staff]), "added the rule Staff to f in production"),
        (rules(&[&staff]), rules(&[&staff, &nameless]), "added rule 2 to f in production"),
        (rules(&[&staff, &beta]), rules(&[&beta]), "removed the rule Staff from f in production"),
        (rules(&[&staff]), rules(&[&rule("1", "Staff", false)]), "paused the rule Staff of f in production"),
        (rules(&[&rule("1", "Staff", false)]), rules(&[&staff]), "resumed the rule Staff of f in production"),
        (rules(&[&staff]), rules(&[&other]), "changed the rule Staff of f in production"),
        (
            rules(&[&staff, &beta, &nameless]),
            rules(&[&nameless, &staff, &beta]),
            "moved rule 3 of f in production from place 3 to 1",
        ),
        (rules(&[&staff, &beta]), rules(&[&nameless]), "changed rules of f in production"),
    ];
    for (before, after, expected) in table {
        assert_eq!(edited(before, after), format!("Ada {expected}"));
    }
}

#[test]
fn other_edits_are_named_and_viewers_are_told_as_much() {
    assert_eq!(
        edited(json!({"off_variant": "off"}), json!({"off_variant": "on"})),
        "Ada set the variant while off of f in production from off to on"
    );
    // Masked documents hold a text where the list was.
    assert_eq!(
        edited(
            json!({"targets": [{"variant": "on", "units": "1 hidden"}]}),
            json!({"targets": [{"variant": "on", "units": "2 hidden"}]})
        ),
        "Ada changed individual targets of f in production"
    );
    assert_eq!(
        edited(json!({"targets": [], "rules": []}), json!({"targets": [1], "rules": [1]})),
        "Ada changed individual targets and rules of f in production"
    );
}

#[test]
fn names_and_keys_are_set_apart() {
    let told = pieces(&change("state.enable", Some("production"), "flag:f", json!({}), json!({})));
    assert_eq!(told[0], Piece::Name("Ada".into()));
    assert!(told.contains(&Piece::Value("f".into())));
}
