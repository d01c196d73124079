//! What load balancers ask.

use crate::fixture::{Installation, send};
use reqwest::Method;

#[tokio::test]
async fn alive_and_ready_are_told_apart() {
    let app = Installation::start().await;
    let get = async |path: &str| {
        let answer = send(app.request(Method::GET, path)).await;
        assert!(answer.header("content-type").unwrap().starts_with("text/plain"));
        (answer.status, answer.text().to_owned())
    };
    assert_eq!(get("/healthz").await, (200, "ok".to_owned()));
    assert_eq!(get("/readyz").await, (200, "ready".to_owned()));
    app.db.close().await;
    assert_eq!(get("/healthz").await.0, 200);
    let (status, reason) = get("/readyz").await;
    assert_eq!((status, reason.lines().count()), (503, 1));
}
