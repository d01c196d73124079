//! One's own account, and the first sign-in with a password that somebody else set.

use super::app::{App, Browser, PASSWORD, Page};
use flagstaff::domain::role::Role;

const ACCOUNT: &str = "/account";
const FIRST: &str = "/account/password";
const NEW: &str = "nine lives of a cat";

async fn change(browser: &Browser, path: &str, present: &str, new: &str) -> Page {
    browser.post(path, &[("_form", "password"), ("current_password", present), ("new_password", new)]).await
}

#[tokio::test]
async fn everybody_has_an_account_page_and_a_name() {
    let app = App::start().await;
    let vic = app.sign_in("vic").await;
    let page = vic.get(ACCOUNT).await;
    assert_eq!(page.status, 200);
    for text in [
        "vic@shop.example",
        "autocomplete=\"current-password\"",
        "autocomplete=\"new-password\"",
        "autocomplete=\"username\"",
        "href=\"/p/shop/settings/people\"",
        "Sign out everywhere",
    ] {
        assert!(page.says(text), "{text} in {}", page.html);
    }
    let named = vic.post(ACCOUNT, &[("_form", "name"), ("name", " Victoria <b> ")]).await;
    let shown = vic.get(&named.location).await;
    assert!(shown.says("now called Victoria &lt;b&gt;.") && shown.says("value=\"Victoria &lt;b&gt;\""), "{}", shown.html);
    let refused = vic.post(ACCOUNT, &[("_form", "name"), ("name", " ")]).await;
    assert!(refused.status == 422 && refused.says("Write a name of 1 to 200 characters"), "{}", refused.html);
    let gone = app.stranger().get(ACCOUNT).await;
    assert_eq!(gone.location, "/login?next=%2Faccount");
    assert_eq!(vic.post(ACCOUNT, &[("_form", "other")]).await.status, 422);
}

#[tokio::test]
async fn a_new_password_ends_every_session_but_this_one() {
    let app = App::start().await;
    let (here, elsewhere) = (app.sign_in("ada").await, app.sign_in("ada").await);
    let changed = change(&here, ACCOUNT, PASSWORD, NEW).await;
    assert_eq!(changed.status, 303, "{}", changed.html);
    let shown = here.get(&changed.location).await;
    assert!(shown.status == 200 && shown.says("Your password is changed."), "{}", shown.html);
    let out = elsewhere.get("/p/shop/flags").await;
    assert!(out.status == 303 && out.location.starts_with("/login"), "{}", out.html);
    assert_eq!(app.stranger().try_sign_in("ada", PASSWORD).await.status, 422);
    assert_eq!(app.stranger().try_sign_in("ada", NEW).await.status, 303);
    let row = app.audit().await.pop().unwrap();
    assert_eq!((row.action.as_str(), row.actor.as_str()), ("user.set_password", "ada@shop.example"));
    assert!(!format!("{row:?}").contains("argon2") && !format!("{row:?}").contains(NEW), "{row:?}");
}

