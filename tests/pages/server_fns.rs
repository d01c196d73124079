//! The islands' doors, knocked at by hand.

use super::app::{App, Browser, Page, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Environment;
use flagstaff::domain::key::EnvironmentKey;
use flagstaff::domain::policy::{Policy, Review, When};
use flagstaff::domain::role::Role;
use serde_json::Value;

/// A call as an island makes it.
async fn call(who: &Browser, name: &str, fields: &[(&str, &str)]) -> (u16, Value) {
    let request = who.by_hand(&format!("/fn/{name}")).header("accept", "application/json").form(fields);
    let page = Page::from(request).await;
    (page.status, serde_json::from_str(&page.html).unwrap_or(Value::String(page.html)))
}

fn turn<'f>(environment: &'f str, enabled: &'f str, version: &'f str) -> [(&'f str, &'f str); 5] {
    [("project", "shop"), ("flag", "new_checkout"), ("environment", environment), ("enabled", enabled), ("base_version", version)]
}

#[tokio::test]
async fn a_switch_is_turned_in_an_open_environment_and_says_so() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let version = app.version("new_checkout", "development");
    let (status, answer) = call(&ada, "set_enabled", &turn("development", "true", &version)).await;
    assert_eq!(status, 200, "{answer}");
    assert!(app.served("new_checkout", "development").enabled);
    assert_eq!(answer["enabled"], true);
    assert_eq!(answer["share"], "100 %");
    assert_eq!(answer["status"], "In development");
    assert_eq!(answer["said"], "You turned on new_checkout in development.");
    assert_eq!(answer["version"].to_string(), app.version("new_checkout", "development"));
    let undo = answer["undo"].as_str().unwrap();
    let back = ada.post_from("/p/shop/flags", undo, &[]).await;
    assert!(back.status == 303 && !app.served("new_checkout", "development").enabled, "{}", back.html);
}

#[tokio::test]
async fn an_environment_with_questions_is_left_to_its_page() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let version = app.version("new_checkout", "production");
    let (status, answer) = call(&ada, "set_enabled", &turn("production", "true", &version)).await;
    assert_eq!((status, &answer["status"]), (428, &Value::from(428)), "{answer}");
    assert!(!app.served("new_checkout", "production").enabled);
}

/// Whoever leaves the page out and posts by hand is asked all the same.
#[tokio::test]
async fn a_review_is_not_walked_around_by_hand() {
    let app = App::start().await;
    let review = Review { when: When::Always, quorum: 1, reviewers: Role::Approver };
    let usual = Environment::usual(EnvironmentKey::parse("staging").unwrap(), 1);
    let environment = Environment { policy: Policy { review, ..Policy::default() }, ..usual };
    app.by_system(Command::EditEnvironment { project: shop(), environment }).await;
    let ada = app.sign_in("ada").await;
    let version = app.version("new_checkout", "staging");
    let (status, answer) = call(&ada, "set_enabled", &turn("staging", "true", &version)).await;
    assert_eq!((status, &answer["status"]), (428, &Value::from(428)), "{answer}");
    assert_eq!(answer["message"], "staging wants this change confirmed");
    assert!(!app.served("new_checkout", "staging").enabled);
}

#[tokio::test]
async fn who_may_not_is_told_by_the_status() {
    let app = App::start().await;
    let (ada, vic) = (app.sign_in("ada").await, app.sign_in("vic").await);
    let turn = turn("development", "true", "1");
    assert_eq!(call(&app.stranger(), "set_enabled", &turn).await.0, 401);
    assert_eq!(call(&vic, "set_enabled", &turn).await.0, 403);
    assert_eq!(call(&app.stranger(), "check_key", &[("project", "shop"), ("key", "a")]).await.0, 401);
    assert_eq!(call(&vic, "check_key", &[("project", "shop"), ("key", "a")]).await.0, 403);
    assert_eq!(call(&ada, "check_key", &[("project", "other"), ("key", "a")]).await.0, 404);
    let cross = ada.by_hand("/fn/set_enabled").header("sec-fetch-site", "cross-site").form(&turn);
    assert_eq!(Page::from(cross).await.status, 403);
    assert!(!app.served("new_checkout", "development").enabled);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    assert_eq!(call(&ada, "set_enabled", &[("project", "shop")]).await.0, 422);
    assert_eq!(call(&ada, "set_enabled", &turn("nowhere", "true", "1")).await.0, 404);
    assert_eq!(call(&ada, "nothing", &[]).await.0, 404);
    app.set("new_checkout", "development", serde_json::json!({"off_variant": "on"})).await;
    assert_eq!(call(&ada, "set_enabled", &turn("development", "true", "1")).await.0, 409, "made from an older version");
}

#[tokio::test]
async fn keys_are_checked_while_they_are_typed() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    for (key, is_free, said) in [
        ("fresh_key", true, "fresh_key is free."),
        ("new_checkout", false, "new_checkout is taken; a key is never used again, even after archiving."),
        ("New-Checkout", false, "New-Checkout is not snake_case"),
        ("a b", false, "A flag key starts with a letter or digit"),
        ("<b>", false, "'<' does not fit"),
    ] {
        let (status, answer) = call(&ada, "check_key", &[("project", "shop"), ("key", key)]).await;
        assert_eq!((status, &answer["is_free"]), (200, &Value::from(is_free)), "{key}: {answer}");
        assert!(answer["text"].as_str().unwrap().contains(said), "{key}: {answer}");
    }
}
