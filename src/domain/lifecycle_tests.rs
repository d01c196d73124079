#![allow(clippy::unwrap_used)]
use super::*;
use crate::domain::rollout::Rollout;
use crate::domain::rule::{Rule, Split};
use proptest::prelude::*;
use serde_json::json;

const NOW: Timestamp = Timestamp::from_millis(1_000 * DAY);

fn flag(kind: FlagKind, expires_in: Option<i64>) -> Flag {
    serde_json::from_value(json!({
        "key": "a", "kind": kind, "value_type": "boolean", "fallback_variant": "off",
        "variants": [{ "name": "on", "value": true }, { "name": "off", "value": false }],
        "owner": { "unclaimed": "Team" }, "description": "A", "expires_at": expires_in.map(|days| NOW.plus(days * DAY)),
    }))
    .unwrap()
}

fn state(enabled: bool, fallthrough: Serve) -> State {
    State { enabled, off_variant: VariantName::off(), targets: Vec::new(), rules: Vec::new(), fallthrough }
}
fn on() -> State {
    state(true, Serve::Variant(VariantName::on()))
}
fn off() -> State {
    state(false, Serve::Variant(VariantName::on()))
}
fn share(share: u16) -> State {
    state(true, Serve::Split(Split::two(VariantName::on(), VariantName::off(), share)))
}
fn plan(began: i64) -> State {
    let (variant, rest) = (VariantName::on(), VariantName::off());
    let plan = Plan::preset(NOW.plus(-began * DAY));
    state(true, Serve::Rollout(Rollout { bucket_by: "targetingKey".into(), seed: None, variant, rest, plan }))
}
fn chosen() -> State {
    let serve = Serve::Variant(VariantName::on());
    let rules = vec![Rule { id: "r".into(), name: String::new(), active: true, conditions: Vec::new(), serve }];
    State { rules, ..state(true, Serve::Variant(VariantName::off())) }
}

fn standings<'s>(development: &'s State, production: &'s State, days: i64, is_untouched: bool) -> [Standing<'s>; 2] {
    [(Protection::Open, development), (Protection::Critical, production)].map(|(protection, state)| Standing {
        protection,
        state,
        since: NOW.plus(-days * DAY),
        is_untouched,
    })
}

#[test]
fn the_stage_follows_what_can_be_seen() {
    let release = flag(FlagKind::Release, Some(9));
    for (development, production, days, expected) in [
        (off(), off(), 41, Stage::Off),
        (on(), off(), 41, Stage::InDevelopment),
        (on(), chosen(), 41, Stage::Internal),
        (on(), share(2_500), 41, Stage::Partial),
        (on(), plan(1), 1, Stage::RollingOut),
        (on(), on(), 41, Stage::FullyOn),
        (on(), on(), 90, Stage::ReadyToRemove),
        (off(), off(), 90, Stage::ReadyToRemove),
        (on(), off(), 400, Stage::InDevelopment),
        (on(), share(2_500), 400, Stage::Partial),
        (on(), plan(93), 93, Stage::FullyOn),
        (on(), plan(94), 94, Stage::ReadyToRemove),
    ] {
        let found = stage(&release, &standings(&development, &production, days, false), 90, NOW);
        assert_eq!(found, expected, "{production:?} for {days} days");
    }
    let fresh = off();
    assert_eq!(stage(&release, &standings(&fresh, &fresh, 3, true), 90, NOW), Stage::Created);
    let on = on();
    let long = standings(&on, &on, 400, false);
    assert_eq!(stage(&flag(FlagKind::KillSwitch, None), &long, 90, NOW), Stage::Permanent);
    assert_eq!(stage(&flag(FlagKind::Release, Some(-1)), &long, 90, NOW), Stage::Expired);
}

fn planned(plan: Plan) -> State {
    let (variant, rest) = (VariantName::on(), VariantName::off());
    state(true, Serve::Rollout(Rollout { bucket_by: "targetingKey".into(), seed: None, variant, rest, plan }))
}

