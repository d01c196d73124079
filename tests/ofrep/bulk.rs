//! Every flag's answer: order, entity tags, and what a 304 stands for.

use crate::fixture::{BULK, Installation, START, boolean, send};
use flagstaff::domain::flag::{ExpiryAction, Flag};
use flagstaff::domain::key::VariantName;
use flagstaff::domain::time::{DAY, MINUTE};
use serde_json::{Value, json};

fn keys(answer: &Value) -> Vec<&str> {
    answer["flags"].as_array().unwrap().iter().map(|flag| flag["key"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn flags_come_sorted_disabled_ones_too_archived_ones_not() {
    let app = Installation::start().await;
    assert_eq!(app.poll(&app.server_key, &json!({}), None).await.json(), json!({"flags": [], "metadata": {}}));
    for key in ["b", "a.c", "a_b", "Z", "10", "9"] {
        app.put(boolean(key), json!({})).await;
    }
    app.put(boolean("off"), json!({"enabled": false})).await;
    app.put(Flag { archived_at: Some(START), ..boolean("old") }, json!({})).await;
    let answer = app.poll(&app.server_key, &json!({}), None).await.json();
    assert_eq!(keys(&answer), ["10", "9", "Z", "a.c", "a_b", "b", "off"]);
    assert_eq!(answer["flags"][6], json!({"key": "off", "value": false, "reason": "DISABLED", "variant": "off", "metadata": {}}));
    assert_eq!(app.ask("old", json!({})).await.refused(404), "FLAG_NOT_FOUND");
}

#[tokio::test]
async fn the_tag_is_strong_and_stands_for_the_answer() {
    let app = Installation::start().await;
    let rule = json!([{"id": "r", "conditions": [{"attribute": "plan", "operator": "equals", "values": ["pro"]}],
        "serve": {"variant": "off"}}]);
    app.put(boolean("checkout"), json!({ "rules": rule })).await;
    let free = json!({"targetingKey": "u", "plan": "free"});
    let first = app.poll(&app.client_key, &free, None).await;
    let tag = first.header("etag").unwrap().to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 20, "{tag}");

    let again = app.poll(&app.client_key, &free, Some(&tag)).await;
    assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, Some(tag.as_str())));
    assert_eq!(again.header("content-type"), None);
    assert_eq!(app.poll(&app.client_key, &json!({"targetingKey": "other", "plan": "team"}), Some(&tag)).await.status, 304);

    let pro = app.poll(&app.client_key, &json!({"targetingKey": "u", "plan": "pro"}), Some(&tag)).await;
    assert_eq!((pro.status, &pro.json()["flags"][0]["value"]), (200, &json!(false)));
    assert_ne!(pro.header("etag"), Some(tag.as_str()));
}

#[tokio::test]
async fn a_change_that_leaves_the_answer_alone_leaves_the_tag_alone() {
    let app = Installation::start().await;
    let targets = |units: &[&str]| json!({"targets": [{"variant": "off", "units": units}]});
    app.put(boolean("checkout"), targets(&["a"])).await;
    for key in [&app.server_key, &app.client_key] {
        let tag = app.poll(key, &json!({"targetingKey": "u"}), None).await.header("etag").unwrap().to_owned();
        app.put(boolean("checkout"), targets(&["a", "b"])).await;
        assert_eq!(app.poll(key, &json!({"targetingKey": "u"}), Some(&tag)).await.status, 304);
        assert_eq!(app.poll(key, &json!({"targetingKey": "b"}), Some(&tag)).await.status, 200);
    }
}

#[tokio::test]
async fn if_none_match_is_read_in_every_form() {
    let app = Installation::start().await;
    app.put(boolean("checkout"), json!({})).await;
    let tag = app.poll(&app.client_key, &json!({}), None).await.header("etag").unwrap().to_owned();
    for (header, status) in [
        (tag.clone(), 304),
        (format!("W/{tag}"), 304),
        (format!("\"a\", {tag}"), 304),
        ("*".to_owned(), 304),
        ("\"a\", W/\"b\"".to_owned(), 200),
        (tag.trim_matches('"').to_owned(), 200),
        (String::new(), 200),
    ] {
        assert_eq!(app.poll(&app.client_key, &json!({}), Some(&header)).await.status, status, "{header}");
    }
    let single = app.post(&format!("{BULK}/checkout"), "{}").header("if-none-match", "*");
    assert_eq!(send(single).await.status, 200, "only the bulk answer has a tag");
}

#[tokio::test]
async fn a_moment_that_changes_an_answer_ends_the_304s_by_itself() {
    let app = Installation::start().await;
    let plan = json!({"rollout": {"bucket_by": "targetingKey", "variant": "on", "rest": "off", "plan": {"steps": [
        {"share": 10_000, "starts_at": {"at": START.plus(MINUTE).to_string()}}]}}});
    app.put(boolean("plan"), json!({ "fallthrough": plan })).await;
    let expires =
        Flag { expires_at: Some(START.plus(DAY)), on_expiry: ExpiryAction::Serve(VariantName::off()), ..boolean("expires") };
    app.put(expires, json!({})).await;
    // START is a Friday, 08:00 UTC.
    let window = json!([{"id": "w", "conditions": [{"operator": "time_window", "values": [
        {"days": ["sun"], "from": "00:00", "to": "23:59", "zone": "UTC"}]}], "serve": {"variant": "off"}}]);
    app.put(boolean("window"), json!({ "rules": window })).await;
    let mut tag = None;
    let mut statuses = Vec::new();
    for after in [0, 1, MINUTE - 1, MINUTE, MINUTE + 1, DAY - 1, DAY, DAY + 1, 2 * DAY, 2 * DAY + 1] {
        app.clock.set(START.plus(after));
        let answer = app.poll(&app.client_key, &json!({"targetingKey": "u"}), tag.as_deref()).await;
        statuses.push(answer.status);
        tag = answer.header("etag").map(str::to_owned);
    }
    assert_eq!(statuses, [200, 304, 304, 200, 304, 304, 200, 304, 200, 304]);
}
