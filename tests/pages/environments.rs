//! Environments of a project: added, ordered, changed; and no way past the protection of one.

use super::app::{App, Page, shop};
use flagstaff::domain::environment::{Colour, Environment, Protection};
use flagstaff::domain::role::Role;
use flagstaff::server::store;

const LIST: &str = "/p/shop/settings/environments";
const PRODUCTION: &str = "/p/shop/settings/environments/production";

async fn stored(app: &App) -> Vec<Environment> {
    let mut cx = app.state.db.read().await.unwrap();
    let project = store::projects::find(&mut cx, &shop()).await.unwrap().unwrap();
    let all = store::environments::of_project(&mut cx, &project.id).await.unwrap();
    all.into_iter().map(|stored| stored.environment).collect()
}

async fn order(app: &App) -> Vec<String> {
    stored(app).await.into_iter().map(|environment| environment.key.to_string()).collect()
}

async fn with_an_admin() -> (App, super::app::Browser) {
    let app = App::start().await;
    app.person("max", Some(Role::Admin)).await;
    let max = app.sign_in("max").await;
    (app, max)
}

#[tokio::test]
async fn they_are_listed_with_what_each_asks_for() {
    let (app, max) = with_an_admin().await;
    let page = max.get(LIST).await;
    assert_eq!(page.status, 200);
    for text in [
        "env-teal\">development<",
        "<b>Critical</b>",
        "A change applies at once",
        "env-magenta",
        "aria-label=\"Move staging up\"",
        "aria-label=\"Move staging down\"",
        "aria-label=\"Edit production\"",
    ] {
        assert!(page.says(text), "{text} in {}", page.html);
    }
    assert!(!page.says("Move development up") && !page.says("Move production down"), "{}", page.html);
    let seen = app.sign_in("ada").await.get(LIST).await;
    assert!(seen.says("Needs the role admin; yours is editor. Ask max."), "{}", seen.html);
    assert!(!seen.says("aria-label=\"Move") && !seen.says("aria-label=\"Edit"), "{}", seen.html);
}

#[tokio::test]
async fn they_are_moved_up_and_down() {
    let (app, max) = with_an_admin().await;
    let moved = max.post(LIST, &[("_form", "order"), ("up", "production")]).await;
    assert!(moved.status == 303, "{}", moved.html);
    assert_eq!(order(&app).await, ["development", "production", "staging"]);
    let shown = max.get(&moved.location).await;
    assert!(shown.says("You changed the order of the environments to development, production and staging."), "{}", shown.html);
    max.post(LIST, &[("_form", "order"), ("down", "development")]).await;
    assert_eq!(order(&app).await, ["production", "development", "staging"]);
    // Further than the end is nowhere.
    assert_eq!(max.post(LIST, &[("_form", "order"), ("down", "staging")]).await.location, LIST);
    assert_eq!(max.post(LIST, &[("_form", "order"), ("up", "nowhere")]).await.status, 404);
    assert_eq!(max.post(LIST, &[("_form", "order")]).await.status, 422);
    assert_eq!(order(&app).await, ["production", "development", "staging"]);
    let refused = app.sign_in("ada").await.post(LIST, &[("_form", "order"), ("up", "staging")]).await;
    assert_eq!(refused.status, 403);
}

fn new<'f>(more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let usual = [("_form", "environment"), ("key", "qa"), ("name", "Quality"), ("colour", "violet"), ("protection", "protected")];
    usual.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name)).chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn a_new_one_has_every_flag() {
    let (app, max) = with_an_admin().await;
    let made = max.post(LIST, &new(&[])).await;
    assert_eq!(made.status, 303, "{}", made.html);
    assert!(max.get(&made.location).await.says("You added the environment qa."));
    let all = stored(&app).await;
    let last = all.last().unwrap();
    assert_eq!((last.name.as_str(), last.colour, last.protection), ("Quality", Colour::Violet, Protection::Protected));
    assert!(!app.served("new_checkout", "qa").enabled);
    assert_eq!(max.get("/p/shop/flags/new_checkout/qa").await.status, 200);
}

