//! Verifies the history beside the requests, keeps the end of its chain beside the secret, and prunes what the policy does not
//! keep.

use crate::server::governance::audit::Evidence;
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// Between two looks at the rows that are new.
const INTERVAL: Duration = Duration::from_secs(300);
/// A head is kept once in so many looks: every hour.
const REMEMBER: u64 = 12;
/// All rows are verified, and old ones pruned, once in so many: every day.
const WHOLE: u64 = 288;

/// Runs until `shutdown`; then keeps the last head. A change that is let go in the middle of all this is tried again.
pub async fn run(evidence: Evidence, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut round = 0;
    while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
        if shutdown.run_until_cancelled(look(&evidence, round)).await.is_none() {
            break;
        }
        round += 1;
    }
    remember(&evidence).await;
}

async fn look(evidence: &Evidence, round: u64) {
    if round.is_multiple_of(REMEMBER) {
        remember(evidence).await;
    }
    if round.is_multiple_of(WHOLE) {
        // It verifies all rows before any goes.
        if let Err(error) = evidence.prune().await {
            tracing::warn!(%error, "the audit is pruned the next time");
        }
    } else if let Err(error) = evidence.verify(false).await {
        tracing::warn!(%error, "the audit is verified the next time");
    }
}

async fn remember(evidence: &Evidence) {
    if let Err(error) = evidence.remember().await {
        tracing::warn!(%error, "the head of the audit is kept the next time");
    }
}
