//! A copy of the database that can be relied on: whole, and tried before anybody is told that it is there.

use crate::server::governance::audit;
use crate::server::store::{Db, StoreError};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

/// A copy that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    pub bytes: u64,
    pub audit_rows: i64,
}

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("there is a file of that name already; name another, or remove it first")]
    Exists,
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("the copy is damaged: {0}")]
    Damaged(String),
    #[error("row {0} of the audit {1}; the copy was removed, so look at the database with: flagstaff verify-audit")]
    Tampered(i64, &'static str),
}

/// Copies the database to `file` while others read and write it. The name is taken at once, and stays empty until the copy
/// is whole and sound: a copy that was interrupted never looks like one.
pub async fn make(db: &Db, file: &Path, audit_key: &[u8; 32]) -> Result<Backup, BackupError> {
    new_private(file)?;
    let partial = with_end(file, ".partial");
    let made = copied(db, &partial, audit_key).await;
    let moved = made.and_then(|backup| {
        std::fs::rename(&partial, file)?;
        Ok(backup)
    });
    if moved.is_err() {
        // What went wrong is told; that cleaning up failed too would only hide it.
        let _ = std::fs::remove_file(&partial);
        let _ = std::fs::remove_file(file);
    }
    moved
}

async fn copied(db: &Db, partial: &Path, audit_key: &[u8; 32]) -> Result<Backup, BackupError> {
    new_private(partial)?;
    db.copy_to(partial).await?;
    File::open(partial)?.sync_all()?;
    let copy = Db::open_copy(partial).await?;
    let checked = checked(&copy, audit_key).await;
    copy.close().await;
    Ok(Backup { bytes: std::fs::metadata(partial)?.len(), audit_rows: checked? })
}

/// The copy's pages and the audit's chain; how many rows that has.
async fn checked(copy: &Db, audit_key: &[u8; 32]) -> Result<i64, BackupError> {
    if let Some(fault) = copy.fault().await? {
        return Err(BackupError::Damaged(fault));
    }
    let mut cx = copy.snapshot().await?;
    let verified = audit::verify(&mut cx, audit_key).await?;
    match verified.first_bad {
        Some(bad) => Err(BackupError::Tampered(bad.seq, bad.why)),
        None => Ok(verified.rows),
    }
}

/// Makes an empty file that nobody else may read.
fn new_private(file: &Path) -> Result<(), BackupError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Ok(_) => Ok(()),
        Err(why) if why.kind() == std::io::ErrorKind::AlreadyExists => Err(BackupError::Exists),
        Err(why) => Err(why.into()),
    }
}

fn with_end(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}
