//! People of a project and its teams, on the page for both.

use super::app::{App, Browser, release, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::flag::{Flag, Owner};
use flagstaff::domain::key::TeamKey;
use flagstaff::domain::role::Role;
use flagstaff::server::store;

const PEOPLE: &str = "/p/shop/settings/people";
const PAYMENTS: &str = "/p/shop/settings/people/teams/payments_team";

async fn role(app: &App, name: &str) -> Option<Role> {
    let mut cx = app.state.db.read().await.unwrap();
    let project = store::projects::find(&mut cx, &shop()).await.unwrap().unwrap();
    let user = store::users::find_by_email(&mut cx, &format!("{name}@shop.example")).await.unwrap().unwrap();
    store::members::role(&mut cx, &project.id, &user.id).await.unwrap()
}

async fn id(app: &App, name: &str) -> String {
    let mut cx = app.state.db.read().await.unwrap();
    store::users::find_by_email(&mut cx, &format!("{name}@shop.example")).await.unwrap().unwrap().id.to_string()
}

async fn with_an_admin() -> (App, Browser) {
    let app = App::start().await;
    app.person("max", Some(Role::Admin)).await;
    let max = app.sign_in("max").await;
    (app, max)
}

#[tokio::test]
async fn everybody_of_the_project_is_listed_and_owners_with_them() {
    let (app, max) = with_an_admin().await;
    app.owner("olga").await;
    app.by_system(Command::DisableUser { email: "vic@shop.example".to_owned() }).await;
    app.person("eve", None).await;
    let page = max.get(PEOPLE).await;
    for text in
        ["max@shop.example", "Owner, in every project", "Deactivated", "Role of ada", "Save the role of ada", "/help#roles"]
    {
        assert!(page.says(text), "{text} in {}", page.html);
    }
    assert!(!page.says("eve@shop.example"), "an admin is not told of other accounts: {}", page.html);
    let seen = app.sign_in("ada").await.get(PEOPLE).await;
    assert!(seen.says("Needs the role admin; yours is editor. Ask max.") && !seen.says("Save the role of"), "{}", seen.html);
    let owned = app.sign_in("olga").await.get(PEOPLE).await;
    assert!(owned.says("<option value=\"eve@shop.example\""), "an owner chooses: {}", owned.html);
    assert!(!owned.says("<option value=\"ada@shop.example\""), "who is in it is not offered: {}", owned.html);
}

#[tokio::test]
async fn people_are_added_changed_and_removed() {
    let (app, max) = with_an_admin().await;
    app.person("eve", None).await;
    let added = max.post(PEOPLE, &[("_form", "add"), ("email", " Eve@Shop.Example "), ("role", "viewer")]).await;
    assert_eq!(added.status, 303, "{}", added.html);
    assert!(max.get(&added.location).await.says("You added eve@shop.example to the project as viewer."));
    assert_eq!(role(&app, "eve").await, Some(Role::Viewer));
    let eve = app.sign_in("eve").await;
    assert_eq!(eve.get("/p/shop/flags").await.status, 200);

    let form = format!("role-{}", id(&app, "eve").await);
    let page = max.get(PEOPLE).await;
    let changed = max.send(PEOPLE, &page, &form, &[("role", "editor")]).await;
    assert!(max.get(&changed.location).await.says("You changed the role of eve@shop.example from viewer to editor."));
    assert_eq!(role(&app, "eve").await, Some(Role::Editor));
    let removed = max.post(PEOPLE, &[("_form", "remove"), ("email", "eve@shop.example")]).await;
    assert!(max.get(&removed.location).await.says("You removed eve@shop.example from the project."));
    assert_eq!(eve.get("/p/shop/flags").await.status, 404, "at once, in a session that is open");
}

#[tokio::test]
async fn what_cannot_be_done_is_told_and_kept() {
    let (app, max) = with_an_admin().await;
    for (email, role, says) in [
        ("nobody@shop.example", "viewer", "There is no account for nobody@shop.example"),
        ("", "viewer", "Choose an account, or write its e-mail address"),
        ("ada@shop.example", "boss", "Choose a role: viewer, editor, approver or admin"),
    ] {
        let refused = max.post(PEOPLE, &[("_form", "add"), ("email", email), ("role", role)]).await;
        assert!(refused.status == 422 && refused.says(says), "{says} in {}", refused.html);
        assert!(email.is_empty() || refused.says(&format!("value=\"{email}\"")), "{}", refused.html);
    }
    let ada = app.sign_in("ada").await;
    for fields in [
        [("_form", "add"), ("email", "ada@shop.example"), ("role", "admin")],
        [("_form", "remove"), ("email", "max@shop.example"), ("role", "")],
        [("_form", "new-team"), ("name", "Mine"), ("key", "")],
    ] {
        let refused = ada.post(PEOPLE, &fields).await;
        assert!(refused.status == 403 && refused.says("Needs the role admin"), "{}", refused.html);
    }
    assert_eq!((role(&app, "ada").await, role(&app, "max").await), (Some(Role::Editor), Some(Role::Admin)));
}

#[tokio::test]
async fn who_leaves_is_led_out_and_who_steps_down_reads_on() {
    let (app, max) = with_an_admin().await;
    app.person("mia", Some(Role::Admin)).await;
    let mia = app.sign_in("mia").await;
    let down = mia.post(PEOPLE, &[("_form", "add"), ("email", "mia@shop.example"), ("role", "viewer")]).await;
    assert!(mia.get(&down.location).await.says("yours is viewer. Ask max."));
    let out = max.post(PEOPLE, &[("_form", "remove"), ("email", "max@shop.example")]).await;
    assert_eq!(out.location, "/projects");
    assert!(max.get("/projects").await.says("You are not in a project yet"));
}

fn team<'f>(more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let usual = [("_form", "new-team"), ("name", "Payments team"), ("key", ""), ("members[0]", "ada@shop.example")];
    usual.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name)).chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn a_team_is_made_changed_and_removed() {
    let (app, max) = with_an_admin().await;
    let made = max.post(PEOPLE, &team(&[])).await;
    assert_eq!(made.status, 303, "{}", made.html);
    let list = max.get(&made.location).await;
    assert!(list.says("You created the team Payments team.") && list.says(&format!("href=\"{PAYMENTS}\"")), "{}", list.html);
    let page = max.get(PAYMENTS).await;
    assert!(page.says("value=\"ada@shop.example\" checked") && !page.says("value=\"vic@shop.example\" checked"), "{}", page.html);
    let more = [("name", "Payments"), ("members[0]", "ada@shop.example"), ("members[1]", "vic@shop.example")];
    let saved = max.send(PAYMENTS, &page, "team", &more).await;
    assert!(max.get(&saved.location).await.says("You changed the name and the members of the team Payments."), "{}", saved.html);
    let stale = max.send(PAYMENTS, &page, "team", &[("name", "Late")]).await;
    assert!(stale.status == 409 && stale.says("changed since you opened it") && stale.says("value=\"Late\""), "{}", stale.html);
    let gone = max.post(PAYMENTS, &[("_form", "remove-team")]).await;
    assert!(max.get(&gone.location).await.says("You removed the team Payments."));
    assert_eq!(max.get(PAYMENTS).await.status, 404);
    assert_eq!(app.sign_in("ada").await.post(PAYMENTS, &[("_form", "remove-team")]).await.status, 403);
}

