//! The cleanup board: what stands where and why, what can be done there, and what is known of code.

use super::app::{App, Browser, Page, release, shop};
use flagstaff::domain::actor::Actor;
use flagstaff::domain::api_key::ApiKeyKind;
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::{Environment, Protection};
use flagstaff::domain::flag::{Flag, FlagKind, Owner};
use flagstaff::domain::id::UserId;
use flagstaff::domain::key::{EnvironmentKey, FlagKey};
use flagstaff::domain::role::Role;
use flagstaff::domain::time::{DAY, Timestamp};
use flagstaff::server::clock::Clock;
use flagstaff::server::services::keys::{self, Wanted};
use flagstaff::server::services::people;
use serde_json::json;

const PAGE: &str = "/p/shop/cleanup";

/// A Wednesday, long ago: sessions end by the system's clock, too. Who moves it by hours signs in anew.
pub fn clock() -> Clock {
    Clock::at(Timestamp::parse("2020-11-25T09:00:00Z").unwrap())
}

pub async fn make(app: &App, flag: Flag) {
    app.by_system(Command::CreateFlag { project: shop(), flag }).await;
}

/// As the evaluation endpoint counts it.
async fn asked(app: &App, key: &str) {
    let made = api_key(app, ApiKeyKind::Server).await;
    let request = app.stranger().by_hand(&format!("/ofrep/v1/evaluate/flags/{key}")).bearer_auth(made);
    Page::from(request.json(&json!({ "context": { "targetingKey": "user_1" } }))).await;
}

async fn api_key(app: &App, kind: ApiKeyKind) -> String {
    let environment = EnvironmentKey::parse("production").unwrap();
    let wanted = Wanted { name: "Test".into(), origins: vec!["*".into()], expires_at: None };
    keys::create(&app.state.governance, &Actor::System, (shop(), environment), kind, wanted)
        .await
        .unwrap()
        .secret
        .reveal()
        .clone()
}

pub async fn id(app: &App, name: &str) -> UserId {
    let email = format!("{name}@shop.example");
    let found = people::actor_by_email(&mut app.state.db.read().await.unwrap(), &email).await.unwrap().unwrap();
    found.user_id().unwrap().clone()
}

/// The part of the board under a heading.
fn part<'p>(page: &'p Page, id: &str) -> &'p str {
    let start = page.html.find(&format!("aria-labelledby=\"{id}\"")).unwrap_or_else(|| panic!("no {id} in {}", page.main()));
    let rest = &page.html[start..];
    &rest[..rest.find("</section>").unwrap()]
}

/// Flags of each part, a hundred days on.
async fn board() -> (App, Browser) {
    let (clock, later) = (clock(), 100);
    let app = App::start_at(clock.clone()).await;
    let far = clock.now().plus(400 * DAY);
    let flag = |key: &str| Flag { expires_at: Some(far), ..release(key) };
    for key in ["winner", "forgotten", "sleeping"] {
        make(&app, flag(key)).await;
    }
    make(&app, Flag { expires_at: Some(clock.now().plus(90 * DAY)), ..release("late") }).await;
    make(&app, Flag { kind: FlagKind::Operational, review_by: Some(clock.now().plus(50 * DAY)), ..release("limits") }).await;
    make(&app, flag("gone")).await;
    app.by_system(Command::ArchiveFlag { project: shop(), flag: FlagKey::parse("gone").unwrap() }).await;
    for key in ["winner", "forgotten", "late"] {
        app.set(key, "production", json!({ "enabled": true })).await;
    }
    clock.set(clock.now().plus(later * DAY));
    for key in ["winner", "sleeping", "late", "gone"] {
        asked(&app, key).await;
    }
    let ada = app.sign_in("ada").await;
    (app, ada)
}

