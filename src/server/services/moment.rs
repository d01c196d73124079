//! Moments as people type them: with the offset of RFC 3339, in a time zone by its name, or in UTC. Pure.
//!
//! Where clocks are turned a wall shows some hours twice and others never; nobody knows which moment was meant, so that is asked.

use super::nearest::did_you_mean;
use crate::domain::schedule::{Moment, Wall};
use crate::domain::time::Timestamp;
use crate::engine::wall_clock::{self, Reading, Shown};
use chrono_tz::Tz;

/// What a field for a moment takes.
pub const HOW: &str = "Such as 2026-11-30 09:00 in UTC, 2026-11-30 09:00 Europe/Berlin, or 2026-11-30T09:00:00+01:00.";

/// An instant as people would type it, in UTC and with nothing below what it says: `2026-11-30 09:00`.
pub fn typed_at(at: Timestamp) -> String {
    let text = at.to_string();
    let text = text.trim_end_matches('Z');
    let minutes = text.strip_suffix(":00").unwrap_or(text);
    minutes.replacen('T', " ", 1)
}

/// Reads what was typed; a day alone is its midnight. The error is a sentence that says what to write.
pub fn parse(text: &str) -> Result<Timestamp, String> {
    match typed(text)? {
        Typed::Instant(at) => Ok(at),
        Typed::Wall { clock, shown, zone } => match wall_clock::read(shown, zone) {
            Reading::Once(at) => Ok(at),
            turned => Err(told(&turned, &clock, zone.name())),
        },
    }
}

/// What was typed, before it is asked which instant that is.
enum Typed {
    Instant(Timestamp),
    /// `shown` is the clock's time as if it were in UTC.
    Wall {
        clock: String,
        shown: Timestamp,
        zone: Tz,
    },
}

fn typed(text: &str) -> Result<Typed, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("Write a moment, such as 2026-11-30 09:00 (which is UTC) or 2026-11-30 09:00 Europe/Berlin.".to_owned());
    }
    let unread =
        || format!("{text:?} is no moment. Write one such as 2026-11-30 09:00 (which is UTC) or 2026-11-30 09:00 Europe/Berlin.");
    let (clock, zone) = split(text).ok_or_else(unread)?;
    // On the clock, in whatever zone that hangs.
    let shown = Timestamp::parse(&format!("{clock}Z")).map_err(|_| unread())?;
    match zone {
        "" | "Z" | "z" => Ok(Typed::Instant(shown)),
        utc if utc.eq_ignore_ascii_case("utc") => Ok(Typed::Instant(shown)),
        offset if offset.starts_with(['+', '-']) => {
            Timestamp::parse(&format!("{clock}{offset}")).map(Typed::Instant).map_err(|_| unread())
        }
        name => Ok(Typed::Wall { shown, zone: named(name)?, clock }),
    }
}

/// A moment that is kept as it was typed: with its zone, where one was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    Moment(Moment),
    /// The clock shows it twice or never: what to say of that, and what may be meant.
    Asks {
        why: String,
        choices: Vec<Choice>,
    },
}

/// One of the instants that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What a form sends.
    pub value: &'static str,
    pub wall: Wall,
    pub shown: Shown,
}

/// Reads what was typed, to be kept. `turn` is the choice that was made, where clocks are turned.
pub fn keep(text: &str, turn: &str) -> Result<Kept, String> {
    let (clock, shown, zone) = match typed(text)? {
        Typed::Instant(at) => return Ok(Kept::Moment(Moment::Instant(at))),
        Typed::Wall { clock, shown, zone } => (clock, shown, zone),
    };
    let wall = |clock: &str, second| Wall { clock: clock.to_owned(), zone: zone.name().to_owned(), second };
    let choice = |value, shown: Shown, second| Choice { value, wall: wall(&shown.clock, second), shown };
    let reading = wall_clock::read(shown, zone);
    let why = || told(&reading, &clock, zone.name());
    let (why, choices) = match &reading {
        Reading::Once(_) => return Ok(Kept::Moment(Moment::Wall(wall(&clock, false)))),
        Reading::Twice(first, second) => {
            (why(), vec![choice("first", first.clone(), false), choice("second", second.clone(), true)])
        }
        Reading::Never { earlier, later } => {
            (why(), vec![choice("earlier", earlier.clone(), false), choice("later", later.clone(), false)])
        }
    };
    match choices.iter().find(|choice| choice.value == turn) {
        Some(chosen) => Ok(Kept::Moment(Moment::Wall(chosen.wall.clone()))),
        None => Ok(Kept::Asks { why, choices }),
    }
}

