//! What people do with a rollout plan. Each command takes a plan and gives the next one; none falls below the share in force
//! but rolling back. Instants are left open where they begin with the command ([`Start::After`]) and are filled in by
//! [`Plan::settled`] when it takes effect: a change that waits for a review loses no day of its plan.

use super::flag::Problem;
use super::rollout::{Hold, Plan, Start, Step};
use super::rule::{WHOLE, percent};
use super::time::{DAY, MINUTE, Timestamp};
use super::when;
use serde::{Deserialize, Serialize};

/// A step as it is planned: its share, and how the next one begins. Of the last step the hold says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Basis points, 0 to 10000.
    pub share: u16,
    pub hold: Hold,
}

/// The most steps of a plan.
pub const MAX_STEPS: usize = 100;
/// The shortest and the longest hold, in milliseconds.
pub const LEAST_HOLD: i64 = MINUTE;
pub const MOST_HOLD: i64 = 3_650 * DAY;

/// One of the buttons of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    Pause,
    Resume,
    /// Begins the next step now.
    Advance,
    /// Begins the next step, which waits for that.
    Approve,
    /// To nobody, where it stands still.
    RollBack,
    /// Begins the last step now.
    Complete,
}

impl Move {
    pub const ALL: [Self; 6] = [Self::Pause, Self::Resume, Self::Advance, Self::Approve, Self::RollBack, Self::Complete];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Advance => "advance",
            Self::Approve => "approve",
            Self::RollBack => "roll_back",
            Self::Complete => "complete",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.as_str() == text)
    }
}

impl Hold {
    /// How a step begins that follows one with this hold.
    const fn start(self) -> Start {
        match self {
            Self::For(millis) => Start::After(millis),
            Self::UntilApproved => Start::OnApproval,
        }
    }
    /// `1 d`, `until approved`
    pub fn told(self) -> String {
        match self {
            Self::For(millis) => when::span(millis),
            Self::UntilApproved => "until approved".to_owned(),
        }
    }
}

fn refuse<T>(why: impl Into<String>) -> Result<T, Problem> {
    Err(Problem::new("", why))
}

impl Plan {
    /// A plan of these stages whose first begins so; the others are left open.
    pub fn of(stages: &[Stage], first: Start) -> Self {
        let starts = std::iter::once(first).chain(stages.iter().map(|stage| stage.hold.start()));
        let step = |(stage, starts_at): (&Stage, Start)| Step { share: stage.share, starts_at, hold: Some(stage.hold) };
        let mut steps: Vec<Step> = stages.iter().zip(starts).map(step).collect();
        if let Some(last) = steps.last_mut() {
            last.hold = None;
        }
        Self { steps, held_at: None }
    }

    /// The plan as it takes effect at `now`: what was left open gets its instant, unless it waits for an approval or the plan
    /// stands still.
    #[must_use]
    pub fn settled(mut self, now: Timestamp) -> Self {
        if self.held_at.is_some() {
            return self;
        }
        // What people have until a later start is held no longer once that has come.
        if let [Step { starts_at: Start::After(0), .. }, Step { starts_at: Start::At(at), .. }, ..] = self.steps[..]
            && at <= now
        {
            self.steps.remove(0);
        }
        let mut before = Some(None);
        for step in &mut self.steps {
            if let (Start::After(millis), Some(before)) = (step.starts_at, before) {
                let earliest = before.map_or(now, |at: Timestamp| at.plus(1));
                let counted = before.map_or(now, |at| at.max(now)).plus(millis);
                step.starts_at = Start::At(counted.max(earliest));
            }
            before = if let Start::At(at) = step.starts_at { Some(Some(at)) } else { None };
        }
        self
    }

