//! Who may ask: server keys, client keys, and what opens nothing.

use crate::fixture::{Answer, BULK, Installation, START, boolean, send};
use flagstaff::domain::api_key::ApiKeyKind;
use flagstaff::domain::flag::Flag;
use flagstaff::domain::time::MINUTE;
use reqwest::Method;
use serde_json::json;

async fn with(app: &Installation, name: &str, value: &str) -> Answer {
    send(app.request(Method::POST, &format!("{BULK}/checkout")).header(name, value).body("{}")).await
}

#[tokio::test]
async fn both_headers_mean_the_same() {
    let app = Installation::start().await;
    app.put(boolean("checkout"), json!({})).await;
    let key = app.server_key.clone();
    for (name, value) in [
        ("authorization", format!("Bearer {key}")),
        ("Authorization", format!("bearer  {key} ")),
        ("x-api-key", key.clone()),
        ("X-API-Key", format!(" {key} ")),
    ] {
        assert_eq!(with(&app, name, &value).await.status, 200, "{name}: {value}");
    }
    let request = app.post(&format!("{BULK}/checkout"), "{}").header("authorization", "Basic dTpw");
    assert_eq!(send(request).await.status, 200, "another scheme is somebody else's");
}

#[tokio::test]
async fn what_opens_nothing_is_a_401() {
    let app = Installation::start().await;
    app.put(boolean("checkout"), json!({})).await;
    let expired = app.key(ApiKeyKind::Server, |key| key.expires_at = Some(START.plus(MINUTE))).await;
    assert_eq!(with(&app, "x-api-key", &expired).await.status, 200);
    app.clock.set(START.plus(MINUTE));
    let long = "k".repeat(5_000);
    let cut = &app.server_key[..app.server_key.len() - 1];
    for key in ["", "x", "fs_server_0", cut, &expired, &long, "'; drop table api_keys; --"] {
        for (name, value) in [("x-api-key", key.to_owned()), ("authorization", format!("Bearer {key}"))] {
            let answer = with(&app, name, &value).await;
            assert_eq!(answer.refused(401), "GENERAL");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            assert_eq!(answer.json()["key"], "checkout");
            assert!(key.len() < 10 || !answer.text().contains(key), "a refusal repeats no secret");
        }
    }
    let none = send(app.request(Method::POST, BULK).body("{}")).await;
    assert_eq!(none.refused(401), "GENERAL");
    assert_eq!(none.json().get("key"), None);
    assert!(with(&app, "x-api-key", &expired).await.text().contains("expired at 2027-01-15T08:01:00Z"));
}

#[tokio::test]
async fn a_revoked_key_stops_opening() {
    let app = Installation::start().await;
    app.put(boolean("checkout"), json!({})).await;
    let revoke = "update api_keys set revoked_at = 1";
    let raw = sqlx::SqlitePool::connect(&format!("sqlite:{}", app.file().display())).await.unwrap();
    sqlx::query(revoke).execute(&raw).await.unwrap();
    app.write(async |_| ()).await;
    assert_eq!(with(&app, "x-api-key", &app.server_key).await.refused(401), "GENERAL");
}

#[tokio::test]
async fn a_key_is_of_one_environment() {
    let app = Installation::start().await;
    app.put(boolean("checkout"), json!({})).await;
    let staging = app.key_of(&app.staging, ApiKeyKind::Server, |_| {}).await;
    let answer = with(&app, "x-api-key", &staging).await.json();
    assert_eq!(answer["metadata"]["environment"], "staging");
}

#[tokio::test]
async fn a_hidden_flag_is_to_a_client_exactly_as_one_that_does_not_exist() {
    let app = Installation::start().await;
    app.put(Flag { client_visible: false, ..boolean("secret") }, json!({})).await;
    app.put(boolean("public"), json!({})).await;
    let ask = || send(app.request(Method::POST, &format!("{BULK}/secret")).header("x-api-key", &app.client_key).body("{}"));
    let hidden = ask().await;
    app.put(Flag { client_visible: true, archived_at: Some(START), ..boolean("secret") }, json!({})).await;
    let archived = ask().await;
    let other = Installation::start().await;
    let absent =
        send(other.request(Method::POST, &format!("{BULK}/secret")).header("x-api-key", &other.client_key).body("{}")).await;
    for answer in [&hidden, &archived, &absent] {
        assert_eq!(answer.refused(404), "FLAG_NOT_FOUND");
        assert_eq!(answer.body, absent.body);
        let mut headers = [answer.headers.clone(), absent.headers.clone()];
        headers.iter_mut().for_each(|headers| drop(headers.remove("date")));
        assert_eq!(headers[0], headers[1]);
    }
}

#[tokio::test]
async fn a_client_key_learns_answers_alone() {
    let app = Installation::start().await;
    app.put(Flag { client_visible: false, ..boolean("secret") }, json!({})).await;
    app.put(Flag { expires_at: Some(START), ..boolean("public") }, json!({"targets": [{"variant": "off", "units": ["alice"]}]}))
        .await;
    app.put(boolean("disabled"), json!({"enabled": false})).await;
    let all = app.poll(&app.client_key, &json!({}), None).await;
    let flags = json!([
        {"key": "disabled", "value": false, "reason": "DISABLED", "variant": "off", "metadata": {}},
        {"key": "public", "value": true, "reason": "DEFAULT", "variant": "on", "metadata": {}},
    ]);
    assert_eq!(all.json(), json!({"flags": flags, "metadata": {}}));
    let one = send(app.request(Method::POST, &format!("{BULK}/public")).header("x-api-key", &app.client_key).body("{}")).await;
    assert_eq!(one.json(), flags[1]);
    let server = app.poll(&app.server_key, &json!({}), None).await;
    assert_eq!(server.json()["flags"].as_array().unwrap().len(), 3);
}
