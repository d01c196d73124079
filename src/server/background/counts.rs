//! Writes counts down every few seconds, and once more at the end.

use crate::server::serving::Serving;
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// The most that a crash can lose.
pub const INTERVAL: Duration = Duration::from_secs(10);

/// Runs until `shutdown`; then flushes a last time. Failures are told by [`Serving::flush`] and tried again.
pub async fn run(serving: Serving, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
        // The amounts of a failed flush stay where they are.
        let _ = serving.flush(false).await;
    }
    if let Err(error) = serving.flush(true).await {
        tracing::error!(%error, "the last counts could not be written");
    }
}