/// However long nothing happens: what has a step ahead of it is on its way.
#[test]
fn what_has_a_step_of_a_plan_ahead_of_it_is_not_ready() {
    use crate::domain::plan::Stage as Step;
    use crate::domain::rollout::Hold;
    let release = flag(FlagKind::Release, Some(900));
    let waiting = |shares: [u16; 2]| {
        let stages = shares.map(|share| Step { share, hold: Hold::UntilApproved });
        Plan::of(&stages, Start::At(NOW.plus(-300 * DAY)))
    };
    let held = |at| Plan { held_at: Some(at), ..Plan::preset(NOW.plus(-300 * DAY)) };
    let to_come = Plan::preset(NOW.plus(3 * DAY));
    let rolled_back = Plan::preset(NOW.plus(-300 * DAY)).rolled_back(NOW).unwrap();
    let half = Plan { steps: vec![crate::domain::rollout::Step::new(5_000, Start::At(NOW.plus(-300 * DAY)))], held_at: None };
    for (plan, stands) in [
        (to_come.clone(), Stage::RollingOut),
        (held(0), Stage::RollingOut),
        (held(2_500), Stage::RollingOut),
        (waiting([0, WHOLE]), Stage::RollingOut),
        (rolled_back, Stage::RollingOut),
        (half, Stage::RollingOut),
        (held(WHOLE), Stage::ReadyToRemove),
        (Plan::preset(NOW.plus(-300 * DAY)), Stage::ReadyToRemove),
    ] {
        let state = planned(plan);
        let standings = standings(&state, &state, 300, false);
        assert_eq!(stage(&release, &standings, 90, NOW), stands, "{state:?}");
        assert_eq!(constant(&release, &standings[1], NOW).is_some(), stands == Stage::ReadyToRemove, "{state:?}");
        let expired = flag(FlagKind::Release, Some(-1));
        let wanted = if stands == Stage::ReadyToRemove || !is_under_way(&state, NOW) { Group::Archive } else { Group::Expired };
        assert_eq!(group(&expired, &standings, 90, Evidence::default(), NOW), Some(wanted), "{state:?}");
    }
    // A rule's plan speaks where everyone else's has arrived.
    let mut both = planned(Plan::preset(NOW.plus(-300 * DAY)));
    let rule = planned(to_come).fallthrough;
    both.rules = vec![Rule { id: "r".into(), name: String::new(), active: true, conditions: Vec::new(), serve: rule }];
    assert_eq!(running_plan(&both, NOW).and_then(|plan| plan.next(NOW)), Some(0));
    assert!(ready(&release, &standings(&both, &both, 300, false), 90, NOW).is_none());
}

#[test]
fn a_definition_turns_answers_at_once_by_its_values_its_archive_and_its_expiry() {
    let (before, past) = (flag(FlagKind::Release, Some(9)), flag(FlagKind::Release, Some(-9)));
    let serve = |flag: &Flag| Flag { on_expiry: ExpiryAction::Serve(VariantName::off()), ..flag.clone() };
    let mut values = before.clone();
    values.variants[0].value = json!(false);
    let mut more = before.clone();
    more.variants.push(crate::domain::flag::Variant { name: VariantName::parse("new").unwrap(), value: json!(true) });
    let archived = Flag { archived_at: Some(NOW), ..before.clone() };
    for (before, after, expected) in [
        (&before, &values, true),
        (&before, &more, false),
        (&before, &Flag { description: "Other words".into(), ..before.clone() }, false),
        (&before, &archived, false),
        (&archived, &before, true),
        (&before, &serve(&before), false),
        (&past, &serve(&past), true),
        (&serve(&past), &serve(&before), true),
        (&before, &past, false),
    ] {
        assert_eq!(turns(before, after, NOW), expected, "{before:?} {after:?}");
    }
}

#[test]
fn a_flag_stands_where_its_next_step_is() {
    let (on, off) = (on(), off());
    let seen = |days: i64| Evidence { last_evaluated: Some(NOW.plus(-days * DAY)), ..Evidence::default() };
    let in_bulk = Evidence { last_delivered: Some(NOW), ..Evidence::default() };
    let in_code = Evidence { references: 2, ..seen(30) };
    let release = flag(FlagKind::Release, Some(9));
    let expired = flag(FlagKind::Release, Some(-9));
    let review = Flag { review_by: Some(NOW), ..flag(FlagKind::Operational, None) };
    let archived = Flag { archived_at: Some(NOW), ..expired.clone() };
    let in_vain = Evidence { asked_in_vain: 3, ..seen(1) };
    let (long_on, long_off) = (standings(&on, &on, 120, false), standings(&off, &off, 120, false));
    for (flag, standings, evidence, expected) in [
        (&release, &long_on, seen(0), Some(Group::RemoveCode)),
        (&release, &long_on, seen(7), Some(Group::Archive)),
        (&release, &long_on, Evidence::default(), Some(Group::Archive)),
        (&release, &long_on, in_bulk, Some(Group::Archive)),
        (&release, &long_on, in_code, Some(Group::RemoveCode)),
        (&release, &long_off, seen(0), Some(Group::StillCalled)),
        (&release, &standings(&on, &on, 5, false), seen(0), None),
        (&expired, &long_on, seen(0), Some(Group::Expired)),
        (&expired, &long_on, seen(8), Some(Group::Archive)),
        (&review, &long_on, seen(0), Some(Group::ReviewDue)),
        (&archived, &long_on, in_vain, Some(Group::Archived)),
        (&archived, &long_on, seen(0), None),
    ] {
        assert_eq!(group(flag, standings, 90, evidence, NOW), expected, "{flag:?} {evidence:?}");
    }
}

