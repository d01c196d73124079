//! Rollout plans where changes are reviewed: looked at as a whole, once, and followed from then on.

use super::*;
use flagstaff::domain::launch::{Launch, Whose};
use flagstaff::domain::plan::{Move, Stage};
use flagstaff::domain::policy::Freeze;
use flagstaff::domain::rollout::{Hold, Plan, Rollout, Start};
use flagstaff::domain::rule::TARGETING_KEY;
use flagstaff::domain::time::{DAY, HOUR};

fn stages() -> Vec<Stage> {
    let stage = |share, hold| Stage { share, hold };
    vec![stage(100, Hold::For(DAY)), stage(1_000, Hold::UntilApproved), stage(10_000, Hold::For(DAY))]
}

fn by_plan(plan: Plan) -> Serve {
    let (variant, rest) = (VariantName::on(), VariantName::off());
    Serve::Rollout(Rollout { bucket_by: TARGETING_KEY.into(), seed: None, variant, rest, plan })
}

async fn started(office: &Office) -> Command {
    let now = office.house.clock.now();
    let launch = Launch {
        whose: Whose::EveryoneElse,
        variant: VariantName::on(),
        rest: VariantName::off(),
        bucket_by: TARGETING_KEY.into(),
        stages: stages(),
        at: None,
        staff: None,
        turn_on: true,
    };
    office.wanted(|state| *state = launch.begin(state, "new_checkout", now).unwrap()).await
}

async fn moved(office: &Office, order: Move) -> Command {
    let now = office.house.clock.now();
    office
        .wanted(|state| {
            let plan = state.plan_of(&Whose::EveryoneElse).unwrap().moved(order, now).unwrap();
            *state = state.clone().with_plan(&Whose::EveryoneElse, plan);
        })
        .await
}

async fn starts(office: &Office) -> Vec<Option<i64>> {
    let (state, _) = office.house.state("new_checkout", "production").await;
    let from = super::super::house::NOON.millis();
    let at = |start: Start| if let Start::At(at) = start { Some((at.millis() - from) / HOUR) } else { None };
    state.plan_of(&Whose::EveryoneElse).unwrap().steps.iter().map(|step| at(step.starts_at)).collect()
}

#[tokio::test]
async fn a_plan_is_looked_at_whole_and_begins_when_it_is_applied() {
    let office = Office::open().await;
    let wanted = started(&office).await;
    assert!(asks(&office.submit(&office.ed, wanted.clone()).await));
    let number = office.ask(&office.ed, wanted).await;
    let later = office.house.clock.now().plus(3 * DAY);
    office.house.clock.set(later);
    office.approve(&office.ann, number).await.unwrap();
    office.apply(&office.ed, number).await.unwrap();
    assert_eq!(starts(&office).await, [Some(72), Some(96), None], "no day of it was lost while people looked");

    // What follows the plan needs nobody.
    office.house.clock.set(later.plus(5 * HOUR));
    let pause = moved(&office, Move::Pause).await;
    office.submit(&office.ed, pause).await.unwrap();
    office.house.clock.set(later.plus(9 * DAY));
    let resume = moved(&office, Move::Resume).await;
    office.submit(&office.ed, resume).await.unwrap();
    assert_eq!(starts(&office).await[1], Some(72 + 9 * 24 + 19));
    // Going on before its time does.
    let advance = moved(&office, Move::Advance).await;
    assert!(asks(&office.submit(&office.ed, advance).await));
    let complete = moved(&office, Move::Complete).await;
    assert!(asks(&office.submit(&office.ed, complete).await));
}

#[tokio::test]
async fn a_step_that_waits_is_approved_by_who_may_approve() {
    let office = Office::open().await;
    office.house.by_system(started(&office).await).await;
    let now = office.house.clock.now().plus(2 * DAY);
    office.house.clock.set(now);
    let approve = moved(&office, Move::Approve).await;
    assert!(asks(&office.submit(&office.ed, approve.clone()).await), "an editor asks for it");
    office.submit(&office.ann, approve).await.unwrap();
    assert_eq!(starts(&office).await[2], Some(48));
    let back = moved(&office, Move::RollBack).await;
    office.submit(&office.ed, back).await.unwrap();
}

#[tokio::test]
async fn who_made_a_plan_does_not_open_its_gate() {
    for (policy, admins) in [(reviewed(1), false), (large(), false), (reviewed(2), true)] {
        let office = Office::with(policy).await;
        let number = office.ask(&office.ann, started(&office).await).await;
        for who in [&office.abe, &office.ada] {
            office.approve(who, number).await.unwrap();
        }
        office.apply(&office.abe, number).await.unwrap();
        office.house.clock.set(office.house.clock.now().plus(2 * DAY));
        let approve = moved(&office, Move::Approve).await;
        assert!(asks(&office.submit(&office.ann, approve.clone()).await), "it is her plan");
        // Who only applied it had no hand in it; where two are asked for, nobody opens it alone.
        let alone = office.submit(&office.abe, approve.clone()).await;
        assert_eq!((alone.is_ok(), asks(&alone)), (!admins, admins), "{alone:?}");
        if admins {
            let number = office.ask(&office.ann, approve).await;
            for who in [&office.abe, &office.ada] {
                office.approve(who, number).await.unwrap();
            }
            office.apply(&office.ann, number).await.unwrap();
        }
        assert_eq!(starts(&office).await[2], Some(48));
    }
}

