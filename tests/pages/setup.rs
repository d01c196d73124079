//! The first run: one form, once.

use super::app::{App, Page};
use flagstaff::domain::environment::Protection;
use flagstaff::domain::key::{EnvironmentKey, ProjectKey};
use flagstaff::server::clock::Clock;
use flagstaff::server::security::tokens::sha256_hex;
use flagstaff::server::services::setup;
use flagstaff::server::state::Setup;
use flagstaff::server::store;

const SETUP: &str = "/setup?token=once";

async fn first_day() -> App {
    App::bare(Clock::System, Setup { token_hash: Some(sha256_hex("once")), ..Setup::default() }).await
}

fn form<'f>(changes: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let usual = [
        ("_form", "setup"),
        ("name", "Ada Lovelace"),
        ("email", "ada@shop.example"),
        ("password", "correct horse battery"),
        ("project_name", "Web shop"),
        ("project_key", "main"),
        ("environments[0].key", "dev"),
        ("environments[1].key", "prod"),
        ("demo", "true"),
    ];
    let is_changed = |name: &str| changes.iter().any(|(other, _)| *other == name);
    usual.into_iter().filter(|(name, _)| !is_changed(name)).chain(changes.iter().copied()).collect()
}

async fn is_untouched(app: &App) -> bool {
    let mut cx = app.state.db.read().await.unwrap();
    let users = store::users::all(&mut cx).await.unwrap();
    let projects = store::projects::all(&mut cx).await.unwrap();
    users.is_empty() && projects.is_empty() && !setup::has_demo(&mut cx).await.unwrap()
}

#[tokio::test]
async fn one_form_makes_the_owner_the_project_and_the_demo_and_opens_it() {
    let app = first_day().await;
    let browser = app.stranger();
    assert!(browser.get(SETUP).await.says("Set up Flagstaff"));
    let made = browser.post(SETUP, &form(&[])).await;
    assert_eq!((made.status, made.location.as_str()), (303, "/p/demo/flags"), "{}", made.html);
    let demo = browser.get(&made.location).await;
    assert!(demo.status == 200 && demo.says("new_checkout") && demo.says("Owner"), "{}", demo.html);
    assert_eq!(browser.get("/p/main/flags").await.status, 200);
    let audit = browser.get("/p/main/audit").await;
    assert!(audit.says("First set-up"), "{}", audit.html);
}

/// Refused where the form is read, and refused in the write path, when much was written already.
#[tokio::test]
async fn a_refused_set_up_comes_back_filled_and_leaves_nothing() {
    let app = first_day().await;
    let browser = app.stranger();
    let table: [(&[(&str, &str)], &str); 4] = [
        (&[("password", "short")], "Use at least 12 characters"),
        (&[("project_key", "Web Shop")], "key"),
        (&[("environments[0].key", "staging"), ("environments[1].key", "staging")], "There are two environments called staging."),
        (&[("project_key", "demo")], "There already is a project demo."),
    ];
    for (changes, words) in table {
        let refused: Page = browser.post(SETUP, &form(changes)).await;
        assert!(refused.status == 422 && refused.says(words), "{words}: {} {}", refused.status, refused.html);
        assert!(refused.says("value=\"Ada Lovelace\"") && refused.says("value=\"Web shop\""), "{}", refused.html);
        assert!(!refused.says("correct horse battery"), "a password is never sent back");
        assert!(is_untouched(&app).await, "{words}");
    }
    assert_eq!(browser.post(SETUP, &form(&[])).await.status, 303);
}

#[tokio::test]
async fn the_link_works_once_and_only_for_who_holds_it() {
    let app = first_day().await;
    let browser = app.stranger();
    for wrong in ["/setup", "/setup?token=other"] {
        assert_eq!(browser.get(wrong).await.status, 403);
        assert_eq!(browser.post(wrong, &form(&[])).await.status, 403);
    }
    assert!(is_untouched(&app).await);
    assert_eq!(browser.post(SETUP, &form(&[("demo", "false")])).await.location, "/p/main/flags");
    let again = app.stranger().get(SETUP).await;
    assert!(again.status == 403 && again.says("This set-up link does not work"), "{}", again.html);
    let second = app.stranger().post(SETUP, &form(&[("email", "eve@shop.example")])).await;
    assert_eq!((second.status, second.cookie.as_str()), (403, ""));
    let users = store::users::all(&mut app.state.db.read().await.unwrap()).await.unwrap();
    assert_eq!(users.iter().map(|stored| stored.user.email.as_str()).collect::<Vec<_>>(), ["ada@shop.example"]);
}

#[tokio::test]
async fn two_posts_of_one_form_make_one_owner() {
    let app = first_day().await;
    let (one, other) = (app.stranger(), app.stranger());
    let (first, second) = (form(&[("demo", "false")]), form(&[("demo", "false"), ("email", "eve@shop.example")]));
    let (first, second) = tokio::join!(one.post(SETUP, &first), other.post(SETUP, &second));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 403]);
}

#[tokio::test]
async fn dev_and_prod_make_prod_critical() {
    let app = first_day().await;
    let browser = app.stranger();
    let page = browser.get(SETUP).await;
    assert!(page.status == 200 && page.says("Where none of these is there the last one is critical"), "{}", page.html);
    assert!(page.says("value=\"production\"") && page.says("Usual for its name"), "{}", page.html);
    let refused = browser.post(SETUP, &form(&[("password", "short"), ("project_name", "")])).await;
    assert!(refused.status == 422 && refused.says("value=\"prod\"") && refused.says("at least 12"), "{}", refused.html);
    let done = browser.post(SETUP, &form(&[("demo", "false")])).await;
    assert_eq!(done.location, "/p/main/flags", "{}", done.html);
    let protection = |key: &str| {
        let project = ProjectKey::parse("main").unwrap();
        let snapshot = app.state.serving.environment(&project, &EnvironmentKey::parse(key).unwrap()).unwrap();
        snapshot.environment.environment.protection
    };
    assert_eq!((protection("dev"), protection("prod")), (Protection::Open, Protection::Critical));
    assert_eq!(browser.get("/people").await.status, 200, "whoever sets it up is its owner");
    assert_eq!(app.stranger().get(SETUP).await.status, 403, "once");
}
