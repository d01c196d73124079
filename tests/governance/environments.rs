//! Environments: made with a state for every flag, and guarded by their own protection.

use super::house::{House, environment, flag, refusal, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::{Environment, Protection};
use flagstaff::domain::role::Role;
use flagstaff::domain::state::State;
use flagstaff::server::error::Error;
use flagstaff::server::governance::Submission;

fn edit(key: &str, protection: Protection) -> Submission {
    let environment = Environment { protection, ..Environment::usual(environment(key), 0) };
    Submission::new(Command::EditEnvironment { project: shop(), environment })
}

#[tokio::test]
async fn nobody_lowers_a_protection_past_its_own_ladder() {
    let house = House::open().await;
    let admin = house.person("ad", Some(Role::Admin)).await;
    let lower = || edit("production", Protection::Open);
    let asked = house.submit(&admin, lower()).await;
    assert!(matches!(&asked, Err(Error::Confirm(c)) if c.environment == "production" && c.typed && c.reason), "{asked:?}");
    let silent = house.submit(&admin, lower().confirmed("production")).await;
    assert!(refusal(silent).starts_with("reason: "));
    let other = house.submit(&admin, lower().because("Moving").confirmed("staging")).await;
    assert!(refusal(other).starts_with("confirmation: "));
    house.submit(&admin, lower().because("Moving").confirmed("production")).await.unwrap();
    let row = house.rows().await.pop().unwrap();
    assert_eq!((row.action.as_str(), row.reason.as_deref()), ("environment.edit", Some("Moving")));
    house.submit(&admin, edit("production", Protection::Critical)).await.unwrap();
    assert!(matches!(house.submit(&admin, lower()).await, Err(Error::Confirm(_))), "raised again, it asks again");
}

#[tokio::test]
async fn an_edit_from_an_older_version_is_refused_and_the_place_stays() {
    let house = House::open().await;
    let admin = house.person("ad", Some(Role::Admin)).await;
    house.submit(&admin, edit("staging", Protection::Protected).based_on(1)).await.unwrap();
    let late = house.submit(&admin, edit("staging", Protection::Open).because("x").confirmed("staging").based_on(1)).await;
    assert!(matches!(late, Err(Error::Conflict { base: 1, current: 2, .. })), "{late:?}");
    assert!(house.rows().await.pop().unwrap().after.unwrap().contains(r#""position":1"#));
}

#[tokio::test]
async fn a_new_environment_has_every_flag_in_its_initial_state() {
    let house = House::open().await;
    let admin = house.person("ad", Some(Role::Admin)).await;
    let make = |key| {
        Submission::new(Command::CreateEnvironment { project: shop(), environment: Environment::usual(environment(key), 0) })
    };
    house.submit(&admin, make("preview")).await.unwrap();
    assert_eq!(house.state("new_checkout", "preview").await, (State::initial(&flag("new_checkout")), 1));
    assert!(refusal(house.submit(&admin, make("preview")).await).contains("There already is an environment preview."));
    assert!(refusal(house.submit(&admin, make("history")).await).contains("is the address of a page"));
    let editor = house.person("ed", Some(Role::Editor)).await;
    assert_eq!(refusal(house.submit(&editor, make("other")).await), "That needs the role admin; yours is editor.");
}

#[tokio::test]
async fn an_order_names_each_once() {
    let house = House::open().await;
    let order =
        |keys: &[&str]| Command::OrderEnvironments { project: shop(), order: keys.iter().map(|key| environment(key)).collect() };
    let admin = house.person("ad", Some(Role::Admin)).await;
    for wrong in [&["production", "staging"][..], &["production", "staging", "staging"], &["production", "staging", "other"]] {
        let refused = house.submit(&admin, Submission::new(order(wrong))).await;
        assert_eq!(refusal(refused), "order: Name every environment of the project once.");
    }
    house.submit(&admin, Submission::new(order(&["production", "staging", "development"]))).await.unwrap();
    let row = house.rows().await.pop().unwrap();
    assert_eq!(row.before.as_deref(), Some(r#"{"environments":["development","staging","production"]}"#));
}
