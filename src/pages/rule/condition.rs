//! A condition as a form writes it. Texts in, a [`Condition`] or problems out, and back without loss; pure.

use crate::domain::attribute::AttributeType;
use crate::domain::condition::{Condition, Operand, Operator};
use crate::domain::flag::Problem;
use crate::domain::time::Timestamp;
use crate::domain::value_list;
use crate::server::services::attribute_hints::Hints;
use crate::server::services::moment;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// How the lines of values are read, where the operator leaves that open.
pub const TEXT: &str = "text";
pub const NUMBER: &str = "number";
pub const BOOLEAN: &str = "boolean";
/// For what no other way can write: a text with a line break, a list of mixed types.
pub const JSON: &str = "json";

pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The fields as texts. Those that the operator has no use for are kept, so that changing it back loses nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionForm {
    pub attribute: String,
    pub operator: String,
    /// [`TEXT`], [`NUMBER`], [`BOOLEAN`] or [`JSON`].
    pub read_as: String,
    /// One a line.
    pub values: String,
    pub segments: Vec<String>,
    pub from: String,
    pub to: String,
    pub zone: String,
    /// None at all: every day.
    pub days: Vec<String>,
    pub negate: bool,
    pub ignore_case: bool,
}

impl Default for ConditionForm {
    fn default() -> Self {
        Self {
            attribute: String::new(),
            operator: Operator::Equals.as_str().to_owned(),
            read_as: TEXT.to_owned(),
            values: String::new(),
            segments: Vec::new(),
            from: "09:00".to_owned(),
            to: "17:00".to_owned(),
            zone: "UTC".to_owned(),
            days: Vec::new(),
            negate: false,
            ignore_case: false,
        }
    }
}

impl ConditionForm {
    pub fn of(condition: &Condition) -> Self {
        let operand = condition.operator.operand();
        let mut form = Self {
            attribute: condition.attribute.clone(),
            operator: condition.operator.as_str().to_owned(),
            negate: condition.negate,
            ignore_case: condition.ignore_case,
            ..Self::default()
        };
        match (operand, condition.values.as_slice()) {
            (Operand::Segment, values) => form.segments = values.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            (Operand::Window, [one]) if form.take_window(one) => {}
            (_, values) => (form.read_as, form.values) = lines(operand, values),
        }
        form
    }

    /// Takes a posted field, called by its name within the condition. Unknown ones are nobody's.
    pub fn take(&mut self, name: &str, value: &str) {
        let text = value.to_owned();
        match name {
            "attribute" => self.attribute = text,
            "operator" => self.operator = text,
            "read_as" => self.read_as = text,
            "values" => self.add_lines(&text, true),
            "from" => self.from = text,
            "to" => self.to = text,
            "zone" => self.zone = text,
            "negate" => self.negate = value != "false",
            "ignore_case" => self.ignore_case = value != "false",
            other => match (within(other, "segments"), within(other, "days"), within(other, "legal")) {
                (Some(segment), ..) => self.segments.push(segment.to_owned()),
                (_, Some(day), _) => self.days.push(day.to_owned()),
                (.., Some(line)) => self.add_lines(line, false),
                _ => {}
            },
        }
    }

    /// Values come as boxes that were ticked and as lines that were written, in whatever order. What is both is one value.
    fn add_lines(&mut self, lines: &str, written: bool) {
        let (ticked, typed) = if written { (self.values.clone(), lines) } else { (lines.to_owned(), self.values.as_str()) };
        let is_typed = |line: &str| typed.lines().any(|other| other.trim() == line);
        let mut all: Vec<&str> = ticked.lines().filter(|line| !is_typed(line)).collect();
        all.extend((!typed.is_empty()).then_some(typed));
        self.values = all.join("\n");
    }

    /// Takes the lines apart that hold several values, and what is said twice away.
    pub fn split(&mut self) {
        let mut all: Vec<String> = self.values.lines().flat_map(value_list::parts).collect();
        value_list::without_repeats(&mut all);
        self.values = all.join("\n");
    }

