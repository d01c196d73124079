//! The confirm ladder on the page, step by step, in an environment that is critical.

use super::app::App;

const PRODUCTION: &str = "/p/shop/flags/new_checkout/production";

#[tokio::test]
async fn a_critical_change_is_confirmed_with_a_reason_and_the_name() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(PRODUCTION).await;
    let typed = [("serve", "split"), ("serve.share", "25"), ("serve.of", "on"), ("serve.bucket_by", "account <b>")];
    assert_eq!(ada.send(PRODUCTION, &page, "everyone-else", &typed).await.status, 303);
    let page = ada.get(PRODUCTION).await;
    assert!(page.says("Review and save"));
    let draft = page.draft().0;
    let confirm = ada.save_draft(PRODUCTION, &[]).await;
    assert_eq!(confirm.status, 428);
    for text in [
        ">Save your changes of new_checkout in production</h1>",
        "everyone else",
        "25 % on, rest off",
        "name=\"reason\"",
        "name=\"confirmation\"",
        "Apply change",
    ] {
        assert!(confirm.says(text), "{text} in {}", confirm.html);
    }
    assert!(confirm.says("The flag is off here: nobody sees this yet.") && !confirm.says("at once"), "{}", confirm.html);
    let carried = confirm.hidden("confirm");
    assert!(carried.contains(&("return_to".to_owned(), PRODUCTION.to_owned())), "{carried:?}");
    let version = app.version("new_checkout", "production");

    let wrong = ada.send(&draft, &confirm, "confirm", &[("reason", "Ship it"), ("confirmation", "prod")]).await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.says("Type production to confirm") && wrong.says("value=\"Ship it\"") && wrong.says("value=\"prod\""),
        "{}",
        wrong.html
    );
    assert_eq!(wrong.hidden("confirm"), carried, "the whole post is carried along");
    let silent = ada.send(&draft, &wrong, "confirm", &[("reason", " "), ("confirmation", "production")]).await;
    assert!(silent.status == 422 && silent.says("Say why"), "{}", silent.html);
    assert_eq!(app.version("new_checkout", "production"), version, "nothing has happened yet");

    let applied = ada.send(&draft, &silent, "confirm", &[("reason", "Ship it"), ("confirmation", "production")]).await;
    assert!(applied.status == 303 && applied.location.starts_with(&format!("{PRODUCTION}?done=")), "{}", applied.html);
    assert_eq!(app.served("new_checkout", "production").fallthrough.bucket_by(), Some("account <b>"));
    let told = ada.get(&applied.location).await;
    assert!(!told.says("/p/shop/undo/"), "a critical change is undone on the ladder, not by one click");
}

#[tokio::test]
async fn on_is_confirmed_and_comes_back_to_where_it_was_pressed_and_off_is_at_once() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let version = app.version("new_checkout", "production");
    let on = [("_form", "switch"), ("base_version", &version), ("enabled", "true"), ("return_to", "/p/shop/flags?q=a%20b")];
    let confirm = ada.post(PRODUCTION, &on).await;
    assert!(confirm.status == 428 && confirm.says("Turn on new_checkout in production"), "{}", confirm.html);
    assert!(confirm.says("href=\"/p/shop/flags?q=a%20b\""), "Cancel leads back: {}", confirm.html);
    assert!(confirm.says("Then everybody gets on.") && confirm.says("customers see this change at once"), "{}", confirm.html);
    let applied = ada.send(PRODUCTION, &confirm, "confirm", &[("reason", "Go"), ("confirmation", "production")]).await;
    assert!(applied.location.starts_with("/p/shop/flags?q=a%20b&done="), "{} {}", applied.status, applied.html);
    assert!(app.served("new_checkout", "production").enabled);
    assert!(ada.get(PRODUCTION).await.says("Give a reason"));
    let off = [("_form", "switch"), ("base_version", "0"), ("enabled", "false"), ("reason", "Orders pile up")];
    let off = ada.post(PRODUCTION, &off).await;
    assert_eq!(off.status, 303, "no ladder and no version stands before turning off");
    assert!(!app.served("new_checkout", "production").enabled);
    assert!(ada.get("/p/shop/audit").await.says("Orders pile up"));

    let told = ada.get(&off.location).await;
    let (_, seq) = off.location.split_once("done=").unwrap();
    assert!(told.says("Turn on again…") && !told.main().contains(">Undo<"), "{}", told.html);
    let again = ada.post(&format!("/p/shop/undo/{seq}"), &[]).await;
    assert!(again.status == 428 && again.says("Turn new_checkout on again in production"), "{}", again.html);
    assert!(again.says("Then everybody gets on."), "{}", again.html);
    assert!(!app.served("new_checkout", "production").enabled, "not by one click");
}

#[tokio::test]
async fn what_is_wrong_with_the_form_comes_before_the_confirm_page() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(PRODUCTION).await;
    let refused = ada.send(PRODUCTION, &page, "targets", &[("units[on]", "ada"), ("units[off]", "ada")]).await;
    assert!(refused.status == 422 && refused.says("ada is listed twice") && refused.says("id=\"targets\""), "{}", refused.html);
}

#[tokio::test]
async fn a_conflict_on_the_confirm_page_leads_to_the_draft_with_both_changes() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(PRODUCTION).await;
    assert_eq!(ada.send(PRODUCTION, &page, "targets", &[("units[on]", "typed_by_ada")]).await.status, 303);
    let draft = ada.get(PRODUCTION).await.draft().0;
    let confirm = ada.save_draft(PRODUCTION, &[]).await;
    assert_eq!(confirm.status, 428);
    app.set("new_checkout", "production", serde_json::json!({ "off_variant": "on" })).await;
    let late = ada.send(&draft, &confirm, "confirm", &[("reason", "Go"), ("confirmation", "production")]).await;
    assert_eq!(late.status, 409);
    assert!(late.says("It is part of your draft now") && late.says("typed_by_ada"), "{}", late.html);
    assert!(app.served("new_checkout", "production").targets.is_empty());
}

#[tokio::test]
async fn a_draft_of_several_edits_is_confirmed_once() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let path = format!("{PRODUCTION}/rules/new");
    let page = ada.get(&path).await;
    let fields = [
        ("name", "Staff"),
        ("active", "true"),
        ("conditions[0].attribute", "plan"),
        ("conditions[0].operator", "in"),
        ("conditions[0].read_as", "text"),
        ("conditions[0].values", "pro\r\nteam"),
        ("serve", "variant"),
        ("serve.variant", "on"),
    ];
    assert_eq!(ada.send(&path, &page, "rule", &fields).await.status, 303);
    let page = ada.get(PRODUCTION).await;
    assert_eq!(ada.send(PRODUCTION, &page, "targets", &[("units[on]", "user_1")]).await.status, 303);
    let page = ada.get(PRODUCTION).await;
    assert!(page.says("2 unsaved changes") && page.says("plan is one of"), "{}", page.html);
    let (rows, given) = (app.audit().await.len(), [("reason", "Staff first"), ("confirmation", "production")]);
    let applied = ada.save_draft(PRODUCTION, &given).await;
    assert!(applied.location.starts_with(&format!("{PRODUCTION}?done=")), "{} {}", applied.status, applied.html);
    let state = app.served("new_checkout", "production");
    assert_eq!(state.rules[0].conditions[0].values, ["pro", "team"]);
    assert_eq!(state.targets[0].units, ["user_1"]);
    assert_eq!(app.audit().await.len(), rows + 1, "one change, one row");
    assert!(!ada.get(PRODUCTION).await.says("class=\"savebar\""));
}
