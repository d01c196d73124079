//! The past: what a flag was and whom it served at a moment, and a whole environment brought back there.

use super::app::{App, Browser, release, shop};
use flagstaff::domain::actor::Actor;
use flagstaff::domain::command::Command;
use flagstaff::domain::key::{EnvironmentKey, FlagKey};
use flagstaff::domain::segment::Segment;
use flagstaff::domain::time::{HOUR, MINUTE, Timestamp};
use flagstaff::engine::Context;
use flagstaff::server::clock::Clock;
use flagstaff::server::services::export::export;
use flagstaff::server::services::flag_file::write::Format;
use flagstaff::server::services::{projects, rewind, states};
use serde_json::{Value, json};

const FLAGS: [&str; 3] = ["new_checkout", "search", "banner"];

fn key(text: &str) -> FlagKey {
    FlagKey::parse(text).unwrap()
}

fn segment(include: &[&str]) -> Segment {
    serde_json::from_value(json!({"key": "beta", "name": "Beta", "include": include})).unwrap()
}

/// A project with something in it, an hour before it is changed.
async fn shop_at(clock: &Clock) -> App {
    let app = App::start_at(clock.clone()).await;
    app.by_system(Command::CreateSegment { project: shop(), segment: segment(&["ada", "lin"]) }).await;
    for name in &FLAGS[1..] {
        app.by_system(Command::CreateFlag { project: shop(), flag: release(name) }).await;
    }
    let beta = json!([{"id": "beta", "name": "Beta", "serve": {"variant": "on"},
        "conditions": [{"attribute": "", "operator": "in_segment", "values": ["beta"]}]}]);
    let half = json!({"split": {"bucket_by": "targetingKey", "weights": [
        {"variant": "on", "share": 5000}, {"variant": "off", "share": 5000}]}});
    let off = json!({"variant": "off"});
    app.set("new_checkout", "staging", json!({"enabled": true, "rules": beta, "fallthrough": off})).await;
    app.set("search", "staging", json!({"enabled": true, "fallthrough": half})).await;
    app.set("banner", "staging", json!({"targets": [{"variant": "on", "units": ["ada"]}]})).await;
    app
}

/// Thirty changes of every sort.
async fn change_everything(app: &App) -> usize {
    let before = app.audit().await.len();
    let edit = |name: &str, change: fn(&mut flagstaff::domain::flag::Flag)| {
        let mut flag = app.definition(name);
        change(&mut flag);
        app.by_system(Command::EditFlag { project: shop(), flag })
    };
    app.by_system(Command::EditSegment { project: shop(), segment: segment(&["max"]) }).await;
    for (at, name) in FLAGS.iter().enumerate() {
        app.set(name, "staging", json!({"enabled": at == 2})).await;
        app.set(name, "staging", json!({"targets": [{"variant": "on", "units": ["max", "eve"]}]})).await;
        app.set(name, "staging", json!({"rules": [{"id": "r9", "conditions": [], "serve": {"variant": "on"}}]})).await;
        let everyone = if at == 2 { "off" } else { "on" };
        app.set(name, "staging", json!({"fallthrough": {"variant": everyone}})).await;
        app.set(name, "development", json!({"enabled": true})).await;
        edit(name, |flag| flag.description = "Something else".into()).await;
        edit(name, |flag| flag.tags = vec!["web".into()]).await;
    }
    app.by_system(Command::CreateFlag { project: shop(), flag: release("brand_new") }).await;
    app.set("brand_new", "staging", json!({"enabled": true})).await;
    app.by_system(Command::EditSegment { project: shop(), segment: segment(&["max", "eve"]) }).await;
    edit("search", |flag| {
        flag.variants.push(serde_json::from_value(json!({"name": "maybe", "value": true})).unwrap());
    })
    .await;
    app.set("search", "staging", json!({"fallthrough": {"variant": "maybe"}, "enabled": true})).await;
    app.by_system(Command::ArchiveFlag { project: shop(), flag: key("banner") }).await;
    app.set("new_checkout", "staging", json!({"off_variant": "on"})).await;
    app.set("new_checkout", "staging", json!({"off_variant": "off"})).await;
    app.audit().await.len() - before
}

async fn exported(app: &App) -> String {
    let staging = EnvironmentKey::parse("staging").unwrap();
    export(&app.state.db, &Actor::Console, &shop(), Some(&staging), Format::Json).await.unwrap()
}

/// Without the flag that was made since: its key is never used again, so it is archived and not removed.
fn without_new(text: &str) -> String {
    let mut document: Value = serde_json::from_str(text).unwrap();
    document["flags"].as_object_mut().unwrap().shift_remove("brand_new");
    document.to_string()
}

