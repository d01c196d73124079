//! Ids that come with the form, in a file or pasted: which list they go to, and how.

use crate::domain::flag::Problem;
use crate::domain::segment::Segment;
use crate::pages::fields::Fields;
use crate::pages::upload::SentFile;
use crate::server::services::id_list::{self, How, ReadAs, Report};

/// The largest file that is taken, in bytes.
pub const MAX_FILE: usize = 16 * 1024 * 1024;

/// A file that came before goes along with the form, so that it need not be chosen again.
pub const KEPT: &str = "ids.kept";
pub const KEPT_NAME: &str = "ids.kept_name";
pub const CONTENT: &str = "ids.content";
pub const LIST: &str = "ids.list";
pub const HOW: &str = "ids.how";
pub const READ_AS: &str = "ids.read_as";
pub const COLUMN: &str = "ids.column";
pub const DROP: &str = "ids.drop";

/// The fields as texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdsForm {
    pub content: String,
    pub kept: String,
    pub kept_name: String,
    pub list: String,
    pub how: String,
    pub read_as: String,
    pub column: String,
}

impl IdsForm {
    pub fn from_pairs(pairs: &[(String, String)]) -> Self {
        let text = |name: &str| pairs.iter().find(|(key, _)| key == name).map_or(String::new(), |(_, value)| value.clone());
        Self {
            content: text(CONTENT),
            kept: text(KEPT),
            kept_name: text(KEPT_NAME),
            list: text(LIST),
            how: text(HOW),
            read_as: text(READ_AS),
            column: text(COLUMN),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.content.trim().is_empty() && self.kept.trim().is_empty()
    }

    /// Where they come from, in a word or two.
    pub fn source(&self) -> &str {
        match (self.content.trim().is_empty(), self.kept_name.as_str()) {
            (false, _) => "pasted",
            (true, "") => "the file",
            (true, name) => name,
        }
    }

    /// Which list they go to.
    pub fn field(&self) -> &'static str {
        if self.list == "exclude" { "exclude" } else { "include" }
    }

    /// Puts the ids where they belong; `None` where there are none.
    pub fn apply(&self, segment: &mut Segment, problems: &mut Vec<Problem>) -> Option<Report> {
        if self.is_empty() {
            return None;
        }
        let pasted = !self.content.trim().is_empty();
        let (text, name, field) =
            if pasted { (&self.content, "", CONTENT) } else { (&self.kept, self.kept_name.as_str(), "file") };
        let how = How::parse(&self.how).unwrap_or_default();
        match id_list::read(text.as_bytes(), ReadAs::of(&self.read_as, name, &self.column), &self.column) {
            Ok(found) => {
                let list = if self.field() == "exclude" { &mut segment.exclude } else { &mut segment.include };
                let (after, report) = id_list::merge(list, &found, how);
                *list = after;
                Some(report)
            }
            Err(why) => {
                problems.push(Problem::new(field, why));
                None
            }
        }
    }
}

/// Puts a file among the fields, in place of one that came before. A file that is no text stays out, with the reason.
pub fn keep(fields: &mut Fields, file: Option<SentFile>) -> Result<(), Problem> {
    if fields.is_checked(DROP) {
        fields.0.retain(|(name, _)| !matches!(name.as_str(), KEPT | KEPT_NAME | DROP));
    }
    let Some(file) = file else { return Ok(()) };
    let text = id_list::text(&file.bytes).map_err(|why| Problem::new("file", why))?;
    // What is chosen last counts.
    fields.0.retain(|(name, _)| !matches!(name.as_str(), KEPT | KEPT_NAME | CONTENT));
    fields.0.push((KEPT.to_owned(), text.to_owned()));
    fields.0.push((KEPT_NAME.to_owned(), file.name));
    Ok(())
}
