//! What was counted: in the database as far as it was flushed, in memory what came since.

use crate::domain::id::FlagId;
use crate::domain::time::{DAY, HOUR, Timestamp};
use crate::server::error::Error;
use crate::server::serving::{FlagCounters, ServedFlag, Snapshot};
use crate::server::store::{self, Cx, Db};
use std::collections::HashMap;
use std::sync::Arc;

/// Counts of hours that are so many days past are removed. When a variant was last asked for stays known.
pub const KEPT_DAYS: i64 = 400;

/// Hours that a sparkline shows.
pub const HOURS: usize = 24;

/// The use of one flag in one environment, over the last 24 hours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// Evaluations by hour, oldest first; the last is the present hour so far.
    pub hours: Vec<u64>,
    pub variants: Vec<VariantUsage>,
    pub last_evaluated: Option<Timestamp>,
    pub last_delivered: Option<Timestamp>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VariantUsage {
    pub name: String,
    /// Single answers in the last 24 hours.
    pub evaluated: u64,
    /// Times it was part of a bulk answer in the last 24 hours.
    pub delivered: u64,
}

impl Usage {
    /// Evaluated or delivered, whichever came last.
    pub fn last_seen(&self) -> Option<Timestamp> {
        self.last_evaluated.max(self.last_delivered)
    }
    pub fn evaluated(&self) -> u64 {
        self.variants.iter().map(|variant| variant.evaluated).sum()
    }
    pub fn delivered(&self) -> u64 {
        self.variants.iter().map(|variant| variant.delivered).sum()
    }

    fn variant(&mut self, name: &str) -> &mut VariantUsage {
        let at = self.variants.iter().position(|variant| variant.name == name).unwrap_or_else(|| {
            self.variants.push(VariantUsage { name: name.to_owned(), ..VariantUsage::default() });
            self.variants.len() - 1
        });
        &mut self.variants[at]
    }
}

/// How much one flag was asked for in the last 24 hours, all its environments together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activity {
    /// As in [`Usage`].
    pub hours: Vec<u64>,
    pub evaluated: u64,
    pub delivered: u64,
    pub last_seen: Option<Timestamp>,
}

/// The activity of several flags, in two queries however many they are. Each is given as it is served in its environments.
pub async fn of_flags(cx: &mut Cx, flags: &[Vec<&ServedFlag>], now: Timestamp) -> Result<Vec<Activity>, Error> {
    let id = |served: &[&ServedFlag]| served.first().map(|flag| flag.stored.id.clone());
    let ids: Vec<FlagId> = flags.iter().filter_map(|served| id(served)).collect();
    let first = first_hour(now);
    let mut found: HashMap<String, Activity> = HashMap::new();
    for row in store::counts::hours_of(cx, &ids, first).await? {
        let activity = found.entry(row.flag_id).or_default();
        activity.hours.resize(HOURS, 0);
        let (evaluated, delivered) = (u64::try_from(row.evaluated).unwrap_or(0), u64::try_from(row.delivered).unwrap_or(0));
        activity.hours[place(row.hour, first)] += evaluated + delivered;
        activity.evaluated += evaluated;
        activity.delivered += delivered;
    }
    for row in store::counts::seen_of(cx, &ids).await? {
        let last_seen = row.at();
        found.entry(row.flag_id).or_default().last_seen = last_seen;
    }
    let of = |served: &Vec<&ServedFlag>| {
        let mut activity = id(served).and_then(|id| found.remove(id.as_str())).unwrap_or_default();
        activity.hours.resize(HOURS, 0);
        served.iter().for_each(|flag| activity.add_unflushed(&flag.counters));
        activity
    };
    Ok(flags.iter().map(of).collect())
}

impl Activity {
    /// Adds what waits in memory.
    fn add_unflushed(&mut self, counters: &FlagCounters) {
        let (evaluated, delivered) = (counters.pending_evaluated(), counters.pending_delivered());
        self.hours[HOURS - 1] += evaluated + delivered;
        self.evaluated += evaluated;
        self.delivered += delivered;
        self.last_seen = self.last_seen.max(counters.last_seen());
    }
}

/// The first of the hours that are shown.
fn first_hour(now: Timestamp) -> Timestamp {
    Timestamp::from_millis((now.millis().div_euclid(HOUR) - HOURS as i64 + 1) * HOUR)
}

/// Where an hour stands among those that are shown.
fn place(hour: i64, first: Timestamp) -> usize {
    usize::try_from((hour - first.millis()) / HOUR).unwrap_or(0).min(HOURS - 1)
}

/// The use of a flag in each of its environments, in the order of `snapshots`.
pub async fn of_flag(
    cx: &mut Cx,
    snapshots: &[Arc<Snapshot>],
    flag: &FlagId,
    key: &str,
    now: Timestamp,
) -> Result<Vec<Usage>, Error> {
    let first = first_hour(now);
    let mut by_environment: HashMap<String, Usage> = HashMap::new();
    for row in store::counts::hours(cx, flag, first).await? {
        let usage =
            by_environment.entry(row.environment_id).or_insert_with(|| Usage { hours: vec![0; HOURS], ..Usage::default() });
        let (evaluated, delivered) = (u64::try_from(row.evaluated).unwrap_or(0), u64::try_from(row.delivered).unwrap_or(0));
        usage.hours[place(row.hour, first)] += evaluated + delivered;
        let variant = usage.variant(&row.variant);
        variant.evaluated += evaluated;
        variant.delivered += delivered;
    }
    for row in store::counts::seen(cx, flag).await? {
        let usage = by_environment.entry(row.environment_id).or_default();
        usage.last_evaluated = usage.last_evaluated.max(row.evaluated_at.map(Timestamp::from_millis));
        usage.last_delivered = usage.last_delivered.max(row.delivered_at.map(Timestamp::from_millis));
    }
    let in_each = |snapshot: &Arc<Snapshot>| {
        let mut usage = by_environment.remove(snapshot.environment.id.as_str()).unwrap_or_default();
        usage.hours.resize(HOURS, 0);
        add_unflushed(&mut usage, snapshot, key);
        usage
    };
    Ok(snapshots.iter().map(in_each).collect())
}

/// Adds what waits in memory, so that a person sees their first evaluation at once.
fn add_unflushed(usage: &mut Usage, snapshot: &Snapshot, key: &str) {
    let Some(served) = snapshot.flag(key) else { return };
    for (name, counter) in served.counters.variants() {
        let (evaluated, delivered) = (counter.evaluated.pending(), counter.delivered.pending());
        usage.hours[HOURS - 1] += evaluated + delivered;
        if evaluated + delivered > 0 {
            let variant = usage.variant(name);
            variant.evaluated += evaluated;
            variant.delivered += delivered;
        }
    }
    usage.last_evaluated = usage.last_evaluated.max(served.counters.last_evaluated());
    usage.last_delivered = usage.last_delivered.max(served.counters.last_delivered());
}

/// Removes what is older than [`KEPT_DAYS`], a day of it at a time: whoever wants to write in between does not wait for years
/// of it.
pub async fn prune(db: &Db, now: Timestamp) -> Result<(), Error> {
    let limit = now.plus(-KEPT_DAYS * DAY);
    while let Some(oldest) = store::counts::oldest_hour(&mut db.read().await?).await?.filter(|oldest| *oldest < limit) {
        let mut tx = db.begin().await?;
        store::counts::prune(&mut tx, oldest.plus(DAY).min(limit)).await?;
        tx.commit().await?;
    }
    Ok(())
}
