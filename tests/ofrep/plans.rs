//! A rollout over five days of a set clock: nobody falls out, the shares are right, 304s end by themselves, processes agree.

use crate::fixture::{BULK, Installation, START, boolean, send};
use flagstaff::domain::key::VariantName;
use flagstaff::domain::plan::{Move, Stage};
use flagstaff::domain::rollout::{Hold, PRESET, Plan, Rollout, Start};
use flagstaff::domain::rule::{Serve, TARGETING_KEY, WHOLE};
use flagstaff::domain::time::{DAY, HOUR, Timestamp};
use flagstaff::engine::{Context, evaluate};
use flagstaff::server::clock::Clock;
use flagstaff::server::http::ofrep;
use flagstaff::server::serving::Serving;
use flagstaff::server::store::Db;
use serde_json::{Value, json};
use std::collections::HashSet;

const USERS: u32 = 20_000;
/// How many of them ask over HTTP.
const ASKING: u32 = 200;

fn serve(plan: Plan) -> Value {
    let (variant, rest) = (VariantName::on(), VariantName::off());
    serde_json::to_value(Serve::Rollout(Rollout { bucket_by: TARGETING_KEY.into(), seed: None, variant, rest, plan })).unwrap()
}

fn preset() -> Plan {
    let stages: Vec<Stage> = PRESET.iter().map(|share| Stage { share: *share, hold: Hold::For(DAY) }).collect();
    Plan::of(&stages, Start::After(0)).settled(START)
}

fn user(number: u32) -> String {
    format!("user_{number}")
}

/// Who gets it now, by the snapshot that is served.
fn on(app: &Installation, now: Timestamp) -> HashSet<u32> {
    let snapshot = app.snapshot();
    let flag = snapshot.flag("checkout").unwrap();
    let is_on = |number: &u32| {
        let context = Context::parse(json!({ TARGETING_KEY: user(*number) })).unwrap();
        evaluate(&flag.compiled, &context, now).index == 0
    };
    (0..USERS).filter(is_on).collect()
}

#[tokio::test]
async fn from_one_percent_to_everybody_in_five_days() {
    let app = Installation::start().await;
    app.put(boolean("checkout"), json!({ "fallthrough": serve(preset()) })).await;
    let (mut before, mut asked_before) = (HashSet::new(), HashSet::new());
    for hour in (0..=5 * 24).step_by(6) {
        let now = START.plus(hour * HOUR);
        app.clock.set(now);
        let found = on(&app, now);
        assert!(before.is_subset(&found), "somebody fell out after {hour} h");
        let share = f64::from(preset().share(now)) / f64::from(WHOLE);
        let bound = 4.0 * (share * (1.0 - share) / f64::from(USERS)).sqrt();
        let measured = found.len() as f64 / f64::from(USERS);
        assert!((measured - share).abs() <= bound, "{measured} is not {share} ± {bound} after {hour} h");
        if hour % 24 == 0 {
            let mut asked = HashSet::new();
            for number in 0..ASKING {
                let answer = app.ask("checkout", json!({ TARGETING_KEY: user(number) })).await.json();
                if answer["value"] == json!(true) {
                    asked.insert(number);
                }
            }
            let expected: HashSet<u32> = found.iter().copied().filter(|number| *number < ASKING).collect();
            assert_eq!(asked, expected, "over HTTP after {hour} h");
            assert!(asked_before.is_subset(&asked));
            asked_before = asked;
        }
        before = found;
    }
    assert_eq!(before.len(), USERS as usize);
}

#[tokio::test]
async fn the_304s_end_at_each_step_by_themselves() {
    let app = Installation::start().await;
    app.put(boolean("checkout"), json!({ "fallthrough": serve(preset()) })).await;
    let mut known: Vec<(Option<String>, String)> = vec![(None, String::new()); 60];
    let mut ended = std::collections::BTreeSet::new();
    for hour in (0..=6 * 24).step_by(6) {
        app.clock.set(START.plus(hour * HOUR));
        for (number, (tag, body)) in (0..).zip(&mut known) {
            let context = json!({ "targetingKey": user(number) });
            let answer = app.poll(&app.server_key, &context, tag.as_deref()).await;
            // Who has no tag is told what there is: with one it is the same, or nothing has changed.
            let plain = app.poll(&app.server_key, &context, None).await.text().to_owned();
            assert_eq!(answer.status, if plain == *body { 304 } else { 200 }, "user {number} after {hour} h");
            if answer.status == 200 {
                assert_eq!(answer.text(), plain, "user {number} after {hour} h");
                ended.insert(hour);
            }
            (*tag, *body) = (answer.header("etag").map(str::to_owned), plain);
        }
    }
    assert_eq!(ended.into_iter().collect::<Vec<_>>(), [0, 24, 48, 72, 96], "somebody's at each step, nobody's in between");
    let paused = preset().moved(Move::Pause, START.plus(HOUR)).unwrap();
    app.clock.set(START.plus(HOUR));
    app.put(boolean("checkout"), json!({ "fallthrough": serve(paused) })).await;
    let first = app.poll(&app.server_key, &json!({ "targetingKey": "u" }), None).await;
    let tag = first.header("etag").unwrap();
    app.clock.set(START.plus(90 * DAY));
    assert_eq!(app.poll(&app.server_key, &json!({ "targetingKey": "u" }), Some(tag)).await.status, 304, "paused it stands");
}

/// A second server on the same file: nothing but the clock decides, so both say the same at whatever instant.
#[tokio::test]
async fn two_servers_agree_at_a_hundred_instants() {
    let app = Installation::start().await;
    app.put(boolean("checkout"), json!({ "fallthrough": serve(preset()) })).await;
    let clock = Clock::at(START);
    let serving = Serving::load(Db::open(&app.file()).await.unwrap(), clock.clone()).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = ofrep::router(serving, clock.clone());
    let other = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let http = reqwest::Client::new();
    let mut lot = 0x2545_f491_4f6c_dd1d_u64;
    let mut shares = HashSet::new();
    for number in 0..100_u32 {
        // Xorshift: any instant of six days, any user.
        lot ^= lot << 13;
        lot ^= lot >> 7;
        lot ^= lot << 17;
        let now = START.plus(i64::try_from(lot % u64::try_from(6 * DAY).unwrap()).unwrap());
        app.clock.set(now);
        clock.set(now);
        let body = json!({ "context": { "targetingKey": user(number) } }).to_string();
        let here = send(app.post(&format!("{BULK}/checkout"), body.clone())).await;
        let there = http.post(format!("http://{address}{BULK}/checkout")).header("x-api-key", &app.server_key);
        let there = send(there.header("content-type", "application/json").body(body)).await;
        assert_eq!((here.status, here.text()), (there.status, there.text()), "at {now}");
        shares.insert(preset().share(now));
    }
    assert!(shares.len() >= 4, "{shares:?}");
    other.abort();
}
