//! `equals`, `not_equals`, `in`, `not_in`: the same scalar. Text compares exactly, 20 equals 20.0, nothing is coerced.

use super::Verdict;
use super::number::Num;
use crate::domain::flag::Problem;
use crate::engine::words;
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::HashSet;

/// Up to here, comparing texts one after another is faster than hashing.
const FEW: usize = 8;

/// Expected scalars, by type, each in the form that is quickest to ask.
#[derive(Debug, Default)]
pub(in crate::engine) struct Scalars {
    few_texts: Box<[Box<str>]>,
    many_texts: HashSet<Box<str>>,
    /// In ascending order as doubles.
    numbers: Box<[Num]>,
    yes: bool,
    no: bool,
}

pub(super) fn read(value: &Value, field: &str) -> Result<Value, Problem> {
    match value {
        Value::String(_) | Value::Number(_) | Value::Bool(_) => Ok(value.clone()),
        other => {
            let message = format!("{}; write a text, a number, true or false.", words::kind_of(other));
            Err(Problem::new(field, message))
        }
    }
}

impl Scalars {
    pub(super) fn new(values: &[Value]) -> Self {
        let texts: Vec<Box<str>> = values.iter().filter_map(Value::as_str).map(Box::from).collect();
        let mut numbers: Vec<Num> = values.iter().filter_map(Num::of).collect();
        numbers.sort_by(|one, other| one.as_f64().total_cmp(&other.as_f64()));
        let (few, many) = if texts.len() <= FEW { (texts, Vec::new()) } else { (Vec::new(), texts) };
        Self {
            few_texts: few.into(),
            many_texts: many.into_iter().collect(),
            numbers: numbers.into(),
            yes: values.contains(&Value::Bool(true)),
            no: values.contains(&Value::Bool(false)),
        }
    }

    fn text(&self, actual: &str) -> Verdict {
        if self.few_texts.is_empty() && self.many_texts.is_empty() {
            return Verdict::WrongType;
        }
        Verdict::from(self.few_texts.iter().any(|text| **text == *actual) || self.many_texts.contains(actual))
    }

    fn number(&self, actual: Num) -> Verdict {
        if self.numbers.is_empty() {
            return Verdict::WrongType;
        }
        let wanted = actual.as_f64();
        let start = self.numbers.partition_point(|number| number.as_f64() < wanted);
        let same_double = self.numbers[start..].iter().take_while(|number| number.as_f64() <= wanted);
        let equal = |number: &Num| actual.compare(*number) == Some(Ordering::Equal);
        Verdict::from(same_double.into_iter().any(equal))
    }

    fn boolean(&self, actual: bool) -> Verdict {
        if !self.yes && !self.no {
            return Verdict::WrongType;
        }
        Verdict::from(if actual { self.yes } else { self.no })
    }
}

/// Whether `actual` is one of the expected scalars. The wrong type: none of them has its type.
pub(super) fn equals(actual: &Value, expected: &Scalars) -> Verdict {
    match actual {
        Value::String(text) => expected.text(text),
        Value::Bool(yes) => expected.boolean(*yes),
        _ => Num::of(actual).map_or(Verdict::WrongType, |number| expected.number(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn scalars_equal_by_type_and_value() {
        let big = 9_007_199_254_740_993_u64;
        let table = [
            (json!("a"), vec![json!("a"), json!("b")], Verdict::Hit),
            (json!("A"), vec![json!("a")], Verdict::Miss),
            (json!("20"), vec![json!(20)], Verdict::WrongType),
            (json!("20"), vec![json!(20), json!("x")], Verdict::Miss),
            (json!(20.0), vec![json!(20)], Verdict::Hit),
            (json!(20), vec![json!(1), json!(20.0), json!(30)], Verdict::Hit),
            (json!(-0.0), vec![json!(0)], Verdict::Hit),
            (json!(big), vec![json!(big - 1)], Verdict::Miss),
            (json!(big), vec![json!(big - 1), json!(big)], Verdict::Hit),
            (json!(true), vec![json!(false)], Verdict::Miss),
            (json!(true), vec![json!(1)], Verdict::WrongType),
            (json!({}), vec![json!("a")], Verdict::WrongType),
        ];
        for (actual, expected, verdict) in table {
            assert_eq!(equals(&actual, &Scalars::new(&expected)), verdict, "{actual} in {expected:?}");
        }
    }

    #[test]
    fn many_texts_are_hashed() {
        let values: Vec<Value> = (0..1_000).map(|n| Value::from(format!("u{n}"))).collect();
        let scalars = Scalars::new(&values);
        assert_eq!(equals(&json!("u999"), &scalars), Verdict::Hit);
        assert_eq!(equals(&json!("u1000"), &scalars), Verdict::Miss);
    }
}