    /// The step that the plan has come to: by the clock, or the one that is held.
    pub fn place(&self, now: Timestamp) -> Option<usize> {
        let Some(held) = self.held_at else { return self.current(now) };
        let began = |step: &Step| matches!(step.starts_at, Start::At(at) if at <= now);
        self.steps.iter().rposition(|step| step.share <= held && (step.share > 0 || began(step)))
    }
    /// The step after that.
    pub fn next(&self, now: Timestamp) -> Option<usize> {
        let next = self.place(now).map_or(0, |at| at + 1);
        (next < self.steps.len()).then_some(next)
    }
    /// Whether the next step begins only once somebody approves it.
    pub fn waits(&self, now: Timestamp) -> bool {
        self.next(now).is_some_and(|next| self.steps[next].starts_at == Start::OnApproval)
    }

    /// The steps as they are planned.
    pub fn stages(&self) -> Vec<Stage> {
        let stage = |(at, step): (usize, &Step)| Stage { share: step.share, hold: self.hold(at) };
        self.steps.iter().enumerate().map(stage).collect()
    }

    /// What a step's hold is; where it is not said, what its neighbours' instants come to.
    fn hold(&self, at: usize) -> Hold {
        let next = self.steps.get(at + 1).map(|next| next.starts_at);
        let meant = || match (self.steps[at].starts_at, next) {
            (_, Some(Start::After(millis))) => Hold::For(millis),
            (Start::At(this), Some(Start::At(next))) => Hold::For(next.millis() - this.millis()),
            _ => Hold::For(DAY),
        };
        // Whatever is said of it: what waits for an approval now does so the next time.
        if next == Some(Start::OnApproval) { Hold::UntilApproved } else { self.steps[at].hold.unwrap_or_else(meant) }
    }

    /// The same with every hold said, before its instants are changed.
    fn planned(&self) -> Self {
        let mut plan = self.clone();
        for at in 0..plan.steps.len().saturating_sub(1) {
            plan.steps[at].hold = Some(self.hold(at));
        }
        plan
    }

    /// Leaves the instants of the steps from `from` on open, as far apart as they are.
    fn loosen(&mut self, from: usize, now: Timestamp) {
        let mut before = now;
        for at in from..self.steps.len() {
            let Start::At(start) = self.steps[at].starts_at else { continue };
            let apart = start.millis() - before.millis();
            // It has passed while a plan was held by whoever wrote the file: its hold begins anew.
            let anew = || match at.checked_sub(1).and_then(|earlier| self.steps[earlier].hold) {
                Some(Hold::For(millis)) => millis,
                _ => 0,
            };
            self.steps[at].starts_at = Start::After(if apart > 0 { apart } else { anew() });
            before = before.max(start);
        }
    }

    /// The plan after one of its buttons.
    pub fn moved(&self, order: Move, now: Timestamp) -> Result<Self, Problem> {
        match order {
            Move::Pause => self.paused(now),
            Move::Resume => self.resumed(now),
            Move::Advance => self.advanced(now),
            Move::Approve => self.approved(now),
            Move::RollBack => self.rolled_back(now),
            Move::Complete => self.completed(now),
        }
    }

    /// Stands still at the share in force; what remains of its step remains.
    pub fn paused(&self, now: Timestamp) -> Result<Self, Problem> {
        if self.held_at.is_some() {
            return refuse("The plan is paused already.");
        }
        let Some(next) = self.next(now) else { return refuse("The plan has come to its last step; there is nothing to pause.") };
        let mut plan = self.planned();
        plan.held_at = Some(self.share(now));
        plan.loosen(next, now);
        Ok(plan)
    }

    /// Goes on where it stood still.
    pub fn resumed(&self, now: Timestamp) -> Result<Self, Problem> {
        let Some(held) = self.held_at else { return refuse("The plan is not paused.") };
        let mut plan = self.going_on(now);
        let place = plan.steps.iter().rposition(|step| matches!(step.starts_at, Start::At(at) if at <= now));
        // A file may hold a plan at a share that is none of its steps'.
        if held > place.map_or(0, |at| plan.steps[at].share) {
            let hold = place.and_then(|at| plan.steps[at].hold);
            plan.steps.insert(place.map_or(0, |at| at + 1), Step { share: held, starts_at: Start::After(0), hold });
        }
        Ok(plan)
    }

