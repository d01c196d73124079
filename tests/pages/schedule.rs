//! The schedule of a project: everything on one timeline, what meets, and the calendar of it.

use super::app::{App, Browser, Page, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Environment;
use flagstaff::domain::key::EnvironmentKey;
use flagstaff::domain::time::{DAY, HOUR, MINUTE, Timestamp};
use flagstaff::server::clock::Clock;
use serde_json::{Value, json};

pub const SCHEDULE: &str = "/p/shop/schedule";

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// At nine in the morning of a day in October.
pub async fn october() -> App {
    App::start_at(Clock::at(at("2026-10-20T07:00:00Z"))).await
}

/// The words of the page, without its marks.
pub fn words(page: &Page) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in page.main().chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.replace("&#x27;", "'").replace("&quot;", "\"")
}

pub fn place(key: &str, position: i64) -> Environment {
    Environment::usual(EnvironmentKey::parse(key).unwrap(), position)
}

fn plan(steps: &[(u16, &str)]) -> Value {
    let steps: Vec<Value> = steps.iter().map(|(share, at)| json!({"share": share, "starts_at": {"at": at}})).collect();
    json!({"rollout": {"variant": "on", "rest": "off", "plan": {"steps": steps}}})
}

/// A plan, an expiry, a review, a freeze and three changes, which meet each other.
async fn busy(app: &App) -> Browser {
    let steps = plan(&[(1_000, "2026-10-21T08:00:00Z"), (5_000, "2026-10-23T08:00:00Z"), (10_000, "2026-10-27T08:00:00Z")]);
    app.set("new_checkout", "development", json!({"enabled": true, "fallthrough": steps})).await;
    for (key, parts) in [
        ("sale", json!({"expires_at": "2026-10-26T00:00:00Z", "on_expiry": {"serve": "off"}})),
        ("stays", json!({"review_by": "2026-10-28T00:00:00Z"})),
    ] {
        let mut flag = serde_json::to_value(super::app::flag(key, &["on", "off"])).unwrap();
        for (name, value) in parts.as_object().unwrap() {
            flag[name] = value.clone();
        }
        app.by_system(Command::CreateFlag { project: shop(), flag: serde_json::from_value(flag).unwrap() }).await;
    }
    let freeze = json!({"freezes": [{"name": "Stocktaking", "from": "2026-10-24T00:00:00Z", "until": "2026-10-25T00:00:00Z"}]});
    let environment = Environment { policy: serde_json::from_value(freeze).unwrap(), ..place("development", 0) };
    app.by_system(Command::EditEnvironment { project: shop(), environment }).await;
    let ada = app.sign_in("ada").await;
    schedule(&ada, "development", "2026-10-24 09:00", &[("serve", "variant"), ("serve.variant", "on")], "Freeze it").await;
    schedule(&ada, "development", "2026-10-21 08:10", &[("serve", "variant"), ("serve.variant", "off")], "Stop the plan").await;
    schedule(&ada, "staging", "2026-10-22 09:00 Europe/Oslo", &[("serve", "variant"), ("serve.variant", "off")], "Quiet").await;
    ada
}

async fn schedule(who: &Browser, environment: &str, moment: &str, fields: &[(&str, &str)], title: &str) {
    let path = format!("/p/shop/flags/new_checkout/{environment}");
    let page = who.get(&path).await;
    let drafted = who.send(&path, &page, "everyone-else", fields).await;
    assert_eq!(drafted.status, 303, "{}", drafted.main());
    let address = format!("{}/schedule", who.get(&path).await.draft().0);
    let form = who.get(&address).await;
    let fields = [("at", moment), ("request_title", title), ("request_why", "Because")];
    let done = who.send(&address, &form, "schedule", &fields).await;
    assert_eq!(done.status, 303, "{}", done.main());
}

#[tokio::test]
async fn one_timeline_shows_everything_in_its_order_with_what_meets() {
    let app = october().await;
    let ada = busy(&app).await;
    let page = ada.get(SCHEDULE).await;
    let text = words(&page);
    let mut from = 0;
    for entry in [
        "10 % get on (step 1 of 3)",
        "#2 Stop the plan",
        "#3 Quiet",
        "50 % get on (step 2 of 3)",
        "Freeze begins: Stocktaking",
        "#1 Freeze it",
        "Freeze ends: Stocktaking",
        "sale expires: serve off to everybody",
        "100 % get on (step 3 of 3)",
        "stays is due for a review",
    ] {
        let found = text[from..].find(entry).unwrap_or_else(|| panic!("{entry} after {} in {text}", &text[..from]));
        from += found + entry.len();
    }
    for mark in [
        "#2 replaces what this is part of before: if it is applied, this does not come.",
        "It replaces a plan in development that has 2 steps to come.",
        "#2 changes the same flag there before: this will not be applied after it unless it is updated.",
        "#1 was made for the same flag and comes later",
        "Development is frozen then (Stocktaking, until 25 Oct 2026 00:00 UTC): it will not be applied, and you are told.",
        "#2 comes 10 m after it.",
        "22 Oct 2026 09:00 in Europe/Oslo (22 Oct 2026 07:00 UTC)",
    ] {
        assert!(text.contains(mark), "{mark} in {text}");
    }
    assert!(
        page.says("data-local") && text.contains("Wednesday, 21 Oct 2026") && text.contains("08:00 UTC in 1 d 1 h"),
        "{text}"
    );
}

