//! A context that stands for several: each attribute with the values to try. Every combination of them is a context of its
//! own. Pure.

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

/// What may be sent to somebody else or stand in a command: the contexts without the attributes that the project calls
/// private, and the names of those that were left out. A private name may be a dotted path into nested objects.
pub fn shareable(contexts: &Contexts, private: &[String]) -> (Contexts, Vec<String>) {
    let mut left_out = Vec::new();
    let mut kept = contexts.0.clone();
    for name in private {
        let before = kept.clone();
        kept.retain(|(other, _)| other != name);
        let path: Vec<&str> = name.split('.').collect();
        if let [first, rest @ ..] = path.as_slice() {
            let nested = kept.iter_mut().filter(|(other, _)| other == first).flat_map(|(_, values)| values);
            nested.for_each(|value| without(value, rest));
        }
        if kept != before {
            left_out.push(name.clone());
        }
    }
    (Contexts(kept), left_out)
}

fn without(value: &mut Value, path: &[&str]) {
    match (value, path) {
        (Value::Object(object), [last]) => drop(object.shift_remove(*last)),
        (Value::Object(object), [first, rest @ ..]) => object.get_mut(*first).into_iter().for_each(|inner| without(inner, rest)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let private = ["email", "user.email", "phone"].map(str::to_owned);
        let (kept, left_out) = shareable(&all, &private);
        assert_eq!(Value::Object(kept.combination(0)), json!({"user": {"plan": "pro"}, "plan": "pro"}));
        assert_eq!((kept.count(), left_out), (1, vec!["email".to_owned(), "user.email".to_owned()]));
        assert_eq!(shareable(&all, &[]), (all, Vec::new()));
    }
}
