//! Walks the chain to its end, from the first row or from where an earlier walk ended, and holds it against what is known of
//! it elsewhere: the record of its newest row, the stubs of what was pruned, the heads that are kept beside the secret.

use super::heads::Kept;
use super::{Head, head, is_untouched, mac, retention};
use crate::server::security::tokens::same;
use crate::server::store::audit::{self as rows, AuditRow};
use crate::server::store::audit_stub::AuditStub;
use crate::server::store::{Cx, Db, StoreError};
use std::path::Path;

/// Rows read at a time.
const BATCH: i64 = 1_000;

/// The state of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Rows that are sound, from the first that is there on.
    pub rows: i64,
    /// The last row that the retention policy removed, by a stub that holds; 0 where it removed none.
    pub pruned: i64,
    pub first_bad: Option<BadRow>,
    /// What is wrong with the heads that are kept beside the secret, in a sentence.
    pub bad_heads: Option<String>,
    /// Of the last sound row.
    mac: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    pub seq: i64,
    pub why: &'static str,
}

impl Verified {
    /// The number of the last sound row.
    pub fn through(&self) -> i64 {
        self.pruned + self.rows
    }
    pub fn is_intact(&self) -> bool {
        self.first_bad.is_none() && self.bad_heads.is_none()
    }
}

/// Walks the whole chain. Stops at the first row that is not what was written. Heads are not asked.
pub async fn verify(cx: &mut Cx, key: &[u8; 32]) -> Result<Verified, StoreError> {
    verify_with(cx, key, &Kept::Unasked, None).await
}

/// The same, held against the heads that were kept; only the rows after those that `earlier` found to be sound, where that is
/// given. `cx` must be a snapshot where somebody may write meanwhile.
pub async fn verify_with(cx: &mut Cx, key: &[u8; 32], kept: &Kept, earlier: Option<&Verified>) -> Result<Verified, StoreError> {
    let mut found = match retention::stubs(cx, key).await? {
        Ok(stubs) => Walk::begin(key, kept, &stubs, earlier).run(cx).await?,
        Err(bad) => Verified { first_bad: Some(bad), ..Verified::default() },
    };
    found.bad_heads = kept.fault(cx, key).await?;
    Ok(found)
}

/// Verifies an installation, held against the file of heads at `path`. The file and the database cannot be read at one moment,
/// so what seems to be wrong while a head is being kept is looked at again.
pub async fn verify_beside(
    db: &Db,
    key: &[u8; 32],
    path: Option<&Path>,
    earlier: Option<&Verified>,
) -> Result<(Verified, Kept), StoreError> {
    let mut found = once(db, key, path, earlier).await?;
    if path.is_some() && !found.0.is_intact() {
        found = once(db, key, path, earlier).await?;
    }
    Ok(found)
}

async fn once(db: &Db, key: &[u8; 32], path: Option<&Path>, earlier: Option<&Verified>) -> Result<(Verified, Kept), StoreError> {
    let kept = path.map_or(Kept::Unasked, |path| Kept::read(path, key));
    // One snapshot, so that a server writing beside it does not look like tampering.
    let verified = verify_with(&mut db.snapshot().await?, key, &kept, earlier).await?;
    Ok((verified, kept))
}

struct Walk<'w> {
    key: &'w [u8; 32],
    kept: &'w Kept,
    stubs: &'w [AuditStub],
    /// The last sound row so far, and its mac.
    through: i64,
    mac: String,
    /// The newest pruning that a row told of.
    told: Option<i64>,
    is_whole: bool,
}

/// Why a walk ends before its end.
type Step = Result<(), BadRow>;

fn bad<T>(seq: i64, why: &'static str) -> Result<T, BadRow> {
    Err(BadRow { seq, why })
}

impl<'w> Walk<'w> {
    fn begin(key: &'w [u8; 32], kept: &'w Kept, stubs: &'w [AuditStub], earlier: Option<&Verified>) -> Self {
        let pruned = stubs.last().map_or(0, |stub| stub.last_seq);
        let last_mac = stubs.last().map_or("", |stub| &stub.last_mac);
        let earlier = earlier.filter(|earlier| earlier.through() > pruned);
        let (through, mac) = earlier.map_or((pruned, last_mac), |earlier| (earlier.through(), &earlier.mac));
        Self { key, kept, stubs, through, mac: mac.to_owned(), told: None, is_whole: earlier.is_none() }
    }

