//! Many flags changed at once, and searches that are kept.

use super::app::{App, Browser, Page, release, shop};
use flagstaff::domain::command::Command;

const BULK: &str = "/p/shop/bulk";

async fn with_flags(keys: &[&str]) -> (App, Browser) {
    let app = App::start().await;
    for key in keys {
        app.by_system(Command::CreateFlag { project: shop(), flag: release(key) }).await;
    }
    let ada = app.sign_in("ada").await;
    (app, ada)
}

async fn preview(browser: &Browser, address: &str, fields: &[(&str, &str)]) -> Page {
    let page = browser.get(address).await;
    browser.send(BULK, &page, "bulk-choose", fields).await
}

#[tokio::test]
async fn what_was_ticked_is_previewed_and_then_changed_whole() {
    let (app, ada) = with_flags(&["a", "b", "c"]).await;
    let list = ada.get("/p/shop/flags").await;
    assert!(list.says("aria-label=\"Choose a\"") && list.says("Change several…"), "{}", list.html);
    let look = preview(&ada, &format!("{BULK}?flag=a&flag=b&flag=gone"), &[("do", "add-tags"), ("add", "web, Web,mobile")]).await;
    assert!(look.status == 200 && look.says("Change 2 flags") && look.says("mobile"), "{}", look.html);
    assert!(app.definition("a").tags.is_empty(), "nothing is changed yet");
    let rows = app.audit().await.len();
    let done = ada.send(BULK, &look, "bulk-apply", &[]).await;
    assert_eq!((done.status, done.location.as_str()), (303, "/p/shop/flags?changed=2"), "{}", done.html);
    assert!(ada.get(&done.location).await.says("You changed 2 flags."));
    assert_eq!(
        (app.definition("a").tags.clone(), app.definition("b").tags.clone()),
        (vec!["web".to_owned(), "mobile".to_owned()], vec!["web".to_owned(), "mobile".to_owned()])
    );
    assert!(app.definition("c").tags.is_empty());
    assert_eq!(app.audit().await.len(), rows + 2, "each in the history by itself");
    let again = preview(&ada, &format!("{BULK}?flag=a"), &[("do", "add-tags"), ("add", "WEB")]).await;
    assert!(again.says("Nothing to change.") && again.says("it has them already"), "{}", again.html);
}

#[tokio::test]
async fn a_new_owner_is_told_by_name() {
    let (app, ada) = with_flags(&["a"]).await;
    let address = format!("{BULK}?flag=a");
    let offered = ada.get(&address).await;
    let before = offered.html.split(">ada</option>").next().unwrap();
    let choice = before.rsplit("<option value=\"").next().unwrap().split('"').next().unwrap().to_owned();
    let look = preview(&ada, &address, &[("do", "owner"), ("owner", &choice)]).await;
    let told = look.main().split("<form").next().unwrap().to_owned();
    assert!(look.status == 200 && told.contains("Payments team") && told.contains("ada") && !told.contains(&choice), "{told}");
    assert_eq!(ada.send(BULK, &look, "bulk-apply", &[]).await.status, 303);
    let look = preview(&ada, &address, &[("do", "owner"), ("owner", &choice)]).await;
    assert!(look.says("they own it already"), "{}", look.main());
    assert!(matches!(app.definition("a").owner, flagstaff::domain::flag::Owner::Person(_)));
}

#[tokio::test]
async fn whatever_a_search_finds_is_changed() {
    let (app, ada) = with_flags(&["web_a", "web_b", "other"]).await;
    let look = preview(&ada, &format!("{BULK}?all=true&q=web"), &[("do", "remove-tags"), ("remove", "x")]).await;
    assert!(look.says("web_a") && look.says("web_b") && !look.main().contains("other"), "{}", look.html);
    let off = preview(&ada, &format!("{BULK}?flag=web_a&flag=web_b"), &[("do", "off"), ("environment", "development")]).await;
    assert!(off.says("Nothing to change."), "{}", off.html);
    app.set("web_a", "development", serde_json::json!({ "enabled": true })).await;
    let off = preview(&ada, &format!("{BULK}?flag=web_a&flag=web_b"), &[("do", "off"), ("environment", "development")]).await;
    assert_eq!(ada.send(BULK, &off, "bulk-apply", &[]).await.location, "/p/shop/flags?changed=1");
    assert!(!app.served("web_a", "development").enabled);
}