#[tokio::test]
async fn an_environment_alone_and_how_far_ahead_are_the_address() {
    let app = october().await;
    let ada = busy(&app).await;
    let text = words(&ada.get(&format!("{SCHEDULE}?env=staging")).await);
    assert!(text.contains("#3 Quiet") && text.contains("sale expires"), "{text}");
    assert!(!text.contains("Stop the plan") && !text.contains("Stocktaking") && !text.contains("step 1"), "{text}");
    let near = words(&ada.get(&format!("{SCHEDULE}?days=7")).await);
    assert!(near.contains("step 2 of 3") && !near.contains("due for a review") && near.contains("8 things"), "{near}");
    for odd in ["?env=nowhere", "?days=many", "?page=99", "?page=0", "?env=staging&env=development"] {
        assert_eq!(ada.get(&format!("{SCHEDULE}{odd}")).await.status, 200, "{odd}");
    }
    let empty = App::start_at(Clock::at(at("2026-10-20T07:00:00Z"))).await;
    assert!(empty.sign_in("vic").await.get(SCHEDULE).await.says("Nothing is going to happen by itself"));
}

#[tokio::test]
async fn the_form_for_a_moment_leads_to_the_playground_of_then() {
    let app = october().await;
    let ada = busy(&app).await;
    let page = ada.get(SCHEDULE).await;
    assert!(page.says("action=\"/p/shop/playground\"") && page.says("name=\"env\"") && page.says("name=\"at\""));
    let there = ada.get("/p/shop/playground?env=development&at=2026-10-28+09%3A00+Europe%2FOslo").await;
    assert!(there.status == 200 && there.says("28 Oct 2026 08:00:00 UTC"), "{}", there.main());
}

#[tokio::test]
async fn what_did_not_go_as_planned_is_told() {
    let app = october().await;
    let ada = busy(&app).await;
    app.state.clock.set(at("2026-10-22T08:00:00Z"));
    app.state.governance.apply_due().await.unwrap();
    app.state.clock.set(at("2026-10-27T09:00:00Z"));
    app.state.governance.apply_due().await.unwrap();
    let ada = {
        drop(ada);
        app.sign_in("ada").await
    };
    let text = words(&ada.get(SCHEDULE).await);
    for told in ["Not as planned", "applied 23 h 50 m late", "Stop the plan", "applied 1 h late", "Quiet", "missed", "Freeze it"]
    {
        assert!(text.contains(told), "{told} in {text}");
    }
    let inbox = ada.get("/inbox").await;
    assert!(inbox.says("missed the moment of"), "{}", inbox.main());
    let request = ada.get("/p/shop/changes/1").await;
    assert!(request.says("missed its moment") && request.says("up to 1 d late"), "{}", request.main());
}

/// The address that a page shows once.
fn shown(page: &Page) -> String {
    let start = page.html.find("/p/shop/schedule.ics?token=").unwrap_or_else(|| panic!("no address in {}", page.main()));
    let rest = &page.html[start..];
    rest[..rest.find(['<', '"', ' ']).unwrap()].to_owned()
}

