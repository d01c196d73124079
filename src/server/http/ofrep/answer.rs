//! Writing answers: JSON by appending, since values were written out when they were compiled.

use crate::engine::{Detail, Evaluation};
use crate::server::serving::ServedFlag;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use std::fmt::Write;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Answers are somebody's in particular, and hold for now.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

pub(super) fn json(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
    response
}

/// A status without a body.
pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
    response
}

/// `text` as a JSON string.
pub(super) fn push_text(to: &mut String, text: &str) {
    // Writing a text as JSON cannot fail; should it ever, an empty one keeps the document whole.
    to.push_str(&serde_json::to_string(text).unwrap_or_else(|_| "\"\"".to_owned()));
}

/// What a flag's metadata says.
#[derive(Debug, Clone, Copy)]
pub(super) enum Metadata<'a> {
    /// To client keys nothing: they learn answers alone.
    Client,
    /// In a bulk answer nothing that moves while the answer stays: its ETag stands for the answer.
    Bulk,
    Single {
        environment: &'a str,
    },
}

/// Appends `{"key","value","reason","variant","metadata"}`. Keys, variants and reasons need no escaping by their grammar.
pub(super) fn push_evaluation(to: &mut String, flag: &ServedFlag, evaluation: &Evaluation<'_>, metadata: Metadata<'_>) {
    for part in ["{\"key\":\"", flag.key(), "\",\"value\":", &evaluation.variant.json, ",\"reason\":\""] {
        to.push_str(part);
    }
    for part in [evaluation.reason.as_str(), "\",\"variant\":\"", &evaluation.variant.name, "\",\"metadata\":{"] {
        to.push_str(part);
    }
    let expired = evaluation.detail == Detail::Expired;
    match metadata {
        Metadata::Client => {}
        Metadata::Bulk if expired => to.push_str("\"expired\":true"),
        Metadata::Bulk => {}
        Metadata::Single { environment } => push_single(to, flag, environment, expired),
    }
    to.push_str("}}");
}

fn push_single(to: &mut String, flag: &ServedFlag, environment: &str, expired: bool) {
    // Writing to a String does not fail.
    let _ = write!(to, "\"flagVersion\":{},\"environment\":\"{environment}\"", flag.state_version);
    if expired {
        to.push_str(",\"expired\":true");
    }
}

/// About as long as one flag of a bulk answer is.
pub(super) const TYPICAL: usize = 128;