#[tokio::test]
async fn thirty_changes_are_brought_back_to_the_byte() {
    let start = Clock::System.now();
    let clock = Clock::at(start);
    let app = shop_at(&clock).await;
    let then = exported(&app).await;
    clock.set(start.plus(HOUR));
    let count = change_everything(&app).await;
    assert!(count >= 30, "{count}");
    assert_ne!(without_new(&exported(&app).await), without_new(&then));

    clock.set(start.plus(2 * HOUR));
    let ada = app.sign_in("ada").await;
    let address = format!("/p/shop/settings/environments/staging/revert?at={}", start.plus(MINUTE));
    let preview = ada.get(&address).await;
    for said in [
        "Archive brand_new",
        "Restore banner",
        "Change the segment beta",
        "Changed 2 times since, by Flagstaff",
        "changes every environment",
    ] {
        assert!(preview.says(said), "{said}: {}", preview.html);
    }
    let draft = ada.send(&address, &preview, "bring-back", &[]).await;
    assert_eq!(draft.status, 303, "{}", draft.html);
    let shown = ada.get(&draft.location).await;
    assert!(shown.says("staging as of") && !shown.says("Changed since by"), "{}", shown.html);
    // What reaches every environment stands apart and is not ticked, nor is what needs it.
    let (here, everywhere) = shown.main().split_once("id=\"everywhere\"").unwrap();
    assert!(
        here.contains("Change search in staging") && here.contains("checked") && !here.contains(">Restore banner<"),
        "{here}"
    );
    assert!(here.contains("Banner is archived; restore it before you change it."), "{here}");
    assert!(everywhere.contains("Restore banner") && everywhere.contains("Change the segment beta"), "{everywhere}");
    assert!(everywhere.contains("changes every environment at once") && !everywhere.contains(" checked"), "{everywhere}");
    let banner = box_of(here, "Change banner in staging");
    let alone = ada.send(&draft.location, &shown, "save", &[(&banner, "true"), ("reason", "Back")]).await;
    assert!(
        alone.status == 422 && alone.says("would be refused: banner is archived; restore it"),
        "{} {}",
        alone.status,
        alone.main()
    );
    let saved = save_all(&ada, &draft.location).await;
    assert_eq!(saved.status, 303, "{}", saved.html);

    let now = exported(&app).await;
    assert_eq!(without_new(&now), without_new(&then));
    assert!(app.definition("brand_new").archived_at.is_some(), "made since, so archived");
    assert!(app.served("search", "development").enabled, "other environments keep their states");
    let again = ada.get(&address).await;
    assert!(again.says("Nothing of staging is different from then"), "{}", again.html);
}

/// The name of the box whose label says so.
fn box_of(html: &str, label: &str) -> String {
    let before = html.split(&format!(">{label}<")).next().unwrap();
    before.rsplit("name=\"").next().unwrap().split('"').next().unwrap().to_owned()
}

/// Ticks everything and says what is asked for.
async fn save_all(who: &Browser, address: &str) -> super::app::Page {
    let shown = who.get(address).await;
    let boxes: Vec<String> = (0..100).map(|at| format!("item[{at}]")).filter(|name| shown.says(name.as_str())).collect();
    let mut fields: Vec<(&str, &str)> = boxes.iter().map(|name| (name.as_str(), "true")).collect();
    fields.extend([("reason", "It went wrong"), ("typed.production", "production")]);
    who.send(address, &shown, "save", &fields).await
}

#[tokio::test]
async fn what_is_not_ticked_stays_and_what_moved_is_told() {
    let start = Clock::System.now();
    let clock = Clock::at(start);
    let app = shop_at(&clock).await;
    clock.set(start.plus(HOUR));
    app.set("search", "staging", json!({"enabled": false})).await;
    app.set("banner", "staging", json!({"enabled": true})).await;
    clock.set(start.plus(2 * HOUR));
    let ada = app.sign_in("ada").await;
    let address = "/p/shop/settings/environments/staging/revert";
    let at = start.plus(MINUTE).to_string();
    let draft = ada.post(address, &[("_form", "bring-back"), ("at", &at)]).await;
    let shown = ada.get(&draft.location).await;
    assert!(shown.says("Turn off banner in staging") && shown.says("Turn on search in staging"), "{}", shown.html);
    let none = ada.send(&draft.location, &shown, "save", &[]).await;
    assert!(none.status == 422 && none.says("Tick at least one"), "{}", none.html);
    let saved = ada.send(&draft.location, &shown, "save", &[("item[1]", "true"), ("reason", "Back")]).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    assert!(app.served("search", "staging").enabled && app.served("banner", "staging").enabled);
    for (at, why) in [(start.plus(9 * HOUR).to_string(), "still to come"), ("soon".to_owned(), "is no moment")] {
        let page = ada.get(&format!("{address}?at={at}")).await;
        assert!(page.status == 422 && page.says(why), "{} {}", page.status, page.html);
        let page = ada.post(address, &[("_form", "bring-back"), ("at", &at)]).await;
        assert!(page.status == 422 && page.says(why), "{} {}", page.status, page.html);
    }
}

