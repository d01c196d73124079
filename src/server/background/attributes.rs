//! Forgets names of attributes that nobody sent in a month, so that strangers with a client key cannot fill the list for good.

use crate::server::services::attributes;
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
        if let Err(error) = attributes::prune(&state).await {
            tracing::warn!(%error, "old names of attributes stay until the next time");
        }
    }
}