    fn pruned(&self) -> i64 {
        self.stubs.last().map_or(0, |stub| stub.last_seq)
    }

    async fn run(mut self, cx: &mut Cx) -> Result<Verified, StoreError> {
        let walked = match self.rows(cx).await? {
            Ok(()) => self.end(cx).await?,
            bad => bad,
        };
        Ok(Verified {
            rows: self.through - self.pruned(),
            pruned: self.pruned(),
            first_bad: walked.err(),
            bad_heads: None,
            mac: self.mac,
        })
    }

    async fn rows(&mut self, cx: &mut Cx) -> Result<Step, StoreError> {
        loop {
            let batch = match rows::following(cx, self.through, BATCH).await {
                Err(error) if error.is_unreadable() => match rows::find(cx, self.through + 1).await {
                    Err(error) if error.is_unreadable() => return Ok(bad(self.through + 1, "cannot be read")),
                    found => found?.into_iter().collect(),
                },
                found => found?,
            };
            if batch.is_empty() {
                // Where a row could not be read, nothing of that number is there.
                let is_over = rows::following(cx, self.through, 1).await.is_ok_and(|rest| rest.is_empty());
                return Ok(if is_over { Ok(()) } else { bad(self.through + 1, "is missing") });
            }
            for row in batch {
                if let Err(bad) = self.row(row) {
                    return Ok(Err(bad));
                }
            }
        }
    }

    fn row(&mut self, row: AuditRow) -> Step {
        if row.seq != self.through + 1 {
            return bad(self.through + 1, "is missing");
        }
        if !same(&mac(self.key, &self.mac, &row), &row.mac) {
            return bad(row.seq, "is not as it was written");
        }
        if !self.kept.at(row.seq).all(|head| same(&head.mac, &row.mac)) {
            return bad(row.seq, "is not the one that audit.heads remembers: another history was put in the place of this one");
        }
        if row.action == retention::PRUNE && row.project.is_none() {
            let Some(stub) = self.stubs.iter().find(|stub| retention::is_told_by(stub, &row)) else {
                return bad(row.seq, "tells of a pruning whose stub is not there");
            };
            self.told = Some(stub.last_seq);
        }
        (self.through, self.mac) = (row.seq, row.mac);
        Ok(())
    }

    /// What the rows themselves do not tell: what stands before them, beside them and after them.
    async fn end(&self, cx: &mut Cx) -> Result<Step, StoreError> {
        match rows::oldest(cx).await {
            Ok(Some(seq)) if seq <= self.pruned() => return Ok(bad(seq, "was put before the first")),
            Err(error) if error.is_unreadable() => return Ok(bad(0, "was put before the first")),
            found => drop(found?),
        }
        if self.is_whole && rows::count(cx).await? != self.through - self.pruned() {
            return Ok(bad(self.through + 1, "was put beside the chain"));
        }
        let (through, pruned) = (self.through, self.pruned());
        Ok(match head(cx, self.key).await? {
            Head::Sound { seq, mac } if seq == through && same(&mac, &self.mac) => self.elsewhere(),
            Head::Sound { seq, .. } if seq > through => bad(through + 1, "is missing: the end was cut off"),
            Head::Missing if through == 0 && is_untouched(cx).await? => self.elsewhere(),
            Head::Missing if through == pruned => bad(through + 1, "is missing: everything was removed"),
            Head::Missing | Head::Broken | Head::Sound { .. } => {
                bad(through + 1, "may be missing: the record of the newest row is not the one that was written")
            }
        })
    }

    /// A chain that holds by itself, and is not the one that was written.
    fn elsewhere(&self) -> Step {
        if self.kept.newest().is_some_and(|head| head.seq > self.through) {
            return bad(self.through + 1, "is missing: audit.heads remembers it, so an older history was put in its place");
        }
        match self.stubs.last() {
            Some(stub) if self.told.map_or(self.is_whole, |told| told != stub.last_seq) => {
                bad(stub.first_seq, "is missing, and no row tells that it was pruned")
            }
            _ => Ok(()),
        }
    }
}
