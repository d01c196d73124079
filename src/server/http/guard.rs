//! What stands before every page: the cross-site check, the size of bodies, and the headers every answer carries.

use crate::server::state::AppState;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses a change that another site makes a browser send.
///
/// Browsers say where a request comes from in `Sec-Fetch-Site`; only `same-origin` and `none` (typed, a bookmark) may
/// change anything. Where it is absent, the `Origin` must be ours. Who sends neither is no browser and carries no
/// cookie it did not mean to send.
pub async fn cross_site(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if is_change(request.method()) && is_foreign(request.headers(), &state.public_url) {
        let text = "This change came from another site and was refused. Open Flagstaff itself and try again there.";
        return (StatusCode::FORBIDDEN, text).into_response();
    }
    // A server function redirects to the referrer with an error in the address: never to a foreign one.
    if !same_origin_referer(request.headers(), &state.public_url) {
        request.headers_mut().remove(header::REFERER);
    }
    next.run(request).await
}

fn is_change(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"))
}

fn is_foreign(headers: &HeaderMap, public_url: &str) -> bool {
    match (text(headers, "sec-fetch-site"), text(headers, "origin")) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => !is_ours(origin, headers, public_url),
        (None, None) => false,
    }
}

/// The configured address, or the one the browser itself used: behind neither can a foreign page hide its origin.
fn is_ours(origin: &str, headers: &HeaderMap, public_url: &str) -> bool {
    let host = text(headers, "host").unwrap_or_default();
    origin == public_url || origin == format!("http://{host}") || origin == format!("https://{host}")
}

fn same_origin_referer(headers: &HeaderMap, public_url: &str) -> bool {
    let Some(referer) = text(headers, "referer") else { return true };
    let origin: String = referer.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    is_ours(&origin, headers, public_url)
}

/// Headers that no page does without. Those that a handler set itself stay.
pub async fn headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in fixed {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    if state.is_https() {
        let value = HeaderValue::from_static("max-age=31536000");
        response.headers_mut().entry(header::STRICT_TRANSPORT_SECURITY).or_insert(value);
    }
    response
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_our_own_pages_may_change_anything() {
        let ours = "https://flags.shop.example";
        let foreign = |pairs: &[(&'static str, &str)]| is_foreign(&headers(pairs), ours);
        assert!(!foreign(&[("sec-fetch-site", "same-origin")]));
        assert!(!foreign(&[("sec-fetch-site", "none")]));
        assert!(foreign(&[("sec-fetch-site", "cross-site")]));
        assert!(foreign(&[("sec-fetch-site", "same-site"), ("origin", ours)]));
        assert!(!foreign(&[("origin", ours)]));
        assert!(!foreign(&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")]));
        assert!(foreign(&[("origin", "https://evil.example"), ("host", "flags.shop.example")]));
        assert!(foreign(&[("origin", "null"), ("host", "flags.shop.example")]));
        assert!(!foreign(&[]));
    }

    #[test]
    fn a_foreign_referrer_is_told_apart() {
        let ours = "https://flags.shop.example";
        let same = |referer: &str| same_origin_referer(&headers(&[("referer", referer)]), ours);
        assert!(same("https://flags.shop.example/p/demo"));
        assert!(!same("https://evil.example/https://flags.shop.example/"));
        assert!(!same("https://flags.shop.example.evil.example/"));
    }
}
