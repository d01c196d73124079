//! A flag in one environment: everything it shows, and every form on it.

use super::app::{App, flag, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::key::FlagKey;
use flagstaff::domain::rule::Serve;
use serde_json::json;

const DEVELOPMENT: &str = "/p/shop/flags/new_checkout/development";

fn rule(id: &str, name: &str) -> serde_json::Value {
    json!({ "id": id, "name": name, "conditions": [{ "attribute": "plan", "operator": "equals", "values": [name] }], "serve": { "variant": "on" } })
}

fn order(app: &App) -> String {
    app.served("new_checkout", "development").rules.iter().map(|rule| rule.id.clone()).collect()
}

#[tokio::test]
async fn it_tells_who_gets_what_and_offers_the_forms() {
    let app = App::start().await;
    app.set(
        "new_checkout",
        "development",
        json!({
            "targets": [{ "variant": "on", "units": ["user_1"] }],
            "rules": [rule("r1", "Staff"), { "id": "r2", "active": false, "serve": { "variant": "off" } }],
            "fallthrough": { "split": { "weights": [{ "variant": "on", "share": 2500 }, { "variant": "off", "share": 7500 }] } },
        }),
    )
    .await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(DEVELOPMENT).await;
    assert_eq!(page.status, 200);
    for text in [
        "new_checkout in development",
        "Rules in development",
        "user_1",
        "Staff",
        "Paused",
        "Everyone else",
        "Of 100 users: 25 % get on, 75 % get off",
        "Move rule 2 up",
        "Resume rule 2",
        "Add rule",
        "role=\"switch\"",
    ] {
        assert!(page.says(text), "{text} in {}", page.html);
    }
    assert_eq!(ada.get("/p/shop/flags/new_checkout/nowhere").await.status, 404);
    assert_eq!(ada.get("/p/shop/flags/nothing/development").await.status, 404);
}

#[tokio::test]
async fn the_switch_goes_back_to_where_it_stood_and_names_the_change() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let version = app.version("new_checkout", "development");
    let fields =
        [("_form", "switch"), ("base_version", &version), ("enabled", "true"), ("return_to", "/p/shop/flags?q=tag:a&done=1")];
    let page = ada.post(DEVELOPMENT, &fields).await;
    assert_eq!(page.status, 303, "{}", page.html);
    assert!(page.location.starts_with("/p/shop/flags?q=tag:a&done=") && !page.location.ends_with("done=1"), "{}", page.location);
    assert!(app.served("new_checkout", "development").enabled);
    let off = ada.post(DEVELOPMENT, &[("_form", "switch"), ("enabled", "false"), ("return_to", "//evil.example/")]).await;
    assert!(off.location.starts_with("/?done="), "{}", off.location);
    let again = ada.post(DEVELOPMENT, &[("_form", "switch"), ("enabled", "false")]).await;
    assert_eq!(again.location, DEVELOPMENT, "nothing had to change, so nothing is told");
    assert_eq!(ada.post(DEVELOPMENT, &[("_form", "switch"), ("enabled", "maybe")]).await.status, 422);
    assert_eq!(ada.post(DEVELOPMENT, &[("_form", "nonsense")]).await.status, 422);
}

#[tokio::test]
async fn a_change_is_told_with_the_way_back() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let done = ada
        .post(
            DEVELOPMENT,
            &[("_form", "switch"), ("base_version", &app.version("new_checkout", "development")), ("enabled", "true")],
        )
        .await;
    let page = ada.get(&done.location).await;
    assert!(page.says("/p/shop/undo/") && page.says("Undo"), "{}", page.html);
}

#[tokio::test]
async fn shares_are_set_to_a_hundredth_of_a_percent() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(DEVELOPMENT).await;
    let fields = [("serve", "split"), ("serve.share", "12,5"), ("serve.of", "on"), ("serve.bucket_by", "account.id")];
    let saved = ada.send(DEVELOPMENT, &page, "everyone-else", &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    assert_eq!(ada.save_draft(DEVELOPMENT, &[]).await.status, 303);
    let Serve::Split(split) = app.served("new_checkout", "development").fallthrough else { panic!() };
    assert_eq!((split.bucket_by.as_str(), split.weights[0].share, split.weights[1].share), ("account.id", 1_250, 8_750));
}

#[tokio::test]
async fn what_was_wrong_stands_beside_what_was_typed() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(DEVELOPMENT).await;
    let fields = [("serve", "split"), ("serve.share", "140 of them"), ("serve.of", "on"), ("serve.bucket_by", "")];
    let refused = ada.send(DEVELOPMENT, &page, "everyone-else", &fields).await;
    assert_eq!(refused.status, 422);
    for text in [
        "There are 2 problems",
        "140 of them is none",
        "Name the attribute to bucket by",
        "value=\"140 of them\"",
        "#everyone-else-serve-share",
    ] {
        assert!(refused.says(text), "{text} in {}", refused.html);
    }
    assert!(refused.says("<details open"), "the form is in sight");
}