#[tokio::test]
async fn each_flag_stands_where_its_next_step_is_with_what_speaks_for_it() {
    let (_app, ada) = board().await;
    let page = ada.get(PAGE).await;
    assert_eq!(page.status, 200, "{}", page.html);
    let winner = part(&page, "remove-code");
    assert!(winner.contains("winner") && winner.contains("Everybody in production has got on for 100 days"), "{winner}");
    assert!(winner.contains("Put in its place: true (variant on)") && winner.contains("data-copy"), "{winner}");
    let quiet = part(&page, "archive");
    assert!(quiet.contains("forgotten") && quiet.contains("Nobody has ever asked this server for it."), "{quiet}");
    let late = part(&page, "expired");
    assert!(late.contains(">late<") && late.contains("Expired 10 days ago.") && late.contains("/flags/late#lifetime"), "{late}");
    let called = part(&page, "still-called");
    assert!(called.contains("sleeping") && called.contains("has got off for 100 days"), "{called}");
    let gone = part(&page, "archived");
    assert!(gone.contains(">gone<") && gone.contains("Asked for once since, in vain."), "{gone}");
    let review = part(&page, "review");
    assert!(review.contains("limits") && review.contains("Its review was due on"), "{review}");
    // Everybody who has a flag here is a name from a file; the archived one wants nobody.
    assert!(page.says("6 flags have no owner who could act"), "{}", page.main());
    assert!(part(&page, "debt").contains("Payments team") && part(&page, "debt").contains("<polyline"));
    assert!(!page.main().contains("new_checkout"), "a permanent flag without a date is left alone");
    // The navigation says how many, on every page.
    let flags = ada.get("/p/shop/flags").await;
    let nav = &flags.html[flags.html.find("/p/shop/cleanup\"").unwrap()..];
    assert!(nav[..nav.find("</a>").unwrap()].contains('5'), "{}", &nav[..400]);
    for (query, key) in [("status:ready-to-remove", "winner"), ("owner:nobody", "late"), ("status:created", "limits")] {
        let found = ada.get(&format!("/p/shop/flags?q={query}")).await;
        assert!(found.main().contains(&format!("/flags/{key}\"")), "{query}: {}", found.main());
    }
}

#[tokio::test]
async fn what_is_ready_is_archived_from_there_by_who_may() {
    let (app, ada) = board().await;
    let page = ada.get(PAGE).await;
    let form = part(&page, "archive");
    assert!(form.contains("action=\"/p/shop/flags/forgotten\""), "{form}");
    let version = form.split("name=\"base_version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let address = "/p/shop/flags/forgotten";
    let fields = [("_form", "archive"), ("base_version", version.as_str())];
    let asked = ada.post(address, &fields).await;
    assert_eq!(asked.status, 428, "{}", asked.html);
    let done = ada.send(address, &asked, "confirm", &[("reason", "Nobody asks"), ("confirmation", "production")]).await;
    assert_eq!(done.status, 303, "{}", done.html);
    assert!(app.definition("forgotten").archived_at.is_some());
    let page = ada.get(PAGE).await;
    assert!(!page.main().contains("forgotten"), "{}", page.main());
    let vic = app.sign_in("vic").await.get(PAGE).await;
    assert!(vic.status == 200 && !vic.main().contains("_form"), "{}", vic.main());
}

/// Its state was not touched, and yet nobody has had that answer for a hundred days.
#[tokio::test]
async fn what_turned_an_answer_begins_its_days_anew() {
    let (app, ada) = board().await;
    let key = FlagKey::parse("winner").unwrap();
    app.by_system(Command::ArchiveFlag { project: shop(), flag: key.clone() }).await;
    app.by_system(Command::RestoreFlag { project: shop(), flag: key }).await;
    let mut values = app.definition("forgotten");
    values.variants[0].value = json!(false);
    app.by_system(Command::EditFlag { project: shop(), flag: values }).await;
    let words = Flag { description: "Better words".into(), ..app.definition("sleeping") };
    app.by_system(Command::EditFlag { project: shop(), flag: words }).await;
    let page = ada.get(PAGE).await;
    assert!(!page.main().contains("/flags/winner\"") && !page.main().contains("/flags/forgotten\""), "{}", page.main());
    assert!(part(&page, "still-called").contains("has got off for 100 days"), "words change no answer");
    let restored = ada.get("/p/shop/flags/winner").await;
    assert!(restored.says("Fully on · today") && restored.says("Fully on since today"), "{}", restored.main());
}

#[tokio::test]
async fn an_empty_board_says_so_and_mine_is_mine() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    assert!(ada.get(PAGE).await.says("Nothing to clean up"));
    let late = Flag { expires_at: Some(app.state.clock.now().plus(-DAY)), ..release("late") };
    make(&app, Flag { owner: Owner::Person(id(&app, "ada").await), ..late.clone() }).await;
    make(&app, Flag { key: FlagKey::parse("other").unwrap(), ..late }).await;
    let mine = ada.get(&format!("{PAGE}?owner=me")).await;
    assert!(mine.main().contains("/flags/late\"") && !mine.main().contains("/flags/other\""), "{}", mine.main());
}

