//! One flag's page and its history.

use super::app::{App, flag, release, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::flag::{ExpiryAction, Flag, FlagKind};
use flagstaff::domain::key::{FlagKey, VariantName};
use flagstaff::domain::time::DAY;

const FLAG: &str = "/p/shop/flags/new_checkout";

#[tokio::test]
async fn it_shows_every_environment_and_what_to_do_next() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(FLAG).await;
    assert_eq!(page.status, 200);
    for text in [
        "Turn it on in development",
        "href=\"/p/shop/flags/new_checkout/development\"",
        "Off: everyone gets off",
        "aria-label=\"new_checkout in staging\"",
        "Evaluations by variant",
        "last 24 hours",
        "Waiting for the first evaluation",
        "/ofrep/v1/evaluate/flags/new_checkout",
        "getStringValue(&quot;new_checkout&quot;",
        "get_string_value",
        "Payments team",
        "Permission",
        "Archive",
        "href=\"/p/shop/flags/new_checkout/history\"",
    ] {
        assert!(page.says(text) || page.says(&text.replace("&quot;", "\"")), "{text} in {}", page.html);
    }
    assert!(page.says(&format!("curl -s {}/ofrep", app.state.public_url)), "the snippet has the real address: {}", page.html);
    assert_eq!(ada.get("/p/shop/flags/nothing").await.status, 404);
}

#[tokio::test]
async fn an_expired_flag_asks_to_be_extended_or_archived() {
    let app = App::start().await;
    let past = app.state.clock.now().plus(-9 * DAY - 1);
    let flag = Flag { kind: FlagKind::Release, expires_at: Some(past), ..release("late") };
    app.by_system(Command::CreateFlag { project: shop(), flag }).await;
    let page = app.sign_in("ada").await.get("/p/shop/flags/late").await;
    assert!(page.says("Expired 9 d ago") && page.says("href=\"#lifetime\""), "{}", page.html);
}

#[tokio::test]
async fn an_expired_flag_that_serves_a_variant_is_shown_as_serving_that() {
    let app = App::start().await;
    let past = app.state.clock.now().plus(-9 * DAY - 1);
    let on_expiry = ExpiryAction::Serve(VariantName::off());
    let flag = Flag { kind: FlagKind::Release, expires_at: Some(past), on_expiry, ..release("late") };
    app.by_system(Command::CreateFlag { project: shop(), flag }).await;
    app.set("late", "production", serde_json::json!({ "enabled": true })).await;
    let ada = app.sign_in("ada").await;
    let page = ada.get("/p/shop/flags/late").await;
    assert!(page.says("Expired: everyone gets off") && page.says("Off: everyone gets off"), "{}", page.html);
    assert!(page.says("· expired: off") && !page.says("On: everyone gets on"), "{}", page.html);
    assert!(ada.get("/p/shop/flags?q=late").await.says(">expired: off<"));
    let here = ada.get("/p/shop/flags/late/production").await;
    assert!(here.says("Expired 9 d ago: everybody gets off.") && here.says("Extend it"), "{}", here.html);
    assert!(!app.sign_in("vic").await.get("/p/shop/flags/late/production").await.says("Extend it"));
    assert!(!ada.get("/p/shop/flags/late/staging").await.says("everybody gets off."), "it is off there anyway");
}

#[tokio::test]
async fn the_pages_say_what_an_expiry_does() {
    let app = App::start().await;
    for (key, on_expiry, told) in [
        ("told", ExpiryAction::Notify, "Its owner is told 14, 7 and 1 days before and then; a week later the admins are."),
        ("filed", ExpiryAction::Archive, "14 days later it is archived, and answers nobody any more."),
    ] {
        app.by_system(Command::CreateFlag { project: shop(), flag: Flag { on_expiry, ..release(key) } }).await;
        let page = app.sign_in("ada").await.get(&format!("/p/shop/flags/{key}")).await;
        assert!(page.says(told), "{key}: {}", page.html);
    }
}