#[tokio::test]
async fn archiving_goes_up_the_ladder_and_a_change_meanwhile_stops_all_of_it() {
    let (app, ada) = with_flags(&["a", "b"]).await;
    for key in ["a", "b"] {
        app.set(key, "production", serde_json::json!({ "enabled": true })).await;
    }
    let look = preview(&ada, &format!("{BULK}?flag=a&flag=b"), &[("do", "archive")]).await;
    let ask = ada.send(BULK, &look, "bulk-apply", &[]).await;
    assert!(
        ask.status == 428 && ask.says("Archive 2 flags") && ask.says("archived: answers nobody any more"),
        "{} {}",
        ask.status,
        ask.html
    );
    app.by_system(Command::EditFlag {
        project: shop(),
        flag: flagstaff::domain::flag::Flag { description: "New".into(), ..app.definition("b") },
    })
    .await;
    let given = [("reason", "Cleanup"), ("confirmation", "production")];
    let late = ada.send(BULK, &ask, "confirm", &given).await;
    assert!(late.status == 409, "{} {}", late.status, late.html);
    assert!(app.definition("a").archived_at.is_none(), "all of them, or none");
    let look = preview(&ada, &format!("{BULK}?flag=a&flag=b"), &[("do", "archive")]).await;
    let ask = ada.send(BULK, &look, "bulk-apply", &[]).await;
    assert_eq!(ada.send(BULK, &ask, "confirm", &given).await.status, 303);
    assert!(app.definition("a").archived_at.is_some() && app.definition("b").archived_at.is_some());
}

#[tokio::test]
async fn what_cannot_be_done_is_said() {
    let (_app, ada) = with_flags(&["a"]).await;
    let address = format!("{BULK}?flag=a");
    for (fields, told) in [
        (&[("do", "")][..], "Choose what to do with them."),
        (&[("do", "add-tags"), ("add", " , ")], "Write at least one tag"),
        (&[("do", "owner"), ("owner", "nobody")], "Choose who is to own them."),
        (&[("do", "off"), ("environment", "nowhere")], "Choose the environment."),
    ] {
        let refused = preview(&ada, &address, fields).await;
        assert!(refused.status == 422 && refused.says(told), "{told} in {}", refused.html);
    }
    assert!(ada.get(BULK).await.says("No flag is chosen"));
    assert!(ada.post(BULK, &[("_form", "bulk-choose"), ("do", "archive")]).await.says("No flag is chosen"));
}

#[tokio::test]
async fn a_search_is_kept_under_a_name_by_whoever_made_it() {
    let (app, ada) = with_flags(&["a"]).await;
    app.person("lin", Some(flagstaff::domain::role::Role::Viewer)).await;
    let kept = ada.post("/p/shop/views", &[("_form", "save-view"), ("name", "<b>Web</b>"), ("q", "tag:web")]).await;
    assert_eq!((kept.status, kept.location.as_str()), (303, "/p/shop/flags?q=tag%3Aweb"));
    let list = ada.get("/p/shop/flags").await;
    assert!(list.says("&lt;b&gt;Web&lt;/b&gt;") && list.says("q=tag%3Aweb") && !list.says("<b>Web</b>"), "{}", list.html);
    assert!(!app.sign_in("lin").await.get("/p/shop/flags").await.says("Web"));
    let refused = ada.post("/p/shop/views", &[("_form", "save-view"), ("name", ""), ("q", "tag:web")]).await;
    assert!(refused.status == 422 && refused.says("Write a name") && refused.says("value=\"tag:web\""), "{}", refused.html);
    ada.post("/p/shop/views", &[("_form", "remove-view"), ("name", "<b>Web</b>")]).await;
    assert!(!ada.get("/p/shop/flags").await.says("&lt;b&gt;Web"));
}
