//! A context as somebody types it: as rows or as JSON, and from one to the other without loss. Pure.

use super::contexts::{Contexts, shareable};
use super::personas::{read_context, written};
use crate::domain::attribute::Schema;
use crate::domain::flag::Problem;
use crate::domain::rule::TARGETING_KEY;
use serde_json::{Map, Value};

/// Which of the two ways is in use. What was typed in the other one is not kept: switching takes it along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    #[default]
    Rows,
    Json,
}

/// How the lines of a row's values are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReadAs {
    #[default]
    Text,
    Number,
    Boolean,
    /// For what no other way can write: lists, objects, a text with a line break.
    Json,
}

impl ReadAs {
    pub const ALL: [Self; 4] = [Self::Text, Self::Number, Self::Boolean, Self::Json];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Json => "json",
        }
    }
    pub const fn label(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Number => "Number",
            Self::Boolean => "True or false",
            Self::Json => "JSON",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|read_as| read_as.as_str() == text)
    }
}

/// One attribute as texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContextRow {
    pub name: String,
    pub read_as: ReadAs,
    /// One a line; several are tried one after another.
    pub values: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContextDraft {
    pub shape: Shape,
    pub rows: Vec<ContextRow>,
    pub json: String,
    /// In the JSON a list means several values to try, not one list.
    pub several: bool,
}

/// The fields of a row, and of the text area, in problems and in the page's address.
pub const JSON: &str = "context";
pub fn name_field(at: usize) -> String {
    format!("a{at}")
}
pub fn type_field(at: usize) -> String {
    format!("t{at}")
}
pub fn values_field(at: usize) -> String {
    format!("v{at}")
}

impl ContextDraft {
    /// As people edit it, in the way that is in use.
    pub fn of(contexts: &Contexts, shape: Shape) -> Self {
        match shape {
            Shape::Rows => {
                let rows = contexts.attributes().iter().map(|(name, values)| ContextRow::of(name, values)).collect();
                Self { shape, rows, ..Self::default() }
            }
            Shape::Json => {
                let several = contexts.count() > 1;
                let json = contexts.attributes().iter().map(|(name, values)| (name.clone(), one_or_list(values, several)));
                Self { shape, json: written(&json.collect()), several, ..Self::default() }
            }
        }
    }

    /// Whether nothing at all was typed.
    pub fn is_blank(&self) -> bool {
        match self.shape {
            Shape::Rows => self.rows.iter().all(ContextRow::is_blank),
            Shape::Json => self.json.trim().is_empty(),
        }
    }

    /// The same without what the project calls private, and the paths of what that was: for an address, which is kept in
    /// histories and logs. Of what cannot be read nobody knows whether it is private, so that nothing of it stays.
    pub fn public(&self, schema: &Schema) -> (Self, Vec<String>) {
        if !schema.has_private() {
            return (self.clone(), Vec::new());
        }
        if let Ok(contexts) = self.read() {
            let (public, left_out) = shareable(&contexts, schema);
            let draft = if left_out.is_empty() { self.clone() } else { Self::of(&public, self.shape) };
            return (draft, left_out);
        }
        match self.shape {
            Shape::Json => (Self { json: String::new(), ..self.clone() }, vec!["what cannot be read".to_owned()]),
            Shape::Rows => {
                // Objects have attributes of their own, which an unreadable row may hide.
                let is_open = |row: &&ContextRow| !schema.is_private(row.name.trim()) && row.read_as != ReadAs::Json;
                let (open, private): (Vec<_>, Vec<_>) = self.rows.iter().partition(is_open);
                let names = private.into_iter().map(|row| row.name.trim().to_owned()).collect();
                (Self { rows: open.into_iter().cloned().collect(), ..self.clone() }, names)
            }
        }
    }

    /// The contexts it stands for, or everything that is wrong with it, by field.
    pub fn read(&self) -> Result<Contexts, Vec<Problem>> {
        match self.shape {
            Shape::Rows => read_rows(&self.rows),
            Shape::Json => read_json(&self.json, self.several).map_err(|why| vec![Problem::new(JSON, why)]),
        }
    }
}

