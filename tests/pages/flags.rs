//! The flag list: what it shows, how it is searched, ordered and paged by its address, and who may do what in it.

use super::app::{App, Page, release, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Environment;
use flagstaff::domain::flag::{Flag, FlagKind, Owner};
use flagstaff::domain::key::{EnvironmentKey, FlagKey, ProjectKey};
use flagstaff::domain::project::Project;
use flagstaff::domain::time::{DAY, HOUR, Timestamp};
use flagstaff::server::clock::Clock;

const LIST: &str = "/p/shop/flags";

/// The keys in the order of their rows.
fn keys(page: &Page) -> Vec<String> {
    let rows = page.html.split(" class=\"key\">").skip(1);
    rows.map(|row| row[..row.find("</a>").unwrap()].to_owned()).collect()
}

async fn make(app: &App, flag: Flag) {
    app.by_system(Command::CreateFlag { project: shop(), flag }).await;
}

#[tokio::test]
async fn a_row_tells_where_a_flag_stands() {
    let app = App::start().await;
    make(&app, Flag { description: "One page instead of four".into(), ..release("one_page") }).await;
    app.set("one_page", "development", serde_json::json!({ "enabled": true })).await;
    let split =
        serde_json::json!({ "split": { "weights": [{ "variant": "on", "share": 2500 }, { "variant": "off", "share": 7500 }] } });
    app.set("one_page", "production", serde_json::json!({ "enabled": true, "fallthrough": split })).await;
    let page = app.sign_in("ada").await.get("/p/shop/flags?q=one_page").await;
    assert_eq!((page.status, keys(&page)), (200, vec!["one_page".to_owned()]));
    for text in [
        "2 active",
        "One page instead of four",
        "Partly on",
        "Payments team",
        "aria-label=\"one_page in production\"",
        "action=\"/p/shop/flags/one_page/production\"",
        "name=\"return_to\" value=\"/p/shop/flags?q=one_page\"",
        "0 evaluated and 0 delivered in the last 24 hours",
        ">25 %<",
        "1 flag matches",
    ] {
        assert!(page.says(text), "{text} in {}", page.html);
    }
    assert_eq!(app.sign_in("ada").await.get("/p/shop").await.location, LIST);
}

#[tokio::test]
async fn a_switch_in_the_list_leads_back_to_it() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get("/p/shop/flags?q=new&sort=-key").await;
    let form = &page.html[page.html.find("action=\"/p/shop/flags/new_checkout/development\"").unwrap()..];
    let sent = form[form.find("name=\"return_to\" value=\"").unwrap() + 24..].split('"').next().unwrap().replace("&amp;", "&");
    let version = app.version("new_checkout", "development");
    let fields = [("_form", "switch"), ("base_version", &*version), ("return_to", &*sent), ("enabled", "true")];
    let turned = ada.post("/p/shop/flags/new_checkout/development", &fields).await;
    assert_eq!(turned.status, 303, "{}", turned.html);
    assert!(turned.location.starts_with("/p/shop/flags?q=new&sort=-key&done="), "{}", turned.location);
    assert!(app.served("new_checkout", "development").enabled);
    let back = ada.get(&turned.location).await;
    assert!(back.says("You turned on new_checkout in development.") && back.says("Undo"), "{}", back.html);
    assert!(!back.main().contains("done="), "a notice is told once: {}", back.html);
}

