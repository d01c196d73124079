//! Whether the process is alive, and whether it can do its work. For load balancers and operators.

use crate::server::serving::Serving;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use std::time::Duration;

/// How long the database may take to answer something trivial.
const PATIENCE: Duration = Duration::from_secs(1);

/// `GET /healthz` and `GET /readyz`, one line of plain text each.
pub fn router(serving: Serving) -> Router {
    Router::new().route("/healthz", get(|| async { "ok" })).route("/readyz", get(ready)).with_state(serving)
}

/// Evaluations go on from memory whatever this says; being ready means that changes take effect and pages work too. That a
/// snapshot is loaded goes without saying: there is no [`Serving`] before.
async fn ready(State(serving): State<Serving>) -> (StatusCode, &'static str) {
    let reason = match tokio::time::timeout(PATIENCE, serving.probe()).await {
        Ok(Ok(())) if !serving.is_stale() => return (StatusCode::OK, "ready"),
        Ok(Ok(())) => "the snapshots could not be brought up to date; the last good ones answer",
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            "the database refuses to answer; evaluations go on from memory"
        }
        Err(_) => "the database did not answer within a second; evaluations go on from memory",
    };
    (StatusCode::SERVICE_UNAVAILABLE, reason)
}
