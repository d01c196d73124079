//! JSON values in a sentence.

use serde_json::Value;

/// The longest value a sentence carries, in characters.
const LONGEST: usize = 80;

/// What a value is, as the second half of "20 is …".
pub(super) const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The value as JSON, cut where it gets long.
pub(super) fn show(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// `"20" is text`
pub(super) fn kind_of(value: &Value) -> String {
    format!("{} is {}", show(value), kind(value))
}

/// The first few values, and how many more there are: `"a", "b" and 3 more`.
pub(super) fn list(values: &[Value]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = values.iter().take(SHOWN).map(show).collect();
    let joined = shown.join(", ");
    match values.len().saturating_sub(SHOWN) {
        0 => joined,
        more => format!("{joined} and {more} more"),
    }
}
