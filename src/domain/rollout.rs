//! A rollout plan: the share in force is a pure function of the plan and the moment.

use super::key::VariantName;
use super::rule::WHOLE;
use super::time::{DAY, Timestamp};
use serde::{Deserialize, Serialize};

/// A share of the units that grows by plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rollout {
    #[serde(default = "super::rule::targeting_key")]
    pub bucket_by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// Served to the share in force.
    pub variant: VariantName,
    /// Served to everybody else.
    pub rest: VariantName,
    pub plan: Plan,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub steps: Vec<Step>,
    /// While paused: the share that stays in force, in basis points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_at: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Basis points, 0 to 10000.
    pub share: u16,
    pub starts_at: Start,
    /// How the plan means the next step to begin, kept for when it stands still or begins anew; where it is not said, the
    /// steps' instants tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
}

/// How long a step stays in force before the next one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// Milliseconds: a day is 24 hours, whatever clocks on walls do.
    For(i64),
    UntilApproved,
}

impl Step {
    pub const fn new(share: u16, starts_at: Start) -> Self {
        Self { share, starts_at, hold: None }
    }
}

/// When a step begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    At(Timestamp),
    /// When somebody approves it, which rewrites it to an instant.
    OnApproval,
    /// So many milliseconds after the step before it, or after the plan goes on: it waits until that has an instant.
    After(i64),
}

impl Start {
    fn has_come(self, now: Timestamp) -> bool {
        matches!(self, Self::At(at) if at <= now)
    }
}

/// The preset: 1, 10, 25, 50, 100 %.
pub const PRESET: [u16; 5] = [100, 1_000, 2_500, 5_000, WHOLE];

impl Plan {
    /// Steps of `every` milliseconds each, the first at `start`.
    pub fn regular(shares: &[u16], start: Timestamp, every: i64) -> Self {
        let mut at = start;
        let steps = shares.iter().map(|&share| {
            let step = Step { hold: Some(Hold::For(every)), ..Step::new(share, Start::At(at)) };
            at = at.plus(every);
            step
        });
        let mut plan = Self { steps: steps.collect(), held_at: None };
        if let Some(last) = plan.steps.last_mut() {
            last.hold = None;
        }
        plan
    }
    /// The preset, a day each.
    pub fn preset(start: Timestamp) -> Self {
        Self::regular(&PRESET, start, DAY)
    }
    /// The step whose share is in force by the clock: the last whose start has come.
    pub fn current(&self, now: Timestamp) -> Option<usize> {
        self.steps.iter().rposition(|step| step.starts_at.has_come(now))
    }
    /// The share in force at `now`, in basis points: nothing before the first step; the held share while paused.
    pub fn share(&self, now: Timestamp) -> u16 {
        let by_clock = || self.current(now).map_or(0, |at| self.steps[at].share);
        self.held_at.unwrap_or_else(by_clock).min(WHOLE)
    }
    /// The next instant after `now` at which the share may change by itself.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        if self.held_at.is_some() {
            return None;
        }
        let later = |step: &Step| match step.starts_at {
            Start::At(at) if at > now => Some(at),
            _ => None,
        };
        self.steps.iter().filter_map(later).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_follows_the_clock() {
        let start = Timestamp::from_millis(1_000 * DAY);
        let plan = Plan::preset(start);
        let table = [
            (-1, 0),
            (0, 100),
            (DAY - 1, 100),
            (DAY, 1_000),
            (2 * DAY, 2_500),
            (3 * DAY, 5_000),
            (4 * DAY, WHOLE),
            (400 * DAY, WHOLE),
        ];
        for (after, share) in table {
            assert_eq!(plan.share(start.plus(after)), share, "{after} ms after the start");
        }
        assert_eq!(plan.next_change(start.plus(-5)), Some(start));
        assert_eq!(plan.next_change(start), Some(start.plus(DAY)));
        assert_eq!(plan.next_change(start.plus(4 * DAY)), None);
    }

    #[test]
    fn a_held_plan_stands_still() {
        let start = Timestamp::from_millis(0);
        let plan = Plan { held_at: Some(1_000), ..Plan::preset(start) };
        assert_eq!(plan.share(start.plus(900 * DAY)), 1_000);
        assert_eq!(plan.next_change(start), None);
    }

    #[test]
    fn a_step_that_waits_for_approval_does_not_start() {
        let start = Timestamp::from_millis(0);
        let mut plan = Plan::preset(start);
        plan.steps[1].starts_at = Start::OnApproval;
        assert_eq!(plan.share(start.plus(DAY)), 100);
        assert_eq!(plan.next_change(start), Some(start.plus(2 * DAY)));
    }
}
