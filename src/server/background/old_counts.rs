//! Forgets hours of counts that are older than anybody looks at, so that the table does not grow for ever.

use crate::server::services::usage;
use crate::server::state::AppState;
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

const INTERVAL: Duration = Duration::from_secs(3_600);

/// Runs until `shutdown`.
pub async fn run(state: AppState, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
        if let Err(error) = usage::prune(&state.db, state.clock.now()).await {
            tracing::warn!(%error, "old counts stay until the next time");
        }
    }
}
