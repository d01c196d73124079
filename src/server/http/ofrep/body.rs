//! Reading a request's body within bounds of size and time.

use super::refusal::{Problem, Refusal};
use axum::body::Body;
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use std::time::Duration;

/// The most bytes a body may have.
pub(super) const LIMIT: usize = 64 * 1024;
/// How long a body may take to arrive.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// How much of a body that is too large is read and thrown away, and for how long: a client that is still sending when
/// the connection closes may lose the answer.
const DRAIN: usize = 256 * 1024;
const DRAIN_PATIENCE: Duration = Duration::from_millis(50);

pub(super) async fn read(headers: &HeaderMap, mut body: Body) -> Result<Vec<u8>, Refusal> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let result = match announced {
        Some(length) if length > LIMIT as u64 => Err(Problem::TooLarge),
        _ => match tokio::time::timeout(PATIENCE, collect(&mut body)).await {
            Ok(result) => result,
            Err(_) => Err(Problem::TooSlow),
        },
    };
    if matches!(result, Err(Problem::TooLarge)) {
        // Whether all of it came is of no interest.
        let _ = tokio::time::timeout(DRAIN_PATIENCE, drain(&mut body)).await;
    }
    Ok(result?)
}

async fn collect(body: &mut Body) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::BrokenOff)?;
        let data = frame.data_ref().map_or(&[][..], |data| data);
        if bytes.len() + data.len() > LIMIT {
            return Err(Problem::TooLarge);
        }
        bytes.extend_from_slice(data);
    }
    Ok(bytes)
}

async fn drain(body: &mut Body) {
    let mut seen = 0;
    while let Some(Ok(frame)) = body.frame().await {
        seen += frame.data_ref().map_or(0, |data| data.len());
        if seen > DRAIN {
            return;
        }
    }
}
