//! Whom a rule names stays unknown to viewers, wherever the rule is told.

use super::app::App;
use serde_json::json;

const NAME: &str = "grace@shop.example";

#[tokio::test]
async fn viewers_read_no_name_that_a_rule_lists() {
    let app = App::start().await;
    let named = json!({"attribute": "targetingKey", "operator": "in", "values": [NAME, "lin"]});
    let rules = json!([{"id": "r1", "conditions": [named], "serve": {"variant": "on"}}]);
    app.set("new_checkout", "staging", json!({ "enabled": true, "rules": rules })).await;
    let (ada, vic) = (app.sign_in("ada").await, app.sign_in("vic").await);
    let place = "/p/shop/flags/new_checkout/staging";
    for path in [
        place.to_owned(),
        format!("{place}/rules/r1"),
        format!("{place}?user=somebody"),
        format!("{place}?user=lin"),
        "/p/shop/flags/new_checkout".to_owned(),
        "/p/shop/flags/new_checkout/history".to_owned(),
        "/p/shop/audit".to_owned(),
        "/p/shop/audit.csv".to_owned(),
        "/p/shop/audit.jsonl".to_owned(),
        "/p/shop/settings/files/export".to_owned(),
        "/p/shop/settings/files/export?format=json".to_owned(),
    ] {
        let page = vic.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.says(NAME), "{path}: {}", page.html);
    }
    assert!(ada.get(place).await.says(NAME), "an editor reads it");
    assert!(vic.get(place).await.says("2 hidden"), "a viewer reads how many");
    assert!(vic.get("/p/shop/settings/files/export").await.says("2 hidden"));
}
