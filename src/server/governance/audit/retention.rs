//! How long the history is kept, and what stands for rows that are not kept any more: a stub, from whose mac the chain goes on,
//! and a row that tells of it.
//!
//! The policy in force is read from the history itself, so that nobody can change it past the history.

use super::verify::{BadRow, Verified};
use super::{Chain, Event, written};
use crate::domain::actor::Actor;
use crate::domain::time::{DAY, Timestamp};
use crate::server::error::Error;
use crate::server::security::secrets::hmac_sha256;
use crate::server::security::tokens::{hex, same};
use crate::server::store::audit::{self as rows, AuditRow};
use crate::server::store::audit_stub::{self, AuditStub};
use crate::server::store::{Cx, Db, StoreError, Tx, json as stored};
use serde_json::{Value, json};

/// The action of the row that sets the policy, and what it is done to.
pub const SET: &str = "audit.retention";
pub const OBJECT: &str = "audit:retention";
/// The action of the row that tells of a pruning.
pub const PRUNE: &str = "audit.prune";
const PRUNED: &str = "audit:prune";
/// How long after the policy was set nothing is removed yet, in milliseconds: for who finds that it was a slip.
pub const GRACE: i64 = DAY;
/// Rows that go at a time, so that nobody who wants to write waits for long.
const STEP: i64 = 10_000;

/// How long rows are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// At least so many days; `None`: for ever.
    pub days: Option<u32>,
    /// When it was set; `None` where it never was, or so long ago that the row is pruned itself.
    pub since: Option<Timestamp>,
}

/// The policy in force: the newest that the history tells of, or else the one by which its beginning was pruned.
pub async fn policy(cx: &mut Cx) -> Result<Policy, StoreError> {
    let unreadable = |why: String| StoreError::Unreadable { what: "retention policy", why };
    let Some(row) = rows::newest_of(cx, SET, OBJECT).await? else {
        let stub = audit_stub::last(cx).await?;
        return Ok(Policy { days: stub.and_then(|stub| u32::try_from(stub.days).ok()), since: None });
    };
    let after: Value = serde_json::from_str(row.after.as_deref().unwrap_or("null")).map_err(|e| unreadable(e.to_string()))?;
    let days = after.get("days").and_then(Value::as_u64).and_then(|days| u32::try_from(days).ok());
    Ok(Policy { days, since: Some(Timestamp::parse(&row.at).map_err(|e| unreadable(e.to_string()))?) })
}

/// Every stub, oldest first, or the first row of which nobody can tell whether it was pruned.
pub async fn stubs(cx: &mut Cx, key: &[u8; 32]) -> Result<Result<Vec<AuditStub>, BadRow>, StoreError> {
    let bad = |seq| Ok(Err(BadRow { seq, why: "may be missing: the stub of what was pruned is not as it was written" }));
    let all = match audit_stub::all(cx).await {
        Err(error) if error.is_unreadable() => return bad(1),
        found => found?,
    };
    let mut last = 0;
    for stub in &all {
        if stub.first_seq != last + 1 || stub.last_seq < stub.first_seq || !same(&prove(key, stub), &stub.proof) {
            return bad(last + 1);
        }
        last = stub.last_seq;
    }
    Ok(Ok(all))
}

fn prove(key: &[u8; 32], stub: &AuditStub) -> String {
    let AuditStub { first_seq, last_seq, last_at, last_mac, at, days, proof: _ } = stub;
    let claim = [first_seq.to_string(), last_seq.to_string(), last_at.clone(), last_mac.clone(), at.clone(), days.to_string()];
    let sized = claim.map(|part| format!("{} {part}", part.len())).join(" ");
    hex(&hmac_sha256(key, &[b"stub ", sized.as_bytes()]))
}

/// What the history tells of a pruning.
fn told(stub: &AuditStub) -> Value {
    json!({
        "first": stub.first_seq, "last": stub.last_seq, "rows": stub.last_seq - stub.first_seq + 1,
        "last_at": stub.last_at, "last_mac": stub.last_mac, "days": stub.days,
    })
}

/// Whether the row tells of the pruning that left the stub.
pub fn is_told_by(stub: &AuditStub, row: &AuditRow) -> bool {
    let text = stored::write(&told(stub)).ok();
    text.is_some() && text == row.after && row.at == stub.at
}

/// Removes the oldest of the rows that the policy does not keep, in one transaction, and leaves a stub. Only of what `verified`
/// found to be sound: pruning must not hide that a row was changed. Returns how many went; 0 when nothing is due.
pub async fn prune(db: &Db, key: &[u8; 32], now: Timestamp, verified: &Verified) -> Result<i64, Error> {
    let mut tx = db.begin().await?;
    let Some((policy, last)) = due(&mut tx, now, verified).await? else { return Ok(0) };
    let first = verified.pruned + 1;
    let row = rows::find(&mut tx, last).await?.ok_or(Error::NotFound("row of the audit"))?;
    // Before any row goes: it goes on from the newest.
    let mut chain = Chain::open(&mut tx, key).await?;
    let mut stub = AuditStub {
        first_seq: first,
        last_seq: last,
        last_at: row.at,
        last_mac: row.mac,
        at: written(now),
        days: i64::from(policy),
        proof: String::new(),
    };
    stub.proof = prove(key, &stub);
    audit_stub::append(&mut tx, &stub).await?;
    let removed = rows::prune(&mut tx, last).await?;
    let rows = last - first + 1;
    if u64::try_from(rows) != Ok(removed) {
        return Err(Error::Internal(format!("{removed} rows of the audit would have been pruned instead of {rows}")));
    }
    let event = Event {
        action: PRUNE,
        object: PRUNED.to_owned(),
        project: None,
        environment: None,
        before: None,
        after: Some(told(&stub)),
    };
    chain.append(&mut tx, now, &Actor::System, None, event).await?;
    chain.close(&mut tx).await?;
    tx.commit().await?;
    Ok(rows)
}

/// The policy's days and the last row to go, where something is due.
async fn due(tx: &mut Tx, now: Timestamp, verified: &Verified) -> Result<Option<(u32, i64)>, StoreError> {
    let policy = policy(tx).await?;
    let is_new = policy.since.is_some_and(|since| now.millis() - since.millis() < GRACE);
    let Some(days) = policy.days.filter(|_| verified.is_intact() && !is_new) else { return Ok(None) };
    // Somebody else may have pruned since it was verified.
    if audit_stub::last(tx).await?.map_or(0, |stub| stub.last_seq) != verified.pruned {
        return Ok(None);
    }
    let kept = rows::first_since(tx, &written(now.plus(-i64::from(days) * DAY))).await?;
    let last = kept.map_or(verified.through(), |seq| seq - 1).min(verified.through()).min(verified.pruned + STEP);
    Ok((last > verified.pruned).then_some((days, last)))
}
