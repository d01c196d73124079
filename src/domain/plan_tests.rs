use super::*;
use crate::domain::rollout::PRESET;
use crate::domain::time::HOUR;
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_millis(20_000 * DAY);

fn after(millis: i64) -> Timestamp {
    NOW.plus(millis)
}

fn preset() -> Vec<Stage> {
    PRESET.iter().map(|share| Stage { share: *share, hold: Hold::For(DAY) }).collect()
}

/// Started at [`NOW`].
fn started(stages: &[Stage]) -> Plan {
    Plan::of(stages, Start::After(0)).settled(NOW)
}

fn begun(plan: &Plan) -> Vec<Option<i64>> {
    let at = |step: &Step| if let Start::At(at) = step.starts_at { Some(at.millis() - NOW.millis()) } else { None };
    plan.steps.iter().map(at).collect()
}

fn moved(plan: &Plan, order: Move, now: Timestamp) -> Plan {
    let next = plan.moved(order, now).map(|next| next.settled(now));
    next.unwrap_or_else(|problem| panic!("{order:?}: {}", problem.message))
}

fn refused(plan: &Plan, order: Move, now: Timestamp) -> String {
    plan.moved(order, now).err().map(|problem| problem.message).unwrap_or_default()
}

/// With the third of four steps waiting.
fn waiting() -> Vec<Stage> {
    let stage = |share, hold| Stage { share, hold };
    vec![
        stage(1_000, Hold::For(DAY)),
        stage(2_500, Hold::UntilApproved),
        stage(5_000, Hold::For(HOUR)),
        stage(WHOLE, Hold::For(DAY)),
    ]
}

#[test]
fn a_plan_starts_when_it_takes_effect() {
    let open = Plan::of(&preset(), Start::After(0));
    assert_eq!(open.share(after(DAY)), 0, "nothing comes before that");
    assert_eq!(begun(&open.clone().settled(after(5 * DAY)))[0], Some(5 * DAY));
    assert_eq!(started(&preset()).settled(after(9 * DAY)), started(&preset()), "what has its instants keeps them");
    let later = Plan::of(&preset(), Start::At(after(HOUR))).settled(NOW);
    assert_eq!(begun(&later), [0, 1, 2, 3, 4].map(|day| Some(HOUR + day * DAY)));
    assert_eq!(later.stages()[..4], preset()[..4]);
}

#[test]
fn pause_and_resume_keep_what_remained() {
    let plan = started(&preset());
    let at = after(DAY + 5 * HOUR);
    let paused = moved(&plan, Move::Pause, at);
    assert_eq!(paused.share(after(900 * DAY)), 1_000);
    let resumed = moved(&paused, Move::Resume, after(11 * DAY));
    let rest = 11 * DAY + 19 * HOUR;
    assert_eq!(begun(&resumed), [0, DAY, rest, rest + DAY, rest + 2 * DAY].map(Some));
    assert_eq!(refused(&paused, Move::Pause, at), "The plan is paused already.");
    assert_eq!(refused(&plan, Move::Resume, at), "The plan is not paused.");
    assert!(refused(&plan, Move::Pause, after(5 * DAY)).contains("last step"));
}

#[test]
fn a_plan_that_has_not_begun_waits_as_well() {
    let plan = Plan::of(&preset(), Start::At(after(3 * HOUR))).settled(NOW);
    let paused = moved(&plan, Move::Pause, after(HOUR));
    assert_eq!((paused.held_at, paused.share(after(DAY))), (Some(0), 0));
    assert_eq!(begun(&moved(&paused, Move::Resume, after(DAY)))[0], Some(DAY + 2 * HOUR));
    assert!(refused(&plan, Move::RollBack, NOW).contains("nothing to roll back"));
}

#[test]
fn advancing_begins_the_next_step_and_keeps_distances() {
    let plan = started(&preset());
    let advanced = moved(&plan, Move::Advance, after(2 * HOUR));
    assert_eq!(begun(&advanced), [0, 2 * HOUR, 2 * HOUR + DAY, 2 * HOUR + 2 * DAY, 2 * HOUR + 3 * DAY].map(Some));
    let lifted = moved(&moved(&plan, Move::Pause, after(HOUR)), Move::Advance, after(3 * DAY));
    assert_eq!((lifted.held_at, begun(&lifted)[1], begun(&lifted)[2]), (None, Some(3 * DAY), Some(4 * DAY)));
    let complete = moved(&plan, Move::Complete, after(HOUR));
    assert_eq!(complete.share(after(HOUR + 10)), WHOLE);
    assert!(refused(&complete, Move::Complete, after(2 * HOUR)).contains("last step"));
}

