//! How much a page takes, and what it says of more.

use super::app::App;
use flagstaff::domain::state::MAX_UNITS;

const DEVELOPMENT: &str = "/p/shop/flags/new_checkout/development";

#[tokio::test]
async fn as_many_targets_as_there_may_be_fit_in_one_form() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(DEVELOPMENT).await;
    // 128 characters each, most of which a form writes as three.
    let key = |n: usize| format!("{}{n:06}", "/".repeat(122));
    let all: Vec<String> = (0..MAX_UNITS).map(key).collect();
    let saved = ada.send(DEVELOPMENT, &page, "targets", &[("units[on]", &all.join("\r\n"))]).await;
    assert_eq!(saved.status, 303, "{}", &saved.html[..saved.html.len().min(2_000)]);
    assert_eq!(ada.save_draft(DEVELOPMENT, &[]).await.status, 303);
    assert_eq!(app.served("new_checkout", "development").targets[0].units, all);
    let page = ada.get(DEVELOPMENT).await;
    let more = format!("{}\r\none_more", all.join("\r\n"));
    let refused = ada.send(DEVELOPMENT, &page, "targets", &[("units[on]", &more)]).await;
    assert!(refused.status == 422 && refused.says("At most 10000 individual targets"), "{}", refused.status);
}

#[tokio::test]
async fn a_form_that_is_too_long_is_told_on_a_page() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let long = "x".repeat(300_000);
    let refused = ada.post("/p/shop/flags/new", &[("_form", "flag"), ("description", &long)]).await;
    assert!(refused.status == 413 && refused.says("That is too long") && refused.says("Sign out"), "{}", refused.html);
    let many = "a&".repeat(6_000);
    let request = ada.by_hand("/p/shop/flags/new").header("content-type", "application/x-www-form-urlencoded").body(many);
    let refused = super::app::Page::from(request).await;
    assert!(refused.status == 422 && refused.says("more than 5000 fields"), "{}", refused.html);
    let no_form = ada.by_hand("/p/shop/flags/new").header("content-type", "application/json").body("{}");
    let refused = super::app::Page::from(no_form).await;
    assert!(refused.status == 422 && refused.says("is no form"), "{}", refused.html);
}
