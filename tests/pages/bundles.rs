//! Drafts of several changes: what they ask for, what of them is refused, their pages, and what they do to personas.

use super::app::{App, Browser, Page, flag, shop};
use flagstaff::domain::actor::{Actor, Person};
use flagstaff::domain::command::Command;
use flagstaff::domain::draft::Item;
use flagstaff::domain::environment::{Environment, Protection};
use flagstaff::domain::flag::Flag;
use flagstaff::domain::key::{EnvironmentKey, FlagKey, SegmentKey};
use flagstaff::domain::segment::Segment;
use flagstaff::server::governance::Submission;
use flagstaff::server::services::drafts::bundle;
use flagstaff::server::services::{people, projects};
use flagstaff::server::store;
use serde_json::{Value, json};

async fn ada(app: &App) -> Person {
    let mut cx = app.state.db.read().await.unwrap();
    let Some(Actor::Person(person)) = people::actor_by_email(&mut cx, "ada@shop.example").await.unwrap() else { panic!() };
    person
}

/// Makes a draft of these changes and returns its address.
async fn made(app: &App, items: Vec<Item>) -> String {
    let person = ada(app).await;
    let project = projects::open(&app.state, &Actor::Person(person.clone()), "shop").await.unwrap();
    let id = bundle::make(&app.state, &person, &project, "Many changes".to_owned(), items).await.unwrap();
    format!("/p/shop/drafts/{id}")
}

async fn stored(app: &App, key: &str) -> (Flag, i64) {
    let mut cx = app.state.db.read().await.unwrap();
    let project = store::projects::find(&mut cx, &shop()).await.unwrap().unwrap();
    let found = store::flags::find(&mut cx, &project.id, &FlagKey::parse(key).unwrap()).await.unwrap().unwrap();
    (found.flag, found.version)
}

async fn described(app: &App, key: &str, description: &str) -> Item {
    let (before, version) = stored(app, key).await;
    let after = Flag { description: description.to_owned(), ..before.clone() };
    bundle::item(Command::EditFlag { project: shop(), flag: after }, Some((&before, version))).unwrap()
}

async fn archived(app: &App, key: &str) -> Item {
    let (before, version) = stored(app, key).await;
    let command = Command::ArchiveFlag { project: shop(), flag: before.key.clone() };
    bundle::item(command, Some((&before, version))).unwrap()
}

fn beta(include: &[&str]) -> Segment {
    serde_json::from_value(json!({"key": "beta", "name": "Beta", "include": include})).unwrap()
}

async fn with_segment(app: &App, include: &[&str]) -> Item {
    let mut cx = app.state.db.read().await.unwrap();
    let project = store::projects::find(&mut cx, &shop()).await.unwrap().unwrap();
    let found = store::segments::find(&mut cx, &project.id, &SegmentKey::parse("beta").unwrap()).await.unwrap().unwrap();
    bundle::item(Command::EditSegment { project: shop(), segment: beta(include) }, Some((&found.segment, found.version))).unwrap()
}

fn asks_for_beta() -> Value {
    json!({"enabled": true, "fallthrough": {"variant": "off"}, "rules": [
        {"id": "r1", "conditions": [{"operator": "in_segment", "values": ["beta"]}], "serve": {"variant": "on"}}]})
}

fn critical(key: &str, position: i64) -> Environment {
    Environment { protection: Protection::Critical, ..Environment::usual(EnvironmentKey::parse(key).unwrap(), position) }
}

#[tokio::test]
async fn of_two_environments_alike_the_one_that_is_touched_asks() {
    for used in ["production", "zone"] {
        let app = App::start().await;
        app.by_system(Command::CreateEnvironment { project: shop(), environment: critical("zone", 9) }).await;
        app.by_system(Command::CreateSegment { project: shop(), segment: beta(&["user_1"]) }).await;
        app.set("new_checkout", used, asks_for_beta()).await;
        let address = made(&app, vec![with_segment(&app, &["user_1", "user_2"]).await]).await;
        let who = app.sign_in("ada").await;
        let shown = who.get(&address).await;
        for key in ["production", "zone"] {
            assert_eq!(shown.says(&format!("Environment {key}")), key == used, "{used}: {}", shown.main());
        }
        let typed = format!("typed.{used}");
        let said = [("item[0]", "true"), ("reason", "More testers"), (typed.as_str(), used)];
        let saved = who.send(&address, &shown, "save", &said).await;
        assert!(saved.location.starts_with("/p/shop/drafts?saved=1"), "{} {}", saved.status, saved.main());
    }
}

