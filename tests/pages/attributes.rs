//! Attributes: described and changed on their pages, suggested from what was sent, and private ones kept from everybody.

use super::app::{App, Browser, shop};
use flagstaff::domain::actor::Actor;
use flagstaff::domain::api_key::ApiKeyKind;
use flagstaff::domain::key::EnvironmentKey;
use flagstaff::server::services::keys::{self, Wanted};
use serde_json::{Value, json};

const ATTRIBUTES: &str = "/p/shop/settings/attributes";
const NEW: &str = "/p/shop/settings/attributes/new";
const PERSONAS: &str = "/p/shop/settings/personas/new";
const PRODUCTION: &str = "/p/shop/flags/new_checkout/production";
const PLAN: [(&str, &str); 5] = [
    ("_form", "attribute"),
    ("name", "plan"),
    ("value_type", "text"),
    ("legal_values", "free\r\npro"),
    ("description", "What they pay for"),
];
const EMAIL: [(&str, &str); 4] = [("_form", "attribute"), ("name", "email"), ("value_type", "text"), ("private", "true")];

fn persona(context: &str) -> [(&str, &str); 4] {
    [("_form", "persona"), ("key", "kari"), ("name", "Kari"), ("context", context)]
}

/// Asks for the flag in production as an SDK does.
async fn ask(app: &App, ada: &Browser, context: Value) {
    let environment = EnvironmentKey::parse("production").unwrap();
    let wanted = Wanted { name: "Test".into(), origins: Vec::new(), expires_at: None };
    let place = (shop(), environment);
    let made = keys::create(&app.state.governance, &Actor::Console, place, ApiKeyKind::Server, wanted).await.unwrap();
    let asked = ada.by_hand("/ofrep/v1/evaluate/flags/new_checkout").bearer_auth(made.secret.reveal());
    let answer = asked.json(&json!({ "context": context })).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn an_attribute_is_described_changed_and_removed() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    assert!(ada.get(ATTRIBUTES).await.says("No attributes described yet"));
    let made = ada.post(NEW, &PLAN).await;
    assert_eq!(made.status, 303, "{}", made.html);
    let list = ada.get(&made.location).await;
    for text in ["You described the attribute ", "What they pay for", "free and pro", "never"] {
        assert!(list.says(text), "{text} in {}", list.main());
    }
    let one = format!("{ATTRIBUTES}/plan");
    let form = ada.get(&one).await;
    assert!(form.says("free\npro</textarea>"), "{}", form.main());
    let edit = [("value_type", "number"), ("legal_values", "10\n20.5"), ("description", "")];
    let saved = ada.send(&one, &form, "attribute", &edit).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    let told = ada.get(&saved.location).await;
    assert!(told.says("the type, the legal values and the description of the attribute"), "{}", told.html);
    let late = ada.send(&one, &form, "attribute", &[("value_type", "text"), ("description", "Typed late")]).await;
    assert!(late.status == 409 && late.says("changed since you opened it") && late.says("Typed late"), "{}", late.main());
    let asked = ada.get(&format!("{one}/delete")).await;
    assert!(asked.says("Remove the description of plan"), "{}", asked.main());
    let removed = ada.send(&format!("{one}/delete"), &asked, "delete", &[]).await;
    assert!(ada.get(&removed.location).await.says("You removed the description of the attribute "));
    assert_eq!(ada.get(&one).await.status, 404);
}

