//! Whether a change only follows the pace of plans that are there: what was agreed to once is not asked for again.

use super::rollout::{Plan, Start, Step};
use super::rule::{Rule, Serve};
use super::state::State;
use super::time::{MINUTE, Timestamp};

/// How old a pause may be when it takes effect: somebody may have read the confirm page in between.
const READ: i64 = 15 * MINUTE;

/// Whether `after` is what `before` becomes when plans are paused, resumed, rolled back, or a step that waits is approved: the
/// shares and holds stay, and nothing comes sooner than planned.
pub fn keeps_pace(before: &State, after: &State, now: Timestamp) -> bool {
    let rules = before.rules.iter().zip(&after.rules).map(|(old, new)| Rule { serve: old.serve.clone(), ..new.clone() });
    let rest = State { rules: rules.collect(), fallthrough: before.fallthrough.clone(), ..after.clone() };
    rest == *before && before.rules.len() == after.rules.len() && pairs(before, after).all(|(old, new)| follows(old, new, now))
}

/// Whether all it does is to pause plans or to roll them back.
pub fn holds_back(before: &State, after: &State, now: Timestamp) -> bool {
    let stands_still = |serve: &Serve| matches!(serve, Serve::Rollout(rollout) if rollout.plan.held_at.is_some());
    keeps_pace(before, after, now) && pairs(before, after).all(|(old, new)| old == new || stands_still(new))
}

/// Whether it lets a plan go beyond a step that waits for an approval: because that is given, or is asked for no more.
pub fn approves(before: &State, after: &State) -> bool {
    pairs(before, after).any(|pair| match pair {
        (Serve::Rollout(old), Serve::Rollout(new)) if old.variant == new.variant => {
            old.plan.steps.iter().any(waits) && reach(&new.plan) > reach(&old.plan)
        }
        _ => false,
    })
}

fn waits(step: &Step) -> bool {
    step.starts_at == Start::OnApproval
}

/// The largest share that a plan comes to, or may be taken to, while nobody approves a step.
fn reach(plan: &Plan) -> u16 {
    let held = plan.held_at.unwrap_or(0);
    plan.steps.iter().take_while(|step| !waits(step)).map(|step| step.share).max().unwrap_or(0).max(held)
}

/// What a plan has come to while a change of it waited, and what that would take it back to: it was made for a share that is
/// no longer the one in force, and whoever asked for it meant to take nothing from anybody.
pub fn overtaken(before: &State, wanted: &State, made: Timestamp, now: Timestamp) -> Option<(u16, u16)> {
    pairs(before, wanted).find_map(|pair| match pair {
        (Serve::Rollout(old), Serve::Rollout(new)) if old.variant == new.variant => {
            // Steps that begin together do so a millisecond apart.
            let begun = i64::try_from(new.plan.steps.len()).unwrap_or(i64::MAX);
            let shares = |at: Timestamp| (old.plan.share(at), new.plan.clone().settled(at).share(at.plus(begun)));
            let ((then, meant), (is, gets)) = (shares(made), shares(now));
            (meant >= then && gets < is).then_some((is, gets))
        }
        _ => None,
    })
}

/// What both serve to the same people.
fn pairs<'s>(before: &'s State, after: &'s State) -> impl Iterator<Item = (&'s Serve, &'s Serve)> {
    let same = after.rules.iter().filter_map(|rule| Some((before.rules.iter().find(|old| old.id == rule.id)?, rule)));
    same.map(|(old, new)| (&old.serve, &new.serve)).chain([(&before.fallthrough, &after.fallthrough)])
}

fn follows(before: &Serve, after: &Serve, now: Timestamp) -> bool {
    let (Serve::Rollout(old), Serve::Rollout(new)) = (before, after) else { return before == after };
    let mut with_old_plan = new.clone();
    with_old_plan.plan.clone_from(&old.plan);
    with_old_plan == *old && (old.plan == new.plan || is_moved(&old.plan, &new.plan, now))
}

fn is_moved(before: &Plan, after: &Plan, now: Timestamp) -> bool {
    let wanted = after.clone().settled(now);
    let moves = [before.resumed(now), before.approved(now), before.rolled_back(now)];
    let is_one = moves.into_iter().flatten().any(|plan| plan.settled(now) == wanted);
    is_one || paused_at(before, after, now).is_some_and(|at| before.paused(at).as_ref() == Ok(after))
}

