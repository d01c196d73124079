//! Applies the change requests whose moment has come. At the start, the moments of those that go by a zone's clock are worked out
//! anew: this version may know the zone's rules better.

use crate::server::state::AppState;
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

const INTERVAL: Duration = Duration::from_secs(1);

/// Runs until `shutdown`. Several nodes may try at once: one of them applies a request, the others find it applied.
pub async fn run(state: AppState, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut reckoned = false;
    while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
        // Before anything is applied at a moment that is not meant.
        if !reckoned {
            match state.governance.reckon_schedules().await {
                Ok(moved) => {
                    reckoned = true;
                    tracing::debug!(moved, "moments by zones' clocks were worked out anew");
                }
                Err(error) => {
                    tracing::warn!(%error, "due change requests wait until their moments are worked out");
                    continue;
                }
            }
        }
        match state.governance.apply_due().await {
            Ok(0) => {}
            Ok(requests) => tracing::info!(requests, "change requests were due"),
            Err(error) => tracing::warn!(%error, "due change requests wait until the next time"),
        }
    }
}
