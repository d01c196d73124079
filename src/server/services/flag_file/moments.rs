//! Dates, instants and durations as a flag file writes them.

use super::fields::{Fields, Notes};
use super::tree::{Node, quoted};
use crate::domain::time::{DAY, HOUR, MINUTE, SECOND, Timestamp};

/// Which end of a bare date is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateMeans {
    Start,
    /// The midnight after it, so that the whole day is still within.
    End,
}

impl Fields<'_> {
    /// A date (in UTC) or an instant.
    pub fn moment(&self, name: &str, date: DateMeans, notes: &mut Notes) -> Option<Timestamp> {
        let tree = self.get(name)?;
        let Node::Text(text) = &tree.node else {
            let message = format!("This must be a date such as \"2027-06-01\"; it is {}.", tree.kind());
            notes.error(tree.at, self.path_of(name), message);
            return None;
        };
        if let Ok(midnight) = Timestamp::parse_date(text) {
            return Some(if date == DateMeans::End { midnight.plus(DAY) } else { midnight });
        }
        let read = Timestamp::parse(text).ok();
        if read.is_none() {
            let message = format!(
                "{} is neither a date nor an instant; write \"2027-06-01\" or \"2027-06-01T09:00:00Z\", with an offset and within the calendar.",
                quoted(text)
            );
            notes.error(tree.at, self.path_of(name), message);
        }
        read
    }

    /// A duration such as `1d`, in milliseconds.
    pub fn duration(&self, name: &str, notes: &mut Notes) -> Option<i64> {
        let tree = self.get(name)?;
        let read = match &tree.node {
            Node::Text(text) => duration(text),
            _ => None,
        };
        if read.is_none() {
            let message = format!(
                "This must be a whole number with a unit, such as 1d, 12h, 30m or 90s, of at most ten years; it is {}.",
                tree.kind()
            );
            notes.error(tree.at, self.path_of(name), message);
        }
        read
    }
}

/// A length of time to the millisecond, such as `1d` or `90500ms`; none at all is `0s`.
pub fn exact_duration(text: &str) -> Option<i64> {
    match text.strip_suffix("ms") {
        Some(digits) => digits.parse().ok().filter(|millis| *millis >= 0),
        None if text == "0s" => Some(0),
        None => {
            let (unit, end) = (unit(text)?, text.len() - 1);
            text[..end].parse::<i64>().ok()?.checked_mul(unit).filter(|millis| *millis >= 0)
        }
    }
}

/// The same written, in the largest unit that says it whole.
pub fn write_duration(millis: i64) -> String {
    let units = [(DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (SECOND, "s")];
    let (unit, name) = units.into_iter().find(|(unit, _)| millis % unit == 0).unwrap_or((1, "ms"));
    if millis == 0 { "0s".to_owned() } else { format!("{}{name}", millis / unit) }
}

fn unit(text: &str) -> Option<i64> {
    Some(match text.chars().last()? {
        'd' => DAY,
        'h' => HOUR,
        'm' => MINUTE,
        's' => SECOND,
        _ => return None,
    })
}

fn duration(text: &str) -> Option<i64> {
    let text = text.trim();
    let unit = unit(text)?;
    let digits = text[..text.len() - 1].trim_end();
    let number: i64 = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())??;
    number.checked_mul(unit).filter(|millis| (1..=3_660 * DAY).contains(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_carry_their_unit() {
        let table = [("1d", Some(DAY)), ("12h", Some(12 * HOUR)), ("30 m", Some(30 * MINUTE)), ("90s", Some(90 * SECOND))];
        for (text, expected) in table {
            assert_eq!(duration(text), expected, "{text}");
        }
        for bad in ["", "d", "1", "1w", "-1d", "1.5h", "0s", "99999999999999999999d", "9999999d", "é"] {
            assert_eq!(duration(bad), None, "{bad:?}");
        }
    }
    #[test]
    fn exact_ones_come_back_as_they_were() {
        for (millis, text) in [(0, "0s"), (1, "1ms"), (90_500, "90500ms"), (90_000, "90s"), (DAY, "1d"), (36 * HOUR, "36h")] {
            assert_eq!(write_duration(millis), text);
            assert_eq!(exact_duration(text), Some(millis));
        }
        for bad in ["", "-1d", "-1ms", "1w", "9999999999999999d", "é"] {
            assert_eq!(exact_duration(bad), None, "{bad:?}");
        }
    }
}
