//! Tells people of dates that come near or are over, archives what was to be archived, and puts the week's digest together.

use crate::server::services::digest;
use crate::server::state::AppState;
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

const INTERVAL: Duration = Duration::from_secs(30);

/// Runs until `shutdown`. Several nodes may try at once: each thing is claimed in the transaction that does it.
pub async fn run(state: AppState, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
        match state.governance.tend().await {
            Ok(0) => {}
            Ok(done) => tracing::info!(reminders.done = done, "dates of flags were due"),
            Err(error) => tracing::warn!(%error, "reminders wait until the next time"),
        }
        if let Err(error) = digest::send(&state).await {
            tracing::warn!(%error, "digests wait until the next time");
        }
    }
}
