//! Undo: offered to who made a change, where one click may; made as a new change; refused where something came in between.

use super::app::{App, Browser, Page, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::{Environment, Protection};
use flagstaff::domain::key::EnvironmentKey;
use flagstaff::domain::time::{MINUTE, SECOND};
use flagstaff::server::clock::Clock;
use flagstaff::server::governance::Submission;
use flagstaff::server::services::people;

const DEVELOPMENT: &str = "/p/shop/flags/new_checkout/development";
const PRODUCTION: &str = "/p/shop/flags/new_checkout/production";

/// Presses the switch and returns the number of the change.
async fn press(app: &App, who: &Browser, environment: &str, on: &str) -> String {
    let version = app.version("new_checkout", environment);
    let fields = [("_form", "switch"), ("base_version", &version), ("enabled", on), ("return_to", "/p/shop/flags")];
    let page = who.post(&format!("/p/shop/flags/new_checkout/{environment}"), &fields).await;
    done(&page)
}

fn done(page: &Page) -> String {
    page.location.split_once("done=").unwrap_or_else(|| panic!("{} {}", page.status, page.html)).1.to_owned()
}

#[tokio::test]
async fn an_open_change_is_undone_by_a_new_one_that_leads_back() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let seq = press(&app, &ada, "development", "true").await;
    let told = ada.get(&format!("/p/shop/flags?done={seq}")).await;
    let address = format!("/p/shop/undo/{seq}");
    assert!(told.says("You turned on new_checkout in development.") && told.says(&address), "{}", told.html);

    let back = ada.post_from(&format!("/p/shop/flags?q=new&done={seq}"), &address, &[]).await;
    assert!(back.status == 303 && back.location.starts_with("/p/shop/flags?q=new&done="), "{} {}", back.status, back.location);
    assert!(!app.served("new_checkout", "development").enabled);
    let audit = ada.get("/p/shop/audit").await;
    assert!(audit.says(&format!("Undo of #{seq}")), "{}", audit.html);

    let again = ada.post(&address, &[]).await;
    assert!(again.status == 409 && again.says("Changed since; nothing was undone"), "{} {}", again.status, again.html);
    assert!(!app.served("new_checkout", "development").enabled);
}

#[tokio::test]
async fn it_leads_nowhere_else() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let seq = press(&app, &ada, "development", "true").await;
    let foreign =
        ada.by_hand(&format!("/p/shop/undo/{seq}")).header("referer", "https://evil.example/p/shop/flags").form(&[("", "")]);
    let back = Page::from(foreign).await;
    assert!(back.location.starts_with("/p/shop/flags/new_checkout?done="), "{} {}", back.status, back.location);
    let cross = ada.by_hand(&format!("/p/shop/undo/{}", done(&back))).header("sec-fetch-site", "cross-site");
    assert_eq!(Page::from(cross).await.status, 403);
}

#[tokio::test]
async fn what_changed_since_is_left_alone() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let first = press(&app, &ada, "development", "true").await;
    app.set("new_checkout", "development", serde_json::json!({"off_variant": "on"})).await;
    let refused = ada.post(&format!("/p/shop/undo/{first}"), &[]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.says("/p/shop/flags/new_checkout/history"), "{}", refused.html);
    assert!(app.served("new_checkout", "development").enabled);
}

#[tokio::test]
async fn a_critical_change_is_undone_through_the_confirm_page() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    app.set("new_checkout", "production", serde_json::json!({"enabled": true})).await;
    let seq = press(&app, &ada, "production", "false").await;
    let told = ada.get(&format!("/p/shop/flags?done={seq}")).await;
    assert!(told.says("You turned off") && !told.main().contains(">Undo<"), "no undo by one click in a critical environment");

    let address = format!("/p/shop/undo/{seq}");
    let confirm = ada.post_from(PRODUCTION, &address, &[]).await;
    assert!(confirm.status == 428 && confirm.says("Turn new_checkout on again in production"), "{}", confirm.html);
    let wrong = ada.send(&address, &confirm, "confirm", &[("reason", "Too early"), ("confirmation", "prod")]).await;
    assert!(wrong.status == 422 && wrong.says("Type production"), "{}", wrong.html);
    let silent = ada.send(&address, &wrong, "confirm", &[("reason", " "), ("confirmation", "production")]).await;
    assert!(silent.status == 422 && silent.says("Say why"), "{}", silent.html);
    assert!(!app.served("new_checkout", "production").enabled, "the number of the change is no reason");
    let back = ada.send(&address, &silent, "confirm", &[("reason", "Too early"), ("confirmation", "production")]).await;
    assert!(back.location.starts_with(&format!("{PRODUCTION}?done=")), "{} {}", back.status, back.html);
    assert!(app.served("new_checkout", "production").enabled);
    assert!(ada.get("/p/shop/audit").await.says(&format!("Undo of #{seq}: Too early")));
}

