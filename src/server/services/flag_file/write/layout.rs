//! Lines and indentation. A mapping or list that holds little stands on one line, so that a condition reads as one thing
//! and five thousand flags stay readable; the library that reads YAML writes it without regard to width.

use super::scalar;
use serde_json::Value;

/// The longest line that is put together; a single long text still takes the room it needs.
const WIDTH: usize = 110;
/// More items than this stand below one another, so that a list of users makes a good diff.
const MOST_IN_LINE: usize = 12;

/// How a language writes the parts.
struct Language {
    scalar: fn(&Value) -> Option<String>,
    key: fn(&str) -> String,
}

const YAML: Language = Language { scalar: scalar::yaml, key: scalar::yaml_text };
const JSON: Language = Language { scalar: scalar::json, key: scalar::quoted };

/// A mapping as YAML. Its own values stand on lines of their own, so that every section looks the same.
pub fn yaml(root: &Value) -> String {
    let mut out = String::new();
    for (name, section) in root.as_object().into_iter().flatten() {
        out.push_str(&scalar::yaml_text(name));
        out.push(':');
        match YAML.short(section) {
            Some(text) => {
                out.push(' ');
                out.push_str(&text);
                out.push('\n');
            }
            None => {
                out.push_str("\n  ");
                yaml_block(section, 2, &mut out);
            }
        }
    }
    out
}

/// Writes a mapping or list from column `indent` on, where the cursor stands.
fn yaml_block(value: &Value, indent: usize, out: &mut String) {
    let margin = |at: usize| if at == 0 { String::new() } else { " ".repeat(indent) };
    match value {
        Value::Object(map) => {
            for (at, (key, value)) in map.iter().enumerate() {
                let name = format!("{}{}:", margin(at), scalar::yaml_text(key));
                out.push_str(&name);
                match YAML.line(value, WIDTH.saturating_sub(indent + key.len() + 2)) {
                    Some(text) => out.push_str(&format!(" {text}\n")),
                    None => {
                        out.push_str(&format!("\n{}", " ".repeat(indent + 2)));
                        yaml_block(value, indent + 2, out);
                    }
                }
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                out.push_str(&format!("{}- ", margin(at)));
                match YAML.line(item, WIDTH.saturating_sub(indent + 2)) {
                    Some(text) => out.push_str(&format!("{text}\n")),
                    None => yaml_block(item, indent + 2, out),
                }
            }
        }
        scalar => out.push_str(&scalar::yaml(scalar).unwrap_or_default()),
    }
}

/// A document as JSON, with a line break at the end.
pub fn json(root: &Value) -> String {
    let mut out = String::new();
    json_block(root, 0, &mut out);
    out.push('\n');
    out
}

fn json_block(value: &Value, indent: usize, out: &mut String) {
    let room = WIDTH.saturating_sub(indent);
    let line = if indent == 0 { JSON.short(value) } else { JSON.line(value, room) };
    if let Some(text) = line {
        return out.push_str(&text);
    }
    let (open, close, parts): (_, _, Vec<(String, &Value)>) = match value {
        Value::Object(map) => ('{', '}', map.iter().map(|(key, value)| (format!("{}: ", scalar::quoted(key)), value)).collect()),
        Value::Array(items) => ('[', ']', items.iter().map(|item| (String::new(), item)).collect()),
        _ => return,
    };
    out.push(open);
    for (at, (name, value)) in parts.iter().enumerate() {
        out.push_str(&format!("{}\n{}{name}", if at == 0 { "" } else { "," }, " ".repeat(indent + 2)));
        json_block(value, indent + 2, out);
    }
    out.push_str(&format!("\n{}{close}", " ".repeat(indent)));
}

impl Language {
    /// What needs no lines of its own at all.
    fn short(&self, value: &Value) -> Option<String> {
        match value {
            Value::Object(map) if map.is_empty() => Some("{}".to_owned()),
            Value::Array(items) if items.is_empty() => Some("[]".to_owned()),
            other => (self.scalar)(other),
        }
    }

    /// The value on one line of at most `room` characters: a scalar, a list of scalars, a mapping of both.
    fn line(&self, value: &Value, room: usize) -> Option<String> {
        let text = match value {
            Value::Object(map) if !map.is_empty() => {
                let entry = |(key, value): (&String, &Value)| Some(format!("{}: {}", (self.key)(key), self.list(value)?));
                format!("{{{}}}", map.iter().map(entry).collect::<Option<Vec<_>>>()?.join(", "))
            }
            other => self.list(other)?,
        };
        (text.chars().count() <= room || (self.short(value)).is_some()).then_some(text)
    }

    /// A scalar or a list of scalars.
    fn list(&self, value: &Value) -> Option<String> {
        match value {
            Value::Array(items) if items.len() > MOST_IN_LINE => None,
            Value::Array(items) => Some(format!("[{}]", items.iter().map(self.scalar).collect::<Option<Vec<_>>>()?.join(", "))),
            other => self.short(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn little_stands_on_one_line_and_much_below_one_another() {
        let users: Vec<String> = (0..13).map(|n| format!("u{n}")).collect();
        let root = json!({
            "version": 1,
            "none": [],
            "list": [{"a": 1, "b": ["x", "7"]}, [["z"], {"c": {"d": true}}]],
            "map": {"on": {"variant": "on"}, "users": users},
        });
        let text = yaml(&root);
        let start = "version: 1\nnone: []\nlist:\n  - {a: 1, b: [x, \"7\"]}\n  - - [z]\n    - c: {d: true}\nmap:\n  \"on\": {variant: \"on\"}\n  users:\n    - u0\n";
        assert!(text.starts_with(start), "{text}");
        let text = super::json(&root);
        let start = "{\n  \"version\": 1,\n  \"none\": [],\n  \"list\": [\n    {\"a\": 1, \"b\": [\"x\", \"7\"]},\n    [\n      [\"z\"],\n";
        assert!(text.starts_with(start) && text.ends_with("\n  }\n}\n"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(root));
    }
}
