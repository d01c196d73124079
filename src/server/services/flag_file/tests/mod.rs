//! Files as teams write them, and as they get them wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod broken;
mod good;
mod merging;

use super::*;
use crate::domain::id::UserId;

pub(super) fn now() -> Timestamp {
    Timestamp::parse("2026-10-01T12:00:00Z").unwrap()
}

/// Runs `with` on the setting of a project without flags, whose only member is Ada.
pub(super) fn in_project<T>(with: impl FnOnce(Setting<'_>) -> T) -> T {
    in_project_with(&Kinds::default(), with)
}

/// The same, where new flags start with something else.
pub(super) fn in_project_with<T>(kinds: &Kinds, with: impl FnOnce(Setting<'_>) -> T) -> T {
    let segments = Segments::new();
    with(Setting {
        lint: None,
        kinds: kinds.clone(),
        now: now(),
        importer: Owner::Unclaimed("console".to_owned()),
        importer_name: "console",
        naming_pattern: Some(SNAKE_CASE),
        owners: HashMap::from([("ada@shop.example".to_owned(), Owner::Person(UserId::from_text("u1")))]),
        existing: HashMap::new(),
        segments: &segments,
        present: Present::default(),
    })
}

pub(super) fn read(text: &str) -> Result<FlagFile, Vec<Finding>> {
    in_project(|setting| parse(text.as_bytes(), &setting)).map(|file| match file {
        File::Short(file) => file,
        File::Long(file) => panic!("in the long form: {file:?}"),
    })
}

/// The one flag of a file that must be good.
pub(super) fn only(text: &str) -> ImportedFlag {
    let mut file = read(text).unwrap_or_else(|findings| panic!("{findings:?}\n{text}"));
    assert_eq!(file.flags.len(), 1, "{text}");
    file.flags.remove(0)
}

/// A flag called `a` with these lines, each indented as needed.
pub(super) fn flag_a(lines: &str) -> String {
    let body: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    format!("flags:\n  a:\n{body}")
}
