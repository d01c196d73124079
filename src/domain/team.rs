//! People of a project who answer for flags together.

use super::flag::Problem;
use super::key::TeamKey;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    pub key: TeamKey,
    pub name: String,
    /// E-mail addresses of members of the project, in order.
    #[serde(default)]
    pub members: Vec<String>,
}

impl Team {
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.name.trim().is_empty() || self.name.chars().count() > 200 {
            found.push(Problem::new("name", "Write a name of 1 to 200 characters, such as Payments."));
        }
        found
    }
}
