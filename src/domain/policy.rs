//! What an environment asks of a change besides its protection: other people's reviews, by kind and by size, and times in
//! which nothing changes.

use super::flag::{FlagKind, Problem};
use super::role::Role;
use super::rule::{WHOLE, percent};
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[path = "policy_words.rs"]
mod words;
pub use words::{brief, concern, words};

/// The policy of one environment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// For kinds without a rule of their own, and for what belongs to no flag.
    #[serde(default)]
    pub review: Review,
    /// For flags of these kinds instead.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kinds: BTreeMap<FlagKind, Review>,
    /// What counts as a large change.
    #[serde(default)]
    pub large: Large,
    /// When nothing changes here but to off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub freezes: Vec<Freeze>,
}

/// Which changes other people look at first, how many of them, and who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    pub when: When,
    /// Approvals that are needed, 1 to 3.
    #[serde(default = "one")]
    pub quorum: u8,
    /// The least role of who may approve: approver or admin.
    #[serde(default = "approver")]
    pub reviewers: Role,
}

/// Which changes need a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    Never,
    /// Only those that [`Large`] describes.
    Large,
    Always,
}

/// What makes a change a large one; each on its own is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Large {
    /// A share that grows by more than this, in basis points. What nobody can count, such as a new rule, counts as a whole.
    pub growth: u16,
    /// A change of a kill switch.
    pub kill_switch: bool,
    /// More changes than this saved together, such as a release or an import.
    pub changes: u32,
    /// An environment that is brought back to an earlier moment, however little that changes.
    pub revert: bool,
}

/// A time in which nothing changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// `Black Friday`
    pub name: String,
    pub from: Timestamp,
    /// From this moment on changes are taken again.
    pub until: Timestamp,
}

/// How much a change is, by what [`Large`] looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// The most that any share grows, in basis points.
    pub growth: u16,
    /// Changes that are saved together.
    pub changes: usize,
    /// Whether it brings a whole environment back.
    pub revert: bool,
    /// Whether it takes a plan past a step that waits for an approval.
    pub gate: bool,
}

/// What a policy asks of a change: so many approvals, of such people, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub quorum: u8,
    pub reviewers: Role,
    /// As the middle of a sentence: `production reviews every change`.
    pub because: Vec<String>,
}

const fn one() -> u8 {
    1
}
const fn approver() -> Role {
    Role::Approver
}

/// The most approvals that a policy may ask for.
pub const MAX_QUORUM: u8 = 3;
/// The most freezes that one policy holds.
pub const MAX_FREEZES: usize = 50;

impl Asked {
    /// What is asked where somebody wants others to look at a change and no policy does.
    pub fn by_wish() -> Self {
        Self { quorum: one(), reviewers: approver(), because: vec!["whoever made it asks for it".to_owned()] }
    }
}

impl Default for Review {
    fn default() -> Self {
        Self { when: When::Never, quorum: one(), reviewers: approver() }
    }
}

impl Default for Large {
    fn default() -> Self {
        Self { growth: 2_500, kill_switch: true, changes: 10, revert: true }
    }
}

impl When {
    pub const ALL: [Self; 3] = [Self::Never, Self::Large, Self::Always];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Large => "large",
            Self::Always => "always",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|when| when.as_str() == text)
    }
    /// How people say it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Never => "No change",
            Self::Large => "Large changes",
            Self::Always => "Every change",
        }
    }
}

impl Freeze {
    pub fn holds(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }

    /// What keeps it from being saved; it stands at `path`.
    pub fn problems(&self, path: &str) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.name.trim().is_empty() || self.name.chars().count() > 100 {
            let message = "Name it in 1 to 100 characters, such as Black Friday.";
            found.push(Problem::new(format!("{path}.name"), message));
        }
        if self.until <= self.from {
            found.push(Problem::new(format!("{path}.until"), "It must end after it begins."));
        }
        found
    }
}

impl Asked {
    /// The stricter of both in each respect: nobody gets around one policy by way of another.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.quorum = self.quorum.max(other.quorum);
        self.reviewers = self.reviewers.max(other.reviewers);
        let new: Vec<String> = other.because.into_iter().filter(|why| !self.because.contains(why)).collect();
        self.because.extend(new);
        self
    }
    /// The stricter of two that may both be nothing.
    pub fn stricter(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(one.and(other)),
            (one, other) => one.or(other),
        }
    }
}

impl Policy {
    /// Whether it is what an environment starts with: nothing is asked.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// The rule for flags of `kind`; for what belongs to no flag, `None`.
    pub fn review_of(&self, kind: Option<FlagKind>) -> Review {
        kind.and_then(|kind| self.kinds.get(&kind)).copied().unwrap_or(self.review)
    }

