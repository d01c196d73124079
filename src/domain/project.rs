//! A product or team whose flags belong together.

use super::key::ProjectKey;
use serde::{Deserialize, Serialize};

/// The naming pattern a new project starts with.
pub const SNAKE_CASE: &str = "^[a-z][a-z0-9]*(_[a-z0-9]+)*$";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    pub key: ProjectKey,
    pub name: String,
    /// A regular expression that every new flag key must match.
    pub naming_pattern: String,
}

impl Project {
    pub fn new(key: ProjectKey, name: impl Into<String>) -> Self {
        Self { key, name: name.into(), naming_pattern: SNAKE_CASE.to_owned() }
    }
}
