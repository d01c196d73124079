//! The rule editor: a form that needs no script.

use super::app::{App, Browser, Page, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::rule::{Rule, Serve};
use serde_json::{Value, json};

const DEVELOPMENT: &str = "/p/shop/flags/new_checkout/development";

fn path(rule: &str) -> String {
    format!("{DEVELOPMENT}/rules/{rule}")
}

async fn save(browser: &Browser, rule: &str, fields: &[(&str, &str)]) -> Page {
    let page = browser.get(&path(rule)).await;
    let sent = browser.send(&path(rule), &page, "rule", fields).await;
    if sent.status == 303 { browser.save_draft(DEVELOPMENT, &[]).await } else { sent }
}

fn rules(app: &App) -> Vec<Rule> {
    app.served("new_checkout", "development").rules
}

const ON: [(&str, &str); 3] = [("active", "true"), ("serve", "variant"), ("serve.variant", "on")];

#[tokio::test]
async fn a_new_rule_is_added_last() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(&path("new")).await;
    for text in ["New rule", "Condition 1", "ends with", "Add condition", "Same value", "Time zone"] {
        assert!(page.says(text), "{text} in {}", page.html);
    }
    assert!(!page.says("is in segment"), "there are no segments to choose");
    let staff = [
        ("name", " Staff "),
        ("conditions[0].attribute", "email"),
        ("conditions[0].operator", "ends_with"),
        ("conditions[0].values", "@shop.example"),
        ("conditions[0].ignore_case", "true"),
    ];
    let saved = save(&ada, "new", &[&ON[..], &staff].concat()).await;
    assert!(saved.status == 303 && saved.location.starts_with(&format!("{DEVELOPMENT}?done=")), "{}", saved.html);
    let adults = [
        ("conditions[0].attribute", "age"),
        ("conditions[0].operator", "greater_or_equal"),
        ("conditions[0].values", "18"),
        ("conditions[0].negate", "true"),
        ("conditions[1].attribute", "beta"),
        ("conditions[1].operator", "equals"),
        ("conditions[1].read_as", "boolean"),
        ("conditions[1].values", "true"),
        ("serve", "split"),
        ("serve.share", "5"),
        ("serve.of", "on"),
        ("serve.bucket_by", "targetingKey"),
    ];
    assert_eq!(save(&ada, "new", &adults).await.status, 303);
    let rules = rules(&app);
    assert_eq!(
        rules.iter().map(|rule| (rule.id.as_str(), rule.name.as_str(), rule.active)).collect::<Vec<_>>(),
        [("r1", "Staff", true), ("r2", "", false)]
    );
    assert_eq!(rules[0].conditions[0].values, [json!("@shop.example")]);
    assert_eq!((&rules[1].conditions[0].values[0], &rules[1].conditions[1].values[0]), (&json!(18), &json!(true)));
    assert!(matches!(&rules[1].serve, Serve::Split(split) if split.weights[0].share == 500));
}

#[tokio::test]
async fn its_own_buttons_keep_what_was_typed() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let typed = [
        ("name", "Half typed"),
        ("conditions[0].attribute", "first"),
        ("conditions[0].values", "a\nb"),
        ("conditions[1].attribute", "second"),
        ("serve", "split"),
        ("serve.share", "not yet"),
    ];
    let more = save(&ada, "new", &[&typed[..], &[("add", "true")]].concat()).await;
    assert_eq!(more.status, 200);
    for text in
        ["value=\"Half typed\"", "value=\"first\"", "a\nb</textarea>", "value=\"second\"", "Condition 3", "value=\"not yet\""]
    {
        assert!(more.says(text), "{text} in {}", more.html);
    }
    assert!(!more.says("role=\"alert\""), "nothing was sent yet, so nothing is wrong");
    let fewer = save(&ada, "new", &[&typed[..], &[("remove", "0")]].concat()).await;
    assert!(
        fewer.status == 200 && fewer.says("value=\"second\"") && !fewer.says("value=\"first\"") && !fewer.says("Condition 2"),
        "{}",
        fewer.html
    );
    assert!(rules(&app).is_empty());
}

#[tokio::test]
async fn a_rule_without_conditions_says_whom_it_matches() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let fields = [&ON[..], &[("conditions[0].attribute", "a"), ("remove", "0")]].concat();
    let page = save(&ada, "new", &fields).await;
    assert!(page.says("This rule matches everybody."), "{}", page.html);
    assert_eq!(save(&ada, "new", &ON).await.status, 303);
    assert!(rules(&app)[0].conditions.is_empty());
}

