//! Flags, their states and segments.

use super::*;
use flagstaff::domain::key::FlagKey;
use flagstaff::domain::state::State;

#[tokio::test]
async fn a_flag_comes_back_byte_for_byte_whatever_it_says() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (project, ..) = shop(&mut tx, "shop").await;
    let id = add_flag(&mut tx, &project, "new_checkout").await;
    let key = FlagKey::parse("new_checkout").unwrap();
    let found = store::flags::find(&mut tx, &project, &key).await.unwrap().unwrap();
    assert_eq!((found.flag.clone(), found.version, found.created_at), (flag("new_checkout"), 1, NOON));
    let archived = Flag { archived_at: Some(NOON), ..found.flag };
    store::flags::update(&mut tx, &id, &archived, NOON.plus(1)).await.unwrap();
    let found = store::flags::find(&mut tx, &project, &key).await.unwrap().unwrap();
    assert_eq!((found.flag, found.version, found.updated_at, found.created_at), (archived, 2, NOON.plus(1), NOON));
}

#[tokio::test]
async fn a_key_is_taken_in_its_own_project_alone() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (shop_id, ..) = shop(&mut tx, "shop").await;
    let (blog, ..) = shop(&mut tx, "blog").await;
    add_flag(&mut tx, &shop_id, "new_checkout").await;
    add_flag(&mut tx, &blog, "new_checkout").await;
    let id = FlagId::from_text(new_id());
    let again = store::flags::insert(&mut tx, &id, &shop_id, &flag("new_checkout"), "ada", NOON).await;
    assert!(again.unwrap_err().is_taken());
}

#[tokio::test]
async fn flags_are_listed_in_the_order_of_their_bytes() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (project, ..) = shop(&mut tx, "shop").await;
    for key in ["b", "a_b", "B", "a.b", "a", "ab", "Z9"] {
        add_flag(&mut tx, &project, key).await;
    }
    let all = store::flags::of_project(&mut tx, &project).await.unwrap();
    let keys: Vec<_> = all.iter().map(|stored| stored.flag.key.as_str()).collect();
    assert_eq!(keys, ["B", "Z9", "a", "a.b", "a_b", "ab", "b"]);
}

#[tokio::test]
async fn a_states_version_rises_with_each_change() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (project, staging, production) = shop(&mut tx, "shop").await;
    let id = add_flag(&mut tx, &project, "new_checkout").await;
    let state = State::initial(&flag("new_checkout"));
    for environment in [&staging, &production] {
        store::states::insert(&mut tx, &id, environment, &state, NOON).await.unwrap();
    }
    let on = State { enabled: true, ..state.clone() };
    assert_eq!(store::states::update(&mut tx, &id, &production, &on, NOON.plus(5)).await.unwrap(), 2);
    let found = store::states::find(&mut tx, &id, &production).await.unwrap().unwrap();
    assert_eq!((found.state, found.version, found.updated_at), (Ok(on), 2, NOON.plus(5)));
    let other = store::states::of_environment(&mut tx, &staging).await.unwrap();
    assert_eq!((other.len(), other[0].state.clone(), other[0].version), (1, Ok(state), 1));
}

#[tokio::test]
async fn one_flag_that_cannot_be_read_does_not_take_the_others_down() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (project, ..) = shop(&mut tx, "shop").await;
    for key in ["broken", "sound"] {
        add_flag(&mut tx, &project, key).await;
    }
    database::tamper(&mut tx, "update flags set definition = '{' where key = 'broken'").await;
    let all = store::flags::of_project(&mut tx, &project).await.unwrap();
    assert_eq!(all.iter().map(|stored| stored.flag.key.as_str()).collect::<Vec<_>>(), ["sound"]);
    let broken = store::flags::find(&mut tx, &project, &FlagKey::parse("broken").unwrap()).await;
    assert!(broken.unwrap_err().to_string().contains("a stored flag cannot be read"));
}

#[tokio::test]
async fn many_are_fetched_by_their_keys_and_others_are_not() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (project, staging, production) = shop(&mut tx, "shop").await;
    let (blog, ..) = shop(&mut tx, "blog").await;
    add_flag(&mut tx, &blog, "flag_1").await;
    // More than one statement names.
    let keys: Vec<String> = (0..1_100).map(|number| format!("flag_{number}")).collect();
    let state = State::initial(&flag("flag_1"));
    let mut ids = Vec::new();
    for key in &keys {
        let id = add_flag(&mut tx, &project, key).await;
        store::states::insert(&mut tx, &id, &production, &state, NOON).await.unwrap();
        ids.push(id.to_string());
    }
    add_flag(&mut tx, &project, "other").await;
    let on = State { enabled: true, ..state };
    store::states::update(&mut tx, &FlagId::from_text(ids[7].as_str()), &production, &on, NOON).await.unwrap();
    let asked: Vec<String> = keys.iter().cloned().chain(["absent".to_owned()]).collect();
    let found = store::flags::of_keys(&mut tx, &project, &asked).await.unwrap();
    assert_eq!(found.len(), keys.len());
    assert!(found.iter().all(|stored| ids.contains(&stored.id.to_string())), "none of another project");
    assert_eq!(store::flags::ids(&mut tx, &project, &asked).await.unwrap().len(), keys.len());
    assert_eq!(store::flags::versions(&mut tx, &project, &asked[..3]).await.unwrap().len(), 3);
    assert_eq!(store::states::of_flags(&mut tx, &production, &ids).await.unwrap().len(), keys.len());
    let versions = store::states::versions(&mut tx, &production, &asked).await.unwrap();
    assert_eq!(versions.len(), keys.len());
    assert_eq!(versions.iter().filter(|(_, version)| *version == 2).collect::<Vec<_>>(), [&("flag_7".to_owned(), 2)]);
    assert!(store::states::versions(&mut tx, &staging, &asked).await.unwrap().is_empty());
    assert!(store::flags::of_keys(&mut tx, &project, &[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn segments_are_fetched_by_their_keys() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (project, ..) = shop(&mut tx, "shop").await;
    let mut ids = Vec::new();
    for key in ["beta", "staff", "other"] {
        let segment = serde_json::from_value(json!({"key": key, "name": key})).unwrap();
        let id = flagstaff::domain::id::SegmentId::from_text(new_id());
        store::segments::insert(&mut tx, &id, &project, &segment, NOON).await.unwrap();
        ids.push(id);
    }
    let asked = ["staff", "beta", "absent"].map(str::to_owned);
    let mut found = store::segments::of_keys(&mut tx, &project, &asked).await.unwrap();
    found.sort_by(|one, other| one.segment.key.cmp(&other.segment.key));
    assert_eq!(found.iter().map(|stored| &stored.id).collect::<Vec<_>>(), [&ids[0], &ids[1]]);
    let mut versions = store::segments::versions(&mut tx, &project, &asked).await.unwrap();
    versions.sort();
    assert_eq!(versions, [("beta".to_owned(), 1), ("staff".to_owned(), 1)]);
    assert_eq!(store::segments::ids(&mut tx, &project, &asked[..1]).await.unwrap(), ids[1..2]);
}
