//! Personas: made and changed on their pages, and what a flag gives them in an environment.

use super::app::{App, shop};
use flagstaff::domain::actor::Actor;
use flagstaff::domain::command::Command;
use flagstaff::domain::key::{EnvironmentKey, FlagKey};
use flagstaff::server::services::expectations::{self, Standing, Verdict};
use flagstaff::server::services::{personas, projects};
use serde_json::{Value, json};

const PERSONAS: &str = "/p/shop/settings/personas";
const NEW: &str = "/p/shop/settings/personas/new";
const PRODUCTION: &str = "/p/shop/flags/new_checkout/production";
const PRO: &str = "{\"targetingKey\": \"user_7\", \"plan\": \"pro\"}";
const FORM: [(&str, &str); 4] =
    [("_form", "persona"), ("key", "pro"), ("name", "A pro customer"), ("description", "Pays by the month")];

/// On in production for pro customers and for `named_user`.
async fn with_rules() -> App {
    let app = App::start().await;
    let rule = json!({"id": "r", "name": "Paying", "conditions": [{"attribute": "plan", "operator": "equals", "values": ["pro"]}],
        "serve": {"variant": "on"}});
    let targets = json!([{"variant": "on", "units": ["named_user"]}]);
    let parts = json!({"enabled": true, "rules": [rule], "targets": targets, "fallthrough": {"variant": "off"}});
    app.set("new_checkout", "production", parts).await;
    app
}

#[tokio::test]
async fn a_persona_is_made_changed_and_removed() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    assert!(ada.get(PERSONAS).await.says("No personas yet"));
    let made = ada.post(NEW, &[&FORM[..], &[("context", PRO)]].concat()).await;
    assert_eq!(made.status, 303, "{}", made.html);
    let list = ada.get(&made.location).await;
    for text in ["You created the persona A pro customer.", "user_7", "plan: \"pro\"", "Pays by the month"] {
        assert!(list.says(text), "{text} in {}", list.main());
    }
    let one = format!("{PERSONAS}/pro");
    let form = ada.get(&one).await;
    assert!(form.says("\"targetingKey\": \"user_7\"") && form.says("value=\"A pro customer\""), "{}", form.main());
    let edit = [("name", "A pro in Norway"), ("context", "{\"country\": \"NO\"}")];
    let saved = ada.send(&one, &form, "persona", &edit).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    assert!(ada.get(&saved.location).await.says("You changed the persona A pro in Norway."));
    let late = ada.send(&one, &form, "persona", &[("name", "Typed late"), ("context", "{}")]).await;
    assert!(
        late.status == 409 && late.says("changed since you opened it") && late.says("value=\"Typed late\""),
        "{}",
        late.main()
    );
    let asked = ada.get(&format!("{one}/delete")).await;
    assert!(asked.says("Remove A pro in Norway"), "{}", asked.main());
    let removed = ada.send(&format!("{one}/delete"), &asked, "delete", &[]).await;
    assert!(ada.get(&removed.location).await.says("You removed the persona A pro in Norway."));
    assert_eq!(ada.get(&one).await.status, 404);
}

#[tokio::test]
async fn what_is_wrong_with_a_context_is_told_with_its_line() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let broken = "{\"plan\": \"pro\",\r\n \"country\" \"NO\"}";
    let refused = ada.post(NEW, &[("_form", "persona"), ("key", "no good"), ("name", ""), ("context", broken)]).await;
    assert_eq!(refused.status, 422);
    for text in
        ["Line 2, column 12: expected `:`.", "a persona key starts with", "Write a name", "\"country\" \"NO\"}</textarea>"]
    {
        assert!(refused.says(text), "{text} in {}", refused.main());
    }
    for (context, why) in [("[]", "Write a JSON object"), ("{\"targetingKey\": 7}", "targetingKey must be a text")] {
        let refused = ada.post(NEW, &[&FORM[..], &[("context", context)]].concat()).await;
        assert!(refused.status == 422 && refused.says(why), "{why} in {}", refused.main());
    }
    assert_eq!(ada.post(NEW, &FORM).await.status, 303);
    let taken = ada.post(NEW, &FORM).await;
    assert!(taken.status == 422 && taken.says("There already is a persona pro"), "{}", taken.main());
    let reserved = ada.post(NEW, &[("_form", "persona"), ("key", "new"), ("name", "New")]).await;
    assert!(reserved.status == 422 && reserved.says("new is the address of a page"), "{}", reserved.main());
}

