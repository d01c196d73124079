//! A flag's switch that is turned at a moment, and what its request tells meanwhile.

use super::app::{Browser, Page, shop};
use super::schedule::{SCHEDULE, at, october, words};
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Environment;
use flagstaff::domain::key::EnvironmentKey;
use flagstaff::domain::role::Role;
use serde_json::json;

const DEVELOPMENT: &str = "/p/shop/flags/new_checkout/development";
const PRODUCTION: &str = "/p/shop/flags/new_checkout/production";
const FIRST: &str = "/p/shop/changes/1";
const MONDAY: [(&str, &str); 3] =
    [("at", "2026-10-26 07:30 Europe/Berlin"), ("request_title", "Launch"), ("request_why", "On Monday")];

async fn scheduled(who: &Browser, path: &str, more: &[(&str, &str)]) -> Page {
    let address = format!("{path}/schedule");
    let form = who.get(&address).await;
    assert_eq!(form.status, 200, "{}", form.html);
    who.send(&address, &form, "schedule", &[&MONDAY[..], more].concat()).await
}

#[tokio::test]
async fn a_switch_is_turned_on_at_its_moment() {
    let app = october().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(DEVELOPMENT).await;
    let address = format!("{DEVELOPMENT}/schedule?to=on");
    assert!(page.says(&format!("href=\"{address}\"")) && page.says("Schedule turning it on"), "{}", page.main());
    let form = ada.get(&address).await;
    assert!(
        form.says("Schedule: Turn on new_checkout in development") && form.says("Then everybody gets on."),
        "{}",
        form.main()
    );
    for (typed, told) in [
        ("soon", "is no moment"),
        ("", "Write a moment, such as"),
        ("2026-10-19 07:30", "Choose a moment that is still to come"),
        ("2026-10-25 02:30 Europe/Berlin", "Which one is meant?"),
    ] {
        let refused = ada.send(&address, &form, "schedule", &[&[("at", typed)], &MONDAY[1..]].concat()).await;
        assert!(refused.status == 422 && refused.says(told) && refused.says("value=\"Launch\""), "{told}: {}", refused.main());
    }
    let done = scheduled(&ada, DEVELOPMENT, &[]).await;
    assert_eq!((done.status, done.location), (303, format!("{FIRST}?did=scheduled")), "{}", done.html);
    let request = words(&ada.get(&format!("{FIRST}?did=scheduled")).await);
    for told in [
        "It is scheduled. It will be applied by itself.",
        "turn on new_checkout in development",
        "made it for later,",
        "Say something",
        "26 Oct 2026 07:30 in Europe/Berlin (26 Oct 2026 06:30 UTC)",
    ] {
        assert!(request.contains(told), "{told} in {request}");
    }
    assert!(!request.contains("Approve") && !request.contains("if it is approved"), "{request}");
    app.state.clock.set(at("2026-10-26T06:30:00Z"));
    app.state.governance.apply_due().await.unwrap();
    assert!(app.served("new_checkout", "development").enabled);
    let ada = app.sign_in("ada").await;
    assert!(words(&ada.get(FIRST).await).contains("turned on new_checkout in development"));
    let again = ada.get(&address).await;
    assert!(again.status == 200 && again.says("It is on already"), "{}", again.main());
    assert!(ada.get(DEVELOPMENT).await.says("Schedule turning it off"));
}

#[tokio::test]
async fn the_confirm_page_offers_a_later_moment_and_a_critical_environment_asks_for_its_name() {
    let app = october().await;
    let ada = app.sign_in("ada").await;
    let version = app.version("new_checkout", "production");
    let on = [("_form", "switch"), ("base_version", version.as_str()), ("enabled", "true")];
    let confirm = ada.post(PRODUCTION, &on).await;
    assert!(confirm.status == 428 && confirm.says(&format!("href=\"{PRODUCTION}/schedule?to=on\"")), "{}", confirm.main());
    let untyped = scheduled(&ada, PRODUCTION, &[]).await;
    assert!(untyped.status == 422 && untyped.says("Type production to confirm"), "{}", untyped.main());
    let done = scheduled(&ada, PRODUCTION, &[("typed.production", "production")]).await;
    assert_eq!(done.status, 303, "{}", done.main());
    let vic = app.sign_in("vic").await;
    assert_eq!(vic.get(&format!("{PRODUCTION}/schedule")).await.status, 403);
    assert!(!vic.get(PRODUCTION).await.says("Schedule turning it"));
}