#[tokio::test]
async fn archiving_is_confirmed_and_told_and_restored() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(FLAG).await;
    let asked = ada.send(FLAG, &page, "archive", &[]).await;
    assert_eq!(asked.status, 428, "{}", asked.html);
    assert!(asked.says("Archive new_checkout in every environment") && asked.says("Nobody asked for it"), "{}", asked.html);
    let wrong = ada.send(FLAG, &asked, "confirm", &[("reason", "Gone from the code"), ("confirmation", "staging")]).await;
    assert_eq!(wrong.status, 422, "{}", wrong.html);
    let done = ada.send(FLAG, &asked, "confirm", &[("reason", "Gone from the code"), ("confirmation", "production")]).await;
    assert_eq!(done.status, 303, "{}", done.html);
    let archived = ada.get(&done.location).await;
    assert!(archived.says("You archived new_checkout.") && archived.says("Restore"), "{}", archived.html);
    assert!(!archived.says("role=\"switch\"") && archived.says("Archived: answers nobody"), "{}", archived.html);
    assert!(!archived.says("new_checkout/edit\""), "{}", archived.html);
    let edit = ada.get(&format!("{FLAG}/edit")).await;
    assert!(edit.says("This flag is archived; restore it first."), "{}", edit.html);
    let refused = ada.post(&format!("{FLAG}/edit"), &[("_form", "definition"), ("key", "new_checkout")]).await;
    assert_eq!(refused.status, 422, "{}", refused.html);

    let stale = ada.send(FLAG, &page, "archive", &[("_form", "restore")]).await;
    assert_eq!(stale.status, 409, "an older page's form: {}", stale.html);
    assert!(stale.says("changed since you opened it"), "{}", stale.html);
    let asked = ada.send(FLAG, &archived, "restore", &[]).await;
    let done = ada.send(FLAG, &asked, "confirm", &[("reason", "Still asked for"), ("confirmation", "production")]).await;
    assert_eq!(done.status, 303, "{}", done.html);
    assert!(ada.get(FLAG).await.says("Turn it on in development"));
    assert_eq!(ada.post(FLAG, &[("_form", "other")]).await.status, 422);
}

#[tokio::test]
async fn a_viewer_reads_and_archives_nothing() {
    let app = App::start().await;
    let vic = app.sign_in("vic").await;
    let page = vic.get(FLAG).await;
    assert!(page.status == 200 && page.says("Needs the role editor; yours is viewer."), "{}", page.html);
    assert!(!page.says("id=\"archive\"") && !page.says("href=\"/p/shop/flags/new_checkout/edit\""), "{}", page.html);
    for form in ["archive", "restore"] {
        assert_eq!(vic.post(FLAG, &[("_form", form)]).await.status, 403, "{form}");
    }
    assert!(app.served("new_checkout", "development") == app.served("new_checkout", "staging"));
}

#[tokio::test]
async fn the_history_tells_who_did_what_newest_first_and_pages_back() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    for turn in 0..60 {
        let enabled = if turn % 2 == 0 { "true" } else { "false" };
        let fields = [("_form", "switch"), ("enabled", enabled), ("return_to", FLAG)];
        assert_eq!(ada.post(&format!("{FLAG}/development"), &fields).await.status, 303);
    }
    let path = format!("{FLAG}/history");
    let page = ada.get(&path).await;
    assert_eq!((page.status, page.html.matches("class=\"change\"").count()), (200, 50));
    let (off, on) = (page.html.find("turned off").unwrap(), page.html.find("turned on").unwrap());
    assert!(off < on, "the newest stands first");
    assert!(page.says("ada@shop.example") && page.says("enabled"), "{}", page.html);
    let older = page.html[page.html.find("href=\"?before=").unwrap() + 6..].split('"').next().unwrap();
    let older = ada.get(&format!("{path}{older}")).await;
    assert_eq!(older.html.matches("class=\"change\"").count(), 11);
    assert!(older.says("created the flag") && !older.says("href=\"?before="), "{}", older.html);
    assert_eq!(ada.get("/p/shop/flags/nothing/history").await.status, 404);
}

#[tokio::test]
async fn another_flags_history_stays_out() {
    let app = App::start().await;
    app.by_system(Command::CreateFlag { project: shop(), flag: flag("other", &["on", "off"]) }).await;
    app.by_system(Command::ArchiveFlag { project: shop(), flag: FlagKey::parse("other").unwrap() }).await;
    let page = app.sign_in("vic").await.get(&format!("{FLAG}/history")).await;
    assert_eq!(page.html.matches("class=\"change\"").count(), 1);
    assert!(!page.says("<code>other</code>"), "{}", page.html);
}
