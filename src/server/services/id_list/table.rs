//! A column of a table: CSV as spreadsheets write it, with whichever sign sets its cells apart.

use super::Reading;
use csv::{ReaderBuilder, StringRecord};

pub(super) fn read(text: &str, column: &str, reading: &mut Reading) -> Result<(), String> {
    let mut table =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(text)).from_reader(text.as_bytes());
    let (mut record, mut at) = (StringRecord::new(), None);
    while table.read_record(&mut record).map_err(|e| format!("It cannot be read as a table: {e}."))? {
        match at {
            Some(at) => reading.take(record.get(at).unwrap_or_default(), line(&record)),
            None if column.is_empty() => {
                at = Some(0);
                reading.take(record.get(0).unwrap_or_default(), line(&record));
            }
            None => {
                let found = place(&record, column)?;
                reading.found.header = record.get(found).map(|name| name.trim().to_owned());
                at = Some(found);
            }
        }
    }
    Ok(())
}

/// Where the record began in the file, from 1.
fn line(record: &StringRecord) -> usize {
    record.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(usize::MAX))
}

/// Which cell of the header is called `column`, in any case.
fn place(header: &StringRecord, column: &str) -> Result<usize, String> {
    let wanted = column.to_lowercase();
    let found = header.iter().position(|name| name.trim().to_lowercase() == wanted);
    found.ok_or_else(|| {
        let names: Vec<String> =
            header.iter().take(MOST_NAMES).map(|name| name.trim().chars().take(LONGEST_NAME).collect()).collect();
        format!("No column of the first line is called {column}; there are: {}.", names.join(", "))
    })
}

/// Columns that a refusal names, and the characters of each.
const MOST_NAMES: usize = 20;
const LONGEST_NAME: usize = 40;

/// The sign that sets the cells of the first line apart; programs in half of Europe write semicolons.
fn delimiter(text: &str) -> u8 {
    let mut inside = false;
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    for byte in text.lines().next().unwrap_or_default().bytes() {
        inside ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(sign, _)| *sign == byte && !inside) {
            *count += 1;
        }
    }
    // The first of equals, so that a file of one column is read by commas.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(sign, _)| *sign)
}