#[test]
fn a_step_waits_for_its_approval_and_the_rest_follow_it() {
    let plan = started(&waiting());
    assert_eq!(begun(&plan), [Some(0), Some(DAY), None, None]);
    assert_eq!(plan.share(after(100 * DAY)), 2_500, "nothing comes by itself behind one that waits");
    assert!(!plan.waits(NOW) && plan.waits(after(2 * DAY)));
    assert!(refused(&plan, Move::Advance, after(2 * DAY)).starts_with("50 % wait for an approval"));
    assert!(refused(&plan, Move::Approve, NOW).contains("No step"));
    let approved = moved(&plan, Move::Approve, after(9 * DAY));
    assert_eq!(begun(&approved), [Some(0), Some(DAY), Some(9 * DAY), Some(9 * DAY + HOUR)]);
    let back = moved(&approved, Move::RollBack, after(9 * DAY + 1));
    assert_eq!((back.held_at, back.share(after(90 * DAY))), (Some(0), 0));
    let again = moved(&back, Move::Resume, after(20 * DAY));
    assert_eq!(begun(&again), [Some(20 * DAY), Some(21 * DAY), None, None], "rolled back it asks again");
}

#[test]
fn rolled_back_the_holds_are_those_of_the_plan() {
    let hurried = moved(&started(&preset()), Move::Advance, after(MINUTE));
    let again = moved(&moved(&hurried, Move::RollBack, after(2 * MINUTE)), Move::Resume, after(DAY));
    assert_eq!(begun(&again)[..2], [Some(DAY), Some(2 * DAY)], "not the minute that somebody made of it");
}

#[test]
fn steps_to_come_are_edited() {
    let plan = started(&preset());
    let now = after(DAY + HOUR);
    let stage = |share, hold| Stage { share, hold };
    let later = [stage(2_000, Hold::UntilApproved), stage(9_000, Hold::For(DAY))];
    let edit = |hold, later: &[Stage]| plan.edited(Some(hold), later, now).map(|plan| plan.settled(now));
    assert_eq!(edit(Hold::For(DAY), &preset()[2..]).as_ref(), Ok(&plan.planned()), "nothing said is nothing changed");
    assert_eq!(edit(Hold::For(DAY), &later).map(|plan| begun(&plan)), Ok(vec![Some(0), Some(DAY), Some(2 * DAY), None]));
    assert_eq!(edit(Hold::For(3 * DAY), &later).map(|plan| begun(&plan)[2]), Ok(Some(4 * DAY)));
    assert_eq!(edit(Hold::UntilApproved, &later).map(|plan| plan.steps[2].starts_at), Ok(Start::OnApproval));
    let passed = edit(Hold::For(MINUTE), &later).err().map(|problem| (problem.field, problem.message));
    assert!(passed.is_some_and(|(field, text)| field == "hold" && text.starts_with("10 % have been in force for 1 h already")));
    let ended = edit(Hold::For(DAY), &[]).map(|plan| (plan.steps.len(), plan.next_change(now)));
    assert_eq!(ended, Ok((2, None)));
}

#[test]
fn a_plan_that_a_file_holds_goes_on_without_a_jump() {
    for (held, shares, place) in [(1_000, vec![100, 1_000, 2_500], 1), (1_500, vec![100, 1_000, 1_500, 2_500], 2)] {
        let steps = [100, 1_000, 2_500].iter().zip(0..).map(|(share, day)| Step::new(*share, Start::At(after(day * DAY))));
        let plan = Plan { steps: steps.collect(), held_at: Some(held) };
        let resumed = moved(&plan, Move::Resume, after(50 * DAY));
        assert_eq!(resumed.steps.iter().map(|step| step.share).collect::<Vec<_>>(), shares);
        assert_eq!(resumed.share(after(50 * DAY)), held);
        assert_eq!(resumed.current(after(50 * DAY)), Some(place));
        assert_eq!(resumed.next_change(after(50 * DAY)), Some(after(51 * DAY)));
    }
}

#[test]
fn what_is_no_plan_is_told() {
    let stage = |share, hold| Stage { share, hold: Hold::For(hold) };
    let told = |stages: &[Stage], from| problems(stages, from).into_iter().map(|(at, field, _)| (at, field)).collect::<Vec<_>>();
    assert_eq!(told(&[stage(100, DAY), stage(100, DAY)], None), [(1, "share")]);
    assert_eq!(told(&[stage(100, DAY)], Some(2_500)), [(0, "share")]);
    assert_eq!(told(&[stage(100, 10), stage(200, 10)], None), [(0, "hold")]);
    assert_eq!(told(&[stage(0, DAY)], None), [(0, "share")], "it would roll nothing out");
    assert!(told(&[stage(0, DAY), stage(100, DAY)], None).is_empty());
    assert!(Plan::of(&preset(), Start::After(0)).problems().iter().any(|text| text.contains("give it an instant")));
    assert!(started(&waiting()).problems().is_empty());
    let negative = Plan { steps: vec![Step::new(1, Start::After(-1))], held_at: Some(0) };
    assert_eq!(negative.problems().len(), 1);
}

