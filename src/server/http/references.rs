//! Where CI hands over what it found: which lines of a source tree name which flag. A server key opens it for its project;
//! the environment of the key does not matter.

use crate::domain::actor::Actor;
use crate::domain::reference::Upload;
use crate::server::error::Error;
use crate::server::services::references;
use crate::server::serving::{KeyHash, ServedKey, Snapshot};
use crate::server::state::AppState;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// Twenty thousand places of a few hundred bytes each.
const MAX_BODY: usize = 8 * 1024 * 1024;
/// Longer texts are no keys of ours, and not worth hashing.
const MAX_SECRET: usize = 256;

pub fn router(state: AppState) -> Router {
    Router::new()
        .route("/api/v1/refs", get(keys).post(save).delete(forget))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(state)
}

/// A refusal, as every path below `/api` says it.
fn refusal(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "error": why }))).into_response()
}

type Opened = (Arc<Snapshot>, Arc<ServedKey>);

/// The project that a request's key opens, and the key. Boxed, because answers are large.
fn open(state: &AppState, headers: &HeaderMap) -> Result<Opened, Box<Response>> {
    let refused = |status, why| Err(Box::new(refusal(status, why)));
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let secret = value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, rest)| rest.trim());
    let Some(secret) = secret.filter(|secret| !secret.is_empty() && secret.len() <= MAX_SECRET) else {
        return refused(StatusCode::UNAUTHORIZED, "send a server key of the project as \"Authorization: Bearer KEY\"");
    };
    let catalog = state.serving.catalog();
    match catalog.key(&KeyHash::of(secret.as_bytes())) {
        Some((key, snapshot)) if !key.is_expired(state.clock.now()) => of_server(key, snapshot),
        _ => refused(StatusCode::UNAUTHORIZED, "this API key is not known here, or it has expired or was revoked"),
    }
}

/// Client keys are in everybody's hands.
fn of_server(key: &Arc<ServedKey>, snapshot: &Arc<Snapshot>) -> Result<Opened, Box<Response>> {
    match key.is_client() {
        true => Err(Box::new(refusal(StatusCode::FORBIDDEN, "a client key may not; take a server key"))),
        false => Ok((Arc::clone(snapshot), Arc::clone(key))),
    }
}

/// What to look for.
async fn keys(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let (snapshot, _) = match open(&state, &headers) {
        Ok(opened) => opened,
        Err(refused) => return *refused,
    };
    let mut keys: Vec<&str> = snapshot.flags().map(|flag| flag.key()).collect();
    keys.sort_unstable();
    Json(json!({ "project": snapshot.environment.project_key, "keys": keys })).into_response()
}

async fn save(State(state): State<AppState>, headers: HeaderMap, body: Bytes) -> Response {
    let (snapshot, _) = match open(&state, &headers) {
        Ok(opened) => opened,
        Err(refused) => return *refused,
    };
    let upload: Upload = match serde_json::from_slice(&body) {
        Ok(upload) => upload,
        Err(why) => return refusal(StatusCode::BAD_REQUEST, &format!("the body is no search of a source tree: {why}")),
    };
    let (count, project) = (upload.references.len(), &snapshot.environment.project_id);
    match references::save(&state.db, project, &upload.scan, upload.references, state.clock.now()).await {
        Ok(()) => Json(json!({ "kept": count })).into_response(),
        Err(error) => refused(&error),
    }
}

fn refused(error: &Error) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let why = match error {
        Error::Invalid(problems) => problems.iter().map(|p| format!("{}: {}", p.field, p.message)).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    };
    refusal(status, &why)
}

/// What is to be forgotten.
#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    repository: String,
}

/// Takes back what this door took. Nobody stands behind a key, so the history names the system, and the key as its reason.
async fn forget(State(state): State<AppState>, headers: HeaderMap, Query(which): Query<Which>) -> Response {
    let (snapshot, key) = match open(&state, &headers) {
        Ok(opened) => opened,
        Err(refused) => return *refused,
    };
    let reason = format!("Asked for with the API key {}", key.api_key.name);
    let project = snapshot.environment.project_key.clone();
    match references::forget(&state.governance, &Actor::System, project, &which.repository, Some(reason)).await {
        Ok(_) => Json(json!({ "forgotten": which.repository })).into_response(),
        Err(error) => refused(&error),
    }
}
