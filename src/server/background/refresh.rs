//! Puts changes of other processes into force, and begins new epochs when a moment passes.

use crate::server::serving::Serving;
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// Twice in the second that is promised, so that reading and compiling fit into it too.
pub const INTERVAL: Duration = Duration::from_millis(500);

/// Runs until `shutdown`. While the database is out of reach the last snapshot stays in force.
pub async fn run(serving: Serving, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
        serving.publish().await;
    }
}