#[tokio::test]
async fn all_that_is_wrong_is_said_at_once_beside_its_field() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let fields = [
        ("conditions[0].attribute", ""),
        ("conditions[0].operator", "equals"),
        ("conditions[0].values", "pro"),
        ("conditions[1].attribute", "age"),
        ("conditions[1].operator", "less_than"),
        ("conditions[1].values", "many"),
        ("conditions[2].attribute", "version"),
        ("conditions[2].operator", "semver_matches"),
        ("conditions[2].values", "^1\n^^2"),
        ("conditions[3].operator", "time_window"),
        ("conditions[3].from", "9"),
        ("conditions[3].to", "17:00"),
        ("conditions[3].zone", "UTC"),
        ("serve", "split"),
        ("serve.share", "x"),
        ("serve.of", "on"),
        ("serve.bucket_by", ""),
    ];
    let refused = save(&ada, "new", &fields).await;
    assert_eq!(refused.status, 422);
    for link in [
        "rule-conditions-0-attribute",
        "rule-conditions-1-values",
        "rule-conditions-2-values",
        "rule-conditions-3-from",
        "rule-serve-share",
        "rule-serve-bucket_by",
    ] {
        assert!(
            refused.says(&format!("href=\"#{link}\"")) && refused.says(&format!("id=\"{link}\"")),
            "{link} in {}",
            refused.html
        );
    }
    assert!(refused.says("Line 1: write a number") && refused.says("Value 2: "), "{}", refused.html);
}

