//! What is told of a rollout plan before it is changed: on its form, on the confirm page and to who looks at it first.

use super::app::{App, Browser, Page, shop};
use super::schedule::{at, october, words};
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Environment;
use flagstaff::domain::key::EnvironmentKey;
use flagstaff::domain::role::Role;
use flagstaff::domain::rollout::Start;
use flagstaff::domain::rule::Serve;
use flagstaff::domain::time::HOUR;
use serde_json::json;

const DEVELOPMENT: &str = "/p/shop/flags/new_checkout/development/plan";
const PRODUCTION: &str = "/p/shop/flags/new_checkout/production/plan";
const AT_ONCE: &str = "customers see this change at once";

async fn on_in(place: &str) -> (App, Browser) {
    let app = october().await;
    app.set("new_checkout", place, json!({ "enabled": true, "fallthrough": { "variant": "off" } })).await;
    let ada = app.sign_in("ada").await;
    (app, ada)
}

/// A plan of 1, 10 and 100 %, a day each.
fn steps(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let usual = [
        ("variant", "on"),
        ("rest", "off"),
        ("bucket_by", "targetingKey"),
        ("steps[0].share", "1"),
        ("steps[0].hold", "1"),
        ("steps[0].unit", "days"),
        ("steps[1].share", "10"),
        ("steps[1].hold", "1"),
        ("steps[1].unit", "days"),
        ("steps[2].share", "100"),
        ("steps[2].hold", ""),
        ("steps[2].unit", "days"),
    ];
    usual.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name)).chain(more.iter().copied()).collect()
}

async fn begin(ada: &Browser, path: &str, more: &[(&'static str, &'static str)]) -> Page {
    let page = ada.get(path).await;
    ada.send(path, &page, "begin", &steps(more)).await
}

async fn press(app: &App, ada: &Browser, path: &str, order: &str) -> Page {
    let place = path.split('/').nth(5).unwrap();
    let base = app.version("new_checkout", place);
    ada.post(path, &[("_form", "move"), ("base_version", &base), ("do", order)]).await
}

#[track_caller]
fn says(page: &Page, texts: &[&str]) {
    for text in texts {
        assert!(words(page).contains(text), "{text} in {}", words(page));
    }
}

#[tokio::test]
async fn the_confirm_page_tells_what_each_button_comes_to() {
    let (app, ada) = on_in("production").await;
    let confirm = begin(&ada, PRODUCTION, &[]).await;
    let told = "on to 1 % at once, when it is applied, 10 % 1 d later, 100 % 1 d later";
    let told = told.replace("at once, when it is applied", "from 20 Oct 2026 07:00 UTC");
    says(&confirm, &["Then 1 % of everybody get on.", AT_ONCE, &told]);
    ada.send(PRODUCTION, &confirm, "confirm", &[("reason", "Go"), ("confirmation", "production")]).await;
    app.state.clock.set(at("2026-10-20T16:05:00Z"));
    let ada = app.sign_in("ada").await;
    for (order, texts, is_seen) in [
        ("complete", &["Then everybody gets on."][..], true),
        ("advance", &["Then 10 % of everybody get on."], true),
        ("roll_back", &["The plan stops before its first step. Then everybody gets off. 1 % of everybody lose on."], true),
        ("pause", &["The plan stops at 1 %.", "paused at 1 %; 10 % 14 h 55 m after it goes on, 100 % 1 d later"], false),
    ] {
        let confirm = press(&app, &ada, PRODUCTION, order).await;
        assert_eq!(confirm.status, 428, "{order}: {}", confirm.main());
        says(&confirm, texts);
        assert_eq!(words(&confirm).contains(AT_ONCE), is_seen, "{order}: {}", words(&confirm));
        for inside in ["starts at", "held at", "after the step before it"] {
            assert!(!words(&confirm).contains(inside), "{order}: {inside} in {}", words(&confirm));
        }
    }
}

#[tokio::test]
async fn what_begins_later_is_told_with_what_is_done_at_once() {
    let (app, ada) = on_in("production").await;
    let berlin = ("at", "2026-10-28 09:00 Europe/Berlin");
    let confirm = begin(&ada, PRODUCTION, &[berlin]).await;
    says(
        &confirm,
        &["The plan begins on 28 Oct 2026 09:00 in Europe/Berlin (28 Oct 2026 08:00 UTC). Then everybody still gets off."],
    );
    assert!(!words(&confirm).contains(AT_ONCE), "{}", words(&confirm));
    let segment = serde_json::from_value(json!({ "key": "staff", "name": "Staff", "include": ["ada"] })).unwrap();
    app.by_system(Command::CreateSegment { project: shop(), segment }).await;
    app.set("new_checkout", "production", json!({ "enabled": false })).await;
    let form = ada.get(PRODUCTION).await;
    says(&form, &["at once, even where the plan begins later"]);
    let confirm = begin(&ada, PRODUCTION, &[berlin, ("staff", "staff"), ("turn_on", "true")]).await;
    says(&confirm, &["At once the flag is turned on and those in staff get on; the plan begins on", AT_ONCE]);
    ada.send(PRODUCTION, &confirm, "confirm", &[("reason", "Go"), ("confirmation", "production")]).await;
    says(&ada.get(PRODUCTION).await, &["Now nobody of everyone else gets on; they get off."]);
}

