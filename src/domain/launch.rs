//! How a rollout plan begins: over what is served now, so that nobody loses what they have.

use super::condition::{Condition, Operand, Operator};
use super::flag::Problem;
use super::key::{SegmentKey, VariantName};
use super::plan::Stage;
use super::rollout::{Plan, Rollout, Start, Step};
use super::rule::{Rule, Serve, TARGETING_KEY, percent};
use super::shift::{Shift, shift};
use super::state::State;
use super::time::Timestamp;
use serde_json::Value;

/// Whose plan it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    EveryoneElse,
    /// Of those whom the rule of this id matches.
    Rule(String),
}

/// What somebody wants to begin.
#[derive(Debug, Clone)]
pub struct Launch {
    pub whose: Whose,
    pub variant: VariantName,
    pub rest: VariantName,
    pub bucket_by: String,
    pub stages: Vec<Stage>,
    /// At once, where no moment is said.
    pub at: Option<Timestamp>,
    /// Who gets it whole before everybody else.
    pub staff: Option<SegmentKey>,
    /// Turns the flag on with it.
    pub turn_on: bool,
}

impl State {
    pub fn serve_of(&self, whose: &Whose) -> Option<&Serve> {
        match whose {
            Whose::EveryoneElse => Some(&self.fallthrough),
            Whose::Rule(id) => self.rules.iter().find(|rule| rule.id == *id).map(|rule| &rule.serve),
        }
    }
    /// The plan that is there.
    pub fn plan_of(&self, whose: &Whose) -> Option<&Plan> {
        if let Some(Serve::Rollout(rollout)) = self.serve_of(whose) { Some(&rollout.plan) } else { None }
    }
    /// The same with something else served to those; unchanged where the rule is gone.
    #[must_use]
    pub fn serving(mut self, whose: &Whose, serve: Serve) -> Self {
        match whose {
            Whose::EveryoneElse => self.fallthrough = serve,
            Whose::Rule(id) => self.rules.iter_mut().filter(|rule| rule.id == *id).for_each(|rule| rule.serve = serve.clone()),
        }
        self
    }
    /// The same with another plan in the place of the one that is there.
    #[must_use]
    pub fn with_plan(self, whose: &Whose, plan: Plan) -> Self {
        let Some(Serve::Rollout(rollout)) = self.serve_of(whose).cloned() else { return self };
        self.serving(whose, Serve::Rollout(Rollout { plan, ..rollout }))
    }
    /// The state as it takes effect at `now`: plans get their instants.
    #[must_use]
    pub fn settled(mut self, now: Timestamp) -> Self {
        for serve in self.rules.iter_mut().map(|rule| &mut rule.serve).chain([&mut self.fallthrough]) {
            if let Serve::Rollout(rollout) = serve {
                rollout.plan = rollout.plan.clone().settled(now);
            }
        }
        self
    }
}

impl Launch {
    /// The state in which the plan is under way. `flag` is the seed where none is set.
    pub fn begin(&self, state: &State, flag: &str, now: Timestamp) -> Result<State, Vec<Problem>> {
        let gone = || vec![Problem::new("", "That rule is not there any more. Look at the flag's page for the present ones.")];
        let before = state.serve_of(&self.whose).ok_or_else(gone)?;
        if self.variant == self.rest {
            return Err(vec![Problem::new("rest", "Choose two different variants: one to roll out, one for the rest.")]);
        }
        if self.stages.is_empty() {
            return Err(vec![Problem::new("", "A plan needs at least one step.")]);
        }
        let reached = self.reached(state, before, now);
        let plan = self.plan(reached, now);
        let (bucket_by, seed) = (self.bucket_by.clone(), before.seed().map(str::to_owned));
        let after = Serve::Rollout(Rollout { bucket_by, seed, variant: self.variant.clone(), rest: self.rest.clone(), plan });
        if state.enabled
            && let Some(problem) = self.loss(before, &after, flag, now)
        {
            return Err(vec![problem]);
        }
        let mut out = state.clone().serving(&self.whose, after);
        out.enabled |= self.turn_on;
        self.add_staff(&mut out);
        Ok(out)
    }

