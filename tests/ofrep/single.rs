//! One flag's answer: the form of every success.

use crate::fixture::{BULK, Installation, START, boolean, flag, send};
use flagstaff::domain::flag::{ExpiryAction, Flag, ValueType};
use flagstaff::domain::key::VariantName;
use serde_json::{Value, json};

#[tokio::test]
async fn every_value_type_is_written_as_its_type() {
    let app = Installation::start().await;
    let table = [
        (ValueType::Boolean, json!(false), "false"),
        (ValueType::String, json!("a \"b\"\n"), r#""a \"b\"\n""#),
        (ValueType::String, json!(""), r#""""#),
        (ValueType::Integer, json!(2_147_483_647), "2147483647"),
        (ValueType::Number, json!(3), "3.0"),
        (ValueType::Number, json!(0.1), "0.1"),
        (ValueType::Object, json!({"limit": 5, "deep": {"list": [1, null]}}), r#"{"limit":5,"deep":{"list":[1,null]}}"#),
        (ValueType::Object, json!({}), "{}"),
    ];
    for (value_type, value, written) in table {
        app.put(flag("typed", value_type, &[("it", value)]), json!({})).await;
        let answer = app.ask("typed", json!({"targetingKey": "u"})).await;
        assert_eq!(answer.status, 200);
        assert!(answer.text().contains(&format!("\"value\":{written},")), "{}", answer.text());
        let all = app.poll(&app.server_key, &json!({}), None).await;
        assert!(all.text().contains(&format!("\"value\":{written},")), "{}", all.text());
    }
}

#[tokio::test]
async fn an_answer_has_five_members_and_flat_metadata() {
    let app = Installation::start().await;
    app.put(boolean("checkout"), json!({})).await;
    let answer = app.ask("checkout", json!({"targetingKey": "u"})).await.json();
    let metadata = json!({"flagVersion": 1, "environment": "production"});
    assert_eq!(answer, json!({"key": "checkout", "value": true, "reason": "STATIC", "variant": "on", "metadata": metadata}));
    app.put(boolean("checkout"), json!({})).await;
    assert_eq!(app.ask("checkout", json!({})).await.json()["metadata"]["flagVersion"], 2);
}

#[tokio::test]
async fn every_reason_is_told() {
    let app = Installation::start().await;
    let half = json!({"split": {"bucket_by": "targetingKey", "weights": [
        {"variant": "on", "share": 5_000}, {"variant": "off", "share": 5_000}]}});
    let rule = json!([{"id": "r", "conditions": [{"attribute": "plan", "operator": "equals", "values": ["pro"]}],
        "serve": {"variant": "off"}}]);
    let expired = Flag { expires_at: Some(START), on_expiry: ExpiryAction::Serve(VariantName::off()), ..boolean("expired") };
    let table = [
        (boolean("static"), json!({}), "STATIC", true),
        (boolean("off"), json!({"enabled": false}), "DISABLED", false),
        (boolean("target"), json!({"targets": [{"variant": "off", "units": ["u"]}]}), "TARGETING_MATCH", false),
        (boolean("rule"), json!({"rules": rule}), "TARGETING_MATCH", false),
        (boolean("split"), json!({"fallthrough": half}), "SPLIT", true),
        (boolean("default"), json!({"targets": [{"variant": "off", "units": ["other"]}]}), "DEFAULT", true),
        (expired, json!({}), "STATIC", false),
    ];
    for (flag, state, reason, value) in table {
        let key = flag.key.to_string();
        app.put(flag, state).await;
        let answer = app.ask(&key, json!({"targetingKey": "u", "plan": "pro"})).await.json();
        assert_eq!((answer["reason"].as_str(), answer["value"].as_bool()), (Some(reason), Some(value)), "{answer}");
        assert_eq!(answer["metadata"].get("expired"), (key == "expired").then_some(&Value::Bool(true)));
    }
    let without_unit = app.ask("split", json!({})).await.json();
    assert_eq!((&without_unit["reason"], &without_unit["value"]), (&json!("DEFAULT"), &json!(false)));
}

#[tokio::test]
async fn a_missing_context_or_unit_is_normal_traffic() {
    let app = Installation::start().await;
    app.put(boolean("checkout"), json!({})).await;
    for body in [
        "{}",
        r#"{"context":null}"#,
        r#"{"context":{}}"#,
        r#"{"context":{"targetingKey":null}}"#,
        r#"{"context":{"plan":"pro"}}"#,
    ] {
        for path in [format!("{BULK}/checkout"), BULK.to_owned()] {
            assert_eq!(send(app.post(&path, body)).await.status, 200, "{path} {body}");
        }
    }
}

#[tokio::test]
async fn keys_may_be_escaped_and_the_path_doubled() {
    let app = Installation::start().await;
    app.put(boolean("web.cart-2"), json!({})).await;
    for path in ["/ofrep/v1/evaluate/flags/web%2Ecart%2d2", "//ofrep/v1/evaluate/flags/web.cart-2"] {
        let answer = send(app.post(path, "{}")).await;
        assert_eq!(answer.json()["key"], "web.cart-2", "{path}");
    }
    assert_eq!(send(app.post("//ofrep/v1/evaluate/flags", "{}")).await.status, 200);
    let missing = send(app.post("/ofrep/v1/evaluate/flags/a%2Fb%22%FF%0A", "{}")).await;
    assert_eq!(missing.refused(404), "FLAG_NOT_FOUND");
    assert_eq!(missing.json()["key"], "a/b\"\u{fffd}\n");
}

#[tokio::test]
async fn the_content_type_is_not_asked_for() {
    let app = Installation::start().await;
    app.put(boolean("checkout"), json!({})).await;
    for content_type in
        [None, Some("text/plain"), Some("application/json; charset=utf-8"), Some("application/x-www-form-urlencoded")]
    {
        let request = app.request(reqwest::Method::POST, &format!("{BULK}/checkout")).header("x-api-key", &app.server_key);
        let request = content_type.into_iter().fold(request.body("{}"), |request, value| request.header("content-type", value));
        assert_eq!(send(request).await.status, 200, "{content_type:?}");
    }
}

#[tokio::test]
async fn a_state_that_cannot_be_read_serves_the_fallback() {
    let app = Installation::start().await;
    app.put(boolean("broken"), json!({})).await;
    app.put(boolean("sound"), json!({})).await;
    app.write(async |_| ()).await;
    let raw = sqlx::SqlitePool::connect(&format!("sqlite:{}", app.file().display())).await.unwrap();
    sqlx::query("update flag_states set state = '[]', version = version + 1 where flag_id = 'broken'")
        .execute(&raw)
        .await
        .unwrap();
    app.write(async |_| ()).await;
    let answer = app.ask("broken", json!({})).await.json();
    assert_eq!((&answer["value"], &answer["reason"], &answer["variant"]), (&json!(false), &json!("DEFAULT"), &json!("off")));
    assert_eq!(app.ask("sound", json!({})).await.json()["reason"], "STATIC");
}
