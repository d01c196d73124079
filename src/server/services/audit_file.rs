//! The audit as a file, for who keeps or studies it elsewhere: CSV or JSON Lines, oldest first, read in batches so that the
//! whole of it is never in memory.
//!
//! `before`, `after` and `mac` are the stored bytes, so that the chain can be checked against a file; to viewers the
//! documents are masked as on the page, and private values are left out of personas for everybody.

use super::audit::{Schemas, Wanted, add_schemas, names, shown};
use super::projects::OpenProject;
use super::users::for_owners;
use crate::domain::actor::Actor;
use crate::domain::attribute::Schema;
use crate::domain::change::{Change, sentence};
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::state::AppState;
use crate::server::store::Db;
use crate::server::store::audit::{self as rows, AuditFilter, AuditRow, SizedRow};
use serde_json::Value;
use std::collections::HashMap;

/// Rows read at a time, fewer where they are long.
pub const BATCH: usize = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    JsonLines,
}

/// The columns of `audit_log`, and what the page says of the row.
const COLUMNS: [&str; 12] =
    ["seq", "at", "actor", "action", "project", "environment", "object", "before", "after", "reason", "mac", "said"];

/// A file on its way. It ends with the newest row of the moment it was asked for.
#[derive(Debug)]
pub struct AuditFile {
    db: Db,
    format: Format,
    filter: AuditFilter,
    role: Role,
    /// Of the projects whose rows were read so far.
    schemas: Schemas,
    names: HashMap<String, String>,
    is_begun: bool,
    is_over: bool,
}

/// The rows of a project that `wanted` asks for; its place among pages is left out of account.
pub async fn open(state: &AppState, project: &OpenProject, wanted: &Wanted, format: Format) -> Result<AuditFile, Error> {
    let filter = AuditFilter { project: Some(project.key().to_string()), ..wanted.filter() };
    opened(state, project.role, filter, format).await
}

/// The same of the whole installation, projects that are gone included, or of one `project`; for its owners.
pub async fn of_installation(
    state: &AppState,
    actor: &Actor,
    project: Option<String>,
    wanted: &Wanted,
    format: Format,
) -> Result<AuditFile, Error> {
    for_owners(actor)?;
    opened(state, Role::Admin, AuditFilter { project, ..wanted.filter() }, format).await
}

async fn opened(state: &AppState, role: Role, filter: AuditFilter, format: Format) -> Result<AuditFile, Error> {
    let mut cx = state.db.read().await?;
    let newest = rows::head(&mut cx).await?.map_or(0, |(seq, _)| seq);
    let filter = AuditFilter { after_seq: Some(0), before_seq: Some(newest + 1), ..filter };
    let names = names(&mut cx).await?;
    let db = state.db.clone();
    Ok(AuditFile { db, format, filter, role, schemas: Schemas::new(), names, is_begun: false, is_over: false })
}

impl AuditFile {
    /// The next piece; `None` after the last one.
    pub async fn next(&mut self) -> Result<Option<String>, Error> {
        if self.is_over {
            return Ok(None);
        }
        // Between batches the connection goes back: whoever downloads may be slow.
        let mut cx = self.db.read().await?;
        let mut outlines = rows::outlines(&mut cx, &self.filter, i64::try_from(BATCH).unwrap_or(i64::MAX)).await?;
        let fitting = rows::fitting(outlines.iter().map(SizedRow::bytes), rows::AT_ONCE_BYTES);
        self.is_over = outlines.len() < BATCH && fitting == outlines.len();
        outlines.truncate(fitting);
        let seqs: Vec<i64> = outlines.iter().map(|sized| sized.row.seq).collect();
        let documents = rows::documents(&mut cx, &seqs).await?;
        add_schemas(&mut self.schemas, &mut cx, outlines.iter().map(|sized| &sized.row)).await?;
        drop(cx);
        self.filter.after_seq = seqs.last().copied().or(self.filter.after_seq);
        let mut documents: HashMap<i64, _> = documents.into_iter().map(|(seq, before, after)| (seq, (before, after))).collect();
        let mut piece = String::new();
        if self.format == Format::Csv && !self.is_begun {
            piece.push_str(&csv_line(COLUMNS.map(Some)));
        }
        self.is_begun = true;
        for SizedRow { row, .. } in outlines {
            let (before, after) = documents.remove(&row.seq).unwrap_or_default();
            piece.push_str(&self.line(AuditRow { before, after, ..row }));
        }
        Ok(Some(piece))
    }

    fn line(&self, mut row: AuditRow) -> String {
        let none = Schema::default();
        let schema = row.project.as_ref().and_then(|key| self.schemas.get(key)).unwrap_or(&none);
        let before = self.document(&mut row.before, schema);
        let after = self.document(&mut row.after, schema);
        let who = self.names.get(&row.actor).unwrap_or(&row.actor).clone();
        let readable = [before.is_some(), after.is_some()];
        let said = said(&row, before, after, who);
        match self.format {
            Format::Csv => csv(&row, &said),
            Format::JsonLines => json(&row, &said, readable),
        }
    }

