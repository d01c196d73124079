#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;
use crate::domain::flag::{Owner, ValueType};
use crate::domain::key::{FlagKey, VariantName};
use crate::domain::rollout::{Plan, Rollout};
use crate::domain::rule::{Serve, Split};
use crate::domain::time::HOUR;

const NOW: Timestamp = Timestamp::from_millis(1_000 * DAY);

fn flag(kind: FlagKind) -> Flag {
    Flag {
        key: FlagKey::parse("a").unwrap(),
        kind,
        value_type: ValueType::Boolean,
        variants: Flag::boolean_variants(),
        fallback_variant: VariantName::off(),
        owner: Owner::Unclaimed("Team".into()),
        description: "A".into(),
        scope: String::new(),
        ticket: String::new(),
        tags: Vec::new(),
        rollback_criteria: String::new(),
        expires_at: Some(NOW.plus(30 * DAY)),
        on_expiry: ExpiryAction::Notify,
        review_by: None,
        client_visible: false,
        archived_at: None,
    }
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
fn rollout(plan: Plan) -> State {
    let bucket_by = "targetingKey".to_owned();
    state(true, Serve::Rollout(Rollout { bucket_by, seed: None, variant: VariantName::on(), rest: VariantName::off(), plan }))
}

/// The advice for a flag in development, staging and production, which changed 41 days ago and was asked for a moment ago.
fn advice(flag: &Flag, states: [&State; 3], seen: bool) -> (String, Option<Way>) {
    let environments: Vec<Environment> = (0..)
        .zip(["development", "staging", "production"])
        .map(|(at, key)| Environment::usual(EnvironmentKey::parse(key).unwrap(), at))
        .collect();
    let place = |(environment, state)| Place {
        environment,
        state,
        since: NOW.plus(-41 * DAY),
        last_seen: seen.then(|| NOW.plus(-HOUR)),
        asked: seen.then(|| Asked { count: 12, last: NOW.plus(-HOUR) }),
        is_faulty: false,
    };
    let places: Vec<Place<'_>> = environments.iter().zip(states).map(place).collect();
    let found = next_step(flag, &places, true, NOW);
    (found.title, found.way)
}

fn environment(key: &str) -> Option<Way> {
    Some(Way::Environment(EnvironmentKey::parse(key).unwrap()))
}

#[test]
fn the_way_goes_from_development_to_everybody_and_out_of_the_code() {
    let release = flag(FlagKind::Release);
    let (on, off) = (on(), off());
    let table = [
        ([&off, &off, &off], false, "Turn it on in development", environment("development")),
        ([&on, &off, &off], false, "Waiting for the first evaluation", Some(Way::Snippet)),
        ([&on, &off, &off], true, "Turn it on in staging", environment("staging")),
        ([&on, &on, &off], true, "Turn it on in production", environment("production")),
        ([&on, &on, &share(2_500)], true, "On for 25 % in production", environment("production")),
        ([&on, &on, &share(0)], true, "On for some in production", environment("production")),
        ([&on, &on, &on], true, "Fully on for 41 days", Some(Way::Archive)),
    ];
    for (states, seen, title, way) in table {
        assert_eq!(advice(&release, states, seen), (title.to_owned(), way));
    }
}

#[test]
fn a_rollout_says_what_comes_next() {
    let release = flag(FlagKind::Release);
    let on = on();
    let plan = Plan::preset(NOW.plus(3 * HOUR - 2 * DAY));
    let title = |plan: Plan| advice(&release, [&on, &on, &rollout(plan)], true).0;
    assert_eq!(title(plan.clone()), "Rolling out in production: next 25 % in 3 h");
    assert_eq!(title(Plan { held_at: Some(1_000), ..plan.clone() }), "Rollout paused at 10 % in production");
    assert_eq!(title(Plan { steps: plan.steps[..2].to_vec(), held_at: None }), "The rollout in production stopped at 10 %");
}

#[test]
fn what_is_overdue_comes_before_the_way() {
    let on = on();
    let late = Flag { expires_at: Some(NOW.plus(-9 * DAY)), ..flag(FlagKind::Release) };
    assert_eq!(advice(&late, [&on, &on, &on], true), ("Expired 9 d ago".to_owned(), Some(Way::Extend)));
    let archived = Flag { archived_at: Some(NOW.plus(-DAY)), ..late };
    assert_eq!(advice(&archived, [&on, &on, &on], true), ("Archived, and still asked for".to_owned(), Some(Way::Restore)));
    assert_eq!(advice(&archived, [&on, &on, &on], false), ("Archived".to_owned(), None));
    let before = Flag { archived_at: Some(NOW), ..archived };
    assert_eq!(advice(&before, [&on, &on, &on], true), ("Archived".to_owned(), None), "what came before it was archived");
}

#[test]
fn permanent_flags_are_left_alone() {
    let (on, off) = (on(), off());
    let switch = flag(FlagKind::KillSwitch);
    assert_eq!(advice(&switch, [&on, &on, &on], false).1, None);
    assert_eq!(advice(&switch, [&on, &on, &off], true), ("Off in production for 41 d".to_owned(), environment("production")));
    let permission = flag(FlagKind::Permission);
    assert_eq!(advice(&permission, [&on, &on, &on], true), ("In use".to_owned(), None));
    let reviewed = Flag { review_by: Some(NOW), ..permission };
    assert_eq!(advice(&reviewed, [&on, &on, &on], true), ("Due for a review".to_owned(), Some(Way::Review)));
}
