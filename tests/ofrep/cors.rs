//! Which pages may read the answers.

use crate::fixture::{Answer, BULK, Installation, boolean, send};
use flagstaff::domain::api_key::ApiKeyKind;
use reqwest::Method;
use serde_json::json;

const SHOP: &str = "https://shop.example";

async fn preflight(app: &Installation, path: &str, origin: &str) -> Answer {
    let request = app.request(Method::OPTIONS, path).header("origin", origin);
    let asks = "authorization,content-type,if-none-match,x-api-key";
    send(request.header("access-control-request-method", "POST").header("access-control-request-headers", asks)).await
}

#[tokio::test]
async fn a_preflight_is_answered_for_origins_that_any_key_allows() {
    let app = Installation::start().await;
    for path in [BULK.to_owned(), format!("{BULK}/checkout"), format!("/{BULK}")] {
        let allowed = preflight(&app, &path, SHOP).await;
        assert_eq!((allowed.status, allowed.body.len()), (204, 0));
        assert_eq!(allowed.header("access-control-allow-origin"), Some(SHOP));
        assert_eq!(allowed.header("access-control-allow-methods"), Some("POST, GET, OPTIONS"));
        let headers = allowed.header("access-control-allow-headers").unwrap();
        for header in ["content-type", "authorization", "x-api-key", "if-none-match"] {
            assert!(headers.contains(header), "{headers}");
        }
        assert!(allowed.header("vary").unwrap().contains("Origin"));
        assert_eq!(allowed.header("access-control-allow-credentials"), None);
        for origin in ["https://evil.example", "https://shop.example.evil.example", "http://shop.example", "null"] {
            let refused = preflight(&app, &path, origin).await;
            assert_eq!((refused.status, refused.header("access-control-allow-origin")), (204, None), "{origin}");
        }
    }
}

#[tokio::test]
async fn an_answer_may_be_read_from_the_keys_own_origins() {
    let app = Installation::start().await;
    app.put(boolean("checkout"), json!({})).await;
    let everywhere = app.key(ApiKeyKind::Client, |key| key.origins = vec!["*".to_owned()]).await;
    let ask = async |path: &str, key: &str, origin: &str, etag: &str| {
        let request = app.request(Method::POST, path).header("x-api-key", key).header("origin", origin);
        send(request.header("if-none-match", etag).body("{}")).await
    };
    for path in [BULK.to_owned(), format!("{BULK}/checkout")] {
        for (key, origin, allowed) in [
            (&app.client_key, SHOP, true),
            (&app.client_key, "https://other.example", false),
            (&app.server_key, SHOP, false),
            (&everywhere, "https://other.example", true),
            (&everywhere, "null", true),
        ] {
            let answer = ask(&path, key, origin, "").await;
            assert_eq!(answer.status, 200, "an origin alone is no reason to refuse");
            assert_eq!(answer.header("access-control-allow-origin"), allowed.then_some(origin));
            let exposed = answer.header("access-control-expose-headers").unwrap_or_default();
            assert_eq!(exposed.contains("etag") && exposed.contains("retry-after"), allowed);
            assert_eq!(answer.header("vary"), Some("Origin"));
            assert_eq!(answer.header("access-control-allow-credentials"), None);
        }
    }
    let unchanged = ask(BULK, &app.client_key, SHOP, "*").await;
    assert_eq!((unchanged.status, unchanged.header("access-control-allow-origin")), (304, Some(SHOP)));
    assert_eq!(unchanged.header("vary"), Some("Origin"));
}

#[tokio::test]
async fn a_page_can_read_why_it_was_refused() {
    let app = Installation::start().await;
    for (method, key, status) in [(Method::POST, "wrong", 401), (Method::GET, app.client_key.as_str(), 405)] {
        let request = |origin| app.request(method.clone(), BULK).header("x-api-key", key).header("origin", origin);
        let known = send(request(SHOP)).await;
        assert_eq!((known.status, known.header("access-control-allow-origin")), (status, Some(SHOP)));
        let unknown = send(request("https://evil.example")).await;
        assert_eq!((unknown.status, unknown.header("access-control-allow-origin")), (status, None));
    }
    let missing = app.request(Method::POST, &format!("{BULK}/no")).header("x-api-key", &app.client_key);
    let missing = send(missing.header("origin", SHOP).body("{}")).await;
    assert_eq!((missing.status, missing.header("access-control-allow-origin")), (404, Some(SHOP)));
}