/// A search as CI hands it over.
async fn upload(app: &App, key: &str, body: serde_json::Value) -> Page {
    Page::from(app.stranger().by_hand("/api/v1/refs").bearer_auth(key).json(&body)).await
}

#[tokio::test]
async fn code_that_names_a_flag_is_shown_and_warned_of() {
    let (app, ada) = board().await;
    let key = api_key(&app, ApiKeyKind::Server).await;
    let keys = Page::from(app.stranger().request(reqwest::Method::GET, "/api/v1/refs").bearer_auth(&key)).await;
    assert!(keys.status == 200 && keys.says("\"forgotten\"") && keys.says("\"gone\""), "{}", keys.html);
    let scan = json!({ "repository": "shop/web", "branch": "main", "commit": "1f2e3d4" });
    let place = |key: &str, line: u32| json!({ "key": key, "file": "src/<cart>.rs", "line": line });
    let sent = upload(
        &app,
        &key,
        json!({ "scan": scan, "references": [place("forgotten", 12), place("forgotten", 12), place("gone", 3)] }),
    )
    .await;
    assert_eq!(sent.status, 200, "{}", sent.html);
    let page = ada.get("/p/shop/flags/forgotten").await;
    assert!(page.says("src/&lt;cart&gt;.rs:12") && page.says("Removal brief"), "{}", page.html);
    let board = ada.get(PAGE).await;
    assert!(!board.html.contains("aria-labelledby=\"archive\""), "it is not quiet any more: {}", board.main());
    assert!(part(&board, "remove-code").contains("shop/web: src/&lt;cart&gt;.rs:12"), "{}", board.main());
    let asked = ada.post("/p/shop/flags/forgotten", &[("_form", "archive")]).await;
    assert!(asked.status == 428 && asked.says("Code still names it in one place"), "{}", asked.html);
    for (body, status, word) in [
        (json!({ "scan": { "repository": "" }, "references": [] }), 422, "repository"),
        (json!({ "scan": scan, "references": [place("forgotten", 0)] }), 422, "from 1"),
        (json!({ "references": [] }), 400, "scan"),
        (json!({ "scan": scan, "references": [], "more": 1 }), 400, "more"),
    ] {
        let refused = upload(&app, &key, body).await;
        assert!(refused.status == status && refused.says(word), "{}", refused.html);
    }
    for hidden in ["shop\n/web", "shop/\u{202e}bew"] {
        let scan = json!({ "repository": hidden });
        let refused = upload(&app, &key, json!({ "scan": scan, "references": [] })).await;
        assert!(refused.status == 422 && refused.says("control characters"), "{}", refused.html);
    }
    let client = api_key(&app, ApiKeyKind::Client).await;
    assert_eq!(upload(&app, &client, json!({})).await.status, 403);
}