#[tokio::test]
async fn check_tells_what_keeps_a_plan_from_its_start() {
    let (_app, ada) = on_in("development").await;
    for (fields, told) in [
        (&[("at", "soon")][..], "is no moment"),
        (&[("at", "2024-10-04 09:00")], "That moment has passed."),
        (&[("at", "2027-03-28 02:30 Europe/Berlin")], "never comes in Europe/Berlin"),
        (&[("at", "2026-10-25 02:30 Europe/Berlin")], "comes twice in Europe/Berlin"),
        (&[("steps[1].share", "1")], "Step 2: Write more than 1 %"),
        (&[("rest", "on")], "Choose two different variants"),
    ] {
        let looked = begin(&ada, DEVELOPMENT, &[fields, &[("check", "true")]].concat()).await;
        assert_eq!(looked.status, 200, "a script takes the answer as well");
        says(&looked, &[told, "Before it can be started:"]);
        let refused = begin(&ada, DEVELOPMENT, fields).await;
        assert_eq!(refused.status, 422);
        says(&refused, &[told.trim_start_matches("Step 2: ")]);
    }
    let late = begin(&ada, DEVELOPMENT, &[("check", "true"), ("at", "2026-10-28 09:00")]).await;
    says(&late, &["Nobody of everyone else gets another variant.", "The plan begins on 28 Oct 2026 09:00 UTC."]);
}

#[tokio::test]
async fn a_plan_that_is_chosen_is_the_one_that_is_started() {
    let (app, ada) = on_in("development").await;
    app.person("max", Some(Role::Admin)).await;
    let slow = [
        ("name", "Slow"),
        ("steps[0].share", "5"),
        ("steps[0].hold", ""),
        ("steps[0].unit", "approval"),
        ("steps[1].share", "100"),
        ("steps[1].hold", ""),
        ("steps[1].unit", "days"),
    ];
    let (max, new) = (app.sign_in("max").await, "/p/shop/settings/plans/new");
    let page = max.get(new).await;
    assert_eq!(max.send(new, &page, "plan", &slow).await.status, 303);
    let page = ada.get(DEVELOPMENT).await;
    // As a browser sends it where nothing but the choice was changed.
    let mut untouched = vec![("variant", "on"), ("rest", "off"), ("bucket_by", "targetingKey"), ("template", "Slow")];
    let names = |at: usize| [format!("steps[{at}].share"), format!("steps[{at}].hold"), format!("steps[{at}].unit")];
    let names: Vec<_> = (0..5).map(names).collect();
    for (names, share) in names.iter().zip(["1", "10", "25", "50", "100"]) {
        untouched.extend([(names[0].as_str(), share), (names[1].as_str(), "1"), (names[2].as_str(), "days")]);
    }
    let by_hand: Vec<_> = untouched.iter().map(|(name, value)| (*name, if *value == "25" { "26" } else { value })).collect();
    let unclear = ada.send(DEVELOPMENT, &page, "begin", &by_hand).await;
    assert_eq!(unclear.status, 422);
    says(&unclear, &["Slow is chosen, and the steps were changed by hand"]);
    let looked = ada.send(DEVELOPMENT, &page, "begin", &[&untouched[..], &[("check", "true")]].concat()).await;
    assert!(looked.says("needs approval") && looked.says("value=\"5\"") && !looked.says("steps[2].share"), "{}", looked.main());
    let done = ada.send(DEVELOPMENT, &page, "begin", &untouched).await;
    assert_eq!(done.status, 303, "{}", done.main());
    let Serve::Rollout(rollout) = app.served("new_checkout", "development").fallthrough else { panic!() };
    let told: Vec<_> = rollout.plan.steps.iter().map(|step| step.share).collect();
    assert_eq!((told, rollout.plan.steps[1].starts_at), (vec![500, 10_000], Start::OnApproval));
}

