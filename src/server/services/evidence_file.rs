//! The audit as evidence: the rows as JSON Lines, and a signature that somebody can check who has neither the database nor its
//! secret, only the public key.
//!
//! Every line ends with `"sum"`: SHA-256 of all bytes of the file before the comma in front of it, so that the first line that
//! is not as it was can be named. The last line also signs its sum. The first line says what is asked for, by whom, and what
//! was known of the chain. Private values are left out of personas as everywhere: such a row's mac covers more than the file has.

use super::audit::Wanted;
use super::audit_file::{self, AuditFile, Format};
use super::projects::OpenProject;
use crate::domain::actor::Actor;
use crate::domain::role::Role;
use crate::server::error::Error;
use crate::server::governance::audit::Known;
use crate::server::security::signatures::{Signer, is_signed};
use crate::server::security::tokens::hex;
use crate::server::state::AppState;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::BufRead;

const MARK: &str = "flagstaff audit";
/// Between a line and its sum.
const SUM: &str = ",\"sum\":\"";

/// A file on its way.
#[derive(Debug)]
pub struct EvidenceFile {
    rows: AuditFile,
    sum: Sha256,
    signer: Signer,
    /// The first line, until it is sent.
    head: Option<Value>,
    count: u64,
    is_over: bool,
}

/// The rows of a project that `wanted` asks for; for its admins, who see them whole. `filter` is how it was asked, in words.
pub async fn open(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    wanted: &Wanted,
    filter: &str,
) -> Result<EvidenceFile, Error> {
    if project.role < Role::Admin {
        let message =
            format!("Evidence is for admins of the project, who see all of it; your role is {}.", project.role.as_str());
        return Err(Error::Forbidden(message));
    }
    let rows = audit_file::open(state, project, wanted, Format::JsonLines).await?;
    Ok(begun(state, actor, rows, &format!("the project {}", project.key()), filter))
}

/// The same of the whole installation, or of one project of it that may be gone; for its owners.
pub async fn of_installation(
    state: &AppState,
    actor: &Actor,
    project: Option<String>,
    wanted: &Wanted,
    filter: &str,
) -> Result<EvidenceFile, Error> {
    let what = project.as_ref().map_or("the installation".to_owned(), |key| format!("the project {key}"));
    let rows = audit_file::of_installation(state, actor, project, wanted, Format::JsonLines).await?;
    Ok(begun(state, actor, rows, &what, filter))
}

fn begun(state: &AppState, actor: &Actor, rows: AuditFile, what: &str, filter: &str) -> EvidenceFile {
    let head = json!({
        "evidence": MARK, "version": 1, "of": what, "filter": filter, "asked_by": actor.label(),
        "at": state.clock.now().to_string(), "public_key": state.signer.public_key(),
        "chain": state.evidence.known().map(chain),
    });
    EvidenceFile { rows, sum: Sha256::new(), signer: state.signer.clone(), head: Some(head), count: 0, is_over: false }
}

/// What was known of the chain.
fn chain(known: Known) -> Value {
    let bad = known.verified.first_bad.as_ref().map(|bad| json!({ "row": bad.seq, "why": bad.why }));
    json!({
        "verified_at": known.at.to_string(), "pruned_to": known.verified.pruned, "sound_to": known.verified.through(),
        "first_bad": bad, "bad_heads": known.verified.bad_heads,
    })
}

impl EvidenceFile {
    /// The next piece; `None` after the last one.
    pub async fn next(&mut self) -> Result<Option<String>, Error> {
        if self.is_over {
            return Ok(None);
        }
        let mut piece = String::new();
        if let Some(head) = self.head.take() {
            self.line(&mut piece, &head.to_string());
        }
        match self.rows.next().await? {
            Some(rows) => rows.lines().for_each(|row| {
                self.count += 1;
                self.line(&mut piece, row);
            }),
            None => {
                self.is_over = true;
                self.end(&mut piece);
            }
        }
        Ok(Some(piece))
    }

    /// An object's line, with its sum.
    fn line(&mut self, piece: &mut String, object: &str) {
        let open = object.strip_suffix('}').unwrap_or(object);
        let (sum, rest) = (self.sum_after(open), "\"}\n");
        self.sum.update(format!("{SUM}{sum}{rest}"));
        piece.extend([open, SUM, &sum, rest]);
    }

    fn end(&mut self, piece: &mut String) {
        let open = format!("{{\"rows\":{}", self.count);
        let sum = self.sum_after(&open);
        let signature = self.signer.sign(message(&sum).as_bytes());
        piece.extend([&open, SUM, &sum, "\",\"signature\":\"", &signature, "\"}\n"]);
    }

    fn sum_after(&mut self, text: &str) -> String {
        self.sum.update(text);
        hex(&self.sum.clone().finalize())
    }
}

/// What is signed.
fn message(sum: &str) -> String {
    format!("{MARK} {sum}")
}

/// A file that is as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub rows: usize,
    /// `the project shop`
    pub what: String,
    /// RFC 3339.
    pub at: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// From 1.
    pub line: usize,
    pub why: &'static str,
}

/// Checks a file to its end against a public key. The outer error is one of reading.
pub fn check(mut file: impl BufRead, public_key: &str) -> std::io::Result<Result<Checked, BadLine>> {
    let (mut sum, mut head, mut line, mut bytes) = (Sha256::new(), Value::Null, 0, Vec::new());
    loop {
        let bad = |line, why| Ok(Err(BadLine { line, why }));
        line += 1;
        bytes.clear();
        if file.read_until(b'\n', &mut bytes)? == 0 {
            return bad(line, "is missing: the end was cut off, and the signature with it");
        }
        let Some(end) = sound_end(&mut sum, &bytes) else { return bad(line, "is not as it was signed") };
        if line == 1 {
            head = serde_json::from_slice(&bytes).unwrap_or_default();
            if (&head["evidence"], &head["version"]) != (&Value::from(MARK), &Value::from(1)) {
                return bad(line, "does not begin a signed export of a version that is known here");
            }
        }
        match end {
            End::Row => {}
            End::Signature { sum, signature } if !is_signed(public_key, message(&sum).as_bytes(), &signature) => {
                return bad(line, "is not signed with this key: the file is of another installation, or was written anew");
            }
            End::Signature { .. } => {
                bytes.clear();
                if file.read_until(b'\n', &mut bytes)? > 0 {
                    return bad(line + 1, "was put after the signature");
                }
                let text = |field: &str| head[field].as_str().unwrap_or_default().to_owned();
                return Ok(Ok(Checked { rows: line.saturating_sub(2), what: text("of"), at: text("at") }));
            }
        }
    }
}

/// How a line ends whose sum is right.
enum End {
    Row,
    Signature { sum: String, signature: String },
}

fn sound_end(sum: &mut Sha256, line: &[u8]) -> Option<End> {
    let at = line.windows(SUM.len()).rposition(|window| window == SUM.as_bytes())?;
    let (open, end) = line.split_at(at);
    sum.update(open);
    let right = hex(&sum.clone().finalize());
    sum.update(end);
    let end = std::str::from_utf8(end).ok()?.strip_prefix(SUM)?.strip_prefix(&right)?;
    match end.strip_prefix("\",\"signature\":\"").and_then(|rest| rest.strip_suffix("\"}\n")) {
        Some(signature) => Some(End::Signature { sum: right, signature: signature.to_owned() }),
        None => (end == "\"}\n").then_some(End::Row),
    }
}
