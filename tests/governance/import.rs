//! A file is taken whole or not at all.

use super::house::{House, environment, flag, shop};
use flagstaff::domain::actor::Actor;
use flagstaff::domain::command::Command;
use flagstaff::domain::condition::{Condition, Operator};
use flagstaff::domain::flag::Flag;
use flagstaff::domain::key::VariantName;
use flagstaff::domain::rule::{Rule, Serve};
use flagstaff::domain::state::State;
use flagstaff::server::error::Error;
use flagstaff::server::governance::Submission;

fn on(flag: &Flag) -> State {
    State { enabled: true, ..State::initial(flag) }
}

fn import(flags: Vec<(Flag, State)>) -> Submission {
    Submission::new(Command::Import { project: shop(), environment: environment("staging"), flags })
}

#[tokio::test]
async fn new_flags_are_made_and_present_ones_replaced_in_one_environment() {
    let house = House::open().await;
    let (old, new) = (flag("new_checkout"), flag("new_search"));
    let applied = house.governance.submit(&Actor::Console, import(vec![(old.clone(), on(&old)), (new.clone(), on(&new))])).await;
    assert_eq!(applied.unwrap().audit.len(), 3, "a state replaced, a flag made, its state set");
    assert!(house.state("new_checkout", "staging").await.0.enabled);
    assert!(house.state("new_search", "staging").await.0.enabled);
    assert!(!house.state("new_search", "development").await.0.enabled);
}

#[tokio::test]
async fn one_bad_flag_keeps_all_of_them_out() {
    let house = House::open().await;
    let (good, bad) = (flag("good"), flag("bad"));
    let condition = Condition {
        attribute: "plan".into(),
        operator: Operator::Matches,
        values: vec!["(".into()],
        negate: false,
        ignore_case: false,
    };
    let rule = Rule {
        id: "r1".into(),
        name: String::new(),
        active: true,
        conditions: vec![condition],
        serve: Serve::Variant(VariantName::on()),
    };
    let broken = State { rules: vec![rule], ..on(&bad) };
    let rows = house.rows().await.len();
    let refused = house.governance.submit(&Actor::Console, import(vec![(good.clone(), on(&good)), (bad, broken)])).await;
    let Err(Error::Invalid(problems)) = &refused else { panic!("{refused:?}") };
    assert!(problems[0].field.starts_with("bad.rules[0].conditions[0]"), "{problems:?}");
    assert_eq!(house.rows().await.len(), rows);
}

/// A file for development asks nobody about production, unless it redefines what production serves.
#[tokio::test]
async fn an_import_is_asked_for_where_it_may_change_answers() {
    let house = House::open().await;
    let editor = house.person("ed", Some(flagstaff::domain::role::Role::Editor)).await;
    let staged = |flag: Flag| import(vec![(flag.clone(), on(&flag))]);
    assert!(house.submit(&editor, staged(flag("new_checkout"))).await.is_ok());
    assert!(house.submit(&editor, staged(flag("another"))).await.is_ok());
    let redefined = Flag { fallback_variant: VariantName::on(), ..flag("new_checkout") };
    let asked = house.submit(&editor, staged(redefined)).await;
    assert!(matches!(&asked, Err(Error::Confirm(c)) if c.environment == "production"), "{asked:?}");
}
