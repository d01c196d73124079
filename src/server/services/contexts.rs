//! A context that stands for several: each attribute with the values to try. Every combination of them is a context of its
//! own. Pure.

use crate::domain::attribute::Schema;
use crate::domain::rule::TARGETING_KEY;
use serde_json::{Map, Value};

/// The attributes in their order, each with the values it takes; none of them is without any.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contexts(Vec<(String, Vec<Value>)>);

impl Contexts {
    /// Leaves out an attribute that has no value.
    pub fn new(attributes: Vec<(String, Vec<Value>)>) -> Self {
        Self(attributes.into_iter().filter(|(_, values)| !values.is_empty()).collect())
    }

    /// One context alone.
    pub fn of(context: Map<String, Value>) -> Self {
        Self(context.into_iter().map(|(name, value)| (name, vec![value])).collect())
    }

    pub fn attributes(&self) -> &[(String, Vec<Value>)] {
        &self.0
    }

    /// How many combinations there are; many more than anybody wants to see may be.
    pub fn count(&self) -> u64 {
        self.0.iter().fold(1, |count: u64, (_, values)| count.saturating_mul(values.len() as u64))
    }

    /// The combination of this number, counted from 0: the last attribute changes first.
    pub fn combination(&self, number: u64) -> Map<String, Value> {
        let mut rest = number;
        let mut picked: Vec<(String, Value)> = Vec::with_capacity(self.0.len());
        for (name, values) in self.0.iter().rev() {
            let count = values.len() as u64;
            let at = usize::try_from(rest % count).unwrap_or(0);
            rest /= count;
            picked.extend(values.get(at).map(|value| (name.clone(), value.clone())));
        }
        picked.into_iter().rev().collect()
    }

    /// What tells one combination from the others: the attributes that have several values.
    pub fn varying<'c>(&self, combination: &'c Map<String, Value>) -> Vec<(&'c String, &'c Value)> {
        let varies = |name: &String| self.0.iter().any(|(other, values)| other == name && values.len() > 1);
        combination.iter().filter(|(name, _)| varies(name)).collect()
    }

    /// Whether it is this one context and no other.
    pub fn is(&self, context: &Map<String, Value>) -> bool {
        self.count() == 1 && self.combination(0) == *context
    }

    /// The problem with a targeting key that is none, with its place among the values.
    pub fn key_problem(&self) -> Option<String> {
        let keys = self.0.iter().find(|(name, _)| name == TARGETING_KEY).map(|(_, values)| values)?;
        let wrong = keys.iter().find(|key| !key.is_string() && !key.is_null())?;
        Some(format!("{TARGETING_KEY} must be a text, such as \"user_1\"; {wrong} is none."))
    }
}

/// The contexts without what the project calls private, wherever it stands, and the paths of what that was.
pub fn shareable(contexts: &Contexts, schema: &Schema) -> (Contexts, Vec<String>) {
    let mut left_out = Vec::new();
    let mut kept = Vec::new();
    for (name, values) in &contexts.0 {
        if schema.is_private(name) {
            left_out.push(name.clone());
            continue;
        }
        let mut values = values.clone();
        values.iter_mut().for_each(|value| without(value, name, schema, &mut left_out));
        kept.push((name.clone(), values));
    }
    left_out.sort();
    left_out.dedup();
    (Contexts(kept), left_out)
}

fn without(value: &mut Value, path: &str, schema: &Schema, left_out: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            let names: Vec<String> = object.keys().cloned().collect();
            for name in names {
                let inner = format!("{path}.{name}");
                if schema.is_private(&inner) {
                    object.shift_remove(&name);
                    left_out.push(inner);
                } else if let Some(value) = object.get_mut(&name) {
                    without(value, &inner, schema, left_out);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| without(item, path, schema, left_out)),
        _ => {}
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::attribute::Attribute;
    use serde_json::json;

    fn contexts(attributes: &[(&str, Value)]) -> Contexts {
        let values = |value: &Value| value.as_array().cloned().unwrap_or_default();
        Contexts::new(attributes.iter().map(|(name, value)| ((*name).to_owned(), values(value))).collect())
    }

    #[test]
    fn every_combination_is_there_once_and_in_order() {
        let three = contexts(&[("a", json!([1])), ("b", json!(["x", "y"])), ("c", json!([true, false, null]))]);
        assert_eq!(three.count(), 6);
        let all: Vec<Value> = (0..6).map(|at| Value::Object(three.combination(at))).collect();
        assert_eq!(all[0], json!({"a": 1, "b": "x", "c": true}));
        assert_eq!(all[1], json!({"a": 1, "b": "x", "c": false}));
        assert_eq!(all[5], json!({"a": 1, "b": "y", "c": null}));
        assert!(all.iter().enumerate().all(|(at, one)| all.iter().position(|other| other == one) == Some(at)));
        let first = three.combination(0);
        assert_eq!(three.varying(&first).iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    }

    #[test]
    fn too_many_to_count_are_counted_no_further() {
        let ten = json!([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let many: Vec<(String, Vec<Value>)> =
            (0..60).map(|n| (format!("a{n}"), ten.as_array().cloned().unwrap_or_default())).collect();
        let many = Contexts::new(many);
        assert_eq!(many.count(), u64::MAX);
        assert_eq!(many.combination(7).get("a59"), Some(&json!(7)));
        assert_eq!(Contexts::default().count(), 1, "nothing known of somebody is a context too");
        assert!(Contexts::default().is(&Map::new()));
    }

    #[test]
    fn what_is_private_is_left_out_wherever_it_stands() {
        let user = json!([{"email": "ada@shop.example", "plan": "pro"}]);
        let all = contexts(&[("email", json!(["a@b.c", "d@e.f"])), ("user", user), ("plan", json!(["pro"]))]);
        let private = ["email", "user.email", "phone"].map(|name| {
            let attribute = json!({"name": name, "value_type": "text", "private": true});
            serde_json::from_value::<Attribute>(attribute).unwrap()
        });
        let schema: Schema = private.into_iter().collect();
        let (kept, left_out) = shareable(&all, &schema);
        assert_eq!(Value::Object(kept.combination(0)), json!({"user": {"plan": "pro"}, "plan": "pro"}));
        assert_eq!((kept.count(), left_out), (1, vec!["email".to_owned(), "user.email".to_owned()]));
        assert_eq!(shareable(&all, &Schema::default()), (all, Vec::new()));
        let lists = contexts(&[("user.email", json!(["a@b.c"])), ("user", json!([[{"email": "a@b.c", "plan": "pro"}]]))]);
        let (kept, left_out) = shareable(&lists, &schema);
        assert_eq!(Value::Object(kept.combination(0)), json!({"user": [{"plan": "pro"}]}));
        assert_eq!(left_out, ["user.email"]);
    }
}
