//! The list of projects, a new one, and the end of the demo.

use super::app::{App, Browser, Page};
use flagstaff::domain::environment::Protection;
use flagstaff::domain::key::ProjectKey;
use flagstaff::domain::role::Role;
use flagstaff::server::services::demo;

const NEW: &str = "/projects/new";

async fn with_an_owner() -> (App, Browser) {
    let app = App::start().await;
    app.owner("olga").await;
    let olga = app.sign_in("olga").await;
    (app, olga)
}

fn protections(app: &App, project: &str) -> Vec<(String, Protection)> {
    let key = ProjectKey::parse(project).unwrap();
    let catalog = app.state.serving.catalog();
    let of_project = catalog.snapshots().filter(|snapshot| snapshot.environment.project_key == key);
    let mut found: Vec<_> = of_project.map(|snapshot| snapshot.environment.environment.clone()).collect();
    found.sort_by_key(|environment| environment.position);
    found.into_iter().map(|environment| (environment.key.to_string(), environment.protection)).collect()
}

#[tokio::test]
async fn everybody_sees_their_own_projects() {
    let (app, olga) = with_an_owner().await;
    app.person("eve", None).await;
    let made = olga.post(NEW, &[("project_name", "Other"), ("project_key", "other"), ("environments[0].key", "prod")]).await;
    assert_eq!(made.status, 303, "{}", made.html);
    let page: Page = olga.get("/projects").await;
    for text in ["href=\"/p/shop/flags\"", "href=\"/p/other/flags\"", "New project", "env-magenta", "Owner"] {
        assert!(page.main().contains(text), "{text} in {}", page.html);
    }
    let seen = app.sign_in("vic").await.get("/projects").await;
    assert!(seen.says("href=\"/p/shop/flags\"") && seen.says("Viewer"), "{}", seen.html);
    assert!(!seen.says("/p/other/") && !seen.says("New project"), "{}", seen.html);
    let eve = app.sign_in("eve").await;
    assert_eq!(eve.get("/").await.location, "/projects");
    let none = eve.get("/projects").await;
    assert!(none.status == 200 && none.says("You are not in a project yet") && !none.says("Shop"), "{}", none.html);
}

#[tokio::test]
async fn an_owner_makes_a_project_with_what_its_environments_ask_for() {
    let (app, olga) = with_an_owner().await;
    let page = olga.get(NEW).await;
    assert!(page.says("value=\"production\"") && page.says("prod and live are critical"), "{}", page.html);
    let fields = [
        ("project_name", "Apps"),
        ("project_key", "apps"),
        ("environments[0].key", "dev"),
        ("environments[0].protection", ""),
        ("environments[1].key", ""),
        ("environments[2].key", "qa"),
        ("environments[2].protection", "protected"),
        ("environments[3].key", "prod"),
        ("environments[3].protection", ""),
    ];
    let made = olga.send(NEW, &page, "project", &fields).await;
    assert!(made.location.starts_with("/p/apps/flags?done="), "{} {}", made.status, made.html);
    assert!(olga.get(&made.location).await.says("You created the project apps with dev, qa and prod."));
    let expected = [("dev", Protection::Open), ("qa", Protection::Protected), ("prod", Protection::Critical)];
    assert_eq!(protections(&app, "apps"), expected.map(|(key, protection)| (key.to_owned(), protection)));
}

#[tokio::test]
async fn a_project_that_cannot_be_is_refused_with_what_was_typed() {
    let (_app, olga) = with_an_owner().await;
    let page = olga.get(NEW).await;
    let wrong =
        [("project_name", ""), ("project_key", "two words"), ("environments[0].key", "ä"), ("environments[1].key", "kept")];
    let refused = olga.send(NEW, &page, "project", &wrong).await;
    assert_eq!(refused.status, 422);
    for text in [
        "Name the product or team",
        "value=\"two words\"",
        "href=\"#project-environments-0-key\"",
        "value=\"ä\"",
        "value=\"kept\"",
    ] {
        assert!(refused.says(text), "{text} in {}", refused.html);
    }
    for (more, says) in [
        (vec![("project_key", "shop"), ("environments[0].key", "prod")], "There already is a project shop"),
        (vec![("project_key", "new_one")], "needs at least one environment"),
        (
            vec![("project_key", "new_one"), ("environments[0].key", "a"), ("environments[1].key", "a")],
            "two environments called a",
        ),
        (vec![("project_key", "new_one"), ("environments[0].key", "edit")], "edit is the address of a page"),
    ] {
        let refused = olga.post(NEW, &[&[("_form", "project"), ("project_name", "New")][..], &more].concat()).await;
        assert!(refused.status == 422 && refused.says(says), "{says} in {}", refused.html);
    }
}

#[tokio::test]
async fn the_demo_goes_by_one_click_and_stays_gone() {
    let (app, olga) = with_an_owner().await;
    let make = || demo::create(&app.state.db, app.state.audit_key, app.state.clock.now());
    make().await.unwrap();
    app.state.serving.publish().await;
    let settings = "/p/demo/settings";
    let page = olga.get(settings).await;
    assert!(page.says("Remove the demo") && !page.says("name=\"confirmation\""), "{}", page.html);
    app.person("max", Some(Role::Admin)).await;
    assert_eq!(app.sign_in("max").await.post(settings, &[("_form", "remove")]).await.status, 404, "of another project");
    let removed = olga.send(settings, &page, "remove", &[]).await;
    assert!(olga.get(&removed.location).await.says("You removed the project demo."), "{}", removed.html);
    assert_eq!(olga.get("/p/demo/flags").await.status, 404);
    let last = app.audit().await.pop().unwrap();
    assert_eq!((last.action.as_str(), last.actor.as_str()), ("project.delete", "olga@shop.example"));
    let told = olga.get("/history?project=demo&what=state").await;
    assert!(told.status == 200 && told.says("class=\"change\""), "its history stays: {}", told.html);
    make().await.unwrap();
    app.state.serving.publish().await;
    assert_eq!(olga.get("/p/demo/flags").await.status, 404, "what was removed stays removed");
}
