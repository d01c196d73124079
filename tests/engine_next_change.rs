//! When answers change by themselves: the end of a 304, and the moment to wake the streams.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use flagstaff::domain::flag::Flag;
use flagstaff::domain::segment::Segment;
use flagstaff::domain::state::State;
use flagstaff::domain::time::Timestamp;
use flagstaff::engine::{CompiledFlag, Segments, compile, compile_segment};
use serde_json::{Value, json};
use std::sync::Arc;

fn compiled(expiry: Value, state: Value, segments: &Segments) -> CompiledFlag {
    let mut flag = json!({
        "key": "new_checkout", "kind": "release", "value_type": "boolean", "owner": {"unclaimed": "nobody"}, "description": "d",
        "variants": [{"name": "on", "value": true}, {"name": "off", "value": false}], "fallback_variant": "off"
    });
    flag.as_object_mut().unwrap().extend(expiry.as_object().unwrap().clone());
    let flag: Flag = serde_json::from_value(flag).unwrap();
    let state: State = serde_json::from_value(state).unwrap();
    compile(&flag, &state, segments).unwrap()
}

fn next(flag: &CompiledFlag, now: &str) -> Option<String> {
    flag.next_change(Timestamp::parse(now).unwrap()).map(|at| at.to_string())
}

fn rollout() -> Value {
    json!({"rollout": {"variant": "on", "rest": "off", "plan": {"steps": [
        {"share": 100, "starts_at": {"at": "2026-12-01T09:00:00Z"}}, {"share": 10000, "starts_at": {"at": "2026-12-02T09:00:00Z"}}]}}})
}

fn window(from: &str, to: &str, zone: &str, days: &[&str]) -> Value {
    json!({"operator": "time_window", "values": [{"days": days, "from": from, "to": to, "zone": zone}]})
}

/// A flag with one rule.
fn with_rule(conditions: Value, serve: Value, active: bool) -> CompiledFlag {
    let rule = json!({"id": "r1", "active": active, "conditions": conditions, "serve": serve});
    let state = json!({"enabled": true, "off_variant": "off", "rules": [rule], "fallthrough": {"variant": "off"}});
    compiled(json!({}), state, &Segments::new())
}

#[test]
fn plans_and_expiry() {
    let state = |enabled: bool| json!({"enabled": enabled, "off_variant": "off", "fallthrough": rollout()});
    let plan = compiled(json!({}), state(true), &Segments::new());
    assert_eq!(next(&plan, "2026-01-01T00:00:00Z").as_deref(), Some("2026-12-01T09:00:00Z"));
    assert_eq!(next(&plan, "2026-12-01T09:00:00Z").as_deref(), Some("2026-12-02T09:00:00Z"));
    assert_eq!(next(&plan, "2026-12-02T09:00:00Z"), None);
    assert_eq!(next(&compiled(json!({}), state(false), &Segments::new()), "2026-01-01T00:00:00Z"), None);

    let expiring = json!({"expires_at": "2026-12-01T12:00:00Z", "on_expiry": {"serve": "off"}});
    let expiring = compiled(expiring, state(true), &Segments::new());
    assert_eq!(next(&expiring, "2026-12-01T10:00:00Z").as_deref(), Some("2026-12-01T12:00:00Z"));
    assert_eq!(next(&expiring, "2026-12-01T12:00:00Z"), None, "an expired flag stays as it is");
    let notifying = compiled(json!({"expires_at": "2026-12-01T12:00:00Z"}), state(true), &Segments::new());
    assert_eq!(next(&notifying, "2026-12-01T10:00:00Z").as_deref(), Some("2026-12-02T09:00:00Z"));
}

#[test]
fn rules_count_while_they_are_active() {
    let now = "2026-01-01T00:00:00Z";
    assert_eq!(next(&with_rule(json!([]), rollout(), true), now).as_deref(), Some("2026-12-01T09:00:00Z"));
    assert_eq!(next(&with_rule(json!([]), rollout(), false), now), None);
}

