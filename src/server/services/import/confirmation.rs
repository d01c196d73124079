//! What the environments that an import touches ask for first: the confirm ladder, for many changes at once.

use super::{Prepared, Step};
use crate::domain::environment::{Environment, Protection};
use crate::domain::key::EnvironmentKey;
use crate::server::governance::Submission;

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

/// What has to be said before an import is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asks {
    pub reason: bool,
    /// The environments whose key must be typed.
    pub typed: Vec<EnvironmentKey>,
}

/// What was said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Confirmation {
    pub reason: Option<String>,
    pub confirmed: bool,
    /// The keys that were typed.
    pub typed: Vec<String>,
}

impl Prepared {
    pub fn asks(&self) -> Asks {
        let mut asks = Asks::default();
        for asked in self.steps.iter().filter_map(|step| step.asked.as_ref()) {
            asks.reason |= asked.protection >= Protection::Protected;
            if asked.protection == Protection::Critical && !asks.typed.contains(&asked.environment) {
                asks.typed.push(asked.environment.clone());
            }
        }
        asks
    }
}

impl Step {
    /// Each change is confirmed with the key of the environment that it touches, where that was typed.
    pub fn submission(self, said: &Confirmation) -> Submission {
        let wanted = self.asked.map(|asked| asked.environment.to_string()).filter(|key| said.typed.contains(key));
        let confirmation = said.confirmed.then(|| wanted.or_else(|| said.typed.first().cloned()).unwrap_or_default());
        let (reason, base_version) = (said.reason.clone(), self.base_version);
        Submission { reason, confirmation, base_version, ..Submission::new(self.command) }
    }
}
