//! Every flag's answer at once: what client SDKs ask for and poll.

use super::Asker;
use super::answer::{Metadata, TYPICAL, empty, json, push_evaluation};
use crate::server::etag;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

/// Evaluates each time, so that a moment that changes an answer ends the 304s by itself.
pub(super) fn answer(asker: &Asker<'_>, headers: &HeaderMap) -> Response {
    let visible = || asker.snapshot.live().filter(|flag| flag.is_visible_to(asker.key));
    let metadata = if asker.key.is_client() { Metadata::Client } else { Metadata::Bulk };
    let mut body = String::with_capacity(64 + TYPICAL * visible().count());
    let mut served = Vec::with_capacity(visible().count());
    body.push_str("{\"flags\":[");
    for flag in visible() {
        if !served.is_empty() {
            body.push(',');
        }
        let evaluation = flag.evaluate(asker.context, asker.now);
        push_evaluation(&mut body, flag, &evaluation, metadata);
        served.push((flag, evaluation.index));
    }
    body.push_str("],\"metadata\":{}}");
    let tag = etag::of(body.as_bytes());
    let mut response = if etag::matches(headers, &tag) {
        empty(StatusCode::NOT_MODIFIED)
    } else {
        // An answer that the client has already is not delivered again.
        served.iter().for_each(|(flag, index)| flag.counters.delivered(*index, asker.now));
        json(StatusCode::OK, body)
    };
    response.headers_mut().insert(header::ETAG, tag);
    response
}
