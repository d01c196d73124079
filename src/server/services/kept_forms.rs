//! Forms left half typed: what stood in them is kept for whoever typed it, until they finish or let it go. Leaving the page, or
//! a browser that dies, loses nothing.

use crate::domain::actor::Person;
use crate::domain::time::{DAY, Timestamp};
use crate::server::error::Error;
use crate::server::state::AppState;
use crate::server::store;
pub use crate::server::store::kept_forms::Pairs;

/// Forms that one person may leave, the newest.
const MOST: i64 = 50;
/// How long they stay, in milliseconds.
const KEPT: i64 = 30 * DAY;
/// Bytes of all names and values, as many as most pages take at all. What is longer is somebody's list, which they have.
pub const LONGEST: usize = 256 * 1024;

/// A form as it was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptForm {
    pub fields: Pairs,
    pub at: Timestamp,
}

/// Keeps what stands in the form at `address`, in the place of what was kept of it before. Says whether it did: not where that
/// is too long.
pub async fn keep(state: &AppState, person: &Person, address: &str, fields: &Pairs) -> Result<bool, Error> {
    let bytes: usize = fields.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > LONGEST {
        return Ok(false);
    }
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    store::kept_forms::keep(&mut tx, &person.id, address, fields, now).await?;
    store::kept_forms::prune(&mut tx, &person.id, MOST, now.plus(-KEPT)).await?;
    tx.commit().await?;
    Ok(true)
}

pub async fn find(state: &AppState, person: &Person, address: &str) -> Result<Option<KeptForm>, Error> {
    let found = store::kept_forms::find(&mut state.db.read().await?, &person.id, address).await?;
    Ok(found.map(|(fields, at)| KeptForm { fields, at }))
}

pub async fn forget(state: &AppState, person: &Person, address: &str) -> Result<(), Error> {
    let mut tx = state.db.begin().await?;
    store::kept_forms::forget(&mut tx, &person.id, address).await?;
    tx.commit().await?;
    Ok(())
}
