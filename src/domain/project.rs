//! A product or team whose flags belong together.

use super::flag::{ExpiryAction, FlagKind, Problem};
use super::key::{ProjectKey, VariantName};
use super::plan_template::PlanTemplate;
use super::required::Required;
use super::time::{DAY, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The naming pattern a new project starts with.
pub const SNAKE_CASE: &str = "^[a-z][a-z0-9]*(_[a-z0-9]+)*$";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    pub key: ProjectKey,
    pub name: String,
    /// A regular expression that every new flag key must match.
    pub naming_pattern: String,
    #[serde(default)]
    pub kinds: Kinds,
    /// Templates of rollout plans, besides the usual one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<PlanTemplate>,
}

impl Project {
    pub fn new(key: ProjectKey, name: impl Into<String>) -> Self {
        Self { key, name: name.into(), naming_pattern: SNAKE_CASE.to_owned(), kinds: Kinds::default(), plans: Vec::new() }
    }
}

/// What a new flag of each kind starts with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Kinds(BTreeMap<FlagKind, KindDefaults>);

/// What a new flag of one kind starts with, unless its maker says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindDefaults {
    /// Days until it expires; none for the permanent kinds.
    pub lifetime_days: Option<u32>,
    /// For the permanent kinds: days until somebody should ask whether it is still needed.
    pub review_days: Option<u32>,
    pub on_expiry: ExpiryDefault,
    /// Days from the expiry until a flag is archived, where that is what its expiry does.
    #[serde(default = "grace", skip_serializing_if = "is_grace")]
    pub grace_days: u32,
    /// Days of one and the same answer after which a flag that is meant to go away counts as ready to remove.
    #[serde(default = "ready", skip_serializing_if = "is_ready")]
    pub ready_days: u32,
    /// What its flags must say.
    #[serde(default, skip_serializing_if = "Required::is_empty")]
    pub required: Required,
}

/// The days that are written down only where somebody chose others.
pub const GRACE_DAYS: u32 = 14;
pub const READY_DAYS: u32 = 90;

const fn grace() -> u32 {
    GRACE_DAYS
}
const fn ready() -> u32 {
    READY_DAYS
}
#[allow(clippy::trivially_copy_pass_by_ref)] // As serde asks.
fn is_grace(days: &u32) -> bool {
    *days == GRACE_DAYS
}
#[allow(clippy::trivially_copy_pass_by_ref)] // As serde asks.
fn is_ready(days: &u32) -> bool {
    *days == READY_DAYS
}

/// What happens at expiry where the flag's maker says nothing, as the flag file spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiryDefault {
    #[default]
    Notify,
    Freeze,
    /// Everybody gets the variant for off.
    ServeOff,
    Archive,
}

impl ExpiryDefault {
    pub const ALL: [Self; 4] = [Self::Notify, Self::Freeze, Self::ServeOff, Self::Archive];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Notify => "notify",
            Self::Freeze => "freeze",
            Self::ServeOff => "serve_off",
            Self::Archive => "archive",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }
    /// How people say it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Notify => "Show it as overdue",
            Self::Freeze => "Refuse edits until it is extended",
            Self::ServeOff => "Serve the variant for off to everybody",
            Self::Archive => "Archive it after the grace period",
        }
    }
    /// The same for a flag whose variant for off is `off`.
    pub fn action(self, off: &VariantName) -> ExpiryAction {
        match self {
            Self::Notify => ExpiryAction::Notify,
            Self::Freeze => ExpiryAction::Freeze,
            Self::ServeOff => ExpiryAction::Serve(off.clone()),
            Self::Archive => ExpiryAction::Archive,
        }
    }
}

/// The longest lifetime or pause between reviews: ten years.
pub const MAX_DAYS: u32 = 3_650;