    /// Reads a document; for viewers masks it in the row too. One that cannot be read stays text, unseen by viewers.
    fn document(&self, text: &mut Option<String>, schema: &Schema) -> Option<Value> {
        let stored = text.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok());
        let value = stored.clone().map(|value| shown(value, self.role, schema));
        if self.role > Role::Viewer && value == stored {
            return value;
        }
        *text = text.as_ref().map(|_| value.as_ref().map_or_else(|| "unreadable".to_owned(), Value::to_string));
        value
    }
}

fn said(row: &AuditRow, before: Option<Value>, after: Option<Value>, who: String) -> String {
    sentence(&Change {
        seq: row.seq,
        at: Timestamp::parse(&row.at).unwrap_or(Timestamp::from_millis(0)),
        actor: row.actor.clone(),
        who,
        action: row.action.clone(),
        project: row.project.clone(),
        environment: row.environment.clone(),
        object: row.object.clone(),
        before,
        after,
        reason: row.reason.clone(),
    })
}

fn csv(row: &AuditRow, said: &str) -> String {
    let seq = row.seq.to_string();
    csv_line([
        Some(&seq),
        Some(&row.at),
        Some(&row.actor),
        Some(&row.action),
        row.project.as_deref(),
        row.environment.as_deref(),
        Some(&row.object),
        row.before.as_deref(),
        row.after.as_deref(),
        row.reason.as_deref(),
        Some(&row.mac),
        Some(said),
    ])
}

/// A record after RFC 4180.
fn csv_line(cells: [Option<&str>; COLUMNS.len()]) -> String {
    let cells = cells.map(|cell| csv_cell(cell.unwrap_or_default()));
    cells.join(",") + "\r\n"
}

/// A cell that a spreadsheet would run as a formula gets an apostrophe in front.
fn csv_cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    match text.contains([',', '"', '\r', '\n']) {
        true => format!("\"{guard}{}\"", text.replace('"', "\"\"")),
        false => format!("{guard}{text}"),
    }
}

/// An object on one line; `before` and `after` are the documents themselves where they are `readable`.
fn json(row: &AuditRow, said: &str, readable: [bool; 2]) -> String {
    let text = |text: Option<&str>| Value::from(text).to_string();
    let document = |stored: Option<&str>, readable: bool| match stored {
        // As it is stored, to the byte: written by serde, it holds no line break.
        Some(stored) if readable && !stored.contains(['\n', '\r']) => stored.to_owned(),
        other => text(other),
    };
    let values = [
        row.seq.to_string(),
        text(Some(&row.at)),
        text(Some(&row.actor)),
        text(Some(&row.action)),
        text(row.project.as_deref()),
        text(row.environment.as_deref()),
        text(Some(&row.object)),
        document(row.before.as_deref(), readable[0]),
        document(row.after.as_deref(), readable[1]),
        text(row.reason.as_deref()),
        text(Some(&row.mac)),
        text(Some(said)),
    ];
    let pairs: Vec<String> = COLUMNS.iter().zip(values).map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}\n", pairs.join(","))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be_and_run_nothing() {
        let table = [
            ("", ""),
            ("plain text", "plain text"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"),
            ("+49 30", "'+49 30"),
            ("-5", "'-5"),
            ("@sum", "'@sum"),
            ("\tx", "'\tx"),
            ("\rx", "\"'\rx\""),
            ("=a,b", "\"'=a,b\""),
            ("1-1", "1-1"),
            ("{\"a\":1}", "\"{\"\"a\"\":1}\""),
        ];
        for (text, cell) in table {
            assert_eq!(csv_cell(text), cell, "{text:?}");
        }
    }

    #[test]
    fn a_json_line_keeps_stored_documents_and_survives_broken_ones() {
        let row = AuditRow {
            seq: 7,
            at: "2026-11-30T09:00:00.000Z".to_owned(),
            actor: "console".to_owned(),
            action: "flag.edit".to_owned(),
            project: Some("shop".to_owned()),
            environment: None,
            object: "flag:a".to_owned(),
            before: Some("{\"share\":1.50}".to_owned()),
            after: Some("{\"cut".to_owned()),
            reason: Some("two\nlines \"quoted\"".to_owned()),
            mac: "m".to_owned(),
        };
        let line = json(&row, "said", [true, false]);
        assert!(line.contains("\"before\":{\"share\":1.50},"), "{line}");
        let read: Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&read["after"], &read["environment"]), (&Value::from("{\"cut"), &Value::Null));
        assert_eq!(read["reason"], "two\nlines \"quoted\"");
        assert_eq!(read.as_object().unwrap().keys().collect::<Vec<_>>(), COLUMNS);
        assert_eq!(line.matches('\n').count(), 1);
    }
}
