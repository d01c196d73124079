//! `time_window`: whether the moment lies within hours of the week as a wall clock in some zone shows them.
//!
//! Where clocks are turned, the window follows the clock on the wall: an hour shown twice counts twice, a skipped one never.

use crate::domain::flag::Problem;
use crate::domain::time::{DAY, HOUR, MINUTE, SECOND, Timestamp};
use crate::engine::words;
use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::Tz;
use serde_json::{Map, Value};

/// How far ahead the next change is looked for: a window opens at least weekly, and turned clocks may skip one opening.
const HORIZON: i64 = 16 * DAY;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Weekdays and hours in a zone. `from` later than `to` spans midnight and belongs to the day it started on.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine) struct Window {
    /// By weekday, Monday first.
    days: [bool; 7],
    /// Milliseconds since local midnight, within.
    from: i64,
    /// Milliseconds since local midnight, without; up to a whole day.
    to: i64,
    zone: Tz,
}

impl Window {
    pub(in crate::engine) fn contains(&self, now: Timestamp) -> bool {
        self.local(now).is_some_and(|local| {
            let (day, time) = (local.div_euclid(DAY), local.rem_euclid(DAY));
            if self.from < self.to {
                return self.on(day) && (self.from..self.to).contains(&time);
            }
            (self.on(day) && time >= self.from) || (self.on(day - 1) && time < self.to)
        })
    }

    /// The next instant after `now` at which [`Window::contains`] gives another answer, if it comes within two weeks.
    pub(in crate::engine) fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let inside = self.contains(now);
        let mut at = now;
        while at < now.plus(HORIZON) {
            let next = self.next_edge(at)?;
            if self.contains(next) != inside {
                return Some(next);
            }
            at = next;
        }
        None
    }

    /// The wall clock in its zone, as `mon 09:30`.
    pub(in crate::engine) fn clock(&self, now: Timestamp) -> Option<String> {
        let local = self.local(now)?;
        let time = local.rem_euclid(DAY);
        Some(format!("{} {:02}:{:02}", DAYS[weekday(local.div_euclid(DAY))], time / HOUR, time / MINUTE % 60))
    }

    fn on(&self, day: i64) -> bool {
        self.days[weekday(day)]
    }

    /// The earliest moment after `at` when the wall clock shows `from` or `to`, or is turned.
    fn next_edge(&self, at: Timestamp) -> Option<Timestamp> {
        let offset = self.offset(at)?;
        let time = at.plus(offset).millis().rem_euclid(DAY);
        let until = |edge: i64| match (edge - time).rem_euclid(DAY) {
            0 => DAY,
            wait => wait,
        };
        let edge = at.plus(until(self.from).min(until(self.to)));
        if self.offset(edge)? == offset { Some(edge) } else { self.turn(at, edge, offset) }
    }

    /// The moment between `before` and `after` when the zone's offset stops being `offset`, found by halving.
    fn turn(&self, before: Timestamp, after: Timestamp, offset: i64) -> Option<Timestamp> {
        let (mut low, mut high) = (before.millis(), after.millis());
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.offset(Timestamp::from_millis(middle))? == offset { low = middle } else { high = middle }
        }
        Some(Timestamp::from_millis(high))
    }

    /// What to add to UTC, in milliseconds. `None` for instants beyond the calendar.
    fn offset(&self, at: Timestamp) -> Option<i64> {
        let utc = DateTime::from_timestamp_millis(at.millis())?.naive_utc();
        Some(i64::from(self.zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()) * SECOND)
    }

    fn local(&self, at: Timestamp) -> Option<i64> {
        Some(at.plus(self.offset(at)?).millis())
    }
}

/// The weekday of a day counted from 1970-01-01, which was a Thursday; Monday is 0.
fn weekday(day: i64) -> usize {
    usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0)
}

/// Reads `{"days": ["mon", …], "from": "09:00", "to": "17:00", "zone": "Europe/Oslo"}`; without days, every day.
pub(super) fn read(value: &Value, field: &str) -> Result<Window, Problem> {
    const SHAPE: &str = r#"{"days": ["mon", "fri"], "from": "09:00", "to": "17:00", "zone": "Europe/Oslo"}"#;
    let Value::Object(parts) = value else {
        return Err(Problem::new(field, format!("{}; write an object like {SHAPE}.", words::kind_of(value))));
    };
    if let Some(unknown) = parts.keys().find(|key| !["days", "from", "to", "zone"].contains(&key.as_str())) {
        return Err(Problem::new(format!("{field}.{unknown}"), format!("A window has days, from, to and zone, like {SHAPE}.")));
    }
    let (from, to) = (time(parts, "from", field)?, time(parts, "to", field)?);
    if from == to || from == DAY {
        let message = "from and to must differ; the whole day is from \"00:00\" to \"24:00\".";
        return Err(Problem::new(format!("{field}.from"), message));
    }
    Ok(Window { days: days(parts, field)?, from, to, zone: zone(parts, field)? })
}

fn time(parts: &Map<String, Value>, name: &str, field: &str) -> Result<i64, Problem> {
    let text = parts.get(name).and_then(Value::as_str).unwrap_or_default();
    read_time(text).ok_or_else(|| {
        let found = parts.get(name).map_or_else(|| "it is missing".to_owned(), |value| format!("this is {}", words::show(value)));
        Problem::new(format!("{field}.{name}"), format!("Write a time from \"00:00\" to \"24:00\", such as \"09:30\"; {found}."))
    })
}

/// `HH:MM` in milliseconds since midnight.
fn read_time(text: &str) -> Option<i64> {
    let [h1, h2, b':', m1, m2] = text.as_bytes() else { return None };
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| i64::from(byte - b'0'));
    let (hour, minute) = (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?);
    let time = hour * HOUR + minute * MINUTE;
    (minute < 60 && time <= DAY).then_some(time)
}

fn days(parts: &Map<String, Value>, field: &str) -> Result<[bool; 7], Problem> {
    let Some(named) = parts.get("days") else { return Ok([true; 7]) };
    let wrong = |found: &Value| {
        let message = format!("Write days as a list of {}; {}.", DAYS.join(", "), words::show(found));
        Problem::new(format!("{field}.days"), message)
    };
    let list = named.as_array().filter(|list| !list.is_empty()).ok_or_else(|| wrong(named))?;
    let mut days = [false; 7];
    for day in list {
        let at = DAYS.iter().position(|known| day.as_str() == Some(known)).ok_or_else(|| wrong(day))?;
        days[at] = true;
    }
    Ok(days)
}

fn zone(parts: &Map<String, Value>, field: &str) -> Result<Tz, Problem> {
    let text = parts.get("zone").and_then(Value::as_str).unwrap_or_default();
    text.parse().map_err(|_| {
        let found =
            parts.get("zone").map_or_else(|| "it is missing".to_owned(), |value| format!("{} is none", words::show(value)));
        Problem::new(format!("{field}.zone"), format!("Write an IANA zone such as \"Europe/Oslo\" or \"UTC\"; {found}."))
    })
}
