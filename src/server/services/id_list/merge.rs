//! A list after ids were added to it, taken from it or put in its place; and what that came to, in a sentence.

use super::IdList;
use crate::domain::count::counted;
use crate::domain::segment::{MAX_ID, Unfit};
use std::collections::{BTreeMap, HashSet};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum How {
    #[default]
    Add,
    Remove,
    /// The list holds what the text holds, and nothing else.
    Replace,
}

impl How {
    pub const ALL: [Self; 3] = [Self::Add, Self::Remove, Self::Replace];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Replace => "replace",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|how| how.as_str() == text)
    }
}

/// What became of the lines of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub how: How,
    pub lines: usize,
    pub twice: usize,
    pub header: Option<String>,
    pub unfit: BTreeMap<Unfit, Vec<usize>>,
    /// Ids of the text that were not on the list, and those that were.
    pub new: usize,
    pub known: usize,
    /// Ids that leave the list.
    pub removed: usize,
}

/// The list after `found`.
pub fn merge(list: &[String], found: &IdList, how: How) -> (Vec<String>, Report) {
    let there: HashSet<&str> = list.iter().map(String::as_str).collect();
    let named: HashSet<&str> = found.ids.iter().map(String::as_str).collect();
    let is_new = |id: &&String| !there.contains(id.as_str());
    let new = found.ids.iter().filter(is_new).count();
    let after: Vec<String> = match how {
        How::Add => list.iter().chain(found.ids.iter().filter(is_new)).cloned().collect(),
        How::Remove => list.iter().filter(|id| !named.contains(id.as_str())).cloned().collect(),
        // What stays keeps its place, so that the history tells only of what came and went.
        How::Replace => {
            let stays = list.iter().filter(|id| named.contains(id.as_str()));
            stays.chain(found.ids.iter().filter(is_new)).cloned().collect()
        }
    };
    let removed = match how {
        How::Add => 0,
        How::Remove => list.len() - after.len(),
        How::Replace => list.iter().filter(|id| !named.contains(id.as_str())).count(),
    };
    let (lines, twice, header, unfit) = (found.lines, found.twice, found.header.clone(), found.unfit.clone());
    (after, Report { how, lines, twice, header, unfit, new, known: found.ids.len() - new, removed })
}

impl Report {
    /// `100 000 lines: 99 120 new, 700 twice in the file, 180 already in the list, 3 too long – lines 7, 19, 30`
    pub fn sentence(&self) -> String {
        let mut parts = match self.how {
            How::Add => vec![(self.new, "new")],
            How::Remove => vec![(self.removed, "removed")],
            How::Replace => vec![(self.new, "new"), (self.known, "kept"), (self.removed, "removed")],
        };
        parts.push((self.twice, "twice in the file"));
        match self.how {
            How::Add => parts.push((self.known, "already in the list")),
            How::Remove => parts.push((self.new, "not in the list")),
            How::Replace => {}
        }
        let told = parts.iter().enumerate().filter(|(at, (count, _))| *at == 0 || *count > 0);
        let told = told.map(|(_, (count, what))| format!("{} {what}", number(*count)));
        let told: Vec<String> = told.chain(self.unfit.iter().map(|(unfit, lines)| left_out(*unfit, lines))).collect();
        let noun = if self.lines == 1 { "line" } else { "lines" };
        format!("{} {noun}: {}", number(self.lines), told.join(", "))
    }

    /// What to know beside the sentence: what was taken for a header, what is left out.
    pub fn notes(&self) -> Vec<String> {
        let header = self.header.as_ref().map(|name| format!("The first line, {name}, was read as the header."));
        let long = self.unfit.contains_key(&Unfit::TooLong);
        let long = long.then(|| format!("An id has at most {MAX_ID} characters; the lines that are too long are left out."));
        let control = self.unfit.contains_key(&Unfit::Control);
        let control =
            control.then(|| "An id holds no line break, tab or control character; the lines with one are left out.".to_owned());
        header.into_iter().chain(long).chain(control).collect()
    }
}

/// Line numbers that are named.
const NAMED: usize = 10;

/// `3 too long – lines 7, 19, 30`
fn left_out(unfit: Unfit, lines: &[usize]) -> String {
    let what = match unfit {
        Unfit::TooLong => "too long",
        Unfit::Control => "with a line break or control character",
    };
    let named: Vec<String> = lines.iter().take(NAMED).map(|line| number(*line)).collect();
    let more = lines.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {} more", number(more)) } else { String::new() };
    let noun = if lines.len() == 1 { "line" } else { "lines" };
    format!("{} {what} – {noun} {}{more}", number(lines.len()), named.join(", "))
}

fn number(count: usize) -> String {
    counted(u64::try_from(count).unwrap_or(u64::MAX))
}
