//! `flagstaff verify-audit`

use super::data::{DataArgs, Opened};
use super::failure::Failure;
use super::findings::counted;
use crate::server::governance::audit::{self, Kept, Verified};
use crate::server::security::signatures::{Signer, is_key};
use crate::server::services::evidence_file;
use clap::Args;
use clap::builder::BoolishValueParser;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Check the audit: whether any row was changed, removed, added or moved, and whether it is the history that audit.heads
/// remembers.
///
/// With --file a signed export is checked instead, without the installation where --key names its public key.
#[derive(Debug, Args)]
pub struct VerifyAuditArgs {
    /// Print the public key by which signed exports of this installation can be checked, and check nothing.
    #[arg(long, env = "FLAGSTAFF_PUBLIC_KEY", value_parser = BoolishValueParser::new(), conflicts_with_all = ["file", "key"])]
    public_key: bool,
    /// Do not hold the database against audit.heads: it is an older copy that is looked at.
    #[arg(long, env = "FLAGSTAFF_COPY", value_parser = BoolishValueParser::new(), conflicts_with_all = ["file", "key", "public_key"])]
    copy: bool,
    /// A signed export (audit.signed.jsonl), to be checked in place of the database.
    #[arg(long, value_name = "EXPORT", env = "FLAGSTAFF_FILE")]
    file: Option<PathBuf>,
    /// The public key that the export must be signed with; this installation's unless said.
    #[arg(long, value_name = "PUBLIC", env = "FLAGSTAFF_KEY", requires = "file")]
    key: Option<String>,
}

pub async fn run(args: VerifyAuditArgs, data: &DataArgs) -> Result<(), Failure> {
    match (args.file, args.public_key) {
        (Some(file), _) => check_file(&file, args.key, data),
        (None, true) => {
            println!("{}", public_key(data)?);
            Ok(())
        }
        (None, false) => check_database(args.copy, data).await,
    }
}

async fn check_database(is_copy: bool, data: &DataArgs) -> Result<(), Failure> {
    let config = data.config()?;
    let heads = (!is_copy).then(|| config.heads_file());
    let opened = Opened::find(&config).await?;
    let key = opened.master.derive("audit");
    let (verified, kept) = audit::verify_beside(&opened.db, &key, heads.as_deref(), None).await?;
    opened.db.close().await;
    match verified.is_intact() {
        true => println!("{}", sound(&verified, &kept)),
        false => return Err(Failure::refused(unsound(&verified))),
    }
    Ok(())
}

fn sound(verified: &Verified, kept: &Kept) -> String {
    let rows = |count: i64| counted(usize::try_from(count).unwrap_or_default(), "row");
    let mut said = format!("The audit is as it was written: {}.", rows(verified.rows));
    if verified.pruned > 0 {
        said.push_str(&format!(" The {} before were removed by the retention policy.", rows(verified.pruned)));
    }
    said.push_str(&match kept.newest() {
        Some(head) => format!(" audit.heads remembers it up to row {}, since {}.", head.seq, head.at),
        None if kept == &Kept::Unasked => String::new(),
        None => " audit.heads remembers nothing of it yet.".to_owned(),
    });
    said
}

fn unsound(verified: &Verified) -> String {
    let sound = counted(usize::try_from(verified.rows).unwrap_or_default(), "row");
    let row = verified
        .first_bad
        .as_ref()
        .map(|bad| format!("the audit was tampered with: row {} {}; {sound} before it are sound", bad.seq, bad.why));
    row.into_iter().chain(verified.bad_heads.clone()).collect::<Vec<_>>().join("\n")
}

fn public_key(data: &DataArgs) -> Result<String, Failure> {
    Ok(Signer::new(&data.config()?.find()?).public_key())
}

fn check_file(file: &Path, key: Option<String>, data: &DataArgs) -> Result<(), Failure> {
    let key = match key.map(|key| key.trim().to_lowercase()) {
        Some(key) if !is_key(&key) => {
            return Err(Failure::usage("--key takes a public key of 64 hexadecimal digits, as --public-key prints it"));
        }
        Some(key) => key,
        None => public_key(data).map_err(|_| {
            let why = "this installation's own public key is not here: give the export's with --key, as its owner hands it over";
            Failure::usage(why)
        })?,
    };
    let name = file.display();
    let unreadable = |why: std::io::Error| Failure::refused(format!("{name} cannot be read: {why}"));
    let read = BufReader::new(File::open(file).map_err(unreadable)?);
    match evidence_file::check(read, &key).map_err(unreadable)? {
        Ok(found) => {
            println!("{name} is as it was signed: {}.", counted(found.rows, "row"));
            println!("It holds {}, as of {}.", found.what, found.at);
            Ok(())
        }
        Err(bad) => Err(Failure::refused(format!("{name}: line {} {}", bad.line, bad.why))),
    }
}