/// `2026-11-30T09:00:00` and `Europe/Berlin`, of whatever is a day, maybe a time, and maybe a zone.
fn split(text: &str) -> Option<(String, &str)> {
    let (day, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', 't']).unwrap_or(rest).trim_start();
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(rest.len());
    let (time, zone) = rest.split_at(end);
    let time = match time.len() {
        0 => "00:00:00".to_owned(),
        5 => format!("{time}:00"),
        _ => time.to_owned(),
    };
    Some((format!("{day}T{time}"), zone.trim()))
}

fn named(name: &str) -> Result<Tz, String> {
    wall_clock::zone(name).ok_or_else(|| {
        let hint = did_you_mean(name, wall_clock::zones());
        format!("There is no time zone called {name}.{hint} Zones have names such as Europe/Berlin; +01:00 and UTC do too.")
    })
}

/// Why a clock's time is no moment, and what to write instead.
fn told(reading: &Reading, clock: &str, zone: &str) -> String {
    let minutes = |text: &str| text.strip_suffix(":00").filter(|rest| rest.len() == 16).unwrap_or(text).replacen('T', " ", 1);
    let clock = minutes(clock);
    match reading {
        Reading::Once(at) => at.to_string(),
        Reading::Never { later, .. } => {
            let then = minutes(&later.clock);
            format!("{clock} never comes in {zone}: clocks go forward over it. Write {then} {zone}, or another moment.")
        }
        Reading::Twice(first, second) => {
            let [first, second] = [first, second].map(|shown| format!("{}{}", shown.clock, shown.offset));
            format!(
                "{clock} comes twice in {zone}: clocks go back over it. Write {first} for the first time, or {second} for the second."
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_in_the_zone_that_is_named() {
        for (text, read) in [
            ("2026-11-25T10:00:00Z", "2026-11-25T10:00:00Z"),
            ("2026-11-25T10:00", "2026-11-25T10:00:00Z"),
            (" 2026-11-25 10:00:00 ", "2026-11-25T10:00:00Z"),
            ("2026-11-25T11:00:00+01:00", "2026-11-25T10:00:00Z"),
            ("2026-11-25 11:00 +01:00", "2026-11-25T10:00:00Z"),
            ("2026-11-25 11:00+01:00", "2026-11-25T10:00:00Z"),
            ("2026-11-25T11:00:00.250+01:00", "2026-11-25T10:00:00.250Z"),
            ("2026-11-30 09:00 Europe/Berlin", "2026-11-30T08:00:00Z"),
            ("2026-07-30T09:00:00 europe/berlin", "2026-07-30T07:00:00Z"),
            ("2026-11-30 09:00Z", "2026-11-30T09:00:00Z"),
            ("2026-11-30 09:00 UTC", "2026-11-30T09:00:00Z"),
            ("2026-11-30", "2026-11-30T00:00:00Z"),
            ("2026-11-30 Asia/Tokyo", "2026-11-29T15:00:00Z"),
            ("2026-03-29 03:00 Europe/Berlin", "2026-03-29T01:00:00Z"),
            ("2026-10-25 01:59:59 Europe/Berlin", "2026-10-24T23:59:59Z"),
        ] {
            assert_eq!(parse(text).map(|at| at.to_string()).as_deref(), Ok(read), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_told_with_what_to_write() {
        for (text, said) in [
            ("yesterday", "\"yesterday\" is no moment. Write one such as 2026-11-30 09:00 (which is UTC)"),
            ("", "Write a moment, such as 2026-11-30 09:00"),
            (" ", "Write a moment, such as"),
            ("2026-13-25T10:00", "is no moment."),
            ("2026-11-25 9:00", "is no moment."),
            ("2026-11-25 25:00", "is no moment."),
            ("2026-11-25 10:00 +1", "is no moment."),
            ("٢٠٢٦-11-25 10:00", "is no moment."),
            ("2026-11-30 09:00 Europe/Berln", "There is no time zone called Europe/Berln. Did you mean Europe/Berlin?"),
            ("2026-11-30 09:00 tomorrow", "There is no time zone called tomorrow."),
            ("2026-03-29 02:30 Europe/Berlin", "2026-03-29 02:30 never comes in Europe/Berlin"),
            ("2026-03-29 02:30 Europe/Berlin", "Write 2026-03-29 03:30 Europe/Berlin,"),
            ("2011-12-30 12:00 Pacific/Apia", "Write 2011-12-31 12:00 Pacific/Apia,"),
            ("2026-10-25 02:30 Europe/Berlin", "2026-10-25 02:30 comes twice in Europe/Berlin"),
            ("2026-10-25 02:30 Europe/Berlin", "2026-10-25T02:30:00+02:00 for the first time, or 2026-10-25T02:30:00+01:00"),
        ] {
            let told = parse(text).err().unwrap_or_default();
            assert!(told.contains(said), "{text}: {told}");
        }
    }

    #[test]
    fn an_hour_that_comes_twice_or_never_is_asked_for_and_kept_as_it_was_meant() {
        for (text, turn, kept) in [
            ("2026-11-30 09:00 Europe/Oslo", "", "2026-11-30 09:00 Europe/Oslo"),
            ("2026-11-30 09:00 europe/oslo", "second", "2026-11-30 09:00 Europe/Oslo"),
            ("2026-10-25 02:30 Europe/Oslo", "", "CEST first, CET second"),
            ("2026-10-25 02:30 Europe/Oslo", "third", "CEST first, CET second"),
            ("2026-10-25 02:30 Europe/Oslo", "first", "2026-10-25 02:30 Europe/Oslo"),
            ("2026-10-25 02:30 Europe/Oslo", "second", "2026-10-25 02:30 Europe/Oslo, again"),
            ("2026-03-29 02:30 Europe/Oslo", "", "CET earlier, CEST later"),
            ("2026-03-29 02:30 Europe/Oslo", "earlier", "2026-03-29 01:30 Europe/Oslo"),
            ("2026-03-29 02:30 Europe/Oslo", "later", "2026-03-29 03:30 Europe/Oslo"),
            ("2026-11-01 01:30 America/New_York", "", "EDT first, EST second"),
            ("2027-03-14 02:30 America/New_York", "later", "2027-03-14 03:30 America/New_York"),
            ("2026-11-30 09:00", "", "2026-11-30T09:00:00Z"),
        ] {
            let said = match keep(text, turn).unwrap_or_else(|why| panic!("{why}")) {
                Kept::Moment(Moment::Instant(at)) => at.to_string(),
                Kept::Moment(Moment::Wall(wall)) => format!("{}{}", wall.typed(), if wall.second { ", again" } else { "" }),
                Kept::Asks { choices, .. } => {
                    let said = choices.iter().map(|choice| format!("{} {}", choice.shown.zone, choice.value));
                    said.collect::<Vec<_>>().join(", ")
                }
            };
            assert_eq!(said, kept, "{text} {turn}");
        }
        assert!(keep("tomorrow", "").is_err() && keep("2026-11-30 09:00 Europe/Oslow", "").is_err());
    }

    #[test]
    fn an_instant_is_written_as_it_is_read() {
        for (at, typed) in [
            ("2026-11-30T09:00:00Z", "2026-11-30 09:00"),
            ("2026-11-30T09:00:07Z", "2026-11-30 09:00:07"),
            ("2026-11-30T00:00:00.250Z", "2026-11-30 00:00:00.250"),
        ] {
            let instant = Timestamp::parse(at).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!((typed_at(instant).as_str(), parse(typed)), (typed, Ok(instant)));
        }
    }

    #[test]
    fn what_is_written_instead_is_read() {
        for text in [
            "2026-03-29 02:30 Europe/Berlin",
            "2026-10-25 02:30 Europe/Berlin",
            "2026-10-25 02:30:07 Europe/Berlin",
            "2011-12-30 12:00 Pacific/Apia",
        ] {
            let told = parse(text).err().unwrap_or_default();
            let (_, advice) = told.split_once("Write ").unwrap_or_default();
            let end = advice.find([',']).into_iter().chain(advice.find(" for the first")).min().unwrap_or(0);
            assert!(parse(&advice[..end]).is_ok(), "{advice}");
        }
    }
}