#[tokio::test]
async fn viewers_see_personas_and_change_none() {
    let app = App::start().await;
    app.sign_in("ada").await.post(NEW, &[&FORM[..], &[("context", PRO)]].concat()).await;
    let vic = app.sign_in("vic").await;
    let one = format!("{PERSONAS}/pro");
    for address in [PERSONAS, &one] {
        let page = vic.get(address).await;
        assert!(page.says("user_7") && page.says("Needs the role editor; yours is viewer. Ask ada."), "{}", page.main());
    }
    for address in [NEW, &one, &format!("{one}/delete")] {
        assert_eq!(vic.post(address, &FORM).await.status, 403, "{address}");
    }
    app.person("eve", None).await;
    let eve = app.sign_in("eve").await;
    for address in [PERSONAS, NEW, &one] {
        assert_eq!(eve.get(address).await.status, 404, "{address}");
    }
}

#[tokio::test]
async fn a_flags_page_tells_what_each_persona_gets_and_why() {
    let app = with_rules().await;
    let ada = app.sign_in("ada").await;
    assert!(ada.get(PRODUCTION).await.says("None yet. A persona is a user with a name"));
    for (key, name, context) in [("pro", "A pro", PRO), ("anybody", "Anybody", "{}")] {
        ada.post(NEW, &[("_form", "persona"), ("key", key), ("name", name), ("context", context)]).await;
    }
    let page = ada.get(PRODUCTION).await;
    for text in [
        "A pro<",
        "A target or a rule matched",
        "Serves on, because rule 1 matched.",
        "plan equals \"pro\": yes, it is \"pro\".",
        "Anybody<",
        "Nothing else decided",
        "plan equals \"pro\": no, the context has no plan.",
    ] {
        assert!(page.says(text), "{text} in {}", page.main());
    }
    let elsewhere = ada.get("/p/shop/flags/new_checkout/staging").await;
    assert!(elsewhere.says("The flag is off here"), "each environment for itself");
}

#[tokio::test]
async fn a_user_is_tried_by_the_address_and_nobody_is_counted() {
    let app = with_rules().await;
    let ada = app.sign_in("ada").await;
    let named = ada.get(&format!("{PRODUCTION}?user=named_user")).await;
    assert!(named.says("because target list 1 names this unit") && named.says("value=\"named_user\""), "{}", named.main());
    let pro = ada.get(&format!("{PRODUCTION}?user=someone&context=%7B%22plan%22%3A%20%22pro%22%7D")).await;
    assert!(pro.says("because rule 1 matched") && pro.says("does not name someone"), "{}", pro.main());
    let broken = ada.get(&format!("{PRODUCTION}?context=%7Bplan")).await;
    assert!(
        broken.status == 200 && broken.says("Line 1, column 2: key must be a string.") && broken.says("{plan</textarea>"),
        "{}",
        broken.main()
    );
    let hostile = ada.get(&format!("{PRODUCTION}?user=%3Cscript%3Ealert(1)%3C%2Fscript%3E")).await;
    assert!(!hostile.main().contains("<script>alert"), "{}", hostile.main());
    let flag = ada.get("/p/shop/flags/new_checkout").await;
    assert!(flag.says("Waiting for the first evaluation"), "trying is no evaluation");
}

#[tokio::test]
async fn viewers_are_not_told_whom_lists_name() {
    let app = with_rules().await;
    let vic = app.sign_in("vic").await;
    let named = vic.get(&format!("{PRODUCTION}?user=named_user")).await;
    assert!(named.says("Serves on, by an individual target or a rule."), "{}", named.main());
    for text in ["arget list 1", "names this unit", "was not reached"] {
        assert!(!named.main().contains(text), "{text} in {}", named.main());
    }
    let other = vic.get(&format!("{PRODUCTION}?user=other_user")).await;
    assert!(other.says("Rule 1 (Paying) does not match.") && !other.says("named_user"), "{}", other.main());
}

