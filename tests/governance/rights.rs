use super::house::{House, flag, shop, switch};
use flagstaff::domain::command::Command;
use flagstaff::domain::role::Role;
use flagstaff::server::error::Error;
use flagstaff::server::governance::Submission;

#[tokio::test]
async fn an_editor_may_change_flags_and_a_viewer_may_not() {
    let house = House::open().await;
    let editor = house.person("ed", Some(Role::Editor)).await;
    let viewer = house.person("vi", Some(Role::Viewer)).await;
    let create = |name| Submission::new(Command::CreateFlag { project: shop(), flag: flag(name) });
    assert!(house.submit(&editor, create("one")).await.is_ok());
    let refused = house.submit(&viewer, create("two")).await;
    assert!(
        matches!(&refused, Err(Error::Forbidden(why)) if why == "That needs the role editor; yours is viewer."),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_project_of_others_is_as_if_it_were_not_there() {
    let house = House::open().await;
    let stranger = house.person("stranger", None).await;
    let refused = house.submit(&stranger, Submission::new(switch("new_checkout", "development", true))).await;
    assert!(matches!(refused, Err(Error::NotFound("project"))), "{refused:?}");
}

#[tokio::test]
async fn only_an_owner_makes_accounts() {
    let house = House::open().await;
    let admin = house.person("ad", Some(Role::Admin)).await;
    let user = flagstaff::domain::user::User {
        email: "new@shop.example".into(),
        name: "New".into(),
        instance_role: flagstaff::domain::role::InstanceRole::Owner,
    };
    let refused = house.submit(&admin, Submission::new(Command::CreateUser { user })).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
}

/// The rights that count are those of the moment of the change, not those a page was opened with.
#[tokio::test]
async fn somebody_demoted_meanwhile_does_not_get_a_last_change_through() {
    let house = House::open().await;
    let editor = house.person("ed", Some(Role::Editor)).await;
    let member = flagstaff::domain::member::Member { email: editor.email.clone(), role: Role::Viewer, break_glass: false };
    house.by_system(Command::SetMember { project: shop(), member }).await;
    let refused = house.submit(&editor, Submission::new(switch("new_checkout", "development", true))).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    assert!(!house.state("new_checkout", "development").await.0.enabled);
}

#[tokio::test]
async fn a_refused_change_leaves_nothing() {
    let house = House::open().await;
    let viewer = house.person("vi", Some(Role::Viewer)).await;
    let (rows, revision) = (house.rows().await.len(), house.revision("development").await);
    let _ = house.submit(&viewer, Submission::new(switch("new_checkout", "development", true))).await;
    assert_eq!((house.rows().await.len(), house.revision("development").await), (rows, revision));
}