#[tokio::test]
async fn a_team_that_owns_flags_stays() {
    let (app, max) = with_an_admin().await;
    max.post(PEOPLE, &team(&[])).await;
    let owner = Owner::Team(TeamKey::parse("payments_team").unwrap());
    for key in ["one_page", "two_pages"] {
        app.by_system(Command::CreateFlag { project: shop(), flag: Flag { owner: owner.clone(), ..release(key) } }).await;
    }
    let page = max.get(PAYMENTS).await;
    assert!(
        page.says("href=\"/p/shop/flags/one_page\"") && page.says("It owns flags; give each another owner first."),
        "{}",
        page.html
    );
    let refused = max.post(PAYMENTS, &[("_form", "remove-team")]).await;
    assert!(refused.status == 422 && refused.says("owns one_page and 1 more"), "{}", refused.html);
    assert!(max.get(PEOPLE).await.says(&format!("href=\"{PAYMENTS}\"")));
}

#[tokio::test]
async fn a_team_that_cannot_be_is_refused_with_what_was_typed() {
    let (_app, max) = with_an_admin().await;
    max.post(PEOPLE, &team(&[])).await;
    for (more, says) in [
        (&[("key", "payments_team")][..], "There already is a team payments_team"),
        (&[("name", " ")], "such as Payments"),
        (&[("name", "🚀")], "Write a key such as payments"),
        (&[("members[0]", "eve@elsewhere.example")], "eve@elsewhere.example is no member of this project"),
    ] {
        let refused = max.post(PEOPLE, &team(more)).await;
        assert!(refused.status == 422 && refused.says(says), "{says} in {}", refused.html);
        assert!(refused.says("<details open"), "the form is open again: {}", refused.html);
    }
}