    /// The same where it goes on, with the next step left open. Steps that it never came to and is past are left out.
    fn going_on(&self, now: Timestamp) -> Self {
        let place = self.place(now);
        let mut plan = self.planned();
        plan.held_at = None;
        plan.loosen(place.map_or(0, |at| at + 1), now);
        let Some(place) = place else { return plan };
        let mut at = 0;
        plan.steps.retain(|step| {
            at += 1;
            at > place + 1 || matches!(step.starts_at, Start::At(start) if start <= now)
        });
        plan
    }

    /// Begins the next step now; those after it keep their distances. Lifts a pause.
    pub fn advanced(&self, now: Timestamp) -> Result<Self, Problem> {
        if self.waits(now) {
            let next = self.next(now).map_or(0, |next| self.steps[next].share);
            return refuse(format!("{} wait for an approval: approve the step.", percent(next)));
        }
        self.with_next_begun(now)
    }

    /// Begins the step that waits for it; those after it follow. Lifts a pause.
    pub fn approved(&self, now: Timestamp) -> Result<Self, Problem> {
        if !self.waits(now) {
            return refuse("No step of the plan waits for an approval.");
        }
        self.with_next_begun(now)
    }

    fn with_next_begun(&self, now: Timestamp) -> Result<Self, Problem> {
        let Some(next) = self.next(now) else { return refuse("The plan has come to its last step.") };
        let mut plan = if self.held_at.is_some() { self.resumed(now)? } else { self.planned() };
        // Lifting a pause may have left steps out, or put one in.
        let next = plan.steps.len() - (self.steps.len() - next);
        plan.loosen(next, now);
        plan.steps[next].starts_at = Start::After(0);
        Ok(plan)
    }

    /// Begins the last step now, and so all before it. Lifts a pause.
    pub fn completed(&self, now: Timestamp) -> Result<Self, Problem> {
        let Some(next) = self.next(now) else { return refuse("The plan has come to its last step.") };
        let left = self.steps.len() - next;
        let mut plan = if self.held_at.is_some() { self.resumed(now)? } else { self.planned() };
        let from = plan.steps.len() - left;
        for step in &mut plan.steps[from..] {
            step.starts_at = Start::After(0);
        }
        Ok(plan)
    }

    /// Takes it from everybody and stands still before the first step; resumed, it begins anew with the holds as planned.
    pub fn rolled_back(&self, now: Timestamp) -> Result<Self, Problem> {
        if self.share(now) == 0 && (self.held_at.is_some() || self.current(now).is_none()) {
            return refuse("Nobody gets it yet; there is nothing to roll back.");
        }
        let mut plan = Self::of(&self.stages(), Start::After(0));
        plan.held_at = Some(0);
        Ok(plan)
    }

    /// The plan with other steps from the next one on, and another hold of the one in force.
    pub fn edited(&self, hold: Option<Hold>, later: &[Stage], now: Timestamp) -> Result<Self, Problem> {
        let place = self.place(now);
        let from = place.map_or(0, |at| at + 1);
        if from + later.len() == 0 {
            return refuse("A plan needs at least one step.");
        }
        let mut plan = self.planned();
        if self.held_at.is_some() {
            plan.loosen(from, now);
        }
        let was = plan.steps.get(from).map(|step| step.starts_at);
        let hold = hold.filter(|_| !later.is_empty());
        let first = match (place, hold, was) {
            (Some(at), Some(hold), was) => match was.filter(|_| plan.steps[at].hold == Some(hold)) {
                Some(as_it_was) => as_it_was,
                None => self.start_after(at, hold, now)?,
            },
            (_, _, was) => was.unwrap_or(Start::After(0)),
        };
        if let (Some(at), Some(hold)) = (place, hold) {
            plan.steps[at].hold = Some(hold);
        }
        plan.steps.truncate(from);
        plan.steps.extend(Self::of(later, first).steps);
        if later.is_empty()
            && let Some(last) = plan.steps.last_mut()
        {
            last.hold = None;
        }
        Ok(plan)
    }

