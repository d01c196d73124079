//! `flagstaff verify-audit`

use super::data::{DataArgs, Opened};
use super::failure::Failure;
use crate::server::governance::audit;
use clap::Args;

/// Check the audit's chain: whether any row was changed, removed, added or moved.
#[derive(Debug, Args)]
pub struct VerifyAuditArgs {}

pub async fn run(_: VerifyAuditArgs, data: &DataArgs) -> Result<(), Failure> {
    let opened = Opened::find(&data.config()?).await?;
    // One snapshot, so that a server writing beside it does not look like tampering.
    let mut cx = opened.db.snapshot().await?;
    let verified = audit::verify(&mut cx, &opened.master.derive("audit")).await?;
    drop(cx);
    opened.db.close().await;
    match verified.first_bad {
        None => {
            println!("The audit is as it was written: {} rows.", verified.rows);
            Ok(())
        }
        Some(bad) => Err(Failure::refused(format!(
            "the audit was tampered with: row {} {}; {} rows before it are sound",
            bad.seq, bad.why, verified.rows
        ))),
    }
}
