//! The history of a flag, and the ways back: one change undone, one version restored, each as a draft.

use super::app::{App, Browser, Page, shop};
use flagstaff::domain::command::Command;
use serde_json::json;

const HISTORY: &str = "/p/shop/flags/new_checkout/history";
const FORM: &str = "revert";

/// The newest row of the audit.
async fn newest(app: &App) -> String {
    app.audit().await.last().unwrap().seq.to_string()
}

async fn ask(who: &Browser, form: &str, seq: &str) -> Page {
    who.post(HISTORY, &[("_form", form), ("seq", seq)]).await
}

/// Saves the draft that a post led to.
async fn save(who: &Browser, page: &Page) -> Page {
    assert!(page.location.starts_with("/p/shop/drafts/"), "{} {}", page.status, page.html);
    who.post(&page.location, &[("_form", "save")]).await
}

#[tokio::test]
async fn a_change_is_taken_back_and_what_was_done_since_stays() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    app.set("new_checkout", "development", json!({"targets": [{"variant": "on", "units": ["ada"]}]})).await;
    let seq = newest(&app).await;
    app.set("new_checkout", "development", json!({"enabled": true})).await;
    let history = ada.get(HISTORY).await;
    assert!(history.says("Restore this version") && history.says("As of then"), "{}", history.main());

    let draft = ask(&ada, FORM, &seq).await;
    assert!(!app.served("new_checkout", "development").targets.is_empty(), "nothing happens before it is saved");
    let saved = save(&ada, &draft).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    let state = app.served("new_checkout", "development");
    assert!(state.enabled && state.targets.is_empty());
    let again = ask(&ada, FORM, &seq).await;
    assert!(again.status == 409 && again.says("Nothing to take back"), "{} {}", again.status, again.html);
}

#[tokio::test]
async fn a_version_is_restored_with_everything_in_it() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    app.set("new_checkout", "development", json!({"enabled": true, "off_variant": "on"})).await;
    let (seq, then) = (newest(&app).await, app.served("new_checkout", "development"));
    app.set("new_checkout", "development", json!({"enabled": false, "off_variant": "off"})).await;
    app.set("new_checkout", "development", json!({"fallthrough": {"variant": "off"}})).await;
    let saved = save(&ada, &ask(&ada, "restore", &seq).await).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    assert_eq!(app.served("new_checkout", "development"), then);
}

#[tokio::test]
async fn what_was_changed_again_since_is_chosen_part_by_part() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    app.set("new_checkout", "development", json!({"fallthrough": {"variant": "off"}, "enabled": true})).await;
    let seq = newest(&app).await;
    let split = json!({"split": {"bucket_by": "targetingKey", "weights": [
        {"variant": "on", "share": 5000}, {"variant": "off", "share": 5000}]}});
    app.set("new_checkout", "development", json!({"fallthrough": split})).await;
    let asked = ask(&ada, FORM, &seq).await;
    assert!(asked.status == 409 && asked.says("choice[fallthrough]") && asked.says("As it is now"), "{}", asked.html);
    assert!(ada.get("/p/shop/drafts").await.says("Nothing is waiting"), "no draft before the sides are chosen");

    for (side, is_split) in [("theirs", true), ("yours", false)] {
        let fields = [("_form", FORM), ("seq", &seq), ("choice[fallthrough]", side)];
        let draft = ada.post(HISTORY, &fields).await;
        assert_eq!(draft.status, 303, "{}", draft.html);
        let shown = ada.get(&draft.location).await;
        assert_eq!(!shown.says("everyone else"), is_split, "{side}: {}", shown.main());
        assert_eq!(ada.post(&draft.location, &[("_form", "discard")]).await.status, 303);
    }
}

#[tokio::test]
async fn a_draft_of_ones_own_is_in_the_way_and_told() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    app.set("new_checkout", "development", json!({"enabled": true})).await;
    let seq = newest(&app).await;
    let first = ask(&ada, FORM, &seq).await;
    let second = ask(&ada, FORM, &seq).await;
    assert!(second.status == 409 && second.says("You have a draft here already"), "{} {}", second.status, second.html);
    assert!(second.says(&format!("href=\"{}\"", first.location)), "{}", second.html);
}