impl ContextRow {
    fn of(name: &str, values: &[Value]) -> Self {
        let plain = |value: &Value| {
            value.as_str().is_some_and(|text| !text.is_empty() && text.trim() == text && text.lines().count() == 1)
        };
        let (read_as, each): (_, fn(&Value) -> String) = match values {
            _ if values.iter().all(plain) => (ReadAs::Text, |value| value.as_str().unwrap_or_default().to_owned()),
            _ if values.iter().all(Value::is_number) => (ReadAs::Number, Value::to_string),
            _ if values.iter().all(Value::is_boolean) => (ReadAs::Boolean, Value::to_string),
            _ => (ReadAs::Json, Value::to_string),
        };
        Self { name: name.to_owned(), read_as, values: values.iter().map(each).collect::<Vec<_>>().join("\n") }
    }

    pub fn is_blank(&self) -> bool {
        self.name.trim().is_empty() && self.values.trim().is_empty()
    }

    /// The values, or a sentence for each line that holds none.
    fn read(&self) -> Result<Vec<Value>, Vec<String>> {
        let (mut values, mut wrong) = (Vec::new(), Vec::new());
        let lines = self.values.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
        for (at, line) in lines {
            match self.read_line(line) {
                Ok(value) => values.push(value),
                Err(why) => wrong.push(format!("Line {}{why}", at + 1)),
            }
        }
        match (wrong.is_empty(), values.is_empty()) {
            (false, _) => Err(wrong),
            (true, true) => Err(vec!["Write a value, or empty the name. The empty text is \"\" as JSON.".to_owned()]),
            (true, false) => Ok(values),
        }
    }

    fn read_line(&self, line: &str) -> Result<Value, String> {
        match self.read_as {
            ReadAs::Text => Ok(Value::from(line)),
            ReadAs::Number => {
                let number = serde_json::from_str::<Value>(line).ok().filter(Value::is_number);
                number.ok_or_else(|| ": write a number such as 20 or 2.5.".to_owned())
            }
            ReadAs::Boolean => match line.to_ascii_lowercase().as_str() {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                _ => Err(": write true or false.".to_owned()),
            },
            ReadAs::Json => serde_json::from_str(line).map_err(|error| {
                let said = error.to_string();
                let why = said.split(" at line ").next().unwrap_or_default();
                format!(", column {}: {why}. Write one JSON value such as [\"a\", \"b\"].", error.column())
            }),
        }
    }
}

fn read_rows(rows: &[ContextRow]) -> Result<Contexts, Vec<Problem>> {
    let (mut read, mut problems): (Vec<(String, Vec<Value>)>, Vec<Problem>) = (Vec::new(), Vec::new());
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| !row.is_blank()) {
        let name = row.name.trim();
        if name.is_empty() {
            problems.push(Problem::new(name_field(at), "Name the attribute, such as plan."));
        } else if read.iter().any(|(other, _)| other == name) {
            let message = format!("{name} is here a second time; write all of its values into one row, one a line.");
            problems.push(Problem::new(name_field(at), message));
        }
        match row.read() {
            Ok(values) => read.push((name.to_owned(), values)),
            Err(wrong) => problems.extend(wrong.into_iter().map(|why| Problem::new(values_field(at), why))),
        }
    }
    let contexts = Contexts::new(read);
    if let Some(why) = contexts.key_problem() {
        let at = rows.iter().position(|row| row.name.trim() == TARGETING_KEY).unwrap_or(0);
        problems.push(Problem::new(values_field(at), why));
    }
    if problems.is_empty() { Ok(contexts) } else { Err(problems) }
}

fn read_json(text: &str, several: bool) -> Result<Contexts, String> {
    let context: Map<String, Value> = read_context(text)?;
    let mut attributes = Vec::with_capacity(context.len());
    for (name, value) in context {
        let values = match value {
            Value::Array(values) if several => values,
            value => vec![value],
        };
        if values.is_empty() {
            return Err(format!("{name} has no value to try; write some into its list, or leave it out."));
        }
        attributes.push((name, values));
    }
    let contexts = Contexts::new(attributes);
    contexts.key_problem().map_or(Ok(contexts), Err)
}