    /// When the step after `at` begins by another hold: counted from when that began, or from when the plan goes on.
    fn start_after(&self, at: usize, hold: Hold, now: Timestamp) -> Result<Start, Problem> {
        let (Hold::For(millis), None, Start::At(began)) = (hold, self.held_at, self.steps[at].starts_at) else {
            return Ok(hold.start());
        };
        let then = began.plus(millis);
        if then > now {
            return Ok(Start::At(then));
        }
        let (share, held) = (percent(self.steps[at].share), when::span(now.millis() - began.millis()));
        let message = format!("{share} have been in force for {held} already: write a longer time, or begin the next step now.");
        Err(Problem::new("hold", message))
    }

    /// What keeps it from being served, in sentences.
    pub fn problems(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.steps.is_empty() {
            found.push("A rollout needs at least one step.".to_owned());
        }
        if self.steps.len() > MAX_STEPS {
            found.push(format!("A rollout has at most {MAX_STEPS} steps; this one has {}.", self.steps.len()));
        }
        if self.steps.iter().any(|step| step.share > WHOLE) || self.held_at.is_some_and(|share| share > WHOLE) {
            found.push("A step's share is at most 100 %.".to_owned());
        }
        let starts: Vec<_> =
            self.steps.iter().filter_map(|step| if let Start::At(at) = step.starts_at { Some(at) } else { None }).collect();
        if starts.windows(2).any(|pair| pair[0] >= pair[1]) {
            found.push("Each step must start after the one before it.".to_owned());
        }
        if self.steps.windows(2).any(|pair| pair[0].share >= pair[1].share) {
            found.push("Each step's share must be larger than the one before it.".to_owned());
        }
        let is_back = |step: &Step| matches!(step.starts_at, Start::After(..0)) || matches!(step.hold, Some(Hold::For(..0)));
        if self.steps.iter().any(is_back) {
            found.push("A step stays for some time; it cannot be less than none.".to_owned());
        }
        if *self != self.clone().settled(Timestamp::FIRST) {
            let message = "A step that starts so long after the one before it needs one there that waits for approval, or a \
                           plan that is paused; give it an instant instead.";
            found.push(message.to_owned());
        }
        found
    }
}

/// What keeps stages from being a plan, with the place of each; `from` is the share that they begin above.
pub fn problems(stages: &[Stage], from: Option<u16>) -> Vec<(usize, &'static str, String)> {
    let mut found = Vec::new();
    let mut before = from;
    for (at, stage) in stages.iter().enumerate() {
        if let Some(before) = before.filter(|before| stage.share <= *before) {
            let message = format!("Write more than {}: each step is larger than the one before it.", percent(before));
            found.push((at, "share", message));
        }
        if matches!(stage.hold, Hold::For(millis) if !(LEAST_HOLD..=MOST_HOLD).contains(&millis)) && at + 1 < stages.len() {
            found.push((at, "hold", "A step stays for a minute at least and for 3650 days at most.".to_owned()));
        }
        before = Some(before.map_or(stage.share, |before| before.max(stage.share)));
    }
    if let Some(last) = stages.iter().rposition(|stage| stage.share == 0).filter(|at| at + 1 == stages.len()) {
        found.push((last, "share", "Write more than 0 %: a plan whose last step is nobody rolls nothing out.".to_owned()));
    }
    if stages.len() > MAX_STEPS {
        found.push((MAX_STEPS, "share", format!("A plan has at most {MAX_STEPS} steps.")));
    }
    found
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