    /// Whether flags of both kinds are met alike, so that a flag may become one from the other by a word.
    pub fn treats_alike(&self, one: FlagKind, other: FlagKind) -> bool {
        let (review, of_other) = (self.review_of(Some(one)), self.review_of(Some(other)));
        let by_kind = review.when == When::Large && self.large.kill_switch;
        review == of_other && !(by_kind && (one == FlagKind::KillSwitch) != (other == FlagKind::KillSwitch))
    }

    /// What a change asks for in `environment`. `kinds` are those of the flags that it touches, before and after; where it
    /// touches none, the rule for everything else decides. `always`: it is met as if every change were reviewed where any
    /// is, as a change of this very policy is.
    pub fn asks(&self, environment: &str, kinds: &[FlagKind], size: Size, always: bool) -> Option<Asked> {
        let rules: Vec<Review> = match (always, kinds) {
            (true, _) => self.kinds.values().chain([&self.review]).copied().collect(),
            (false, []) => vec![self.review],
            (false, kinds) => kinds.iter().map(|kind| self.review_of(Some(*kind))).collect(),
        };
        let large = self.large.because(kinds, size);
        let asked = |rule: Review| {
            let because = match rule.when {
                When::Never => return None,
                When::Always => vec![format!("{environment} reviews every such change")],
                When::Large if size.gate => vec![format!("{environment} has steps approved that wait for it")],
                When::Large if always => vec![format!("{environment} reviews changes of its policy")],
                When::Large => large.iter().map(|why| format!("{environment} reviews large changes, and {why}")).collect(),
            };
            (!because.is_empty()).then_some(Asked { quorum: rule.quorum, reviewers: rule.reviewers, because })
        };
        rules.into_iter().map(asked).fold(None, Asked::stricter)
    }

    /// Every way of reviewing that may come up here, once.
    pub fn ways(&self) -> Vec<Review> {
        let mut found: Vec<Review> = Vec::new();
        for review in [&self.review].into_iter().chain(self.kinds.values()).filter(|review| review.when != When::Never) {
            if found.iter().all(|other| (other.quorum, other.reviewers) != (review.quorum, review.reviewers)) {
                found.push(*review);
            }
        }
        found
    }

    /// The freeze that holds now.
    pub fn frozen(&self, now: Timestamp) -> Option<&Freeze> {
        self.freezes.iter().find(|freeze| freeze.holds(now))
    }

    /// What keeps it from being saved, by field: `review.quorum`, `kinds.release.quorum`, `freezes[0].until`.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        let all = self.kinds.iter().map(|(kind, review)| (format!("kinds.{}", kind.as_str()), review));
        for (path, review) in [("review".to_owned(), &self.review)].into_iter().chain(all) {
            if !(1..=MAX_QUORUM).contains(&review.quorum) {
                found.push(Problem::new(format!("{path}.quorum"), format!("Ask for 1 to {MAX_QUORUM} approvals.")));
            }
            if !matches!(review.reviewers, Role::Approver | Role::Admin) {
                found.push(Problem::new(format!("{path}.reviewers"), "Approvers or admins review."));
            }
        }
        if self.large.growth > WHOLE {
            found.push(Problem::new("large.growth", "A share grows by 0 to 100 %."));
        }
        if self.freezes.len() > MAX_FREEZES {
            found.push(Problem::new("freezes", format!("At most {MAX_FREEZES} freezes; take past ones out.")));
        }
        for (at, freeze) in self.freezes.iter().enumerate() {
            found.extend(freeze.problems(&format!("freezes[{at}]")));
        }
        found
    }
}

impl Large {
    /// Why a change is large, as the end of a sentence; nothing where it is not.
    fn because(self, kinds: &[FlagKind], size: Size) -> Vec<String> {
        let mut found = Vec::new();
        if size.growth > self.growth {
            let by = if size.growth >= WHOLE {
                "may grow by the whole".to_owned()
            } else {
                format!("grows by {}", percent(size.growth))
            };
            found.push(format!("a share {by}, where {} are free", percent(self.growth)));
        }
        if self.kill_switch && kinds.contains(&FlagKind::KillSwitch) {
            found.push("this is a kill switch".to_owned());
        }
        if size.changes > self.changes as usize {
            found.push(format!("these are {} changes at once, where {} are free", size.changes, self.changes));
        }
        if self.revert && size.revert {
            found.push("a whole environment is brought back".to_owned());
        }
        found
    }
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
