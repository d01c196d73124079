//! The way in: who is let in, who waits, and what becomes of a form whose sender was signed out meanwhile.

use super::app::{App, Browser, PASSWORD, Page};
use flagstaff::domain::time::MINUTE;
use flagstaff::server::clock::Clock;

const FLAG: &str = "/p/shop/flags/new_checkout";
const ADA: [(&str, &str); 2] = [("email", "ada@shop.example"), ("password", PASSWORD)];

#[tokio::test]
async fn it_leads_to_where_one_wanted_to_go_and_nowhere_else() {
    let app = App::start().await;
    let sent = app.stranger().get("/p/shop/audit?q=a").await;
    assert_eq!((sent.status, sent.location.as_str()), (303, "/login?next=%2Fp%2Fshop%2Faudit%3Fq%3Da"));
    assert_eq!(app.stranger().post(&sent.location, &ADA).await.location, "/p/shop/audit?q=a");
    assert_eq!(app.stranger().post("/login?next=//evil.example/", &ADA).await.location, "/");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_are_told_alike() {
    let app = App::start().await;
    let wrong = app.stranger().post("/login", &[("_form", "login"), ADA[0], ("password", "wrong horse battery")]).await;
    let unknown =
        app.stranger().post("/login", &[("_form", "login"), ("email", "eve@shop.example"), ("password", PASSWORD)]).await;
    for page in [&wrong, &unknown] {
        assert!(page.status == 422 && page.says("do not match an account") && page.cookie.is_empty(), "{}", page.html);
        assert!(!page.says("horse battery"), "a password is never sent back");
    }
    assert!(wrong.says("value=\"ada@shop.example\""));
}

#[tokio::test]
async fn after_ten_wrong_tries_one_waits() {
    let clock = Clock::at(Clock::System.now());
    let app = App::start_at(clock.clone()).await;
    let browser = app.stranger();
    let wrong = [("_form", "login"), ADA[0], ("password", "wrong horse battery")];
    for _ in 0..10 {
        assert_eq!(browser.post("/login", &wrong).await.status, 422);
    }
    let waits = browser.post("/login", &ADA).await;
    assert_eq!((waits.status, waits.retry_after.as_str()), (429, "901"), "{}", waits.html);
    let told = browser.post("/login", &wrong).await;
    assert!(told.says("Too many tries; wait 901 s and try again."), "{}", told.html);
    clock.set(clock.now().plus(16 * MINUTE));
    assert_eq!(browser.post("/login", &ADA).await.status, 303);
}

/// What the page keeps, sent as the browser would.
async fn sign_in_again(browser: &Browser, page: &Page) -> Page {
    browser.send("/login", page, "login", &ADA).await
}

#[tokio::test]
async fn a_form_of_somebody_signed_out_is_kept_and_sent_when_they_say_so() {
    let app = App::start().await;
    let browser = app.stranger();
    let version = app.version("new_checkout", "development");
    let here = format!("{FLAG}/development");
    let typed = [
        ("_form", "targets"),
        ("base_version", version.as_str()),
        ("units[on]", "ada\r\n<b>lin</b>"),
        ("units[off]", ""),
        ("note", "typed by hand"),
        ("api_password", "hush hush"),
    ];
    let ended = browser.post(&here, &typed).await;
    assert_eq!(ended.status, 401);
    assert!(ended.says("what you typed is kept") && ended.says("action=\"/login\""), "{}", ended.html);
    assert!(!ended.says("hush") && !ended.says("<b>lin"), "{}", ended.html);

    let wrong = browser.send("/login", &ended, "login", &[ADA[0], ("password", "wrong horse battery")]).await;
    assert!(wrong.status == 422 && wrong.says("what you typed is kept"), "{}", wrong.html);
    assert_eq!(wrong.hidden("login"), ended.hidden("login"));

    let offer = sign_in_again(&browser, &wrong).await;
    assert!(offer.status == 200 && offer.says("Send it now") && offer.says("typed by hand"), "{}", offer.html);
    assert!(offer.says(&format!("action=\"{here}\"")));
    assert_eq!(app.version("new_checkout", "development"), version, "nothing is sent without a press");

    let sent = browser.send(&here, &offer, "send-again", &[]).await;
    assert!(sent.status == 303 && sent.location.starts_with(&here), "{} {}", sent.status, sent.html);
    assert_eq!(browser.save_draft(&here, &[]).await.status, 303);
    assert_eq!(app.served("new_checkout", "development").targets[0].units, ["ada", "<b>lin</b>"]);
}

#[tokio::test]
async fn a_press_of_somebody_signed_out_is_kept_too() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let version = app.version("new_checkout", "development");
    let on = [("_form", "switch"), ("base_version", version.as_str()), ("enabled", "true"), ("return_to", "/p/shop/flags")];
    let done = ada.post(&format!("{FLAG}/development"), &on).await;
    let undo = format!("/p/shop/undo/{}", done.location.split_once("done=").unwrap().1);
    let browser = app.stranger();
    let ended = browser.post(&undo, &[]).await;
    assert_eq!((ended.status, ended.location.as_str()), (401, ""));
    let offer = sign_in_again(&browser, &ended).await;
    let undone = browser.send(&undo, &offer, "send-again", &[]).await;
    assert_eq!(undone.status, 303, "{}", undone.html);
    assert!(!app.served("new_checkout", "development").enabled);
}

#[tokio::test]
async fn nothing_is_kept_for_addresses_of_others() {
    let app = App::start().await;
    let fields = [ADA[0], ADA[1], ("_to", "//evil.example/"), ("kept.share", "25")];
    let page = app.stranger().post("/login", &fields).await;
    assert_eq!((page.status, page.location.as_str()), (303, "/"));
}

#[tokio::test]
async fn what_is_too_long_to_be_kept_is_left_to_the_browser() {
    let app = App::start().await;
    let long = "x".repeat(300_000);
    let ended = app.stranger().post(&format!("{FLAG}/development"), &[("_form", "targets"), ("units[on]", &long)]).await;
    assert!(ended.status == 401 && ended.says("Sign in in another tab"), "{} {}", ended.status, ended.html);
    assert!(!ended.says("xxxx"));
}

#[tokio::test]
async fn an_address_for_forms_alone_says_so() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    for browser in [&ada, &app.stranger()] {
        let page = browser.get("/p/shop/undo/1").await;
        assert!(page.status == 405 && page.says("Only a form leads here") && page.says("</html>"), "{}", page.html);
    }
    let head = ada.post("/help", &[]).await;
    assert_eq!(head.status, 405);
}