#[tokio::test]
async fn only_editors_undo_and_only_what_has_a_way_back() {
    let app = App::start().await;
    let (ada, vic) = (app.sign_in("ada").await, app.sign_in("vic").await);
    let seq = press(&app, &ada, "development", "true").await;
    assert_eq!(vic.post(&format!("/p/shop/undo/{seq}"), &[]).await.status, 403);
    assert!(app.served("new_checkout", "development").enabled);
    let stranger = app.stranger().post(&format!("/p/shop/undo/{seq}"), &[]).await;
    assert!(stranger.status == 401 && stranger.says("You were signed out meanwhile"), "{} {}", stranger.status, stranger.html);
    let made = ada.post("/p/shop/undo/1", &[]).await;
    assert!(made.status == 422 && made.says("This cannot be undone"), "{} {}", made.status, made.html);
    assert_eq!(ada.post("/p/shop/undo/9999", &[]).await.status, 404);
    assert_eq!(ada.get(&format!("{DEVELOPMENT}?done=9999")).await.status, 200);
}

#[tokio::test]
async fn the_notice_is_for_who_did_it_and_not_for_long() {
    // Near the present, because cookies end by the system's clock.
    let start = Clock::System.now();
    let clock = Clock::at(start);
    let app = App::start_at(clock.clone()).await;
    let (ada, vic) = (app.sign_in("ada").await, app.sign_in("vic").await);
    let seq = press(&app, &ada, "development", "true").await;
    let address = format!("/p/shop/flags?done={seq}");
    assert!(!vic.get(&address).await.says("turned on new_checkout in development."));
    for (after, told, undo) in [(59 * SECOND, true, true), (MINUTE, true, false), (11 * MINUTE, false, false)] {
        clock.set(start.plus(after));
        let page = ada.get(&address).await;
        assert_eq!((page.says("You turned on"), page.says("/p/shop/undo/")), (told, undo), "after {after} ms");
    }
}

#[tokio::test]
async fn an_import_that_archived_a_flag_is_undone_by_restoring_it_or_not_offered() {
    for (archives_alone, status) in [(true, 303), (false, 422)] {
        let app = App::start().await;
        // So that one click may take it back.
        let production = Environment::usual(EnvironmentKey::parse("production").unwrap(), 2);
        let environment = Environment { protection: Protection::Open, ..production };
        app.by_system(Command::EditEnvironment { project: shop(), environment }).await;
        let ada = app.sign_in("ada").await;
        let mut flag = app.definition("new_checkout");
        let before = flag.clone();
        flag.archived_at = Some(app.state.clock.now());
        if !archives_alone {
            flag.description = "Gone".to_owned();
        }
        let state = app.served("new_checkout", "development");
        let (project, environment) = (shop(), EnvironmentKey::parse("development").unwrap());
        let flags = vec![(flag, state)];
        let command = Command::Import { project, environment, flags, base_versions: Vec::new(), base_states: Vec::new() };
        let mut cx = app.state.db.read().await.unwrap();
        let actor = people::actor_by_email(&mut cx, "ada@shop.example").await.unwrap().unwrap();
        drop(cx);
        let applied = app.state.governance.submit(&actor, Submission::new(command)).await.unwrap();
        let seq = applied.audit[0].to_string();
        let told = ada.get(&format!("/p/shop/flags?done={seq}")).await;
        assert_eq!(told.says(&format!("/p/shop/undo/{seq}")), archives_alone, "{}", told.html);
        let undone = ada.post(&format!("/p/shop/undo/{seq}"), &[]).await;
        assert_eq!(undone.status, status, "{}", undone.html);
        let now = app.definition("new_checkout");
        assert_eq!(now == before, archives_alone, "{now:?}");
    }
}
