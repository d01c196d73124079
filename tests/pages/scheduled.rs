//! Changes that wait for their moment, from a draft's page to their being in force.

use super::app::{Browser, Page, shop};
use super::schedule::{SCHEDULE, at, october, place, words};
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Environment;
use flagstaff::domain::role::Role;
use serde_json::json;

const DEVELOPMENT: &str = "/p/shop/flags/new_checkout/development";
const PRODUCTION: &str = "/p/shop/flags/new_checkout/production";

/// Drafts a target for an environment and opens the page that gives the draft its moment.
async fn drafted(who: &Browser, path: &str, unit: &str) -> (String, Page) {
    let page = who.get(path).await;
    assert_eq!(who.send(path, &page, "targets", &[("units[on]", unit)]).await.status, 303);
    let page = who.get(path).await;
    let address = format!("{}/schedule", page.draft().0);
    assert!(page.says(&format!("href=\"{address}\"")), "{}", page.main());
    let form = who.get(&address).await;
    assert_eq!(form.status, 200, "{}", form.html);
    (address, form)
}

#[tokio::test]
async fn a_draft_is_made_at_its_moment_and_not_before() {
    let app = october().await;
    let ada = app.sign_in("ada").await;
    let (address, form) = drafted(&ada, DEVELOPMENT, "user_1").await;
    assert!(form.says("Schedule: Change new_checkout in development") && form.says("user_1"), "{}", form.main());
    let said = [("at", "2026-10-20 12:00 Europe/Oslo"), ("request_why", "At noon"), ("grace", "3600000")];
    let done = ada.send(&address, &form, "schedule", &[&said[..], &[("request_title", "Noon")]].concat()).await;
    assert_eq!((done.status, done.location.as_str()), (303, "/p/shop/changes/1?did=scheduled"), "{}", done.html);
    let request = ada.get(&done.location).await;
    let told = "Scheduled for 20 Oct 2026 12:00 in Europe/Oslo (20 Oct 2026 10:00 UTC), up to 1 h late.";
    assert!(request.says(told) && request.says("It is scheduled.") && request.says("in 3 h"), "{}", request.main());
    assert!(request.says("Nobody else has to look at it") && request.says("made it for later,"), "{}", request.main());
    for path in [DEVELOPMENT, PRODUCTION] {
        let is_here = path == DEVELOPMENT;
        let page = ada.get(path).await;
        assert_eq!(page.says("Scheduled for 20 Oct 2026 12:00 in Europe/Oslo"), is_here, "{path}: {}", page.main());
        assert!(!page.says("savebar"), "the draft is gone");
    }
    assert!(ada.get("/p/shop/flags").await.says("Scheduled: #1"));
    assert!(words(&ada.get("/p/shop/changes?view=all").await).contains("Scheduled"));
    app.state.governance.apply_due().await.unwrap();
    assert!(app.served("new_checkout", "development").targets.is_empty());
    app.state.clock.set(at("2026-10-20T10:00:00Z"));
    app.state.governance.apply_due().await.unwrap();
    assert_eq!(app.served("new_checkout", "development").targets[0].units, ["user_1"]);
    let page = app.sign_in("ada").await.get(DEVELOPMENT).await;
    assert!(page.status == 200 && !page.says("Scheduled for"), "{}", page.html);
}

