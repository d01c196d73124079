//! The audit page: who may read it, how it is narrowed, and how it goes from page to page.

use super::app::{App, Page, flag, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::key::{EnvironmentKey, FlagKey};
use serde_json::json;

const ROW: &str = "class=\"change\"";
const HOSTILE: &str = "\"'><script>alert(1)</script>";

fn rows(page: &Page) -> usize {
    page.html.matches(ROW).count()
}

async fn switch(app: &App, environment: &str, enabled: bool) {
    let environment = EnvironmentKey::parse(environment).unwrap();
    let flag = FlagKey::parse("new_checkout").unwrap();
    app.by_system(Command::SetEnabled { project: shop(), environment, flag, enabled }).await;
}

#[tokio::test]
async fn rows_are_told_in_words_with_their_difference() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let version = app.version("new_checkout", "development");
    let on = [("_form", "switch"), ("base_version", &version), ("enabled", "true"), ("return_to", "/p/shop/flags")];
    ada.post("/p/shop/flags/new_checkout/development", &on).await;
    let page = ada.get("/p/shop/audit").await;
    assert_eq!(page.status, 200);
    let newest = page.html.split(ROW).nth(1).unwrap();
    for text in
        ["<b>ada</b>", "turned on <code>new_checkout</code>", "in development", "ada@shop.example", "enabled", "href=\"#seq-"]
    {
        assert!(newest.contains(text), "{text} in {newest}");
    }
    assert!(page.says("created the project"));
}

#[tokio::test]
async fn filters_narrow_and_stand_in_the_address() {
    let app = App::start().await;
    app.by_system(Command::CreateFlag { project: shop(), flag: flag("dark_mode", &["on", "off"]) }).await;
    switch(&app, "development", true).await;
    switch(&app, "staging", true).await;
    switch(&app, "staging", false).await;
    let vic = app.sign_in("vic").await;
    for (query, expected) in [
        ("", 8),
        ("?object=CHECKOUT", 4),
        ("?object=dark%5F", 1),
        ("?object=%25", 0),
        ("?what=state", 3),
        ("?what=state.disable", 1),
        ("?what=member&who=system", 2),
        ("?who=nobody@shop.example", 0),
        ("?environment=staging", 2),
        ("?environment=staging&what=state.enable&object=&who=", 1),
        ("?from=1999-01-01&until=2999-01-01", 8),
        ("?until=1999-01-01", 0),
        ("?from=2999-01-01", 0),
    ] {
        let page = vic.get(&format!("/p/shop/audit{query}")).await;
        assert_eq!((page.status, rows(&page)), (200, expected), "{query}");
        assert_eq!(page.says("No changes match"), expected == 0, "{query}");
    }
    let page = vic.get("/p/shop/audit?environment=staging&what=state.enable").await;
    assert!(page.says("value=\"staging\" selected") && page.says("value=\"state.enable\" selected"), "{}", page.html);
    let page = vic.get("/p/shop/audit?from=2026-02-30").await;
    assert!(page.status == 200 && page.says("2026-02-30 is no date") && rows(&page) == 8);
}

#[tokio::test]
async fn pages_go_older_and_newer_by_number() {
    let app = App::start().await;
    for round in 0..60 {
        switch(&app, "development", round % 2 == 0).await;
    }
    let ada = app.sign_in("ada").await;
    let link = |page: &Page, rel: &str| {
        let at = page.html.find(&format!("rel=\"{rel}\""))?;
        let tag = &page.html[page.html[..at].rfind("<a ").unwrap()..];
        let start = tag.find("href=\"").unwrap() + 6;
        Some(format!("/p/shop/audit{}", tag[start..start + tag[start..].find('"').unwrap()].replace("&amp;", "&")))
    };
    let first = ada.get("/p/shop/audit?what=state").await;
    assert_eq!((rows(&first), link(&first, "prev")), (50, None));
    let older = link(&first, "next").unwrap();
    let second = ada.get(&older).await;
    assert_eq!((rows(&second), link(&second, "next")), (10, None));
    switch(&app, "development", true).await;
    let again = ada.get(&link(&second, "prev").unwrap()).await;
    assert_eq!(rows(&again), 50, "from the tenth on, the next fifty");
    assert!(link(&again, "prev").is_some() && link(&again, "next").is_some(), "one more came in meanwhile");
    let beyond = ada.get("/p/shop/audit?before=1").await;
    assert!(beyond.status == 200 && rows(&beyond) == 0);
    assert_eq!(ada.get("/p/shop/audit?before=x&after=-9&done=zz").await.status, 200);
}

