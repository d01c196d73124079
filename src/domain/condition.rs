//! One test of the evaluation context.

use super::attribute::Schema;
use super::rule::TARGETING_KEY;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How an attribute is compared; what each of them does is `engine::operators`' to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    Equals,
    NotEquals,
    In,
    NotIn,
    Contains,
    NotContains,
    StartsWith,
    EndsWith,
    Matches,
    GreaterThan,
    GreaterOrEqual,
    LessThan,
    LessOrEqual,
    Before,
    After,
    SemverEquals,
    SemverGreater,
    SemverGreaterOrEqual,
    SemverLess,
    SemverLessOrEqual,
    SemverMatches,
    IpIn,
    Exists,
    NotExists,
    InSegment,
    NotInSegment,
    TimeWindow,
}

/// What kind of values an operator takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// None at all: `exists`, `not_exists`.
    Nothing,
    /// A text, number or boolean.
    Scalar,
    Text,
    /// A regular expression of at most 512 bytes.
    Pattern,
    Number,
    /// RFC 3339.
    Instant,
    /// A semantic version; `2.3` reads as `2.3.0`.
    Version,
    /// A version requirement such as `^1.2`.
    VersionRange,
    /// A block such as `10.0.0.0/8`, or one address.
    Cidr,
    /// A segment's key.
    Segment,
    /// `{"days": ["mon", …], "from": "09:00", "to": "17:00", "zone": "Europe/Oslo"}`
    Window,
}

impl Operator {
    pub const ALL: [Self; 27] = [
        Self::Equals,
        Self::NotEquals,
        Self::In,
        Self::NotIn,
        Self::Contains,
        Self::NotContains,
        Self::StartsWith,
        Self::EndsWith,
        Self::Matches,
        Self::GreaterThan,
        Self::GreaterOrEqual,
        Self::LessThan,
        Self::LessOrEqual,
        Self::Before,
        Self::After,
        Self::SemverEquals,
        Self::SemverGreater,
        Self::SemverGreaterOrEqual,
        Self::SemverLess,
        Self::SemverLessOrEqual,
        Self::SemverMatches,
        Self::IpIn,
        Self::Exists,
        Self::NotExists,
        Self::InSegment,
        Self::NotInSegment,
        Self::TimeWindow,
    ];

    /// The spelling in files and the database, and how it reads in a sentence.
    const fn spelling(self) -> (&'static str, &'static str) {
        match self {
            Self::Equals => ("equals", "equals"),
            Self::NotEquals => ("not_equals", "does not equal"),
            Self::In => ("in", "is one of"),
            Self::NotIn => ("not_in", "is none of"),
            Self::Contains => ("contains", "contains"),
            Self::NotContains => ("not_contains", "does not contain"),
            Self::StartsWith => ("starts_with", "starts with"),
            Self::EndsWith => ("ends_with", "ends with"),
            Self::Matches => ("matches", "matches the pattern"),
            Self::GreaterThan => ("greater_than", "is greater than"),
            Self::GreaterOrEqual => ("greater_or_equal", "is at least"),
            Self::LessThan => ("less_than", "is less than"),
            Self::LessOrEqual => ("less_or_equal", "is at most"),
            Self::Before => ("before", "is before"),
            Self::After => ("after", "is after"),
            Self::SemverEquals => ("semver_equals", "is version"),
            Self::SemverGreater => ("semver_greater", "is a version above"),
            Self::SemverGreaterOrEqual => ("semver_greater_or_equal", "is version (or above)"),
            Self::SemverLess => ("semver_less", "is a version below"),
            Self::SemverLessOrEqual => ("semver_less_or_equal", "is version (or below)"),
            Self::SemverMatches => ("semver_matches", "is a version within"),
            Self::IpIn => ("ip_in", "is an address in"),
            Self::Exists => ("exists", "is present"),
            Self::NotExists => ("not_exists", "is absent"),
            Self::InSegment => ("in_segment", "is in segment"),
            Self::NotInSegment => ("not_in_segment", "is not in segment"),
            Self::TimeWindow => ("time_window", "the time is within"),
        }
    }
    pub const fn as_str(self) -> &'static str {
        self.spelling().0
    }
    pub const fn phrase(self) -> &'static str {
        self.spelling().1
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operator| operator.as_str() == text)
    }
    pub const fn operand(self) -> Operand {
        match self {
            Self::Equals | Self::NotEquals | Self::In | Self::NotIn => Operand::Scalar,
            Self::Contains | Self::NotContains | Self::StartsWith | Self::EndsWith => Operand::Text,
            Self::Matches => Operand::Pattern,
            Self::GreaterThan | Self::GreaterOrEqual | Self::LessThan | Self::LessOrEqual => Operand::Number,
            Self::Before | Self::After => Operand::Instant,
            Self::SemverEquals
            | Self::SemverGreater
            | Self::SemverGreaterOrEqual
            | Self::SemverLess
            | Self::SemverLessOrEqual => Operand::Version,
            Self::SemverMatches => Operand::VersionRange,
            Self::IpIn => Operand::Cidr,
            Self::Exists | Self::NotExists => Operand::Nothing,
            Self::InSegment | Self::NotInSegment => Operand::Segment,
            Self::TimeWindow => Operand::Window,
        }
    }
    /// `not_…` operators: they hold when none of the values does.
    pub const fn is_negative(self) -> bool {
        matches!(self, Self::NotEquals | Self::NotIn | Self::NotContains | Self::NotExists | Self::NotInSegment)
    }
    /// Whether the operator looks at an attribute; segments look at the whole context, windows at the clock.
    pub const fn reads_attribute(self) -> bool {
        !matches!(self, Self::InSegment | Self::NotInSegment | Self::TimeWindow)
    }
}

/// An attribute of the context against values. Several values mean *any of* (`not_…`: none of).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// A name or a dotted path into nested objects; empty where the operator reads none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub attribute: String,
    pub operator: Operator,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub negate: bool,
    /// For the text operators: compare the lower case of both.
    #[serde(default, skip_serializing_if = "is_false")]
    pub ignore_case: bool,
}

impl Condition {
    /// The same for who may not know whom a list names: how many values, where users are named one by one and where the
    /// attribute is private.
    #[must_use]
    pub fn masked(mut self, schema: &Schema) -> Self {
        if is_masked(&self.attribute, schema) && !self.values.is_empty() {
            self.values = vec![Value::String(hidden(self.values.len()))];
        }
        self
    }
}

/// Whether viewers are not shown what conditions compare this attribute with.
pub fn is_masked(attribute: &str, schema: &Schema) -> bool {
    attribute == TARGETING_KEY || schema.is_private(attribute)
}

/// What stands in the place of a list of users.
pub fn hidden(count: usize) -> String {
    format!("{count} hidden")
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_is_listed_once_and_spelled_as_serde_spells_it() {
        for operator in Operator::ALL {
            assert_eq!(serde_json::to_value(operator).ok(), Some(Value::from(operator.as_str())));
            assert_eq!(Operator::parse(operator.as_str()), Some(operator));
        }
    }
}
