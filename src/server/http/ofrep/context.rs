//! The evaluation context out of a request's body. Stricter than JSON itself where leniency could be abused.

use super::refusal::{Problem, Refusal};
use crate::engine::Context;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// How many objects and lists may be within each other.
const DEPTH: usize = 32;

/// Reads `{"context": {…}}`. A missing context and `null` are an empty one; other members are ignored. An empty body is
/// refused: no client sends one, so it was lost on the way, and with it whom to answer for.
pub(super) fn parse(body: &[u8]) -> Result<Context, Refusal> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = Strict { left: DEPTH }.deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    let Value::Object(mut request) = value.map_err(|e| Problem::NotJson(e.to_string()))? else {
        return Err(Problem::NotAnObject.into());
    };
    match request.swap_remove("context") {
        None | Some(Value::Null) => Ok(Context::empty()),
        Some(context) => Context::parse(context).map_err(|e| Problem::Context(e).into()),
    }
}

/// Builds a value and stops at the first member named twice (two readers could take different ones) and at the first
/// list or object too deep, before anything is built of it.
#[derive(Clone, Copy)]
struct Strict {
    left: usize,
}

impl Strict {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        let left = self.left.checked_sub(1);
        left.map(|left| Self { left }).ok_or_else(|| E::custom(format_args!("it is deeper than {DEPTH} levels")))
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let element = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(element)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let member = self.deeper()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom(format_args!("the member {name:?} is there twice")));
            }
            object.insert(name, members.next_value_seed(member)?);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Context, String> {
        parse(body.as_bytes()).map_err(|refusal| format!("{refusal:?}"))
    }

    #[test]
    fn normal_traffic_is_read() {
        for body in ["{}", "{\"context\":null}", "{\"context\":{}}", " {\"context\": {}, \"other\": [1]}\n"] {
            assert_eq!(read(body), Ok(Context::empty()), "{body}");
        }
        let context = read(r#"{"context":{"targetingKey":"ä","n":1.5,"l":[true,null],"o":{"k":-1}}}"#).unwrap();
        assert_eq!(context.targeting_key(), Some("ä"));
        assert_eq!(context.get("l"), Some(&serde_json::json!([true, null])));
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let bad =
            ["", " ", "{", "{}{}", "[]", "null", "1", "{\"context\":[]}", "{\"context\":\"x\"}", "{\"context\":{\"n\":1e999}}"];
        for body in bad {
            assert!(read(body).is_err(), "{body}");
        }
        assert!(parse(b"{\"context\":{\"a\":\"\xff\"}}").is_err());
    }

    #[test]
    fn a_member_named_twice_is_refused_at_any_depth() {
        for body in [r#"{"context":{},"context":{}}"#, r#"{"context":{"a":1,"a":2}}"#, r#"{"x":[{"a":{"b":1,"\u0062":1}}]}"#] {
            assert!(read(body).is_err_and(|e| e.contains("twice")), "{body}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{{\"x\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        assert!(read(&nested(DEPTH)).is_ok());
        assert!(read(&nested(DEPTH + 1)).is_err_and(|e| e.contains("deeper than 32")));
        assert!(read(&nested(30_000)).is_err());
    }
}
