//! Which API key a request shows. Whether it opens anything is looked up in memory.

use super::refusal::{Problem, Refusal};
use crate::server::serving::KeyHash;
use axum::http::{HeaderMap, header};

/// Longer texts are no keys of ours, and not worth hashing.
const MAX_LENGTH: usize = 256;

/// `Authorization: Bearer KEY`, else `X-API-Key: KEY`. Another scheme is somebody else's, such as a proxy's.
pub(super) fn present(headers: &HeaderMap) -> Result<KeyHash, Refusal> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| bearer(value.as_bytes()));
    let plain = || headers.get("x-api-key").map(|value| value.as_bytes().trim_ascii());
    let secret = bearer.or_else(plain).filter(|secret| !secret.is_empty()).ok_or(Problem::NoKey)?;
    if secret.len() > MAX_LENGTH {
        return Err(Problem::UnknownKey.into());
    }
    Ok(KeyHash::of(secret))
}

fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = value.split_at_checked(6)?;
    (scheme.eq_ignore_ascii_case(b"bearer") && rest.first().is_none_or(|byte| *byte == b' ')).then(|| rest.trim_ascii())
}
