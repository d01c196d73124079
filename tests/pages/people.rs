//! Accounts, as owners of the installation keep them.

use super::app::{App, Browser, PASSWORD, Page};
use flagstaff::domain::role::Role;
use flagstaff::domain::user::MIN_PASSWORD;

const PEOPLE: &str = "/people";
const LIN: &str = "/people/lin%40shop.example";

async fn with_an_owner() -> (App, Browser) {
    let app = App::start().await;
    app.owner("olga").await;
    let olga = app.sign_in("olga").await;
    (app, olga)
}

fn new<'f>(more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let usual = [
        ("_form", "new-account"),
        ("name", "Lin"),
        ("email", "lin@shop.example"),
        ("role", "member"),
        ("way", "made"),
        ("password", ""),
        ("project", ""),
        ("project_role", "viewer"),
    ];
    usual.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name)).chain(more.iter().copied()).collect()
}

/// The password on the page that hands it over.
fn handed_over(page: &Page) -> String {
    let fact = page.html.split("<dt>Password</dt>").nth(1).unwrap_or_else(|| panic!("{}", page.html));
    fact.split("<code>").nth(1).unwrap().split("</code>").next().unwrap().to_owned()
}

#[tokio::test]
async fn an_account_is_made_and_its_password_shown_once() {
    let (app, olga) = with_an_owner().await;
    let page = olga.get(PEOPLE).await;
    assert!(page.status == 200 && page.says("ada@shop.example") && page.says("Make one for me"), "{}", page.html);
    let made = olga.post(PEOPLE, &new(&[("email", " Lin@Shop.Example "), ("project", "shop"), ("project_role", "editor")])).await;
    assert!(made.status == 200 && made.says("Lin has an account") && made.says("/login"), "{}", made.html);
    let password = handed_over(&made);
    assert!(password.len() >= 16 && password.len() >= MIN_PASSWORD, "{password}");
    for row in app.audit().await {
        assert!(!format!("{row:?}").contains(&password), "never in the audit: {row:?}");
    }
    for path in [PEOPLE, LIN, "/history"] {
        assert!(!olga.get(path).await.says(&password), "shown once: {path}");
    }
    let again = olga.post(PEOPLE, &new(&[])).await;
    assert!(again.status == 422 && again.says("There already is an account for lin@shop.example"), "{}", again.html);
    assert!(!again.says("has an account</h1>"), "a reload makes nothing and shows nothing: {}", again.html);

    let lin = app.stranger();
    assert_eq!(lin.try_sign_in("lin", &password).await.status, 303);
    assert_eq!(lin.get("/p/shop/flags").await.location, "/account/password?next=%2Fp%2Fshop%2Fflags");
    let fields = [("_form", "password"), ("current_password", &*password), ("new_password", "my very own words")];
    assert_eq!(lin.post("/account/password", &fields).await.status, 303);
    assert!(lin.get("/p/shop/flags").await.says("New flag"));
    let list = olga.get(PEOPLE).await;
    assert!(list.says("(editor)") && list.says(&format!("href=\"{LIN}\"")), "{}", list.html);
}

#[tokio::test]
async fn a_password_that_the_owner_typed_is_not_shown_again() {
    let (app, olga) = with_an_owner().await;
    let typed = [("way", "typed"), ("password", "typed by the owner"), ("role", "owner")];
    let made = olga.post(PEOPLE, &new(&typed)).await;
    assert!(made.status == 200 && made.says("the one you typed") && !made.says("typed by the owner"), "{}", made.html);
    assert!(olga.get(PEOPLE).await.says("Temporary password"));
    assert_eq!(app.stranger().try_sign_in("lin", "typed by the owner").await.status, 303);
}