#[tokio::test]
async fn an_edit_keeps_the_place_and_what_the_form_cannot_show() {
    let app = App::start().await;
    let split = json!({ "split": { "bucket_by": "account", "seed": "s", "weights": [{ "variant": "off", "share": 9000 }, { "variant": "on", "share": 1000 }] } });
    let first = json!({ "id": "r1", "name": "First", "conditions": [{ "attribute": "odd", "operator": "in", "values": [" padded ", 20] }], "serve": split });
    app.set("new_checkout", "development", json!({ "rules": [first, { "id": "r2", "serve": { "variant": "on" } }] })).await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(&path("r1")).await;
    assert!(page.says("Edit rule “First”") && page.says("\" padded \"\n20</textarea>"), "{}", page.html);
    let fields = [
        ("name", "Renamed"),
        ("active", "true"),
        ("conditions[0].attribute", "odd"),
        ("conditions[0].operator", "in"),
        ("conditions[0].read_as", "json"),
        ("conditions[0].values", "\" padded \"\n20"),
        ("serve", "split"),
        ("serve.share", "90"),
        ("serve.of", "off"),
        ("serve.bucket_by", "account"),
    ];
    let saved = save(&ada, "r1", &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    let rules = rules(&app);
    assert_eq!((rules[0].name.as_str(), rules[0].serve.seed()), ("Renamed", Some("s")));
    assert_eq!(serde_json::to_value(&rules[0].serve).unwrap(), split);
    assert_eq!(Value::from(rules[0].conditions[0].values.clone()), json!([" padded ", 20]));
}

#[tokio::test]
async fn segments_are_chosen_where_there_are_any() {
    let app = App::start().await;
    let segment = json!({ "key": "beta", "name": "Beta", "include": ["user_1"] });
    app.by_system(Command::CreateSegment { project: shop(), segment: serde_json::from_value(segment).unwrap() }).await;
    let ada = app.sign_in("ada").await;
    assert!(ada.get(&path("new")).await.says("is in segment"));
    let fields = [&ON[..], &[("conditions[0].operator", "in_segment"), ("conditions[0].segments[beta]", "true")]].concat();
    assert_eq!(save(&ada, "new", &fields).await.status, 303);
    assert_eq!(rules(&app)[0].conditions[0].values, [json!("beta")]);
    let fields = [&ON[..], &[("conditions[0].operator", "in_segment"), ("conditions[0].segments[gone]", "true")]].concat();
    let refused = save(&ada, "new", &fields).await;
    assert!(refused.status == 422 && refused.says("There is no segment"), "{}", refused.html);
}

#[tokio::test]
async fn a_plan_of_a_rule_stays_through_an_edit() {
    let app = App::start().await;
    let steps =
        json!([{ "share": 100, "starts_at": { "at": "2020-01-01T00:00:00Z" } }, { "share": 5000, "starts_at": "on_approval" }]);
    let rollout = json!({ "rollout": { "variant": "on", "rest": "off", "plan": { "steps": steps } } });
    app.set("new_checkout", "development", json!({ "rules": [{ "id": "r1", "serve": rollout }] })).await;
    let before = rules(&app).remove(0).serve;
    let ada = app.sign_in("ada").await;
    assert_eq!(save(&ada, "r1", &[("name", "Named"), ("active", "true"), ("serve", "plan")]).await.status, 303);
    let after = rules(&app).remove(0);
    assert_eq!((after.name.as_str(), after.serve), ("Named", before));
}

#[tokio::test]
async fn stale_and_vanished_rules_keep_what_was_typed() {
    let app = App::start().await;
    app.set("new_checkout", "development", json!({ "rules": [{ "id": "r1", "name": "First", "serve": { "variant": "on" } }] }))
        .await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(&path("r1")).await;
    app.set("new_checkout", "development", json!({ "rules": [] })).await;
    let fields = [&ON[..], &[("name", "Typed long ago")]].concat();
    let stale = ada.send(&path("r1"), &page, "rule", &fields).await;
    assert_eq!(stale.status, 303, "{}", stale.html);
    // It is in the draft; that somebody removed it meanwhile is a choice to make.
    let page = ada.get(DEVELOPMENT).await;
    assert!(page.says("Typed long ago") && page.says("Compare and choose"), "{}", page.html);
    let (draft, version) = page.draft();
    let clash = ada.get(&draft).await;
    assert!(clash.says("choice[rules[r1]]") && clash.says("As it was") && clash.says("nothing"), "{}", clash.html);
    let refused = ada.save_draft(DEVELOPMENT, &[]).await;
    assert!(refused.status == 409 && refused.says("choose below"), "{}", refused.html);
    let open = ada.post(&draft, &[("_form", "settle"), ("draft_version", &version)]).await;
    assert!(open.status == 422 && open.says("Choose a side of every part"), "{}", open.html);
    let chosen = [("_form", "settle"), ("draft_version", &*version), ("choice[rules[r1]]", "yours")];
    assert_eq!(ada.post(&draft, &chosen).await.status, 303);
    assert_eq!(ada.save_draft(DEVELOPMENT, &[]).await.status, 303);
    assert_eq!(rules(&app)[0].name, "Typed long ago");
    app.set("new_checkout", "development", json!({ "rules": [] })).await;
    let version = app.version("new_checkout", "development");
    let gone = ada.post(&path("r1"), &[&fields[..], &[("_form", "rule"), ("base_version", &version)]].concat()).await;
    assert!(gone.status == 422 && gone.says("That rule is not there any more.") && gone.says("Typed long ago"), "{}", gone.html);
    assert_eq!(ada.get(&path("r1")).await.status, 404);
}

#[tokio::test]
async fn viewers_read_a_rule_and_cannot_save_it() {
    let app = App::start().await;
    app.set("new_checkout", "development", json!({ "rules": [{ "id": "r1", "name": "First", "serve": { "variant": "on" } }] }))
        .await;
    let vic = app.sign_in("vic").await;
    let page = vic.get(&path("r1")).await;
    assert!(page.status == 200 && page.says("Needs the role editor") && !page.says("id=\"rule\""), "{}", page.html);
    assert_eq!(vic.post(&path("r1"), &[("_form", "rule"), ("name", "Mine")]).await.status, 403);
    assert_eq!(vic.post(&path("new"), &[("_form", "rule"), ("add", "true")]).await.status, 403);
    assert_eq!(rules(&app)[0].name, "First");
}

#[tokio::test]
async fn check_says_what_a_rule_would_be_and_saves_nothing() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let plan = [
        ("conditions[0].attribute", "plan"),
        ("conditions[0].operator", "in"),
        ("conditions[0].values", "pro, team\r\nfree\r\nfree"),
        ("check", "true"),
    ];
    let page = save(&ada, "new", &[&ON[..], &plan].concat()).await;
    assert_eq!(page.status, 200);
    for text in ["pro, team</code>", "Split into 4 values", "1 line repeats", "serve "] {
        assert!(page.says(text), "{text} in {}", page.main());
    }
    assert!(!page.says("role=\"alert\""), "{}", page.main());
    let lacking = save(&ada, "new", &[&ON[..], &[("conditions[0].attribute", "tab\tbed"), ("check", "true")]].concat()).await;
    assert!(lacking.says("Before it can be saved:") && lacking.says("control characters"), "{}", lacking.main());
    assert!(rules(&app).is_empty());
}

