//! What is probably not meant stands on a flag's page for an environment, beside the rule it speaks of; under a rule while it
//! is written; and on a segment's page.

use super::app::{App, Page, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::segment::Segment;
use serde_json::json;

const PRODUCTION: &str = "/p/shop/flags/new_checkout/production";

fn rule(id: &str, name: &str, conditions: serde_json::Value) -> serde_json::Value {
    json!({"id": id, "name": name, "conditions": conditions, "serve": {"variant": "on"}})
}

#[tokio::test]
async fn findings_stand_beside_their_rule_and_the_rest_on_top() {
    let app = App::start().await;
    let staff = json!([{"attribute": "targetingKey", "operator": "in", "values": ["secret_user"]}]);
    let twice = json!([{"attribute": "targetingKey", "operator": "equals", "values": ["secret_user"]}]);
    let rules = json!([rule("a", "Staff", staff), rule("b", "", twice), rule("c", "All", json!([])), rule("d", "", json!([]))]);
    app.set("new_checkout", "production", json!({ "enabled": true, "rules": rules })).await;
    for name in ["ada", "vic"] {
        let page = app.sign_in(name).await.get(PRODUCTION).await;
        let main = page.main();
        let card = main.find("id=\"rules\"").unwrap();
        let (top, below) = main.split_at(card);
        assert!(top.contains("Worth a look") && top.contains("Nobody answers for new_checkout"), "{top}");
        for said in [
            "Rule 2 never decides: rule 1 (Staff) above it has the same conditions.",
            "Rule 4 is never reached: rule 3 (All) above it matches everybody.",
            "Move it above rule 3 (All), or remove it.",
        ] {
            assert!(below.contains(said) && !top.contains(said), "{said} in {main}");
        }
        let (second, third) = (below.find("Rule 2 never decides").unwrap(), below.find("All").unwrap());
        assert!(second < third, "beside its rule: {main}");
        assert_eq!(main.contains("secret_user"), name == "ada");
    }
}

#[tokio::test]
async fn a_schema_finds_slips_in_rules() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let slip = json!([{"attribute": "contry", "operator": "equals", "values": ["NO"]}]);
    app.set("new_checkout", "production", json!({ "enabled": true, "rules": [rule("a", "Norway", slip)] })).await;
    assert!(!ada.get(PRODUCTION).await.says("has not described"), "nothing is described yet");
    let country = [("_form", "attribute"), ("name", "country"), ("value_type", "text")];
    assert_eq!(ada.post("/p/shop/settings/attributes/new", &country).await.status, 303);
    let page = ada.get(PRODUCTION).await;
    assert!(page.says("Rule 1 (Norway) looks at contry, which the project has not described."), "{}", page.main());
    assert!(page.says("Did you mean country?"), "{}", page.main());
    let paused = json!([{"id": "a", "active": false, "conditions": [], "serve": {"variant": "on"}}]);
    app.set("new_checkout", "production", json!({ "rules": paused })).await;
    assert!(!ada.get(PRODUCTION).await.says("class=\"lint\"><li><!>Rule"), "a paused rule does nothing");
}

