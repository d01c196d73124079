//! Projects: removed by an owner who means it, with a history that stays and a key that is never used again.

use super::house::{House, KEY, environment, refusal, shop, switch};
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Environment;
use flagstaff::domain::project::Project;
use flagstaff::domain::role::Role;
use flagstaff::server::error::Error;
use flagstaff::server::governance::{Submission, audit};
use flagstaff::server::store;

fn delete() -> Submission {
    Submission::new(Command::DeleteProject { project: shop() })
}

fn create() -> Submission {
    let environments = vec![Environment::usual(environment("production"), 0)];
    Submission::new(Command::CreateProject { project: Project::new(shop(), "Shop again"), environments })
}

async fn is_there(house: &House) -> bool {
    store::projects::find(&mut house.db.read().await.unwrap(), &shop()).await.unwrap().is_some()
}

#[tokio::test]
async fn it_goes_with_everything_in_it_once_its_key_is_typed() {
    let house = House::open().await;
    let (boss, editor) = (house.owner("boss").await, house.person("ed", Some(Role::Editor)).await);
    let rows = house.rows().await.len();
    for wrong in [delete(), delete().confirmed("Shop"), delete().confirmed("")] {
        let refused = house.submit(&boss, wrong).await;
        assert_eq!(refusal(refused), "confirmation: Type shop to say that you mean this project.");
        assert!(is_there(&house).await);
    }
    house.submit(&boss, delete().confirmed(" shop ")).await.unwrap();
    assert!(!is_there(&house).await);
    let late = house.submit(&editor, Submission::new(switch("new_checkout", "development", true))).await;
    assert!(matches!(late, Err(Error::NotFound("project"))), "{late:?}");
    let kept = house.rows().await;
    assert_eq!((kept.len(), kept.last().unwrap().action.as_str()), (rows + 1, "project.delete"));
    let verified = audit::verify(&mut house.db.read().await.unwrap(), &KEY).await.unwrap();
    assert_eq!(verified.first_bad, None);
}

#[tokio::test]
async fn its_key_is_never_used_again() {
    let house = House::open().await;
    let boss = house.owner("boss").await;
    assert_eq!(refusal(house.submit(&boss, create()).await), "project_key: There already is a project shop.");
    house.submit(&boss, delete().confirmed("shop")).await.unwrap();
    let again = house.submit(&boss, create()).await;
    assert!(refusal(again).starts_with("project_key: shop was a project once; a key is never used again"));
    assert!(!is_there(&house).await);
}

#[tokio::test]
async fn the_demo_goes_at_a_press() {
    let house = House::open().await;
    let boss = house.owner("boss").await;
    house.tamper("insert into instance (name, value) select 'demo', id from projects where key = 'shop'").await;
    house.submit(&boss, delete()).await.unwrap();
    assert!(!is_there(&house).await);
}
