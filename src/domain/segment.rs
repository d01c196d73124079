//! A named group of contexts that several flags may ask for.

use super::condition::Condition;
use super::count::counted;
use super::flag::Problem;
use super::key::SegmentKey;
use serde::{Deserialize, Serialize};

/// Include list, exclude list and groups of conditions. Exclude wins; any group, all conditions in it.
/// A segment does not ask for another segment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    pub key: SegmentKey,
    pub name: String,
    #[serde(default)]
    pub description: String,
    /// Targeting keys that are always in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Targeting keys that are never in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Vec<Condition>>,
}

/// The page of a new segment has this in place of a key.
const NEW: &str = "new";

/// The most ids in one list.
pub const MAX_IDS: usize = 200_000;
/// The most characters of an id. Addresses have up to 254.
pub const MAX_ID: usize = 256;

/// Why a text cannot be put on a list by hand or by a file of ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unfit {
    TooLong,
    /// A line break, a tab or another character that nobody sees.
    Control,
}

impl Unfit {
    /// What is wrong with an id, which is neither empty nor has white space around it.
    pub fn of(id: &str) -> Option<Self> {
        if id.chars().count() > MAX_ID {
            return Some(Self::TooLong);
        }
        id.contains(char::is_control).then_some(Self::Control)
    }
}

/// Whether an id survives a text with one id a line.
pub fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.trim() == id && !id.contains(char::is_control)
}

impl Segment {
    /// Everything that is wrong with it but its conditions, which are checked where they are compiled. An id may hold what no
    /// form takes: files bring what programs send.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.key.as_str() == NEW {
            found.push(Problem::new("key", "new is the address of a page; choose another key."));
        }
        if self.name.trim().is_empty() || self.name.chars().count() > 200 {
            found.push(Problem::new("name", "Write a name of 1 to 200 characters, such as Beta testers."));
        }
        if self.description.chars().count() > 2_000 {
            found.push(Problem::new("description", "At most 2000 characters."));
        }
        found.extend([("include", &self.include), ("exclude", &self.exclude)].into_iter().filter_map(list_problem));
        found
    }

    /// Whether the two take the same contexts in: then nobody's answer changes from one to the other.
    pub fn has_same_members(&self, other: &Self) -> bool {
        self.include == other.include && self.exclude == other.exclude && self.groups == other.groups
    }
}

fn list_problem((field, ids): (&str, &Vec<String>)) -> Option<Problem> {
    let number = |count: usize| counted(u64::try_from(count).unwrap_or(u64::MAX));
    if ids.len() > MAX_IDS {
        let message = format!(
            "At most {} ids in a list; this has {}. Describe so many by a condition on an attribute instead.",
            number(MAX_IDS),
            number(ids.len())
        );
        return Some(Problem::new(field, message));
    }
    let (at, id) = ids.iter().enumerate().find(|(_, id)| id.chars().count() > MAX_ID)?;
    let start: String = id.chars().take(20).collect();
    Some(Problem::new(field, format!("An id has at most {MAX_ID} characters; number {}, {start}…, has more.", at + 1)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn segment(include: Vec<String>) -> Segment {
        let key = SegmentKey::parse("beta").unwrap();
        Segment { key, name: "Beta".into(), description: String::new(), include, exclude: Vec::new(), groups: Vec::new() }
    }

    #[test]
    fn limits_are_told() {
        let ids = |count: usize| (0..count).map(|n| format!("user_{n}")).collect::<Vec<_>>();
        assert_eq!(segment(ids(MAX_IDS)).problems(), []);
        let long = |length: usize| vec!["a".to_owned(), "x".repeat(length)];
        assert_eq!(segment(long(MAX_ID)).problems(), []);
        for (segment, field, said) in [
            (segment(ids(MAX_IDS + 1)), "include", "At most 200\u{a0}000 ids in a list; this has 200\u{a0}001."),
            (segment(long(MAX_ID + 1)), "include", "at most 256 characters; number 2, xxxxxxxxxxxxxxxxxxxx…, has more."),
            (Segment { name: " ".into(), ..segment(Vec::new()) }, "name", "Beta testers"),
            (Segment { key: SegmentKey::parse("new").unwrap(), ..segment(Vec::new()) }, "key", "address of a page"),
        ] {
            let found = segment.problems();
            assert!(found.len() == 1 && found[0].field == field && found[0].message.contains(said), "{found:?}");
        }
    }

    #[test]
    fn what_nobody_sees_is_no_part_of_an_id() {
        for id in ["user_1", "a,b", "\"quoted\"", "<script>", "👩‍🚀", "two words", "ünïcode"] {
            assert!(Unfit::of(id).is_none() && is_plain(id), "{id}");
        }
        for id in ["a\nb", "a\tb", "a\0b", "\u{7}"] {
            assert!(Unfit::of(id) == Some(Unfit::Control) && !is_plain(id), "{id:?}");
        }
        assert_eq!(Unfit::of(&"é".repeat(MAX_ID + 1)), Some(Unfit::TooLong));
        assert!(!is_plain(" a") && !is_plain(""));
    }
}
