//! Keeps the chain's end in the file `audit.heads`, from time to time, and knows from the database how far that file must
//! reach.

use super::{Chain, Event, Head as End, head as end};
use crate::domain::actor::Actor;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::security::heads::{Head, Heads};
use crate::server::security::secrets::hmac_sha256;
use crate::server::security::tokens::{hex, same};
use crate::server::store::{Cx, Db, StoreError, Tx, audit as rows, audit_stub, instance};
use serde_json::json;
use std::path::Path;

/// What the file holds of the chain's ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// Nobody wants to know: a copy is looked at, or what it holds is checked alone.
    Unasked,
    Missing,
    /// Why the file cannot be read.
    Unreadable(String),
    Read(Heads),
}

/// Begins the names of the records that say how far a file reached; the rest is the file's own.
const RECORD: &str = "audit.heads.";

impl Kept {
    pub fn read(path: &Path, key: &[u8; 32]) -> Self {
        match Heads::read(path, key) {
            Ok(Some(heads)) => Self::Read(heads),
            Ok(None) => Self::Missing,
            Err(why) => Self::Unreadable(why.to_string()),
        }
    }

    pub fn heads(&self) -> &[Head] {
        match self {
            Self::Read(heads) => &heads.heads,
            Self::Unasked | Self::Missing | Self::Unreadable(_) => &[],
        }
    }

    pub fn newest(&self) -> Option<&Head> {
        self.heads().last()
    }

    /// The heads of one row.
    pub fn at(&self, seq: i64) -> impl Iterator<Item = &Head> {
        let heads = self.heads();
        let first = heads.partition_point(|head| head.seq < seq);
        heads[first..].iter().take_while(move |head| head.seq == seq)
    }

    /// What is wrong with the file, in a sentence.
    pub async fn fault(&self, cx: &mut Cx, key: &[u8; 32]) -> Result<Option<String>, StoreError> {
        match self {
            Self::Unasked => Ok(None),
            Self::Unreadable(why) => Ok(Some(format!("The file audit.heads cannot be read: {why}."))),
            Self::Missing => {
                let reached = reached(cx).await?;
                Ok(reached.map(|seq| format!("The file audit.heads is missing. It remembered the history up to row {seq}.")))
            }
            Self::Read(Heads { bad_line: Some(line), .. }) => {
                Ok(Some(format!("Line {line} of audit.heads is not as it was written.")))
            }
            Self::Read(heads) => {
                let Some(record) = instance::get(cx, &format!("{RECORD}{}", heads.id)).await? else { return Ok(None) };
                let seq = number(&record).filter(|seq| same(&record_text(key, &heads.id, *seq), &record));
                let newest = heads.newest().map_or(0, |head| head.seq);
                Ok(match seq {
                    None => Some("What the database says of audit.heads is not as it was written.".to_owned()),
                    Some(seq) if seq > newest => {
                        Some(format!("Lines are missing at the end of audit.heads: it remembered the history up to row {seq}."))
                    }
                    Some(_) => None,
                })
            }
        }
    }
}

/// How far any file reached that was kept on this history.
async fn reached(cx: &mut Cx) -> Result<Option<i64>, StoreError> {
    let records = instance::beginning(cx, RECORD).await?;
    Ok(records.iter().map(|(_, record)| number(record).unwrap_or_default()).max())
}

fn number(record: &str) -> Option<i64> {
    record.split(' ').next()?.parse().ok()
}

fn record_text(key: &[u8; 32], id: &str, seq: i64) -> String {
    let proof = hmac_sha256(key, &[b"heads reach ", id.as_bytes(), b" ", seq.to_string().as_bytes()]);
    format!("{seq} {}", hex(&proof))
}

/// What came of an attempt to keep the chain's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remembered {
    /// There is no row yet.
    Nothing,
    /// The file has it, now or since before.
    Kept(Head),
    /// Something is wrong, which one more line would only cover up.
    Refused(&'static str),
}

/// Adds the chain's end to the file at `path`, made when missing. Runs in the write transaction, so that two processes do not
/// lose each other's lines.
pub async fn remember(db: &Db, key: &[u8; 32], path: &Path, now: Timestamp) -> Result<Remembered, Error> {
    let mut tx = db.begin().await?;
    let mut heads = match Kept::read(path, key) {
        Kept::Read(heads) => heads,
        Kept::Unreadable(why) => return Err(Error::Internal(format!("{} cannot be read: {why}", path.display()))),
        Kept::Unasked | Kept::Missing => begin(&mut tx, key, now).await?,
    };
    let head = match (end(&mut tx, key).await?, rows::head(&mut tx).await?) {
        (End::Missing, None) => return Ok(Remembered::Nothing),
        (End::Sound { seq, mac }, Some((newest, newest_mac))) if seq == newest && same(&mac, &newest_mac) => {
            Head { seq, mac, at: now }
        }
        _ => return Ok(Remembered::Refused("the newest row is not the one that was written last")),
    };
    if heads.bad_line.is_some() {
        return Ok(Remembered::Refused("audit.heads is not as it was written"));
    }
    if let Some(last) = heads.newest() {
        if last.seq == head.seq && same(&last.mac, &head.mac) {
            return Ok(Remembered::Kept(last.clone()));
        }
        if !is_there(&mut tx, last).await? {
            return Ok(Remembered::Refused("the history does not have the row that audit.heads remembers"));
        }
    }
    heads.add(head.clone(), key);
    heads.write(path, key).map_err(|why| Error::Internal(format!("{} cannot be written: {why}", path.display())))?;
    instance::set(&mut tx, &format!("{RECORD}{}", heads.id), &record_text(key, &heads.id, head.seq)).await?;
    tx.commit().await?;
    Ok(Remembered::Kept(head))
}

/// A new file. Where there was one before, the history tells it for ever: nobody removes a file and is not seen.
async fn begin(tx: &mut Tx, key: &[u8; 32], now: Timestamp) -> Result<Heads, Error> {
    if let Some(seq) = reached(tx).await? {
        let mut chain = Chain::open(tx, key).await?;
        let event = Event {
            action: "audit.heads",
            object: "audit:heads".to_owned(),
            project: None,
            environment: None,
            before: Some(json!({ "reached": seq })),
            after: None,
        };
        chain.append(tx, now, &Actor::System, None, event).await?;
        chain.close(tx).await?;
    }
    Heads::new(key).map_err(|why| Error::Internal(why.to_string()))
}

async fn is_there(tx: &mut Tx, head: &Head) -> Result<bool, StoreError> {
    let pruned = audit_stub::last(tx).await?.map_or(0, |stub| stub.last_seq);
    let found = rows::find(tx, head.seq).await?;
    Ok(head.seq <= pruned || found.is_some_and(|row| same(&row.mac, &head.mac)))
}
