//! A flag's dates on its page: extended with a reason, reviewed, silenced; and what the inbox says of them.

use super::app::{App, Browser, release, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Environment;
use flagstaff::domain::flag::{ExpiryAction, Flag, FlagKind, Owner};
use flagstaff::domain::key::EnvironmentKey;
use flagstaff::domain::policy::{Policy, Review, When};
use flagstaff::domain::project::{KindDefaults, Project};
use flagstaff::domain::role::Role;
use flagstaff::domain::time::{DAY, Timestamp};
use flagstaff::server::clock::Clock;
use flagstaff::server::services::people;
use flagstaff::server::store;

const FLAG: &str = "/p/shop/flags/old";

/// A flag of ada's that ended two days ago. Long ago: sessions end by the system's clock, too.
async fn old(on_expiry: ExpiryAction) -> (App, Clock, Browser) {
    let clock = Clock::at(Timestamp::parse("2020-11-25T09:00:00Z").unwrap());
    let app = App::start_at(clock.clone()).await;
    let ada = people::actor_by_email(&mut app.state.db.read().await.unwrap(), "ada@shop.example").await.unwrap().unwrap();
    let owner = Owner::Person(ada.user_id().unwrap().clone());
    let expires_at = Some(Timestamp::parse("2020-11-24T00:00:00Z").unwrap());
    let flag = Flag { owner, expires_at, on_expiry, ..release("old") };
    app.by_system(Command::CreateFlag { project: shop(), flag }).await;
    let browser = app.sign_in("ada").await;
    (app, clock, browser)
}

#[tokio::test]
async fn a_flag_is_extended_with_a_reason_that_the_history_keeps() {
    let (app, _, ada) = old(ExpiryAction::Notify).await;
    let page = ada.get(FLAG).await;
    assert!(page.says("Its last day was 23 Nov 2020.") && page.says("value=\"2021-02-23\""), "90 days on: {}", page.html);
    let fields = |day: &'static str, reason: &'static str| [("_form", "extend"), ("expires_at", day), ("reason", reason)];
    for (day, reason, words) in [
        ("2020-11-20", "x", "That day is past"),
        ("soon", "x", "Write the day like"),
        ("2021-01-31", " ", "Say why it is still needed"),
    ] {
        let refused = ada.post(FLAG, &fields(day, reason)).await;
        assert!(refused.status == 422 && refused.says(words) && refused.says(&format!("value=\"{day}\"")), "{}", refused.html);
    }
    // Nothing follows from the day but words: it is moved at once.
    let done = ada.post(FLAG, &fields("2021-01-31", "The provider is late")).await;
    assert_eq!(done.status, 303, "{}", done.html);
    assert_eq!(app.definition("old").expires_at, Some(Timestamp::parse("2021-02-01T00:00:00Z").unwrap()));
    let row = app.audit().await.pop().unwrap();
    assert_eq!((row.action.as_str(), row.reason.as_deref()), ("flag.edit", Some("The provider is late")));
    assert!(ada.get(&done.location).await.says("You changed the expiry of old."));
    let vic = app.sign_in("vic").await;
    assert_eq!(vic.post(FLAG, &fields("2021-05-31", "x")).await.status, 403);
}

#[tokio::test]
async fn a_day_that_does_something_is_confirmed_with_its_reason() {
    let (app, _, ada) = old(ExpiryAction::Archive).await;
    let fields = |day: &'static str, reason: &'static str| [("_form", "extend"), ("expires_at", day), ("reason", reason)];
    // Production is critical: the confirm page has the reason already.
    let asked = ada.post(FLAG, &fields("2021-01-31", "The provider is late")).await;
    assert!(asked.status == 428 && asked.says("value=\"The provider is late\""), "{} {}", asked.status, asked.html);
    let more = [("reason", "The provider is late"), ("confirmation", "production")];
    let done = ada.send(FLAG, &asked, "confirm", &more).await;
    assert_eq!(done.status, 303, "{}", done.html);
    assert_eq!(app.definition("old").expires_at, Some(Timestamp::parse("2021-02-01T00:00:00Z").unwrap()));
    let row = app.audit().await.pop().unwrap();
    assert_eq!((row.action.as_str(), row.reason.as_deref()), ("flag.edit", Some("The provider is late")));
}

/// What the difference of two definitions does not tell.
#[tokio::test]
async fn what_another_expiry_comes_to_at_once_is_said_before() {
    let (app, _, ada) = old(ExpiryAction::Notify).await;
    for place in ["development", "staging", "production"] {
        app.set("old", place, serde_json::json!({ "enabled": place != "staging" })).await;
    }
    let edit = format!("{FLAG}/edit");
    let page = ada.get(&edit).await;
    let owner = page.html.split("name=\"owner\"").nth(1).unwrap().split("\" selected").next().unwrap();
    let owner = owner.rsplit("value=\"").next().unwrap().to_owned();
    let served = |name, day| {
        [
            ("kind", "release"),
            ("description", "A flag of a test"),
            ("owner", owner.as_str()),
            ("variants[0].name", "on"),
            ("variants[0].value", "true"),
            ("variants[1].name", "off"),
            ("variants[1].value", "false"),
            ("fallback_variant", "off"),
            ("expires_at", day),
            ("on_expiry", "serve"),
            ("on_expiry_variant", name),
        ]
    };
    let asked = ada.send(&edit, &page, "definition", &served("off", "2020-11-23")).await;
    assert_eq!(asked.status, 428, "{}", asked.html);
    assert!(asked.says("Everybody gets off at once, in development and production."), "{}", asked.main());
    // What everybody has already is no change.
    let same = ada.send(&edit, &page, "definition", &served("on", "2020-11-23")).await;
    assert!(same.status == 428 && !same.says("at once, in"), "{}", same.main());
    let later = ada.send(&edit, &page, "definition", &served("off", "2020-12-20")).await;
    assert!(later.status == 428 && !later.says("at once, in"), "{}", later.main());
    let done = ada.send(&edit, &asked, "confirm", &[("reason", "It failed"), ("confirmation", "production")]).await;
    assert_eq!(done.status, 303, "{}", done.html);
    // Extended, it is back at once.
    app.set(
        "old",
        "development",
        serde_json::json!({ "fallthrough": { "split": {
        "bucket_by": "targetingKey", "weights": [{ "variant": "on", "share": 2_000 }, { "variant": "off", "share": 8_000 }],
    } } }),
    )
    .await;
    let asked = ada.post(FLAG, &[("_form", "extend"), ("expires_at", "2021-01-31"), ("reason", "Once more")]).await;
    let words = "Targets and rules decide again at once, in development. Everybody gets on at once, in production.";
    assert!(asked.status == 428 && asked.says(words), "{}", asked.main());
}

#[tokio::test]
async fn a_permanent_flag_is_reviewed_with_a_reason() {
    let (app, _, ada) = old(ExpiryAction::Notify).await;
    let kept = Flag { kind: FlagKind::Operational, expires_at: None, ..release("limits") };
    app.by_system(Command::CreateFlag { project: shop(), flag: kept }).await;
    let address = "/p/shop/flags/limits";
    let page = ada.get(address).await;
    assert!(
        page.says("Nobody is asked whether it is still needed.") && page.says("value=\"2021-11-25\""),
        "a year on: {}",
        page.html
    );
    let fields = [("_form", "review"), ("review_by", "2021-06-01"), ("reason", "Still tuned each week")];
    assert_eq!(ada.post(address, &fields).await.status, 303);
    assert_eq!(app.definition("limits").review_by, Some(Timestamp::parse("2021-06-01T00:00:00Z").unwrap()));
    assert!(ada.get(address).await.says("Its next review is on 1 Jun 2021."));
}

#[tokio::test]
async fn reminders_come_into_the_inbox_and_are_silenced_on_the_page() {
    let (app, clock, ada) = old(ExpiryAction::Serve(flagstaff::domain::key::VariantName::off())).await;
    app.state.governance.tend().await.unwrap();
    let inbox = ada.get("/inbox").await;
    assert!(inbox.says("expired at the end of 23 Nov 2020. Since then everybody gets off."), "{}", inbox.main());
    assert!(inbox.says("href=\"/p/shop/flags/old\"") && inbox.says("1 thing is new."), "{}", inbox.main());
    let seen = ada.post("/inbox", &[("upto", "z")]).await;
    assert!(seen.status == 303 && ada.get("/inbox").await.says("Nothing new."));
    let silent = [("_form", "snooze"), ("until", "2020-12-20"), ("reason", "")];
    let refused = ada.post(FLAG, &[("_form", "snooze"), ("until", "2022-01-01")]).await;
    assert!(refused.status == 422 && refused.says("90 days from now at most"), "{}", refused.html);
    let done = ada.post(FLAG, &silent).await;
    assert_eq!(done.status, 303, "{}", done.html);
    let page = ada.get(&done.location).await;
    assert!(
        page.says("You silenced the reminders of old until 2020-12-20.") && page.says("silent until 20 Dec 2020"),
        "{}",
        page.html
    );
    let vic = app.sign_in("vic").await;
    assert_eq!(vic.post(FLAG, &silent).await.status, 403);
    assert_eq!(ada.post(FLAG, &[("_form", "wake")]).await.status, 303);
    assert!(ada.get(FLAG).await.says("Silence reminders…"));
    assert!(ada.get("/p/shop/flags/old/history").await.says("let the reminders of"), "it stands in the flag's history");
    clock.set(clock.now().plus(DAY));
}

#[tokio::test]
async fn what_archiving_by_expiry_comes_to_is_said_and_done() {
    let (app, clock, ada) = old(ExpiryAction::Archive).await;
    // Its grace begins when somebody heard that it is over, which is now.
    app.state.governance.tend().await.unwrap();
    let page = ada.get(FLAG).await;
    let words =
        "It is archived from 9 Dec 2020 09:00 UTC on, once nobody has asked for it for a day and no searched code names it.";
    assert!(page.says(words), "{}", page.html);
    assert!(page.says("Otherwise it is archived when its grace is over and nothing asks for it."), "{}", page.html);
    assert!(page.says("14 days later it is archived"), "{}", page.html);
    // Before anybody heard, a silence puts it off.
    let later = Flag { expires_at: Some(Timestamp::parse("2020-12-01T00:00:00Z").unwrap()), ..app.definition("old") };
    let key = flagstaff::domain::key::FlagKey::parse("quiet").unwrap();
    app.by_system(Command::CreateFlag { project: shop(), flag: Flag { key: key.clone(), ..later } }).await;
    let until = Some(Timestamp::parse("2021-01-01T00:00:00Z").unwrap());
    assert!(ada.get("/p/shop/flags/quiet").await.says("It is archived from 15 Dec 2020 00:00 UTC on"));
    app.by_system(Command::SnoozeFlag { project: shop(), flag: key, until }).await;
    assert!(ada.get("/p/shop/flags/quiet").await.says("It is archived from 15 Jan 2021 00:00 UTC on"));
    let project = store::projects::find(&mut app.state.db.read().await.unwrap(), &shop()).await.unwrap().unwrap().project;
    let usual = KindDefaults { grace_days: 3, ..project.kinds.of(FlagKind::Release) };
    let kinds = project.kinds.clone().with(FlagKind::Release, usual);
    app.by_system(Command::EditProject { project: Project { kinds, ..project } }).await;
    assert!(ada.get(FLAG).await.says("It is archived from 28 Nov 2020 09:00 UTC on"));
    clock.set(Timestamp::parse("2020-11-28T09:00:00Z").unwrap());
    app.state.governance.tend().await.unwrap();
    assert!(app.definition("old").archived_at.is_some());
    let page = app.sign_in("ada").await.get("/inbox").await;
    assert!(page.says("was archived: it expired at the end of 23 Nov 2020"), "{}", page.main());
    // Nothing will do it again by itself, and nothing says so.
    app.by_system(Command::RestoreFlag { project: shop(), flag: flagstaff::domain::key::FlagKey::parse("old").unwrap() }).await;
    let page = app.sign_in("ada").await.get(FLAG).await;
    assert!(page.says("it does not come up again unless its last day moves."), "{}", page.main());
    assert!(!page.says("It is archived from") && !page.says("Otherwise it is archived"), "{}", page.main());
}

/// Where others look at it first: the request says who will miss it, and goes when the last day moves.
#[tokio::test]
async fn a_request_to_archive_says_who_will_miss_it_and_ends_with_its_reason() {
    let (app, clock, ada) = old(ExpiryAction::Archive).await;
    let production = EnvironmentKey::parse("production").unwrap();
    let review = Review { when: When::Always, quorum: 1, reviewers: Role::Approver };
    let policy = Policy { review, ..Policy::default() };
    let environment = Environment { policy, ..Environment::usual(production, 2) };
    app.by_system(Command::EditEnvironment { project: shop(), environment }).await;
    app.state.governance.tend().await.unwrap();
    clock.set(clock.now().plus(15 * DAY));
    app.state.governance.tend().await.unwrap();
    let ada = {
        drop(ada);
        app.sign_in("ada").await
    };
    let flag = ada.get(FLAG).await;
    assert!(flag.says("Change request #1") && flag.says("asks for its archive."), "{}", flag.main());
    let request = ada.get("/p/shop/changes/1").await;
    assert!(request.says("Who will miss it") && request.says("Nobody asked for it in the last 24 h."), "{}", request.main());
    let moved = Flag { expires_at: Some(clock.now().plus(90 * DAY)), ..app.definition("old") };
    app.by_system(Command::EditFlag { project: shop(), flag: moved }).await;
    let request = ada.get("/p/shop/changes/1").await;
    assert!(request.says("Taken back") && request.says("Its expiry was moved: it ends"), "{}", request.main());
}
