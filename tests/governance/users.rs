//! Accounts: who may change them, what a temporary password allows, and what must never happen to the last owner.

use super::house::{House, NOON, environment, refusal, shop, switch};
use flagstaff::domain::actor::Person;
use flagstaff::domain::command::Command;
use flagstaff::domain::key::ProjectKey;
use flagstaff::domain::project::Project;
use flagstaff::domain::role::{InstanceRole, Role};
use flagstaff::domain::time::HOUR;
use flagstaff::domain::user::User;
use flagstaff::server::error::Error;
use flagstaff::server::governance::{Sealed, Submission};
use flagstaff::server::store;

fn sealed(command: Command) -> Submission {
    Submission::new(command).sealing(Sealed::Password("$argon2id$other".into()))
}

fn set_password(of: &Person) -> Command {
    Command::SetPassword { email: of.email.clone() }
}

async fn sign_in(house: &House, person: &Person) {
    let mut tx = house.db.begin().await.unwrap();
    let (id, until) = (format!("session of {}", person.email), NOON.plus(HOUR));
    store::sessions::insert(&mut tx, &id, Some(&person.id), "{}", NOON, until).await.unwrap();
    tx.commit().await.unwrap();
}

async fn is_signed_in(house: &House, person: &Person) -> bool {
    let id = format!("session of {}", person.email);
    store::sessions::find(&mut house.db.read().await.unwrap(), &id).await.unwrap().is_some()
}

#[tokio::test]
async fn whoever_has_a_temporary_password_can_only_change_it() {
    let house = House::open().await;
    let (boss, other) = (house.owner("boss").await, house.person("ed", Some(Role::Editor)).await);
    let temporary = Submission::new(set_password(&boss)).sealing(Sealed::TemporaryPassword("$argon2id$temporary".into()));
    house.governance.submit(&flagstaff::domain::actor::Actor::Console, temporary).await.unwrap();
    let rows = house.rows().await.len();
    for command in [
        switch("new_checkout", "development", true),
        set_password(&other),
        Command::RenameUser { email: boss.email.clone(), name: "Boss".into() },
        Command::DisableUser { email: other.email.clone() },
        Command::DeleteProject { project: shop() },
    ] {
        let refused = house.submit(&boss, sealed(command).confirmed("shop")).await;
        assert_eq!(refusal(refused), "change your password first: somebody else set it");
    }
    assert_eq!(house.rows().await.len(), rows);
    house.submit(&boss, sealed(set_password(&boss))).await.unwrap();
    house.submit(&boss, Submission::new(switch("new_checkout", "development", true))).await.unwrap();
}

#[tokio::test]
async fn the_last_owner_stays() {
    let house = House::open().await;
    let boss = house.owner("boss").await;
    let demote = |who: &Person| Command::SetInstanceRole { email: who.email.clone(), role: InstanceRole::Member };
    let disable = |who: &Person| Command::DisableUser { email: who.email.clone() };
    for command in [demote(&boss), disable(&boss)] {
        let refused = house.submit(&boss, Submission::new(command)).await;
        assert_eq!(refusal(refused), ": boss@shop.example is the last owner; make somebody else an owner first.");
    }
    let second = house.owner("second").await;
    house.submit(&boss, Submission::new(disable(&second))).await.unwrap();
    let refused = house.submit(&boss, Submission::new(demote(&boss))).await;
    assert!(refusal(refused).contains("is the last owner"), "a disabled owner is none");
    house.submit(&boss, Submission::new(Command::EnableUser { email: second.email.clone() })).await.unwrap();
    house.submit(&boss, Submission::new(demote(&boss))).await.unwrap();
    let late = house.submit(&boss, Submission::new(disable(&second))).await;
    assert_eq!(refusal(late), "Only an owner of this installation may do that.");
}

#[tokio::test]
async fn disabling_ends_sessions_and_every_right_and_enabling_gives_the_rights_back() {
    let house = House::open().await;
    let (boss, editor) = (house.owner("boss").await, house.person("ed", Some(Role::Editor)).await);
    sign_in(&house, &boss).await;
    sign_in(&house, &editor).await;
    house.submit(&boss, Submission::new(Command::DisableUser { email: editor.email.clone() })).await.unwrap();
    assert!(!is_signed_in(&house, &editor).await && is_signed_in(&house, &boss).await);
    let on = || Submission::new(switch("new_checkout", "development", true));
    assert!(matches!(house.submit(&editor, on()).await, Err(Error::Unauthenticated)));
    house.submit(&boss, Submission::new(Command::EnableUser { email: editor.email.clone() })).await.unwrap();
    assert!(!is_signed_in(&house, &editor).await, "they sign in again");
    house.submit(&editor, on()).await.unwrap();
}

#[tokio::test]
async fn a_new_password_ends_sessions_and_is_in_no_document() {
    let house = House::open().await;
    let editor = house.person("ed", Some(Role::Editor)).await;
    sign_in(&house, &editor).await;
    house.submit(&editor, sealed(set_password(&editor))).await.unwrap();
    assert!(!is_signed_in(&house, &editor).await);
    let rows = house.rows().await;
    assert_eq!(rows.last().unwrap().action, "user.set_password");
    assert!(!format!("{rows:?}").contains("argon2id"));
    let bare = house.submit(&editor, Submission::new(set_password(&editor))).await;
    assert_eq!(refusal(bare), "password: An account needs a password.");
}

#[tokio::test]
async fn what_is_an_owners_is_no_admins() {
    let house = House::open().await;
    let (admin, member) = (house.person("ad", Some(Role::Admin)).await, house.person("mem", None).await);
    let email = || member.email.clone();
    let rows = house.rows().await.len();
    let user = User { email: "new@shop.example".into(), name: "New".into(), instance_role: InstanceRole::Member };
    let other = ProjectKey::parse("other").unwrap();
    for command in [
        Command::CreateUser { user },
        set_password(&member),
        Command::RenameUser { email: email(), name: "Other".into() },
        Command::SetInstanceRole { email: admin.email.clone(), role: InstanceRole::Owner },
        Command::DisableUser { email: email() },
        Command::EnableUser { email: email() },
        Command::CreateProject {
            project: Project::new(other, "Other"),
            environments: vec![flagstaff::domain::environment::Environment::usual(environment("live"), 0)],
        },
        Command::DeleteProject { project: shop() },
    ] {
        let refused = house.submit(&admin, sealed(command).confirmed("shop")).await;
        assert_eq!(refusal(refused), "Only an owner of this installation may do that.");
    }
    assert_eq!(house.rows().await.len(), rows);
    let own = Command::RenameUser { email: admin.email.clone(), name: "Ad Min".into() };
    house.submit(&admin, Submission::new(own)).await.unwrap();
}
