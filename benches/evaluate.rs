//! What one evaluation costs on one core. Goals: a plain flag under 50 ns, ten rules of two conditions under 500 ns, a list of
//! 10,000 units under 100 ns.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use criterion::{Criterion, criterion_group, criterion_main};
use flagstaff::domain::flag::Flag;
use flagstaff::domain::segment::Segment;
use flagstaff::domain::state::State;
use flagstaff::domain::time::Timestamp;
use flagstaff::engine::{CompiledFlag, Context, Segments, compile, compile_segment, evaluate, explain};
use flagstaff::server::serving::SeenNames;
use serde_json::{Value, json};
use std::hint::black_box;
use std::sync::Arc;

fn flag(parts: Value) -> CompiledFlag {
    compiled(parts, &segments())
}

/// One that asks for no segment.
fn bare(parts: Value) -> CompiledFlag {
    compiled(parts, &Segments::new())
}

fn compiled(parts: Value, segments: &Segments) -> CompiledFlag {
    let flag: Flag = serde_json::from_value(json!({
        "key": "new_checkout", "kind": "release", "value_type": "boolean", "owner": {"unclaimed": "bench"}, "description": "d",
        "variants": [{"name": "on", "value": true}, {"name": "off", "value": false}], "fallback_variant": "off"
    }))
    .unwrap();
    let mut state = json!({"enabled": true, "off_variant": "off", "fallthrough": {"variant": "on"}});
    state.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
    let state: State = serde_json::from_value(state).unwrap();
    compile(&flag, &state, segments).unwrap()
}

fn segments() -> Segments {
    let include: Vec<String> = (0..100_000).map(|n| format!("member_{n}")).collect();
    let segment: Segment = serde_json::from_value(json!({"key": "members", "name": "Members", "include": include})).unwrap();
    [(segment.key.clone(), Arc::new(compile_segment(&segment).unwrap()))].into()
}

fn context() -> Context {
    let value = json!({
        "targetingKey": "user_4711", "plan": "pro", "country": "NO", "age": 37, "email": "ada@shop.example", "app": "2.3.1",
        "beta": true, "roles": ["user", "editor"]
    });
    Context::parse(value).unwrap()
}

/// Ten rules whose first condition holds and whose second does not: all twenty are looked at.
fn ten_rules() -> Value {
    let rule = |n: u32| {
        json!({"id": format!("r{n}"), "serve": {"variant": "off"}, "conditions": [
            {"attribute": "country", "operator": "in", "values": ["DK", "SE", "NO"]},
            {"attribute": "age", "operator": "greater_than", "values": [60 + n]}]})
    };
    Value::from((0..10).map(rule).collect::<Vec<_>>())
}

/// The same with text operators.
fn ten_text_rules() -> Value {
    let rule = |n: u32| {
        json!({"id": format!("r{n}"), "serve": {"variant": "off"}, "conditions": [
            {"attribute": "plan", "operator": "equals", "values": ["pro"]},
            {"attribute": "email", "operator": "ends_with", "values": [format!("@shop{n}.example")]}]})
    };
    Value::from((0..10).map(rule).collect::<Vec<_>>())
}

fn plan() -> Value {
    json!({"steps": [
        {"share": 1000, "starts_at": {"at": "2026-01-01T00:00:00Z"}}, {"share": 2500, "starts_at": {"at": "2026-02-01T00:00:00Z"}},
        {"share": 5000, "starts_at": {"at": "2026-07-01T00:00:00Z"}}, {"share": 10000, "starts_at": {"at": "2026-08-01T00:00:00Z"}}]})
}

