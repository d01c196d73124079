//! Accounts, sessions and API keys.

use super::*;
use flagstaff::domain::api_key::ApiKey;
use flagstaff::domain::id::ApiKeyId;
use flagstaff::domain::time::HOUR;

#[tokio::test]
async fn an_account_comes_back_with_every_change() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let id = add_user(&mut tx, "ada").await;
    let temporary = PasswordHash { phc: "$argon2id$other", must_change: true };
    store::users::set_password(&mut tx, &id, temporary).await.unwrap();
    store::users::set_name(&mut tx, &id, "Ada Lovelace").await.unwrap();
    store::users::set_instance_role(&mut tx, &id, InstanceRole::Owner).await.unwrap();
    store::users::set_disabled(&mut tx, &id, Some(NOON)).await.unwrap();
    let found = store::users::find_by_email(&mut tx, "ada@shop.example").await.unwrap().unwrap();
    assert_eq!((found.user.name.as_str(), found.user.instance_role), ("Ada Lovelace", InstanceRole::Owner));
    assert_eq!((found.disabled_at, found.must_change_password), (Some(NOON), true));
    assert_eq!(store::users::password_hash(&mut tx, &id).await.unwrap().as_deref(), Some("$argon2id$other"));
    store::users::set_disabled(&mut tx, &id, None).await.unwrap();
    assert_eq!(store::users::find(&mut tx, &id).await.unwrap().unwrap().disabled_at, None);
}

#[tokio::test]
async fn a_second_account_of_an_address_is_refused_as_taken() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    add_user(&mut tx, "ada").await;
    let user = User { email: "ada@shop.example".into(), name: "Other".into(), instance_role: InstanceRole::Member };
    let again = store::users::insert(&mut tx, &UserId::from_text(new_id()), &user, PASSWORD, NOON).await;
    assert!(again.unwrap_err().is_taken());
}

#[tokio::test]
async fn an_update_does_not_bring_an_ended_session_back() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let ada = add_user(&mut tx, "ada").await;
    let later = NOON.plus(HOUR);
    store::sessions::insert(&mut tx, "hash", Some(&ada), "{}", NOON, later).await.unwrap();
    store::sessions::update(&mut tx, "hash", Some(&ada), "{\"seen\":1}", later).await.unwrap();
    let row = store::sessions::find(&mut tx, "hash").await.unwrap().unwrap();
    assert_eq!((row.data.as_str(), row.created_at, row.expires_at), ("{\"seen\":1}", NOON.millis(), later.millis()));
    store::sessions::delete(&mut tx, "hash").await.unwrap();
    store::sessions::update(&mut tx, "hash", Some(&ada), "{}", later).await.unwrap();
    assert!(store::sessions::find(&mut tx, "hash").await.unwrap().is_none());
}

#[tokio::test]
async fn sessions_end_by_person_and_by_time() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (ada, lin) = (add_user(&mut tx, "ada").await, add_user(&mut tx, "lin").await);
    for (hash, user, expires) in
        [("a", &ada, NOON.plus(HOUR)), ("b", &ada, NOON), ("c", &lin, NOON), ("d", &lin, NOON.plus(HOUR))]
    {
        store::sessions::insert(&mut tx, hash, Some(user), "{}", NOON, expires).await.unwrap();
    }
    store::sessions::prune(&mut tx, NOON).await.unwrap();
    store::sessions::delete_of_user(&mut tx, &ada).await.unwrap();
    for (hash, is_there) in [("a", false), ("b", false), ("c", false), ("d", true)] {
        assert_eq!(store::sessions::find(&mut tx, hash).await.unwrap().is_some(), is_there, "{hash}");
    }
}

#[tokio::test]
async fn a_revoked_key_is_not_among_the_keys() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (_, staging, production) = shop(&mut tx, "shop").await;
    let made: ApiKey = serde_json::from_value(json!({"name": "Web", "kind": "client", "public_id": "c_1"})).unwrap();
    let (kept, gone) = (ApiKeyId::from_text(new_id()), ApiKeyId::from_text(new_id()));
    for (id, hash) in [(&kept, "one"), (&gone, "two")] {
        store::api_keys::insert(&mut tx, id, &production, &made, hash, "ada@shop.example", NOON).await.unwrap();
    }
    let again = ApiKey { origins: vec!["https://shop.example".into()], expires_at: Some(NOON.plus(HOUR)), ..made };
    store::api_keys::update(&mut tx, &kept, &again).await.unwrap();
    store::api_keys::set_last_used(&mut tx, &kept, NOON).await.unwrap();
    store::api_keys::revoke(&mut tx, &gone, NOON).await.unwrap();
    let found = store::api_keys::of_environment(&mut tx, &production).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].api_key, found[0].last_used_at), (&again, Some(NOON)));
    assert_eq!((found[0].created_by.as_str(), found[0].created_at), ("ada@shop.example", NOON));
    assert!(store::api_keys::of_environment(&mut tx, &staging).await.unwrap().is_empty());
}
