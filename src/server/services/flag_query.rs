//! The flag list's search, as it stands in the URL. Pure.
//!
//! Words match key and description. `owner:`, `tag:`, `kind:`, `status:` and `expires:` narrow; `env:production is:on`
//! asks for one environment, `is:on` alone for any. Values with spaces are quoted: `owner:"Payments team"`.

use super::status::Stage;
use crate::domain::flag::FlagKind;

/// The language by example, for whoever tells people of it.
pub const EXAMPLES: [(&str, &str); 10] = [
    ("checkout", "A word of the key or the description; several words must all be there"),
    ("owner:me", "Yours; or a part of a name: owner:ada, owner:\"Payments team\""),
    ("owner:nobody", "With no owner who could act: a name nobody claimed, an empty team, somebody who left"),
    ("tag:web", "With this tag; given twice, both are wanted"),
    (
        "status:rolling-out",
        "Or created, in-development, internal, partly-on, fully-on, ready-to-remove, expired, permanent, off, archived",
    ),
    ("kind:kill-switch", "Or release, experiment, permission, operational"),
    ("is:on", "On in any environment; is:off alike"),
    ("env:production is:on", "On in that one"),
    ("expires:soon", "Within 14 days"),
    ("expires:overdue", "Past its last day"),
];

/// One request to the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FlagQuery {
    pub words: Vec<String>,
    pub owner: Option<String>,
    pub tags: Vec<String>,
    pub kind: Option<String>,
    pub status: Option<String>,
    pub environment: Option<String>,
    /// `on` or `off`.
    pub is: Option<String>,
    /// `overdue` or `soon` (14 days).
    pub expires: Option<String>,
    /// What could not be read, told above the list.
    pub unknown: Vec<String>,
}

impl FlagQuery {
    pub fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for token in tokens(text) {
            match token.split_once(':') {
                Some((name, value)) if !value.is_empty() => query.narrow(&token, name, value),
                _ => query.words.push(token.to_lowercase()),
            }
        }
        query
    }

    fn narrow(&mut self, token: &str, name: &str, value: &str) {
        let value = value.to_lowercase();
        match name {
            "owner" => self.owner = Some(value),
            "tag" => self.tags.push(value),
            "kind" if FlagKind::parse(&value.replace('-', "_")).is_some() => self.kind = Some(value.replace('-', "_")),
            "status" if stage(&value).is_some() => self.status = stage(&value).map(|stage| stage.as_str().to_owned()),
            "env" | "environment" => self.environment = Some(value),
            "is" if matches!(value.as_str(), "on" | "off") => self.is = Some(value),
            "expires" if matches!(value.as_str(), "overdue" | "soon") => self.expires = Some(value),
            _ => self.unknown.push(token.to_owned()),
        }
    }
}

/// A status by its name, or by the words that are shown for it: `on-for-some`, `fully on · 41 days`.
fn stage(text: &str) -> Option<Stage> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let words = words.join("-");
    let begins = |with: &str| words.strip_prefix(with).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    match () {
        () if begins("on-for") || (begins("on") && words.ends_with("variants")) => Some(Stage::Partial),
        () if begins("rollout-paused") || begins("rollout-scheduled") => Some(Stage::RollingOut),
        () => Stage::ALL.into_iter().find(|stage| begins(stage.as_str())),
    }
}

/// Splits at spaces, but for those within double quotes, which fall away.
fn tokens(text: &str) -> Vec<String> {
    let (mut found, mut token, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => found.push(std::mem::take(&mut token)),
            c => token.push(c),
        }
    }
    found.push(token);
    found.retain(|token| !token.is_empty());
    found
}

/// The column that orders the list, and whether backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    #[default]
    Key,
    Status,
    Seen,
    Expires,
    Updated,
}

impl Sort {
    /// Reads `seen` or `-seen`; anything else is the default.
    pub fn parse(text: &str) -> (Self, bool) {
        let (name, backwards) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let sort = match name {
            "status" => Self::Status,
            "seen" => Self::Seen,
            "expires" => Self::Expires,
            "updated" => Self::Updated,
            _ => Self::Key,
        };
        (sort, backwards)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read() {
        let query = FlagQuery::parse(
            r#"owner:"Payments team" tag:web Check kind:kill-switch status:off env:production is:on is:maybe x:y status:lost kind:odd"#,
        );
        assert_eq!(query.owner.as_deref(), Some("payments team"));
        assert_eq!(query.tags, ["web"]);
        assert_eq!(query.words, ["check"]);
        assert_eq!((query.kind.as_deref(), query.status.as_deref()), (Some("kill_switch"), Some("off")));
        assert_eq!(query.environment.as_deref(), Some("production"));
        assert_eq!(query.is.as_deref(), Some("on"));
        assert_eq!(query.unknown, ["is:maybe", "x:y", "status:lost", "kind:odd"]);
        assert_eq!(FlagQuery::parse("  "), FlagQuery::default());
        assert_eq!(FlagQuery::parse("tag:").words, ["tag:"]);
    }

    #[test]
    fn what_is_told_of_the_language_is_what_it_reads() {
        for (example, about) in EXAMPLES {
            let query = FlagQuery::parse(example);
            assert!(query.unknown.is_empty() && query != FlagQuery::default(), "{example}");
            for more in about.split([' ', ',', ';']).filter(|word| word.contains(':') && !word.ends_with(':')) {
                assert!(FlagQuery::parse(more).unknown.is_empty(), "{more}");
            }
        }
        let told = |name: &str| -> String {
            let lines = EXAMPLES.iter().filter(|(example, _)| example.starts_with(name));
            lines.map(|(example, about)| format!("{example} {about}")).collect()
        };
        for stage in Stage::ALL {
            assert!(told("status:").contains(stage.as_str()), "{}", stage.as_str());
        }
        for kind in FlagKind::ALL {
            assert!(told("kind:").contains(&kind.as_str().replace('_', "-")), "{}", kind.as_str());
        }
    }

    #[test]
    fn a_status_is_understood_by_the_words_shown_for_it() {
        for (typed, status) in [
            ("on-for-some", Some("partly-on")),
            ("\"On · 3 variants\"", Some("partly-on")),
            ("\"Ready to remove · 120 days\"", Some("ready-to-remove")),
            ("\"Internal · chosen users\"", Some("internal")),
            ("\"Fully on · 41 days\"", Some("fully-on")),
            ("\"Rollout paused · 10 %\"", Some("rolling-out")),
            ("Off", Some("off")),
            ("offline", None),
            ("on", None),
        ] {
            assert_eq!(FlagQuery::parse(&format!("status:{typed}")).status.as_deref(), status, "{typed}");
        }
    }

    #[test]
    fn a_sort_is_read() {
        assert_eq!(Sort::parse("-seen"), (Sort::Seen, true));
        assert_eq!(Sort::parse(""), (Sort::Key, false));
        assert_eq!(Sort::parse("nonsense"), (Sort::Key, false));
    }
}
