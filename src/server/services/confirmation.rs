//! What many changes ask for before they are taken, an import or a bundle at once, and what was said to that. What each of
//! them asks for is the policy's to say: [`Governance::rehearse`](crate::server::governance::Governance::rehearse).

use crate::domain::policy::Asked;
use crate::server::error::Confirm;
use crate::server::governance::change_requests::NewRequest;

/// What has to be said before the changes are taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asks {
    pub reason: bool,
    /// The environments whose key must be typed.
    pub typed: Vec<String>,
    /// Other people look at them first, in place of all that.
    pub review: Option<Asked>,
}

impl Asks {
    /// What several changes ask for together.
    pub fn of<'a>(changes: impl Iterator<Item = &'a Confirm>) -> Self {
        let mut asks = Self::default();
        for asked in changes {
            if asked.review.is_some() {
                asks.review = Asked::stricter(asks.review, asked.review.clone());
                continue;
            }
            asks.reason |= asked.reason;
            if asked.typed && !asks.typed.contains(&asked.environment) {
                asks.typed.push(asked.environment.clone());
            }
        }
        if asks.review.is_some() {
            (asks.reason, asks.typed) = (false, Vec::new());
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
    /// What is said to those who have to look at it first.
    pub request: Option<NewRequest>,
}

impl Confirmation {
    /// What confirms one of the changes: the key of the environment that asks, where that was typed.
    pub fn of(&self, asked: Option<&Confirm>) -> Option<String> {
        let wanted = asked.map(|asked| &asked.environment).filter(|key| self.typed.contains(key));
        self.confirmed.then(|| wanted.or_else(|| self.typed.first()).cloned().unwrap_or_default())
    }
}
