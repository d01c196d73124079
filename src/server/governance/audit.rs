//! The audit's chain: each row's mac covers its bytes and the mac before it, so that no row can be changed, removed,
//! added or moved without the key.

mod evidence;
mod heads;
pub mod retention;
mod verify;

pub use evidence::{Evidence, Known};
pub use heads::{Kept, Remembered};
pub use verify::{BadRow, Verified, verify, verify_beside, verify_with};

use crate::domain::actor::Actor;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::security::secrets::hmac_sha256;
use crate::server::security::tokens::{hex, same};
use crate::server::store::audit::{self as rows, AuditRow};
use crate::server::store::{Cx, StoreError, Tx, instance, json, projects, users};
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

/// The end of the chain, to which rows are added. Opened before a change is made and closed after it, in one transaction.
#[derive(Debug)]
pub struct Chain {
    key: [u8; 32],
    /// The newest row's number and mac, by the head and not by the rows: what was cut off stays missed.
    seq: i64,
    mac: String,
    /// Whether rows were added.
    grew: bool,
}

impl Chain {
    /// Goes on from the head. Where that is gone or not ours, rows are still added, after a gap that no later row closes:
    /// changes go on, and [`verify()`] tells of it for ever.
    pub async fn open(tx: &mut Tx, key: &[u8; 32]) -> Result<Self, Error> {
        let (newest, newest_mac) = rows::head(tx).await?.unwrap_or_default();
        let (seq, mac) = match head(tx, key).await? {
            Head::Sound { seq, mac } => (seq.max(newest), mac),
            Head::Missing if newest == 0 && is_untouched(tx).await? => (0, String::new()),
            Head::Missing | Head::Broken => (newest.saturating_add(1), newest_mac),
        };
        Ok(Self { key: *key, seq, mac, grew: false })
    }

    /// Writes a row and returns its sequence number.
    pub async fn append(
        &mut self,
        tx: &mut Tx,
        now: Timestamp,
        actor: &Actor,
        reason: Option<&str>,
        event: Event,
    ) -> Result<i64, Error> {
        let text = |value: Option<Value>| value.as_ref().map(json::write).transpose();
        let mut row = AuditRow {
            seq: self.seq.saturating_add(1),
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
        row.mac = mac(&self.key, &self.mac, &row);
        rows::append(tx, &row).await?;
        rows::announce(tx, row.seq, now.millis()).await?;
        (self.seq, self.mac, self.grew) = (row.seq, row.mac, true);
        Ok(self.seq)
    }

    /// Writes down where the chain ends now.
    pub async fn close(self, tx: &mut Tx) -> Result<(), Error> {
        if self.grew {
            instance::set(tx, HEAD, &head_text(&self.key, self.seq, &self.mac)).await?;
        }
        Ok(())
    }
}

/// What the record of the newest row says.
enum Head {
    Missing,
    /// It is there, and not as it was written.
    Broken,
    Sound {
        seq: i64,
        mac: String,
    },
}

async fn head(cx: &mut Cx, key: &[u8; 32]) -> Result<Head, StoreError> {
    let Some(text) = instance::get(cx, HEAD).await? else { return Ok(Head::Missing) };
    let mut words = text.split(' ');
    let claim = (words.next().and_then(|seq| seq.parse().ok()), words.next());
    Ok(match claim {
        (Some(seq), Some(mac)) if same(&head_text(key, seq, mac), &text) => Head::Sound { seq, mac: mac.to_owned() },
        _ => Head::Broken,
    })
}

/// Whether nothing was ever done here: neither an account nor a project, each of which leaves a row.
async fn is_untouched(cx: &mut Cx) -> Result<bool, StoreError> {
    Ok(users::all(cx).await?.is_empty() && projects::all(cx).await?.is_empty())
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