#[tokio::test]
async fn what_an_earlier_change_of_the_draft_brings_is_asked_for_too() {
    let app = App::start().await;
    app.by_system(Command::CreateSegment { project: shop(), segment: beta(&["user_1"]) }).await;
    let who = app.sign_in("ada").await;
    let address = made(&app, vec![with_segment(&app, &["user_2"]).await]).await;
    assert!(!who.get(&address).await.says("Environment production"), "nobody uses the segment");
    app.set("new_checkout", "production", asks_for_beta()).await;
    let shown = who.get(&address).await;
    assert!(shown.says("Environment production"), "{}", shown.main());
    let silent = who.send(&address, &shown, "save", &[("item[0]", "true")]).await;
    assert!(silent.status == 422 && silent.says("Type production"), "{}", silent.main());
    assert_eq!(stored_segment(&app).await.include, ["user_1"], "a rehearsal changes nothing");
}

async fn stored_segment(app: &App) -> Segment {
    let mut cx = app.state.db.read().await.unwrap();
    let project = store::projects::find(&mut cx, &shop()).await.unwrap().unwrap();
    store::segments::find(&mut cx, &project.id, &SegmentKey::parse("beta").unwrap()).await.unwrap().unwrap().segment
}

#[tokio::test]
async fn what_would_be_refused_says_why_and_the_rest_is_saved_without_it() {
    let app = App::start().await;
    app.by_system(Command::CreateFlag { project: shop(), flag: flag("other", &["on", "off"]) }).await;
    let who = app.sign_in("ada").await;
    let fine = described(&app, "new_checkout", "Better").await;
    let refused = described(&app, "other", &"x".repeat(3_000)).await;
    let before = app.audit().await.len();
    let address = made(&app, vec![refused, fine]).await;
    let shown = who.get(&address).await;
    assert!(shown.says("1 of these would be refused as it stands.") && shown.says("Would be refused"), "{}", shown.main());
    let boxes: Vec<&str> = shown.main().split("<input").filter(|tag| tag.contains("name=\"item[")).collect();
    let is_ticked = |tag: &&str| tag.split('>').next().unwrap().contains(" checked");
    assert_eq!(boxes.iter().map(is_ticked).collect::<Vec<_>>(), [false, true], "{}", shown.main());
    let both = who.send(&address, &shown, "save", &[("item[0]", "true"), ("item[1]", "true")]).await;
    assert!(
        both.status == 422 && both.says("would be refused: ") && both.says("Leave it out to save the rest."),
        "{}",
        both.main()
    );
    assert_eq!(app.audit().await.len(), before, "looking and failing leave nothing behind");
    let saved = who.send(&address, &both, "save", &[("item[1]", "true")]).await;
    assert!(saved.location.starts_with("/p/shop/drafts?saved=1"), "{} {}", saved.status, saved.html);
    assert_eq!(app.definition("new_checkout").description, "Better");
}