fn evaluations(criterion: &mut Criterion) {
    let units: Vec<String> = (0..10_000).map(|n| format!("user_{n}")).collect();
    let window = json!({"days": ["mon"], "from": "09:00", "to": "17:00", "zone": "Europe/Oslo"});
    let rule = |condition: Value| json!({"rules": [{"id": "r1", "conditions": [condition], "serve": {"variant": "on"}}]});
    let table = [
        ("plain flag", json!({})),
        ("ten rules of two conditions", json!({"rules": ten_rules()})),
        ("ten rules of two text conditions", json!({"rules": ten_text_rules()})),
        ("10,000 individual targets", json!({"targets": [{"variant": "off", "units": units}]})),
        ("segment of 100,000 units", rule(json!({"operator": "in_segment", "values": ["members"]}))),
        (
            "split",
            json!({"fallthrough": {"split": {"weights": [{"variant": "on", "share": 2500}, {"variant": "off", "share": 7500}]}}}),
        ),
        ("plan step", json!({"fallthrough": {"rollout": {"variant": "on", "rest": "off", "plan": plan()}}})),
        ("pattern", rule(json!({"attribute": "email", "operator": "matches", "values": ["@shop\\.example$"]}))),
        ("time window", rule(json!({"operator": "time_window", "values": [window]}))),
    ];
    let (context, now) = (context(), Timestamp::parse("2026-06-15T12:00:00Z").unwrap());
    for (name, parts) in table {
        let flag = flag(parts);
        criterion
            .bench_function(name, |bencher| bencher.iter(|| evaluate(black_box(&flag), black_box(&context), black_box(now))));
    }
    let flag = flag(json!({"rules": ten_rules()}));
    criterion.bench_function("explain ten rules", |bencher| bencher.iter(|| explain(black_box(&flag), black_box(&context), now)));
}

/// Ten thousand flags in one go, as a bulk answer asks them: with a plan each, and with a plain split each. The first costs
/// less than twice the second.
fn in_bulk(criterion: &mut Criterion) {
    let (context, now) = (context(), Timestamp::parse("2026-06-15T12:00:00Z").unwrap());
    let split = json!({"split": {"weights": [{"variant": "on", "share": 2500}, {"variant": "off", "share": 7500}]}});
    let rollout = json!({"rollout": {"variant": "on", "rest": "off", "plan": plan()}});
    for (name, serve) in [("10,000 flags with splits", split), ("10,000 flags with plans", rollout)] {
        let flags: Vec<CompiledFlag> = (0..10_000).map(|_| bare(json!({ "fallthrough": serve }))).collect();
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| flags.iter().filter(|flag| evaluate(flag, black_box(&context), black_box(now)).index == 0).count());
        });
    }
}

fn parsing(criterion: &mut Criterion) {
    let value = json!({"targetingKey": "user_4711", "plan": "pro", "country": "NO", "age": 37});
    criterion.bench_function("parse a context", |bencher| bencher.iter(|| Context::parse(black_box(value.clone()))));
    let (names, context, now) = (SeenNames::default(), context(), Timestamp::parse("2026-06-15T12:00:00Z").unwrap());
    criterion.bench_function("note the names of a context", |bencher| {
        bencher.iter(|| names.note(black_box(&context), black_box(now)));
    });
}

/// Membership by hash: a list of 100,000 ids costs what one of ten does, within a factor of two.
fn membership(criterion: &mut Criterion) {
    let now = Timestamp::parse("2026-06-15T12:00:00Z").unwrap();
    for size in [10, 100_000] {
        let include: Vec<String> = (0..size).map(|n| format!("member_{n}")).collect();
        let segment: Segment = serde_json::from_value(json!({"key": "s", "name": "S", "include": include})).unwrap();
        let segment = compile_segment(&segment).unwrap();
        for (who, key) in [("a member", "member_7"), ("a stranger", "user_4711")] {
            let context = Context::parse(json!({ "targetingKey": key })).unwrap();
            let name = format!("segment of {size} ids, asked for {who}");
            criterion.bench_function(&name, |bencher| {
                bencher.iter(|| black_box(&segment).membership(black_box(&context), black_box(now)));
            });
        }
    }
}

criterion_group!(benches, evaluations, in_bulk, membership, parsing);
criterion_main!(benches);