    /// As many values as the lines would be if they were split; `None` where that makes none more, or would break them.
    pub fn split_into(&self) -> Option<usize> {
        let takes_lists =
            !matches!(self.operand(), Operand::Pattern | Operand::VersionRange | Operand::Window) && self.read_as != JSON;
        let parts: Vec<String> = self.values.lines().flat_map(value_list::parts).collect();
        (takes_lists && parts.len() > self.written().count()).then_some(parts.len())
    }

    /// How many lines say what an earlier one says.
    pub fn repeats(&self) -> usize {
        let mut all: Vec<String> = self.written().map(str::to_owned).collect();
        value_list::without_repeats(&mut all)
    }

    fn written(&self) -> impl Iterator<Item = &str> {
        self.values.lines().map(str::trim).filter(|line| !line.is_empty())
    }

    pub fn operand(&self) -> Operand {
        Operator::parse(self.operator.trim()).unwrap_or(Operator::Equals).operand()
    }

    /// Reads values as what the attribute is, as long as there are none.
    pub fn follow(&mut self, hints: &Hints) {
        if self.values.trim().is_empty() && self.read_as != JSON {
            let read_as = match hints.kind(&self.attribute) {
                Some(AttributeType::Number) => NUMBER,
                Some(AttributeType::Boolean) => BOOLEAN,
                Some(_) => TEXT,
                None => return,
            };
            read_as.clone_into(&mut self.read_as);
        }
    }

    /// What the fields say, with everything that is wrong with them; `place` is the condition's path, `conditions[0]`.
    pub fn read(&self, place: &str) -> (Condition, Vec<Problem>) {
        let mut problems = Vec::new();
        let operator = Operator::parse(self.operator.trim()).unwrap_or_else(|| {
            problems.push(Problem::new(format!("{place}.operator"), "Choose how the attribute is compared."));
            Operator::Equals
        });
        let operand = operator.operand();
        let values = self.read_values(operand).unwrap_or_else(|found| {
            problems.extend(found.into_iter().map(|message| Problem::new(format!("{place}.values"), message)));
            Vec::new()
        });
        let condition = Condition {
            attribute: if operator.reads_attribute() { self.attribute.trim().to_owned() } else { String::new() },
            operator,
            values,
            negate: self.negate,
            ignore_case: self.ignore_case && matches!(operand, Operand::Text | Operand::Pattern),
        };
        (condition, problems)
    }

    fn read_values(&self, operand: Operand) -> Result<Vec<Value>, Vec<String>> {
        let json = self.read_as == JSON;
        match operand {
            Operand::Nothing => Ok(Vec::new()),
            Operand::Segment => Ok(self.segments.iter().map(|key| Value::from(key.as_str())).collect()),
            Operand::Window if !json => Ok(vec![self.window()]),
            _ if json => self.each_line(|line| {
                serde_json::from_str(line).map_err(|_| wanted("one JSON value, such as \"pro\", 20 or true", line))
            }),
            Operand::Instant => self.each_line(instant),
            Operand::Number => self.each_line(number),
            Operand::Scalar if self.read_as == NUMBER => self.each_line(number),
            Operand::Scalar if self.read_as == BOOLEAN => self.each_line(boolean),
            _ => self.each_line(|line| Ok(Value::from(line))),
        }
    }

