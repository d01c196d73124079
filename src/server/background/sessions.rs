//! Removes sessions that have expired.

use crate::server::state::AppState;
use crate::server::store::{self, StoreError};
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

const INTERVAL: Duration = Duration::from_secs(600);

/// Runs until `shutdown`. An expired session is refused when it is shown; this only keeps the table small.
pub async fn run(state: AppState, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
        if let Err(error) = prune(&state).await {
            tracing::warn!(%error, "expired sessions stay until the next time");
        }
    }
}

async fn prune(state: &AppState) -> Result<(), StoreError> {
    let mut tx = state.db.begin().await?;
    store::sessions::prune(&mut tx, state.clock.now()).await?;
    tx.commit().await
}
