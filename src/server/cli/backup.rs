//! `flagstaff backup`

use super::data::{DataArgs, Opened};
use super::failure::Failure;
use super::findings::counted;
use crate::server::services::backup;
use clap::Args;
use std::path::PathBuf;

/// Copy the database to a new file, beside a running server, and check the copy: its pages and the audit's chain.
///
/// The copy is for its owner alone (mode 0600). It holds no secret key: keep secret.key too. And keep audit.heads, which tells
/// whether a database that is put back is this one, or an older one.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// Where to; a file that is there already is never overwritten.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub async fn run(args: BackupArgs, data: &DataArgs) -> Result<(), Failure> {
    let config = data.config()?;
    let opened = Opened::find(&config).await?;
    let made = backup::make(&opened.db, &args.file, &opened.master.derive("audit")).await;
    opened.db.close().await;
    let made = made.map_err(|why| Failure::refused(format!("{} was not made: {why}", args.file.display())))?;
    let rows = usize::try_from(made.audit_rows).unwrap_or(usize::MAX);
    println!("{}: {} bytes, sound, {}.", args.file.display(), made.bytes, counted(rows, "audit row"));
    match &config.secret_key {
        Some(_) => println!("It is of use only with the key in FLAGSTAFF_SECRET_KEY: keep that too, apart from it."),
        None => println!("It is of use only with {}: keep that too, apart from it.", config.secret_file().display()),
    }
    let heads = config.heads_file();
    if heads.exists() {
        println!("Keep {} with the key: the copy is held against it when it is put back.", heads.display());
    }
    Ok(())
}
