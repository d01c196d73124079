//! The audit's chain: each row's mac covers its bytes and the mac before it, so that no row can be changed, removed,
//! added or moved without the key.

use crate::domain::actor::Actor;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::security::secrets::hmac_sha256;
use crate::server::security::tokens::{hex, same};
use crate::server::store::audit::{self as rows, AuditRow};
use crate::server::store::{Cx, StoreError, Tx, instance, json};
use serde_json::Value;

/// What happened to one object.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// `flag.create`, `state.edit`, …
    pub action: &'static str,
    /// `flag:new_checkout`, …
    pub object: String,
    pub project: Option<String>,
    pub environment: Option<String>,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// Names the newest row, under a mac of its own: without it, cutting off the end would leave a sound chain.
const HEAD: &str = "audit_head";
/// Rows read at a time when the chain is walked.
const BATCH: i64 = 1_000;

/// Writes a row and returns its sequence number.
pub async fn append(
    tx: &mut Tx,
    key: &[u8; 32],
    now: Timestamp,
    actor: &Actor,
    reason: Option<&str>,
    event: Event,
) -> Result<i64, Error> {
    let (last, last_mac) = rows::head(tx).await?.unwrap_or_default();
    let text = |value: Option<Value>| value.as_ref().map(json::write).transpose();
    let mut row = AuditRow {
        seq: last + 1,
        at: written(now),
        actor: actor.label().to_owned(),
        action: event.action.to_owned(),
        project: event.project,
        environment: event.environment,
        object: event.object,
        before: text(event.before)?,
        after: text(event.after)?,
        reason: reason.map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned),
        mac: String::new(),
    };
    row.mac = mac(key, &last_mac, &row);
    rows::append(tx, &row).await?;
    rows::announce(tx, row.seq, now.millis()).await?;
    instance::set(tx, HEAD, &head_text(key, row.seq, &row.mac)).await?;
    Ok(row.seq)
}

/// RFC 3339 of fixed width, so that text order is time order.
pub fn written(at: Timestamp) -> String {
    let (hour, minute, second, millis) = at.clock();
    format!("{}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z", at.to_date())
}

/// Covers every column, each with its length, absent ones told apart from empty ones.
fn mac(key: &[u8; 32], previous: &str, row: &AuditRow) -> String {
    let mut bytes = Vec::new();
    let mut put = |part: Option<&str>| match part {
        None => bytes.push(0),
        Some(text) => {
            bytes.push(1);
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
    };
    put(Some(previous));
    put(Some(&row.seq.to_string()));
    for text in [&row.at, &row.actor, &row.action, &row.object] {
        put(Some(text));
    }
    for text in [&row.project, &row.environment, &row.before, &row.after, &row.reason] {
        put(text.as_deref());
    }
    hex(&hmac_sha256(key, &[&bytes]))
}

fn head_text(key: &[u8; 32], seq: i64, mac: &str) -> String {
    let claim = format!("{seq} {mac}");
    let proof = hex(&hmac_sha256(key, &[b"head ", claim.as_bytes()]));
    format!("{claim} {proof}")
}

/// The state of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Rows that are sound, from the first on.
    pub rows: i64,
    pub first_bad: Option<BadRow>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    pub seq: i64,
    pub why: &'static str,
}

/// Walks the whole chain. Stops at the first row that is not what was written.
pub async fn verify(cx: &mut Cx, key: &[u8; 32]) -> Result<Verified, StoreError> {
    let (mut sound, mut previous) = (0, String::new());
    let bad = |rows, seq, why| Ok(Verified { rows, first_bad: Some(BadRow { seq, why }) });
    loop {
        let batch = rows::following(cx, sound, BATCH).await?;
        if batch.is_empty() {
            break;
        }
        for row in batch {
            if row.seq != sound + 1 {
                return bad(sound, sound + 1, "is missing");
            }
            if !same(&mac(key, &previous, &row), &row.mac) {
                return bad(sound, row.seq, "is not as it was written");
            }
            (sound, previous) = (row.seq, row.mac);
        }
    }
    if rows::following(cx, i64::MIN, 1).await?.first().is_some_and(|row| row.seq < 1) {
        return bad(0, 0, "was put before the first");
    }
    let head = instance::get(cx, HEAD).await?;
    let expected = (sound > 0).then(|| head_text(key, sound, &previous));
    if head != expected {
        return bad(sound, sound + 1, "is missing: the end was cut off");
    }
    Ok(Verified { rows: sound, first_bad: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_in_one_width() {
        assert_eq!(written(Timestamp::from_millis(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(written(Timestamp::from_millis(1_796_029_200_250)), "2026-11-30T09:00:00.250Z");
    }

    #[test]
    fn absent_and_empty_make_different_macs() {
        let row = |reason: Option<&str>| AuditRow {
            seq: 1,
            at: String::new(),
            actor: String::new(),
            action: String::new(),
            project: None,
            environment: None,
            object: String::new(),
            before: None,
            after: None,
            reason: reason.map(str::to_owned),
            mac: String::new(),
        };
        assert_ne!(mac(&[0; 32], "", &row(None)), mac(&[0; 32], "", &row(Some(""))));
    }
}
