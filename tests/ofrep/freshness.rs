//! Changes of other processes on the same file.

use crate::fixture::{Installation, boolean, state_of, write};
use flagstaff::domain::api_key::{ApiKey, ApiKeyKind};
use flagstaff::domain::id::{ApiKeyId, FlagId};
use flagstaff::server::background::refresh;
use flagstaff::server::security::tokens;
use flagstaff::server::store::{Db, api_keys, states};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// A quiet machine keeps a second. The limit leaves room for one that is busy with other tests.
async fn comes_in_force(what: &str, holds: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < Duration::from_secs(20), "{what} is not in force");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn what_another_process_commits_comes_in_force_by_itself() {
    let app = Installation::start().await;
    app.put(boolean("checkout"), json!({})).await;
    let shutdown = CancellationToken::new();
    let task = tokio::spawn(refresh::run(app.serving.clone(), shutdown.clone()));
    let other = Db::open(&app.file()).await.unwrap();

    let off = state_of(&boolean("checkout"), json!({"enabled": false}));
    let flag = FlagId::from_text("checkout");
    write(&other, &app.project, async |tx| {
        states::update(tx, &flag, &app.production, &off, app.clock.now()).await.unwrap();
    })
    .await;
    comes_in_force("a state", async || app.ask("checkout", json!({})).await.json()["reason"] == "DISABLED").await;

    let (secret, public_id) = tokens::api_secret("server").unwrap();
    let key = ApiKey {
        name: "ci".to_owned(),
        kind: ApiKeyKind::Server,
        public_id,
        origins: Vec::new(),
        expires_at: None,
        replaced_by: None,
    };
    let (id, hash) = (ApiKeyId::from_text("made-elsewhere"), tokens::sha256_hex(&secret));
    assert_eq!(app.poll(&secret, &json!({}), None).await.status, 401);
    write(&other, &app.project, async |tx| {
        api_keys::insert(tx, &id, &app.production, &key, &hash, "console", app.clock.now()).await.unwrap();
    })
    .await;
    comes_in_force("a key", async || app.poll(&secret, &json!({}), None).await.status == 200).await;
    shutdown.cancel();
    task.await.unwrap();
}

#[tokio::test]
async fn answers_go_on_while_the_database_is_locked() {
    let app = Installation::start().await;
    app.put(boolean("checkout"), json!({})).await;
    let other = Db::open(&app.file()).await.unwrap();
    let lock = other.begin().await.unwrap();
    let began = Instant::now();
    for _ in 0..50 {
        assert_eq!(app.ask("checkout", json!({})).await.status, 200);
    }
    assert!(!app.serving.refresh().await.unwrap(), "a reader is not locked out");
    assert!(began.elapsed() < Duration::from_secs(9), "less than a lock is waited for");
    drop(lock);
    app.db.close().await;
    app.serving.publish().await;
    assert_eq!(app.ask("checkout", json!({})).await.status, 200, "not even when it is gone");
}
