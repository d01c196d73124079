//! iCalendar (RFC 5545), as much of it as a calendar of moments needs. Pure: texts in, the bytes of a file out.
//!
//! Written here, because a calendar library would bring a clock and identities of its own, where both must be ours: the same
//! event is the same at every look.

use crate::domain::time::Timestamp;

/// Octets of a line, its end left out (RFC 5545, 3.1).
const LINE: usize = 75;

/// One event of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same for the same event, whenever it is written.
    pub uid: String,
    /// Rises when something of it changes.
    pub sequence: i64,
    pub at: Timestamp,
    /// None: it takes no time.
    pub until: Option<Timestamp>,
    pub summary: String,
    pub description: String,
    pub url: String,
    pub categories: Vec<String>,
}

/// The file of a calendar called `name`, as of `now`.
pub fn write(name: &str, description: &str, events: &[Event], now: Timestamp) -> String {
    let mut file = File(String::new());
    file.line("BEGIN", "VCALENDAR");
    file.line("VERSION", "2.0");
    file.line("PRODID", "-//Flagstaff//Schedule//EN");
    file.line("CALSCALE", "GREGORIAN");
    file.line("METHOD", "PUBLISH");
    file.text("X-WR-CALNAME", name);
    file.text("X-WR-CALDESC", description);
    file.line("REFRESH-INTERVAL;VALUE=DURATION", "PT15M");
    file.line("X-PUBLISHED-TTL", "PT15M");
    for event in events {
        file.event(event, now);
    }
    file.line("END", "VCALENDAR");
    file.0
}

struct File(String);

impl File {
    fn event(&mut self, event: &Event, now: Timestamp) {
        self.line("BEGIN", "VEVENT");
        self.text("UID", &event.uid);
        self.line("DTSTAMP", &instant(now));
        self.line("SEQUENCE", &event.sequence.clamp(0, i64::from(i32::MAX)).to_string());
        self.line("DTSTART", &instant(event.at));
        if let Some(until) = event.until.filter(|until| *until > event.at) {
            self.line("DTEND", &instant(until));
        }
        self.text("SUMMARY", &event.summary);
        if !event.description.is_empty() {
            self.text("DESCRIPTION", &event.description);
        }
        if !event.url.is_empty() {
            self.line("URL", &event.url.replace(['\r', '\n'], ""));
        }
        if !event.categories.is_empty() {
            let all: Vec<String> = event.categories.iter().map(|text| escaped(text)).collect();
            self.line("CATEGORIES", &all.join(","));
        }
        // It takes nobody's time.
        self.line("TRANSP", "TRANSPARENT");
        self.line("END", "VEVENT");
    }

    /// A property whose value is a text.
    fn text(&mut self, name: &str, value: &str) {
        self.line(name, &escaped(value));
    }

    /// A property, folded where it is longer than a line may be, and never within a character.
    fn line(&mut self, name: &str, value: &str) {
        let whole = format!("{name}:{value}");
        let mut room = LINE;
        for c in whole.chars() {
            if c.len_utf8() > room {
                self.0.push_str("\r\n ");
                // The space counts.
                room = LINE - 1;
            }
            self.0.push(c);
            room -= c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// A text as a value (RFC 5545, 3.3.11). Control characters have no place in one.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push_str("\\n");
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// `20261130T080000Z`, to the second.
fn instant(at: Timestamp) -> String {
    let (year, month, day) = at.date();
    let (hour, minute, second, _) = at.clock();
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(summary: &str) -> Event {
        Event {
            uid: "step-1@flags.shop.example".into(),
            sequence: 3,
            at: Timestamp::from_millis(1_796_029_200_250),
            until: None,
            summary: summary.into(),
            description: String::new(),
            url: "https://flags.shop.example/p/shop/flags/a".into(),
            categories: vec!["production".into(), "a, b".into()],
        }
    }

    #[test]
    fn lines_end_and_fold_as_they_should() {
        let long = "Ærlig talt, 🚩 ".repeat(30);
        let file = write("Shop", "", &[event(&long)], Timestamp::from_millis(0));
        assert!(file.ends_with("END:VCALENDAR\r\n") && !file.replace("\r\n", "").contains(['\r', '\n']));
        for line in file.split("\r\n") {
            assert!(line.len() <= LINE, "{} octets: {line:?}", line.len());
        }
        let unfolded = file.replace("\r\n ", "");
        let summary = unfolded.split("\r\n").find_map(|line| line.strip_prefix("SUMMARY:")).unwrap_or_default();
        assert_eq!(summary.replace("\\,", ","), long);
    }

    #[test]
    fn texts_are_escaped_and_instants_written_in_utc() {
        let file = write("a;b", "c", &[event("one, two; \\three\r\nfour\nfive\u{7}")], Timestamp::from_millis(0));
        for line in [
            "X-WR-CALNAME:a\\;b",
            "SUMMARY:one\\, two\\; \\\\three\\nfour\\nfive",
            "DTSTART:20261130T090000Z",
            "DTSTAMP:19700101T000000Z",
            "SEQUENCE:3",
            "CATEGORIES:production,a\\, b",
        ] {
            assert!(file.contains(&format!("\r\n{line}\r\n")), "{line} in {file}");
        }
        assert!(!file.contains("DTEND") && !file.contains("DESCRIPTION"));
    }

    #[test]
    fn no_text_ends_a_line_or_begins_one() {
        let hostile = Event { url: "https://x/\r\nATTACH:evil".into(), ..event("a\r\nEND:VCALENDAR\r\n") };
        let file = write("a\nb", "c", &[hostile], Timestamp::from_millis(0));
        assert_eq!(file.matches("\r\nEND:VCALENDAR").count(), 1);
        assert!(!file.contains("\r\nATTACH"));
    }
}
