//! The demo project: said to be one, removed by one click of an owner, and gone for good.

use super::app::App;
use flagstaff::domain::command::Command;
use flagstaff::domain::role::{InstanceRole, Role};
use flagstaff::domain::{key::ProjectKey, member::Member};
use flagstaff::server::governance::audit;
use flagstaff::server::services::demo;

const LIST: &str = "/p/demo/flags";
const REMOVE: &str = "/p/demo/demo/remove";

/// With the demo, an owner called olga, and lin, who is admin of both projects.
async fn with_demo() -> App {
    let app = App::start().await;
    make_demo(&app).await;
    app.person("olga", None).await;
    app.by_system(Command::SetInstanceRole { email: "olga@shop.example".to_owned(), role: InstanceRole::Owner }).await;
    app.person("lin", Some(Role::Admin)).await;
    let member = Member { email: "lin@shop.example".to_owned(), role: Role::Admin, break_glass: false };
    app.by_system(Command::SetMember { project: ProjectKey::parse("demo").unwrap(), member }).await;
    app
}

async fn make_demo(app: &App) {
    demo::create(&app.state.db, app.state.audit_key, app.state.clock.now()).await.unwrap();
    app.state.serving.refresh().await.unwrap();
}

#[tokio::test]
async fn an_owner_removes_it_by_one_click_and_it_does_not_come_back() {
    let app = with_demo().await;
    let olga = app.sign_in("olga").await;
    let list = olga.get(LIST).await;
    assert!(list.says("This is demo data.") && list.says("Remove it"), "{}", list.main());
    assert!(!list.says("From here to the first answer"), "it has answers enough");
    let removed = olga.post(REMOVE, &[]).await;
    assert_eq!((removed.status, removed.location.as_str()), (303, "/p/shop/flags?removed=demo"));
    let next = olga.get(&removed.location).await;
    assert!(next.says("The project demo was removed.") && next.says("new_checkout"), "{}", next.main());
    assert_eq!(olga.get(LIST).await.status, 404);
    assert_eq!(olga.post(REMOVE, &[]).await.status, 404);
    let refused = app.stranger().by_hand("/ofrep/v1/evaluate/flags/dark_mode").body("{}").send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 401);
    make_demo(&app).await;
    assert_eq!(olga.get(LIST).await.status, 404, "not even by the next start with --demo");
    let verified = audit::verify(&mut app.state.db.read().await.unwrap(), &app.state.audit_key).await.unwrap();
    assert_eq!(verified.first_bad, None);
}

#[tokio::test]
async fn nobody_but_an_owner_removes_it_and_it_alone() {
    let app = with_demo().await;
    let lin = app.sign_in("lin").await;
    assert!(!lin.get(LIST).await.says("This is demo data."), "an admin of the project could not remove it");
    let refused = lin.post(REMOVE, &[]).await;
    assert!(refused.status == 403 && refused.says("Only an owner of this installation"), "{}", refused.main());
    let vic = app.sign_in("vic").await;
    assert_eq!(vic.post(REMOVE, &[]).await.status, 404, "no member of it");
    let olga = app.sign_in("olga").await;
    assert!(!olga.get("/p/shop/flags").await.says("This is demo data."));
    assert_eq!(olga.post("/p/shop/demo/remove", &[]).await.status, 404, "no other project goes by one click");
    for address in [LIST, "/p/shop/flags"] {
        assert_eq!(olga.get(address).await.status, 200);
    }
    let untrue = olga.get("/p/shop/flags?removed=demo").await;
    assert!(!untrue.says("was removed"), "the address alone says nothing");
}

#[tokio::test]
async fn every_page_has_something_to_show() {
    let app = with_demo().await;
    let olga = app.sign_in("olga").await;
    for (address, text) in [
        ("/p/demo/flags/new_checkout/production", "Kari, pro plan, Norway"),
        ("/p/demo/flags/new_checkout/production", "is in segment staff: yes"),
        ("/p/demo/flags/checkout_limits/production", "Looks like fraud"),
        ("/p/demo/flags/gift_cards", "Turn it on in development"),
        ("/p/demo/flags/address_lookup", "Fully on for 24 days"),
        ("/p/demo/flags?q=status:in-development", "max_upload_mb"),
        ("/p/demo/flags?q=owner:%22Design+system%22", "dark_mode"),
        ("/p/demo/settings/personas", "A visitor who is not signed in"),
        ("/p/demo/settings/personas", "2 of 2 as expected"),
        ("/p/demo/playground?persona=employee", "as expected"),
        ("/p/demo/audit?what=segment", "created the segment"),
    ] {
        let page = olga.get(address).await;
        assert!(page.status == 200 && page.says(text), "{address}: {text} in {}", page.main());
    }
    let personas = olga.get("/p/demo/settings/personas").await;
    assert!(!personas.says(", gets "), "every persona of the demo gets what it expects: {}", personas.main());
}
