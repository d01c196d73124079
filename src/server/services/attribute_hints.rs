//! What is known of the context's attributes, so that the rule editor can offer what fits: from the rules there are, and from
//! whoever knows better (`Hints::tell`).

use super::projects::OpenProject;
use crate::domain::attribute::{AttributeType, Schema};
use crate::domain::condition::{Condition, Operand};
use crate::domain::rule::TARGETING_KEY;
use crate::server::state::AppState;
use serde_json::Value;
use std::collections::BTreeMap;

/// What is known of one attribute.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hint {
    /// None where nothing is known, or rules disagree.
    pub kind: Option<AttributeType>,
    /// The only values that it can have, where somebody has said so.
    pub legal: Vec<Value>,
    /// Values that other rules compare it with, a few.
    pub seen: Vec<Value>,
    /// Rules disagree, so that another one's word counts no more.
    disputed: bool,
}

/// As many as are shown of what other rules compare an attribute with.
const SEEN: usize = 12;

/// Attributes by name.
#[derive(Debug, Clone, Default)]
pub struct Hints(BTreeMap<String, Hint>);

impl Hints {
    /// What these conditions show of the attributes that they look at.
    pub fn of<'c>(conditions: impl Iterator<Item = &'c Condition>) -> Self {
        let mut hints = Self::default();
        for condition in conditions.filter(|condition| !condition.attribute.is_empty()) {
            hints.learn(condition);
        }
        hints
    }

    fn learn(&mut self, condition: &Condition) {
        let hint = self.0.entry(condition.attribute.clone()).or_default();
        let operand = condition.operator.operand();
        match (AttributeType::taken_for(condition), hint.kind) {
            (Some(new), None) if !hint.disputed => hint.kind = Some(new),
            (Some(new), Some(old)) if new != old => (hint.kind, hint.disputed) = agreed(old, new),
            _ => {}
        }
        // Whom a rule names one by one is nothing to offer to other rules.
        if operand == Operand::Scalar && condition.attribute != TARGETING_KEY {
            for value in &condition.values {
                if hint.seen.len() < SEEN && !hint.seen.contains(value) {
                    hint.seen.push(value.clone());
                }
            }
        }
    }

    /// Takes somebody's word for an attribute, over what rules show; `legal` may be empty: any value then.
    pub fn tell(&mut self, name: &str, kind: Option<AttributeType>, legal: Vec<Value>) {
        let hint = self.0.entry(name.to_owned()).or_default();
        hint.kind = kind.or(hint.kind);
        hint.legal = legal;
    }

    /// What rules compare it with is nothing to offer to others.
    fn forget_values(&mut self, name: &str) {
        if let Some(hint) = self.0.get_mut(name) {
            hint.seen.clear();
        }
    }

    pub fn get(&self, name: &str) -> Option<&Hint> {
        self.0.get(name.trim())
    }

    pub fn kind(&self, name: &str) -> Option<AttributeType> {
        self.get(name)?.kind
    }
}

/// Versions, addresses and instants are texts, so a rule that treats one as text does not contradict.
const fn agreed(old: AttributeType, new: AttributeType) -> (Option<AttributeType>, bool) {
    match (old, new) {
        (special @ (AttributeType::Version | AttributeType::Address | AttributeType::Instant), AttributeType::Text)
        | (AttributeType::Text, special @ (AttributeType::Version | AttributeType::Address | AttributeType::Instant)) => {
            (Some(special), false)
        }
        _ => (None, true),
    }
}

/// What the rules of the project's flags show, in every environment, and over that what its attributes are described as.
pub fn hints(state: &AppState, project: &OpenProject, schema: &Schema) -> Hints {
    let snapshots = state.serving.environments_of(&project.stored.id);
    let flags = snapshots.iter().flat_map(|snapshot| snapshot.flags());
    let mut hints = Hints::of(flags.flat_map(|served| &served.state.rules).flat_map(|rule| &rule.conditions));
    for attribute in schema.iter() {
        if attribute.private {
            hints.forget_values(&attribute.name);
        }
        hints.tell(&attribute.name, Some(attribute.value_type), attribute.legal_values.clone());
    }
    hints
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn hints(conditions: Value) -> Hints {
        let conditions: Vec<Condition> = serde_json::from_value(conditions).unwrap();
        Hints::of(conditions.iter())
    }

    #[test]
    fn rules_show_what_an_attribute_is() {
        let of = |operator: &str, values: Value| {
            hints(json!([{ "attribute": "a", "operator": operator, "values": values }])).kind("a")
        };
        for (operator, values, kind) in [
            ("equals", json!(["pro"]), Some(AttributeType::Text)),
            ("in", json!([1, 2.5]), Some(AttributeType::Number)),
            ("equals", json!([true]), Some(AttributeType::Boolean)),
            ("in", json!([1, "a"]), None),
            ("ends_with", json!(["x"]), Some(AttributeType::Text)),
            ("less_than", json!([1]), Some(AttributeType::Number)),
            ("before", json!(["2027-01-01T00:00:00Z"]), Some(AttributeType::Instant)),
            ("semver_matches", json!(["^1"]), Some(AttributeType::Version)),
            ("ip_in", json!(["10.0.0.0/8"]), Some(AttributeType::Address)),
            ("exists", json!([]), None),
        ] {
            assert_eq!(of(operator, values), kind, "{operator}");
        }
    }

    #[test]
    fn who_disagrees_shows_nothing_whatever_comes_after() {
        let text = json!({ "attribute": "a", "operator": "equals", "values": ["20"] });
        let number = json!({ "attribute": "a", "operator": "equals", "values": [20] });
        let version = json!({ "attribute": "a", "operator": "semver_equals", "values": ["2"] });
        assert_eq!(hints(json!([text, number, text, number])).kind("a"), None);
        assert_eq!(hints(json!([text, version, text])).kind("a"), Some(AttributeType::Version));
    }

    #[test]
    fn values_are_offered_but_no_users() {
        let found = hints(json!([
            { "attribute": "plan", "operator": "in", "values": ["pro", "team"] },
            { "attribute": "plan", "operator": "equals", "values": ["pro"] },
            { "attribute": TARGETING_KEY, "operator": "in", "values": ["user_1"] },
        ]));
        assert_eq!(found.get(" plan ").unwrap().seen, [json!("pro"), json!("team")]);
        assert!(found.get(TARGETING_KEY).unwrap().seen.is_empty());
    }

    #[test]
    fn who_knows_better_is_believed() {
        let mut found = hints(json!([{ "attribute": "plan", "operator": "less_than", "values": [1] }]));
        found.tell("plan", Some(AttributeType::Text), vec![json!("pro")]);
        found.tell("new", None, Vec::new());
        let plan = found.get("plan").unwrap();
        assert_eq!((plan.kind, plan.legal.as_slice()), (Some(AttributeType::Text), &[json!("pro")][..]));
        assert!(found.get("new").is_some_and(|hint| hint.kind.is_none()));
    }
}