#[tokio::test]
async fn a_new_one_that_cannot_be_is_refused_with_what_was_typed() {
    let (app, max) = with_an_admin().await;
    for (more, says) in [
        (&[("key", "production")][..], "There already is an environment production"),
        (&[("key", "edit")], "edit is the address of a page"),
        (&[("key", "two words"), ("name", " ")], "This does not work"),
        (&[("protection", "none")], "Choose how carefully changes are met"),
        (&[("colour", "#fff")], "Choose a colour"),
    ] {
        let refused = max.post(LIST, &new(more)).await;
        assert!(refused.status == 422 && refused.says(says), "{says} in {}", refused.html);
        let key = more.iter().find(|(name, _)| *name == "key").map_or("qa", |(_, key)| key);
        assert!(refused.says(&format!("value=\"{key}\"")), "{}", refused.html);
    }
    assert_eq!(order(&app).await.len(), 3);
    assert_eq!(app.sign_in("ada").await.post(LIST, &new(&[])).await.status, 403);
}

/// What stands checked on the form of an environment.
fn edit<'f>(more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let usual = [("name", "production"), ("colour", "magenta"), ("protection", "critical")];
    usual.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name)).chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn nobody_unprotects_past_the_ladder() {
    let (app, max) = with_an_admin().await;
    let page = max.get(PRODUCTION).await;
    assert!(page.status == 200 && page.says("value=\"critical\" checked"), "{}", page.html);
    let asked: Page = max.send(PRODUCTION, &page, "environment", &edit(&[("protection", "open")])).await;
    assert_eq!(asked.status, 428, "{}", asked.html);
    for text in [
        ">Change the settings of production</h1>",
        "critical",
        "open",
        "name=\"reason\"",
        "name=\"confirmation\"",
        "href=\"/p/shop/settings\"",
    ] {
        assert!(asked.says(text), "{text} in {}", asked.html);
    }
    let nav = asked.html.split("aria-label=\"Main\"").nth(1).unwrap().split("</nav>").next().unwrap();
    assert!(nav.contains("href=\"/p/shop/settings\" aria-current=\"page\""), "{nav}");
    let protection = |all: Vec<Environment>| all[2].protection;
    let unnamed = max.send(PRODUCTION, &asked, "confirm", &[("reason", "A test"), ("confirmation", "prod")]).await;
    assert!(unnamed.status == 422 && unnamed.says("Type production to confirm"), "{}", unnamed.html);
    assert_eq!(protection(stored(&app).await), Protection::Critical);
    let done = max.send(PRODUCTION, &unnamed, "confirm", &[("reason", "A test"), ("confirmation", "production")]).await;
    assert!(done.location.starts_with(&format!("{LIST}?done=")), "{} {}", done.status, done.html);
    assert!(max.get(&done.location).await.says("You changed the protection of the environment production."));
    assert_eq!(protection(stored(&app).await), Protection::Open);
    let last = app.audit().await.pop().unwrap();
    assert_eq!((last.action.as_str(), last.reason.as_deref()), ("environment.edit", Some("A test")));

    let stale = max.send(PRODUCTION, &page, "environment", &edit(&[("name", "Late")])).await;
    assert!(stale.status == 409 && stale.says("changed since you opened it") && stale.says("value=\"Late\""), "{}", stale.html);
}

#[tokio::test]
async fn an_open_one_changes_at_once_and_guards_from_then_on() {
    let (app, max) = with_an_admin().await;
    let staging = "/p/shop/settings/environments/staging";
    let page = max.get(staging).await;
    let changed = [("name", "Stage"), ("colour", "violet"), ("protection", "protected")];
    let saved = max.send(staging, &page, "environment", &changed).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    let version = app.version("new_checkout", "staging");
    let on = [("_form", "switch"), ("base_version", &version), ("enabled", "true"), ("return_to", "/p/shop/flags")];
    let asked = max.post("/p/shop/flags/new_checkout/staging", &on).await;
    assert!(asked.status == 428 && !asked.says("name=\"confirmation\""), "{}", asked.html);
    let page = max.get(staging).await;
    let refused = max.send(staging, &page, "environment", &[("name", ""), ("colour", "teal"), ("protection", "open")]).await;
    assert!(refused.status == 422 && refused.says("such as Production"), "{}", refused.html);
    assert_eq!(max.get("/p/shop/settings/environments/nowhere").await.status, 404);
    let viewer = app.sign_in("vic").await;
    assert!(viewer.get(staging).await.says("Needs the role admin; yours is viewer. Ask max."));
    assert_eq!(viewer.post(staging, &changed).await.status, 403);
}