#[tokio::test]
async fn a_plan_that_has_not_begun_is_moved_and_paused() {
    let (app, ada) = on_in("development").await;
    assert_eq!(begin(&ada, DEVELOPMENT, &[("at", "2026-10-21 09:00")]).await.status, 303);
    let page = ada.get(DEVELOPMENT).await;
    assert!(page.says("value=\"2026-10-21 09:00\""), "{}", page.main());
    let rows: Vec<_> = steps(&[]).into_iter().filter(|(name, _)| name.starts_with("steps")).collect();
    let moved = |at: &'static str| [&rows[..], &[("at", at)]].concat();
    for (typed, told) in [("soon", "is no moment"), ("2026-10-19 09:00", "That moment has passed.")] {
        let refused = ada.send(DEVELOPMENT, &page, "later", &moved(typed)).await;
        assert_eq!(refused.status, 422);
        says(&refused, &[told]);
    }
    let done = ada.send(DEVELOPMENT, &page, "later", &moved("2026-10-22 11:00 Europe/Berlin")).await;
    assert_eq!(done.status, 303, "{}", done.main());
    let plan = |app: &App| match app.served("new_checkout", "development").fallthrough {
        Serve::Rollout(rollout) => rollout.plan,
        other => panic!("{other:?}"),
    };
    let first = at("2026-10-22T09:00:00Z");
    assert_eq!(
        plan(&app).steps.iter().map(|step| step.starts_at).collect::<Vec<_>>(),
        [0, 24, 48].map(|h| Start::At(first.plus(h * HOUR)))
    );
    assert_eq!(press(&app, &ada, DEVELOPMENT, "pause").await.status, 303);
    says(
        &ada.get(DEVELOPMENT).await,
        &["Paused before it began", "Resume", "1 % comes 2 d 2 h after it goes on.", "0 %, paused"],
    );
    assert!(!words(&ada.get(DEVELOPMENT).await).contains("Begin again"));
    press(&app, &ada, DEVELOPMENT, "resume").await;
    press(&app, &ada, DEVELOPMENT, "complete").await;
    app.state.clock.set(at("2026-10-20T08:00:00Z"));
    let ada = app.sign_in("ada").await;
    let complete = ada.get(DEVELOPMENT).await;
    says(&complete, &["Now everybody gets on.", "Complete"]);
    assert!(!words(&complete).contains("Change the steps"), "{}", words(&complete));
}

#[tokio::test]
async fn a_plan_beyond_its_flags_last_day_is_warned_of() {
    let (app, ada) = on_in("production").await;
    let mut flag = app.definition("new_checkout");
    flag.expires_at = Some(at("2026-10-22T00:00:00Z"));
    app.by_system(Command::EditFlag { project: shop(), flag }).await;
    let told = "The flag's last day is 21 Oct 2026: 100 % comes only after it.";
    says(&begin(&ada, PRODUCTION, &[]).await, &[told]);
    says(&begin(&ada, PRODUCTION, &[("check", "true")]).await, &[told]);
}

#[tokio::test]
async fn who_looks_at_a_plan_first_is_told_what_it_does() {
    let (app, ada) = on_in("development").await;
    app.person("ann", Some(Role::Approver)).await;
    let policy = json!({"review": {"when": "always", "quorum": 1, "reviewers": "approver"}});
    let usual = Environment::usual(EnvironmentKey::parse("development").unwrap(), 0);
    let environment = Environment { policy: serde_json::from_value(policy).unwrap(), ..usual };
    app.by_system(Command::EditEnvironment { project: shop(), environment }).await;
    let persona = serde_json::from_value(json!({"key": "pro", "name": "Pro", "context": {"targetingKey": "pro"}, "expect": {"development": {"new_checkout": "off"}}})).unwrap();
    app.by_system(Command::SavePersona { project: shop(), persona }).await;
    let said = [("request_title", "Roll it out"), ("request_why", "It works")];
    for (number, more, told) in [
        (1, &[("at", "2026-10-21 09:00")][..], "on to 1 % from 21 Oct 2026 09:00 UTC, 10 % 1 d later, 100 % 1 d later"),
        (2, &[], "on to 1 % at once, when it is applied, 10 % 1 d later, 100 % 1 d later"),
    ] {
        let ask = begin(&ada, DEVELOPMENT, more).await;
        assert_eq!(ask.status, 428, "{}", ask.main());
        let opened = ada.send(DEVELOPMENT, &ask, "confirm", &said).await;
        assert_eq!(opened.location, format!("/p/shop/changes/{number}"), "{}", opened.main());
        let page = ada.get(&opened.location).await;
        says(
            &page,
            &[
                "No persona changes.",
                "Once the plan is complete: 1 persona changes",
                "start a rollout of new_checkout in development",
                told,
            ],
        );
        assert!(!words(&page).contains("no answer") && !words(&page).contains("would get nothing"), "{}", words(&page));
    }
}
