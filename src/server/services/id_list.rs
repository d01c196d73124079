//! Ids from a file or a text field: one a line, or a column of a table. Pure: bytes in, ids and what became of each line out.

mod merge;
mod table;
#[cfg(test)]
mod tests;

pub use merge::{How, Report, merge};

use crate::domain::segment::Unfit;
use std::collections::{BTreeMap, HashSet};

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadAs {
    /// One id a line, whatever it holds.
    Lines,
    /// Cells set apart by commas, semicolons or tabs, with quotes where one holds such a sign.
    Table,
}

impl ReadAs {
    pub const LINES: &str = "lines";
    pub const TABLE: &str = "table";

    /// What was chosen; where nothing was, what the file's name and a named column say.
    pub fn of(chosen: &str, file_name: &str, column: &str) -> Self {
        let name = file_name.to_ascii_lowercase();
        match chosen {
            Self::LINES => Self::Lines,
            Self::TABLE => Self::Table,
            _ if !column.trim().is_empty() || name.ends_with(".csv") || name.ends_with(".tsv") => Self::Table,
            _ => Self::Lines,
        }
    }
}

/// What a text holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdList {
    /// Each once, in their order.
    pub ids: Vec<String>,
    /// Lines with something on them, without the header.
    pub lines: usize,
    /// Lines whose id stands further up already.
    pub twice: usize,
    /// What the header calls the column, where there is one.
    pub header: Option<String>,
    /// The numbers of the lines that hold no id that could be listed.
    pub unfit: BTreeMap<Unfit, Vec<usize>>,
}

/// What a column of ids is usually called: a first line that says so is no id.
const HEADERS: [&str; 19] = [
    "id",
    "ids",
    "key",
    "keys",
    "user",
    "users",
    "user_id",
    "userid",
    "user id",
    "uid",
    "uuid",
    "targetingkey",
    "targeting_key",
    "targeting key",
    "email",
    "e-mail",
    "customer_id",
    "account_id",
    "company_id",
];

fn is_header(text: &str) -> bool {
    HEADERS.contains(&text.to_lowercase().as_str())
}

/// Reads a text. `column` names the column of a table; none is the first. Fails with a sentence where nothing can be read.
pub fn read(bytes: &[u8], read_as: ReadAs, column: &str) -> Result<IdList, String> {
    let text = text(bytes)?;
    let mut reading = Reading::default();
    match read_as {
        ReadAs::Lines => {
            for (at, line) in text.lines().enumerate() {
                reading.take(line, at + 1);
            }
        }
        ReadAs::Table => table::read(text, column.trim(), &mut reading)?,
    }
    if reading.found.lines == 0 {
        return Err("There is no id in it.".to_owned());
    }
    Ok(reading.found)
}

/// Reads a list as people edit it: one id a line, and no line is a header.
pub fn typed(text: &str) -> IdList {
    let mut reading = Reading { is_headless: true, ..Reading::default() };
    for (at, line) in text.lines().enumerate() {
        reading.take(line, at + 1);
    }
    reading.found
}

/// The bytes as text, without the mark that some programs put in front.
pub fn text(bytes: &[u8]) -> Result<&str, String> {
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let line = bytes[..e.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("Line {line} is no UTF-8. Save the file as text or CSV in UTF-8.")
    })?;
    match text.contains('\0') {
        true => Err("This is no text. Save it as text or CSV in UTF-8.".to_owned()),
        false => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
    }
}

#[derive(Default)]
struct Reading {
    found: IdList,
    seen: HashSet<String>,
    is_headless: bool,
}

impl Reading {
    /// Takes what stands on a line, which may be the header where it is the first.
    fn take(&mut self, text: &str, line: usize) {
        let id = text.trim();
        if id.is_empty() {
            return;
        }
        if !self.is_headless && self.found.lines == 0 && self.found.header.is_none() && is_header(id) {
            self.found.header = Some(id.to_owned());
            return;
        }
        self.found.lines += 1;
        match Unfit::of(id) {
            Some(unfit) => self.found.unfit.entry(unfit).or_default().push(line),
            None if self.seen.contains(id) => self.found.twice += 1,
            None => {
                self.seen.insert(id.to_owned());
                self.found.ids.push(id.to_owned());
            }
        }
    }
}
