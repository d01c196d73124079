//! A week of evaluations, so that sparklines and "last seen" have something to say. No chance in it: the same hour always
//! gets the same number.

use super::flags::{CHECKOUT, DARK, LIMITS, PAYMENTS, PRICING, REPORTS, UPLOAD};
use super::history::ENVIRONMENTS;
use super::{key, states};
use crate::domain::id::{EnvironmentId, FlagId};
use crate::domain::key::{EnvironmentKey, FlagKey};
use crate::domain::rollout::Plan;
use crate::domain::time::{HOUR, MINUTE, Timestamp};
use crate::server::error::Error;
use crate::server::store::counts::{self, Tally};
use crate::server::store::{self, Tx};

const HOURS: i64 = 7 * 24;

/// How busy a shop is by hour of the day, in percent of its busiest.
const DAY_CURVE: [i64; 24] = [18, 12, 9, 7, 7, 10, 18, 32, 48, 60, 68, 74, 80, 76, 72, 70, 74, 82, 92, 100, 98, 82, 54, 32];

/// How a flag is asked for.
struct Traffic {
    flag: &'static str,
    /// Single answers in the busiest hour, by back ends.
    evaluated: i64,
    /// The same in bulk answers, by browsers and phones.
    delivered: i64,
    /// Variants and their parts of a thousand.
    parts: &'static [(&'static str, i64)],
}

const TRAFFIC: [Traffic; 7] = [
    Traffic { flag: CHECKOUT, evaluated: 940, delivered: 3_100, parts: &[] },
    Traffic { flag: DARK, evaluated: 60, delivered: 5_200, parts: &[("on", 1_000)] },
    Traffic { flag: PAYMENTS, evaluated: 1_480, delivered: 0, parts: &[("on", 1_000)] },
    Traffic { flag: PRICING, evaluated: 0, delivered: 1_650, parts: &[("control", 347), ("yearly_first", 326), ("trial", 327)] },
    Traffic { flag: LIMITS, evaluated: 1_120, delivered: 0, parts: &[("normal", 968), ("tight", 32)] },
    Traffic { flag: UPLOAD, evaluated: 260, delivered: 0, parts: &[("standard", 861), ("large", 104), ("small", 35)] },
    Traffic { flag: REPORTS, evaluated: 190, delivered: 0, parts: &[("on", 83), ("off", 917)] },
];

/// How much of production's traffic an environment has, in parts of a thousand.
fn volume(environment: &str) -> i64 {
    match environment {
        "production" => 1_000,
        "staging" => 22,
        _ => 6,
    }
}

/// The new checkout's share of `on`: rules and targets make a twelfth, the plan adds to it from its beginning on.
fn checkout_on(now: Timestamp, hour: Timestamp, environment: &str) -> i64 {
    if environment != "production" {
        return 1_000;
    }
    let planned = i64::from(Plan::preset(states::rollout_start(now)).share(hour)) / 10;
    83 + planned * (1_000 - 83) / 1_000
}

fn parts(traffic: &Traffic, now: Timestamp, hour: Timestamp, environment: &str) -> Vec<(&'static str, i64)> {
    if traffic.flag == CHECKOUT {
        let on = checkout_on(now, hour, environment);
        return vec![("on", on), ("off", 1_000 - on)];
    }
    traffic.parts.to_vec()
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

/// Writes the week before `now`.
pub async fn add(tx: &mut Tx, now: Timestamp) -> Result<(), Error> {
    let project = store::projects::find(tx, &key()?).await?.ok_or(Error::NotFound("project"))?;
    let this_hour = Timestamp::from_millis(now.millis() - now.millis().rem_euclid(HOUR));
    for environment in ENVIRONMENTS {
        let key = EnvironmentKey::parse(environment).map_err(super::internal)?;
        let stored = store::environments::find(tx, &project.id, &key).await?.ok_or(Error::NotFound("environment"))?;
        for (salt, traffic) in TRAFFIC.iter().enumerate() {
            let key = FlagKey::parse(traffic.flag).map_err(super::internal)?;
            let flag = store::flags::find(tx, &project.id, &key).await?.ok_or(Error::NotFound("flag"))?.id;
            for back in (0..HOURS).rev() {
                let hour = this_hour.plus(-back * HOUR);
                for (variant, part) in parts(traffic, now, hour, environment) {
                    let of = |busiest| amount(busiest, hour, now, environment, salt) * part / 1_000;
                    let counted = (of(traffic.evaluated), of(traffic.delivered));
                    if counted != (0, 0) {
                        counts::add(tx, &tally(&flag, &stored.id, variant, hour, now, counted)).await?;
                    }
                }
            }
        }
    }
    Ok(())
}

fn tally(
    flag: &FlagId,
    environment: &EnvironmentId,
    variant: &str,
    hour: Timestamp,
    now: Timestamp,
    (evaluated, delivered): (i64, i64),
) -> Tally {
    let seen = hour.plus((HOUR - 1).min(now.millis() - hour.millis()));
    Tally {
        flag: flag.clone(),
        environment: environment.clone(),
        variant: variant.to_owned(),
        hour,
        evaluated,
        delivered,
        evaluated_at: (evaluated > 0).then_some(seen),
        delivered_at: (delivered > 0).then_some(seen),
    }
}
