//! One flag's answer: what server SDKs ask for at each evaluation.

use super::Asker;
use super::answer::{Metadata, TYPICAL, json, push_evaluation};
use super::refusal::{Problem, Refusal};
use axum::http::StatusCode;
use axum::response::Response;

pub(super) fn answer(asker: &Asker<'_>, key: &str) -> Result<Response, Refusal> {
    let found = asker.snapshot.flag(key);
    let Some(flag) = found.filter(|flag| !flag.is_archived() && flag.is_visible_to(asker.key)) else {
        // A flag that is only hidden from this key is missed by nobody; an archived one is still asked for by old code.
        if found.is_none_or(|flag| flag.is_archived()) {
            asker.snapshot.unknown.count(key, asker.now);
        }
        return Err(Problem::NoSuchFlag.into());
    };
    let evaluation = flag.evaluate(asker.context, asker.now);
    flag.counters.evaluated(evaluation.index, asker.now);
    let metadata = match asker.key.is_client() {
        true => Metadata::Client,
        false => Metadata::Single { environment: asker.snapshot.environment.environment.key.as_str() },
    };
    let mut body = String::with_capacity(2 * TYPICAL + evaluation.variant.json.len());
    push_evaluation(&mut body, flag, &evaluation, metadata);
    Ok(json(StatusCode::OK, body))
}
