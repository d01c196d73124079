//! Thirty days of evaluations, hour by hour, as the history had them: a flag is asked for from when it was made, a variant
//! served from when it was turned on. No chance in it: the same hour always gets the same number.

use super::flags::{ADDRESS, CHECKOUT, DARK, LIMITS, PAYMENTS, PRICING, REPORTS, UPLOAD};
use super::history::{self, ENVIRONMENTS, days};
use super::{key, states};
use crate::domain::id::{EnvironmentId, FlagId};
use crate::domain::key::{EnvironmentKey, FlagKey};
use crate::domain::rollout::Plan;
use crate::domain::time::{HOUR, MINUTE, Timestamp};
use crate::server::error::Error;
use crate::server::store::counts::{self, Tally};
use crate::server::store::{self, Tx};

const HOURS: i64 = 30 * 24;

/// How busy a shop is by hour of the day, in percent of its busiest.
const DAY_CURVE: [i64; 24] = [18, 12, 9, 7, 7, 10, 18, 32, 48, 60, 68, 74, 80, 76, 72, 70, 74, 82, 92, 100, 98, 82, 54, 32];

/// Variants and their parts of a thousand.
type Parts = Vec<(&'static str, i64)>;

/// How a flag is asked for.
struct Traffic {
    flag: &'static str,
    /// Single answers in the busiest hour, by back ends.
    evaluated: i64,
    /// The same in bulk answers, by browsers and phones.
    delivered: i64,
    /// What is answered within an hour.
    parts: fn(&Hour) -> Parts,
}

const TRAFFIC: [Traffic; 8] = [
    Traffic { flag: ADDRESS, evaluated: 310, delivered: 2_400, parts: address },
    Traffic { flag: CHECKOUT, evaluated: 940, delivered: 3_100, parts: checkout },
    Traffic { flag: DARK, evaluated: 60, delivered: 5_200, parts: |_| vec![("on", 1_000)] },
    Traffic { flag: PAYMENTS, evaluated: 1_480, delivered: 0, parts: payments },
    Traffic { flag: PRICING, evaluated: 0, delivered: 1_650, parts: pricing },
    Traffic { flag: LIMITS, evaluated: 1_120, delivered: 0, parts: limits },
    Traffic { flag: UPLOAD, evaluated: 900, delivered: 0, parts: upload },
    Traffic { flag: REPORTS, evaluated: 190, delivered: 0, parts: |_| vec![("on", 83), ("off", 917)] },
];

/// An hour of one environment.
struct Hour {
    now: Timestamp,
    at: Timestamp,
    production: bool,
}

impl Hour {
    /// Whether it began after the moment of the story so many days ago.
    fn is_since(&self, days: i64) -> bool {
        self.at >= history::days_ago(self.now, days)
    }
    /// How much of it lies within `length` milliseconds from that moment on, in parts of a thousand.
    fn within(&self, days: i64, length: i64) -> i64 {
        let from = history::days_ago(self.now, days).millis();
        let (start, end) = (self.at.millis().max(from), (self.at.millis() + HOUR).min(from + length));
        (end - start).max(0) * 1_000 / HOUR
    }
}

fn split(first: &'static str, part: i64, second: &'static str) -> Parts {
    vec![(first, part), (second, 1_000 - part)]
}

fn address(hour: &Hour) -> Parts {
    let part = if hour.production && !hour.is_since(days::ADDRESS_ON) { 200 } else { 1_000 };
    split("on", part, "off")
}

/// Rules and targets make a twelfth, the plan adds to it from its beginning on.
fn checkout(hour: &Hour) -> Parts {
    let part = match (hour.production, hour.is_since(days::CHECKOUT_REHEARSED), hour.is_since(days::CHECKOUT_INVITED)) {
        (false, true, _) => 1_000,
        (true, _, true) => {
            let planned = i64::from(Plan::preset(states::rollout_start(hour.now)).share(hour.at)) / 10;
            83 + planned * (1_000 - 83) / 1_000
        }
        _ if hour.is_since(days::CHECKOUT_CREATED) => 0,
        _ => return Vec::new(),
    };
    split("on", part, "off")
}

fn payments(hour: &Hour) -> Parts {
    let off = if hour.production { hour.within(days::OUTAGE, history::OUTAGE) } else { 0 };
    split("on", 1_000 - off, "off")
}

fn pricing(hour: &Hour) -> Parts {
    let begun = if hour.production { days::PRICING_STARTED } else { days::PRICING_REHEARSED };
    match (hour.is_since(begun), hour.is_since(days::PRICING_CREATED)) {
        (true, _) => vec![("control", 347), ("yearly_first", 326), ("trial", 327)],
        (false, true) => vec![("control", 1_000)],
        (false, false) => Vec::new(),
    }
}

fn limits(hour: &Hour) -> Parts {
    let wave = if hour.production { hour.within(days::WAVE, history::WAVE) } else { 0 };
    split("tight", 32 + wave * (1_000 - 32) / 1_000, "normal")
}

/// Its code is not in production yet.
fn upload(hour: &Hour) -> Parts {
    match !hour.production && hour.is_since(days::UPLOAD_REHEARSED) {
        true => vec![("standard", 861), ("large", 104), ("small", 35)],
        false => Vec::new(),
    }
}

/// How much of production's traffic an environment has, in parts of a thousand.
fn volume(environment: &str) -> i64 {
    match environment {
        "production" => 1_000,
        "staging" => 22,
        _ => 6,
    }
}

/// Up to a seventh more or less than the curve says, by a multiplicative hash of the hour.
fn wobble(amount: i64, hour: Timestamp, salt: usize) -> i64 {
    let seed = u64::try_from(hour.millis() / HOUR).unwrap_or_default().wrapping_mul(31).wrapping_add(salt as u64);
    let noise = i64::try_from(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56).unwrap_or_default();
    amount * (1_000 + (noise - 128)) / 1_000
}

/// What is asked for within `hour`, of which so much has passed.
fn amount(busiest: i64, hour: Timestamp, now: Timestamp, environment: &str, salt: usize) -> i64 {
    let of_day = usize::try_from(hour.clock().0).unwrap_or_default();
    let curve = busiest * DAY_CURVE[of_day % 24] * volume(environment) / 100_000;
    let passed = ((now.millis() - hour.millis()) / MINUTE).clamp(0, 60);
    wobble(curve, hour, salt) * passed / 60
}

/// Writes the thirty days before `now`.
pub async fn add(tx: &mut Tx, now: Timestamp) -> Result<(), Error> {
    let project = store::projects::find(tx, &key()?).await?.ok_or(Error::NotFound("project"))?;
    let mut tallies = Vec::new();
    for environment in ENVIRONMENTS {
        let key = EnvironmentKey::parse(environment).map_err(super::internal)?;
        let stored = store::environments::find(tx, &project.id, &key).await?.ok_or(Error::NotFound("environment"))?;
        for (salt, traffic) in TRAFFIC.iter().enumerate() {
            let key = FlagKey::parse(traffic.flag).map_err(super::internal)?;
            let flag = store::flags::find(tx, &project.id, &key).await?.ok_or(Error::NotFound("flag"))?.id;
            tallies.extend(month((&flag, &stored.id, environment), traffic, salt, now));
        }
    }
    // In the order of the table's key, which writes fastest.
    tallies.sort_by(|a, b| place(a).cmp(&place(b)));
    counts::insert_hours(tx, &tallies).await?;
    for (at, tally) in tallies.iter().enumerate() {
        let is_last = tallies.get(at + 1).is_none_or(|next| variant(next) != variant(tally));
        if is_last {
            counts::see(tx, tally).await?;
        }
    }
    Ok(())
}

fn variant(tally: &Tally) -> (&str, &str, &str) {
    (tally.flag.as_str(), tally.environment.as_str(), &tally.variant)
}

fn place(tally: &Tally) -> ((&str, &str, &str), Timestamp) {
    (variant(tally), tally.hour)
}

/// The hours of one flag in one environment.
fn month((flag, id, environment): (&FlagId, &EnvironmentId, &str), traffic: &Traffic, salt: usize, now: Timestamp) -> Vec<Tally> {
    let this_hour = Timestamp::from_millis(now.millis() - now.millis().rem_euclid(HOUR));
    let mut found = Vec::new();
    for back in (0..HOURS).rev() {
        let hour = Hour { now, at: this_hour.plus(-back * HOUR), production: environment == "production" };
        for (variant, part) in (traffic.parts)(&hour) {
            let of = |busiest| amount(busiest, hour.at, now, environment, salt) * part / 1_000;
            let counted = (of(traffic.evaluated), of(traffic.delivered));
            if counted != (0, 0) {
                found.push(tally(flag, id, variant, &hour, counted));
            }
        }
    }
    found
}

fn tally(flag: &FlagId, environment: &EnvironmentId, variant: &str, hour: &Hour, (evaluated, delivered): (i64, i64)) -> Tally {
    let seen = hour.at.plus((HOUR - 1).min(hour.now.millis() - hour.at.millis()));
    Tally {
        flag: flag.clone(),
        environment: environment.clone(),
        variant: variant.to_owned(),
        hour: hour.at,
        evaluated,
        delivered,
        evaluated_at: (evaluated > 0).then_some(seen),
        delivered_at: (delivered > 0).then_some(seen),
    }
}