#[tokio::test]
async fn the_shares_of_three_must_be_a_whole() {
    let app = App::start().await;
    app.by_system(Command::CreateFlag { project: shop(), flag: flag("pricing", &["a", "b", "off"]) }).await;
    let ada = app.sign_in("ada").await;
    let path = "/p/shop/flags/pricing/development";
    let page = ada.get(path).await;
    let shares = |c: &'static str| {
        [
            ("serve", "split"),
            ("serve.shares[a]", "20"),
            ("serve.shares[b]", "30"),
            ("serve.shares[off]", c),
            ("serve.bucket_by", "targetingKey"),
        ]
    };
    let refused = ada.send(path, &page, "everyone-else", &shares("40")).await;
    assert!(refused.status == 422 && refused.says("These sum to 90 %; 10 % are missing."), "{}", refused.html);
    assert_eq!(ada.send(path, &page, "everyone-else", &shares("50")).await.status, 303);
    assert_eq!(ada.save_draft(path, &[]).await.status, 303);
    let Serve::Split(split) = app.served("pricing", "development").fallthrough else { panic!() };
    assert_eq!(split.weights.iter().map(|weight| weight.share).collect::<Vec<_>>(), [2_000, 3_000, 5_000]);
}

#[tokio::test]
async fn targets_are_lists_of_lines() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(DEVELOPMENT).await;
    let saved = ada.send(DEVELOPMENT, &page, "targets", &[("units[on]", "ada\r\n\r\nlin\r\nada"), ("units[off]", "")]).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    assert_eq!(ada.save_draft(DEVELOPMENT, &[]).await.status, 303);
    let targets = app.served("new_checkout", "development").targets;
    assert_eq!(targets.iter().map(|list| list.units.join(" ")).collect::<Vec<_>>(), ["ada lin"]);
    let page = ada.get(DEVELOPMENT).await;
    let refused = ada.send(DEVELOPMENT, &page, "targets", &[("units[on]", "lin\nsam"), ("units[off]", "sam")]).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.says("sam is listed twice") && refused.says("#targets-units-off") && refused.says("lin\nsam</textarea>"),
        "{}",
        refused.html
    );
}

#[tokio::test]
async fn rules_move_pause_and_go() {
    let app = App::start().await;
    let rules = json!({ "rules": [rule("a", "A"), rule("b", ""), rule("c", "C")] });
    app.set("new_checkout", "development", rules).await;
    let ada = app.sign_in("ada").await;
    let press = async |id: &str, order_given: &str| {
        let page = ada.get(DEVELOPMENT).await;
        let version = if page.says("class=\"savebar\"") { page.draft().1 } else { "0".to_owned() };
        let base = app.version("new_checkout", "development");
        let fields = [("base_version", &*base), ("draft_version", &*version), ("rule", id), ("do", order_given)];
        ada.post(DEVELOPMENT, &[&[("_form", "rule")], &fields[..]].concat()).await
    };
    // The answer leads to the button that was pressed, or to the one beside it that is left.
    for (id, order_given, expected, focus) in [
        ("b", "up", "bac", "rule-b-down"),
        ("c", "up", "bca", "rule-c-up"),
        ("c", "top", "cba", "rule-c-down"),
        ("c", "down", "bca", "rule-c-down"),
        ("a", "remove", "bc", "rule-c-remove"),
    ] {
        let page = press(id, order_given).await;
        assert_eq!((page.status, page.location.as_str()), (303, &*format!("{DEVELOPMENT}#{focus}")), "{}", page.html);
        let shown = ada.get(DEVELOPMENT).await;
        assert!(shown.says(&format!("id=\"{focus}\"")), "{focus} in {}", shown.main());
        assert_eq!(ada.save_draft(DEVELOPMENT, &[]).await.status, 303);
        assert_eq!(order(&app), expected, "{order_given} {id}");
    }
    for (order_given, active) in [("pause", false), ("resume", true)] {
        press("c", order_given).await;
        ada.save_draft(DEVELOPMENT, &[]).await;
        assert_eq!(app.served("new_checkout", "development").rules[1].active, active);
    }
    let gone = press("a", "up").await;
    assert!(gone.status == 422 && gone.says("role=\"alert\"") && gone.says("That rule is not there any more."), "{}", gone.html);
    assert_eq!(press("c", "explode").await.status, 422);
}