#[tokio::test]
async fn a_search_is_forgotten_by_admins_and_by_who_made_it() {
    let (app, ada) = board().await;
    app.person("max", Some(Role::Admin)).await;
    let key = api_key(&app, ApiKeyKind::Server).await;
    for repository in ["shop/web", "shop/<old>"] {
        let places: Vec<_> = (1..=125).map(|line| json!({ "key": "winner", "file": "src/a.rs", "line": line })).collect();
        let sent = upload(&app, &key, json!({ "scan": { "repository": repository }, "references": places })).await;
        assert_eq!(sent.status, 200, "{}", sent.html);
    }
    // No count ends where a list does.
    let flag = ada.get("/p/shop/flags/winner").await;
    assert!(flag.says("And 50 more places, which the page leaves out."), "{}", flag.main());
    assert!(flag.says("and 50 more places"), "nor does the brief: {}", flag.main());
    assert!(ada.get(PAGE).await.says("Named in 250 places in code"));
    assert!(!ada.get(PAGE).await.main().contains("value=\"forget\""), "editors have no button for it");
    let forget = [("_form", "forget"), ("repository", "shop/<old>")];
    assert_eq!(ada.post(PAGE, &forget).await.status, 403);
    let max = app.sign_in("max").await;
    assert!(max.get(PAGE).await.says("Forget shop/&lt;old&gt;"));
    let done = max.post(PAGE, &forget).await;
    assert_eq!(done.status, 303, "{}", done.html);
    let page = max.get(&done.location).await;
    assert!(page.says("You forgot the search of the repository shop/&lt;old&gt;."), "{}", page.main());
    assert!(page.says("Named in 125 places in code"), "{}", page.main());
    let again = max.post(PAGE, &forget).await;
    assert!(again.status == 422 && again.says("No search of shop/&lt;old&gt; is kept"), "{}", again.html);
    // With the key that brought it.
    let delete = |key: &str| {
        let request = app.stranger().request(reqwest::Method::DELETE, "/api/v1/refs?repository=shop/web");
        Page::from(request.bearer_auth(key))
    };
    let client = api_key(&app, ApiKeyKind::Client).await;
    assert_eq!(delete(&client).await.status, 403);
    assert_eq!(delete(&key).await.status, 200);
    assert!(max.get(PAGE).await.says("No source tree was searched yet"));
    let row = app.audit().await.pop().unwrap();
    assert_eq!((row.action.as_str(), row.reason.as_deref()), ("references.forget", Some("Asked for with the API key Test")));
}

#[tokio::test]
async fn a_project_keeps_searches_of_a_hundred_repositories() {
    let app = App::start().await;
    let key = api_key(&app, ApiKeyKind::Server).await;
    let scan = |number: u32| json!({ "scan": { "repository": format!("shop/{number}") }, "references": [] });
    for number in 0..100 {
        assert_eq!(upload(&app, &key, scan(number)).await.status, 200);
    }
    let refused = upload(&app, &key, scan(100)).await;
    assert!(refused.status == 422 && refused.says("searches of 100 repositories"), "{}", refused.html);
    assert_eq!(upload(&app, &key, scan(7)).await.status, 200, "a later search of one of them takes its place");
}

/// A bulk answer holds every flag: that it was sent says nothing of whether code reads this one.
#[tokio::test]
async fn bulk_answers_are_told_and_keep_no_flag_alive() {
    let (app, ada) = board().await;
    let key = api_key(&app, ApiKeyKind::Server).await;
    let request = app.stranger().by_hand("/ofrep/v1/evaluate/flags").bearer_auth(key);
    let bulk = Page::from(request.json(&json!({ "context": { "targetingKey": "user_1" } }))).await;
    assert!(bulk.status == 200 && bulk.says("forgotten"), "{}", bulk.html);
    let page = ada.get(PAGE).await;
    let quiet = part(&page, "archive");
    let words = "Nobody has ever asked this server for it by itself. Part of a bulk answer";
    assert!(quiet.contains("forgotten") && quiet.contains(words), "{}", page.main());
    assert!(quiet.contains("which says nothing of whether code reads it."), "{quiet}");
    assert!(part(&page, "remove-code").contains("Last asked for"), "{}", page.main());
    let asked = ada.post("/p/shop/flags/forgotten", &[("_form", "archive")]).await;
    let words = "Nobody asked for it by itself in the last 24 h. Callers who do will get FLAG_NOT_FOUND and use the default in their code. One bulk answer held it";
    assert!(asked.status == 428 && asked.says(words), "{}", asked.main());
}

