//! Texts and numbers as YAML and JSON write them, so that every reader takes a text for a text.

use serde_json::Value;

/// A scalar in YAML; `None` for lists and mappings.
pub fn yaml(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(yaml_text(text)),
        other => json(other),
    }
}

/// A scalar in JSON; `None` for lists and mappings.
pub fn json(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(quoted(text)),
        Value::Array(_) | Value::Object(_) => None,
        other => Some(other.to_string()),
    }
}

/// A text without quotes where nobody could mistake it.
pub fn yaml_text(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// What YAML 1.1 or 1.2 takes for something else than a text, although it begins with a letter.
const TAKEN: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];

/// Begins with a letter, so is no number and no date; holds nothing that ends a text inside of brackets.
fn is_plain(text: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || "_-./+@ ()%';!?".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins && !text.ends_with(' ') && text.chars().all(inside) && !TAKEN.contains(&text.to_ascii_lowercase().as_str())
}

/// In double quotes, with the escapes that YAML and JSON share.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // What YAML does not allow as it is, breaks lines on, or takes for a mark of byte order.
            '\0'..=' ' | '\u{7f}'..='\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' if c != ' ' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_a_text_to_everybody_goes_without_quotes() {
        for plain in ["checkout", "Payments team", "ada@shop.example", "a_b-c.d/e", "_x", "Don't ask (twice)!", "nothing", "e3"] {
            assert_eq!(yaml_text(plain), plain);
        }
        for quoted in [
            "",
            " a",
            "a ",
            "no",
            "On",
            "TRUE",
            "y",
            "null",
            "~",
            "007",
            "1e3",
            "0x1f",
            "1_000",
            "12:30",
            ".inf",
            "2027-06-01",
            "-",
            "- a",
            "a: b",
            "a #b",
            "[a",
            "a, b",
            "{",
            "*a",
            "&a",
            "!a",
            "|",
            ">",
            "%a",
            "@a",
            "`a",
            "'a'",
            "?",
            "<<",
            "=",
            "ä",
            "---",
            "a\nb",
            "a\\b",
            "a\"b",
            "a\u{85}b",
        ] {
            assert!(yaml_text(quoted).starts_with('"'), "{quoted:?}");
        }
    }

    #[test]
    fn quotes_hold_what_would_not_survive() {
        assert_eq!(quoted("a\"\\\n\u{0}\u{85}\u{feff}é\u{1F600}"), "\"a\\\"\\\\\\n\\u0000\\u0085\\ufeffé\u{1F600}\"");
    }
}
