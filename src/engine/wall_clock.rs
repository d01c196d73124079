//! Which instant a clock's time in a zone is. Pure: the zones' rules are those that were built in.
//!
//! Where clocks are turned a wall shows some hours twice and others never; whoever means one of those is asked which instant
//! they mean.

use crate::domain::schedule::{Moment, Schedule, Wall};
use crate::domain::time::Timestamp;
use chrono::{DateTime, MappedLocalTime, NaiveDateTime, TimeDelta, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};

/// No gap in any zone's history is longer, in hours.
const LONGEST_GAP: i64 = 48;

/// What a clock's time is in a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    Once(Timestamp),
    /// Clocks go back over it: both instants, as a wall shows them.
    Twice(Shown, Shown),
    /// Clocks go forward over it: the times that are as far before and after as the clocks are turned.
    Never {
        earlier: Shown,
        later: Shown,
    },
}

/// An instant with what a wall shows at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub at: Timestamp,
    /// `2026-10-25T02:30:00`
    pub clock: String,
    /// `CEST`, `+03`
    pub zone: String,
    /// `+02:00`
    pub offset: String,
}

/// The zone of a name, however it is capitalised.
pub fn zone(name: &str) -> Option<Tz> {
    TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name)).copied()
}

/// Every zone's name.
pub fn zones() -> impl Iterator<Item = &'static str> {
    TZ_VARIANTS.iter().map(|zone| zone.name())
}

/// What `clock`, a time written as if it were in UTC, is in `zone`.
pub fn read(clock: Timestamp, zone: Tz) -> Reading {
    let Some(naive) = naive(clock) else { return Reading::Once(clock) };
    match zone.from_local_datetime(&naive) {
        MappedLocalTime::Single(at) => Reading::Once(millis(&at)),
        MappedLocalTime::Ambiguous(first, second) => Reading::Twice(shown(&first), shown(&second)),
        MappedLocalTime::None => {
            let (earlier, later) = around(naive, zone);
            match (earlier, later) {
                (Some(earlier), Some(later)) => Reading::Never { earlier: shown(&earlier), later: shown(&later) },
                _ => Reading::Once(clock),
            }
        }
    }
}

/// The instant of a schedule by the rules of now; none where its zone is not known, or its clock is no time. One that was
/// skipped since is taken later by as much as clocks go forward, one that is doubled since the first time.
pub fn instant(schedule: &Schedule) -> Option<Timestamp> {
    match &schedule.at {
        Moment::Instant(at) => Some(*at),
        Moment::Wall(wall) => of_wall(wall),
    }
}

fn of_wall(wall: &Wall) -> Option<Timestamp> {
    let clock = Timestamp::parse(&format!("{}Z", wall.clock)).ok()?;
    Some(match read(clock, zone(&wall.zone)?) {
        Reading::Once(at) => at,
        Reading::Twice(_, second) if wall.second => second.at,
        Reading::Twice(first, _) => first.at,
        Reading::Never { later, .. } => later.at,
    })
}

fn naive(clock: Timestamp) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_millis(clock.millis()).map(|at| at.naive_utc())
}

fn millis(at: &DateTime<Tz>) -> Timestamp {
    Timestamp::from_millis(at.timestamp_millis())
}

fn shown(at: &DateTime<Tz>) -> Shown {
    let clock = at.naive_local().format("%Y-%m-%dT%H:%M:%S%.f").to_string();
    Shown { at: millis(at), clock, zone: at.format("%Z").to_string(), offset: at.format("%:z").to_string() }
}

