//! `matches`: a regular expression somewhere in the text, on UTF-8 bytes with ASCII classes, so that every port agrees.

use super::Verdict;
use crate::domain::flag::Problem;
use crate::engine::words;
use regex::bytes::{Regex, RegexBuilder};
use serde_json::Value;

/// The longest pattern, in bytes.
const LONGEST: usize = 512;
/// The most memory a compiled pattern may take, in bytes; a counted repetition of a repetition is what exceeds it.
const LARGEST: usize = 1 << 20;

/// Compiles a pattern. Without case, ASCII letters match both of their cases.
pub(super) fn read(value: &Value, ignore_case: bool, field: &str) -> Result<Regex, Problem> {
    let refuse = |message: String| Problem::new(field, message);
    let Value::String(pattern) = value else {
        return Err(refuse(format!("{}; write a pattern in quotes such as \"@shop\\\\.example$\".", words::kind_of(value))));
    };
    if pattern.len() > LONGEST {
        return Err(refuse(format!("A pattern has at most {LONGEST} bytes; this has {}.", pattern.len())));
    }
    if asks_for_unicode(pattern) {
        return Err(refuse("A pattern works on bytes with ASCII classes; leave out the flag u.".to_owned()));
    }
    let mut builder = RegexBuilder::new(pattern);
    builder.unicode(false).case_insensitive(ignore_case).size_limit(LARGEST).dfa_size_limit(LARGEST);
    builder.build().map_err(|error| refuse(because(&error)))
}

/// Whether a group of flags, `(?…u…)`, turns Unicode on, which other ports could not follow.
fn asks_for_unicode(pattern: &str) -> bool {
    pattern.split("(?").skip(1).any(|group| {
        let flags: &str = group.split([':', ')', '-', '<', 'P']).next().unwrap_or_default();
        flags.contains('u') && flags.chars().all(|c| c.is_ascii_lowercase() || c == 'U' || c == 'R')
    })
}

/// The compiler's answer in one line; its drawing of the spot does not survive a form.
fn because(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "The pattern grows too large; use smaller repetitions.".to_owned(),
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default().trim_start_matches("error:").trim();
            format!("The pattern cannot be read: {last}. Look-around and back-references do not exist here.")
        }
    }
}

/// Whether `actual` is text in which any pattern is found.
pub(super) fn matches(actual: &Value, patterns: &[Regex]) -> Verdict {
    Verdict::of(actual.as_str(), |text| patterns.iter().any(|pattern| pattern.is_match(text.as_bytes())))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn patterns_are_bounded_and_plain() {
        for good in ["^a+$", "(?i)x", "(?-u)x", "(?P<user>a)", "(?<user>a)", "é", "[0-9]{3}", "(?s-u).", "(?:ubuntu)"] {
            assert!(read(&json!(good), false, "f").is_ok(), "{good}");
        }
        let long = "a".repeat(513);
        for bad in ["(", "a(?=b)", r"(a)\1", r"(?u)\w", "(?iu:x)", r"\p{Greek}", "((a{999}){999}){999}", &long] {
            let problem = read(&json!(bad), false, "f").unwrap_err();
            assert!(!problem.message.contains('\n'), "{}", problem.message);
        }
        assert!(read(&json!(5), false, "f").is_err());
    }
}
