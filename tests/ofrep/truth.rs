//! A poller that trusts its 304s always holds what a full answer would have told it.

use crate::fixture::{Installation, START, boolean, flag};
use flagstaff::domain::flag::{ExpiryAction, Flag, ValueType};
use flagstaff::domain::key::VariantName;
use flagstaff::domain::time::{MINUTE, Timestamp};
use serde_json::{Value, json};

const STEPS: usize = 300;
const FLAGS: [&str; 6] = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"];

/// xorshift64*, so that a failure can be run again.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }
    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }
    fn soon(&mut self, now: Timestamp) -> Timestamp {
        now.plus(i64::try_from(self.below(20)).unwrap() * MINUTE - 5 * MINUTE)
    }

    fn context(&mut self) -> Value {
        let mut context = json!({"targetingKey": self.pick(&["u1", "u2", "u3"])});
        if self.chance(50) {
            context["plan"] = json!(self.pick(&["free", "pro"]));
        }
        context
    }

    fn flag(&mut self, now: Timestamp) -> Flag {
        let key = self.pick(&FLAGS);
        let limits = [("on", json!(3)), ("off", json!(0.5))];
        let made = if key == "zeta" { flag(key, ValueType::Number, &limits) } else { boolean(key) };
        let serve_off = self.chance(50);
        Flag {
            client_visible: self.chance(80),
            archived_at: self.chance(10).then_some(START),
            expires_at: self.chance(30).then(|| self.soon(now)),
            on_expiry: if serve_off { ExpiryAction::Serve(VariantName::off()) } else { ExpiryAction::Notify },
            ..made
        }
    }

    fn state(&mut self, now: Timestamp) -> Value {
        let share = self.below(10_001);
        let step = json!({"share": 10_000, "starts_at": {"at": self.soon(now).to_string()}});
        let fallthrough = match self.below(3) {
            0 => json!({"variant": self.pick(&["on", "off"])}),
            1 => json!({"split": {"bucket_by": "targetingKey", "weights": [
                {"variant": "on", "share": share}, {"variant": "off", "share": 10_000 - share}]}}),
            _ => json!({"rollout": {"bucket_by": "targetingKey", "variant": "on", "rest": "off", "plan": {"steps": [step]}}}),
        };
        let rule = json!({"id": "r", "active": self.chance(80), "serve": {"variant": self.pick(&["on", "off"])},
            "conditions": [{"attribute": "plan", "operator": "equals", "values": [self.pick(&["free", "pro"])]}]});
        let rules: Vec<Value> = self.chance(50).then_some(rule).into_iter().collect();
        let units: &[&str] = if self.chance(30) { &["u1"] } else { &[] };
        json!({"enabled": self.chance(85), "fallthrough": fallthrough, "rules": rules,
            "targets": [{"variant": "off", "units": units}]})
    }
}

#[tokio::test]
async fn a_poller_holds_what_a_full_answer_says_after_every_step() {
    let app = Installation::start().await;
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let contexts: Vec<Value> = (0..3).map(|_| random.context()).collect();
    // One poller a key and context: what it holds, and under which tag.
    let mut held: Vec<(Option<String>, Vec<u8>)> = vec![(None, Vec::new()); 2 * contexts.len()];
    let (mut unchanged, mut fresh) = (0, 0);
    for step in 0..STEPS {
        let now = app.clock.now();
        match random.below(10) {
            0..=3 => app.clock.set(now.plus(i64::try_from(random.below(3 * MINUTE as u64)).unwrap())),
            4..=6 => app.put(random.flag(now), random.state(now)).await,
            7 => app.write(async |_| ()).await,
            _ => {}
        }
        for (at, (tag, body)) in held.iter_mut().enumerate() {
            let key = if at % 2 == 0 { &app.client_key } else { &app.server_key };
            let context = &contexts[at / 2];
            let full = app.poll(key, context, None).await;
            let polled = app.poll(key, context, tag.as_deref()).await;
            match polled.status {
                304 => unchanged += 1,
                200 => {
                    fresh += 1;
                    assert_ne!(&polled.body, body, "step {step}: an unchanged answer must be a 304");
                    *body = polled.body.clone();
                }
                other => panic!("step {step}: {other}"),
            }
            *tag = polled.header("etag").map(str::to_owned);
            assert_eq!(body, &full.body, "step {step}, poller {at}");
            assert_eq!(tag.as_deref(), full.header("etag"));
        }
    }
    assert!(unchanged > STEPS && fresh > STEPS / 2, "{unchanged} unchanged, {fresh} fresh: the walk is too dull");
}