#[tokio::test]
async fn an_hour_that_comes_twice_or_never_asks_which_is_meant() {
    let app = october().await;
    let ada = app.sign_in("ada").await;
    let (address, form) = drafted(&ada, DEVELOPMENT, "user_1").await;
    for (typed, choices) in [
        (
            "2026-10-25 02:30 Europe/Oslo",
            ["02:30 CEST (UTC+02:00)", "25 Oct 2026 00:30 UTC", "02:30 CET (UTC+01:00)", "01:30 UTC"],
        ),
        ("2027-03-28 02:30 Europe/Oslo", ["01:30 CET (UTC+01:00)", "00:30 UTC", "03:30 CEST (UTC+02:00)", "01:30 UTC"]),
        ("2026-11-01 01:30 America/New_York", ["01:30 EDT (UTC-04:00)", "05:30 UTC", "01:30 EST (UTC-05:00)", "06:30 UTC"]),
        ("2027-03-14 02:30 America/New_York", ["01:30 EST (UTC-05:00)", "06:30 UTC", "03:30 EDT (UTC-04:00)", "07:30 UTC"]),
    ] {
        let fields = [("at", typed), ("request_title", "Night"), ("request_why", "Few are awake")];
        let asked = ada.send(&address, &form, "schedule", &fields).await;
        assert_eq!(asked.status, 422);
        for text in choices {
            assert!(asked.says(text), "{typed}: {text} in {}", asked.main());
        }
        assert!(asked.says("Which one is meant?") && asked.says("value=\"Night\"") && asked.says("Few are awake"));
    }
    let fields = [("at", "2026-10-25 02:30 Europe/Oslo"), ("request_title", "Night"), ("request_why", "Few are awake")];
    let asked = ada.send(&address, &form, "schedule", &fields).await;
    let chosen = ada.send(&address, &asked, "schedule", &[&fields[..], &[("turn", "second")]].concat()).await;
    assert_eq!(chosen.status, 303, "{}", chosen.main());
    let request = ada.get("/p/shop/changes/1").await;
    assert!(request.says("02:30 in Europe/Oslo, the second time (25 Oct 2026 01:30 UTC)"), "{}", request.main());

    let other = [("_form", "schedule"), ("at", "2027-03-28 02:30 Europe/Oslo")];
    let asked = ada.post("/p/shop/changes/1", &other).await;
    assert!(asked.status == 422 && asked.says("never comes in Europe/Oslo") && asked.says("03:30 CEST"), "{}", asked.main());
    let moved = ada.post("/p/shop/changes/1", &[&other[..], &[("turn", "later")]].concat()).await;
    assert_eq!(moved.location, "/p/shop/changes/1?did=scheduled");
    assert!(ada.get("/p/shop/changes/1").await.says("28 Mar 2027 03:30 in Europe/Oslo (28 Mar 2027 01:30 UTC)"));
    let off = ada.post("/p/shop/changes/1", &[("_form", "unschedule")]).await;
    assert_eq!(off.location, "/p/shop/changes/1?did=unscheduled");
    let request = ada.get("/p/shop/changes/1").await;
    assert!(request.says("Without a moment") && request.says("Apply it later"), "{}", request.main());
}

#[tokio::test]
async fn what_is_wrong_is_told_and_nothing_typed_is_lost() {
    let app = october().await;
    let ada = app.sign_in("ada").await;
    let (address, form) = drafted(&ada, PRODUCTION, "user_1").await;
    let said = [("request_title", "In <b>November</b>"), ("request_why", "Because")];
    for (fields, told) in [
        (&[("at", "tomorrow")][..], "is no moment"),
        (&[("at", "2026-10-20 06:59"), ("typed.production", "production")], "Choose a moment that is still to come"),
        (&[("at", "2026-11-01 09:00 Europe/Oslow")], "Did you mean Europe/Oslo?"),
        (&[("at", "2026-11-01 09:00"), ("typed.production", "prod")], "Type production to confirm"),
        (&[("at", "2026-11-01 09:00"), ("typed.production", "production"), ("grace", "soon")], "Choose one of the lengths"),
    ] {
        let refused = ada.send(&address, &form, "schedule", &[fields, &said[..]].concat()).await;
        assert_eq!(refused.status, 422, "{told}");
        assert!(refused.says(told) && refused.says("In &lt;b&gt;November&lt;/b&gt;"), "{told}: {}", refused.main());
    }
    let silent = [("at", "2026-11-01 09:00"), ("typed.production", "production"), said[0]];
    let silent = ada.send(&address, &form, "schedule", &silent).await;
    assert!(silent.status == 422 && silent.says("Say why"), "{}", silent.main());
    assert_eq!(app.audit().await.iter().filter(|row| row.action.starts_with("change_request")).count(), 0);
    let fine = [
        ("at", "2026-11-01 09:00"),
        ("typed.production", "production"),
        ("request_title", "November"),
        ("request_why", "Because"),
    ];
    assert_eq!(ada.send(&address, &form, "schedule", &fine).await.status, 303);
    assert_eq!(ada.get(&address).await.status, 404, "the draft became a request");
}