    /// The share that has the variant already.
    fn reached(&self, state: &State, before: &Serve, now: Timestamp) -> u16 {
        let shares = before.shares(now).into_iter().filter(|(name, _)| **name == self.variant).map(|(_, share)| share);
        if state.enabled { shares.sum() } else { 0 }
    }

    /// Until a later start those keep it who have it.
    fn plan(&self, reached: u16, now: Timestamp) -> Plan {
        let mut plan = Plan::of(&self.stages, self.at.map_or(Start::After(0), Start::At));
        let first = self.stages.first().map_or(0, |stage| stage.share);
        if self.at.is_some_and(|at| at > now) && reached > 0 && reached < first {
            plan.steps.insert(0, Step::new(reached, Start::After(0)));
        }
        plan
    }

    /// Whoever would lose the variant by it.
    fn loss(&self, before: &Serve, after: &Serve, flag: &str, now: Timestamp) -> Option<Problem> {
        let Serve::Rollout(rollout) = after.clone() else { return None };
        let settled = Serve::Rollout(Rollout { plan: rollout.plan.settled(now), ..rollout });
        let Shift::Moves(moves) = shift(before, &settled, flag, now) else { return None };
        let lost: u16 = moves.iter().filter(|one| one.from == self.variant).map(|one| one.share).sum();
        let said = format!(
            "{} get {} now and would lose it. Begin with what they have, or serve them {} first.",
            percent(lost),
            self.variant,
            self.rest
        );
        (lost > 0).then(|| Problem::new("steps[0].share", said))
    }

    fn add_staff(&self, state: &mut State) {
        let Some(segment) = &self.staff else { return };
        let serve = Serve::Variant(self.variant.clone());
        let asks = |rule: &Rule| match &rule.conditions[..] {
            [one] => !one.negate && one.operator.operand() == Operand::Segment && one.values == [Value::from(segment.as_str())],
            _ => false,
        };
        if state.rules.iter().any(|rule| rule.active && rule.serve == serve && asks(rule)) {
            return;
        }
        let condition = Condition {
            attribute: String::new(),
            operator: Operator::InSegment,
            values: vec![Value::from(segment.as_str())],
            negate: false,
            ignore_case: false,
        };
        let name = format!("{segment} first");
        let rule = Rule { id: state.free_rule_id(), name, active: true, conditions: vec![condition], serve };
        let place = match &self.whose {
            Whose::EveryoneElse => 0,
            Whose::Rule(id) => state.rules.iter().position(|rule| rule.id == *id).unwrap_or(0),
        };
        state.rules.insert(place, rule);
    }
}