#[tokio::test]
async fn what_is_wrong_is_told_beside_its_field() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let refused = ada.post(NEW, &[("_form", "attribute"), ("name", "targetingKey"), ("legal_values", "kept <b>")]).await;
    assert_eq!(refused.status, 422);
    for text in ["targetingKey is always known, as a text.", "Choose what its values are.", "kept &lt;b&gt;</textarea>"] {
        assert!(refused.says(text), "{text} in {}", refused.main());
    }
    let many =
        ada.post(NEW, &[("_form", "attribute"), ("name", "age"), ("value_type", "number"), ("legal_values", "many")]).await;
    assert!(many.status == 422 && many.says("is not a number; write it like 20."), "{}", many.main());
    let both = ada.post(NEW, &[&EMAIL[..], &[("legal_values", "a@b")]].concat()).await;
    assert!(both.status == 422 && both.says("Values of a private attribute are stored nowhere"), "{}", both.main());
    assert_eq!(ada.post(NEW, &PLAN).await.status, 303);
    let taken = ada.post(NEW, &PLAN).await;
    assert!(taken.status == 422 && taken.says("plan is described already; edit it instead."), "{}", taken.main());
    let odd = [("_form", "attribute"), ("name", "Land/år & <i>"), ("value_type", "text")];
    assert_eq!(ada.post(NEW, &odd).await.status, 303);
    let list = ada.get(ATTRIBUTES).await;
    let href = list.main().split("href=\"").find(|rest| rest.starts_with(&format!("{ATTRIBUTES}/Land"))).unwrap();
    let odd = ada.get(href.split('"').next().unwrap()).await;
    assert!(odd.status == 200 && odd.says("Land/år &amp; &lt;i&gt;"), "{}", odd.main());
}

#[tokio::test]
async fn viewers_see_attributes_and_describe_none() {
    let app = App::start().await;
    app.sign_in("ada").await.post(NEW, &PLAN).await;
    let vic = app.sign_in("vic").await;
    let one = format!("{ATTRIBUTES}/plan");
    for address in [ATTRIBUTES, &one] {
        let page = vic.get(address).await;
        assert!(page.says("Needs the role editor; yours is viewer. Ask ada."), "{}", page.main());
    }
    for address in [NEW, &one, &format!("{one}/delete")] {
        assert_eq!(vic.post(address, &PLAN).await.status, 403, "{address}");
    }
    app.person("eve", None).await;
    let eve = app.sign_in("eve").await;
    for address in [ATTRIBUTES, NEW, &one] {
        assert_eq!(eve.get(address).await.status, 404, "{address}");
    }
}

#[tokio::test]
async fn names_that_were_sent_are_suggested_and_their_values_are_nowhere() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let rule = json!({"id": "r", "conditions": [{"attribute": "age", "operator": "less_than", "values": [7]}], "serve": {"variant": "on"}});
    app.set("new_checkout", "production", json!({ "enabled": true, "rules": [rule] })).await;
    ask(&app, &ada, json!({"targetingKey": "u", "plan": "verysecretvalue", "user": {"country": "verysecretvalue"}})).await;
    for written in [false, true] {
        if written {
            app.state.serving.flush(true).await.unwrap();
        }
        let page = ada.get(ATTRIBUTES).await;
        for text in ["user.country", "in production", "used by new_checkout", "never seen", "Describe it"] {
            assert!(page.says(text), "{text} in {}", page.main());
        }
        assert!(page.says("new?name=user.country") && !page.says("new?name=targetingKey"), "{}", page.main());
    }
    assert!(!String::from_utf8_lossy(&app.written()).contains("verysecretvalue"));
    let form = ada.get(&format!("{NEW}?name=age")).await;
    assert!(form.says("value=\"age\"") && form.says("<option value=\"number\" selected"), "{}", form.main());
    let editor = ada.get(&format!("{PRODUCTION}/rules/new")).await;
    for name in ["age", "plan", "user.country", "targetingKey"] {
        assert!(editor.says(&format!("<option value=\"{name}\"")) || editor.says(name), "{name} in {}", editor.main());
    }
    assert_eq!(ada.post(NEW, &PLAN).await.status, 303);
    assert!(!ada.get(ATTRIBUTES).await.says("new?name=plan"), "it is described now");
}

