//! Whatever is wrong, the body is the protocol's.

use crate::fixture::{BULK, Installation, boolean, send};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn other_paths_below_are_a_json_404() {
    let app = Installation::start().await;
    for path in [
        "/ofrep",
        "/ofrep/",
        "/ofrep/v1",
        "/ofrep/v1/evaluate",
        "/ofrep/v1/configuration",
        "/ofrep/v2/evaluate/flags",
        "//ofrep/x",
    ] {
        for method in [Method::GET, Method::POST, Method::PUT] {
            assert_eq!(send(app.request(method, path)).await.refused(404), "GENERAL", "{path}");
        }
    }
    let empty = send(app.post(&format!("{BULK}/"), "{}")).await;
    assert_eq!((empty.refused(404).as_str(), &empty.json()["key"]), ("FLAG_NOT_FOUND", &json!("")));
}

#[tokio::test]
async fn other_methods_are_a_json_405() {
    let app = Installation::start().await;
    for path in [BULK.to_owned(), format!("{BULK}/checkout"), format!("/{BULK}")] {
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
            let answer = send(app.request(method, &path).header("x-api-key", &app.server_key)).await;
            assert_eq!(answer.refused(405), "GENERAL");
            assert_eq!(answer.header("allow"), Some("POST, OPTIONS"));
        }
        let head = send(app.request(Method::HEAD, &path)).await;
        assert_eq!((head.status, head.body.len()), (405, 0));
    }
}

#[tokio::test]
async fn an_unknown_flag_is_named() {
    let app = Installation::start().await;
    let answer = app.ask("checkuot", json!({})).await;
    assert_eq!(answer.refused(404), "FLAG_NOT_FOUND");
    assert_eq!(
        answer.text(),
        r#"{"key":"checkuot","errorCode":"FLAG_NOT_FOUND","errorDetails":"there is no flag checkuot","metadata":{}}"#
    );
}

#[tokio::test]
async fn bodies_that_are_no_request_are_a_400() {
    let app = Installation::start().await;
    app.put(boolean("checkout"), json!({})).await;
    let table: [(&[u8], &str); 15] = [
        (b"", "PARSE_ERROR"),
        (b"   ", "PARSE_ERROR"),
        (b"{", "PARSE_ERROR"),
        (b"{\"context\":{}", "PARSE_ERROR"),
        (b"{} {}", "PARSE_ERROR"),
        (b"{'context':{}}", "PARSE_ERROR"),
        (b"context=1", "PARSE_ERROR"),
        (b"{\"context\":{\"n\":1e999}}", "PARSE_ERROR"),
        (b"null", "INVALID_CONTEXT"),
        (b"[]", "INVALID_CONTEXT"),
        (b"\"{}\"", "INVALID_CONTEXT"),
        (b"{\"context\":[]}", "INVALID_CONTEXT"),
        (b"{\"context\":\"user_1\"}", "INVALID_CONTEXT"),
        (b"{\"context\":{\"targetingKey\":1}}", "INVALID_CONTEXT"),
        (b"{\"context\":{\"targetingKey\":{}}}", "INVALID_CONTEXT"),
    ];
    for (body, code) in table {
        let single = send(app.post(&format!("{BULK}/checkout"), body)).await;
        assert_eq!((single.refused(400).as_str(), &single.json()["key"]), (code, &json!("checkout")), "{body:?}");
        let bulk = send(app.post(BULK, body)).await;
        assert_eq!((bulk.refused(400).as_str(), bulk.json().get("key")), (code, None), "{body:?}");
    }
    assert_eq!(app.snapshot().flag("checkout").unwrap().counters.pending_evaluated(), 0);
}
