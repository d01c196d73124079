//! Which pages of other origins may ask (the Fetch standard's CORS protocol). Browsers enforce it, so a request is never
//! refused by its origin: programs send any they like, and a proxy passes on its own pages'.

use super::answer;
use super::refusal::ALLOW;
use crate::server::serving::{ServedKey, Serving};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;

const METHODS: HeaderValue = HeaderValue::from_static("POST, GET, OPTIONS");
const HEADERS: HeaderValue = HeaderValue::from_static("content-type, authorization, x-api-key, if-none-match");
const EXPOSED: HeaderValue = HeaderValue::from_static("etag, retry-after");
/// Seconds. What is allowed in the end is decided with the key at each request.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

pub(super) fn origin(headers: &HeaderMap) -> Option<HeaderValue> {
    headers.get(header::ORIGIN).cloned()
}

/// Answers the question before the request. It carries no key, so any key's origin will do.
pub(super) fn preflight(exists: bool, origin: Option<&HeaderValue>, serving: &Serving) -> Response {
    let mut response = answer::empty(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    if exists {
        headers.insert(header::ALLOW, ALLOW);
    }
    headers
        .insert(header::VARY, HeaderValue::from_static("Origin, Access-Control-Request-Method, Access-Control-Request-Headers"));
    if let Some(origin) = origin.filter(|origin| any_key_allows(serving, origin)) {
        let allowed: [(HeaderName, HeaderValue); 4] = [
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone()),
            (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
            (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE),
        ];
        headers.extend(allowed);
    }
    response
}

/// Lets a page read `response` where the key allows its origin. A refusal that belongs to no key goes by the preflight's
/// rule: it says nothing about anybody, and the page's developer wants to read it.
pub(super) fn allow(response: &mut Response, origin: Option<&HeaderValue>, key: Option<&ServedKey>, serving: &Serving) {
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = origin else { return };
    let allowed = match key {
        Some(key) => allows(key, origin),
        None => any_key_allows(serving, origin),
    };
    if allowed {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}

fn any_key_allows(serving: &Serving, origin: &HeaderValue) -> bool {
    serving.catalog().keys().any(|key| allows(key, origin))
}

fn allows(key: &ServedKey, origin: &HeaderValue) -> bool {
    let same =
        |allowed: &String| allowed == "*" || allowed.trim_end_matches('/').as_bytes().eq_ignore_ascii_case(origin.as_bytes());
    key.api_key.origins.iter().any(same)
}
