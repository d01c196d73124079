//! A project's settings: read by all of its members, changed by admins, ended by owners.

use super::app::{App, Page, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::flag::{ExpiryAction, FlagKind};
use flagstaff::domain::key::VariantName;
use flagstaff::domain::project::{ExpiryDefault, GRACE_DAYS, KindDefaults, Project, READY_DAYS};
use flagstaff::domain::required::Required;
use flagstaff::domain::role::Role;
use flagstaff::domain::time::{DAY, Timestamp};
use flagstaff::server::clock::Clock;
use flagstaff::server::store;

const SETTINGS: &str = "/p/shop/settings";

async fn stored(app: &App) -> Project {
    store::projects::find(&mut app.state.db.read().await.unwrap(), &shop()).await.unwrap().unwrap().project
}

/// What an admin sends who changes nothing but `more`.
fn sent<'f>(more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let usual = [
        ("project_name", "Shop"),
        ("naming_pattern", ""),
        ("kinds.release.lifetime_days", "90"),
        ("kinds.release.on_expiry", "notify"),
        ("kinds.experiment.lifetime_days", "90"),
        ("kinds.experiment.on_expiry", "notify"),
        ("kinds.permission.review_days", "365"),
        ("kinds.permission.on_expiry", "notify"),
        ("kinds.operational.review_days", "365"),
        ("kinds.operational.on_expiry", "notify"),
        ("kinds.kill_switch.review_days", "365"),
        ("kinds.kill_switch.on_expiry", "notify"),
    ];
    let kept = usual.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    kept.chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn an_admin_changes_name_pattern_and_defaults() {
    let app = App::start().await;
    app.person("max", Some(Role::Admin)).await;
    let max = app.sign_in("max").await;
    let page = max.get(SETTINGS).await;
    assert_eq!(page.status, 200);
    for text in ["value=\"Shop\"", "value=\"^[a-z][a-z0-9]*(_[a-z0-9]+)*$\"", "Flags that exist keep their keys", "Save"] {
        assert!(page.says(text), "{text} in {}", page.html);
    }
    assert!(!page.says("Remove this project"), "that is for owners: {}", page.html);
    let changed = [
        ("project_name", "Web shop <b>"),
        ("naming_pattern", "^shop-"),
        ("kinds.release.lifetime_days", "30"),
        ("kinds.kill_switch.review_days", ""),
        ("kinds.experiment.on_expiry", "serve_off"),
    ];
    let saved = max.send(SETTINGS, &page, "settings", &sent(&changed)).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    let shown = max.get(&saved.location).await;
    assert!(
        shown.says("You changed the name, the naming pattern and the defaults by kind of the project shop."),
        "{}",
        shown.html
    );
    assert!(shown.says("value=\"Web shop &lt;b&gt;\"") && shown.says("value=\"30\""), "{}", shown.html);
    let project = stored(&app).await;
    assert_eq!((project.name.as_str(), project.naming_pattern.as_str()), ("Web shop <b>", "^shop-"));
    assert_eq!(project.kinds.of(FlagKind::Release).lifetime_days, Some(30));
    assert_eq!(project.kinds.of(FlagKind::KillSwitch).review_days, None);
    assert_eq!(project.kinds.of(FlagKind::Experiment).on_expiry, ExpiryDefault::ServeOff);

    let stale = max.send(SETTINGS, &page, "settings", &sent(&[("project_name", "Too late")])).await;
    assert!(stale.status == 409 && stale.says("changed since you opened it") && stale.says("Too late"), "{}", stale.html);
    assert_eq!(stored(&app).await.name, "Web shop <b>");
}

#[tokio::test]
async fn a_refused_form_tells_everything_and_keeps_what_was_typed() {
    let app = App::start().await;
    app.person("max", Some(Role::Admin)).await;
    let max = app.sign_in("max").await;
    let page = max.get(SETTINGS).await;
    let wrong = [("project_name", " "), ("kinds.release.lifetime_days", "soon"), ("kinds.permission.review_days", "9999")];
    let refused = max.send(SETTINGS, &page, "settings", &sent(&wrong)).await;
    assert_eq!(refused.status, 422);
    for text in [
        "role=\"alert\"",
        "href=\"#settings-project_name\"",
        "href=\"#settings-kinds-release-lifetime_days\"",
        "this is soon",
        "value=\"soon\"",
        "Write 1 to 3650 days",
        "value=\"9999\"",
    ] {
        assert!(refused.says(text), "{text} in {}", refused.html);
    }
    let pattern = max.send(SETTINGS, &page, "settings", &sent(&[("naming_pattern", "^(")])).await;
    assert!(pattern.status == 422 && pattern.says("This is no regular expression"), "{}", pattern.html);
    assert_eq!(stored(&app).await, Project::new(shop(), "Shop"));
}

