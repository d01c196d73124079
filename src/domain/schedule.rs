//! When a change is to be made: an instant, or a clock's time in a time zone. Pure, and without a zone's rules, which
//! `engine::wall_clock` knows.

use super::time::{DAY, HOUR, MINUTE, Timestamp};
use super::when;
use serde::{Deserialize, Serialize};

/// How late a change may still be made unless somebody says otherwise, in milliseconds.
pub const GRACE: i64 = DAY;
/// The latest that may be said.
pub const MAX_GRACE: i64 = 366 * DAY;
/// From so much later than its moment on, a change is told to have come late.
pub const LATE: i64 = MINUTE;

/// What was said of when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    pub at: Moment,
    /// How long after its moment it may still be made, in milliseconds: after that it is missed.
    #[serde(default = "grace")]
    pub grace: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    Instant(Timestamp),
    Wall(Wall),
}

/// A clock's time in a zone. Which instant that is follows from the zone's rules, which may change until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wall {
    /// `2026-11-30T09:00:00`
    pub clock: String,
    /// By its name in the tz database: `Europe/Oslo`
    pub zone: String,
    /// Of an hour that the clock shows twice, the second.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub second: bool,
}

const fn grace() -> i64 {
    GRACE
}

impl Schedule {
    pub const fn at(at: Moment) -> Self {
        Self { at, grace: GRACE }
    }

    /// `30 Nov 2026 08:00 UTC`, `30 Nov 2026 09:00 in Europe/Oslo (30 Nov 2026 08:00 UTC)`; `instant` is what it comes to.
    pub fn told(&self, instant: Timestamp) -> String {
        match &self.at {
            Moment::Instant(at) => when::exact(*at),
            Moment::Wall(wall) => format!("{} ({})", wall.told(), when::exact(instant)),
        }
    }

    /// `up to 1 d late`
    pub fn grace_told(&self) -> String {
        format!("up to {} late", when::span(self.grace))
    }
}

impl From<Timestamp> for Schedule {
    fn from(at: Timestamp) -> Self {
        Self::at(Moment::Instant(at))
    }
}

impl Wall {
    /// As people write it and as a form takes it again: `2026-11-30 09:00 Europe/Oslo`.
    pub fn typed(&self) -> String {
        let clock = self.clock.strip_suffix(":00").filter(|rest| rest.len() == 16).unwrap_or(&self.clock);
        format!("{} {}", clock.replacen('T', " ", 1), self.zone)
    }

    /// `30 Nov 2026 09:00 in Europe/Oslo`
    pub fn told(&self) -> String {
        let shown = Timestamp::parse(&format!("{}Z", self.clock));
        let clock = shown.map_or_else(|_| self.clock.clone(), |at| when::exact(at).trim_end_matches(" UTC").to_owned());
        let second = if self.second { ", the second time" } else { "" };
        format!("{clock} in {}{second}", self.zone)
    }
}

/// What became of a moment that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    Applied,
    /// Applied, later than it should have been.
    Late,
    /// Its grace was over, so nothing was done.
    Missed,
    /// Something kept it from being applied.
    Refused,
}

impl Outcome {
    pub const ALL: [Self; 4] = [Self::Applied, Self::Late, Self::Missed, Self::Refused];

    /// The spelling in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Late => "late",
            Self::Missed => "missed",
            Self::Refused => "refused",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
    /// What is to be done at `now` with a change that was due at `due`, before anything else is known of it.
    pub const fn at(due: Timestamp, grace: i64, now: Timestamp) -> Self {
        match now.millis().saturating_sub(due.millis()) {
            late if late > grace => Self::Missed,
            late if late >= LATE => Self::Late,
            _ => Self::Applied,
        }
    }
}

/// What a form offers as the grace, in milliseconds.
pub const GRACES: [i64; 6] = [15 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY];

#[cfg(test)]
mod tests {
    use super::*;

    const DUE: Timestamp = Timestamp::from_millis(1_000 * DAY);

    #[test]
    fn what_comes_late_is_told_and_what_comes_too_late_is_missed() {
        for (late, grace, outcome) in [
            (0, DAY, Outcome::Applied),
            (LATE - 1, DAY, Outcome::Applied),
            (LATE, DAY, Outcome::Late),
            (HOUR, DAY, Outcome::Late),
            (DAY, DAY, Outcome::Late),
            (DAY + 1, DAY, Outcome::Missed),
            (30 * DAY, DAY, Outcome::Missed),
            (30 * DAY, 31 * DAY, Outcome::Late),
            (1, 0, Outcome::Missed),
            (i64::MAX, DAY, Outcome::Missed),
        ] {
            assert_eq!(Outcome::at(DUE, grace, DUE.plus(late)), outcome, "{late} late, {grace} allowed");
        }
    }

    #[test]
    fn a_clocks_time_is_told_with_its_zone_and_its_instant() {
        let wall = Wall { clock: "2026-11-30T09:00:00".into(), zone: "Europe/Oslo".into(), second: false };
        assert_eq!(wall.typed(), "2026-11-30 09:00 Europe/Oslo");
        let at = Timestamp::from_date(2026, 11, 30).map_or(DUE, |day| day.plus(8 * HOUR));
        let told = "30 Nov 2026 09:00 in Europe/Oslo (30 Nov 2026 08:00 UTC)";
        assert_eq!(Schedule::at(Moment::Wall(wall.clone())).told(at), told);
        assert_eq!(Schedule::from(at).told(at), "30 Nov 2026 08:00 UTC");
        assert_eq!(Wall { second: true, ..wall.clone() }.told(), "30 Nov 2026 09:00 in Europe/Oslo, the second time");
        assert_eq!(Wall { clock: "2026-11-30T09:00:07".into(), ..wall }.typed(), "2026-11-30 09:00:07 Europe/Oslo");
    }

    #[test]
    fn what_was_kept_is_read_again() {
        let wall = Wall { clock: "2026-10-25T02:30:00".into(), zone: "Europe/Oslo".into(), second: true };
        for schedule in [Schedule::from(DUE), Schedule { at: Moment::Wall(wall), grace: HOUR }] {
            let text = serde_json::to_string(&schedule).unwrap_or_default();
            assert_eq!(serde_json::from_str::<Schedule>(&text).ok(), Some(schedule), "{text}");
        }
    }
}
