//! API keys: replaced with an overlap, revoked at once, and told of without their secret.

use super::house::{House, NOON, environment, refusal, shop};
use flagstaff::domain::actor::Person;
use flagstaff::domain::api_key::{ApiKeyKind, MAX_OVERLAP};
use flagstaff::domain::command::Command;
use flagstaff::domain::key::ProjectKey;
use flagstaff::domain::project::Project;
use flagstaff::domain::role::Role;
use flagstaff::domain::time::{DAY, HOUR, Timestamp};
use flagstaff::server::error::Error;
use flagstaff::server::governance::{Applied, Sealed, Submission};
use flagstaff::server::store::{self, api_keys::StoredApiKey};

fn sealed(command: Command, id: &str) -> Submission {
    let sealed = Sealed::ApiSecret { public_id: format!("fs_server_{id}"), secret_hash: format!("hash of {id}") };
    Submission::new(command).sealing(sealed)
}

async fn create(house: &House, who: &Person, id: &str, expires_at: Option<Timestamp>) -> Result<Applied, Error> {
    let command = Command::CreateApiKey {
        project: shop(),
        environment: environment("production"),
        name: "Checkout service".into(),
        kind: ApiKeyKind::Server,
        origins: Vec::new(),
        expires_at,
    };
    house.submit(who, sealed(command, id)).await
}

fn rotate(id: &str, overlap: i64, expires_at: Option<Timestamp>) -> Command {
    Command::RotateApiKey { project: shop(), public_id: format!("fs_server_{id}"), overlap, expires_at }
}

fn revoke(project: ProjectKey, id: &str) -> Submission {
    Submission::new(Command::RevokeApiKey { project, public_id: format!("fs_server_{id}") })
}

async fn keys(house: &House) -> Vec<StoredApiKey> {
    let mut cx = house.db.read().await.unwrap();
    let project = store::projects::find(&mut cx, &shop()).await.unwrap().unwrap();
    let place = store::environments::find(&mut cx, &project.id, &environment("production")).await.unwrap().unwrap();
    store::api_keys::of_environment(&mut cx, &place.id).await.unwrap()
}

#[tokio::test]
async fn a_replaced_key_goes_on_for_the_overlap() {
    let house = House::open().await;
    let admin = house.person("ad", Some(Role::Admin)).await;
    create(&house, &admin, "old", None).await.unwrap();
    let revision = house.revision("production").await;
    house.submit(&admin, sealed(rotate("old", DAY, Some(NOON.plus(90 * DAY))), "new")).await.unwrap();
    let found = keys(&house).await;
    let told: Vec<_> =
        found.iter().map(|k| (k.api_key.public_id.as_str(), k.secret_hash.as_str(), k.api_key.expires_at)).collect();
    assert_eq!(
        told,
        [("fs_server_old", "hash of old", Some(NOON.plus(DAY))), ("fs_server_new", "hash of new", Some(NOON.plus(90 * DAY)))]
    );
    assert_eq!(found[1].api_key.name, "Checkout service");
    assert_eq!(house.revision("production").await, revision + 1);
    let rows = house.rows().await;
    let actions: Vec<&str> = rows[rows.len() - 2..].iter().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["api_key.rotate", "api_key.create"]);
    assert!(!format!("{rows:?}").contains("hash of"), "no secret is in the audit");
}

#[tokio::test]
async fn an_overlap_gives_no_key_more_time_than_it_had() {
    let house = House::open().await;
    let admin = house.person("ad", Some(Role::Admin)).await;
    create(&house, &admin, "old", Some(NOON.plus(HOUR))).await.unwrap();
    house.submit(&admin, sealed(rotate("old", DAY, None), "new")).await.unwrap();
    assert_eq!(keys(&house).await[0].api_key.expires_at, Some(NOON.plus(HOUR)));
    for wrong in [-1, MAX_OVERLAP + 1] {
        let refused = house.submit(&admin, sealed(rotate("new", wrong, None), "newer")).await;
        assert_eq!(refusal(refused), "overlap: The old key may go on for at most 30 days.");
    }
    let past = house.submit(&admin, sealed(rotate("new", 0, Some(NOON)), "newer")).await;
    assert!(refusal(past).starts_with("expires_at: Choose a moment to come"));
    assert_eq!(keys(&house).await.len(), 2);
}

#[tokio::test]
async fn a_revoked_key_is_gone_at_once() {
    let house = House::open().await;
    let admin = house.person("ad", Some(Role::Admin)).await;
    create(&house, &admin, "old", None).await.unwrap();
    let revision = house.revision("production").await;
    house.submit(&admin, revoke(shop(), "old")).await.unwrap();
    assert!(keys(&house).await.is_empty());
    assert_eq!(house.revision("production").await, revision + 1);
    let row = house.rows().await.pop().unwrap();
    assert_eq!((row.action.as_str(), row.object.as_str(), row.after), ("api_key.revoke", "api_key:fs_server_old", None));
    let again = house.submit(&admin, revoke(shop(), "old")).await;
    assert!(matches!(again, Err(Error::NotFound("API key"))), "{again:?}");
    let rotated = house.submit(&admin, sealed(rotate("old", 0, None), "new")).await;
    assert!(matches!(rotated, Err(Error::NotFound("API key"))), "{rotated:?}");
}

#[tokio::test]
async fn keys_are_an_admins_and_only_of_their_own_project() {
    let house = House::open().await;
    let (admin, editor) = (house.person("ad", Some(Role::Admin)).await, house.person("ed", Some(Role::Editor)).await);
    create(&house, &admin, "old", None).await.unwrap();
    assert_eq!(refusal(create(&house, &editor, "mine", None).await), "That needs the role admin; yours is editor.");
    assert_eq!(refusal(house.submit(&editor, revoke(shop(), "old")).await), "That needs the role admin; yours is editor.");
    let other = ProjectKey::parse("other").unwrap();
    let environments = vec![flagstaff::domain::environment::Environment::usual(environment("production"), 0)];
    house.by_system(Command::CreateProject { project: Project::new(other.clone(), "Other"), environments }).await;
    let boss = house.owner("boss").await;
    let elsewhere = house.submit(&boss, revoke(other, "old")).await;
    assert!(matches!(elsewhere, Err(Error::NotFound("API key"))), "{elsewhere:?}");
    assert_eq!(keys(&house).await.len(), 1);
}

#[tokio::test]
async fn a_page_from_before_the_replacement_gives_the_old_key_no_longer_life() {
    let house = House::open().await;
    let admin = house.person("ad", Some(Role::Admin)).await;
    create(&house, &admin, "old", None).await.unwrap();
    house.submit(&admin, sealed(rotate("old", HOUR, None), "new")).await.unwrap();
    let edit = |expires_at| {
        Submission::new(Command::EditApiKey {
            project: shop(),
            public_id: "fs_server_old".into(),
            name: "Renamed".into(),
            origins: Vec::new(),
            expires_at,
        })
    };
    for longer in [None, Some(NOON.plus(2 * HOUR))] {
        let said = refusal(house.submit(&admin, edit(longer)).await);
        assert!(said.contains("This key was replaced and ends at"), "{said}");
    }
    house.submit(&admin, edit(Some(NOON.plus(HOUR)))).await.unwrap();
    assert_eq!(keys(&house).await[0].api_key.expires_at, Some(NOON.plus(HOUR)));
}
