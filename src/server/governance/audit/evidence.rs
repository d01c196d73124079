//! Whether the history is as it was written, as far as this process knows: verified beside the requests, without keeping
//! anybody from writing, and told on pages.

use super::heads::{Remembered, remember};
use super::retention;
use super::verify::{Verified, verify_beside};
use crate::domain::time::{SECOND, Timestamp};
use crate::server::clock::Clock;
use crate::server::error::Error;
use crate::server::store::{Db, StoreError};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Mutex as Turn;

/// A verification that was asked for is answered by the last one for so long, in milliseconds.
const FRESH: i64 = 10 * SECOND;

/// Cheap to clone; every clone knows the same.
#[derive(Clone, Debug)]
pub struct Evidence {
    db: Db,
    key: [u8; 32],
    clock: Clock,
    /// Where heads are kept; `None` where no installation has a folder, as in tests.
    heads: Option<PathBuf>,
    known: Arc<Mutex<Option<Known>>>,
    /// One walk at a time.
    turn: Arc<Turn<()>>,
}

/// What the last verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub verified: Verified,
    pub at: Timestamp,
    /// When the last walk began that started at the first row.
    pub whole_at: Timestamp,
    /// The newest head that is kept beside the secret: its row, and when it was kept.
    pub kept: Option<(i64, Timestamp)>,
}

impl Evidence {
    pub fn new(db: Db, key: [u8; 32], clock: Clock, heads: Option<PathBuf>) -> Self {
        Self { db, key, clock, heads, known: Arc::default(), turn: Arc::default() }
    }

    /// `None` before the first verification of this process has ended.
    pub fn known(&self) -> Option<Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Verifies the rows since the last verification, or all of them.
    pub async fn verify(&self, whole: bool) -> Result<Known, StoreError> {
        let _turn = self.turn.lock().await;
        self.walk(whole).await
    }

    /// Verifies all rows for somebody who asks; who asks again at once gets the same answer.
    pub async fn verify_now(&self) -> Result<Known, StoreError> {
        let _turn = self.turn.lock().await;
        let now = self.clock.now().millis();
        match self.known().filter(|known| now - known.whole_at.millis() < FRESH) {
            Some(known) => Ok(known),
            None => self.walk(true).await,
        }
    }

    async fn walk(&self, whole: bool) -> Result<Known, StoreError> {
        let (before, now) = (self.known(), self.clock.now());
        let earlier = before.as_ref().filter(|_| !whole);
        let sound = earlier.map(|known| &known.verified);
        let (verified, kept) = verify_beside(&self.db, &self.key, self.heads.as_deref(), sound).await?;
        tell(before.as_ref(), &verified);
        let known = Known {
            at: now,
            whole_at: earlier.map_or(now, |known| known.whole_at),
            kept: kept.newest().map(|head| (head.seq, head.at)),
            verified,
        };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        Ok(known)
    }

    /// Logs the chain's end, and keeps it in the file beside the secret.
    pub async fn remember(&self) -> Result<Remembered, Error> {
        let Some(path) = &self.heads else { return Ok(Remembered::Nothing) };
        let remembered = remember(&self.db, &self.key, path, self.clock.now()).await?;
        match &remembered {
            Remembered::Nothing => {}
            Remembered::Kept(head) => tracing::info!(audit.seq = head.seq, audit.mac = %head.mac, "head of the audit"),
            Remembered::Refused(why) => tracing::error!(why, "the head of the audit is not kept; run flagstaff verify-audit"),
        }
        Ok(remembered)
    }

    /// Removes what the policy does not keep, if all of the history is sound. Returns how many rows went.
    pub async fn prune(&self) -> Result<i64, Error> {
        let _turn = self.turn.lock().await;
        let mut pruned = 0;
        loop {
            let known = self.walk(true).await?;
            match retention::prune(&self.db, &self.key, self.clock.now(), &known.verified).await? {
                0 => break,
                rows => pruned += rows,
            }
        }
        if pruned > 0 {
            tracing::info!(audit.rows = pruned, "old rows of the audit were pruned");
        }
        Ok(pruned)
    }
}

/// Says loudly what was not so before.
fn tell(before: Option<&Known>, now: &Verified) {
    let before = before.map(|known| &known.verified);
    if let Some(bad) = &now.first_bad
        && before.is_none_or(|before| before.first_bad.as_ref() != Some(bad))
    {
        tracing::error!(audit.seq = bad.seq, "row {} of the audit {}", bad.seq, bad.why);
    }
    if let Some(fault) = &now.bad_heads
        && before.is_none_or(|before| before.bad_heads.as_ref() != Some(fault))
    {
        tracing::error!("{fault}");
    }
}