fn any_stages() -> impl Strategy<Value = Vec<Stage>> {
    let hold = prop_oneof![3 => (1..200_i64).prop_map(|hours| Hold::For(hours * HOUR)), 1 => Just(Hold::UntilApproved)];
    let shares = proptest::collection::btree_set(0..=WHOLE, 1..7);
    (shares, proptest::collection::vec(hold, 7))
        .prop_map(|(shares, holds)| shares.into_iter().zip(holds).map(|(share, hold)| Stage { share, hold }).collect())
}

#[derive(Debug, Clone)]
enum Order {
    Move(Move),
    Edit(Hold, Vec<Stage>),
}

fn any_order() -> impl Strategy<Value = Order> {
    let hold = prop_oneof![(1..99_i64).prop_map(|hours| Hold::For(hours * HOUR)), Just(Hold::UntilApproved)];
    prop_oneof![
        6 => proptest::sample::select(Move::ALL.to_vec()).prop_map(Order::Move),
        1 => (hold, any_stages()).prop_map(|(hold, stages)| Order::Edit(hold, stages)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is pressed in whatever order: the plan is one, and nobody falls out of it but by rolling back.
    #[test]
    fn any_order_of_commands_leaves_a_plan(
        stages in any_stages(),
        begins in 0..48_i64,
        orders in proptest::collection::vec((any_order(), 1..80 * HOUR), 0..14),
    ) {
        let mut plan = Plan::of(&stages, Start::After(begins * HOUR)).settled(NOW);
        let mut now = NOW;
        for (order, wait) in orders {
            let before = now;
            now = now.plus(wait);
            prop_assert!(plan.share(before) <= plan.share(now), "the clock takes nothing back");
            let next = match &order {
                Order::Move(order) => plan.moved(*order, now),
                Order::Edit(hold, later) => {
                    let least = plan.share(now);
                    let later: Vec<Stage> = later.iter().filter(|stage| stage.share > least).copied().collect();
                    plan.edited(Some(*hold), &later, now)
                }
            };
            let Ok(next) = next.map(|next| next.settled(now)) else { continue };
            prop_assert_eq!(next.problems(), Vec::<String>::new(), "{:?} of {:?}", order, plan);
            if !matches!(order, Order::Move(Move::RollBack)) {
                prop_assert!(next.share(now) >= plan.share(now), "{:?} of {:?} at {}: {:?}", order, plan, now, next);
            }
            match order {
                Order::Move(Move::Pause) => prop_assert_eq!(next.share(now.plus(999 * DAY)), plan.share(now)),
                Order::Move(Move::RollBack) => prop_assert_eq!(next.share(now.plus(999 * DAY)), 0),
                Order::Move(Move::Resume) => prop_assert_eq!(next.share(now), plan.share(now).max(next.steps[0].share * u16::from(next.steps[0].starts_at == Start::At(now)))),
                Order::Move(Move::Advance | Move::Approve) => {
                    let begun = plan.next(now).map(|at| plan.steps[at].share);
                    prop_assert_eq!(Some(next.share(now)), begun, "exactly the next one");
                }
                Order::Move(Move::Complete) => {
                    prop_assert_eq!(next.share(now.plus(MINUTE)), plan.steps.last().map_or(0, |step| step.share));
                }
                Order::Edit(..) => prop_assert_eq!(next.share(now), plan.share(now)),
            }
            plan = next;
        }
    }

    /// What remained of a step remains, however long it stood still.
    #[test]
    fn a_pause_costs_its_length_and_nothing_else(stages in any_stages(), at in 0..900 * HOUR, long in 0..900 * DAY) {
        let plan = Plan::of(&stages, Start::After(HOUR)).settled(NOW);
        let (at, then) = (after(at), after(at + long));
        let Ok(paused) = plan.paused(at) else { return Ok(()) };
        let resumed = paused.settled(at).resumed(then).map(|plan| plan.settled(then));
        let resumed = resumed.unwrap_or_else(|problem| panic!("{}", problem.message));
        let shifted = |step: &Step| match step.starts_at {
            Start::At(start) if start > at => Start::At(start.plus(long)),
            other => other,
        };
        let starts = |plan: &Plan, of: &dyn Fn(&Step) -> Start| plan.steps.iter().map(of).collect::<Vec<_>>();
        prop_assert_eq!(starts(&resumed, &|step| step.starts_at), starts(&plan, &shifted));
    }
}
