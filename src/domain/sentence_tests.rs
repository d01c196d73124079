#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::domain::key::VariantName;
use crate::domain::rule::WHOLE;
use crate::domain::state::Target;
use crate::domain::time::{DAY, HOUR, MINUTE};
use serde_json::json;

fn now() -> Timestamp {
    Timestamp::parse("2026-11-30T09:00:00Z").unwrap()
}

fn test(json: Value) -> Condition {
    serde_json::from_value(json).unwrap()
}

#[test]
fn conditions_read_as_sentences() {
    let table = [
        (json!({"attribute": "email", "operator": "ends_with", "values": ["@shop.example"]}), "email ends with @shop.example"),
        (json!({"attribute": "country", "operator": "in", "values": ["NO", "SE", "DK"]}), "country is one of NO, SE or DK"),
        (json!({"attribute": "age", "operator": "greater_or_equal", "values": [18]}), "age is at least 18"),
        (json!({"attribute": "beta", "operator": "equals", "values": [true]}), "beta equals true"),
        (json!({"attribute": "plan", "operator": "exists"}), "plan is present"),
        (
            json!({"attribute": "app.version", "operator": "semver_greater_or_equal", "values": ["2.3"]}),
            "app.version is version 2.3 or above",
        ),
        (json!({"operator": "in_segment", "values": ["staff"]}), "the user is in segment staff"),
        (
            json!({"attribute": "name", "operator": "contains", "values": ["ada"], "ignore_case": true, "negate": true}),
            "not: name contains ada (in any case)",
        ),
        (json!({"attribute": "name", "operator": "equals", "values": [""]}), "name equals an empty text"),
        (
            json!({"operator": "time_window", "values": [{"days": ["mon", "tue"], "from": "09:00", "to": "17:00", "zone": "Europe/Oslo"}]}),
            "the time is within mon, tue 09:00–17:00 Europe/Oslo",
        ),
    ];
    for (value, sentence) in table {
        assert_eq!(condition(&test(value)), sentence);
    }
}

#[test]
fn what_is_served_reads_as_a_sentence() {
    let on = VariantName::on;
    assert_eq!(serve(&Serve::Variant(on()), now()), "serve on");
    let quarter = Serve::Split(Split::two(on(), VariantName::off(), 2_500));
    assert_eq!(serve(&quarter, now()), "25 % on, rest off, by targetingKey");
    let three: Serve = serde_json::from_value(json!({"split": {"bucket_by": "userId", "weights": [
        {"variant": "a", "share": 5000}, {"variant": "b", "share": 2500}, {"variant": "c", "share": 2500}]}}))
    .unwrap();
    assert_eq!(serve(&three, now()), "50 % a, 25 % b, 25 % c, by userId");
}

#[test]
fn a_plan_says_where_it_stands_and_what_comes() {
    let rollout = |plan| {
        Serve::Rollout(Rollout {
            bucket_by: "userId".into(),
            seed: None,
            variant: VariantName::on(),
            rest: VariantName::off(),
            plan,
        })
    };
    let running = Plan::preset(now().plus(-2 * DAY + 3 * HOUR + 12 * MINUTE));
    assert_eq!(serve(&rollout(running.clone()), now()), "10 % on, rest off, by userId (25 % in 3 h 12 m)");
    let paused = Plan { held_at: Some(1_000), ..running.clone() };
    assert_eq!(serve(&rollout(paused.clone()), now()), "10 % on, rest off, by userId (paused)");
    assert_eq!(next_step(&running, now().plus(30 * DAY)), None);
    let mut waiting = running;
    waiting.steps[2].starts_at = Start::OnApproval;
    assert_eq!(next_step(&waiting, now()).as_deref(), Some("25 % on approval"));
    let almost = Plan::preset(now().plus(-DAY + 400));
    assert_eq!(next_step(&almost, now()).as_deref(), Some("10 % in a moment"));
}

