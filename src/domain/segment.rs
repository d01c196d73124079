//! A named group of contexts that several flags may ask for.

use super::condition::Condition;
use super::key::SegmentKey;
use serde::{Deserialize, Serialize};

/// Include list, exclude list and groups of conditions. Exclude wins; any group, all conditions in it.
/// A segment does not ask for another segment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    pub key: SegmentKey,
    pub name: String,
    #[serde(default)]
    pub description: String,
    /// Targeting keys that are always in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Targeting keys that are never in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Vec<Condition>>,
}
