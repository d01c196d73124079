//! The table as values.

use super::callers::Caller;

/// A key of as many letters as `shop`, which no project has.
pub const ABSENT: &str = "posh";

#[derive(Debug, Clone)]
pub struct Row {
    pub method: String,
    /// As the router writes it.
    pub path: String,
    /// A form's fields, url-encoded; a server function's arguments alike.
    pub body: String,
    /// An outcome for each of [`Caller::ALL`].
    pub cells: Vec<String>,
}

/// `METHOD PATH [BODY] = CELL …`, after `#` what is not read.
pub fn rows() -> Vec<Row> {
    let lines = include_str!("table.txt").lines().map(|line| line.split('#').next().unwrap().trim());
    lines.filter(|line| !line.is_empty()).map(row).collect()
}

fn row(line: &str) -> Row {
    let (request, cells) = line.rsplit_once(" = ").unwrap_or_else(|| panic!("no cells in {line:?}"));
    let mut words = request.split_whitespace();
    let (method, path) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
    let body = words.next().unwrap_or_default().to_owned();
    let cells: Vec<String> = cells.split_whitespace().map(str::to_owned).collect();
    assert_eq!(cells.len(), Caller::ALL.len(), "{line:?}");
    Row { method, path, body, cells }
}

impl Row {
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
    pub fn mentions_project(&self) -> bool {
        self.path.contains("{project}") || self.body.contains("project=shop")
    }
    /// The same request, for a project that does not exist.
    pub fn in_absent_project(&self) -> Self {
        let body = self.body.replace("project=shop", &format!("project={ABSENT}"));
        Self { path: self.path.replace("{project}", ABSENT), body, ..self.clone() }
    }
}