#[tokio::test]
async fn a_changed_share_says_how_many_get_another_variant() {
    let app = App::start().await;
    let split = |share: u16| json!({ "split": { "weights": [{ "variant": "on", "share": share }, { "variant": "off", "share": 10_000 - share }] } });
    let rule = json!([{ "id": "r1", "serve": split(2_500) }]);
    app.set("new_checkout", "development", json!({ "enabled": true, "rules": rule, "fallthrough": split(1_000) })).await;
    let ada = app.sign_in("ada").await;
    let half = [("serve", "split"), ("serve.share", "50"), ("serve.of", "on"), ("check", "true")];
    let page = save(&ada, "r1", &[&half[..], &[("active", "true"), ("serve.bucket_by", "targetingKey")]].concat()).await;
    assert!(page.says("25 % of those it matches get another variant: 25 % off → on."), "{}", page.main());
    assert!(page.says("Everybody else keeps what they have."), "{}", page.main());
    let shuffled = save(&ada, "r1", &[&half[..], &[("serve.bucket_by", "targetingKey"), ("serve.seed", "other")]].concat()).await;
    assert!(shuffled.says("About 50 % of those it matches") && shuffled.says("shuffled anew"), "{}", shuffled.main());
    let page = ada.get(DEVELOPMENT).await;
    let everyone =
        ada.send(DEVELOPMENT, &page, "everyone-else", &[&half[..], &[("serve.bucket_by", "targetingKey")]].concat()).await;
    assert_eq!(everyone.status, 200);
    assert!(everyone.says("40 % of everyone else get another variant: 40 % off → on."), "{}", everyone.main());
    assert!(
        matches!(&app.served("new_checkout", "development").fallthrough, Serve::Split(split) if split.weights[0].share == 1_000)
    );
}

#[tokio::test]
async fn a_rule_is_duplicated_and_put_in_any_place() {
    let app = App::start().await;
    let named = |id: &str, name: &str| json!({ "id": id, "name": name, "serve": { "variant": "on" } });
    app.set("new_checkout", "development", json!({ "rules": [named("r1", "A"), named("r2", "B"), named("r3", "C")] })).await;
    let ada = app.sign_in("ada").await;
    let order = || rules(&app).into_iter().map(|rule| rule.name).collect::<Vec<_>>();
    let press = async |fields: &[(&str, &str)]| {
        let version = app.version("new_checkout", "development");
        let fields = [&[("_form", "rule"), ("base_version", version.as_str())], fields].concat();
        let pressed = ada.post(DEVELOPMENT, &fields).await;
        if pressed.status == 303 { ada.save_draft(DEVELOPMENT, &[]).await } else { pressed }
    };
    let page = ada.get(DEVELOPMENT).await;
    assert!(page.says("Duplicate rule 1") && page.says("Place of rule 3"), "{}", page.main());
    assert_eq!(press(&[("rule", "r1"), ("do", "duplicate")]).await.status, 303);
    assert_eq!(order(), ["A", "Copy of A", "B", "C"]);
    assert_eq!(press(&[("rule", "r1"), ("do", "place"), ("place", "3")]).await.status, 303);
    assert_eq!(order(), ["Copy of A", "B", "C", "A"]);
    let refused = press(&[("rule", "r1"), ("do", "place"), ("place", "top")]).await;
    assert!(refused.status == 422 && refused.says("Choose the place"), "{}", refused.main());
}

#[tokio::test]
async fn names_and_texts_have_a_length() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let long = "x".repeat(1_001);
    let fields = [
        ("conditions[0].attribute", "my\tplan"),
        ("conditions[0].operator", "equals"),
        ("conditions[0].values", "pro"),
        ("conditions[1].attribute", "plan"),
        ("conditions[1].operator", "equals"),
        ("conditions[1].values", long.as_str()),
    ];
    let refused = save(&ada, "new", &[&ON[..], &fields].concat()).await;
    assert_eq!(refused.status, 422);
    for text in ["href=\"#rule-conditions-0-attribute\"", "href=\"#rule-conditions-1-values\"", "at most 1000 characters"] {
        assert!(refused.says(text), "{text} in {}", refused.main());
    }
}
