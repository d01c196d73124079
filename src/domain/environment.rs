//! Where a flag has a state of its own: development, staging, production.

use super::flag::Problem;
use super::key::EnvironmentKey;
use serde::{Deserialize, Serialize};

/// How carefully a change is met, from the confirm ladder's step 0 to 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// Changes apply at once, and can be undone.
    Open,
    /// A confirm page with the diff, and a reason.
    Protected,
    /// The same, and the environment's name typed.
    Critical,
}

impl Protection {
    pub const ALL: [Self; 3] = [Self::Open, Self::Protected, Self::Critical];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Protected => "protected",
            Self::Critical => "critical",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protection| protection.as_str() == text)
    }
}

/// An environment's mark on every page. A name from the palette, so that both themes can give it enough contrast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    Teal,
    Amber,
    Magenta,
    Blue,
    Violet,
    Grey,
}

impl Colour {
    pub const ALL: [Self; 6] = [Self::Teal, Self::Amber, Self::Magenta, Self::Blue, Self::Violet, Self::Grey];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Teal => "teal",
            Self::Amber => "amber",
            Self::Magenta => "magenta",
            Self::Blue => "blue",
            Self::Violet => "violet",
            Self::Grey => "grey",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|colour| colour.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    pub key: EnvironmentKey,
    pub name: String,
    pub colour: Colour,
    pub protection: Protection,
    /// Order on pages, from 0.
    pub position: i64,
}

/// Page addresses beside an environment's own, below a flag: an environment of that key could not be opened.
pub const RESERVED: [&str; 6] = ["compare", "edit", "history", "metrics", "new", "plan"];

impl Environment {
    /// What keeps it from being saved.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        if RESERVED.contains(&self.key.as_str()) {
            found.push(Problem::new("key", format!("{} is the address of a page; choose another key.", self.key)));
        }
        if self.name.trim().is_empty() || self.name.chars().count() > 200 {
            found.push(Problem::new("name", "Write a name of 1 to 200 characters, such as Production."));
        }
        found
    }
    /// What a new project starts with.
    pub fn usual(key: EnvironmentKey, position: i64) -> Self {
        let (colour, protection) = match key.as_str() {
            "development" => (Colour::Teal, Protection::Open),
            "staging" => (Colour::Amber, Protection::Open),
            "production" => (Colour::Magenta, Protection::Critical),
            _ => (Colour::Blue, Protection::Open),
        };
        Self { name: key.to_string(), key, colour, protection, position }
    }
}
