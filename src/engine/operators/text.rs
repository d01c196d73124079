//! `contains`, `not_contains`, `starts_with`, `ends_with` on text, exactly or by the lower case of both.

use super::Verdict;
use crate::domain::condition::Operator;
use crate::domain::flag::Problem;
use crate::engine::words;
use serde_json::Value;
use std::borrow::Cow;

/// Where in the text the expected part has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Part {
    Anywhere,
    Start,
    End,
}

impl Part {
    pub(super) const fn of(operator: Operator) -> Self {
        match operator {
            Operator::StartsWith => Self::Start,
            Operator::EndsWith => Self::End,
            _ => Self::Anywhere,
        }
    }
    fn is_in(self, text: &str, part: &str) -> bool {
        match self {
            Self::Anywhere => text.contains(part),
            Self::Start => text.starts_with(part),
            Self::End => text.ends_with(part),
        }
    }
}

/// The expected parts, in lower case already where case does not count.
#[derive(Debug)]
pub(in crate::engine) struct Needles {
    parts: Box<[Box<str>]>,
    ignore_case: bool,
}

impl Needles {
    pub(super) fn new(parts: &[String], ignore_case: bool) -> Self {
        let prepare = |part: &String| if ignore_case { part.to_lowercase().into() } else { part.as_str().into() };
        Self { parts: parts.iter().map(prepare).collect(), ignore_case }
    }
}

pub(super) fn read(value: &Value, field: &str) -> Result<String, Problem> {
    match value {
        Value::String(text) if !text.is_empty() => Ok(text.clone()),
        Value::String(_) => Err(Problem::new(field, "An empty text is part of every text; write what to look for.")),
        other => Err(Problem::new(field, format!("{}; write a text in quotes.", words::kind_of(other)))),
    }
}

/// The lower case of `text`, copied only where something is upper case or beyond ASCII.
fn lower(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.to_lowercase())
}

/// Whether `actual` is text that has any of the expected parts where it should be.
pub(super) fn has_part(actual: &Value, part: Part, needles: &Needles) -> Verdict {
    Verdict::of(actual.as_str(), |text| {
        let text = if needles.ignore_case { lower(text) } else { Cow::Borrowed(text) };
        needles.parts.iter().any(|needle| part.is_in(&text, needle))
    })
}