#[tokio::test]
async fn a_calendar_opens_by_its_own_key_for_whoever_still_belongs_here() {
    let app = october().await;
    busy(&app).await;
    let vic = app.sign_in("vic").await;
    let made = vic.post(SCHEDULE, &[("_form", "make-calendar")]).await;
    assert!(made.status == 200 && made.says("You will not see it again"), "{}", made.main());
    let address = shown(&made);
    let token = address.split("token=").nth(1).unwrap();
    assert_eq!(token.len(), 64);
    assert!(!vic.get(SCHEDULE).await.says(token) && !app.written().windows(64).any(|bytes| bytes == token.as_bytes()));
    let stranger = app.stranger();
    let response = stranger.request(reqwest::Method::GET, &address).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/calendar; charset=utf-8");
    assert_eq!(response.headers()["cache-control"], "private, no-store");
    let file = response.text().await.unwrap();
    assert!(file.starts_with("BEGIN:VCALENDAR\r\n") && file.ends_with("END:VCALENDAR\r\n"), "{file}");
    let unfolded = file.replace("\r\n ", "");
    for line in [
        "SUMMARY:new_checkout: 10 % get on (step 1 of 3) [development]",
        "DTSTART:20261021T080000Z",
        "SUMMARY:(!) #1 Freeze it [development]",
        "SUMMARY:Freeze begins: Stocktaking [development]",
        "DTEND:20261025T000000Z",
        "SUMMARY:sale expires: serve off to everybody",
        "DTSTAMP:20261020T070000Z",
    ] {
        assert!(unfolded.contains(&format!("{line}\r\n")), "{line} in {unfolded}");
    }
    assert_eq!(unfolded.matches("BEGIN:VEVENT").count(), 10);
    app.state.clock.set(at("2026-10-20T07:20:00Z"));
    let again = stranger.get(&address).await.html.replace("\r\n ", "");
    let uids = |file: &str| file.lines().filter(|line| line.starts_with("UID:")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(uids(&unfolded), uids(&again), "the same event is the same at every look");

    let replaced = shown(&vic.post(SCHEDULE, &[("_form", "make-calendar")]).await);
    assert_eq!((stranger.get(&address).await.status, stranger.get(&replaced).await.status), (404, 200));
    for wrong in ["/p/shop/schedule.ics", "/p/shop/schedule.ics?token=", "/p/posh/schedule.ics?token=x", &address] {
        assert_eq!(stranger.get(wrong).await.html, stranger.get("/p/shop/schedule.ics?token=x").await.html, "{wrong}");
    }
    app.by_system(Command::DisableUser { email: "vic@shop.example".into() }).await;
    assert_eq!(stranger.get(&replaced).await.status, 404);
    app.by_system(Command::EnableUser { email: "vic@shop.example".into() }).await;
    assert_eq!(stranger.get(&replaced).await.status, 200);
    let vic = app.sign_in("vic").await;
    let removed = vic.post(SCHEDULE, &[("_form", "remove-calendar")]).await;
    assert!(removed.status == 303 && vic.get(&removed.location).await.says("opens nothing any more"));
    assert_eq!(stranger.get(&replaced).await.status, 404);

    let last = shown(&vic.post(SCHEDULE, &[("_form", "make-calendar")]).await);
    app.by_system(Command::RemoveMember { project: shop(), email: "vic@shop.example".into() }).await;
    assert_eq!(stranger.get(&last).await.status, 404);
    let rows: Vec<_> = app.audit().await.into_iter().filter(|row| row.action.starts_with("calendar.")).collect();
    assert_eq!(
        rows.iter().map(|row| row.action.as_str()).collect::<Vec<_>>(),
        ["calendar.make", "calendar.make", "calendar.remove", "calendar.make"]
    );
    assert!(app.sign_in("ada").await.get("/p/shop/audit").await.says("made a key for the calendar"));
}

/// How many flags the large project has; `SCHEDULE_FLAGS` makes it more.
fn size() -> usize {
    std::env::var("SCHEDULE_FLAGS").ok().map_or(1_000, |text| text.parse().unwrap())
}

#[tokio::test]
async fn a_large_project_is_shown_in_pages() {
    let app = october().await;
    let now = app.state.clock.now();
    let count = size();
    let state = |at: usize| {
        let start = now.plus(HOUR + at as i64 * MINUTE);
        let steps: Vec<Value> = (0..5_u16)
            .map(|step| json!({"share": 1_000 * (step + 1), "starts_at": {"at": start.plus(i64::from(step) * DAY).to_string()}}))
            .collect();
        json!({"enabled": true, "off_variant": "off", "fallthrough": {"rollout": {"variant": "on", "rest": "off", "plan": {"steps": steps}}}})
    };
    let flags = (0..count).map(|at| {
        let flag = super::app::release(&format!("flag_{at:05}"));
        (flag, serde_json::from_value(state(at)).unwrap())
    });
    let flags: Vec<_> = flags.collect();
    for environment in ["development", "staging", "production"] {
        let environment = EnvironmentKey::parse(environment).unwrap();
        let import = Command::Import {
            project: shop(),
            environment,
            flags: flags.clone(),
            base_versions: Vec::new(),
            base_states: Vec::new(),
        };
        app.by_system(import).await;
    }
    let ada = app.sign_in("ada").await;
    let mut times = Vec::new();
    for _ in 0..10 {
        let began = std::time::Instant::now();
        let page = ada.get(SCHEDULE).await;
        times.push(began.elapsed());
        assert!(page.says("flag_00000: 10 % get on (step 1 of 5)") && page.says("?page=2"), "{}", page.status);
    }
    times.sort();
    println!("{count} flags with plans in three environments: {:?} at the median", times[5]);
    let last = ada.get(&format!("{SCHEDULE}?page=2")).await;
    assert!(last.says("flag_00033") && !last.says("flag_00000:"), "{}", words(&last));
}