#[tokio::test]
async fn personas_keep_no_private_value() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    assert_eq!(ada.post(PERSONAS, &persona("{\"email\": \"kari@fjord.example\"}")).await.status, 303);
    let refused = ada.post(NEW, &EMAIL).await;
    assert!(refused.status == 422 && refused.says("The persona Kari holds a value of email"), "{}", refused.main());
    let one = "/p/shop/settings/personas/kari";
    let without = ada.get(one).await;
    assert_eq!(ada.send(one, &without, "persona", &[("name", "Kari"), ("context", "{\"plan\": \"pro\"}")]).await.status, 303);
    assert_eq!(ada.post(NEW, &EMAIL).await.status, 303);
    let form = ada.get(one).await;
    let again = [("name", "Kari"), ("context", "{\"email\": \"typed@fjord.example\"}")];
    let refused = ada.send(one, &form, "persona", &again).await;
    assert!(
        refused.status == 422 && refused.says("email is private") && refused.says("typed@fjord.example"),
        "{}",
        refused.main()
    );
    let history = ada.get("/p/shop/audit").await;
    assert!(history.says("(private)") && !history.says("kari@fjord.example"), "what was stored before is shown to nobody");
    let (.., file) = ada.download("/p/shop/audit.jsonl").await;
    assert!(!file.contains("kari@fjord.example"), "{file}");
}

#[tokio::test]
async fn an_explanation_tells_no_private_value_and_viewers_no_value_of_a_rule() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let conditions = json!([{"attribute": "email", "operator": "ends_with", "values": ["@vip.example"]}]);
    let rule = json!({"id": "r", "name": "Guests", "conditions": conditions, "serve": {"variant": "on"}});
    app.set("new_checkout", "production", json!({ "enabled": true, "rules": [rule] })).await;
    let asked = format!("{PRODUCTION}?user=u&context=%7B%22email%22%3A%22x%40vip.example%22%7D");
    assert!(ada.get(&asked).await.says("it is \"x@vip.example\""), "not private yet");
    assert_eq!(ada.post(NEW, &EMAIL).await.status, 303);
    let linked = ada.get(&asked).await;
    assert_eq!(
        (linked.status, &*linked.location),
        (303, &*format!("{PRODUCTION}?user=u&context=%7B%7D#personas")),
        "{}",
        linked.html
    );
    let try_it = [("_form", "try"), ("user", "u"), ("context", "{\"email\": \"x@vip.example\"}")];
    let page = ada.post(PRODUCTION, &try_it).await;
    assert!(page.status == 200 && page.says("email ends with \"@vip.example\": yes, it is (private)."), "{}", page.main());
    let open = ada.post(PRODUCTION, &[("_form", "try"), ("user", "u"), ("context", "{\"plan\": \"pro\"}")]).await;
    let there = format!("{PRODUCTION}?user=u&context=%7B%22plan%22%3A%20%22pro%22%7D#personas");
    assert_eq!((open.status, &*open.location), (303, &*there), "what is not private stands in the address");
    assert!(!page.says("it is \"x@vip.example\""), "{}", page.main());
    let vic = app.sign_in("vic").await;
    let seen = vic.post(PRODUCTION, &try_it).await;
    assert!(seen.says("email ends with 1 hidden: yes.") && !seen.says("@vip.example<"), "{}", seen.main());
    assert!(!vic.get(PRODUCTION).await.says("@vip.example"), "nor in the rule");
    assert!(!vic.get(&format!("{PRODUCTION}/rules/r")).await.says("@vip.example"), "nor in its form");
    assert!(!vic.get("/p/shop/audit").await.says("@vip.example"), "nor in the history");
    let (.., file) = vic.download("/p/shop/settings/files/export").await;
    assert!(file.contains("values: \"1 hidden\"") && !file.contains("@vip.example"), "{file}");
}

#[tokio::test]
async fn a_rule_that_looks_at_a_new_name_brings_it_into_the_suggestions_at_once() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let form = format!("{PRODUCTION}/rules/new");
    assert!(!ada.get(&form).await.says("shoe_size"));
    let rule = |name: &str| {
        json!([{"id": "r1", "name": "Feet", "serve": {"variant": "on"},
            "conditions": [{"attribute": name, "operator": "greater_than", "values": [40]}]}])
    };
    app.set("new_checkout", "staging", json!({"rules": rule("shoe_size")})).await;
    assert!(ada.get(&form).await.says("shoe_size"));
    let page = ada.get(ATTRIBUTES).await;
    assert!(page.says("shoe_size") && page.says("new_checkout"), "{}", page.main());
    app.set("new_checkout", "staging", json!({"rules": rule("hat_size")})).await;
    let page = ada.get(&form).await;
    assert!(!page.says("shoe_size") && page.says("hat_size"), "{}", page.main());
}
