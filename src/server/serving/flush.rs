//! Writes down what was counted. Amounts are taken off the counters only after the commit, so that a failed or cancelled
//! flush loses nothing.

use super::counters::Pending;
use super::keys::KeyUse;
use super::names::{MAX_NAMES, SeenNames};
use super::unknown::{MAX_KEYS, UnknownFlags};
use super::{Inner, Serving};
use crate::domain::id::{ApiKeyId, EnvironmentId};
use crate::domain::time::{HOUR, Timestamp};
use crate::server::store::counts::{self, Tally};
use crate::server::store::{StoreError, Tx, api_keys, attributes, unknown};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Rows of a kind in one transaction; some tens of milliseconds.
const PIECE: usize = 500;

impl Serving {
    /// Writes everything counted since the last flush, in transactions of a bounded size: changes that people make wait for
    /// one of them at most. The amounts count into the hour of this moment:
    /// when the hour turns, up to one flush interval of them lands in the new hour. `last` writes the use of keys too that
    /// was written less than a minute ago.
    pub async fn flush(&self, last: bool) -> Result<(), StoreError> {
        let _turn = self.inner.flushing.lock().await;
        for batch in self.inner.collect(last).pieces() {
            let result = self.write(&batch).await;
            self.inner.note_flush(&result);
            result.map(|()| batch.settle())?;
        }
        Ok(())
    }

    async fn write(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut tx = self.inner.db.begin().await?;
        batch.write(&mut tx).await?;
        tx.commit().await
    }
}

impl Inner {
    fn collect(&self, last: bool) -> Batch {
        let hour = Timestamp::from_millis(self.clock.now().millis().div_euclid(HOUR) * HOUR);
        let tallies = self.registries.counters.pending().into_iter().map(|pending| Counted::new(pending, hour)).collect();
        let unknown = self.registries.unknown.all().into_iter().flat_map(|(environment, unknown)| {
            let row = |(key, asked): (String, super::Asked)| Unknown {
                environment: environment.clone(),
                of: Arc::clone(&unknown),
                key,
                count: asked.count,
                last: asked.last,
            };
            unknown.pending().into_iter().map(row).collect::<Vec<_>>()
        });
        let names = self.registries.names.all().into_iter().flat_map(|(environment, of)| {
            let row = |(name, at)| Name { environment: environment.clone(), of: Arc::clone(&of), name, at };
            of.pending().into_iter().map(row).collect::<Vec<_>>()
        });
        let names = names.collect();
        Batch { tallies, unknown: unknown.collect(), names, keys: self.registries.keys.due(last) }
    }

    fn note_flush(&self, result: &Result<(), StoreError>) {
        let failed = self.flush_fails.swap(result.is_err(), Relaxed);
        match result {
            Err(error) if !failed => tracing::warn!(%error, "counts cannot be written; they are kept in memory"),
            Ok(()) if failed => tracing::info!("counts are written again"),
            _ => {}
        }
    }
}

/// What one flush writes.
struct Batch {
    tallies: Vec<Counted>,
    unknown: Vec<Unknown>,
    names: Vec<Name>,
    keys: Vec<(ApiKeyId, Timestamp, Arc<KeyUse>)>,
}

struct Counted {
    pending: Pending,
    tally: Tally,
    evaluated: u64,
    delivered: u64,
}

struct Unknown {
    environment: EnvironmentId,
    of: Arc<UnknownFlags>,
    key: String,
    count: u64,
    last: Timestamp,
}

struct Name {
    environment: EnvironmentId,
    of: Arc<SeenNames>,
    name: String,
    at: Timestamp,
}

impl Counted {
    fn new(pending: Pending, hour: Timestamp) -> Self {
        let counter = &pending.counter;
        let (evaluated, delivered) = (counter.evaluated.pending(), counter.delivered.pending());
        let tally = Tally {
            flag: pending.flag.clone(),
            environment: pending.environment.clone(),
            variant: pending.variant.clone(),
            hour,
            evaluated: number(evaluated),
            delivered: number(delivered),
            evaluated_at: counter.evaluated.last().filter(|_| evaluated > 0),
            delivered_at: counter.delivered.last().filter(|_| delivered > 0),
        };
        Self { pending, tally, evaluated, delivered }
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl Batch {
    /// Cut into what one transaction may take.
    fn pieces(self) -> Vec<Self> {
        let longest = self.tallies.len().max(self.unknown.len()).max(self.names.len()).max(self.keys.len());
        let count = longest.div_ceil(PIECE);
        let (mut tallies, mut unknown) = (self.tallies.into_iter(), self.unknown.into_iter());
        let (mut names, mut keys) = (self.names.into_iter(), self.keys.into_iter());
        let piece = |_| Self {
            tallies: tallies.by_ref().take(PIECE).collect(),
            unknown: unknown.by_ref().take(PIECE).collect(),
            names: names.by_ref().take(PIECE).collect(),
            keys: keys.by_ref().take(PIECE).collect(),
        };
        (0..count).map(piece).collect()
    }

    async fn write(&self, tx: &mut Tx) -> Result<(), StoreError> {
        for counted in &self.tallies {
            counts::add(tx, &counted.tally).await?;
        }
        for asked in &self.unknown {
            unknown::add(tx, &asked.environment, &asked.key, number(asked.count), asked.last, number(MAX_KEYS as u64)).await?;
        }
        for seen in &self.names {
            attributes::see(tx, &seen.environment, &seen.name, seen.at, number(MAX_NAMES as u64)).await?;
        }
        for (id, used, _) in &self.keys {
            api_keys::set_last_used(tx, id, *used).await?;
        }
        Ok(())
    }

    fn settle(&self) {
        for counted in &self.tallies {
            counted.pending.counter.evaluated.settle(counted.evaluated);
            counted.pending.counter.delivered.settle(counted.delivered);
        }
        for asked in &self.unknown {
            asked.of.settle(&asked.key, asked.count);
        }
        for seen in &self.names {
            seen.of.settle(&seen.name, seen.at);
        }
        for (_, used, key) in &self.keys {
            key.settle(*used);
        }
    }
}
