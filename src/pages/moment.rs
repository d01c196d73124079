//! Moments in addresses and fields: RFC 3339, or what a browser's field for date and time sends, taken as UTC.

use crate::domain::time::Timestamp;

/// Reads `2026-11-25T10:00:00Z` and `2026-11-25T10:00`.
pub fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let seconds = if text.matches(':').count() == 1 { ":00" } else { "" };
    Timestamp::parse(text).or_else(|_| Timestamp::parse(&format!("{text}{seconds}Z"))).ok()
}

/// What to write instead.
pub fn advice(text: &str) -> String {
    format!("{text:?} is no moment; write it like 2026-11-25T10:00:00Z.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_leave_out_seconds_and_zone() {
        let told = |text: &str| parse(text).map(|at| at.to_string());
        for text in ["2026-11-25T10:00:00Z", "2026-11-25T10:00", " 2026-11-25T10:00:00 ", "2026-11-25T11:00:00+01:00"] {
            assert_eq!(told(text), told("2026-11-25T10:00:00Z"), "{text}");
        }
        assert!(told("2026-11-25T10:00:00Z").is_some());
        for text in ["", "yesterday", "2026-11-25", "2026-13-25T10:00"] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