#[tokio::test]
async fn what_a_persona_should_get_is_typed_kept_and_held_against_what_it_gets() {
    let app = with_rules().await;
    let ada = app.sign_in("ada").await;
    let expect = |environment, flag, variant| {
        [("expect[0].environment", environment), ("expect[0].flag", flag), ("expect[0].variant", variant)]
    };
    let form = [&FORM[..], &[("context", PRO)]].concat();
    for (row, why) in [
        (expect("prod", "new_checkout", "on"), "There is no environment called prod."),
        (expect("production", "new_chekout", "on"), "Did you mean new_checkout?"),
        (expect("production", "new_checkout", "green"), "new_checkout has no variant green; it has on and off."),
        (expect("production", "new_checkout", ""), "a variant name must not be empty"),
    ] {
        let refused = ada.post(NEW, &[&form[..], &row[..]].concat()).await;
        assert!(
            refused.status == 422 && refused.says(why) && refused.says(&format!("value=\"{}\"", row[1].1)),
            "{}",
            refused.main()
        );
    }
    let grown = ada.post(NEW, &[&form[..], &expect("staging", "new_checkout", "off"), &[("add", "true")]].concat()).await;
    assert!(
        grown.status == 200 && grown.says("name=\"expect[1].flag\"") && grown.says("value=\"new_checkout\""),
        "{}",
        grown.main()
    );

    let made = ada.post(NEW, &[&form[..], &expect("production", "new_checkout", "on")].concat()).await;
    assert_eq!(made.status, 303, "{}", made.html);
    assert!(ada.get(PERSONAS).await.says("1 of 1 as expected"));
    assert!(ada.get(PRODUCTION).await.says("as expected"));
    app.set("new_checkout", "production", json!({ "rules": [] })).await;
    let list = ada.get(PERSONAS).await;
    assert!(list.says("0 of 1 as expected") && list.says("new_checkout in production: expected on, gets off"), "{}", list.main());
    let one = ada.get(&format!("{PERSONAS}/pro")).await;
    assert!(one.says("expected on, gets off") && one.says("as to everyone whom nothing else decided"), "{}", one.main());
    assert!(ada.get(PRODUCTION).await.says("expected on, gets off"));
}

#[tokio::test]
async fn present_answers_are_expected_by_one_button() {
    let app = with_rules().await;
    let ada = app.sign_in("ada").await;
    ada.post(NEW, &[&FORM[..], &[("context", PRO)]].concat()).await;
    let one = format!("{PERSONAS}/pro");
    assert!(ada.get(&one).await.says("Expect present answers in production"));
    let press = [("_form", "expect-present"), ("environment", "production")];
    let done = ada.post(&one, &[&press[..], &[("base_version", "1")]].concat()).await;
    assert_eq!(done.status, 303, "{}", done.html);
    let page = ada.get(&done.location).await;
    assert!(page.says("You changed the persona A pro customer.") && page.says("as expected"), "{}", page.main());
    let late = ada.post(&one, &[&press[..], &[("base_version", "1")]].concat()).await;
    assert!(late.status == 409 && late.says("changed since you opened it"), "{}", late.main());
    assert_eq!(ada.post(&one, &[("_form", "expect-present"), ("environment", "nowhere")]).await.status, 404);
    assert_eq!(app.sign_in("vic").await.post(&one, &press).await.status, 403);
}