#[tokio::test]
async fn definitions_come_back_field_by_field_and_archived_flags_by_the_history_too() {
    let app = App::start().await;
    app.person("max", Some(flagstaff::domain::role::Role::Editor)).await;
    let ada = app.sign_in("ada").await;
    let edit = |change: fn(&mut flagstaff::domain::flag::Flag)| {
        let mut flag = app.definition("new_checkout");
        change(&mut flag);
        app.by_system(Command::EditFlag { project: shop(), flag })
    };
    edit(|flag| flag.description = "Wrong".into()).await;
    let seq = newest(&app).await;
    edit(|flag| flag.ticket = "PAY-1".into()).await;
    let draft = ask(&ada, FORM, &seq).await;
    let shown = ada.get(&draft.location).await;
    assert!(shown.says("Change the definition of new_checkout") && shown.says("Wrong"), "{}", shown.main());
    let others = app.sign_in("max").await.post(&draft.location, &[("_form", "save"), ("item[0]", "true")]).await;
    assert_eq!(others.status, 403);
    let saved = ada.send(&draft.location, &shown, "save", &[("item[0]", "true")]).await;
    assert!(saved.location.starts_with("/p/shop/drafts?saved=1"), "{} {}", saved.status, saved.html);
    assert!(ada.get(&saved.location).await.says("1 change saved"));
    let flag = app.definition("new_checkout");
    assert_eq!((flag.description.as_str(), flag.ticket.as_str()), ("A flag of a test", "PAY-1"));

    app.by_system(Command::ArchiveFlag { project: shop(), flag: flag.key.clone() }).await;
    let draft = ada.post("/p/shop/audit", &[("_form", FORM), ("seq", &newest(&app).await)]).await;
    let shown = ada.get(&draft.location).await;
    assert!(shown.says("Restore new_checkout") && shown.says("Environment production"), "{}", shown.main());
    let silent = ada.send(&draft.location, &shown, "save", &[("item[0]", "true")]).await;
    assert!(silent.status == 422 && silent.says("Say why") && silent.says("Type production"), "{}", silent.html);
    let said = [("item[0]", "true"), ("reason", "Too early"), ("typed.production", "production")];
    let saved = ada.send(&draft.location, &silent, "save", &said).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    assert_eq!(app.definition("new_checkout").archived_at, None);
}

#[tokio::test]
async fn what_changed_since_a_bundle_was_made_is_told_and_not_overwritten_unseen() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let edit = |text: &'static str| {
        let mut flag = app.definition("new_checkout");
        flag.description = text.into();
        app.by_system(Command::EditFlag { project: shop(), flag })
    };
    edit("Second").await;
    let draft = ask(&ada, FORM, &newest(&app).await).await;
    edit("Third").await;
    let shown = ada.get(&draft.location).await;
    assert!(shown.says("Changed since by Flagstaff") && shown.says("Compare with what is there now"), "{}", shown.main());
    let refused = ada.send(&draft.location, &shown, "save", &[("item[0]", "true")]).await;
    assert!(refused.status == 409 && app.definition("new_checkout").description == "Third", "{}", refused.html);
    assert_eq!(ada.post(&draft.location, &[("_form", "renew")]).await.status, 303);
    let shown = ada.get(&draft.location).await;
    assert!(shown.says("Third") && !shown.says("Changed since by"), "{}", shown.main());
    assert_eq!(ada.send(&draft.location, &shown, "save", &[("item[0]", "true")]).await.status, 303);
    assert_eq!(app.definition("new_checkout").description, "A flag of a test");
}

#[tokio::test]
async fn only_editors_go_back_and_only_by_rows_of_this_flag() {
    let app = App::start().await;
    let (ada, vic) = (app.sign_in("ada").await, app.sign_in("vic").await);
    app.set("new_checkout", "development", json!({"enabled": true})).await;
    let seq = newest(&app).await;
    assert_eq!(ask(&vic, FORM, &seq).await.status, 403);
    let seen = vic.get(HISTORY).await;
    assert!(!seen.main().contains("Restore this version") && seen.says("As of then"), "{}", seen.main());
    app.by_system(Command::CreateFlag { project: shop(), flag: super::app::release("other") }).await;
    assert_eq!(ask(&ada, "restore", &newest(&app).await).await.status, 404, "of another flag");
    assert_eq!(ask(&ada, FORM, "99999").await.status, 404);
    assert_eq!(ask(&ada, "nonsense", &seq).await.status, 422);
}
