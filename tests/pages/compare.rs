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
async fn rules_of_two_environments_are_paired_by_what_they_are() {
    let app = differing().await;
    let ada = app.sign_in("ada").await;
    let rule = |id: &str, name: &str, attribute: &str| {
        json!({"id": id, "name": name, "serve": {"variant": "on"},
            "conditions": [{"attribute": attribute, "operator": "equals", "values": ["staff"]}]})
    };
    app.set("new_checkout", "development", json!({"rules": [rule("r1", "Norway", "country"), rule("r7", "Staff", "plan")]}))
        .await;
    let page = ada.get(SIDES).await;
    assert!(
        page.says("Norway") && !page.says("conditions / 1"),
        "nothing of one is told as a change of the other: {}",
        page.main()
    );
    let draft = ada.post(SIDES, &[("_form", "copy")]).await;
    assert_eq!(ada.post(&draft.location, &[("_form", "save")]).await.status, 303);
    let rules = app.served("new_checkout", "development").rules;
    assert_eq!((rules.len(), rules[0].id.as_str(), rules[0].name.as_str()), (1, "r7", "Staff"), "the rule that was there stays");
    assert!(ada.post(SIDES, &[("_form", "copy")]).await.says("nothing to copy"));
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

#[tokio::test]
async fn what_differs_is_counted_on_all_pages_and_shown_on_one() {
    let app = differing().await;
    for number in 0..54 {
        let flag = release(&format!("flag_{number:02}"));
        app.by_system(Command::CreateFlag { project: shop(), flag: flag.clone() }).await;
        if number >= 2 {
            app.set(flag.key.as_str(), "staging", json!({"enabled": true, "off_variant": "on"})).await;
        }
    }
    let ada = app.sign_in("ada").await;
    let first = ada.get("/p/shop/compare?a=staging&b=development").await;
    assert!(first.says("53 of 55 flags differ"), "{}", first.main());
    let rows = |page: &super::app::Page| page.main().matches("scope=\"row\"").count();
    assert_eq!(rows(&first), 50, "{}", first.main());
    assert!(!first.main().contains(">flag_01<") && first.main().contains(">flag_02<") && !first.main().contains(">flag_53<"));
    let second = ada.get("/p/shop/compare?a=staging&b=development&page=2").await;
    assert_eq!(rows(&second), 3, "{}", second.main());
    assert!(second.main().contains(">flag_53<") && second.main().contains(">new_checkout<"), "{}", second.main());
}