#[tokio::test]
async fn an_account_that_cannot_be_is_refused_at_once_with_what_was_typed() {
    let (app, olga) = with_an_owner().await;
    let wrong = [
        ("name", " "),
        ("email", "lin at shop"),
        ("role", "boss"),
        ("way", "typed"),
        ("password", "tiny"),
        ("project", "shop"),
        ("project_role", "boss"),
    ];
    let refused = olga.post(PEOPLE, &new(&wrong)).await;
    assert_eq!(refused.status, 422);
    for text in [
        "Write their name",
        "Write an e-mail address like ada@shop.example",
        "Choose member or owner",
        "Use at least 12 characters",
        "Choose their role in the project",
        "value=\"lin at shop\"",
        "value=\"shop\" selected",
        "value=\"typed\" checked",
    ] {
        assert!(refused.says(text), "{text} in {}", refused.html);
    }
    assert!(!refused.says("value=\"tiny\""), "{}", refused.html);
    let nowhere = olga.post(PEOPLE, &new(&[("project", "nowhere")])).await;
    assert_eq!(nowhere.status, 404, "{}", nowhere.html);
    assert_eq!(app.audit().await.iter().filter(|row| row.object == "user:lin@shop.example").count(), 0, "both or neither");
}

#[tokio::test]
async fn nobody_but_owners_gets_in() {
    let (app, _olga) = with_an_owner().await;
    app.person("max", Some(Role::Admin)).await;
    for name in ["max", "vic"] {
        let browser = app.sign_in(name).await;
        let menu = browser.get("/account").await;
        assert!(!menu.says("href=\"/people\"") && !menu.says("href=\"/history\""), "{}", menu.html);
        for path in [PEOPLE, "/people/ada%40shop.example", "/people/nobody", "/history", "/projects/new"] {
            let refused = browser.get(path).await;
            assert!(refused.status == 403 && refused.says("for owners of the installation"), "{path} {}", refused.html);
        }
        for (path, fields) in [
            (PEOPLE, new(&[])),
            ("/people/ada%40shop.example", vec![("_form", "access"), ("disabled", "true")]),
            ("/people/ada%40shop.example", vec![("_form", "password"), ("way", "made")]),
            ("/people/ada%40shop.example", vec![("_form", "role"), ("role", "owner")]),
            ("/projects/new", vec![("project_name", "Mine"), ("project_key", "mine"), ("environments[0].key", "prod")]),
        ] {
            assert_eq!(browser.post(path, &fields).await.status, 403, "{path}");
        }
    }
    for path in [PEOPLE, "/history", "/projects", "/projects/new"] {
        assert_eq!(app.stranger().get(path).await.status, 303, "{path}");
    }
    assert_eq!(app.stranger().try_sign_in("ada", PASSWORD).await.status, 303, "nothing was done to ada");
}

#[tokio::test]
async fn an_account_is_renamed_and_made_an_owner() {
    let (app, olga) = with_an_owner().await;
    olga.post(PEOPLE, &new(&[])).await;
    let page = olga.get(LIN).await;
    assert!(page.status == 200 && page.says("value=\"Lin\"") && page.says("Temporary password"), "{}", page.html);
    let named = olga.post(LIN, &[("_form", "name"), ("name", "Lin Chen")]).await;
    assert!(olga.get(&named.location).await.says("You changed the account of lin@shop.example, now called Lin Chen."));
    let raised = olga.post(LIN, &[("_form", "role"), ("role", "owner")]).await;
    assert!(olga.get(&raised.location).await.says("You changed the account of lin@shop.example, now an owner."));
    let refused = olga.post(LIN, &[("_form", "role"), ("role", "boss")]).await;
    assert!(refused.status == 422 && refused.says("Choose member or owner"), "{}", refused.html);
    assert_eq!(olga.get("/people/nobody%40shop.example").await.status, 404);
    // Now there are two, so one may step down; what is for owners is closed to them from then on.
    let down = olga.post("/people/olga%40shop.example", &[("_form", "role"), ("role", "member")]).await;
    assert_eq!(down.location, "/account", "{}", down.html);
    assert_eq!(olga.get(PEOPLE).await.status, 403);
    assert!(app.audit().await.iter().any(|row| row.action == "user.edit" && row.object == "user:olga@shop.example"));
}