#[test]
fn a_plan_by_itself_tells_how_long_each_step_stays() {
    use crate::domain::plan::{Move, Stage};
    use crate::domain::rollout::{Hold, Step};
    let at = |at| Start::At(now().plus(at));
    let of = |starts: &[(u16, Start)], held_at| {
        let steps = starts.iter().map(|(share, start)| Step { hold: Some(Hold::For(DAY)), ..Step::new(*share, *start) });
        Plan { steps: steps.collect(), held_at }
    };
    let stages = [100, 1_000, 2_500].map(|share| Stage { share, hold: Hold::For(DAY) });
    let running = Plan::of(&stages, at(-DAY - HOUR)).settled(now().plus(-DAY - HOUR));
    let moved = |order| running.moved(order, now()).unwrap();
    let many: Vec<_> = (1..=100).map(|share| (share * 100, at(i64::from(share) * HOUR))).collect();
    for (it, told) in [
        (running.clone(), "1 % from 29 Nov 2026 08:00 UTC, 10 % 1 d later, 25 % 1 d later"),
        (Plan::of(&stages, Start::After(0)), "1 % at once, when it is applied, 10 % 1 d later, 25 % 1 d later"),
        (
            of(&[(100, at(0)), (1_000, Start::OnApproval), (2_500, Start::After(HOUR))], None),
            "1 % from 30 Nov 2026 09:00 UTC, 10 % once approved, 25 % 1 h later",
        ),
        (moved(Move::Pause), "paused at 10 %; 25 % 23 h after it goes on"),
        (moved(Move::RollBack), "paused at 0 %; 1 % once it goes on, 10 % 1 d later, 25 % 1 d later"),
        (moved(Move::Advance), "1 % from 29 Nov 2026 08:00 UTC, 10 % 1 d later, 25 % when it is applied"),
        // Steps that the last one takes the place of at once are not told.
        (
            of(&[(100, at(-DAY)), (1_000, at(0)), (2_500, at(1)), (WHOLE, at(2))], None),
            "1 % from 29 Nov 2026 09:00 UTC, 100 % 1 d later",
        ),
        (of(&[(100, at(0))], Some(100)), "paused at 1 %"),
        (
            of(&many, None),
            "1 % from 30 Nov 2026 10:00 UTC, 2 % 1 h later, 3 % 1 h later, 4 % 1 h later, 95 more steps, 100 % 1 h later",
        ),
    ] {
        assert_eq!(plan(&it), told);
    }
}

#[test]
fn a_rule_and_a_state_read_as_sentences() {
    let on = VariantName::on();
    let staff = Rule {
        id: "r1".into(),
        name: "Staff".into(),
        active: true,
        conditions: vec![
            test(json!({"attribute": "email", "operator": "ends_with", "values": ["@shop.example"]})),
            test(json!({"attribute": "plan", "operator": "not_exists"})),
        ],
        serve: Serve::Variant(on.clone()),
    };
    assert_eq!(rule(&staff, now()), "IF email ends with @shop.example and plan is absent → serve on");
    let everyone = Rule { conditions: Vec::new(), active: false, ..staff.clone() };
    assert_eq!(rule(&everyone, now()), "(paused) Everyone → serve on");

    let off = Serve::Variant(VariantName::off());
    let mut state = State { enabled: false, off_variant: VariantName::off(), targets: vec![], rules: vec![], fallthrough: off };
    assert_eq!((summary(&state, now()), glance(&state, now())), ("Off: everyone gets off".into(), "off".into()));
    state.enabled = true;
    assert_eq!((summary(&state, now()), glance(&state, now())), ("On: everyone gets off".into(), "off".into()));
    state.targets = vec![Target { variant: on.clone(), units: vec!["user_123".into()] }];
    state.rules = vec![staff, everyone];
    assert_eq!(summary(&state, now()), "On: 1 target, 1 rule, then serve off");
    assert_eq!(glance(&state, now()), "1 rule");
    state.fallthrough = Serve::Split(Split::two(on, VariantName::off(), WHOLE / 10));
    assert_eq!(summary(&state, now()), "On: 1 target, 1 rule, then 10 % on, rest off, by targetingKey");
    assert_eq!(glance(&state, now()), "10 %");
}
