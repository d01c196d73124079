//! The confirm ladder, steps 0 to 2, and what skips it.

use super::house::{House, environment, flag, key, shop, switch};
use flagstaff::domain::command::Command;
use flagstaff::domain::flag::{ExpiryAction, Flag};
use flagstaff::domain::key::VariantName;
use flagstaff::domain::role::Role;
use flagstaff::domain::time::DAY;
use flagstaff::server::error::Error;
use flagstaff::server::governance::Submission;

fn on(place: &str) -> Submission {
    Submission::new(switch("new_checkout", place, true))
}

#[tokio::test]
async fn an_open_environment_changes_at_once() {
    let house = House::open().await;
    let editor = house.person("ed", Some(Role::Editor)).await;
    assert!(house.submit(&editor, on("development")).await.is_ok());
    assert!(house.state("new_checkout", "development").await.0.enabled);
}

#[tokio::test]
async fn a_critical_environment_asks_for_a_reason_and_its_name() {
    let house = House::open().await;
    let editor = house.person("ed", Some(Role::Editor)).await;
    let asked = house.submit(&editor, on("production")).await;
    assert!(matches!(&asked, Err(Error::Confirm(c)) if c.environment == "production" && c.typed), "{asked:?}");
    for (submission, field) in [
        (on("production").because("Launch").confirmed("staging"), "confirmation"),
        (on("production").because("  ").confirmed("production"), "reason"),
    ] {
        let refused = house.submit(&editor, submission).await;
        assert!(matches!(&refused, Err(Error::Invalid(problems)) if problems[0].field == field), "{refused:?}");
        assert!(!house.state("new_checkout", "production").await.0.enabled);
    }
    assert!(house.submit(&editor, on("production").because("Launch").confirmed("production")).await.is_ok());
    assert!(house.state("new_checkout", "production").await.0.enabled);
}

#[tokio::test]
async fn turning_off_is_never_slowed() {
    let house = House::open().await;
    let editor = house.person("ed", Some(Role::Editor)).await;
    house.by_system(switch("new_checkout", "production", true)).await;
    let stale = Submission::new(switch("new_checkout", "production", false)).based_on(1);
    assert!(house.submit(&editor, stale).await.is_ok());
    assert!(!house.state("new_checkout", "production").await.0.enabled);
}

/// What changes answers in every environment meets the policy of the strictest.
#[tokio::test]
async fn archiving_asks_like_the_most_critical_environment() {
    let house = House::open().await;
    let editor = house.person("ed", Some(Role::Editor)).await;
    let archive = Submission::new(Command::ArchiveFlag { project: shop(), flag: key("new_checkout") });
    let asked = house.submit(&editor, archive.clone()).await;
    assert!(matches!(&asked, Err(Error::Confirm(c)) if c.environment == "production"), "{asked:?}");
    assert!(house.submit(&editor, archive.because("Done").confirmed("production")).await.is_ok());
}

#[tokio::test]
async fn words_about_a_flag_change_without_being_asked_and_its_answers_do_not() {
    let house = House::open().await;
    let editor = house.person("ed", Some(Role::Editor)).await;
    let edit = |flag: Flag| Submission::new(Command::EditFlag { project: shop(), flag });
    let words = Flag { description: "Better words".into(), ..flag("new_checkout") };
    assert!(house.submit(&editor, edit(words.clone())).await.is_ok());
    let answers = Flag { fallback_variant: VariantName::on(), ..words };
    assert!(matches!(house.submit(&editor, edit(answers)).await, Err(Error::Confirm(_))));
}

#[tokio::test]
async fn a_frozen_flag_takes_no_edit_but_off() {
    let house = House::open().await;
    let editor = house.person("ed", Some(Role::Editor)).await;
    let frozen = Flag { on_expiry: ExpiryAction::Freeze, ..flag("frozen") };
    house.by_system(Command::CreateFlag { project: shop(), flag: frozen }).await;
    house.by_system(switch("frozen", "development", true)).await;
    house.clock.set(super::house::NOON.plus(91 * DAY));
    let (state, _) = house.state("frozen", "development").await;
    let mut edited = state.clone();
    edited.off_variant = VariantName::on();
    let edit =
        Command::EditState { project: shop(), environment: environment("development"), flag: key("frozen"), state: edited };
    let refused = house.submit(&editor, Submission::new(edit)).await;
    assert!(matches!(&refused, Err(Error::Invalid(p)) if p[0].message.contains("extend its expiry date first")), "{refused:?}");
    assert!(house.submit(&editor, Submission::new(switch("frozen", "development", false))).await.is_ok());
}