#[tokio::test]
async fn an_expectation_of_what_is_gone_is_told_and_can_stay() {
    let app = with_rules().await;
    let expect = json!({"production": {"gone_flag": "on", "new_checkout": "green"}, "gone_place": {"new_checkout": "on"}});
    let persona = json!({"key": "pro", "name": "A pro", "context": {}, "expect": expect});
    app.by_system(Command::SavePersona { project: shop(), persona: serde_json::from_value(persona).unwrap() }).await;
    let ada = app.sign_in("ada").await;
    let one = format!("{PERSONAS}/pro");
    let page = ada.get(&one).await;
    for text in ["no flag called gone_flag", "has no variant green", "no environment called gone_place"] {
        assert!(page.says(text), "{text} in {}", page.main());
    }
    for address in [PERSONAS, PRODUCTION, "/p/shop/playground?persona=pro"] {
        assert_eq!(ada.get(address).await.status, 200, "{address}");
    }
    let rows = [
        ("expect[0].environment", "gone_place"),
        ("expect[0].flag", "new_checkout"),
        ("expect[0].variant", "on"),
        ("expect[1].environment", "production"),
        ("expect[1].flag", "gone_flag"),
        ("expect[1].variant", "on"),
    ];
    let fields = [&[("_form", "persona"), ("name", "Renamed"), ("context", "{}"), ("base_version", "1")][..], &rows[..]].concat();
    let saved = ada.post(&one, &fields).await;
    assert_eq!(saved.status, 303, "what was there may stay: {}", saved.html);
}

/// What a proposed state does to the personas of the shop; `parts` replace those of the state in production.
async fn verdicts(app: &App, parts: Option<Value>) -> Vec<Verdict> {
    let project = projects::open(&app.state, &Actor::System, "shop").await.unwrap();
    let proposed = parts.map(|parts| {
        let mut state = serde_json::to_value(app.served("new_checkout", "production")).unwrap();
        parts.as_object().unwrap().iter().for_each(|(name, value)| state[name] = value.clone());
        serde_json::from_value(state).unwrap()
    });
    let (production, flag) = (EnvironmentKey::parse("production").unwrap(), FlagKey::parse("new_checkout").unwrap());
    personas::verdicts(&app.state, &project, &production, &flag, proposed.as_ref()).await.unwrap()
}

#[tokio::test]
async fn a_proposed_state_says_what_it_changes_and_breaks() {
    let app = with_rules().await;
    let expect = json!({"production": {"new_checkout": "on"}});
    for persona in [
        json!({"key": "anybody", "name": "Anybody", "context": {}}),
        json!({"key": "named", "name": "Named", "context": {"targetingKey": "named_user"}, "expect": expect}),
        json!({"key": "pro", "name": "Pro in Norway", "context": {"targetingKey": "u", "plan": "pro"}, "expect": expect}),
    ] {
        app.by_system(Command::SavePersona { project: shop(), persona: serde_json::from_value(persona).unwrap() }).await;
    }
    let now = verdicts(&app, None).await;
    assert!(now.iter().all(|verdict| verdict.then.is_none() && !verdict.changes && !verdict.breaks));
    assert_eq!(now.iter().map(|verdict| verdict.standing() == Some(&Standing::Kept)).collect::<Vec<_>>(), [false, true, true]);
    let summary = |verdicts: &[Verdict]| expectations::summary(verdicts).unwrap();
    assert_eq!(
        summary(&verdicts(&app, Some(json!({ "rules": app.served("new_checkout", "production").rules }))).await),
        "No persona changes"
    );
    let without = verdicts(&app, Some(json!({ "rules": [] }))).await;
    assert_eq!(summary(&without), "1 persona changes, 1 breaks: Pro in Norway expects on, would get off");
    let off = verdicts(&app, Some(json!({ "enabled": false }))).await;
    let both = "2 personas change, 2 break: Named expects on, would get off; Pro in Norway expects on, would get off";
    assert_eq!(summary(&off), both);
    let on = verdicts(&app, Some(json!({ "fallthrough": {"variant": "on"} }))).await;
    assert_eq!(summary(&on), "1 persona changes");
    let broken = verdicts(&app, Some(json!({ "fallthrough": {"variant": "green"} }))).await;
    assert!(broken[0].then.as_ref().unwrap().is_err(), "a state that cannot be served answers nobody");
    assert_eq!(expectations::summary(&[]), None);
}
