//! A flag as its project knows it: what it is for, what it can answer, who owns it and until when.
//! What it answers in an environment is [`super::state::State`].

use super::id::UserId;
use super::key::{FlagKey, TeamKey, VariantName};
use super::time::{DAY, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a flag is for. The kind sets its default lifetime, the fields it needs and what callers fall back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlagKind {
    Release,
    Experiment,
    Permission,
    Operational,
    KillSwitch,
}

impl FlagKind {
    pub const ALL: [Self; 5] = [Self::Release, Self::Experiment, Self::Permission, Self::Operational, Self::KillSwitch];

    /// The spelling in files, forms and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Experiment => "experiment",
            Self::Permission => "permission",
            Self::Operational => "operational",
            Self::KillSwitch => "kill_switch",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
    /// How people say it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Release => "Release",
            Self::Experiment => "Experiment",
            Self::Permission => "Permission",
            Self::Operational => "Operational",
            Self::KillSwitch => "Kill switch",
        }
    }
    /// One sentence for the person who has to choose.
    pub const fn purpose(self) -> &'static str {
        match self {
            Self::Release => "Ship code dark, roll it out, then remove the flag.",
            Self::Experiment => "Compare variants for a while, then remove the flag.",
            Self::Permission => "Give a capability to some users or plans, for good.",
            Self::Operational => "Tune how the system runs, without a deploy.",
            Self::KillSwitch => "On everywhere; turned off to stop something that hurts.",
        }
    }
    /// Default lifetime in milliseconds; `None` for the permanent kinds, which need no expiry.
    pub const fn lifetime(self) -> Option<i64> {
        match self {
            Self::Release | Self::Experiment => Some(90 * DAY),
            Self::Permission | Self::Operational | Self::KillSwitch => None,
        }
    }
    pub const fn is_permanent(self) -> bool {
        self.lifetime().is_none()
    }
    /// A kill switch fails open: callers that cannot ask should behave as if it were on.
    pub const fn fails_open(self) -> bool {
        matches!(self, Self::KillSwitch)
    }
}

/// The type of all of a flag's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueType {
    Boolean,
    String,
    Integer,
    Number,
    Object,
}

impl ValueType {
    pub const ALL: [Self; 5] = [Self::Boolean, Self::String, Self::Integer, Self::Number, Self::Object];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Object => "object",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
    /// Whether `value` may be a variant's value. Integers stay within 32 bits signed, because several SDKs read them so.
    pub fn admits(self, value: &Value) -> bool {
        match self {
            Self::Boolean => value.is_boolean(),
            Self::String => value.is_string(),
            Self::Integer => value.as_i64().is_some_and(|n| i32::try_from(n).is_ok()),
            Self::Number => value.as_f64().is_some_and(f64::is_finite),
            Self::Object => value.is_object(),
        }
    }
    /// What would be right, for a refusal.
    pub const fn expects(self) -> &'static str {
        match self {
            Self::Boolean => "true or false",
            Self::String => "a text",
            Self::Integer => "a whole number from -2147483648 to 2147483647",
            Self::Number => "a number",
            Self::Object => "a JSON object like {\"limit\": 5}",
        }
    }
}

/// One of the answers a flag can give.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    pub name: VariantName,
    pub value: Value,
}

/// Who answers for a flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// A member of the project.
    Person(UserId),
    /// Everybody in a team of the project.
    Team(TeamKey),
    /// A name from a file that no account or team has claimed yet.
    Unclaimed(String),
}

/// What happens when `expires_at` has passed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiryAction {
    /// Tell its owner, and show it as overdue.
    #[default]
    Notify,
    /// Refuse further edits until it is extended.
    Freeze,
    /// Serve this variant to everybody from that moment on.
    Serve(VariantName),
    /// Archive after a grace period.
    Archive,
}

impl ExpiryAction {
    /// As history tells it.
    pub fn told(&self) -> String {
        match self {
            Self::Notify => "show it as overdue".to_owned(),
            Self::Freeze => "refuse further edits".to_owned(),
            Self::Serve(name) => format!("serve {name} to everybody"),
            Self::Archive => "archive it after the grace period".to_owned(),
        }
    }
}

/// The day that ends at or holds `at`: what a date field shows for an expiry. A day of 1 June ends when 2 June starts.
pub fn last_day(at: Timestamp) -> Timestamp {
    at.plus(-1)
}

/// A flag's definition, the same in every environment of its project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    pub key: FlagKey,
    pub kind: FlagKind,
    pub value_type: ValueType,
    pub variants: Vec<Variant>,
    /// What callers should use as the default in their code.
    pub fallback_variant: VariantName,
    pub owner: Owner,
    pub description: String,
    /// What part of the product it touches, in the team's own words.
    #[serde(default)]
    pub scope: String,
    #[serde(default)]
    pub ticket: String,
    #[serde(default)]
    pub tags: Vec<String>,
    /// When to turn it off again.
    #[serde(default)]
    pub rollback_criteria: String,
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    #[serde(default)]
    pub on_expiry: ExpiryAction,
    /// For the permanent kinds: when somebody should ask whether it is still needed.
    #[serde(default)]
    pub review_by: Option<Timestamp>,
    /// Whether client keys (browsers, phones) may see its evaluated value.
    #[serde(default)]
    pub client_visible: bool,
    #[serde(default)]
    pub archived_at: Option<Timestamp>,
}

