//! Keys that SDKs ask for in vain: where they are shown, what they may have meant, and when they are forgotten.

use super::app::{App, release, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::key::{EnvironmentKey, FlagKey};
use flagstaff::domain::time::{DAY, HOUR, Timestamp};
use flagstaff::server::clock::Clock;
use flagstaff::server::services::unknown;

const PAGE: &str = "/p/shop/unknown";

/// As the evaluation endpoint counts it.
fn ask(app: &App, environment: &str, key: &str, at: Timestamp) {
    let environment = EnvironmentKey::parse(environment).unwrap();
    app.state.serving.environment(&shop(), &environment).unwrap().unknown.count(key, at);
}

/// Long ago: sessions end by the system's clock, too. Who moves it by hours signs in anew.
fn clock() -> Clock {
    Clock::at(Timestamp::parse("2020-11-25T09:00:00Z").unwrap())
}

#[tokio::test]
async fn what_is_asked_for_in_vain_is_shown_with_what_was_meant() {
    let clock = clock();
    let app = App::start_at(clock.clone()).await;
    let ada = app.sign_in("ada").await;
    assert!(ada.get(PAGE).await.says("No unknown keys"));
    assert!(!ada.get("/p/shop/flags").await.says("unknown key"));
    ask(&app, "production", "new_chekout", clock.now().plus(-3 * HOUR));
    ask(&app, "production", "new_chekout", clock.now().plus(-3 * HOUR));
    ask(&app, "staging", "zebra", clock.now());
    app.state.serving.flush(false).await.unwrap();
    ask(&app, "production", "new_chekout", clock.now().plus(-2 * HOUR));
    ask(&app, "staging", "<script>alert(1)</script>", clock.now().plus(-DAY));
    let list = ada.get("/p/shop/flags").await;
    assert!(list.says("3 unknown keys asked for") && list.says("href=\"/p/shop/unknown\""), "{}", list.html);
    let page = ada.get(PAGE).await;
    let at = |text: &str| page.html.find(text).unwrap_or_else(|| panic!("{text} in {}", page.html));
    assert!(at("<code>zebra</code>") < at("<code>new_chekout</code>"), "the last asked for first");
    assert!(page.says(" 3</span>") || page.says(">3<") || page.main().contains("Production</span> 3"), "{}", page.main());
    for text in ["2 h ago", "Did you mean", "href=\"/p/shop/flags/new_checkout\"", "href=\"/p/shop/flags/new?key=new_chekout\""] {
        at(text);
    }
    assert!(!page.says("<script>alert(1)") && !page.says("key=%3Cscript"), "{}", page.html);
    let form = ada.get("/p/shop/flags/new?key=zebra").await;
    assert!(form.says("value=\"zebra\""), "{}", form.html);
    let vic = app.sign_in("vic").await.get(PAGE).await;
    assert!(vic.status == 200 && vic.says("zebra") && !vic.says("flags/new?key"), "{}", vic.html);
}

#[tokio::test]
async fn a_key_that_gets_its_flag_is_unknown_no_more_and_counts_anew() {
    let clock = clock();
    let app = App::start_at(clock.clone()).await;
    let ada = app.sign_in("ada").await;
    ask(&app, "production", "late", clock.now());
    app.state.serving.flush(false).await.unwrap();
    app.by_system(Command::CreateFlag { project: shop(), flag: release("late") }).await;
    assert!(ada.get(PAGE).await.says("No unknown keys"));
    clock.set(clock.now().plus(DAY));
    app.by_system(Command::ArchiveFlag { project: shop(), flag: FlagKey::parse("late").unwrap() }).await;
    let calm = app.sign_in("ada").await.get("/p/shop/flags/late").await;
    assert!(calm.says("Nothing asked for it since."), "{}", calm.html);
    clock.set(clock.now().plus(HOUR));
    ask(&app, "production", "late", clock.now());
    app.state.serving.flush(false).await.unwrap();
    ask(&app, "production", "late", clock.now());
    clock.set(clock.now().plus(3 * HOUR));
    let ada = app.sign_in("ada").await;
    let page = ada.get("/p/shop/flags/late").await;
    assert!(page.says("Archived, and still asked for") && page.says("2 times in production, last 3 h ago"), "{}", page.html);
    let list = ada.get(PAGE).await;
    assert!(list.says("Archived: see") && !list.says("flags/new?key=late"), "{}", list.html);
}

#[tokio::test]
async fn keys_that_nobody_asked_for_in_a_month_are_forgotten() {
    let clock = clock();
    let app = App::start_at(clock.clone()).await;
    ask(&app, "production", "old", clock.now());
    app.state.serving.flush(false).await.unwrap();
    clock.set(clock.now().plus(29 * DAY));
    ask(&app, "production", "new", clock.now());
    app.state.serving.flush(false).await.unwrap();
    unknown::prune(&app.state).await.unwrap();
    assert!(app.sign_in("ada").await.get(PAGE).await.says("<code>old</code>"));
    clock.set(clock.now().plus(2 * DAY));
    unknown::prune(&app.state).await.unwrap();
    let page = app.sign_in("ada").await.get(PAGE).await;
    assert!(page.says("<code>new</code>") && !page.says("<code>old</code>"), "{}", page.html);
}

#[tokio::test]
async fn another_projects_keys_are_nobodys_business() {
    let app = App::start().await;
    app.person("eve", None).await;
    assert_eq!(app.sign_in("eve").await.get(PAGE).await.status, 404);
}