#[test]
fn debt_begins_with_the_first_date_that_passed() {
    let on = on();
    let long = standings(&on, &on, 120, false);
    let since = |flag: &Flag| debt_since(flag, &long, 90, NOW).map(|at| (NOW.millis() - at.millis()) / DAY);
    assert_eq!(since(&flag(FlagKind::Release, Some(5))), Some(30));
    assert_eq!(since(&flag(FlagKind::Release, Some(-60))), Some(60));
    assert_eq!(since(&flag(FlagKind::KillSwitch, None)), None);
    let archived = Flag { archived_at: Some(NOW.plus(-40 * DAY)), ..flag(FlagKind::Release, Some(-60)) };
    assert_eq!(since(&archived), Some(60));
    let in_time = Flag { archived_at: Some(NOW.plus(-61 * DAY)), ..archived };
    assert_eq!(since(&in_time), None);
}

fn any_state() -> impl Strategy<Value = State> {
    (any::<bool>(), 0_u16..=WHOLE, 0_i64..200, any::<bool>(), 0..3_u8).prop_map(|(enabled, part, began, is_chosen, serve)| {
        let base = match serve {
            0 => on(),
            1 => share(part),
            _ => plan(began),
        };
        let rules = if is_chosen { chosen().rules } else { Vec::new() };
        State { enabled, rules, ..base }
    })
}

fn any_flag() -> impl Strategy<Value = Flag> {
    let kind = prop::sample::select(FlagKind::ALL.to_vec());
    (kind, prop::option::of(-100_i64..100), prop::option::of(-100_i64..100), any::<bool>()).prop_map(
        |(kind, expires, review, is_archived)| Flag {
            review_by: review.map(|days| NOW.plus(days * DAY)),
            archived_at: is_archived.then_some(NOW),
            ..flag(kind, expires)
        },
    )
}

proptest! {
    /// The stage, the board and the count of what is to be done never contradict each other.
    #[test]
    fn stage_board_and_debt_agree(
        flag in any_flag(), development in any_state(), production in any_state(), days in 0_i64..300,
        untouched in any::<bool>(), asked in prop::option::of(0_i64..30), bulk in prop::option::of(0_i64..30), references in 0_usize..3, ready_days in 1_u32..200,
    ) {
        let standings = standings(&development, &production, days, untouched);
        let ago = |days: Option<i64>| days.map(|days| NOW.plus(-days * DAY));
        let seen = Evidence { last_evaluated: ago(asked), last_delivered: ago(bulk), references, asked_in_vain: 0 };
        let (stage, group) = (stage(&flag, &standings, ready_days, NOW), group(&flag, &standings, ready_days, seen, NOW));
        prop_assert_eq!(stage == Stage::Archived, flag.archived_at.is_some());
        if flag.archived_at.is_none() {
            prop_assert_eq!(group.is_some(), is_debt(&flag, &standings, ready_days, NOW));
            prop_assert_eq!(group.is_some(), debt_since(&flag, &standings, ready_days, NOW).is_some());
            prop_assert_eq!(stage == Stage::Expired, flag.expires_at.is_some_and(|at| at <= NOW));
        }
        if stage == Stage::ReadyToRemove {
            prop_assert!(!flag.kind.is_permanent());
            prop_assert!(matches!(group, Some(Group::RemoveCode | Group::Archive | Group::StillCalled)));
        }
        // What more than one answer is given of is never ready to go.
        if matches!(exposure(&production, NOW), Exposure::Variants(_) | Exposure::Share(1..WHOLE)) {
            prop_assert!(stage != Stage::ReadyToRemove);
        }
    }
}
