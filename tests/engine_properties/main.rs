//! What must hold of the engine for every flag, context and moment.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod any;
mod lint;

use any::{Case, SEGMENT};
use flagstaff::domain::flag::Flag;
use flagstaff::domain::rollout::{Plan, Rollout, Start, Step};
use flagstaff::domain::rule::{Serve, Split, TARGETING_KEY, WHOLE};
use flagstaff::domain::segment::Segment;
use flagstaff::domain::state::State;
use flagstaff::domain::time::{HOUR, Timestamp};
use flagstaff::engine::{CompiledFlag, Context, Detail, Explanation, Segments, compile, compile_segment, evaluate, explain};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::{Value, json};
use std::sync::Arc;

fn segments() -> Segments {
    let segment: Segment = serde_json::from_value(json!({
        "key": SEGMENT, "name": "S", "include": ["u1", "u2"], "exclude": ["u2"],
        "groups": [[{"attribute": "plan", "operator": "exists"},
                    {"operator": "time_window", "values": [{"from": "22:00", "to": "02:00", "zone": "America/New_York"}]}]]
    }))
    .unwrap();
    [(segment.key.clone(), Arc::new(compile_segment(&segment).unwrap()))].into()
}

fn compiled(flag: &Flag, state: &State) -> CompiledFlag {
    compile(flag, state, &segments()).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn context(value: &Value) -> Context {
    Context::parse(value.clone()).unwrap()
}

fn with_unit(unit: &str) -> Context {
    context(&json!({ TARGETING_KEY: unit }))
}

fn serving(flag: &Flag, serve: Serve) -> CompiledFlag {
    let off = flag.variants[1].name.clone();
    compiled(flag, &State { enabled: true, off_variant: off, targets: vec![], rules: vec![], fallthrough: serve })
}

/// Whether the first variant is served.
fn is_on(flag: &CompiledFlag, unit: &str, now: Timestamp) -> bool {
    evaluate(flag, &with_unit(unit), now).index == 0
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn nothing_makes_it_panic(case in any::wild_case(), millis in any::<i64>()) {
        let flag = match compile(&case.flag, &case.state, &segments()) {
            Ok(flag) => flag,
            Err(problems) => {
                prop_assert!(problems.iter().all(|p| !p.field.is_empty() && !p.message.is_empty()));
                CompiledFlag::fallback(&case.flag)
            }
        };
        let now = Timestamp::from_millis(millis);
        let context = Context::parse(case.context).unwrap_or_default();
        evaluate(&flag, &context, now);
        explain(&flag, &context, now);
        flag.next_change(now);
        flag.depends_on_context();
    }

    #[test]
    fn the_same_question_gets_the_same_answer(case in any::case()) {
        let (one, other) = (compiled(&case.flag, &case.state), compiled(&case.flag, &case.state));
        let reversed: serde_json::Map<_, _> = case.context.as_object().unwrap().clone().into_iter().rev().collect();
        let first = evaluate(&one, &context(&case.context), case.now);
        prop_assert_eq!(first, evaluate(&one, &context(&case.context), case.now));
        prop_assert_eq!(first, evaluate(&other, &context(&Value::Object(reversed)), case.now));
    }

    #[test]
    fn explaining_gives_the_answer(case in any::case()) {
        let flag = compiled(&case.flag, &case.state);
        let answer = evaluate(&flag, &context(&case.context), case.now);
        let told = explain(&flag, &context(&case.context), case.now);
        prop_assert_eq!((&told.variant, &told.value), (&answer.variant.name, &answer.variant.value));
        prop_assert_eq!((told.reason, told.detail), (answer.reason, answer.detail));
        let text = serde_json::to_string(&told).unwrap();
        prop_assert_eq!(serde_json::from_str::<Explanation>(&text).unwrap(), told);
    }

    #[test]
    fn the_first_rule_that_matches_decides(case in any::case()) {
        let answer = evaluate(&compiled(&case.flag, &case.state), &context(&case.context), case.now).detail;
        let decided = match answer {
            Detail::Rule(at) | Detail::NoUnit(Some(at)) => at,
            Detail::Fallthrough | Detail::NoUnit(None) => case.state.rules.len(),
            _ => return Ok(()),
        };
        for (at, rule) in case.state.rules.iter().enumerate().take(decided + 1) {
            let alone = State { rules: vec![rule.clone()], ..case.state.clone() };
            let detail = evaluate(&compiled(&case.flag, &alone), &context(&case.context), case.now).detail;
            let matches = matches!(detail, Detail::Rule(0) | Detail::NoUnit(Some(0)));
            prop_assert_eq!(matches, at == decided, "rule {} of {:?}", at, case.state.rules);
        }
    }

    #[test]
    fn between_now_and_the_next_change_nothing_changes(case in any::case(), part in 0.0..1.0_f64) {
        let flag = compiled(&case.flag, &case.state);
        let before = evaluate(&flag, &context(&case.context), case.now);
        let until = flag.next_change(case.now).unwrap_or(case.now.plus(400 * 24 * HOUR));
        prop_assert!(until > case.now);
        #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
        let within = case.now.plus(((until.millis() - case.now.millis()) as f64 * part) as i64);
        for at in [within, until.plus(-1)] {
            prop_assert_eq!(before, evaluate(&flag, &context(&case.context), at), "at {}", at);
        }
    }

    #[test]
    fn a_flag_that_does_not_read_the_context_answers_all_alike(case in any::case()) {
        let flag = compiled(&case.flag, &case.state);
        if !flag.depends_on_context() {
            let (one, other) = (context(&case.context), Context::empty());
            prop_assert_eq!(evaluate(&flag, &one, case.now), evaluate(&flag, &other, case.now));
        }
    }

    #[test]
    fn raising_a_share_removes_nobody(unit in "[a-z0-9]{1,12}", one in 0..=WHOLE, other in 0..=WHOLE) {
        let flag = any::flag();
        let split = |share| Serve::Split(Split::two(flag.variants[0].name.clone(), flag.variants[1].name.clone(), share));
        let now = Timestamp::from_millis(0);
        let low = is_on(&serving(&flag, split(one.min(other))), &unit, now);
        let high = is_on(&serving(&flag, split(one.max(other))), &unit, now);
        prop_assert!(!low || high);
    }

    #[test]
    fn time_drops_nobody_from_a_plan(unit in "[a-z0-9]{1,12}", shares in proptest::collection::btree_set(1..=WHOLE, 1..6)) {
        let flag = any::flag();
        let steps = shares.iter().enumerate().map(|(at, share)| Step {
            share: *share,
            starts_at: if at == 2 { Start::OnApproval } else { Start::At(Timestamp::from_millis(i64::try_from(at).unwrap() * HOUR)) },
            hold: None,
        });
        let plan = Plan { steps: steps.collect(), held_at: None };
        let (variant, rest) = (flag.variants[0].name.clone(), flag.variants[1].name.clone());
        let serve = Serve::Rollout(Rollout { bucket_by: TARGETING_KEY.to_owned(), seed: None, variant, rest, plan });
        let compiled = serving(&flag, serve);
        let over_time: Vec<bool> = (-1..8).map(|hour| is_on(&compiled, &unit, Timestamp::from_millis(hour * HOUR))).collect();
        prop_assert!(over_time.is_sorted(), "{:?}", over_time);
    }
}

#[test]
fn random_cases_take_every_way_out() {
    let mut seen = std::collections::HashMap::new();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..400 {
        let Case { flag, state, context: value, now } = any::case().new_tree(&mut runner).unwrap().current();
        let detail = evaluate(&compiled(&flag, &state), &context(&value), now).detail;
        *seen.entry(std::mem::discriminant(&detail)).or_insert(0) += 1;
    }
    assert_eq!(seen.len(), 6, "all but NotCompiled: {seen:?}");
}

/// Shares are what they say, within four standard deviations of a binomial.
#[test]
fn two_hundred_thousand_units_spread_as_the_shares_say() {
    const UNITS: u32 = 200_000;
    let flag = any::flag();
    let mut buckets = vec![0_u32; usize::from(WHOLE)];
    let seed = flagstaff::engine::bucket::Seed::new(flag.key.as_str());
    for n in 0..UNITS {
        buckets[usize::from(seed.bucket(&format!("user_{n}")))] += 1;
    }
    for share in [1, 10, 100, 1_000, 2_500, 3_333, 5_000, 9_000, 9_990] {
        let p = f64::from(share) / f64::from(WHOLE);
        let bound = 4.0 * (p * (1.0 - p) / f64::from(UNITS)).sqrt();
        for start in [0, WHOLE - share] {
            let range = usize::from(start)..usize::from(start + share);
            let found = f64::from(buckets[range].iter().sum::<u32>()) / f64::from(UNITS);
            assert!((found - p).abs() <= bound, "{share} from {start}: {found} is not {p} ± {bound}");
        }
    }
}

/// The same through the whole engine, for a sample of the units.
#[test]
fn a_split_serves_its_shares() {
    const UNITS: u32 = 20_000;
    let flag = any::flag();
    let now = Timestamp::from_millis(0);
    let split = Split::two(flag.variants[0].name.clone(), flag.variants[1].name.clone(), 2_500);
    let compiled = serving(&flag, Serve::Split(split));
    let on = (0..UNITS).filter(|n| is_on(&compiled, &format!("client-{n}"), now)).count();
    let found = f64::from(u32::try_from(on).unwrap()) / f64::from(UNITS);
    assert!((found - 0.25).abs() <= 4.0 * (0.25 * 0.75 / f64::from(UNITS)).sqrt(), "{found}");
}
