//! What stands for rows of the audit that the retention policy took away: appended, read, never changed.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx};
use sqlx::FromRow;

/// A stub as its bytes are stored, which is what its proof covers.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct AuditStub {
    pub first_seq: i64,
    pub last_seq: i64,
    /// Moment and mac of the last row that was removed.
    pub last_at: String,
    pub last_mac: String,
    /// When they were removed.
    pub at: String,
    /// How long rows stay, by the policy.
    pub days: i64,
    pub proof: String,
}

macro_rules! select {
    ($tail:literal) => {
        concat!("select first_seq, last_seq, last_at, last_mac, at, days, proof from audit_stub ", $tail)
    };
}

pub async fn append(tx: &mut Tx, stub: &AuditStub) -> Result<(), StoreError> {
    let sql = "insert into audit_stub (first_seq, last_seq, last_at, last_mac, at, days, proof)
               values ($1, $2, $3, $4, $5, $6, $7)";
    run_on_db!(tx, c => sqlx::query(sql).bind(stub.first_seq).bind(stub.last_seq).bind(&stub.last_at).bind(&stub.last_mac)
        .bind(&stub.at).bind(stub.days).bind(&stub.proof).execute(c))?;
    Ok(())
}

/// All of them, oldest first.
pub async fn all(cx: &mut Cx) -> Result<Vec<AuditStub>, StoreError> {
    on_db!(cx, c => sqlx::query_as::<_, AuditStub>(select!("order by first_seq")).fetch_all(c))
}

/// The newest one.
pub async fn last(cx: &mut Cx) -> Result<Option<AuditStub>, StoreError> {
    on_db!(cx, c => sqlx::query_as::<_, AuditStub>(select!("order by first_seq desc limit 1")).fetch_optional(c))
}