/// What clocks show that were turned too early, and too late.
fn around(clock: NaiveDateTime, zone: Tz) -> (Option<DateTime<Tz>>, Option<DateTime<Tz>>) {
    let by = |hours: i64| {
        let other = clock + TimeDelta::hours(hours);
        zone.from_local_datetime(&other).earliest().map(|at| at - TimeDelta::hours(hours))
    };
    let earlier = (1..=LONGEST_GAP).find_map(by);
    let later = (1..=LONGEST_GAP).find_map(|hours| by(-hours));
    (earlier, later)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn told(clock: &str, name: &str) -> String {
        let one = |shown: &Shown| format!("{} {} {} = {}", shown.clock, shown.zone, shown.offset, shown.at);
        match read(Timestamp::parse(&format!("{clock}Z")).unwrap(), zone(name).unwrap()) {
            Reading::Once(at) => at.to_string(),
            Reading::Twice(first, second) => format!("{} or {}", one(&first), one(&second)),
            Reading::Never { earlier, later } => format!("never; {} or {}", one(&earlier), one(&later)),
        }
    }

    #[test]
    fn turned_clocks_show_hours_twice_or_never() {
        for (clock, zone, expected) in [
            ("2026-11-30T09:00:00", "Europe/Oslo", "2026-11-30T08:00:00Z"),
            ("2026-11-30T09:00:00", "America/New_York", "2026-11-30T14:00:00Z"),
            (
                "2026-10-25T02:30:00",
                "europe/oslo",
                "2026-10-25T02:30:00 CEST +02:00 = 2026-10-25T00:30:00Z or 2026-10-25T02:30:00 CET +01:00 = 2026-10-25T01:30:00Z",
            ),
            (
                "2026-03-29T02:30:00",
                "Europe/Oslo",
                "never; 2026-03-29T01:30:00 CET +01:00 = 2026-03-29T00:30:00Z or 2026-03-29T03:30:00 CEST +02:00 = 2026-03-29T01:30:00Z",
            ),
            (
                "2026-11-01T01:30:00",
                "America/New_York",
                "2026-11-01T01:30:00 EDT -04:00 = 2026-11-01T05:30:00Z or 2026-11-01T01:30:00 EST -05:00 = 2026-11-01T06:30:00Z",
            ),
            (
                "2027-03-14T02:30:00",
                "America/New_York",
                "never; 2027-03-14T01:30:00 EST -05:00 = 2027-03-14T06:30:00Z or 2027-03-14T03:30:00 EDT -04:00 = 2027-03-14T07:30:00Z",
            ),
            (
                "2011-12-30T12:00:00",
                "Pacific/Apia",
                "never; 2011-12-29T12:00:00 -10 -10:00 = 2011-12-29T22:00:00Z or 2011-12-31T12:00:00 +14 +14:00 = 2011-12-30T22:00:00Z",
            ),
            (
                "2026-04-05T01:45:00",
                "Australia/Lord_Howe",
                "2026-04-05T01:45:00 +11 +11:00 = 2026-04-04T14:45:00Z or 2026-04-05T01:45:00 +1030 +10:30 = 2026-04-04T15:15:00Z",
            ),
        ] {
            assert_eq!(told(clock, zone), expected, "{clock} {zone}");
        }
    }

    #[test]
    fn what_was_kept_is_always_one_instant() {
        let at = |clock: &str, zone: &str, second| {
            let wall = Wall { clock: clock.into(), zone: zone.into(), second };
            instant(&Schedule::at(Moment::Wall(wall))).map(|at| at.to_string())
        };
        assert_eq!(at("2026-10-25T02:30:00", "Europe/Oslo", false).as_deref(), Some("2026-10-25T00:30:00Z"));
        assert_eq!(at("2026-10-25T02:30:00", "Europe/Oslo", true).as_deref(), Some("2026-10-25T01:30:00Z"));
        assert_eq!(at("2026-03-29T02:30:00", "Europe/Oslo", false).as_deref(), Some("2026-03-29T01:30:00Z"));
        assert_eq!(at("2026-11-01T01:30:00", "America/New_York", true).as_deref(), Some("2026-11-01T06:30:00Z"));
        assert_eq!(at("2026-07-01T09:00:00", "Europe/Oslo", true).as_deref(), Some("2026-07-01T07:00:00Z"), "there is one only");
        assert_eq!(at("2026-07-01T09:00:00", "Europe/Nowhere", false), None);
        assert_eq!(at("noon", "Europe/Oslo", false), None);
    }
}
