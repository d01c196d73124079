//! Keeps the catalog in step with the database. On failure the last good one stays in force.

use super::{Inner, Serving, build, rows};
use crate::server::store::{StoreError, environments};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

impl Serving {
    /// Puts into force what was committed, by whomever, and begins new epochs where a moment has passed. Costs one small
    /// query when nothing moved. Returns whether a new catalog was published.
    pub async fn refresh(&self) -> Result<bool, StoreError> {
        let inner = &self.inner;
        let _turn = inner.refreshing.lock().await;
        let (current, now) = (inner.catalog.load_full(), inner.clock.now());
        let mut cx = inner.db.snapshot().await?;
        let revisions = environments::revisions(&mut cx).await?.into_iter().collect();
        if !current.is_at(&revisions) {
            let rows = rows::read(&mut cx, &current, revisions).await?;
            drop(cx);
            let registries = Arc::clone(&inner.registries);
            // Compiling long lists takes a while; requests must not wait for the thread meanwhile.
            let building = tokio::task::spawn_blocking(move || build::catalog(rows, &current, &registries, now));
            let next = building.await.map_err(|e| StoreError::Unreadable { what: "snapshot", why: e.to_string() })?;
            inner.registries.counters.retain(|id| next.by_id(id).is_some());
            inner.registries.names.retain(|id| next.by_id(id).is_some());
            inner.registries.unknown.retain(|id| next.by_id(id).is_some());
            inner.catalog.store(Arc::new(next));
            return Ok(true);
        }
        if current.is_due(now) {
            inner.catalog.store(Arc::new(current.renewed(now)));
            return Ok(true);
        }
        Ok(false)
    }

    /// To be called right after a commit of this process: what was committed is in force when it returns. Where the
    /// database fails just then, the next refresh catches up.
    pub async fn publish(&self) {
        let result = self.refresh().await;
        self.inner.note_refresh(&result);
    }
}

impl Inner {
    /// Tells the log when refreshing begins to fail and when it works again, not each time between.
    fn note_refresh(&self, result: &Result<bool, StoreError>) {
        let failed = self.refresh_fails.swap(result.is_err(), Relaxed);
        match result {
            Err(error) if !failed => tracing::warn!(%error, "the database cannot be read; the last snapshot stays in force"),
            Ok(_) if failed => tracing::info!("the database can be read again"),
            _ => {}
        }
    }
}
