//! The checklist of a new project: it follows what is there, and ends with the first answer.

use super::app::{App, Browser, Page, release};
use flagstaff::domain::api_key::ApiKeyKind;
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Environment;
use flagstaff::domain::key::{EnvironmentKey, ProjectKey};
use flagstaff::domain::member::Member;
use flagstaff::domain::project::Project;
use flagstaff::domain::role::Role;
use flagstaff::domain::time::{DAY, MINUTE};
use flagstaff::server::clock::Clock;
use flagstaff::server::services::keys::{self, Wanted};

const LIST: &str = "/p/fresh/flags";

fn fresh() -> ProjectKey {
    ProjectKey::parse("fresh").unwrap()
}

fn production() -> EnvironmentKey {
    EnvironmentKey::parse("production").unwrap()
}

/// With a project in which nothing is but its admin, ada, and a viewer, vic.
async fn with_fresh(clock: Clock) -> App {
    let app = App::start_at(clock).await;
    let environments = vec![Environment::usual(production(), 0)];
    app.by_system(Command::CreateProject { project: Project::new(fresh(), "Fresh"), environments }).await;
    for (name, role) in [("ada", Role::Admin), ("vic", Role::Viewer)] {
        let member = Member { email: format!("{name}@shop.example"), role, break_glass: false };
        app.by_system(Command::SetMember { project: fresh(), member }).await;
    }
    app
}

async fn make_flag(app: &App) {
    app.by_system(Command::CreateFlag { project: fresh(), flag: release("first_flag") }).await;
}

async fn make_key(app: &App) -> String {
    let wanted = Wanted { name: "Shop".to_owned(), origins: Vec::new(), expires_at: None };
    let made = keys::create(
        &app.state.governance,
        &flagstaff::domain::actor::Actor::System,
        (fresh(), production()),
        ApiKeyKind::Server,
        wanted,
    );
    made.await.unwrap().secret.reveal().clone()
}

async fn ask(app: &App, key: &str, path: &str, user_agent: &str) -> u16 {
    let request = app.stranger().by_hand(&format!("/ofrep/v1/evaluate/flags{path}")).bearer_auth(key);
    request.header("user-agent", user_agent).body("{}").send().await.unwrap().status().as_u16()
}

/// What the script is told.
async fn now(browser: &Browser) -> (u16, serde_json::Value) {
    let answer = browser.by_hand("/fn/connection").form(&[("project", "fresh")]).send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
}

fn step(page: &Page) -> &str {
    assert_eq!(page.status, 200);
    page.html.split("data-step=\"").nth(1).map_or("none", |rest| &rest[..1])
}

#[tokio::test]
async fn the_steps_advance_as_things_happen() {
    let app = with_fresh(Clock::System).await;
    let ada = app.sign_in("ada").await;
    let start = ada.get(LIST).await;
    assert_eq!(step(&start), "1");
    assert!(start.says("href=\"/p/fresh/flags/new\">Create a flag") && start.says("Waiting for the first evaluation…"));
    assert!(start.says("Check again") && !start.says("FLAGSTAFF_KEY"), "{}", start.main());

    make_flag(&app).await;
    let flag = ada.get(LIST).await;
    assert_eq!(step(&flag), "2");
    assert!(flag.says("href=\"/p/fresh/settings/keys\">Make an API key"), "{}", flag.main());

    let key = make_key(&app).await;
    let keyed = ada.get(LIST).await;
    assert_eq!(step(&keyed), "3");
    assert!(keyed.says("/ofrep/v1/evaluate/flags/first_flag") && keyed.says("Bearer $FLAGSTAFF_KEY"), "{}", keyed.main());
    assert!(!keyed.says(&key));
    assert_eq!(now(&ada).await, (200, serde_json::json!({"step": 3, "said": "Waiting for the first evaluation…"})));

    assert_eq!(ask(&app, &key, "/nobody_made_it", "curl/8.5.0").await, 404);
    assert_eq!(step(&ada.get(LIST).await), "3", "a wrong key of a flag is no evaluation");
    assert_eq!(ask(&app, &key, "/first_flag", "curl/8.5.0").await, 200);
    let connected = ada.get(LIST).await;
    assert_eq!(step(&connected), "4");
    assert!(connected.says("Connected: curl, ") && !connected.says("Check again"), "{}", connected.main());
    assert_eq!(now(&ada).await.1["step"], 4);
    assert_eq!(ask(&app, &key, "", "OpenFeature-Python/1 (x)").await, 200);
    assert!(ada.get(LIST).await.says("Connected: OpenFeature-Python, "), "the last one to ask is named");
    app.state.serving.flush(true).await.unwrap();
    assert!(ada.get(LIST).await.says("Connected: OpenFeature-Python, "), "what was written down counts as well");
}

#[tokio::test]
async fn it_is_no_news_any_more_a_day_after_the_first_answer() {
    let clock = Clock::at(Clock::System.now().plus(-2 * DAY));
    let app = with_fresh(clock.clone()).await;
    make_flag(&app).await;
    let key = make_key(&app).await;
    assert_eq!(ask(&app, &key, "/first_flag", "curl/8").await, 200);
    app.state.serving.flush(true).await.unwrap();
    clock.set(clock.now().plus(DAY - 61 * MINUTE));
    assert_eq!(step(&app.sign_in("ada").await.get(LIST).await), "4");
    clock.set(clock.now().plus(62 * MINUTE));
    assert_eq!(ask(&app, &key, "/first_flag", "curl/8").await, 200, "however often it is asked");
    assert_eq!(step(&app.sign_in("ada").await.get(LIST).await), "none");
}

#[tokio::test]
async fn who_waves_it_away_sees_it_no_more_and_others_do() {
    let app = with_fresh(Clock::System).await;
    let (ada, vic) = (app.sign_in("ada").await, app.sign_in("vic").await);
    let dismissed = ada.post("/p/fresh/connect/dismiss", &[]).await;
    assert_eq!((dismissed.status, dismissed.location.as_str()), (303, LIST));
    assert_eq!(step(&ada.get(LIST).await), "none");
    assert_eq!(step(&ada.get("/p/shop/flags").await), "2", "in that project alone");
    let other = vic.get(LIST).await;
    assert_eq!(step(&other), "1");
    assert!(!other.says("href=\"/p/fresh/flags/new\">Create a flag"), "a viewer could not");
    // The same browser, somebody else.
    ada.post("/logout", &[]).await;
    ada.post("/login", &[("email", "vic@shop.example"), ("password", "correct horse battery")]).await;
    assert_eq!(step(&ada.get(LIST).await), "1");
}

#[tokio::test]
async fn it_stands_where_nothing_is_searched_for_and_tells_members_only() {
    let app = with_fresh(Clock::System).await;
    let ada = app.sign_in("ada").await;
    assert_eq!(step(&ada.get("/p/fresh/flags?q=x").await), "none");
    assert_eq!(now(&app.stranger()).await.0, 401);
    app.person("eve", None).await;
    let eve = app.sign_in("eve").await;
    assert_eq!(now(&eve).await.0, 404);
    assert_eq!(eve.post("/p/fresh/connect/dismiss", &[]).await.status, 404);
}
