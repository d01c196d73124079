//! Two environments beside each other: a flag, all flags that differ, and one copied to the other as a draft.

use super::app::{App, release, shop};
use flagstaff::domain::command::Command;
use serde_json::json;

const COMPARE: &str = "/p/shop/flags/new_checkout/compare";
const SIDES: &str = "/p/shop/flags/new_checkout/compare?a=staging&b=development";

async fn differing() -> App {
    let app = App::start().await;
    let rule = json!([{"id": "r1", "name": "Staff", "serve": {"variant": "on"},
        "conditions": [{"attribute": "plan", "operator": "equals", "values": ["staff"]}]}]);
    let targets = json!([{"variant": "on", "units": ["secret_user"]}]);
    app.set("new_checkout", "staging", json!({"enabled": true, "rules": rule, "targets": targets})).await;
    app
}

#[tokio::test]
async fn both_sides_are_told_with_the_difference() {
    let app = differing().await;
    let (ada, vic) = (app.sign_in("ada").await, app.sign_in("vic").await);
    let page = ada.get(SIDES).await;
    for said in ["In staging", "In development", "Staff", "secret_user", "Copy staging to development"] {
        assert!(page.says(said), "{said}: {}", page.main());
    }
    let masked = vic.get(SIDES).await;
    assert!(masked.status == 200 && !masked.says("secret_user") && masked.says("1 key"), "{}", masked.main());
    let usual = ada.get(COMPARE).await;
    assert!(usual.says("In staging") && usual.says("In production"), "{}", usual.main());
    let same = ada.get(&format!("{COMPARE}?a=development&b=production")).await;
    assert!(same.says("both are alike") && !same.says("Copy development"), "{}", same.main());
    assert_eq!(ada.get(&format!("{COMPARE}?a=nowhere&b=production")).await.status, 404);
}

#[tokio::test]
async fn a_copy_is_a_draft_and_leaves_the_switch_unless_asked() {
    let app = differing().await;
    let (ada, vic) = (app.sign_in("ada").await, app.sign_in("vic").await);
    assert_eq!(vic.post(SIDES, &[("_form", "copy")]).await.status, 403);
    let draft = ada.post(SIDES, &[("_form", "copy")]).await;
    assert!(draft.location.starts_with("/p/shop/drafts/"), "{} {}", draft.status, draft.html);
    assert!(app.served("new_checkout", "development").rules.is_empty(), "nobody is served by it yet");
    let other = ada.post(SIDES, &[("_form", "copy"), ("switch", "true")]).await;
    assert!(other.status == 409 && other.says(&draft.location), "{} {}", other.status, other.html);
    assert_eq!(ada.post(&draft.location, &[("_form", "save")]).await.status, 303);
    let (from, to) = (app.served("new_checkout", "staging"), app.served("new_checkout", "development"));
    assert!(!to.enabled && to.rules == from.rules && to.targets == from.targets);
    let nothing = ada.post(SIDES, &[("_form", "copy")]).await;
    assert!(nothing.status == 422 && nothing.says("nothing to copy"), "{} {}", nothing.status, nothing.html);
    let draft = ada.post(SIDES, &[("_form", "copy"), ("switch", "true")]).await;
    assert_eq!(ada.post(&draft.location, &[("_form", "save")]).await.status, 303);
    assert_eq!(app.served("new_checkout", "development"), from);
}

#[tokio::test]
async fn all_flags_that_differ_are_listed_and_searched() {
    let app = differing().await;
    let ada = app.sign_in("ada").await;
    app.by_system(Command::CreateFlag { project: shop(), flag: release("quiet") }).await;
    let page = ada.get("/p/shop/compare?a=staging&b=development").await;
    assert!(page.says("1 of 2 flags differs") && page.says("compare?a=staging&amp;b=development"), "{}", page.main());
    assert!(!page.main().contains(">quiet<"), "{}", page.main());
    let none = ada.get("/p/shop/compare?a=staging&b=development&q=quiet").await;
    assert!(none.says("Clear filters"), "{}", none.main());
    assert!(ada.get("/p/shop/compare?a=development&b=production").await.says("Nothing differs"));
    assert_eq!(ada.get("/p/shop/compare?a=x&b=production").await.status, 404);
}