#[tokio::test]
async fn a_rule_is_told_of_what_is_probably_not_meant_while_it_is_written() {
    let app = App::start().await;
    let staff = json!([{"attribute": "plan", "operator": "in", "values": ["pro", "free"]}]);
    app.set("new_checkout", "production", json!({ "enabled": true, "rules": [rule("a", "Paying", staff)] })).await;
    let ada = app.sign_in("ada").await;
    let path = format!("{PRODUCTION}/rules/new");
    let page = ada.get(&path).await;
    assert!(!page.says("class=\"lint\""), "of what nobody has begun there is nothing to say: {}", page.main());
    let typed = |attribute: &'static str| {
        [
            ("conditions[0].attribute", attribute),
            ("conditions[0].operator", "in"),
            ("conditions[0].values", "pro"),
            ("active", "true"),
            ("serve", "variant"),
            ("serve.variant", "on"),
        ]
    };
    let checked = ada.send(&path, &page, "rule", &[&typed("plan")[..], &[("check", "true")]].concat()).await;
    let preview = checked.main().split("id=\"rule-preview\"").nth(1).unwrap();
    let said = "Rule 2 never decides: rule 1 (Paying) above it matches everybody whom it matches.";
    assert!(preview.contains(said) && preview.contains("Move it above rule 1 (Paying), or remove it."), "{preview}");
    let other = ada.send(&path, &page, "rule", &[&typed("country")[..], &[("check", "true")]].concat()).await;
    assert!(!other.says("class=\"lint\""), "{}", other.main());

    // What an edit does to other rules is said where it is made, and never in the way.
    app.set("new_checkout", "production", json!({ "enabled": true, "rules": [rule("a", "Staff", json!([{"attribute": "x", "operator": "exists"}])), rule("b", "Rest", json!([]))] })).await;
    let path = format!("{PRODUCTION}/rules/a");
    let page = ada.get(&path).await;
    let everybody = [("active", "true"), ("serve", "variant"), ("serve.variant", "on")];
    let checked = ada.send(&path, &page, "rule", &[&everybody[..], &[("check", "true")]].concat()).await;
    assert!(
        checked.says("Rule 2 (Rest) is never reached: rule 1 ") && checked.says("above it matches everybody."),
        "{}",
        checked.main()
    );
    assert_eq!(ada.send(&path, &page, "rule", &everybody).await.status, 303);
}

#[tokio::test]
async fn a_segments_page_tells_what_is_probably_not_meant_in_it() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let segment = |parts: serde_json::Value| {
        let mut segment = json!({"key": "beta", "name": "Beta"});
        segment.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
        serde_json::from_value::<Segment>(segment).unwrap()
    };
    app.by_system(Command::CreateSegment { project: shop(), segment: segment(json!({})) }).await;
    let path = "/p/shop/segments/beta";
    assert!(ada.get(path).await.says("The segment beta is empty: nobody is in it."), "{}", ada.get(path).await.main());
    let secret = json!({"attribute": "targetingKey", "operator": "in", "values": ["secret_user"]});
    let groups = json!([[secret, {"attribute": "targetingKey", "operator": "equals", "values": ["secret_user"]}],
        [{"attribute": "plan", "operator": "exists"}, {"attribute": "plan", "operator": "not_exists"}]]);
    app.by_system(Command::EditSegment { project: shop(), segment: segment(json!({ "groups": groups })) }).await;
    for name in ["ada", "vic"] {
        let page = app.sign_in(name).await.get(path).await;
        assert!(page.says("Worth a look") && page.says("Group 1 asks twice for "), "{}", page.main());
        assert!(page.says("Remove it; the group matches the same users."), "{}", page.main());
        assert!(page.says("Group 2 never matches: “plan is present” and “plan is absent” cannot both hold."), "{}", page.main());
        let banner = page.main().split("Worth a look").nth(1).unwrap().split("</ul>").next().unwrap().to_owned();
        assert_eq!(banner.contains("secret_user"), name == "ada", "{banner}");
        assert!(!page.says("is empty"), "{}", page.main());
    }
    assert!(!ada.get("/p/shop/segments/new").await.says("Worth a look"));
    let page = ada.get(path).await;
    let one = [
        ("group[0]", "true"),
        ("groups[0].conditions[0].attribute", "plan"),
        ("groups[0].conditions[0].operator", "exists"),
        ("add_group", "true"),
    ];
    let mut fields: Vec<(String, String)> =
        page.hidden("segment").into_iter().filter(|(name, _)| !name.starts_with("group")).collect();
    fields.extend(one.map(|(name, value)| (name.to_owned(), value.to_owned())));
    fields.push(("name".to_owned(), "Beta".to_owned()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let typed = Page::from(ada.multipart(path, &fields, None)).await;
    assert!(typed.status == 200 && !typed.says("Group 1 asks twice"), "{}", typed.main());
}
