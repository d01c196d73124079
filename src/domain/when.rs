//! Instants as people read them. Takes the present as an argument; knows no clock and no zone but UTC.

use super::time::{DAY, HOUR, MINUTE, SECOND, Timestamp};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// `3 Dec 2026`
pub fn date(at: Timestamp) -> String {
    let (year, month, day) = at.date();
    let month = usize::try_from(month).ok().and_then(|m| MONTHS.get(m.wrapping_sub(1))).unwrap_or(&"");
    format!("{day} {month} {year}")
}

/// `Thursday, 3 Dec 2026`
pub fn weekday_and_date(at: Timestamp) -> String {
    // The first day that is counted was a Thursday.
    let weekday = usize::try_from((at.millis().div_euclid(DAY) + 3).rem_euclid(7)).unwrap_or_default();
    format!("{}, {}", WEEKDAYS[weekday], date(at))
}

/// `09:00 UTC`
pub fn time_of_day(at: Timestamp) -> String {
    let (hour, minute, _, _) = at.clock();
    format!("{hour:02}:{minute:02} UTC")
}

/// `3 Dec 2026 09:00 UTC`, to the minute.
pub fn exact(at: Timestamp) -> String {
    format!("{} {}", date(at), time_of_day(at))
}

/// `3 Dec 2026 09:00:07 UTC`: for the audit, where seconds matter.
pub fn exact_second(at: Timestamp) -> String {
    let (hour, minute, second, _) = at.clock();
    format!("{} {hour:02}:{minute:02}:{second:02} UTC", date(at))
}

/// A length of time in its largest unit, with the next one below it where that still says something: `3 h 12 m`, `9 d`.
pub fn span(millis: i64) -> String {
    let ms = millis.saturating_abs();
    let two = |large: i64, a: &str, small: i64, b: &str| match ms % large / small {
        0 => format!("{} {a}", ms / large),
        rest => format!("{} {a} {rest} {b}", ms / large),
    };
    match ms {
        _ if ms < MINUTE => format!("{} s", ms / SECOND),
        _ if ms < HOUR => format!("{} m", ms / MINUTE),
        _ if ms < DAY => two(HOUR, "h", MINUTE, "m"),
        _ if ms < 7 * DAY => two(DAY, "d", HOUR, "h"),
        _ => format!("{} d", ms / DAY),
    }
}

/// A length of time in its largest unit alone: `3 h`.
pub fn rough(millis: i64) -> String {
    let ms = millis.saturating_abs();
    match ms {
        _ if ms < MINUTE => format!("{} s", ms / SECOND),
        _ if ms < HOUR => format!("{} m", ms / MINUTE),
        _ if ms < DAY => format!("{} h", ms / HOUR),
        _ => format!("{} d", ms / DAY),
    }
}

/// `in 3 h 12 m`, `12 s ago`, `now`. What is past is told roughly, what is to come more exactly.
pub fn relative(at: Timestamp, now: Timestamp) -> String {
    let ahead = at.millis().saturating_sub(now.millis());
    match ahead {
        _ if ahead.saturating_abs() < SECOND => "now".to_owned(),
        _ if ahead > 0 => format!("in {}", span(ahead)),
        _ => format!("{} ago", rough(ahead)),
    }
}

/// Of what is still to come: `in 3 h 12 m`, and `in a moment` where it comes before anybody has read this.
pub fn ahead(at: Timestamp, now: Timestamp) -> String {
    if at.millis() - now.millis() < SECOND { "in a moment".to_owned() } else { relative(at, now) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_for_people() {
        let at =
            Timestamp::from_date(2026, 12, 3).map(|day| day.plus(9 * HOUR + 7 * SECOND)).unwrap_or(Timestamp::from_millis(0));
        assert_eq!(date(at), "3 Dec 2026");
        assert_eq!(weekday_and_date(at), "Thursday, 3 Dec 2026");
        assert_eq!(weekday_and_date(Timestamp::from_millis(-1)), "Wednesday, 31 Dec 1969");
        assert_eq!(exact(at), "3 Dec 2026 09:00 UTC");
        assert_eq!(exact_second(at), "3 Dec 2026 09:00:07 UTC");
    }

    #[test]
    fn what_comes_at_once_comes_in_a_moment() {
        let now = Timestamp::from_millis(1_000 * DAY);
        for (offset, text) in [(-5 * SECOND, "in a moment"), (400, "in a moment"), (SECOND, "in 1 s"), (DAY, "in 1 d")] {
            assert_eq!(ahead(now.plus(offset), now), text);
        }
    }

    #[test]
    fn lengths_of_time_are_told_from_now() {
        let now = Timestamp::from_millis(1_000 * DAY);
        let table = [
            (0, "now"),
            (-12 * SECOND, "12 s ago"),
            (-90 * SECOND, "1 m ago"),
            (-2 * HOUR - 59 * MINUTE, "2 h ago"),
            (-48 * DAY, "48 d ago"),
            (30 * SECOND, "in 30 s"),
            (3 * HOUR + 12 * MINUTE, "in 3 h 12 m"),
            (3 * HOUR, "in 3 h"),
            (2 * DAY + 4 * HOUR, "in 2 d 4 h"),
            (13 * DAY + 4 * HOUR, "in 13 d"),
        ];
        for (offset, text) in table {
            assert_eq!(relative(now.plus(offset), now), text);
        }
    }
}