/// What keeps a definition from being saved: the field, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The field's path, such as `variants[1].value`.
    pub field: String,
    pub message: String,
}

impl Problem {
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

impl Flag {
    /// The variants a new boolean flag starts with.
    pub fn boolean_variants() -> Vec<Variant> {
        vec![
            Variant { name: VariantName::on(), value: Value::Bool(true) },
            Variant { name: VariantName::off(), value: Value::Bool(false) },
        ]
    }

    pub fn variant(&self, name: &VariantName) -> Option<&Variant> {
        self.variants.iter().find(|variant| &variant.name == name)
    }

    /// Everything that is wrong with this definition by itself; empty when it may be saved.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.description.trim().is_empty() {
            found.push(Problem::new("description", "Say in a sentence what the flag turns on or off."));
        }
        if matches!(&self.owner, Owner::Unclaimed(name) if name.trim().is_empty()) {
            found.push(Problem::new("owner", "Choose who answers for this flag."));
        }
        if self.expires_at.is_none() && !self.kind.is_permanent() {
            let message =
                format!("A {} flag needs an expiry date; choose one, or a permanent kind.", self.kind.label().to_lowercase());
            found.push(Problem::new("expires_at", message));
        }
        found.extend(self.variant_problems());
        if self.variant(&self.fallback_variant).is_none() {
            found.push(Problem::new(
                "fallback_variant",
                format!("{} is not one of the variants: {}.", self.fallback_variant, self.variant_names()),
            ));
        }
        if let ExpiryAction::Serve(name) = &self.on_expiry
            && self.variant(name).is_none()
        {
            found.push(Problem::new("on_expiry", format!("{name} is not one of the variants: {}.", self.variant_names())));
        }
        found.extend(self.size_problems());
        found
    }

    fn variant_problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.variants.is_empty() {
            found.push(Problem::new("variants", "A flag needs at least one variant to serve."));
        }
        for (at, variant) in self.variants.iter().enumerate() {
            if !self.value_type.admits(&variant.value) {
                let message =
                    format!("The value of {} must be {}; this is {}.", variant.name, self.value_type.expects(), variant.value);
                found.push(Problem::new(format!("variants[{at}].value"), message));
            }
            if self.variants[..at].iter().any(|earlier| earlier.name == variant.name) {
                found.push(Problem::new(
                    format!("variants[{at}].name"),
                    format!("There are two variants called {}; rename one.", variant.name),
                ));
            }
        }
        found
    }

    fn size_problems(&self) -> Vec<Problem> {
        let texts = [
            ("description", &self.description, 2_000),
            ("scope", &self.scope, 500),
            ("ticket", &self.ticket, 200),
            ("rollback_criteria", &self.rollback_criteria, 2_000),
        ];
        let mut found: Vec<Problem> = texts
            .into_iter()
            .filter(|(_, text, limit)| text.chars().count() > *limit)
            .map(|(field, text, limit)| {
                Problem::new(field, format!("At most {limit} characters; this has {}.", text.chars().count()))
            })
            .collect();
        if self.tags.len() > 32 || self.tags.iter().any(|tag| tag.is_empty() || tag.chars().count() > 64) {
            found.push(Problem::new("tags", "At most 32 tags of 1 to 64 characters each."));
        }
        if self.variants.len() > 100 {
            found.push(Problem::new("variants", "At most 100 variants."));
        }
        found
    }

    fn variant_names(&self) -> String {
        self.variants.iter().map(|v| v.name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_held_to_their_type() {
        let table = [
            (ValueType::Boolean, json!(true), true),
            (ValueType::Boolean, json!("true"), false),
            (ValueType::String, json!(""), true),
            (ValueType::String, json!(1), false),
            (ValueType::Integer, json!(2_147_483_647), true),
            (ValueType::Integer, json!(2_147_483_648_i64), false),
            (ValueType::Integer, json!(-2_147_483_648_i64), true),
            (ValueType::Integer, json!(1.5), false),
            (ValueType::Number, json!(1.5), true),
            (ValueType::Number, json!(3), true),
            (ValueType::Number, json!("3"), false),
            (ValueType::Object, json!({}), true),
            (ValueType::Object, json!([]), false),
            (ValueType::Object, json!(null), false),
        ];
        for (kind, value, admitted) in table {
            assert_eq!(kind.admits(&value), admitted, "{kind:?} {value}");
        }
    }
}