#[tokio::test]
async fn the_address_narrows_orders_and_pages() {
    let app = App::start().await;
    for number in 0..120 {
        let flag = release(&format!("flag_{number:03}"));
        let tags = if number % 10 == 0 { vec!["Web".to_owned()] } else { Vec::new() };
        let kind = if number == 7 { FlagKind::KillSwitch } else { FlagKind::Release };
        let expires_at = (number != 7).then(|| Timestamp::parse("2199-01-01T00:00:00Z").unwrap().plus(-i64::from(number) * DAY));
        make(&app, Flag { tags, kind, expires_at, ..flag }).await;
    }
    app.set("flag_003", "staging", serde_json::json!({ "enabled": true })).await;
    let ada = app.sign_in("ada").await;
    let first = ada.get(LIST).await;
    assert_eq!((keys(&first).len(), keys(&first)[0].as_str()), (50, "flag_000"));
    assert!(first.says("121 active") && first.says("href=\"?page=3\""), "{}", first.html);
    let last = ada.get("/p/shop/flags?page=3").await;
    assert_eq!((keys(&last).len(), keys(&last)[20].as_str()), (21, "new_checkout"));
    assert_eq!(keys(&ada.get("/p/shop/flags?page=99").await), keys(&last), "past the end is the end");
    assert_eq!(keys(&ada.get("/p/shop/flags?page=x&sort=y&more=z").await), keys(&first));

    let found = async |query: &str| keys(&ada.get(&format!("/p/shop/flags?q={query}")).await);
    assert_eq!(found("tag:web").await.len(), 12);
    assert_eq!(found("kind:kill-switch").await, ["flag_007"]);
    assert_eq!(found("status:in-development").await, ["flag_003"]);
    assert_eq!(found("env:staging+is:on").await, ["flag_003", "flag_007"]);
    assert_eq!(found("FLAG_01+owner:payments").await.len(), 10);
    assert_eq!(found("owner:me").await, [""; 0]);
    assert_eq!(keys(&ada.get("/p/shop/flags?sort=expires").await)[0], "flag_119");
    assert_eq!(keys(&ada.get("/p/shop/flags?sort=-key&page=1").await)[0], "new_checkout");
    let kept = ada.get("/p/shop/flags?q=flag&sort=-key&page=2").await;
    assert!(kept.says("href=\"?q=flag&amp;sort=-key\""), "paging keeps search and order: {}", kept.html);
}

#[tokio::test]
async fn flags_without_an_expiry_stand_last_whichever_way_round() {
    let app = App::start().await;
    for (key, expires_at) in
        [("b_late", Some("2199-02-01")), ("c_soon", Some("2199-01-01")), ("d_never", None), ("a_never", None)]
    {
        let kind = if expires_at.is_none() { FlagKind::Operational } else { FlagKind::Release };
        let expires_at = expires_at.map(|day| Timestamp::parse(&format!("{day}T00:00:00Z")).unwrap());
        make(&app, Flag { kind, expires_at, ..release(key) }).await;
    }
    let ada = app.sign_in("ada").await;
    let found = async |sort: &str| keys(&ada.get(&format!("{LIST}?sort={sort}")).await);
    assert_eq!(found("expires").await, ["c_soon", "b_late", "a_never", "d_never", "new_checkout"]);
    assert_eq!(found("-expires").await, ["b_late", "c_soon", "a_never", "d_never", "new_checkout"]);
}

#[tokio::test]
async fn last_seen_is_the_later_of_evaluated_and_delivered_and_never_stands_last() {
    let clock = Clock::at(Timestamp::parse("2026-11-25T09:00:00Z").unwrap());
    let app = App::start_at(clock.clone()).await;
    for key in ["evaluated_first", "delivered_last", "never"] {
        make(&app, release(key)).await;
    }
    let production = app.state.serving.environment(&shop(), &EnvironmentKey::parse("production").unwrap()).unwrap();
    let counters = |key: &str| production.flag(key).unwrap().counters.clone();
    counters("evaluated_first").evaluated(0, clock.now());
    counters("delivered_last").evaluated(0, clock.now().plus(-DAY));
    counters("delivered_last").delivered(0, clock.now().plus(HOUR));
    let ada = app.sign_in("ada").await;
    let found = async |sort: &str| keys(&ada.get(&format!("{LIST}?sort={sort}")).await);
    let check = async || {
        assert_eq!(found("-seen").await, ["delivered_last", "evaluated_first", "never", "new_checkout"]);
        assert_eq!(found("seen").await, ["evaluated_first", "delivered_last", "never", "new_checkout"]);
    };
    check().await;
    app.state.serving.flush(true).await.unwrap();
    check().await;
    let page = ada.get(&format!("{LIST}?q=delivered_last")).await;
    assert!(page.says("1 evaluated and 1 delivered in the last 24 hours"), "{}", page.html);
}

