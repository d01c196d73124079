//! Where a flag has a state of its own: development, staging, production.

use super::flag::Problem;
use super::key::EnvironmentKey;
use super::policy::Policy;
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
    /// How people say it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Protected => "Protected",
            Self::Critical => "Critical",
        }
    }
    /// One sentence for the person who has to choose.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Open => "A change applies at once, and can be undone.",
            Self::Protected => "A page shows the difference first and asks for a reason.",
            Self::Critical => "The difference, a reason, and the environment's name typed. Turning a flag off never asks.",
        }
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
    /// How people say it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Teal => "Teal",
            Self::Amber => "Amber",
            Self::Magenta => "Magenta",
            Self::Blue => "Blue",
            Self::Violet => "Violet",
            Self::Grey => "Grey",
        }
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
    /// What it asks of changes besides that.
    #[serde(default, skip_serializing_if = "Policy::is_usual")]
    pub policy: Policy,
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
        found.extend(
            self.policy.problems().into_iter().map(|problem| Problem::new(format!("policy.{}", problem.field), problem.message)),
        );
        found
    }
    /// What an environment of that key starts with; its name says whether customers are in it.
    pub fn usual(key: EnvironmentKey, position: i64) -> Self {
        let (colour, protection) = match key.as_str().to_lowercase().as_str() {
            "development" | "dev" | "local" => (Colour::Teal, Protection::Open),
            "staging" | "stage" | "test" | "qa" | "uat" | "preview" => (Colour::Amber, Protection::Open),
            "production" | "prod" | "live" => (Colour::Magenta, Protection::Critical),
            _ => (Colour::Blue, Protection::Open),
        };
        Self { name: key.to_string(), key, colour, protection, position, policy: Policy::default() }
    }

    /// The environments of a new project, in their order. Where no protection was chosen it is the usual one; and where
    /// nothing at all would be guarded then, the last one is critical: changes travel towards the customers.
    pub fn of_new_project(chosen: Vec<(EnvironmentKey, Option<Protection>)>) -> Vec<Self> {
        let is_last_free = chosen.last().is_some_and(|(_, protection)| protection.is_none());
        let one = |(position, (key, protection)): (i64, (EnvironmentKey, Option<Protection>))| {
            let usual = Self::usual(key, position);
            Self { protection: protection.unwrap_or(usual.protection), ..usual }
        };
        let mut all: Vec<Self> = (0..).zip(chosen).map(one).collect();
        let nothing_is_guarded = all.iter().all(|environment| environment.protection == Protection::Open);
        if let Some(last) = all.last_mut().filter(|_| nothing_is_guarded && is_last_free) {
            last.protection = Protection::Critical;
        }
        all
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// `prod` for one without a choice, `prod=open` for one with.
    fn made(list: &str) -> String {
        let one = |text: &str| {
            let (key, protection) = text.split_once('=').map_or((text, None), |(key, p)| (key, Protection::parse(p)));
            (EnvironmentKey::parse(key).unwrap(), protection)
        };
        let all = Environment::of_new_project(list.split(' ').map(one).collect());
        all.iter().map(|it| format!("{} {}", it.key, it.protection.as_str())).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn where_customers_are_is_critical() {
        for (list, expected) in [
            ("development staging production", "development open, staging open, production critical"),
            ("dev prod", "dev open, prod critical"),
            ("Live canary", "Live critical, canary open"),
            ("europe america", "europe open, america critical"),
            ("one", "one critical"),
            ("dev prod=open", "dev open, prod open"),
            ("dev=protected europe", "dev protected, europe open"),
            ("dev europe=open", "dev open, europe open"),
        ] {
            assert_eq!(made(list), expected);
        }
    }

    #[test]
    fn no_address_of_a_page_is_taken_for_an_environment() {
        for key in RESERVED {
            let environment = Environment::usual(EnvironmentKey::parse(key).unwrap(), 0);
            assert_eq!(environment.problems()[0].field, "key");
        }
    }
}
