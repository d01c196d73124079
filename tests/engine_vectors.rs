//! Runs the golden vectors, to which ports in other languages are held too. Their format: `tests/vectors/README.md`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use flagstaff::domain::flag::Flag;
use flagstaff::domain::segment::Segment;
use flagstaff::domain::state::State;
use flagstaff::domain::time::Timestamp;
use flagstaff::engine::{CompiledFlag, Context, Segments, bucket, compile, compile_segment, evaluate, explain};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    suites: Vec<Suite>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    name: String,
    now: Timestamp,
    #[serde(default = "yes")]
    compiles: bool,
    flag: Map<String, Value>,
    #[serde(default)]
    segments: Vec<Segment>,
    state: State,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    context: Value,
    now: Option<Timestamp>,
    expect: Expect,
}

#[derive(Deserialize, PartialEq, Debug)]
#[serde(deny_unknown_fields)]
struct Expect {
    value: Value,
    variant: String,
    reason: String,
}

fn yes() -> bool {
    true
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

fn load(name: &str) -> File {
    let text = std::fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}.json: {error}"))
}

/// The vectors carry what decides; the rest of a definition is filled in.
fn definition(mut parts: Map<String, Value>) -> Flag {
    let rest = [("kind", json!("release")), ("owner", json!({"unclaimed": "vectors"})), ("description", json!("A vector"))];
    for (name, value) in rest {
        parts.insert(name.to_owned(), value);
    }
    serde_json::from_value(Value::Object(parts)).unwrap()
}

fn prepare(suite: &Suite) -> CompiledFlag {
    let flag = definition(suite.flag.clone());
    let compiled = suite.segments.iter().map(|segment| (segment.key.clone(), Arc::new(compile_segment(segment).unwrap())));
    let segments: Segments = compiled.collect();
    match compile(&flag, &suite.state, &segments) {
        Ok(compiled) if suite.compiles => compiled,
        Err(_) if !suite.compiles => CompiledFlag::fallback(&flag),
        Ok(_) => panic!("{}: must not compile", suite.name),
        Err(problems) => panic!("{}: {problems:?}", suite.name),
    }
}

fn check(flag: &CompiledFlag, suite: &Suite, case: &Case) -> Result<(), String> {
    let context = Context::parse(case.context.clone()).map_err(|error| error.to_string())?;
    let now = case.now.unwrap_or(suite.now);
    let answer = evaluate(flag, &context, now);
    let found = Expect {
        value: answer.variant.value.clone(),
        variant: answer.variant.name.clone(),
        reason: answer.reason.as_str().to_owned(),
    };
    let explained = explain(flag, &context, now);
    let retold = (&explained.value, explained.variant.as_str(), explained.reason, explained.detail);
    if retold != (&found.value, found.variant.as_str(), answer.reason, answer.detail) {
        return Err(format!("explain says {retold:?}, evaluate {found:?}"));
    }
    let written = case.expect.value.to_string();
    if answer.variant.json != written {
        return Err(format!("writes {} for {written}", answer.variant.json));
    }
    if found == case.expect { Ok(()) } else { Err(format!("{found:?}\n{explained:#?}")) }
}

fn run(name: &str) {
    let mut failures = Vec::new();
    for suite in load(name).suites {
        let flag = prepare(&suite);
        for case in &suite.cases {
            if let Err(failure) = check(&flag, &suite, case) {
                failures.push(format!("{name} / {} / {}: {failure}", suite.name, case.name));
            }
        }
    }
    assert!(failures.is_empty(), "{} cases fail:\n{}", failures.len(), failures.join("\n"));
}

macro_rules! vectors {
    ($($area:ident),* $(,)?) => {
        const AREAS: &[&str] = &[$(stringify!($area)),*];
        $(
            #[test]
            fn $area() {
                run(stringify!($area));
            }
        )*
    };
}

vectors![
    addresses, equality, instants, lifecycle, negation, numbers, paths, presence, rollouts, rules, segments, splits, targets,
    text, types, units, unreadable, values, versions, windows,
];

#[test]
fn bucketing() {
    let text = std::fs::read_to_string(folder().join("bucketing.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 544);
    for vector in vectors {
        let (seed, unit) = (vector["seed"].as_str().unwrap(), vector["unit"].as_str().unwrap());
        let found = bucket::bucket(seed, unit);
        assert_eq!(Some(u64::from(found)), vector["bucket"].as_u64(), "{seed}:{unit}");
        assert_eq!(Some(u64::from(found / 100)), vector["percent_bucket"].as_u64(), "{seed}:{unit}");
    }
}

#[test]
fn every_file_is_run_and_there_are_enough_cases() {
    let mut files: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str().and_then(|name| name.strip_suffix(".json")).map(str::to_owned))
        .filter(|name| name != "bucketing")
        .collect();
    files.sort();
    assert_eq!(files, AREAS);
    let cases: usize = AREAS.iter().flat_map(|area| load(area).suites).map(|suite| suite.cases.len()).sum();
    assert!(cases >= 450, "{cases} cases");
}
