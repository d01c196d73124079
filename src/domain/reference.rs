//! Where code asks for a flag: places in source trees that were searched.

use super::flag::Problem;
use super::text::is_misleading;
use serde::{Deserialize, Serialize};

/// A source tree that was searched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scan {
    /// What the tree is called: `shop/web`. A later search of it takes this one's place.
    pub repository: String,
    #[serde(default)]
    pub branch: String,
    #[serde(default)]
    pub commit: String,
}

/// A place that names a flag.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    pub key: String,
    /// From the top of the tree, with `/`.
    pub file: String,
    /// From 1.
    pub line: u32,
}

/// The same with the tree it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub repository: String,
    pub file: String,
    pub line: u32,
}

impl Place {
    /// `shop/web: src/cart.rs:12`
    pub fn said(&self) -> String {
        format!("{}: {}:{}", self.repository, self.file, self.line)
    }
}

/// What is sent to a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upload {
    pub scan: Scan,
    pub references: Vec<Reference>,
}

/// The most places that one search may bring.
pub const MOST: usize = 20_000;
/// The most source trees that a project keeps the newest search of.
pub const MOST_REPOSITORIES: usize = 100;

const PLAIN: &str = "Leave out line breaks, control characters and signs that turn the direction of writing.";

impl Scan {
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        let length = self.repository.trim().chars().count();
        if length == 0 || length > 200 {
            found.push(Problem::new("repository", "Name the source tree in 1 to 200 characters, such as shop/web."));
        }
        for (name, text) in [("branch", &self.branch), ("commit", &self.commit)] {
            if text.chars().count() > 200 {
                found.push(Problem::new(name, "At most 200 characters."));
            }
        }
        for (name, text) in [("repository", &self.repository), ("branch", &self.branch), ("commit", &self.commit)] {
            if text.contains(is_misleading) {
                found.push(Problem::new(name, PLAIN));
            }
        }
        found
    }
}

/// What keeps places from being kept; the first of them is told.
pub fn problems(references: &[Reference]) -> Vec<Problem> {
    if references.len() > MOST {
        return vec![Problem::new("references", format!("At most {MOST} places; these are {}.", references.len()))];
    }
    let wrong = |one: &&Reference| {
        one.key.is_empty() || one.key.len() > 128 || one.file.is_empty() || one.file.len() > 1_000 || one.line == 0
    };
    let told = |one: &Reference| {
        let message = "A place has a flag's key, a file of 1 to 1000 bytes, and a line from 1.";
        Problem::new("references", format!("{message} This is {}:{} for {:?}.", one.file, one.line, one.key))
    };
    let misleading = |one: &&Reference| one.file.contains(is_misleading) || one.key.contains(is_misleading);
    let of_names = references
        .iter()
        .find(misleading)
        .map(|one| Problem::new("references", format!("The file {:?} cannot be shown as it is called. {PLAIN}", one.file)));
    references.iter().find(wrong).map(told).or(of_names).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_they_look_like() {
        let scan = |repository: &str, branch: &str, commit: &str| Scan {
            repository: repository.to_owned(),
            branch: branch.to_owned(),
            commit: commit.to_owned(),
        };
        let fields = |scan: Scan| scan.problems().into_iter().map(|problem| problem.field).collect::<Vec<_>>();
        assert_eq!(fields(scan("shop/wéb", "feature/ünïcode", "1f2e")), Vec::<String>::new());
        assert_eq!(fields(scan("shop\n/web", "a\u{202e}b", "c\u{2066}")), ["repository", "branch", "commit"]);
        assert_eq!(fields(scan("", "", "")), ["repository"]);
        let place = |file: &str| Reference { key: "a".to_owned(), file: file.to_owned(), line: 1 };
        assert!(problems(&[place("src/käse.rs"), place("src/my file.rs")]).is_empty());
        for file in ["src/a\tb.rs", "src/\u{202e}sr.a", "src/a\u{2028}b", "\u{1b}[31m"] {
            let found = problems(&[place("src/a.rs"), place(file)]);
            assert!(found.len() == 1 && found[0].message.contains("control characters"), "{file:?}: {found:?}");
        }
    }
}