/// Once its moment comes, everybody may get something else.
#[tokio::test]
async fn no_brief_is_offered_while_something_is_on_its_way() {
    let (app, ada) = board().await;
    let later = app.state.clock.now().plus(3 * DAY);
    let plan = json!({ "fallthrough": { "rollout": {
        "variant": "on", "rest": "off", "plan": { "steps": [{ "share": 10_000, "starts_at": { "at": later } }] },
    } } });
    app.set("late", "production", plan).await;
    let page = ada.get(PAGE).await;
    let late = part(&page, "expired");
    assert!(late.contains("A step of its plan is still to come.") && !late.contains("Removal brief"), "{late}");
    let flag = ada.get("/p/shop/flags/late").await;
    assert!(!flag.says("Removal brief"), "{}", flag.main());
}

#[tokio::test]
async fn every_flag_of_a_part_can_be_reached() {
    let app = App::start().await;
    for number in 0..27 {
        let expires_at = Some(app.state.clock.now().plus(-DAY * (30 - number)));
        make(&app, Flag { expires_at, ..release(&format!("late_{number:02}")) }).await;
        asked(&app, &format!("late_{number:02}")).await;
    }
    let ada = app.sign_in("ada").await;
    let page = ada.get(PAGE).await;
    let part = part(&page, "expired");
    assert!(part.contains("Expired (27)") && part.contains("And 2 more, newer than these."), "{part}");
    assert!(part.contains("late_24") && !part.contains("late_25"), "{part}");
    assert!(part.contains("href=\"?part=expired\""), "{part}");
    let first = ada.get(&format!("{PAGE}?part=expired")).await;
    assert!(first.main().contains("late_24") && !first.main().contains("late_25"), "{}", first.main());
    assert!(first.main().contains("href=\"?part=expired&amp;page=2\""), "{}", first.main());
    let last = ada.get(&format!("{PAGE}?part=expired&page=2")).await;
    assert!(last.main().contains("late_26") && !last.main().contains("late_24"), "{}", last.main());
    for odd in ["?part=expired&page=99", "?part=expired&page=x", "?part=nothing", "?part=review"] {
        assert_eq!(ada.get(&format!("{PAGE}{odd}")).await.status, 200, "{odd}");
    }
}

#[tokio::test]
async fn who_will_miss_a_flag_is_told_where_nothing_else_is_asked_for() {
    let app = App::start().await;
    let production = EnvironmentKey::parse("production").unwrap();
    let open = Environment { protection: Protection::Open, ..Environment::usual(production, 2) };
    app.by_system(Command::EditEnvironment { project: shop(), environment: open }).await;
    for key in ["called", "quiet"] {
        make(&app, release(key)).await;
    }
    asked(&app, "called").await;
    let ada = app.sign_in("ada").await;
    let look = ada.get("/p/shop/bulk?flag=called&flag=quiet").await;
    let look = ada.send("/p/shop/bulk", &look, "bulk-choose", &[("do", "archive")]).await;
    assert_eq!(look.main().matches("Still in use").count(), 1, "{}", look.main());
    let address = "/p/shop/flags/called";
    let told = ada.post(address, &[("_form", "archive")]).await;
    assert!(told.status == 428 && told.says("Asked for once in the last 24 h"), "{}", told.html);
    assert!(told.says("Nothing is changed yet.") && app.definition("called").archived_at.is_none(), "{}", told.html);
    assert_eq!(ada.send(address, &told, "confirm", &[]).await.status, 303, "no reason is asked for");
    assert_eq!(ada.post("/p/shop/flags/quiet", &[("_form", "archive")]).await.status, 303, "nobody misses it");
    assert!(["called", "quiet"].iter().all(|key| app.definition(key).archived_at.is_some()));
}