#[tokio::test]
async fn what_is_served_while_off_can_be_changed() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(DEVELOPMENT).await;
    assert_eq!(ada.send(DEVELOPMENT, &page, "off-variant", &[("off_variant", "on")]).await.status, 303);
    assert_eq!(ada.save_draft(DEVELOPMENT, &[]).await.status, 303);
    assert_eq!(app.served("new_checkout", "development").off_variant.as_str(), "on");
    let refused = ada.send(DEVELOPMENT, &page, "off-variant", &[("off_variant", "<b>")]).await;
    assert!(refused.status == 422 && refused.says("Choose one of the variants: on, off."), "{}", refused.html);
}

#[tokio::test]
async fn a_form_from_a_stale_page_begins_where_the_page_did() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(DEVELOPMENT).await;
    app.set("new_checkout", "development", json!({ "off_variant": "on" })).await;
    assert_eq!(ada.send(DEVELOPMENT, &page, "targets", &[("units[on]", "typed_by_ada")]).await.status, 303);
    let page = ada.get(DEVELOPMENT).await;
    assert!(
        page.says("Flagstaff saved a change here") && page.says(", after your draft began.") && page.says("typed_by_ada"),
        "{}",
        page.html
    );
    // Saved before it was brought up to date: both are shown together first.
    let overtaken = ada.save_draft(DEVELOPMENT, &[]).await;
    assert!(overtaken.status == 409 && overtaken.says("It is part of your draft now"), "{}", overtaken.html);
    assert!(app.served("new_checkout", "development").targets.is_empty());
    assert_eq!(ada.save_draft(DEVELOPMENT, &[]).await.status, 303);
    let state = app.served("new_checkout", "development");
    assert_eq!((state.off_variant.as_str(), state.targets[0].units.join(" ").as_str()), ("on", "typed_by_ada"));
    let switch = ada.post(DEVELOPMENT, &[("_form", "switch"), ("base_version", "1"), ("enabled", "true")]).await;
    assert!(switch.status == 409 && switch.says("role=\"alert\""), "{}", switch.html);
}

#[tokio::test]
async fn a_running_plan_stays_unless_it_is_replaced() {
    let app = App::start().await;
    let steps = json!([{ "share": 100, "starts_at": { "at": "2020-01-01T00:00:00Z" } }, { "share": 5000, "starts_at": { "at": "2099-01-01T00:00:00Z" } }]);
    let rollout =
        json!({ "rollout": { "bucket_by": "account", "seed": "s", "variant": "on", "rest": "off", "plan": { "steps": steps } } });
    app.set("new_checkout", "development", json!({ "enabled": true, "fallthrough": rollout })).await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(DEVELOPMENT).await;
    for text in
        ["Rollout plan", "Running", "Now 1 % get on", "1 Jan 2099 00:00 UTC", "Keep the rollout plan", "Ends the rollout plan."]
    {
        assert!(page.says(text), "{text} in {}", page.html);
    }
    let before = app.served("new_checkout", "development");
    assert_eq!(ada.send(DEVELOPMENT, &page, "everyone-else", &[("serve", "plan")]).await.status, 303);
    assert!(!ada.get(DEVELOPMENT).await.says("class=\"savebar\""), "nothing changed, so there is nothing to save");
    assert_eq!(app.served("new_checkout", "development"), before);
    let fields = [("serve", "split"), ("serve.share", "25"), ("serve.of", "on"), ("serve.bucket_by", "account")];
    assert_eq!(ada.send(DEVELOPMENT, &page, "everyone-else", &fields).await.status, 303);
    assert_eq!(ada.save_draft(DEVELOPMENT, &[]).await.status, 303);
    let Serve::Split(split) = app.served("new_checkout", "development").fallthrough else { panic!() };
    assert_eq!((split.seed.as_deref(), split.weights[0].share), (Some("s"), 2_500), "buckets stay where they are");
}