impl KindDefaults {
    /// What Flagstaff itself proposes: three months for what is meant to go away.
    pub const fn usual(kind: FlagKind) -> Self {
        let temporary = !kind.is_permanent();
        Self {
            lifetime_days: if temporary { Some(90) } else { None },
            review_days: if temporary { None } else { Some(365) },
            on_expiry: ExpiryDefault::Notify,
            grace_days: GRACE_DAYS,
            ready_days: READY_DAYS,
            required: Required { ticket: false, rollback_criteria: false },
        }
    }
    /// When a flag made now would expire.
    pub fn expires_at(self, now: Timestamp) -> Option<Timestamp> {
        self.lifetime_days.map(|days| now.plus(i64::from(days) * DAY))
    }
    /// When a flag made now should be reviewed.
    pub fn review_by(self, now: Timestamp) -> Option<Timestamp> {
        self.review_days.map(|days| now.plus(i64::from(days) * DAY))
    }
}

impl Default for Kinds {
    fn default() -> Self {
        Self(FlagKind::ALL.into_iter().map(|kind| (kind, KindDefaults::usual(kind))).collect())
    }
}

impl Kinds {
    pub fn of(&self, kind: FlagKind) -> KindDefaults {
        self.0.get(&kind).copied().unwrap_or_else(|| KindDefaults::usual(kind))
    }
    #[must_use]
    pub fn with(mut self, kind: FlagKind, defaults: KindDefaults) -> Self {
        self.0.insert(kind, defaults);
        self
    }
    /// The same with what is missing filled in, so that equal settings are equal documents.
    #[must_use]
    pub fn whole(self) -> Self {
        Self(FlagKind::ALL.into_iter().map(|kind| (kind, self.of(kind))).collect())
    }

    /// What keeps them from being saved. A field is called `kinds.release.lifetime_days`.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        for (kind, defaults) in &self.0 {
            let mut refuse = |field: &str, message: String| {
                found.push(Problem::new(format!("kinds.{}.{field}", kind.as_str()), message));
            };
            let label = kind.label();
            match (kind.is_permanent(), defaults.lifetime_days, defaults.review_days) {
                (true, Some(_), _) => {
                    refuse("lifetime_days", format!("{label} flags are permanent: leave the lifetime out and set a review."));
                }
                (false, None, _) => refuse("lifetime_days", format!("{label} flags need a lifetime, such as 90 days.")),
                (false, _, Some(_)) => refuse("review_days", format!("{label} flags expire; leave the review out.")),
                _ => {}
            }
            for (field, days) in [("lifetime_days", defaults.lifetime_days), ("review_days", defaults.review_days)] {
                if days.is_some_and(|days| !(1..=MAX_DAYS).contains(&days)) {
                    refuse(field, format!("Write 1 to {MAX_DAYS} days."));
                }
            }
            if defaults.grace_days > MAX_DAYS {
                refuse("grace_days", format!("Write 0 to {MAX_DAYS} days."));
            }
            if !(1..=MAX_DAYS).contains(&defaults.ready_days) {
                refuse("ready_days", format!("Write 1 to {MAX_DAYS} days."));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_defaults_are_sound() {
        assert!(Kinds::default().problems().is_empty());
        let empty: Kinds = Kinds(BTreeMap::new());
        assert_eq!(empty.of(FlagKind::Release).lifetime_days, Some(90));
        assert_eq!(empty.whole(), Kinds::default());
    }

    #[test]
    fn defaults_that_contradict_the_kind_are_refused() {
        let usual = KindDefaults::usual;
        for (kind, defaults, field) in [
            (FlagKind::Release, KindDefaults { lifetime_days: None, ..usual(FlagKind::Release) }, "kinds.release.lifetime_days"),
            (
                FlagKind::Release,
                KindDefaults { lifetime_days: Some(0), ..usual(FlagKind::Release) },
                "kinds.release.lifetime_days",
            ),
            (FlagKind::Release, KindDefaults { review_days: Some(9), ..usual(FlagKind::Release) }, "kinds.release.review_days"),
            (
                FlagKind::KillSwitch,
                KindDefaults { lifetime_days: Some(9), ..usual(FlagKind::KillSwitch) },
                "kinds.kill_switch.lifetime_days",
            ),
            (
                FlagKind::KillSwitch,
                KindDefaults { review_days: Some(MAX_DAYS + 1), ..usual(FlagKind::KillSwitch) },
                "kinds.kill_switch.review_days",
            ),
        ] {
            let problems = Kinds::default().with(kind, defaults).problems();
            assert_eq!(problems.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(), [field]);
        }
    }
}
