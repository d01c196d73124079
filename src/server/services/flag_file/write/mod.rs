//! The long form as text. The same document is always the same bytes, whatever order it was put together in.

mod layout;
mod scalar;
mod tree;

use super::document::Document;
use crate::domain::id::UserId;
use std::collections::HashMap;

/// How a file is written. Both say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    #[default]
    Yaml,
    Json,
}

impl Format {
    pub const ALL: [Self; 2] = [Self::Yaml, Self::Json];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::Json => "json",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == text)
    }
}

const HEAD: &str = "\
# A project of Flagstaff in the long form. `flagstaff import --project KEY FILE` reads it.
# Shares are percentages, to 0.01. Instants are RFC 3339, in UTC. What is left out has its default.
# An owner is a person's e-mail address, team:KEY, or a name that nobody has claimed yet.
";
const MASKED: &str = "\
# Individual targets and id lists are hidden from viewers, so this file cannot be imported. Ask an editor for an export.
";

/// Writes a document. `masked`: how many individual targets and ids there are, not which.
pub fn text(document: &Document, emails: &HashMap<UserId, String>, masked: bool, format: Format) -> String {
    let root = tree::root(document, emails, masked);
    match format {
        Format::Yaml => format!("{HEAD}{}{}", if masked { MASKED } else { "" }, layout::yaml(&root)),
        Format::Json => layout::json(&root),
    }
}