/// The page's boxes, ticked or not, as a browser would send those that are.
fn boxes(page: &Page) -> Vec<String> {
    let tags = page.main().split("<input").map(|tag| tag.split('>').next().unwrap());
    let ticked = tags.filter(|tag| tag.contains("name=\"item[") && tag.contains(" checked"));
    ticked.map(|tag| tag.split("name=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()).collect()
}

async fn press(who: &Browser, address: &str, page: &Page, without: &[&str], more: &[(&str, &str)]) -> Page {
    let ticked: Vec<String> = boxes(page).into_iter().filter(|name| !without.contains(&name.as_str())).collect();
    let mut fields: Vec<(&str, &str)> = ticked.iter().map(|name| (name.as_str(), "true")).collect();
    fields.extend(more);
    who.send(address, page, "save", &fields).await
}

#[tokio::test]
async fn a_long_draft_has_pages_and_what_is_ticked_stays_ticked() {
    let app = App::start().await;
    let keys: Vec<String> = (0..1_003).map(|at| format!("flag_{at}")).collect();
    let creates =
        keys.iter().map(|key| Submission::new(Command::CreateFlag { project: shop(), flag: flag(key, &["on", "off"]) }));
    app.state.governance.submit_all(&Actor::System, creates.collect()).await.unwrap();
    let mut items = Vec::new();
    for (at, key) in keys.iter().enumerate() {
        // One of the second page would be refused.
        items.push(described(&app, key, if at == 700 { "" } else { "Better" }).await);
    }
    let address = made(&app, items).await;
    let who = app.sign_in("ada").await;
    let first = who.get(&address).await;
    assert!(first.says("Page 1 of 3") && first.says("1 of these would be refused"), "{}", first.status);
    assert!(first.says("1\u{a0}002 are ticked on all pages together."));
    assert_eq!(boxes(&first).len(), 500);

    let second = press(&who, &address, &first, &["item[7]"], &[("go", "2")]).await;
    assert_eq!(second.location, format!("{address}?page=2"));
    let second = who.get(&second.location).await;
    assert!(second.says("Changes 501 to 1\u{a0}000 of 1\u{a0}003.") && second.says("1\u{a0}001 are ticked"), "{}", second.status);
    assert_eq!(boxes(&second).len(), 499, "not the one that would be refused");
    let back = press(&who, &address, &second, &[], &[("go", "1")]).await;
    let first = who.get(&back.location).await;
    assert!(!boxes(&first).contains(&"item[7]".to_owned()), "it was left out a moment ago");

    let none = press(&who, &address, &first, &[], &[("pick", "none")]).await;
    assert!(boxes(&who.get(&none.location).await).is_empty());
    let all = press(&who, &address, &who.get(&none.location).await, &[], &[("pick", "all")]).await;
    let first = who.get(&all.location).await;
    assert_eq!(boxes(&first).len(), 500);

    let saved = press(&who, &address, &first, &["item[7]"], &[]).await;
    assert!(saved.location.starts_with("/p/shop/drafts?saved=1001"), "{} {}", saved.status, saved.location);
    for (key, description) in
        [("flag_7", "A flag of a test"), ("flag_700", "A flag of a test"), ("flag_701", "Better"), ("flag_1002", "Better")]
    {
        assert_eq!(app.definition(key).description, description, "{key}");
    }
}

#[tokio::test]
async fn what_became_refused_on_another_page_is_shown_before_the_rest_is_saved() {
    let app = App::start().await;
    let keys: Vec<String> = (0..501).map(|at| format!("flag_{at}")).collect();
    let creates =
        keys.iter().map(|key| Submission::new(Command::CreateFlag { project: shop(), flag: flag(key, &["on", "off"]) }));
    app.state.governance.submit_all(&Actor::System, creates.collect()).await.unwrap();
    let mut items = Vec::new();
    for key in &keys {
        items.push(described(&app, key, "Better").await);
    }
    let address = made(&app, items).await;
    let who = app.sign_in("ada").await;
    let first = who.get(&address).await;
    app.by_system(Command::ArchiveFlag { project: shop(), flag: FlagKey::parse("flag_500").unwrap() }).await;
    let again = press(&who, &address, &first, &[], &[]).await;
    assert!(again.status == 409 && again.says("What is ticked on other pages is not as it was"), "{}", again.status);
    assert_eq!(app.definition("flag_0").description, "A flag of a test");
    let saved = press(&who, &address, &again, &[], &[]).await;
    assert!(saved.location.starts_with("/p/shop/drafts?saved=500"), "{} {}", saved.status, saved.location);
}

#[tokio::test]
async fn personas_who_would_not_get_what_they_should_are_named() {
    let app = App::start().await;
    app.by_system(Command::CreateFlag { project: shop(), flag: flag("other", &["on", "off"]) }).await;
    app.by_system(Command::CreateSegment { project: shop(), segment: beta(&["user_7"]) }).await;
    app.set("new_checkout", "staging", asks_for_beta()).await;
    let persona = json!({"key": "pro", "name": "Pro in Norway", "context": {"targetingKey": "user_7"},
        "expect": {"staging": {"new_checkout": "on", "other": "off"}}});
    app.by_system(Command::SavePersona { project: shop(), persona: serde_json::from_value(persona).unwrap() }).await;
    let who = app.sign_in("ada").await;
    let harmless = made(&app, vec![described(&app, "other", "Better").await]).await;
    let shown = who.get(&harmless).await;
    assert!(shown.says("Every persona would still get what it should."), "{}", shown.main());

    let items = vec![with_segment(&app, &["user_8"]).await, archived(&app, "other").await];
    let address = made(&app, items).await;
    for name in ["ada", "vic"] {
        let shown = app.sign_in(name).await.get(&address).await;
        assert!(shown.says("1 persona would not get what it should any more."), "{name}: {}", shown.main());
        assert!(shown.says("new_checkout in staging") && shown.says("on → off") && shown.says("expects on"), "{name}");
        assert!(shown.says("other in staging") && shown.says("off → no answer"), "{name}: {}", shown.main());
    }
    let without = who.send(&address, &who.get(&address).await, "save", &[("item[0]", "true"), ("reason", "")]).await;
    assert!(without.location.starts_with("/p/shop/drafts?saved=1"), "never in the way: {} {}", without.status, without.main());
}
