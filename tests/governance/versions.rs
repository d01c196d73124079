//! Lost updates, keys used twice, and what a revision tells.

use super::house::{House, environment, flag, key, shop, switch};
use flagstaff::domain::command::Command;
use flagstaff::domain::flag::{Flag, ValueType, Variant};
use flagstaff::domain::key::VariantName;
use flagstaff::domain::role::Role;
use flagstaff::domain::rule::{Serve, Split};
use flagstaff::domain::state::State;
use flagstaff::server::error::Error;
use flagstaff::server::governance::Submission;

fn share(state: &State, share: u16) -> Command {
    let state = State { fallthrough: Serve::Split(Split::two(VariantName::on(), VariantName::off(), share)), ..state.clone() };
    Command::EditState { project: shop(), environment: environment("development"), flag: key("new_checkout"), state }
}

#[tokio::test]
async fn the_second_of_two_edits_from_one_version_is_refused() {
    let house = House::open().await;
    let editor = house.person("ed", Some(Role::Editor)).await;
    let (state, version) = house.state("new_checkout", "development").await;
    assert!(house.submit(&editor, Submission::new(share(&state, 100)).based_on(version)).await.is_ok());
    let second = house.submit(&editor, Submission::new(share(&state, 200)).based_on(version)).await;
    assert!(matches!(second, Err(Error::Conflict { base: 1, current: 2, .. })), "{second:?}");
}

/// How often each editor tries; `LOST_UPDATE_ROUNDS` makes it more, up to 1,000.
fn rounds() -> u16 {
    std::env::var("LOST_UPDATE_ROUNDS").ok().map_or(40, |text| text.parse::<u16>().unwrap().min(1_000))
}

/// Eight editors who read, change and write as fast as they can: each success is one version, none is overwritten.
#[tokio::test]
async fn winners_and_version_steps_are_equal_in_number() {
    let house = std::sync::Arc::new(House::open().await);
    let editor = house.person("ed", Some(Role::Editor)).await;
    let mut tasks = tokio::task::JoinSet::new();
    for who in 0..8_u16 {
        let (house, editor) = (house.clone(), editor.clone());
        tasks.spawn(async move {
            let mut won = 0;
            for round in 0..rounds() {
                let (state, version) = house.state("new_checkout", "development").await;
                let edit = Submission::new(share(&state, 1 + who * 1_000 + round)).based_on(version);
                match house.submit(&editor, edit).await {
                    Ok(_) => won += 1,
                    Err(Error::Conflict { .. }) => {}
                    Err(other) => panic!("{other}"),
                }
            }
            won
        });
    }
    let won: i64 = tasks.join_all().await.into_iter().sum();
    let (_, version) = house.state("new_checkout", "development").await;
    assert_eq!(version, 1 + won);
    assert!(won >= i64::from(rounds()), "{won}");
    println!("{won} of {} tries won, and {version} is the version", 8 * u32::from(rounds()));
}

#[tokio::test]
async fn a_key_is_never_used_again() {
    let house = House::open().await;
    house.by_system(Command::ArchiveFlag { project: shop(), flag: key("new_checkout") }).await;
    let editor = house.person("ed", Some(Role::Editor)).await;
    let again = house.submit(&editor, Submission::new(Command::CreateFlag { project: shop(), flag: flag("new_checkout") })).await;
    assert!(
        matches!(&again, Err(Error::Invalid(p)) if p[0].field == "key" && p[0].message.contains("never used again")),
        "{again:?}"
    );
}

#[tokio::test]
async fn names_follow_the_projects_pattern() {
    let house = House::open().await;
    let editor = house.person("ed", Some(Role::Editor)).await;
    let odd = house.submit(&editor, Submission::new(Command::CreateFlag { project: shop(), flag: flag("New-Checkout") })).await;
    assert!(matches!(&odd, Err(Error::Invalid(p)) if p[0].message.contains("like new_checkout")), "{odd:?}");
}

#[tokio::test]
async fn a_variant_that_is_served_cannot_go() {
    let house = House::open().await;
    let editor = house.person("ed", Some(Role::Editor)).await;
    let one = Flag {
        value_type: ValueType::Boolean,
        variants: vec![Variant { name: VariantName::off(), value: false.into() }],
        ..flag("new_checkout")
    };
    let refused = house.submit(&editor, Submission::new(Command::EditFlag { project: shop(), flag: one })).await;
    assert!(matches!(&refused, Err(Error::Invalid(p)) if p.iter().any(|p| p.message.contains("In development"))), "{refused:?}");
}

#[tokio::test]
async fn a_revision_rises_where_answers_may_have_changed_and_nowhere_else() {
    let house = House::open().await;
    let (development, staging) = (house.revision("development").await, house.revision("staging").await);
    house.by_system(switch("new_checkout", "development", true)).await;
    assert_eq!(house.revision("development").await, development + 1);
    assert_eq!(house.revision("staging").await, staging);
    // Already on: nothing changes, nothing is written.
    let rows = house.rows().await.len();
    house.by_system(switch("new_checkout", "development", true)).await;
    assert_eq!((house.revision("development").await, house.rows().await.len()), (development + 1, rows));
}
