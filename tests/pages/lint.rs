//! What is probably not meant stands on a flag's page for an environment, beside the rule it speaks of.

use super::app::App;
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