/// What a plan would bucket by where nothing else is said.
pub fn bucket_by(serve: &Serve) -> String {
    serve.bucket_by().unwrap_or(TARGETING_KEY).to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::rollout::{Hold, PRESET};
    use crate::domain::rule::{Split, WHOLE};
    use crate::domain::time::{DAY, HOUR};

    const NOW: Timestamp = Timestamp::from_millis(20_000 * DAY);

    fn state(enabled: bool, fallthrough: Serve) -> State {
        State { enabled, off_variant: VariantName::off(), targets: Vec::new(), rules: Vec::new(), fallthrough }
    }
    fn all(name: VariantName) -> Serve {
        Serve::Variant(name)
    }
    fn split(share: u16) -> Serve {
        Serve::Split(Split::two(VariantName::on(), VariantName::off(), share))
    }
    fn launch(shares: &[u16]) -> Launch {
        Launch {
            whose: Whose::EveryoneElse,
            variant: VariantName::on(),
            rest: VariantName::off(),
            bucket_by: TARGETING_KEY.into(),
            stages: shares.iter().map(|share| Stage { share: *share, hold: Hold::For(DAY) }).collect(),
            at: None,
            staff: None,
            turn_on: false,
        }
    }
    fn shares(launch: &Launch, state: &State, hours: &[i64]) -> Vec<u16> {
        let begun = launch.begin(state, "a", NOW).unwrap().settled(NOW);
        let plan = begun.plan_of(&launch.whose).unwrap();
        assert_eq!(plan.problems(), Vec::<String>::new());
        hours.iter().map(|hour| plan.share(NOW.plus(hour * HOUR))).collect()
    }

    #[test]
    fn it_begins_at_once_or_at_its_moment() {
        assert_eq!(shares(&launch(&PRESET), &state(true, all(VariantName::off())), &[0, 24, 96]), [100, 1_000, WHOLE]);
        let later = Launch { at: Some(NOW.plus(HOUR)), ..launch(&[100, 1_000]) };
        assert_eq!(shares(&later, &state(true, all(VariantName::off())), &[0, 1, 25]), [0, 100, 1_000]);
        let later = Launch { at: Some(NOW.plus(HOUR)), ..launch(&[2_500, WHOLE]) };
        assert_eq!(shares(&later, &state(true, split(1_000)), &[0, 1]), [1_000, 2_500], "who has it keeps it until then");
        assert_eq!(shares(&later, &state(false, split(1_000)), &[0, 1]), [0, 2_500]);
        // Others looked at it until its moment had passed.
        let begun = later.begin(&state(true, split(1_000)), "a", NOW).unwrap().settled(NOW.plus(2 * HOUR));
        let plan = begun.plan_of(&later.whose).unwrap();
        assert_eq!((plan.problems(), plan.share(NOW.plus(2 * HOUR)), plan.steps.len()), (Vec::new(), 2_500, 2));
    }

    #[test]
    fn nobody_loses_what_they_have() {
        for (serve, first, lost) in [
            (split(1_000), 100, "9 %"),
            (split(1_000), 1_000, ""),
            (all(VariantName::on()), 1_000, "90 %"),
            (all(VariantName::off()), 1, ""),
        ] {
            let found = launch(&[first, WHOLE]).begin(&state(true, serve.clone()), "a", NOW).err();
            let said = found.map(|problems| problems[0].message.clone()).unwrap_or_default();
            assert!(said.starts_with(lost) && said.is_empty() == lost.is_empty(), "{serve:?} {first}: {said}");
            assert!(launch(&[first, WHOLE]).begin(&state(false, serve), "a", NOW).is_ok(), "off, nobody has anything");
        }
    }

    #[test]
    fn staff_come_first_once() {
        let with_staff = Launch { staff: Some(SegmentKey::parse("staff").unwrap()), turn_on: true, ..launch(&PRESET) };
        let begun = with_staff.begin(&state(false, all(VariantName::on())), "a", NOW).unwrap();
        assert!(begun.enabled);
        assert_eq!((begun.rules.len(), begun.rules[0].name.as_str()), (1, "staff first"));
        assert_eq!(begun.rules[0].serve, all(VariantName::on()));
        let settled = begun.settled(NOW);
        assert_eq!(with_staff.begin(&settled, "a", NOW).unwrap().rules.len(), 1);
    }

    #[test]
    fn what_cannot_begin_is_told() {
        let state = state(true, all(VariantName::off()));
        let gone = Launch { whose: Whose::Rule("r9".into()), ..launch(&PRESET) };
        assert!(gone.begin(&state, "a", NOW).unwrap_err()[0].message.contains("not there any more"));
        let same = Launch { rest: VariantName::on(), ..launch(&PRESET) };
        assert_eq!(same.begin(&state, "a", NOW).unwrap_err()[0].field, "rest");
        assert!(launch(&[]).begin(&state, "a", NOW).is_err());
    }
}
