//! Instants, without a clock and without a date library: the browser carries this file too.

use serde::{Deserialize, Serialize};
use std::fmt;

pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// An instant in UTC: milliseconds since 1970-01-01T00:00:00Z. Written as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

/// Why a text is no instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an instant; write it like 2027-06-01T09:00:00Z or 2027-06-01T11:00:00+02:00")]
pub struct TimestampError(String);

impl Timestamp {
    /// The first and the last instant that RFC 3339 can write, in years of four digits. No instant lies outside, so that
    /// whatever is written can be read again.
    pub const FIRST: Self = Self(-62_167_219_200_000);
    pub const LAST: Self = Self(253_402_300_799_999);

    /// Held within [`Self::FIRST`] and [`Self::LAST`].
    pub const fn from_millis(millis: i64) -> Self {
        if millis < Self::FIRST.0 {
            Self::FIRST
        } else if millis > Self::LAST.0 {
            Self::LAST
        } else {
            Self(millis)
        }
    }
    pub const fn millis(self) -> i64 {
        self.0
    }
    /// The instant `millis` later (earlier when negative), held within what can be written.
    pub const fn plus(self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }
    /// Midnight UTC at the start of a date of the proleptic Gregorian calendar; `None` for a date that does not exist.
    pub fn from_date(year: i64, month: u32, day: u32) -> Option<Self> {
        let exists = (0..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
        exists.then(|| Self(days_from_civil(year, month, day) * DAY))
    }
    /// Year, month and day in UTC.
    pub fn date(self) -> (i64, u32, u32) {
        civil_from_days(self.0.div_euclid(DAY))
    }
    /// Hour, minute, second and millisecond in UTC.
    pub fn clock(self) -> (i64, i64, i64, i64) {
        let rest = self.0.rem_euclid(DAY);
        (rest / HOUR, rest / MINUTE % 60, rest / SECOND % 60, rest % SECOND)
    }
    /// Reads RFC 3339: a date, `T` or a space, a time, an optional fraction, and `Z` or an offset.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        parse_rfc3339(text).ok_or_else(|| TimestampError(text.to_owned()))
    }
    /// Reads what an `<input type=date>` sends, as that day's midnight UTC.
    pub fn parse_date(text: &str) -> Result<Self, TimestampError> {
        parse_date(text).ok_or_else(|| TimestampError(text.to_owned()))
    }
    /// `2027-06-01`
    pub fn to_date(self) -> String {
        let (year, month, day) = self.date();
        format!("{year:04}-{month:02}-{day:02}")
    }
}

fn number(bytes: &[u8]) -> Option<i64> {
    if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(bytes.iter().fold(0, |n, b| n * 10 + i64::from(b - b'0')))
}

fn parse_date(text: &str) -> Option<Timestamp> {
    let b = text.as_bytes();
    if b.len() != 10 || b[4] != b'-' || b[7] != b'-' {
        return None;
    }
    let (month, day) = (number(&b[5..7])?, number(&b[8..10])?);
    Timestamp::from_date(number(&b[..4])?, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

fn parse_rfc3339(text: &str) -> Option<Timestamp> {
    let b = text.as_bytes();
    if b.len() < 20 || !text.is_ascii() || !matches!(b[10], b'T' | b't' | b' ') || b[13] != b':' || b[16] != b':' {
        return None;
    }
    let day = parse_date(&text[..10])?;
    let (hour, minute, second) = (number(&b[11..13])?, number(&b[14..16])?, number(&b[17..19])?);
    // A leap second is read as the last second of its minute, as POSIX time has no place for it.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut rest = &b[19..];
    let mut millis = 0;
    if rest.first() == Some(&b'.') {
        let digits = rest[1..].iter().take_while(|c| c.is_ascii_digit()).count();
        if digits == 0 || digits > 9 {
            return None;
        }
        let mut three = [b'0'; 3];
        let kept = digits.min(3);
        three[..kept].copy_from_slice(&rest[1..=kept]);
        millis = number(&three)?;
        rest = &rest[1 + digits..];
    }
    let offset = match rest {
        b"Z" | b"z" => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            (hours * HOUR + minutes * MINUTE) * if *sign == b'-' { -1 } else { 1 }
        }
        _ => return None,
    };
    let at = day.0 + hour * HOUR + minute * MINUTE + second.min(59) * SECOND + millis - offset;
    (Timestamp::FIRST.0..=Timestamp::LAST.0).contains(&at).then_some(Timestamp(at))
}

/// Days from 1970-01-01. Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let month_from_march = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`], from the same source.
fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, u32::try_from(month).unwrap_or(1), u32::try_from(day).unwrap_or(1))
}

fn days_in(year: i64, month: u32) -> u32 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC; the fraction is written only when there is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second, millis) = self.clock();
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}", self.to_date())?;
        if millis != 0 {
            write!(f, ".{millis:03}")?;
        }
        f.write_str("Z")
    }
}

impl TryFrom<String> for Timestamp {
    type Error = TimestampError;
    fn try_from(text: String) -> Result<Self, TimestampError> {
        Self::parse(&text)
    }
}
impl From<Timestamp> for String {
    fn from(at: Timestamp) -> String {
        at.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<i64> {
        Timestamp::parse(text).ok().map(Timestamp::millis)
    }

    #[test]
    fn instants_are_read() {
        assert_eq!(read("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(read("2026-11-30T09:00:00Z"), Some(1_796_029_200_000));
        assert_eq!(read("2026-11-30T10:00:00+01:00"), Some(1_796_029_200_000));
        assert_eq!(read("2026-11-30T09:00:00.25Z"), Some(1_796_029_200_250));
        assert_eq!(read("2024-02-29T00:00:00Z"), Some(1_709_164_800_000));
        assert_eq!(read("1969-12-31T23:59:59.999Z"), Some(-1));
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for bad in [
            "",
            "2026",
            "2026-11-30",
            "2026-13-01T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "2026-11-30T24:00:00Z",
            "2026-11-30T09:00:00",
            "2026-11-30T09:00:00+25:00",
            "2026-11-30T09:00:00.Z",
            "2026-11-30T09:00:00Zz",
            "\u{ff12}026-11-30T09:00:00Z",
            "9999-12-31T23:59:59-00:01",
            "0000-01-01T00:00:00+00:01",
        ] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn whatever_is_written_can_be_read() {
        let last_day = Timestamp::parse_date("9999-12-31").unwrap_or(Timestamp::FIRST);
        for at in [Timestamp::FIRST, Timestamp::LAST, last_day.plus(DAY), last_day.plus(i64::MAX), last_day.plus(i64::MIN)] {
            assert_eq!(Timestamp::parse(&at.to_string()), Ok(at));
        }
        assert_eq!(Timestamp::FIRST.to_string(), "0000-01-01T00:00:00Z");
        assert_eq!(Timestamp::LAST.to_string(), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn every_day_of_nine_centuries_goes_there_and_back() {
        let first = Timestamp::from_date(1600, 1, 1).map(Timestamp::millis).unwrap_or_default();
        for day in 0..330_000 {
            let at = Timestamp::from_millis(first + day * DAY);
            assert_eq!(Timestamp::parse(&at.to_string()), Ok(at));
        }
    }
}