#[tokio::test]
async fn a_gate_is_not_taken_out_of_a_plan_by_a_word() {
    let office = Office::with(large()).await;
    // So little that nobody has to look at it.
    let small = [Stage { share: 100, hold: Hold::UntilApproved }, Stage { share: 2_000, hold: Hold::For(DAY) }];
    let plan = Plan::of(&small, Start::After(0)).settled(office.house.clock.now());
    office.house.by_system(office.wanted(|state| (state.enabled, state.fallthrough) = (true, by_plan(plan.clone()))).await).await;
    let now = office.house.clock.now().plus(HOUR);
    office.house.clock.set(now);
    let sooner = plan.edited(Some(Hold::For(2 * HOUR)), &small[1..], now).unwrap();
    let wanted = office.wanted(|state| state.fallthrough = by_plan(sooner.clone())).await;
    assert!(asks(&office.submit(&office.ed, wanted.clone()).await));
    let Command::EditState { state, .. } = wanted else { panic!() };
    let file = Command::Import {
        project: shop(),
        environment: environment("production"),
        flags: vec![(flag("new_checkout"), state.settled(now))],
        base_versions: Vec::new(),
        base_states: Vec::new(),
    };
    assert!(asks(&office.submit(&office.ed, file).await), "nor by a file");
    let number = office.ask(&office.ed, office.wanted(|state| state.fallthrough = by_plan(sooner)).await).await;
    office.approve(&office.ann, number).await.unwrap();
    office.apply(&office.ed, number).await.unwrap();
}

#[tokio::test]
async fn what_waited_while_its_plan_went_on_takes_nothing_back() {
    let office = Office::open().await;
    let plan = Plan::preset(office.house.clock.now());
    office.house.by_system(office.wanted(|state| (state.enabled, state.fallthrough) = (true, by_plan(plan))).await).await;
    let number = office.ask(&office.ed, moved(&office, Move::Advance).await).await;
    office.approve(&office.ann, number).await.unwrap();
    office.house.clock.set(office.house.clock.now().plus(2 * DAY + HOUR));
    let refused = office.apply(&office.ed, number).await;
    assert!(
        matches!(&refused, Err(Error::Invalid(found)) if found[0].message.contains("25 % get the variant now")),
        "{refused:?}"
    );
    assert!(office.rehearse(number).await.trouble.is_some_and(|why| why.contains("would take it back to 10 %")));
}

#[tokio::test]
async fn a_freeze_lets_plans_be_held_back() {
    let now = super::super::house::NOON;
    let freeze = Freeze { name: "Sale".into(), from: now, until: now.plus(9 * DAY) };
    let office = Office::with(Policy { freezes: vec![freeze], ..Policy::default() }).await;
    let plan = Plan::preset(now.plus(-DAY));
    office.house.by_system(office.wanted(|state| (state.enabled, state.fallthrough) = (true, by_plan(plan))).await).await;
    let pause = moved(&office, Move::Pause).await;
    let advance = moved(&office, Move::Advance).await;
    assert!(office.submit(&office.ed, advance).await.is_err());
    office.submit(&office.ed, pause).await.unwrap();
    let resume = moved(&office, Move::Resume).await;
    assert!(matches!(office.submit(&office.ed, resume).await, Err(Error::Invalid(_))), "it waits for the end of the freeze");
    let back = moved(&office, Move::RollBack).await;
    office.submit(&office.ed, back).await.unwrap();
}

#[tokio::test]
async fn what_only_looks_like_following_the_plan_is_asked_for() {
    let office = Office::open().await;
    office.house.by_system(started(&office).await).await;
    let edit = |change: fn(&mut Plan)| {
        office.wanted(move |state| {
            let mut plan = state.plan_of(&Whose::EveryoneElse).unwrap().clone();
            change(&mut plan);
            *state = state.clone().with_plan(&Whose::EveryoneElse, plan);
        })
    };
    let changes: [fn(&mut Plan); 5] = [
        |plan| plan.held_at = Some(9_000),
        |plan| plan.steps[1].share = 2_000,
        |plan| plan.steps[1].starts_at = Start::After(HOUR),
        |plan| plan.steps[2].starts_at = Start::After(0),
        |plan| plan.steps[1].hold = Some(Hold::For(HOUR)),
    ];
    for change in changes {
        let wanted = edit(change).await;
        assert!(asks(&office.submit(&office.ed, wanted.clone()).await), "{wanted:?}");
    }
}
