//! What is known of the context's attributes, so that the rule editor can offer what fits: from the rules there are, and from
//! whoever knows better (`Hints::tell`).

use super::projects::OpenProject;
use crate::domain::attribute::{AttributeType, Schema};
use crate::domain::condition::{Condition, Operand};
use crate::domain::rule::TARGETING_KEY;
use crate::server::state::AppState;
use serde_json::Value;
use std::collections::BTreeMap;

/// What an attribute's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Boolean,
    /// RFC 3339.
    Instant,
    /// Semantic.
    Version,
    /// IPv4 or IPv6.
    Address,
}

impl Kind {
    pub const fn of(described: AttributeType) -> Self {
        match described {
            AttributeType::Text => Self::Text,
            AttributeType::Number => Self::Number,
            AttributeType::Boolean => Self::Boolean,
            AttributeType::Instant => Self::Instant,
            AttributeType::Version => Self::Version,
            AttributeType::Address => Self::Address,
        }
    }

    /// As in *plan is …*.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::Instant => "a date and time",
            Self::Version => "a version",
            Self::Address => "an address",
        }
    }

    /// Whether operators that take this make sense for such an attribute.
    pub const fn fits(self, operand: Operand) -> bool {
        match operand {
            Operand::Nothing | Operand::Segment | Operand::Window => true,
            Operand::Scalar => !matches!(self, Self::Instant),
            Operand::Text | Operand::Pattern => matches!(self, Self::Text | Self::Version | Self::Address),
            Operand::Number => matches!(self, Self::Number),
            Operand::Instant => matches!(self, Self::Instant),
            Operand::Version | Operand::VersionRange => matches!(self, Self::Version),
            Operand::Cidr => matches!(self, Self::Address),
        }
    }
}

/// What is known of one attribute.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hint {
    /// None where nothing is known, or rules disagree.
    pub kind: Option<Kind>,
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
        match (kind_of(operand, &condition.values), hint.kind) {
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
    pub fn tell(&mut self, name: &str, kind: Option<Kind>, legal: Vec<Value>) {
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

    pub fn kind(&self, name: &str) -> Option<Kind> {
        self.get(name)?.kind
    }
}

/// The kind that a condition takes for granted.
fn kind_of(operand: Operand, values: &[Value]) -> Option<Kind> {
    match operand {
        Operand::Nothing | Operand::Segment | Operand::Window => None,
        Operand::Scalar if values.is_empty() => None,
        Operand::Scalar if values.iter().all(Value::is_string) => Some(Kind::Text),
        Operand::Scalar if values.iter().all(Value::is_number) => Some(Kind::Number),
        Operand::Scalar if values.iter().all(Value::is_boolean) => Some(Kind::Boolean),
        Operand::Scalar => None,
        Operand::Text | Operand::Pattern => Some(Kind::Text),
        Operand::Number => Some(Kind::Number),
        Operand::Instant => Some(Kind::Instant),
        Operand::Version | Operand::VersionRange => Some(Kind::Version),
        Operand::Cidr => Some(Kind::Address),
    }
}

/// Versions, addresses and instants are texts, so a rule that treats one as text does not contradict.
const fn agreed(old: Kind, new: Kind) -> (Option<Kind>, bool) {
    match (old, new) {
        (special @ (Kind::Version | Kind::Address | Kind::Instant), Kind::Text)
        | (Kind::Text, special @ (Kind::Version | Kind::Address | Kind::Instant)) => (Some(special), false),
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
        hints.tell(&attribute.name, Some(Kind::of(attribute.value_type)), attribute.legal_values.clone());
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
            ("equals", json!(["pro"]), Some(Kind::Text)),
            ("in", json!([1, 2.5]), Some(Kind::Number)),
            ("equals", json!([true]), Some(Kind::Boolean)),
            ("in", json!([1, "a"]), None),
            ("ends_with", json!(["x"]), Some(Kind::Text)),
            ("less_than", json!([1]), Some(Kind::Number)),
            ("before", json!(["2027-01-01T00:00:00Z"]), Some(Kind::Instant)),
            ("semver_matches", json!(["^1"]), Some(Kind::Version)),
            ("ip_in", json!(["10.0.0.0/8"]), Some(Kind::Address)),
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
        assert_eq!(hints(json!([text, version, text])).kind("a"), Some(Kind::Version));
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
        found.tell("plan", Some(Kind::Text), vec![json!("pro")]);
        found.tell("new", None, Vec::new());
        let plan = found.get("plan").unwrap();
        assert_eq!((plan.kind, plan.legal.as_slice()), (Some(Kind::Text), &[json!("pro")][..]));
        assert!(found.get("new").is_some_and(|hint| hint.kind.is_none()));
    }
}