#[test]
fn windows_open_and_close_by_the_wall_clock() {
    let table = [
        // Office hours in Oslo, two hours from UTC: the same Monday, then over the weekend.
        ("09:00", "17:00", "Europe/Oslo", &["mon", "fri"][..], "2026-06-15T00:00:00Z", "2026-06-15T07:00:00Z"),
        ("09:00", "17:00", "Europe/Oslo", &["mon", "fri"], "2026-06-15T07:00:00Z", "2026-06-15T15:00:00Z"),
        ("09:00", "17:00", "Europe/Oslo", &["mon", "fri"], "2026-06-15T15:00:00Z", "2026-06-19T07:00:00Z"),
        ("09:00", "17:00", "Europe/Oslo", &["mon", "fri"], "2026-06-19T15:00:00Z", "2026-06-22T07:00:00Z"),
        // Over midnight.
        ("22:00", "06:00", "UTC", &["fri"], "2026-06-19T23:00:00Z", "2026-06-20T06:00:00Z"),
        ("22:00", "06:00", "UTC", &["fri"], "2026-06-20T06:00:00Z", "2026-06-26T22:00:00Z"),
        // The clock jumps into the window, and out of it again.
        ("02:30", "03:30", "Europe/Oslo", &["sun"], "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"),
        // A window within the skipped hour opens a week later.
        ("02:10", "02:50", "Europe/Oslo", &["sun"], "2026-03-29T00:00:00Z", "2026-04-05T00:10:00Z"),
        // Turned back: out, in again, out.
        ("01:30", "02:30", "America/New_York", &["sun"], "2026-11-01T05:30:00Z", "2026-11-01T06:00:00Z"),
        ("01:30", "02:30", "America/New_York", &["sun"], "2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z"),
        ("01:30", "02:30", "America/New_York", &["sun"], "2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z"),
        // Two whole days on end close after the second.
        ("00:00", "24:00", "UTC", &["mon", "tue"], "2026-06-15T00:00:00Z", "2026-06-17T00:00:00Z"),
    ];
    for (from, to, zone, days, now, expected) in table {
        let flag = with_rule(json!([window(from, to, zone, days)]), json!({"variant": "on"}), true);
        assert_eq!(next(&flag, now).as_deref(), Some(expected), "{from} to {to} {zone} {days:?} at {now}");
    }
    let all = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let always = with_rule(json!([window("00:00", "24:00", "Europe/Oslo", &all)]), json!({"variant": "on"}), true);
    assert_eq!(next(&always, "2026-03-28T00:00:00Z"), None, "a window that never closes");
}

#[test]
fn segments_bring_their_windows() {
    let segment: Segment = serde_json::from_value(
        json!({"key": "office", "name": "Office", "groups": [[window("09:00", "17:00", "UTC", &["mon"])]]}),
    )
    .unwrap();
    let segments: Segments = [(segment.key.clone(), Arc::new(compile_segment(&segment).unwrap()))].into();
    let condition = json!({"operator": "in_segment", "values": ["office"]});
    let rule = json!({"id": "r1", "conditions": [condition], "serve": {"variant": "on"}});
    let state = json!({"enabled": true, "off_variant": "off", "rules": [rule], "fallthrough": {"variant": "off"}});
    let flag = compiled(json!({}), state, &segments);
    assert_eq!(next(&flag, "2026-06-15T00:00:00Z").as_deref(), Some("2026-06-15T09:00:00Z"));
    assert!(flag.depends_on_context());
}

#[test]
fn what_depends_on_nobody() {
    let plain = json!({"enabled": true, "off_variant": "off", "fallthrough": {"variant": "on"}});
    assert!(!compiled(json!({}), plain, &Segments::new()).depends_on_context());
    let hours = with_rule(json!([window("09:00", "17:00", "UTC", &["mon"])]), json!({"variant": "on"}), true);
    assert!(!hours.depends_on_context(), "the clock is the same for all");
    let plans = with_rule(json!([{"attribute": "plan", "operator": "exists"}]), json!({"variant": "on"}), true);
    assert!(plans.depends_on_context());
    let paused = with_rule(json!([{"attribute": "plan", "operator": "exists"}]), json!({"variant": "on"}), false);
    assert!(!paused.depends_on_context());
    let off =
        json!({"enabled": false, "off_variant": "off", "targets": [{"variant": "on", "units": ["a"]}], "fallthrough": rollout()});
    assert!(!compiled(json!({}), off, &Segments::new()).depends_on_context());
}