/// A value that is a list needs one around it where lists mean several values.
fn one_or_list(values: &[Value], several: bool) -> Value {
    match values {
        [one] if !(several && one.is_array()) => one.clone(),
        _ => values.to_vec().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(name: &str, read_as: ReadAs, values: &str) -> ContextRow {
        ContextRow { name: name.to_owned(), read_as, values: values.to_owned() }
    }

    fn rows(rows: Vec<ContextRow>) -> ContextDraft {
        ContextDraft { rows, ..ContextDraft::default() }
    }

    fn json_draft(json: &str, several: bool) -> ContextDraft {
        ContextDraft { shape: Shape::Json, json: json.to_owned(), several, ..ContextDraft::default() }
    }

    #[test]
    fn rows_are_read_by_their_types() {
        let draft = rows(vec![
            row("targetingKey", ReadAs::Text, " user_1 \r\nuser_2"),
            row("", ReadAs::Text, " "),
            row("age", ReadAs::Number, "20"),
            row("beta", ReadAs::Boolean, "TRUE"),
            row("tags", ReadAs::Json, "[\"a\"]"),
            row("odd", ReadAs::Json, "\"\""),
        ]);
        let contexts = draft.read().unwrap_or_default();
        assert_eq!(contexts.count(), 2);
        let last = json!({"targetingKey": "user_2", "age": 20, "beta": true, "tags": ["a"], "odd": ""});
        assert_eq!(Value::Object(contexts.combination(1)), last);
    }

    #[test]
    fn what_is_wrong_is_told_at_its_field() {
        let draft = rows(vec![
            row("age", ReadAs::Number, "20\nold"),
            row("", ReadAs::Text, "lost"),
            row("plan", ReadAs::Text, ""),
            row("age", ReadAs::Number, "1"),
            row("targetingKey", ReadAs::Number, "7"),
            row("tags", ReadAs::Json, "[a]"),
        ]);
        let found: Vec<(String, String)> =
            draft.read().err().unwrap_or_default().into_iter().map(|problem| (problem.field, problem.message)).collect();
        let told = |field: &str, part: &str| found.iter().any(|(other, why)| other == field && why.contains(part));
        assert!(told("v0", "Line 2: write a number"), "{found:?}");
        assert!(told("a1", "Name the attribute"), "{found:?}");
        assert!(told("v2", "Write a value"), "{found:?}");
        assert!(told("v4", "must be a text"), "{found:?}");
        assert!(told("v5", "Line 1, column 2: expected value."), "{found:?}");
        let twice = rows(vec![row("age", ReadAs::Number, "1"), row("age", ReadAs::Number, "2")]).read();
        assert!(twice.is_err_and(|found| found[0].field == "a1" && found[0].message.contains("second time")));
        for (json, several, why) in [
            ("{\"a\": 1,\n \"b\" 2}", false, "Line 2, column 6: expected `:`."),
            ("{\"plan\": []}", true, "plan has no value to try"),
            ("{\"targetingKey\": [\"a\", 1]}", true, "must be a text"),
            ("{\"targetingKey\": [\"a\"]}", false, "must be a text"),
        ] {
            let found = json_draft(json, several).read().err().unwrap_or_default();
            assert!(found.len() == 1 && found[0].message.contains(why), "{json}: {found:?}");
        }
    }

    #[test]
    fn switching_takes_everything_along() {
        let hard = json!({
            "targetingKey": ["user_1", "user_2"], "empty": [""], "space": [" a "], "lines": ["a\nb"], "list": [["a", 1]],
            "lists": [["a"], ["b"]], "object": [{"a": {"b": null}}], "null": [null], "mixed": [1, "1", true],
            "numbers": [1, 2.5, -0.0], "flags": [true, false], "one": ["x"],
        });
        let attributes = hard.as_object().into_iter().flatten();
        let contexts =
            Contexts::new(attributes.map(|(name, list)| (name.clone(), list.as_array().cloned().unwrap_or_default())).collect());
        for shape in [Shape::Rows, Shape::Json] {
            let draft = ContextDraft::of(&contexts, shape);
            assert_eq!(draft.read().as_ref(), Ok(&contexts), "{draft:?}");
        }
        let one = Contexts::of(contexts.combination(3));
        for shape in [Shape::Rows, Shape::Json] {
            let draft = ContextDraft::of(&one, shape);
            assert!(!draft.several);
            assert_eq!(draft.read().as_ref(), Ok(&one), "{draft:?}");
        }
    }
}