#[tokio::test]
async fn what_a_search_cannot_read_is_said() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get("/p/shop/flags?q=colour:red+is:maybe+status:nowhere").await;
    assert!(page.says("not understood"), "{}", page.html);
    for part in ["<code>colour:red</code>", "<code>is:maybe</code>", "<code>status:nowhere</code>"] {
        assert!(page.says(part), "{part} in {}", page.html);
    }
    let nothing = ada.get("/p/shop/flags?q=%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(
        nothing.says("No flags match") && nothing.says("Clear filters") && nothing.says("&lt;script&gt;alert(1)"),
        "{}",
        nothing.html
    );
    assert!(!nothing.says("<script>alert"), "{}", nothing.html);
}

#[tokio::test]
async fn empty_and_new_teaches() {
    let app = App::start().await;
    let environments = vec![Environment::usual(EnvironmentKey::parse("production").unwrap(), 0)];
    let key = ProjectKey::parse("fresh").unwrap();
    app.by_system(Command::CreateProject { project: Project::new(key.clone(), "Fresh"), environments }).await;
    let member = |role| flagstaff::domain::member::Member { email: "ada@shop.example".into(), role, break_glass: false };
    app.by_system(Command::SetMember { project: key, member: member(flagstaff::domain::role::Role::Editor) }).await;
    let page = app.sign_in("ada").await.get("/p/fresh/flags").await;
    assert!(page.says("No flags yet") && page.says("href=\"/p/fresh/flags/new\""), "{}", page.html);
}

#[tokio::test]
async fn archived_flags_have_a_view_of_their_own_and_no_switch() {
    let app = App::start().await;
    app.by_system(Command::ArchiveFlag { project: shop(), flag: FlagKey::parse("new_checkout").unwrap() }).await;
    let ada = app.sign_in("ada").await;
    assert_eq!(keys(&ada.get(LIST).await), [""; 0]);
    let page = ada.get("/p/shop/flags?q=status:archived").await;
    assert_eq!(keys(&page), ["new_checkout"]);
    assert!(!page.says("role=\"switch\""), "{}", page.html);
}

#[tokio::test]
async fn a_viewer_sees_all_and_turns_nothing() {
    let app = App::start().await;
    let vic = app.sign_in("vic").await;
    let page = vic.get(LIST).await;
    assert!(page.says("Needs the role editor; yours is viewer.") && !page.says("href=\"/p/shop/flags/new\""), "{}", page.html);
    assert!(page.says("aria-disabled=\"true\"") && !page.main().contains("name=\"return_to\""), "{}", page.html);
    let fields = [("_form", "switch"), ("enabled", "true"), ("return_to", LIST)];
    assert_eq!(vic.post("/p/shop/flags/new_checkout/development", &fields).await.status, 403);
    assert!(!app.served("new_checkout", "development").enabled);
}

#[tokio::test]
async fn a_foreign_project_is_as_one_that_is_not_there() {
    let app = App::start().await;
    app.person("eve", None).await;
    let eve = app.sign_in("eve").await;
    let plain = |page: &Page| (page.status, page.main().split("Request id").next().unwrap().to_owned());
    for tail in ["", "/new", "/new_checkout", "/new_checkout/edit", "/new_checkout/history"] {
        let foreign = eve.get(&format!("/p/shop/flags{tail}")).await;
        let absent = eve.get(&format!("/p/nothing/flags{tail}")).await;
        assert_eq!(plain(&foreign), plain(&absent), "{tail}");
        assert_eq!(foreign.status, 404, "{tail}");
    }
    let post = |project: &str| format!("/p/{project}/flags/new");
    assert_eq!(eve.post(&post("shop"), &[("_form", "definition")]).await.status, 404);
    assert_eq!(eve.post(&post("nothing"), &[("_form", "definition")]).await.status, 404);
}

#[tokio::test]
async fn hostile_text_stays_text() {
    let app = App::start().await;
    let hostile = "\"'><script>alert(1)</script><b>&amp;";
    let flag = Flag {
        description: hostile.into(),
        owner: Owner::Unclaimed(hostile.into()),
        tags: vec![hostile.into()],
        scope: hostile.into(),
        ticket: hostile.into(),
        rollback_criteria: hostile.into(),
        ..release("hostile")
    };
    make(&app, flag).await;
    let ada = app.sign_in("ada").await;
    for path in [LIST, "/p/shop/flags/hostile", "/p/shop/flags/hostile/edit", "/p/shop/flags/hostile/history"] {
        let page = ada.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.says("<script>alert") && page.says("alert(1)"), "{path}: {}", page.html);
    }
}