    /// Reads every line that is not blank; `read` says in a sentence what is wrong with one.
    fn each_line(&self, read: impl Fn(&str) -> Result<Value, String>) -> Result<Vec<Value>, Vec<String>> {
        let (mut values, mut problems, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        let lines = self.values.lines().map(str::trim).enumerate();
        for (at, line) in lines.filter(|(_, line)| !line.is_empty()) {
            match read(line) {
                // Whoever pastes a list means each of it once.
                Ok(value) if !seen.insert(value.to_string()) => {}
                Ok(value) => values.push(value),
                Err(why) => problems.push(format!("Line {}: {why}", at + 1)),
            }
        }
        if problems.is_empty() { Ok(values) } else { Err(problems) }
    }

    fn window(&self) -> Value {
        let mut parts = Map::new();
        if !self.days.is_empty() {
            parts.insert("days".to_owned(), self.days.iter().map(|day| Value::from(day.as_str())).collect());
        }
        for (name, text) in [("from", &self.from), ("to", &self.to), ("zone", &self.zone)] {
            parts.insert(name.to_owned(), Value::from(text.trim()));
        }
        Value::Object(parts)
    }

    /// Whether the window's parts fit into the fields; then they are there.
    fn take_window(&mut self, window: &Value) -> bool {
        let text = |name: &str| window.get(name).and_then(Value::as_str).map(str::to_owned);
        let days = match window.get("days").map(|days| serde_json::from_value::<Vec<String>>(days.clone())) {
            None => Vec::new(),
            Some(Ok(days)) => days,
            Some(Err(_)) => return false,
        };
        let (Some(from), Some(to), Some(zone)) = (text("from"), text("to"), text("zone")) else { return false };
        if days.iter().any(|day| !DAYS.contains(&day.as_str())) {
            return false;
        }
        Self { from, to, zone, days, ..self.clone() }.clone_into(self);
        true
    }
}

/// `beta` of `segments[beta]`
fn within<'n>(name: &'n str, list: &str) -> Option<&'n str> {
    name.strip_prefix(list)?.strip_prefix('[')?.strip_suffix(']')
}

/// The values as lines, and how these are read back to the same.
fn lines(operand: Operand, values: &[Value]) -> (String, String) {
    let plain =
        |value: &Value| value.as_str().is_some_and(|text| !text.is_empty() && text.trim() == text && text.lines().count() == 1);
    let join = |each: fn(&Value) -> String| values.iter().map(each).collect::<Vec<_>>().join("\n");
    if operand != Operand::Window && operand != Operand::Number && values.iter().all(plain) {
        return (TEXT.to_owned(), join(|value| value.as_str().unwrap_or_default().to_owned()));
    }
    let scalar = matches!(operand, Operand::Scalar | Operand::Number);
    let read_as = match values {
        _ if scalar && values.iter().all(Value::is_number) => NUMBER,
        _ if operand == Operand::Scalar && values.iter().all(Value::is_boolean) => BOOLEAN,
        _ => JSON,
    };
    (read_as.to_owned(), join(Value::to_string))
}

fn number(line: &str) -> Result<Value, String> {
    let found = serde_json::from_str::<Value>(line).ok().filter(Value::is_number);
    found.ok_or_else(|| wanted("a number such as 20 or 2.5", line))
}

fn boolean(line: &str) -> Result<Value, String> {
    match line.to_ascii_lowercase().as_str() {
        "true" => Ok(Value::Bool(true)),
        "false" => Ok(Value::Bool(false)),
        _ => Err(wanted("true or false", line)),
    }
}

/// RFC 3339 stays as it is written; what only people read becomes it.
fn instant(line: &str) -> Result<Value, String> {
    match Timestamp::parse(line) {
        Ok(_) => Ok(Value::from(line)),
        Err(_) => moment::parse(line).map(|at| Value::from(at.to_string())),
    }
}

fn wanted(what: &str, line: &str) -> String {
    format!("write {what}; {} is none.", shortened(line))
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// The form's field for a problem that a state's check found in `condition`; `rest` is its path from there on, such as
/// `.values[1]`. With it, what tells one of several values from the others.
pub fn field_of(condition: &Condition, rest: &str) -> (String, String) {
    let Some(inner) = rest.strip_prefix(".values[") else { return (rest.to_owned(), String::new()) };
    let (at, part) = inner.split_once(']').unwrap_or((inner, ""));
    let several = condition.values.len() > 1;
    let which = at.parse::<usize>().ok().filter(|_| several).map_or(String::new(), |at| format!("Value {}: ", at + 1));
    match (condition.operator.operand(), part) {
        (Operand::Segment, _) => (".segments".to_owned(), String::new()),
        (Operand::Window, ".from" | ".to" | ".zone" | ".days") if !several => (part.to_owned(), String::new()),
        _ => (".values".to_owned(), which),
    }
}
