//! A file is taken whole or not at all.

use super::house::{House, NOON, environment, flag, key, shop, switch};
use flagstaff::domain::actor::Actor;
use flagstaff::domain::command::Command;
use flagstaff::domain::condition::{Condition, Operator};
use flagstaff::domain::flag::{ExpiryAction, Flag, ValueType, Variant};
use flagstaff::domain::key::{FlagKey, VariantName};
use flagstaff::domain::rule::{Rule, Serve};
use flagstaff::domain::state::State;
use flagstaff::domain::time::DAY;
use flagstaff::server::error::Error;
use flagstaff::server::governance::Submission;

fn on(flag: &Flag) -> State {
    State { enabled: true, ..State::initial(flag) }
}

fn import(flags: Vec<(Flag, State)>) -> Submission {
    based(flags, Vec::new())
}

fn based(flags: Vec<(Flag, State)>, base_versions: Vec<(FlagKey, i64)>) -> Submission {
    Submission::new(Command::Import {
        project: shop(),
        environment: environment("staging"),
        flags,
        base_versions,
        base_states: Vec::new(),
    })
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

/// The file brings the state of staging only; production still serves the variant that it leaves out.
#[tokio::test]
async fn a_variant_that_another_environment_serves_cannot_go() {
    let house = House::open().await;
    let colours = |names: &[&str]| Flag {
        value_type: ValueType::String,
        variants: names.iter().map(|name| Variant { name: VariantName::parse(name).unwrap(), value: (*name).into() }).collect(),
        fallback_variant: VariantName::parse("red").unwrap(),
        ..flag("colour")
    };
    let all = colours(&["blue", "red"]);
    house.by_system(Command::CreateFlag { project: shop(), flag: all.clone() }).await;
    let less = colours(&["red"]);
    let refused = house.governance.submit(&Actor::Console, import(vec![(less.clone(), State::initial(&less))])).await;
    let Err(Error::Invalid(problems)) = &refused else { panic!("{refused:?}") };
    let told: Vec<_> = problems.iter().map(|problem| (problem.field.as_str(), problem.message.as_str())).collect();
    assert!(told.iter().all(|(field, _)| *field == "colour.variants"), "{told:?}");
    assert!(told.iter().any(|(_, message)| message.starts_with("In production: blue")), "{told:?}");
    assert!(!told.iter().any(|(_, message)| message.starts_with("In staging")), "{told:?}");
    assert_eq!(house.state("colour", "production").await.0, State::initial(&all));
}

#[tokio::test]
async fn a_frozen_flag_is_imported_only_with_a_later_expiry() {
    let house = House::open().await;
    let frozen = Flag { on_expiry: ExpiryAction::Freeze, ..flag("frozen") };
    house.by_system(Command::CreateFlag { project: shop(), flag: frozen.clone() }).await;
    house.clock.set(NOON.plus(91 * DAY));
    let words = Flag { description: "Other words".into(), ..frozen.clone() };
    let thawed = Flag { on_expiry: ExpiryAction::Notify, ..frozen.clone() };
    for (flag, state) in [(frozen.clone(), on(&frozen)), (words.clone(), State::initial(&words)), (thawed.clone(), on(&thawed))] {
        let refused = house.governance.submit(&Actor::Console, import(vec![(flag, state)])).await;
        assert!(
            matches!(&refused, Err(Error::Invalid(p)) if p[0].message.contains("extend its expiry date first")),
            "{refused:?}"
        );
    }
    let same = house.governance.submit(&Actor::Console, import(vec![(frozen.clone(), State::initial(&frozen))])).await;
    assert!(same.unwrap().audit.is_empty(), "a file that changes nothing has nothing to be refused");
    let extended = Flag { expires_at: Some(NOON.plus(120 * DAY)), ..frozen };
    house.governance.submit(&Actor::Console, import(vec![(extended.clone(), on(&extended))])).await.unwrap();
    assert!(house.state("frozen", "staging").await.0.enabled);
}

#[tokio::test]
async fn an_import_does_not_overwrite_an_edit_that_came_after_it_was_merged() {
    let house = House::open().await;
    let merged = flag("new_checkout");
    let edited = Flag { description: "Better words".into(), ..merged.clone() };
    house.by_system(Command::EditFlag { project: shop(), flag: edited.clone() }).await;
    let file = |base| based(vec![(merged.clone(), on(&merged))], vec![(key("new_checkout"), base)]);
    let late = house.governance.submit(&Actor::Console, file(1)).await;
    assert!(matches!(&late, Err(Error::Conflict { object, base: 1, current: 2 }) if object == "new_checkout"), "{late:?}");
    assert!(!house.state("new_checkout", "staging").await.0.enabled, "all or nothing");
    assert!(house.governance.submit(&Actor::Console, file(2)).await.is_ok());
}

/// An older file of commands names no versions.
#[test]
fn versions_may_be_left_out_of_the_command() {
    let command = r#"{"import": {"project": "shop", "environment": "staging", "flags": []}}"#;
    let read: Command = serde_json::from_str(command).unwrap();
    assert_eq!(read, based(Vec::new(), Vec::new()).command);
}

const SPOIL: &str = "update flag_states set state = '{\"enabled\": maybe, \"targets\": [ada]' where environment_id = \
    (select id from environments where key = 'staging')";

#[tokio::test]
async fn a_state_that_cannot_be_read_is_replaced_by_an_import_even_by_that_of_a_new_flag() {
    let house = House::open().await;
    house.tamper(SPOIL).await;
    let file = flag("new_checkout");
    house.governance.submit(&Actor::Console, import(vec![(file.clone(), State::initial(&file))])).await.unwrap();
    assert_eq!(house.state("new_checkout", "staging").await.0, State::initial(&file));
    let row = house.rows().await.pop().unwrap();
    assert_eq!(row.action, "state.import");
    assert!(row.before.unwrap().starts_with(r#"{"unreadable":"{\"enabled\": maybe"#));
}

#[tokio::test]
async fn off_starts_a_state_that_cannot_be_read_afresh_and_on_says_what_to_do() {
    let house = House::open().await;
    let editor = house.person("ed", Some(flagstaff::domain::role::Role::Editor)).await;
    house.tamper(SPOIL).await;
    let press = |enabled| Submission::new(switch("new_checkout", "staging", enabled)).based_on(1);
    let refused = house.submit(&editor, press(true)).await;
    assert!(matches!(&refused, Err(Error::Invalid(p)) if p[0].message.contains("turn it off here")), "{refused:?}");
    let revision = house.revision("staging").await;
    house.submit(&editor, press(false)).await.unwrap();
    let (state, version) = house.state("new_checkout", "staging").await;
    assert_eq!((state, version), (State::initial(&flag("new_checkout")), 2));
    assert_eq!(house.revision("staging").await, revision + 1);
    let row = house.rows().await.pop().unwrap();
    assert_eq!((row.action.as_str(), row.actor.as_str()), ("state.disable", "ed@shop.example"));
    assert!(row.before.clone().unwrap().contains("unreadable"));
    assert_eq!(flagstaff::server::governance::undo::command(&row), None, "there is no way back to what cannot be read");
}

#[tokio::test]
async fn a_state_that_was_changed_since_the_comparison_is_not_overwritten() {
    let house = House::open().await;
    let flag = flag("new_checkout");
    house.by_system(switch("new_checkout", "staging", true)).await;
    let (_, version) = house.state("new_checkout", "staging").await;
    // Compared; and then somebody turns it off in a hurry.
    let file = |version| {
        Submission::new(Command::Import {
            project: shop(),
            environment: environment("staging"),
            flags: vec![(flag.clone(), State { rules: Vec::new(), ..on(&flag) })],
            base_versions: Vec::new(),
            base_states: vec![(key("new_checkout"), version)],
        })
    };
    house.by_system(switch("new_checkout", "staging", false)).await;
    let refused = house.governance.submit(&Actor::System, file(version)).await;
    assert!(matches!(&refused, Err(Error::Conflict { object, .. }) if object == "new_checkout in staging"), "{refused:?}");
    assert!(!house.state("new_checkout", "staging").await.0.enabled);
    let (_, version) = house.state("new_checkout", "staging").await;
    house.governance.submit(&Actor::System, file(version)).await.unwrap();
    assert!(house.state("new_checkout", "staging").await.0.enabled);
}
