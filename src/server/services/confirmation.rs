//! What the environments that many changes touch ask for first: the confirm ladder, for an import or a bundle at once.

use crate::domain::environment::{Environment, Protection};
use crate::domain::key::EnvironmentKey;

/// The environment whose protection decides on a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub environment: EnvironmentKey,
    pub protection: Protection,
}

impl Asked {
    /// The strictest of several, as the policy chooses it.
    pub fn strictest<'e>(environments: impl Iterator<Item = &'e Environment>) -> Option<Self> {
        environments.max_by_key(|one| one.protection).map(Self::of)
    }
    pub fn of(environment: &Environment) -> Self {
        Self { environment: environment.key.clone(), protection: environment.protection }
    }
}

/// What has to be said before the changes are taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asks {
    pub reason: bool,
    /// The environments whose key must be typed.
    pub typed: Vec<EnvironmentKey>,
}

impl Asks {
    /// What several changes ask for together.
    pub fn of<'a>(changes: impl Iterator<Item = &'a Asked>) -> Self {
        let mut asks = Self::default();
        for asked in changes {
            asks.reason |= asked.protection >= Protection::Protected;
            if asked.protection == Protection::Critical && !asks.typed.contains(&asked.environment) {
                asks.typed.push(asked.environment.clone());
            }
        }
        asks
    }
}

/// What was said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Confirmation {
    pub reason: Option<String>,
    pub confirmed: bool,
    /// The keys that were typed.
    pub typed: Vec<String>,
}

impl Confirmation {
    /// What confirms one of the changes: the key of the environment that it touches, where that was typed.
    pub fn of(&self, asked: Option<&Asked>) -> Option<String> {
        let wanted = asked.map(|asked| asked.environment.to_string()).filter(|key| self.typed.contains(key));
        self.confirmed.then(|| wanted.or_else(|| self.typed.first().cloned()).unwrap_or_default())
    }
}