/// The moment at which a plan would have been paused, by what it says remains of its step.
fn paused_at(before: &Plan, after: &Plan, now: Timestamp) -> Option<Timestamp> {
    use Start::{After, At};
    after.held_at?;
    let next = before.next(now)?;
    match (before.steps.get(next)?.starts_at, after.steps.get(next)?.starts_at) {
        (At(start), After(remaining)) => {
            Some(start.plus(-remaining)).filter(|at| *at <= now && now.millis() - at.millis() < READ)
        }
        _ => Some(now),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::key::VariantName;
    use crate::domain::plan::{Move, Stage};
    use crate::domain::rollout::{Hold, Rollout, Start};
    use crate::domain::time::{DAY, HOUR};

    const NOW: Timestamp = Timestamp::from_millis(20_000 * DAY);

    fn state(plan: Plan) -> State {
        let (variant, rest) = (VariantName::on(), VariantName::off());
        let rollout = Rollout { bucket_by: "targetingKey".into(), seed: None, variant, rest, plan };
        let fallthrough = Serve::Rollout(rollout);
        State { enabled: true, off_variant: VariantName::off(), targets: Vec::new(), rules: Vec::new(), fallthrough }
    }

    fn plan() -> Plan {
        let stage = |share, hold| Stage { share, hold };
        let stages = [
            stage(1_000, Hold::For(DAY)),
            stage(2_500, Hold::UntilApproved),
            stage(5_000, Hold::For(DAY)),
            stage(9_000, Hold::For(DAY)),
        ];
        Plan::of(&stages, Start::After(0)).settled(NOW)
    }

    #[test]
    fn following_the_plan_is_told_from_hurrying_it() {
        let late = NOW.plus(2 * DAY);
        let paused = plan().moved(Move::Pause, NOW.plus(HOUR)).unwrap();
        let back = plan().moved(Move::RollBack, late).unwrap();
        for (before, order, now, follows) in [
            (plan(), Move::Pause, NOW.plus(HOUR), true),
            (plan(), Move::Pause, late, true),
            (paused.clone(), Move::Resume, late, true),
            (plan(), Move::Approve, late, true),
            (plan(), Move::RollBack, late, true),
            (back, Move::Resume, late, true),
            (plan(), Move::Advance, NOW.plus(HOUR), false),
            (plan(), Move::Complete, late, false),
            (paused, Move::Advance, late, false),
        ] {
            let after = before.moved(order, now).unwrap();
            let holds = matches!(order, Move::Pause | Move::RollBack);
            assert_eq!(holds_back(&state(before.clone()), &state(after.clone()), now), holds, "{order:?} at {now}");
            assert_eq!(keeps_pace(&state(before.clone()), &state(after.clone()), now), follows, "{order:?} at {now}");
            let approves = approves(&state(before), &state(after.settled(now)));
            assert!(!approves || matches!(order, Move::Approve | Move::Complete), "{order:?}");
            assert!(approves || order != Move::Approve);
        }
    }

    #[test]
    fn a_wait_that_is_taken_out_of_a_plan_is_an_approval() {
        let now = NOW.plus(HOUR);
        let stage = |share, hold| Stage { share, hold };
        let approves_edit = |hold, later: &[Stage]| {
            let after = plan().edited(hold, later, now).unwrap().settled(now);
            assert_eq!(after.problems(), Vec::<String>::new());
            approves(&state(plan()), &state(after))
        };
        let (by_clock, waiting) = (Hold::For(DAY), Hold::UntilApproved);
        assert!(approves_edit(None, &[stage(2_500, by_clock), stage(5_000, by_clock)]), "the wait is gone");
        assert!(approves_edit(None, &[stage(3_000, waiting), stage(5_000, by_clock)]), "it comes later");
        assert!(!approves_edit(None, &[stage(2_500, waiting), stage(9_000, by_clock)]), "what is behind it may be anything");
        assert!(!approves_edit(Some(waiting), &[stage(2_500, by_clock)]), "it comes sooner");
    }

    #[test]
    fn a_plan_may_go_beyond_a_change_that_waits() {
        let usual =
            Plan::of(&[100, 1_000, 2_500].map(|share| Stage { share, hold: Hold::For(DAY) }), Start::After(0)).settled(NOW);
        let made = NOW.plus(HOUR);
        let asked = |order| state(usual.moved(order, made).unwrap());
        let of = |order, now| overtaken(&state(usual.clone()), &asked(order), made, now);
        let late = NOW.plus(2 * DAY + HOUR);
        assert_eq!(of(Move::Advance, made), None);
        assert_eq!(of(Move::Advance, NOW.plus(DAY)), None, "it is where that leads");
        assert_eq!(of(Move::Advance, late), Some((2_500, 1_000)));
        assert_eq!(of(Move::Pause, late), Some((2_500, 100)));
        assert_eq!(of(Move::Complete, late), None);
        assert_eq!(of(Move::RollBack, late), None, "that is what it is for");
    }

    #[test]
    fn what_else_is_changed_is_no_pace() {
        let now = NOW.plus(HOUR);
        let (before, after) = (state(plan()), state(plan().moved(Move::Pause, now).unwrap()));
        assert!(!keeps_pace(&before, &State { off_variant: VariantName::on(), ..after.clone() }, now));
        assert!(!keeps_pace(&before, &state(Plan { held_at: Some(2_500), ..plan() }), now), "held higher than it is");
        let mut sooner = plan().moved(Move::Pause, now).unwrap();
        sooner.steps[1].starts_at = Start::After(1);
        assert!(!keeps_pace(&before, &state(sooner), now), "less remains than there is");
        assert!(!keeps_pace(&before, &after, now.plus(DAY)), "a pause from yesterday");
        assert!(keeps_pace(&before, &before, now));
    }
}