#[tokio::test]
async fn an_hour_ago_answers_as_it_then_did() {
    let start = Clock::System.now();
    let clock = Clock::at(start);
    let app = shop_at(&clock).await;
    let users = ["ada", "lin", "max", "user_1", "user_2", "user_3", "user_4", "user_5"];
    let contexts: Vec<Context> = users.iter().map(|user| Context::parse(json!({"targetingKey": user})).unwrap()).collect();
    let project = projects::open(&app.state, &Actor::System, "shop").await.unwrap();
    let answers = |open: &states::OpenState, at: Timestamp| -> Vec<String> {
        let answer = |context: &Context| format!("{:?}", open.served.evaluate(context, at));
        contexts.iter().map(answer).collect()
    };
    let live = |name: &str| states::open(&app.state, &project, "staging", name).unwrap();
    let at = start.plus(MINUTE);
    clock.set(at);
    let then: Vec<Vec<String>> = FLAGS.iter().map(|name| answers(&live(name), at)).collect();
    clock.set(start.plus(HOUR));
    change_everything(&app).await;
    let mut changed = 0;
    for (name, then) in FLAGS.iter().zip(then) {
        let open = rewind::flag(&app.state, &project, &live(name), at).await.unwrap().unwrap();
        assert_eq!(answers(&open, at), then, "{name}");
        changed += usize::from(answers(&live(name), at) != then);
        let whole = rewind::environment(&app.state, &project, "staging", at).await.unwrap();
        assert_eq!(whole.then.states[*name], *open.served.state, "{name}");
    }
    assert_eq!(changed, FLAGS.len(), "the changes change answers");
}

#[tokio::test]
async fn the_page_of_the_past_is_to_read_and_tells_whom_it_served() {
    let start = Clock::System.now();
    let clock = Clock::at(start);
    let app = shop_at(&clock).await;
    clock.set(start.plus(HOUR));
    let (ada, vic) = (app.sign_in("ada").await, app.sign_in("vic").await);
    app.set("banner", "staging", json!({"enabled": true, "targets": [], "fallthrough": {"variant": "on"}})).await;
    app.by_system(Command::CreateFlag { project: shop(), flag: release("late") }).await;
    let (address, at) = ("/p/shop/flags/banner/staging", start.plus(MINUTE));
    let page = ada.get(&format!("{address}?at={at}&user=ada")).await;
    for said in ["As it was", "See it now", "ada</code> → serve", "The flag is off", "Rules in staging then"] {
        assert!(page.says(said), "{said}: {}", page.html);
    }
    assert!(!page.main().contains("Change targets") && !page.main().contains("role=\"switch\""), "{}", page.html);
    let masked = vic.get(&format!("{address}?at={at}")).await;
    assert!(masked.status == 200 && masked.says("1 key") && !masked.main().contains("<code>ada</code>"), "{}", masked.html);
    let now = ada.get(&format!("{address}?at={}&user=eve", start.plus(HOUR))).await;
    assert!(!now.says("ada</code> → serve"), "{}", now.html);
    let early = ada.get(&format!("/p/shop/flags/late/staging?at={at}")).await;
    assert!(early.says("It was not there then"), "{}", early.html);
    for (bad, why) in [(start.plus(9 * HOUR).to_string(), "still to come"), ("yesterday".into(), "is no moment")] {
        let page = ada.get(&format!("{address}?at={bad}")).await;
        assert!(page.status == 422 && page.says(why), "{} {}", page.status, page.html);
    }
}

#[tokio::test]
async fn there_is_no_going_back_to_before_it_was_made() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let address = "/p/shop/settings/environments/staging/revert";
    let page = ada.get(&format!("{address}?at=2000-01-01T00:00:00Z")).await;
    assert!(page.status == 422 && page.says("staging was made later") && !page.says("Archive new_checkout"), "{}", page.html);
    let refused = ada.post(address, &[("_form", "bring-back"), ("at", "2000-01-01T00:00:00Z")]).await;
    assert!(refused.status == 422 && refused.says("staging was made later"), "{}", refused.html);
}

#[tokio::test]
async fn what_nobody_touched_since_is_not_read() {
    let start = Clock::System.now();
    let clock = Clock::at(start);
    let app = shop_at(&clock).await;
    clock.set(start.plus(HOUR));
    for enabled in [true, false, true] {
        app.set("banner", "staging", json!({"enabled": enabled})).await;
    }
    app.set("search", "production", json!({"enabled": true})).await;
    let project = projects::open(&app.state, &Actor::System, "shop").await.unwrap();
    let whole = rewind::environment(&app.state, &project, "staging", start.plus(MINUTE)).await.unwrap();
    assert_eq!(whole.present.flags.keys().collect::<Vec<_>>(), ["banner"]);
    assert_eq!(whole.then.states.keys().collect::<Vec<_>>(), ["banner"]);
    assert!(whole.present.segments.is_empty() && !whole.then.states["banner"].enabled);
    assert_eq!((whole.changes, whole.since.iter().map(|group| group.times).sum::<i64>()), (4, 3));
    let ada = app.sign_in("ada").await;
    let page = ada.get(&format!("/p/shop/settings/environments/staging/revert?at={}", start.plus(MINUTE))).await;
    assert!(page.says("4 changes were made in this project since. 1 would bring it back"), "{}", page.main());
    assert!(page.says("Changed 3 times since, by Flagstaff."), "{}", page.main());
}