#[tokio::test]
async fn a_password_is_changed_only_by_who_knows_it_and_to_a_good_one() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let wrong = change(&ada, ACCOUNT, "not it at all", "short").await;
    assert_eq!(wrong.status, 422);
    for text in [
        "That is not your present password",
        "Use at least 12 characters",
        "href=\"#password-current_password\"",
        "href=\"#password-new_password\"",
    ] {
        assert!(wrong.says(text), "{text} in {}", wrong.html);
    }
    assert!(!wrong.says("not it at all") && !wrong.says("value=\"short\""), "no password comes back: {}", wrong.html);
    let same = change(&ada, ACCOUNT, PASSWORD, PASSWORD).await;
    assert!(same.status == 422 && same.says("Choose another than the present one"), "{}", same.html);
    assert_eq!(ada.get("/p/shop/flags").await.status, 200, "still signed in");
    assert_eq!(app.stranger().try_sign_in("ada", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn guessing_the_present_password_is_slowed_down() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    for n in 0..10 {
        assert_eq!(change(&ada, ACCOUNT, &format!("guess number {n}"), NEW).await.status, 422);
    }
    let slowed = change(&ada, ACCOUNT, PASSWORD, NEW).await;
    assert!(slowed.status == 429 && slowed.says("Too many tries"), "{}", slowed.html);
}

#[tokio::test]
async fn signing_out_everywhere_means_here_too() {
    let app = App::start().await;
    let (here, elsewhere, other) = (app.sign_in("ada").await, app.sign_in("ada").await, app.sign_in("vic").await);
    let out = here.post(ACCOUNT, &[("_form", "sessions")]).await;
    assert_eq!((out.status, out.location.as_str()), (303, "/login"));
    for browser in [&here, &elsewhere] {
        assert_eq!(browser.get(ACCOUNT).await.status, 303);
    }
    assert_eq!(other.get(ACCOUNT).await.status, 200, "nobody else is");
}

#[tokio::test]
async fn a_password_that_somebody_else_set_is_changed_before_anything_opens() {
    let app = App::start().await;
    app.newcomer("nel", Role::Admin).await;
    let nel = app.sign_in("nel").await;
    for path in ["/", "/projects", "/account", "/p/shop/flags?q=a%20b", "/p/shop/settings", "/p/nowhere/flags", "/people"] {
        let led = nel.get(path).await;
        assert_eq!(led.status, 303, "{path}");
        let expected = if path == "/" { FIRST.to_owned() } else { format!("{FIRST}?next={}", encoded(path)) };
        assert_eq!(led.location, expected, "{path}");
    }
    let version = app.version("new_checkout", "development");
    for (path, fields) in [
        ("/p/shop/flags/new_checkout/development", vec![("_form", "switch"), ("base_version", &*version), ("enabled", "true")]),
        ("/p/shop/settings/people", vec![("_form", "remove"), ("email", "ada@shop.example")]),
        ("/account", vec![("_form", "name"), ("name", "Nell")]),
        ("/p/shop/undo/1", vec![]),
    ] {
        let refused = nel.post(path, &fields).await;
        assert_eq!(refused.status, 403, "{path} {}", refused.html);
        assert!(refused.says("Change your password first") && refused.says("href=\"/account/password\""), "{}", refused.html);
    }
    let call = nel.by_hand("/fn/set_enabled").header("accept", "application/json");
    let call = call.form(&[("project", "shop"), ("flag", "new_checkout"), ("environment", "development"), ("enabled", "true")]);
    let answer = Page::from(call).await;
    assert!(answer.status == 403 && answer.says("change your password first"), "{}", answer.html);
    assert!(!app.served("new_checkout", "development").enabled);
    assert_eq!(nel.get("/help").await.status, 200);
    assert_eq!(nel.post("/theme", &[("theme", "dark"), ("return_to", FIRST)]).await.location, FIRST);
    assert_eq!(nel.post("/logout", &[]).await.location, "/login");
}

#[tokio::test]
async fn the_first_sign_in_ends_where_one_wanted_to_go() {
    let app = App::start().await;
    app.newcomer("nel", Role::Editor).await;
    let nel = app.sign_in("nel").await;
    let first = nel.get("/p/shop/flags?q=a").await.location;
    let page = nel.get(&first).await;
    assert_eq!(page.status, 200);
    for text in ["Choose your own password", "Somebody else set the password", "action=\"/logout\"", "autocomplete=\"username\""]
    {
        assert!(page.says(text), "{text} in {}", page.html);
    }
    let kept = change(&nel, &first, PASSWORD, PASSWORD).await;
    assert!(kept.status == 422 && kept.says("Choose another than the present one"), "{}", kept.html);
    assert_eq!(nel.get("/projects").await.status, 303, "still closed");
    let changed = change(&nel, &first, PASSWORD, NEW).await;
    assert_eq!((changed.status, changed.location.as_str()), (303, "/p/shop/flags?q=a"), "{}", changed.html);
    assert_eq!(nel.get(&changed.location).await.status, 200);
    assert_eq!(nel.get(FIRST).await.location, "/", "who has a password of their own has no business there");
    assert_eq!(app.stranger().try_sign_in("nel", PASSWORD).await.status, 422);

    app.newcomer("bo", Role::Viewer).await;
    let bo = app.sign_in("bo").await;
    let away = change(&bo, "/account/password?next=//evil.example", PASSWORD, NEW).await;
    assert_eq!(away.location, "/", "nowhere else");
}

fn encoded(path: &str) -> String {
    path.replace('%', "%25").replace('/', "%2F").replace('?', "%3F").replace('=', "%3D")
}