#[tokio::test]
async fn what_will_not_come_is_told_wherever_it_stands() {
    let app = october().await;
    let ada = app.sign_in("ada").await;
    assert_eq!(scheduled(&ada, DEVELOPMENT, &[]).await.status, 303);
    app.set("new_checkout", "development", json!({"off_variant": "on"})).await;
    let why = "What it changes was changed since it was made: it will not be applied unless it is updated.";
    assert!(words(&ada.get(SCHEDULE).await).contains(why));
    let request = words(&ada.get(FIRST).await);
    assert!(request.contains(why) && request.contains("Scheduled, will not come"), "{request}");
    for path in [DEVELOPMENT, "/p/shop/flags", "/p/shop/changes?view=all"] {
        assert!(words(&ada.get(path).await).contains("Scheduled, will not come"), "{path}");
    }
}

#[tokio::test]
async fn turning_off_comes_whatever_was_changed_before() {
    let app = october().await;
    app.set("new_checkout", "development", json!({"enabled": true})).await;
    let ada = app.sign_in("ada").await;
    let form = ada.get(&format!("{DEVELOPMENT}/schedule")).await;
    assert!(
        form.says("Schedule: Turn off") && form.says("Then everybody gets off.") && form.says("whatever is changed here before"),
        "{}",
        form.main()
    );
    assert_eq!(scheduled(&ada, DEVELOPMENT, &[]).await.status, 303);
    app.set("new_checkout", "development", json!({"fallthrough": {"variant": "off"}})).await;
    assert!(!words(&ada.get(FIRST).await).contains("will not come"));
    app.state.clock.set(at("2026-10-26T06:30:00Z"));
    app.state.governance.apply_due().await.unwrap();
    assert!(!app.served("new_checkout", "development").enabled);
}

#[tokio::test]
async fn the_inbox_says_what_became_of_a_request_that_waited() {
    let app = october().await;
    for name in ["ann", "bob", "cid"] {
        app.person(name, Some(Role::Approver)).await;
    }
    let policy = json!({"review": {"when": "always", "quorum": 1, "reviewers": "approver"}});
    let usual = Environment::usual(EnvironmentKey::parse("development").unwrap(), 0);
    let environment = Environment { policy: serde_json::from_value(policy).unwrap(), ..usual };
    app.by_system(Command::EditEnvironment { project: shop(), environment }).await;
    let (ada, ann, bob) = (app.sign_in("ada").await, app.sign_in("ann").await, app.sign_in("bob").await);
    assert_eq!(scheduled(&ada, DEVELOPMENT, &[]).await.status, 303);
    let inbox = bob.get("/inbox").await;
    assert!(inbox.says("asks you to review") && inbox.says("1 thing is new"), "{}", inbox.main());
    let page = ann.get(FIRST).await;
    assert!(words(&page).contains("It is applied if it is approved by then."), "{}", page.main());
    let approved = ann.send(FIRST, &page, "verdict", &[("verdict", "approve")]).await;
    assert_eq!(approved.status, 303, "{}", approved.main());
    assert!(!bob.get("/inbox").await.says("is new"), "nothing waits for Bob any more");
    assert!(words(&ann.get(FIRST).await).contains("Approved and scheduled"));
    let taken = ada.post(FIRST, &[("_form", "withdraw")]).await;
    assert_eq!(taken.status, 303, "{}", taken.main());
    let inbox = words(&bob.get("/inbox").await);
    assert!(inbox.contains("taken back since"), "{inbox}");
    // One that was taken back before anybody approved it asks nobody either.
    assert_eq!(scheduled(&ada, DEVELOPMENT, &[]).await.status, 303);
    assert!(words(&bob.get("/inbox").await).contains("1 thing is new"));
    ada.post("/p/shop/changes/2", &[("_form", "withdraw")]).await;
    assert!(!bob.get("/inbox").await.says("is new"));
}
