//! Whom or what a flag is evaluated for: attributes that arrived as JSON, and how conditions find one among them.

use super::words;
use crate::domain::rule::TARGETING_KEY;
use serde_json::Value;
use std::borrow::Cow;

/// Up to here, comparing names one after another is faster than searching.
const FEW: usize = 16;

/// The attributes of one evaluation, sorted by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Context {
    attributes: Vec<(String, Value)>,
}

/// Why a JSON value is no context. Says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContextError {
    #[error("a context is a JSON object such as {{\"targetingKey\": \"user_1\"}}; {0}")]
    NotAnObject(String),
    #[error("targetingKey must be text such as \"user_1\"; {0}")]
    TargetingKey(String),
}

impl Context {
    /// Takes an object. A `targetingKey` must be text; `null` counts as none.
    pub fn parse(value: Value) -> Result<Self, ContextError> {
        let Value::Object(object) = value else {
            return Err(ContextError::NotAnObject(words::kind_of(&value)));
        };
        match object.get(TARGETING_KEY) {
            None | Some(Value::Null | Value::String(_)) => {}
            Some(other) => return Err(ContextError::TargetingKey(words::kind_of(other))),
        }
        let mut attributes: Vec<_> = object.into_iter().collect();
        attributes.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        Ok(Self { attributes })
    }

    /// A context without any attribute.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The unit that individual targets and segment lists name; `None` when missing or empty.
    pub fn targeting_key(&self) -> Option<&str> {
        self.get(TARGETING_KEY)?.as_str().filter(|key| !key.is_empty())
    }

    /// The attribute of exactly this name, `null` included.
    pub fn get(&self, name: &str) -> Option<&Value> {
        if self.attributes.len() <= FEW {
            return self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        }
        let at = self.attributes.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
        self.attributes.get(at).map(|(_, value)| value)
    }

    /// All attributes by name, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.attributes.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// What `path` names: an attribute literally called so, else a member of nested objects. `null` counts as missing.
    pub(super) fn find(&self, path: &AttributePath) -> Option<&Value> {
        let present = |value: &&Value| !value.is_null();
        self.get(&path.literal).filter(present).or_else(|| self.nested(path).filter(present))
    }

    fn nested(&self, path: &AttributePath) -> Option<&Value> {
        let (first, rest) = path.parts.split_first()?;
        rest.iter().try_fold(self.get(first)?, |value, part| value.as_object()?.get(&**part))
    }
}

/// A name or a dotted path into nested objects, taken apart once.
#[derive(Debug, Clone)]
pub(super) struct AttributePath {
    literal: Box<str>,
    /// Empty for a name without a dot.
    parts: Box<[Box<str>]>,
}

impl AttributePath {
    pub(super) fn new(text: &str) -> Self {
        let parts = match text.contains('.') {
            true => text.split('.').map(Box::from).collect(),
            false => Box::default(),
        };
        Self { literal: text.into(), parts }
    }
    pub(super) fn as_str(&self) -> &str {
        &self.literal
    }
}

/// Beyond this, a double no longer tells one integer from the next.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The text of a unit that can be bucketed: text as it is, an integer in decimal (20.0 is the integer 20). `None` for
/// anything else and for the empty text.
pub(super) fn unit(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) if !text.is_empty() => Some(Cow::Borrowed(text)),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(Cow::Owned(number.to_string())),
        Value::Number(number) => {
            let float = number.as_f64().filter(|x| x.fract() == 0.0 && x.abs() <= EXACT)?;
            // Adding zero turns -0.0 into 0.0; the range makes the plain form free of exponents.
            Some(Cow::Owned(format!("{:.0}", float + 0.0)))
        }
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn find(context: Value, path: &str) -> Option<Value> {
        Context::parse(context).unwrap().find(&AttributePath::new(path)).cloned()
    }

    #[test]
    fn only_an_object_with_a_text_key_is_a_context() {
        for good in [json!({}), json!({"targetingKey": "a"}), json!({"targetingKey": null}), json!({"targetingKey": ""})] {
            assert!(Context::parse(good.clone()).is_ok(), "{good}");
        }
        for bad in [json!(null), json!([]), json!("x"), json!({"targetingKey": 1}), json!({"targetingKey": {}})] {
            assert!(Context::parse(bad.clone()).is_err(), "{bad}");
        }
        let error = Context::parse(json!({"targetingKey": 7})).unwrap_err();
        assert_eq!(error.to_string(), "targetingKey must be text such as \"user_1\"; 7 is a number");
    }

    #[test]
    fn attributes_are_found_by_name_and_by_path() {
        let context = json!({"a.b": 1, "a": {"b": 2, "c": {"d": 3}}, "n": null, "o": {"n": null}, "l": [{"b": 4}]});
        for (path, expected) in [("a.b", Some(1)), ("a.c.d", Some(3)), ("a.x", None), ("n", None), ("o.n", None), ("l.b", None)] {
            assert_eq!(find(context.clone(), path), expected.map(Value::from), "{path}");
        }
    }

    #[test]
    fn many_attributes_are_found_too() {
        let many: serde_json::Map<String, Value> = (0..100).map(|n| (format!("attribute_{n}"), Value::from(n))).collect();
        for n in 0..100 {
            assert_eq!(find(Value::Object(many.clone()), &format!("attribute_{n}")), Some(Value::from(n)));
        }
        for absent in ["attribute_100", "attribute_", "", "b", "zzzzzzzzzzzz"] {
            assert_eq!(find(Value::Object(many.clone()), absent), None);
        }
    }

    #[test]
    fn units_are_text_and_integers() {
        let table = [
            (json!("a"), Some("a")),
            (json!(""), None),
            (json!(42), Some("42")),
            (json!(-7), Some("-7")),
            (json!(18_446_744_073_709_551_615_u64), Some("18446744073709551615")),
            (json!(20.0), Some("20")),
            (json!(-0.0), Some("0")),
            (json!(20.5), None),
            (json!(1e300), None),
            (json!(true), None),
            (json!(["a"]), None),
        ];
        for (value, expected) in table {
            assert_eq!(unit(&value).as_deref(), expected, "{value}");
        }
    }
}