#[tokio::test]
async fn a_temporary_password_ends_every_session() {
    let (app, olga) = with_an_owner().await;
    let ada = app.sign_in("ada").await;
    let path = "/people/ada%40shop.example";
    let set = olga.post(path, &[("_form", "password"), ("way", "made"), ("password", "")]).await;
    assert!(set.status == 200 && set.says("ada has a new password"), "{}", set.html);
    assert!(ada.get("/account").await.location.starts_with("/login"));
    assert_eq!(app.stranger().try_sign_in("ada", PASSWORD).await.status, 422);
    let ada = app.stranger();
    assert_eq!(ada.try_sign_in("ada", &handed_over(&set)).await.status, 303);
    assert_eq!(ada.get("/account").await.location, "/account/password?next=%2Faccount");
    let short = olga.post(path, &[("_form", "password"), ("way", "typed"), ("password", "short")]).await;
    assert!(short.status == 422 && short.says("Use at least 12 characters"), "{}", short.html);
    let own = olga.post("/people/olga%40shop.example", &[("_form", "password"), ("way", "made")]).await;
    assert!(own.status == 422 && own.says("change your password on your account page"), "{}", own.html);
}

#[tokio::test]
async fn an_account_is_deactivated_at_once_and_activated_again() {
    let (app, olga) = with_an_owner().await;
    let ada = app.sign_in("ada").await;
    let path = "/people/ada%40shop.example";
    let off = olga.post(path, &[("_form", "access"), ("disabled", "true")]).await;
    let shown = olga.get(&off.location).await;
    assert!(shown.says("You disabled the account of ada@shop.example.") && shown.says("Deactivated"), "{}", shown.html);
    assert_eq!(ada.get("/p/shop/flags").await.status, 303);
    assert_eq!(app.stranger().try_sign_in("ada", PASSWORD).await.status, 422);
    let on = olga.post(path, &[("_form", "access"), ("disabled", "false")]).await;
    assert!(olga.get(&on.location).await.says("You enabled the account of ada@shop.example."));
    assert_eq!(app.stranger().try_sign_in("ada", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn the_last_owner_stays() {
    let (app, olga) = with_an_owner().await;
    let path = "/people/olga%40shop.example";
    for fields in [[("_form", "role"), ("role", "member")], [("_form", "access"), ("disabled", "true")]] {
        let refused = olga.post(path, &fields).await;
        assert!(refused.status == 422 && refused.says("olga@shop.example is the last owner"), "{}", refused.html);
        assert!(refused.says("role=\"alert\""), "{}", refused.html);
    }
    assert_eq!(olga.get(PEOPLE).await.status, 200);
    let page = olga.get(path).await;
    assert!(page.says("change your password") && !page.says("Set temporary password"), "{}", page.html);
    assert_eq!(app.audit().await.iter().filter(|row| row.action == "user.disable").count(), 0);
}

#[tokio::test]
async fn the_history_of_the_installation_tells_of_everything() {
    let (_app, olga) = with_an_owner().await;
    olga.post(PEOPLE, &new(&[])).await;
    let rows = |page: &Page| page.html.matches("class=\"change\"").count();
    let page = olga.get("/history").await;
    for text in
        ["created an account for <b>Lin</b>", "created the project", "in project ", "Accounts: created", "name=\"project\""]
    {
        assert!(page.says(text), "{text} in {}", page.html);
    }
    assert!(!page.says("/undo/"), "nothing is undone from here: {}", page.html);
    let all = rows(&page);
    let accounts = olga.get("/history?what=user").await;
    assert!(rows(&accounts) == 4 && all > 4, "{}", accounts.html);
    assert_eq!(rows(&olga.get("/history?project=shop").await), all - 4);
    assert_eq!(rows(&olga.get("/history?who=olga@shop.example").await), 1);
    let none = olga.get("/history?object=nothing+such").await;
    assert!(none.says("No changes match") && none.says("href=\"/history\""), "{}", none.html);
    let menu = olga.get("/account").await;
    for href in ["/account", "/projects", "/people", "/history"] {
        assert!(menu.says(&format!("href=\"{href}\"")), "{href} in {}", menu.html);
    }
}