#[tokio::test]
async fn viewers_read_and_change_nothing() {
    let app = App::start().await;
    let targets = json!([{ "variant": "on", "units": ["secret_customer", "another"] }]);
    app.set("new_checkout", "development", json!({ "targets": targets, "rules": [rule("a", "A")] })).await;
    let vic = app.sign_in("vic").await;
    let page = vic.get(DEVELOPMENT).await;
    assert_eq!(page.status, 200);
    assert!(page.says("2 keys") && !page.says("secret_customer"), "{}", page.html);
    assert!(page.says("aria-disabled=\"true\"") && page.says("Needs the role editor; yours is viewer."), "{}", page.html);
    for form in ["id=\"targets\"", "id=\"everyone-else\"", "id=\"off-variant\"", "Move rule", "Remove rule"] {
        assert!(!page.says(form), "{form} in {}", page.html);
    }
    let before = app.served("new_checkout", "development");
    let version = app.version("new_checkout", "development");
    for fields in [
        vec![("_form", "switch"), ("enabled", "true")],
        vec![("_form", "switch"), ("enabled", "false")],
        vec![("_form", "targets"), ("units[on]", "")],
        vec![("_form", "everyone-else"), ("serve", "nonsense")],
        vec![("_form", "rule"), ("rule", "a"), ("do", "remove")],
        vec![("_form", "off-variant"), ("off_variant", "on")],
    ] {
        let fields: Vec<_> = fields.into_iter().chain([("base_version", version.as_str())]).collect();
        assert_eq!(vic.post(DEVELOPMENT, &fields).await.status, 403, "{fields:?}");
    }
    assert_eq!(app.served("new_checkout", "development"), before);
}

#[tokio::test]
async fn archived_flags_are_read_only() {
    let app = App::start().await;
    app.by_system(Command::ArchiveFlag { project: shop(), flag: FlagKey::parse("new_checkout").unwrap() }).await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(DEVELOPMENT).await;
    assert!(page.status == 200 && page.says("This flag is archived") && !page.says("id=\"targets\""), "{}", page.html);
    let refused = ada.post(DEVELOPMENT, &[("_form", "off-variant"), ("off_variant", "on")]).await;
    assert!(refused.status == 422 && refused.says("restore it before you change it"), "{}", refused.html);
}

#[tokio::test]
async fn hostile_texts_stay_texts() {
    let app = App::start().await;
    let hostile = r#""'></textarea></option><script>alert(1)</script>"#;
    let parts = json!({
        "targets": [{ "variant": "on", "units": [hostile] }],
        "rules": [{ "id": hostile, "name": hostile, "conditions": [{ "attribute": hostile, "operator": "equals", "values": [hostile] }],
            "serve": { "split": { "bucket_by": hostile, "weights": [{ "variant": "on", "share": 10000 }] } } }],
    });
    app.set("new_checkout", "development", parts).await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(DEVELOPMENT).await;
    assert!(page.says("alert(1)") && !page.says("<script>alert"), "{}", page.html);
    let typed = [("serve", "split"), ("serve.share", hostile), ("serve.of", hostile), ("serve.bucket_by", hostile)];
    let refused = ada.send(DEVELOPMENT, &page, "everyone-else", &typed).await;
    assert!(refused.status == 422 && !refused.says("<script>alert"), "{}", refused.html);
    let link = page
        .html
        .split("href=\"")
        .find(|rest| rest.contains("/rules/") && !rest.starts_with("/p/shop/flags/new_checkout/development/rules/new"));
    let link = &link.unwrap()[..link.unwrap().find('"').unwrap()];
    let editor = ada.get(link).await;
    assert!(editor.status == 200 && editor.says("alert(1)") && !editor.says("<script>alert"), "{link} {}", editor.html);
}

/// Nothing on the page can mend what cannot be read, but for turning it off.
#[tokio::test]
async fn what_cannot_be_read_is_started_afresh_by_turning_it_off() {
    let app = App::start().await;
    let (ada, vic) = (app.sign_in("ada").await, app.sign_in("vic").await);
    app.sql("update flag_states set state = '{\"targets\": [secret_ada', version = version + 1").await.unwrap();
    app.sql("update environments set revision = revision + 1").await.unwrap();
    app.state.serving.publish().await;
    let page = ada.get(DEVELOPMENT).await;
    assert!(page.status == 200 && page.says("turn it off, or import it again"), "{}", page.html);
    assert!(page.says("Turn off and start afresh") && !page.says("id=\"targets\""), "{}", page.html);
    assert!(!vic.get(DEVELOPMENT).await.says("Turn off and start afresh"));
    let off = ada.post(DEVELOPMENT, &[("_form", "switch"), ("enabled", "false")]).await;
    assert!(off.status == 303 && off.location.starts_with(&format!("{DEVELOPMENT}?done=")), "{} {}", off.status, off.html);
    let page = ada.get(&off.location).await;
    assert!(page.says("You turned off new_checkout in development.") && page.says("id=\"targets\""), "{}", page.html);
    assert!(!page.says("Turn off and start afresh") && !page.says("/p/shop/undo/"), "{}", page.html);
    let row = off.location.split_once("done=").unwrap().1;
    assert!(ada.get("/p/shop/audit").await.says("secret_ada"), "row {row} keeps the text that was there");
    let viewed = vic.get("/p/shop/audit").await;
    assert!(viewed.status == 200 && !viewed.says("secret_ada"), "{}", viewed.html);
}