#[tokio::test]
async fn viewers_read_that_there_are_targets_but_not_who() {
    let app = App::start().await;
    app.set("new_checkout", "production", json!({"targets": [{"variant": "on", "units": ["grace@shop.example"]}]})).await;
    let (ada, vic) = (app.sign_in("ada").await, app.sign_in("vic").await);
    assert!(ada.get("/p/shop/audit").await.says("grace@shop.example"));
    let seen = vic.get("/p/shop/audit").await;
    assert!(seen.says("1 hidden") && !seen.says("grace"), "{}", seen.html);
}

#[tokio::test]
async fn whatever_was_typed_stays_text() {
    let app = App::start().await;
    let mut hostile = flag("hostile", &["on", "off"]);
    hostile.description = HOSTILE.to_owned();
    app.by_system(Command::CreateFlag { project: shop(), flag: hostile }).await;
    let ada = app.sign_in("ada").await;
    let version = app.version("new_checkout", "development");
    let on = [("_form", "switch"), ("base_version", &version), ("enabled", "true"), ("reason", HOSTILE)];
    ada.post("/p/shop/flags/new_checkout/development", &on).await;
    for query in ["", "?object=%22%3E%3Cscript%3Ealert(1)", "?who=%3Cscript%3Ealert(1)", "?from=%3Cscript%3Ealert(1)"] {
        let page = ada.get(&format!("/p/shop/audit{query}")).await;
        assert!(page.status == 200 && !page.says("<script>alert") && page.says("alert(1)"), "{query}");
    }
}

#[tokio::test]
async fn strangers_and_outsiders_read_nothing() {
    let app = App::start().await;
    assert_eq!(app.stranger().get("/p/shop/audit").await.location, "/login?next=%2Fp%2Fshop%2Faudit");
    assert_eq!(app.sign_in("ada").await.get("/p/other/audit").await.status, 404);
}

#[tokio::test]
async fn long_documents_are_told_in_a_few_words_and_whole_on_a_page_of_their_own() {
    let app = App::start().await;
    let segment = |count: usize| -> flagstaff::domain::segment::Segment {
        let include: Vec<String> = (0..count).map(|number| format!("{number:05}-{}", "x".repeat(40))).collect();
        serde_json::from_value(serde_json::json!({"key": "beta", "name": "Beta", "include": include})).unwrap()
    };
    let edit = |count| Command::EditSegment { project: shop(), segment: segment(count) };
    app.by_system(Command::CreateSegment { project: shop(), segment: segment(1) }).await;
    app.by_system(edit(30_000)).await;
    app.by_system(edit(29_997)).await;
    switch(&app, "development", true).await;
    let (ada, vic) = (app.sign_in("ada").await, app.sign_in("vic").await);
    let seq = app.audit().await.iter().rfind(|row| row.action == "segment.edit").unwrap().seq;
    let page = ada.get("/p/shop/audit").await;
    assert!(page.says(&format!("?row={seq}")) && page.says("2.9 MB"), "{}", page.main());
    assert!(!page.says(&format!("?row={}\"", seq - 1)), "the one before is under the bound: {}", page.main());
    let added = format!("added {} ids to", flagstaff::domain::count::counted(29_999));
    assert!(page.says(&added) && !page.says("removed 3 ids from"), "{}", page.main());
    let alone = ada.get(&format!("/p/shop/audit?row={seq}")).await;
    assert!(rows(&alone) == 1 && alone.says("removed 3 ids from") && alone.says("29997-x"), "{}", alone.main());
    let masked = vic.get(&format!("/p/shop/audit?row={seq}")).await;
    assert!(rows(&masked) == 1 && !masked.says("29997-x") && masked.says("hidden"), "{}", masked.main());
    // Taken back it can be all the same.
    let reverted = ada.post("/p/shop/audit", &[("_form", "revert"), ("seq", &seq.to_string())]).await;
    assert!(page.says(&format!("(change {seq})")) && reverted.location.starts_with("/p/shop/drafts/"), "{}", reverted.html);
    assert_eq!(ada.get("/p/shop/audit?row=99999").await.status, 404);
    assert_eq!(ada.get(&format!("/p/shop/flags/new_checkout/history?row={seq}")).await.status, 404, "of another object");
    let own = app.audit().await.last().unwrap().seq;
    let one = ada.get(&format!("/p/shop/flags/new_checkout/history?row={own}")).await;
    assert!(one.status == 200 && rows(&one) == 1 && one.says("Newest"), "{}", one.main());
}