#[tokio::test]
async fn only_its_author_schedules_a_draft_and_a_stale_page_schedules_no_other() {
    let app = october().await;
    app.person("lin", Some(Role::Editor)).await;
    let (ada, lin, vic) = (app.sign_in("ada").await, app.sign_in("lin").await, app.sign_in("vic").await);
    let (address, form) = drafted(&ada, DEVELOPMENT, "user_1").await;
    assert_eq!((lin.get(&address).await.status, vic.get(&address).await.status), (403, 403));
    let fields = [("at", "2026-11-01 09:00"), ("request_title", "November"), ("request_why", "Because")];
    assert_eq!(lin.post(&address, &[&[("_form", "schedule")], &fields[..]].concat()).await.status, 403);
    let page = ada.get(DEVELOPMENT).await;
    ada.send(DEVELOPMENT, &page, "targets", &[("units[on]", "user_2")]).await;
    let stale = ada.send(&address, &form, "schedule", &fields).await;
    assert!(stale.status == 409 && stale.says("value=\"November\""), "{}", stale.main());
    app.set("new_checkout", "development", json!({ "off_variant": "on" })).await;
    let form = ada.get(&address).await;
    assert!(form.says("It cannot be scheduled as it is."), "{}", form.main());
    assert_eq!(ada.send(&address, &form, "schedule", &fields).await.status, 422);
}

#[tokio::test]
async fn where_a_review_is_due_it_is_asked_for_with_the_moment() {
    let app = october().await;
    app.person("ann", Some(Role::Approver)).await;
    let policy = json!({"review": {"when": "always", "quorum": 1, "reviewers": "approver"}});
    let environment = Environment { policy: serde_json::from_value(policy).unwrap(), ..place("staging", 1) };
    app.by_system(Command::EditEnvironment { project: shop(), environment }).await;
    let (ada, ann) = (app.sign_in("ada").await, app.sign_in("ann").await);
    let (address, form) = drafted(&ada, "/p/shop/flags/new_checkout/staging", "user_1").await;
    assert!(form.says("one approver looks at it by then") && form.says("Request review and schedule"), "{}", form.main());
    let fields = [("at", "2026-10-21 09:00"), ("request_title", "Staging"), ("request_why", "Because")];
    assert_eq!(ada.send(&address, &form, "schedule", &fields).await.status, 303);
    let listed = ada.get(SCHEDULE).await;
    assert!(listed.says("It waits for 1 more approval"), "{}", listed.main());
    let page = ann.get("/p/shop/changes/1").await;
    assert!(page.says("It is applied if it is approved by then."), "{}", page.main());
    assert_eq!(ann.send("/p/shop/changes/1", &page, "verdict", &[("verdict", "approve")]).await.status, 303);
    assert!(!ann.get("/p/shop/changes").await.says("Staging"), "nothing is left to decide");
    assert!(!ada.get(SCHEDULE).await.says("more approval"));
    app.state.clock.set(at("2026-10-21T09:00:00Z"));
    app.state.governance.apply_due().await.unwrap();
    assert_eq!(app.served("new_checkout", "staging").targets[0].units, ["user_1"]);
}

#[tokio::test]
async fn a_bundle_is_scheduled_without_what_is_left_out() {
    let app = october().await;
    app.set("new_checkout", "development", json!({"enabled": true})).await;
    app.set("new_checkout", "staging", json!({"enabled": true})).await;
    let ada = app.sign_in("ada").await;
    // Both environments brought back by hand would be two pages; a request's revert makes one draft of both.
    let (address, form) = drafted(&ada, DEVELOPMENT, "user_1").await;
    let fields = [("at", "2026-10-21 09:00"), ("request_title", "One"), ("request_why", "Because")];
    assert_eq!(ada.send(&address, &form, "schedule", &fields).await.status, 303);
    app.state.clock.set(at("2026-10-21T09:00:00Z"));
    app.state.governance.apply_due().await.unwrap();
    let ada = app.sign_in("ada").await;
    let reverted = ada.post("/p/shop/changes/1", &[("_form", "revert")]).await;
    assert!(reverted.location.starts_with("/p/shop/drafts/"), "{} {}", reverted.status, reverted.main());
    let draft = ada.get(&reverted.location).await;
    assert!(draft.says("Schedule…"), "{}", draft.main());
    let left = ada.send(&reverted.location, &draft, "save", &[("item[0]", "true"), ("go", "schedule")]).await;
    assert_eq!(left.location, format!("{}/schedule", reverted.location));
    let form = ada.get(&left.location).await;
    let fields = [("at", "2026-10-22 09:00"), ("request_title", "Back again"), ("request_why", "Because")];
    let done = ada.send(&left.location, &form, "schedule", &fields).await;
    assert_eq!(done.location, "/p/shop/changes/2?did=scheduled", "{}", done.main());
    app.state.clock.set(at("2026-10-22T09:00:00Z"));
    app.state.governance.apply_due().await.unwrap();
    assert!(app.served("new_checkout", "development").targets.is_empty());
}