#[tokio::test]
async fn members_read_and_are_told_whom_to_ask_and_others_see_nothing() {
    let app = App::start().await;
    app.owner("olga").await;
    let (vic, ada) = (app.sign_in("vic").await, app.sign_in("ada").await);
    let page = vic.get(SETTINGS).await;
    assert_eq!(page.status, 200);
    assert!(page.says("Needs the role admin; yours is viewer. Ask olga."), "an owner, where there is no admin: {}", page.html);
    app.person("max", Some(Role::Admin)).await;
    app.person("mia", Some(Role::Admin)).await;
    let page = ada.get(SETTINGS).await;
    assert!(page.says("Needs the role admin; yours is editor. Ask max or mia."), "{}", page.html);
    assert!(page.says("aria-disabled=\"true\""), "{}", page.html);
    for browser in [&vic, &ada] {
        let refused = browser.post(SETTINGS, &sent(&[("_form", "settings"), ("project_name", "Mine")])).await;
        assert!(refused.status == 403 && refused.says("Needs the role admin"), "{}", refused.html);
    }
    assert_eq!(stored(&app).await.name, "Shop");
    app.person("eve", None).await;
    let eve = app.sign_in("eve").await;
    for path in [SETTINGS, "/p/shop/settings/environments", "/p/shop/settings/environments/production", "/p/shop/settings/people"]
    {
        let (closed, absent) = (eve.get(path).await, eve.get(&path.replace("shop", "nowhere")).await);
        assert_eq!((closed.status, absent.status), (404, 404), "{path}");
        assert_eq!(eve.post(path, &[("_form", "settings")]).await.status, 404, "{path}");
        let gone = app.stranger().get(path).await;
        assert!(gone.status == 303 && gone.location.starts_with("/login?next=%2Fp%2Fshop"), "{}", gone.location);
        assert_eq!(vic.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn only_an_owner_removes_a_project_and_types_its_key() {
    let app = App::start().await;
    app.owner("olga").await;
    app.person("max", Some(Role::Admin)).await;
    let max = app.sign_in("max").await;
    let refused = max.post(SETTINGS, &[("_form", "remove"), ("confirmation", "shop")]).await;
    assert!(refused.status == 403 && refused.says("for owners"), "{}", refused.html);

    let olga = app.sign_in("olga").await;
    let page = olga.get(SETTINGS).await;
    assert!(page.says("Remove this project") && page.says("Its 1 flag"), "{}", page.html);
    let refused = olga.send(SETTINGS, &page, "remove", &[("confirmation", "shopp")]).await;
    assert!(
        refused.status == 422 && refused.says("Type shop to say that you mean this project") && refused.says("value=\"shopp\""),
        "{}",
        refused.html
    );
    assert_eq!(max.get("/p/shop/flags").await.status, 200);
    let removed = olga.send(SETTINGS, &refused, "remove", &[("confirmation", "shop")]).await;
    assert!(removed.location.starts_with("/projects?done="), "{} {}", removed.status, removed.html);
    let shown = olga.get(&removed.location).await;
    assert!(shown.says("You removed the project shop."), "{}", shown.html);
    assert_eq!(max.get("/p/shop/flags").await.status, 404);
    assert!(app.state.serving.environment(&shop(), &"production".parse().unwrap()).is_none());
    let again = olga
        .post(
            "/projects/new",
            &[("_form", "project"), ("project_name", "Shop"), ("project_key", "shop"), ("environments[0].key", "prod")],
        )
        .await;
    assert!(again.status == 422 && again.says("a key is never used again"), "{}", again.html);
}

#[tokio::test]
async fn a_new_flag_starts_with_what_its_project_says_of_its_kind() {
    let app = App::start_at(Clock::at(Timestamp::from_millis(20_000 * DAY + 1))).await;
    let project = stored(&app).await;
    let days = |lifetime_days, review_days, on_expiry| KindDefaults {
        lifetime_days,
        review_days,
        on_expiry,
        grace_days: GRACE_DAYS,
        ready_days: READY_DAYS,
        required: Required::default(),
    };
    let kinds = project
        .kinds
        .clone()
        .with(FlagKind::Release, days(Some(30), None, ExpiryDefault::Freeze))
        .with(FlagKind::Experiment, days(Some(10), None, ExpiryDefault::ServeOff))
        .with(FlagKind::Operational, days(None, Some(14), ExpiryDefault::Notify));
    app.by_system(Command::EditProject { project: Project { kinds, ..project } }).await;
    let ada = app.sign_in("ada").await;
    let new = "/p/shop/flags/new";
    let page = ada.get(new).await;
    assert!(page.says("What your code asks for, in snake_case."), "{}", page.html);
    assert!(page.says("Release: 30 days, then refuse edits until it is extended."), "{}", page.html);
    assert_eq!((typed(&page, "expires_at"), typed(&page, "review_by")), ("2024-11-03".to_owned(), "2025-10-04".to_owned()));
    let owner = page.html.split("name=\"owner\"").nth(1).unwrap().split("<option value=\"").nth(1).unwrap();
    let owner = owner.split('"').next().unwrap().to_owned();
    let day = |days: i64| Some(Timestamp::from_millis((20_000 + days) * DAY));
    for (key, kind, expires_at, on_expiry, review_by) in [
        ("a", "release", day(31), ExpiryAction::Freeze, None),
        ("b", "experiment", day(11), ExpiryAction::Serve(VariantName::off()), None),
        ("c", "operational", None, ExpiryAction::Notify, day(14)),
        ("d", "permission", None, ExpiryAction::Notify, day(365)),
    ] {
        let (expires, review) = (typed(&page, "expires_at"), typed(&page, "review_by"));
        let fields = [
            ("key", key),
            ("kind", kind),
            ("description", "A flag"),
            ("owner", &owner),
            ("value_type", "boolean"),
            ("variants[0].name", "on"),
            ("variants[0].value", "true"),
            ("variants[1].name", "off"),
            ("variants[1].value", "false"),
            ("expires_at", &expires),
            ("review_by", &review),
            ("on_expiry", ""),
        ];
        let made = ada.send(new, &page, "definition", &fields).await;
        assert_eq!(made.status, 303, "{key}: {}", made.html);
        let flag = app.definition(key);
        assert_eq!((flag.expires_at, flag.on_expiry, flag.review_by), (expires_at, on_expiry, review_by), "{key}");
    }
}

/// What stands in an input.
fn typed(page: &Page, name: &str) -> String {
    let tag = page.html.split("<input").find(|tag| tag.contains(&format!("name=\"{name}\""))).unwrap();
    tag.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}
