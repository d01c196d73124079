//! What is in force: one published snapshot per environment, kept up to date with the database, and what was counted on it.
//!
//! Requests read it through one atomic pointer and never wait for a write, a refresh or the database. Knows no HTTP and
//! decides nothing: it publishes what is stored.

mod build;
mod catalog;
pub mod counters;
mod flush;
mod keys;
mod names;
mod refresh;
mod rows;
mod snapshot;
#[cfg(test)]
mod tests;
mod unknown;
mod uses;

pub use catalog::Catalog;
pub use counters::FlagCounters;
pub use keys::{KeyHash, ServedKey};
pub use names::{MAX_NAMES, SeenNames};
pub use snapshot::{ProjectSegments, ServedFlag, Snapshot};
pub use unknown::{Asked, MAX_KEY_CHARS, MAX_KEYS, UnknownFlags};
pub use uses::{NameUse, NameUses};

use crate::domain::id::ProjectId;
use crate::domain::key::{EnvironmentKey, ProjectKey};
use crate::server::clock::Clock;
use crate::server::store::{Db, StoreError, instance};
use arc_swap::{ArcSwap, Guard};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// The handle everybody shares; cloning it is cheap.
#[derive(Debug, Clone)]
pub struct Serving {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    db: Db,
    clock: Clock,
    catalog: ArcSwap<Catalog>,
    registries: Arc<Registries>,
    /// One refresh at a time, so that none publishes older rows over newer ones.
    refreshing: tokio::sync::Mutex<()>,
    /// One flush at a time, so that no amount is written twice.
    flushing: tokio::sync::Mutex<()>,
    refresh_fails: AtomicBool,
    flush_fails: AtomicBool,
}

/// What outlives snapshots.
#[derive(Debug, Default)]
struct Registries {
    counters: counters::Registry,
    unknown: unknown::Registry,
    names: names::Registry,
    keys: keys::Registry,
}

impl Serving {
    /// Builds every environment's snapshot; fails when the database cannot be read.
    pub async fn load(db: Db, clock: Clock) -> Result<Self, StoreError> {
        let inner = Inner {
            db,
            clock,
            catalog: ArcSwap::default(),
            registries: Arc::default(),
            refreshing: tokio::sync::Mutex::default(),
            flushing: tokio::sync::Mutex::default(),
            refresh_fails: AtomicBool::default(),
            flush_fails: AtomicBool::default(),
        };
        let serving = Self { inner: Arc::new(inner) };
        serving.refresh().await?;
        Ok(serving)
    }

    /// Everything in force now. Let go of it before waiting for anything.
    pub fn catalog(&self) -> Guard<Arc<Catalog>> {
        self.inner.catalog.load()
    }

    pub fn environment(&self, project: &ProjectKey, environment: &EnvironmentKey) -> Option<Arc<Snapshot>> {
        self.catalog().by_key(project, environment).cloned()
    }

    /// The environments of a project, in their order on pages.
    pub fn environments_of(&self, project: &ProjectId) -> Vec<Arc<Snapshot>> {
        self.catalog().of_project(project)
    }

    /// Asks the database for something trivial; fails when it does not answer.
    pub async fn probe(&self) -> Result<(), StoreError> {
        let mut cx = self.inner.db.read().await?;
        instance::probe(&mut cx).await
    }

    /// Whether the last attempt to catch up with the database failed.
    pub fn is_stale(&self) -> bool {
        self.inner.refresh_fails.load(Relaxed)
    }
}
