//! Teams: of members only, and not removed while a flag is theirs.

use super::house::{House, flag, refusal, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::flag::{Flag, Owner};
use flagstaff::domain::key::TeamKey;
use flagstaff::domain::role::Role;
use flagstaff::domain::team::Team;
use flagstaff::server::governance::Submission;
use flagstaff::server::store;

fn payments() -> TeamKey {
    TeamKey::parse("payments").unwrap()
}

fn team(members: &[&str]) -> Team {
    let members = members.iter().map(|name| format!("{name}@shop.example")).collect();
    Team { key: payments(), name: "Payments".into(), members }
}

fn create(members: &[&str]) -> Submission {
    Submission::new(Command::CreateTeam { project: shop(), team: team(members) })
}

async fn members(house: &House) -> Vec<String> {
    let mut cx = house.db.read().await.unwrap();
    let project = store::projects::find(&mut cx, &shop()).await.unwrap().unwrap();
    store::teams::find(&mut cx, &project.id, &payments()).await.unwrap().unwrap().team.members
}

#[tokio::test]
async fn a_team_that_owns_flags_stays_until_they_have_another_owner() {
    let house = House::open().await;
    let admin = house.person("ad", Some(Role::Admin)).await;
    house.submit(&admin, create(&[])).await.unwrap();
    let theirs = |name| Flag { owner: Owner::Team(payments()), ..flag(name) };
    for name in ["one", "two"] {
        house.submit(&admin, Submission::new(Command::CreateFlag { project: shop(), flag: theirs(name) })).await.unwrap();
    }
    let delete = || Submission::new(Command::DeleteTeam { project: shop(), team: payments() });
    assert_eq!(refusal(house.submit(&admin, delete()).await), ": Payments owns one and 1 more; give them another owner first.");
    house.by_system(Command::EditFlag { project: shop(), flag: flag("one") }).await;
    assert_eq!(refusal(house.submit(&admin, delete()).await), ": Payments owns two; give them another owner first.");
    house.by_system(Command::EditFlag { project: shop(), flag: flag("two") }).await;
    house.submit(&admin, delete()).await.unwrap();
    let create = Command::CreateFlag { project: shop(), flag: theirs("three") };
    let refused = house.submit(&admin, Submission::new(create)).await;
    assert_eq!(refusal(refused), "owner: Choose a member or a team of this project.");
}

#[tokio::test]
async fn only_members_of_the_project_are_in_it_and_who_leaves_one_leaves_both() {
    let house = House::open().await;
    let admin = house.person("ad", Some(Role::Admin)).await;
    house.person("lin", Some(Role::Viewer)).await;
    house.person("stranger", None).await;
    let refused = house.submit(&admin, create(&["lin", "stranger", "nobody"])).await;
    let said = refusal(refused);
    assert!(said.contains("stranger@shop.example is no member") && said.contains("nobody@shop.example is no member"), "{said}");
    house.submit(&admin, create(&["lin", "ad", "lin"])).await.unwrap();
    assert_eq!(members(&house).await, ["ad@shop.example", "lin@shop.example"]);
    let remove = Command::RemoveMember { project: shop(), email: "lin@shop.example".into() };
    house.submit(&admin, Submission::new(remove)).await.unwrap();
    assert_eq!(members(&house).await, ["ad@shop.example"]);
}
