//! A policy as a form writes it: from what was posted to a [`Policy`] or problems, and back; pure.

use crate::domain::flag::{FlagKind, Problem};
use crate::domain::policy::{Freeze, Large, Policy, Review, When};
use crate::domain::role::Role;
use crate::domain::rule::{parse_percent, percent_number};
use crate::domain::time::Timestamp;
use crate::server::services::moment;
use std::collections::BTreeMap;

/// The button that asks for another freeze.
pub const ADD: &str = "add_freeze";
/// The one that takes the freeze of its value out.
pub const REMOVE: &str = "remove_freeze";

/// The fields as texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyForm {
    pub review: ReviewForm,
    /// In the order of the kinds; one without `when` is met as everything else.
    pub kinds: Vec<(FlagKind, ReviewForm)>,
    pub growth: String,
    pub kill_switch: bool,
    pub changes: String,
    pub revert: bool,
    pub freezes: Vec<FreezeForm>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReviewForm {
    pub when: String,
    pub quorum: String,
    pub reviewers: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FreezeForm {
    pub name: String,
    pub from: String,
    pub until: String,
}

impl FreezeForm {
    fn is_empty(&self) -> bool {
        [&self.name, &self.from, &self.until].into_iter().all(|text| text.trim().is_empty())
    }
    /// Whether it is over.
    pub fn is_past(&self, now: Timestamp) -> bool {
        moment::parse(&self.until).is_ok_and(|until| until <= now)
    }
}

impl ReviewForm {
    fn of(review: Review) -> Self {
        Self {
            when: review.when.as_str().to_owned(),
            quorum: review.quorum.to_string(),
            reviewers: review.reviewers.as_str().to_owned(),
        }
    }

    fn from_pairs(pairs: &[(String, String)], path: &str) -> Self {
        let text = |part: &str| text(pairs, &format!("{path}.{part}"));
        Self { when: text("when"), quorum: text("quorum"), reviewers: text("reviewers") }
    }

    fn read(&self, path: &str, problems: &mut Vec<Problem>) -> Review {
        let when = When::parse(self.when.trim());
        if when.is_none() {
            problems.push(Problem::new(format!("{path}.when"), "Choose which changes other people look at first."));
        }
        let quorum = self.quorum.trim().parse::<u8>().unwrap_or_else(|_| {
            problems.push(Problem::new(format!("{path}.quorum"), "Choose how many approve it."));
            1
        });
        let reviewers = Role::parse(self.reviewers.trim()).unwrap_or_else(|| {
            problems.push(Problem::new(format!("{path}.reviewers"), "Choose who approves it."));
            Role::Approver
        });
        Review { when: when.unwrap_or(When::Never), quorum, reviewers }
    }
}

impl PolicyForm {
    pub fn of(policy: &Policy) -> Self {
        let same = ReviewForm { when: String::new(), ..ReviewForm::of(policy.review) };
        let kind = |kind: FlagKind| (kind, policy.kinds.get(&kind).map_or_else(|| same.clone(), |own| ReviewForm::of(*own)));
        let freeze = |freeze: &Freeze| FreezeForm {
            name: freeze.name.clone(),
            from: freeze.from.to_string(),
            until: freeze.until.to_string(),
        };
        Self {
            review: ReviewForm::of(policy.review),
            kinds: FlagKind::ALL.map(kind).to_vec(),
            growth: percent_number(policy.large.growth),
            kill_switch: policy.large.kill_switch,
            changes: policy.large.changes.to_string(),
            revert: policy.large.revert,
            freezes: policy.freezes.iter().map(freeze).collect(),
        }
    }

    /// The fields as they were posted.
    pub fn from_pairs(pairs: &[(String, String)]) -> Self {
        let mut freezes: BTreeMap<usize, FreezeForm> = BTreeMap::new();
        for (name, value) in pairs {
            let Some((at, field)) = freeze_field(name) else { continue };
            let freeze = freezes.entry(at).or_default();
            match field {
                "name" => freeze.name.clone_from(value),
                "from" => freeze.from.clone_from(value),
                "until" => freeze.until.clone_from(value),
                _ => {}
            }
        }
        let is_ticked = |name: &str| pairs.iter().any(|(key, value)| key == name && value != "false");
        let kind = |kind: FlagKind| (kind, ReviewForm::from_pairs(pairs, &path_of(kind)));
        Self {
            review: ReviewForm::from_pairs(pairs, "review"),
            kinds: FlagKind::ALL.map(kind).to_vec(),
            growth: text(pairs, "large.growth"),
            kill_switch: is_ticked("large.kill_switch"),
            changes: text(pairs, "large.changes"),
            revert: is_ticked("large.revert"),
            freezes: freezes.into_values().collect(),
        }
    }

    /// The form after one of its own buttons, which draw it again and save nothing; `None` when it was none of them.
    pub fn rearranged(mut self, pairs: &[(String, String)]) -> Option<Self> {
        let (name, value) = pairs.iter().find(|(name, _)| matches!(name.as_str(), ADD | REMOVE))?;
        match (name.as_str(), value.parse::<usize>()) {
            (REMOVE, Ok(at)) if at < self.freezes.len() => drop(self.freezes.remove(at)),
            (ADD, _) => self.freezes.push(FreezeForm::default()),
            _ => {}
        }
        Some(self)
    }

    /// What was sent, with the freezes as they stand now and without the button: what the page is drawn again from.
    pub fn pairs(&self, sent: &[(String, String)]) -> Vec<(String, String)> {
        let is_kept = |name: &str| freeze_field(name).is_none() && !matches!(name, ADD | REMOVE);
        let mut pairs: Vec<(String, String)> = sent.iter().filter(|(name, _)| is_kept(name)).cloned().collect();
        for (at, freeze) in self.freezes.iter().enumerate() {
            for (part, text) in [("name", &freeze.name), ("from", &freeze.from), ("until", &freeze.until)] {
                pairs.push((format!("freezes[{at}].{part}"), text.clone()));
            }
        }
        pairs
    }

    /// What the fields say, or everything that is wrong with them, by the names of the fields.
    pub fn read(&self) -> Result<Policy, Vec<Problem>> {
        let mut problems = Vec::new();
        let review = self.review.read("review", &mut problems);
        let mut kinds = BTreeMap::new();
        for (kind, form) in self.kinds.iter().filter(|(_, form)| !form.when.trim().is_empty()) {
            kinds.insert(*kind, form.read(&path_of(*kind), &mut problems));
        }
        let large = self.read_large(&mut problems);
        let freezes = self.read_freezes(&mut problems);
        let policy = Policy { review, kinds, large, freezes };
        let said: Vec<String> = problems.iter().map(|problem| problem.field.clone()).collect();
        problems.extend(policy.problems().into_iter().filter(|problem| !said.contains(&problem.field)));
        if problems.is_empty() { Ok(policy) } else { Err(problems) }
    }

    fn read_large(&self, problems: &mut Vec<Problem>) -> Large {
        let growth = parse_percent(&self.growth).unwrap_or_else(|| {
            problems.push(Problem::new("large.growth", "Write 0 to 100 %, such as 25."));
            0
        });
        let changes = self.changes.trim().parse().unwrap_or_else(|_| {
            problems.push(Problem::new("large.changes", "Write a number, such as 10."));
            0
        });
        Large { growth, kill_switch: self.kill_switch, changes, revert: self.revert }
    }

    /// A row that was left empty is left out; the problems name the row as it stands on the page.
    fn read_freezes(&self, problems: &mut Vec<Problem>) -> Vec<Freeze> {
        let mut found = Vec::new();
        for (at, form) in self.freezes.iter().enumerate().filter(|(_, form)| !form.is_empty()) {
            let mut instant = |part: &str, text: &str| {
                let unread = |why| problems.push(Problem::new(format!("freezes[{at}].{part}"), why));
                moment::parse(text).map_err(unread).ok()
            };
            let (from, until) = (instant("from", &form.from), instant("until", &form.until));
            let (Some(from), Some(until)) = (from, until) else { continue };
            let freeze = Freeze { name: form.name.trim().to_owned(), from, until };
            problems.extend(freeze.problems(&format!("freezes[{at}]")));
            found.push(freeze);
        }
        found
    }
}

pub fn path_of(kind: FlagKind) -> String {
    format!("kinds.{}", kind.as_str())
}

fn text(pairs: &[(String, String)], name: &str) -> String {
    pairs.iter().find(|(key, _)| key == name).map_or(String::new(), |(_, value)| value.clone())
}

/// `0` and `until` of `freezes[0].until`
fn freeze_field(name: &str) -> Option<(usize, &str)> {
    let (at, rest) = name.strip_prefix("freezes[")?.split_once(']')?;
    Some((at.parse().ok()?, rest.strip_prefix('.')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(more: &[(&str, &str)]) -> Vec<(String, String)> {
        let usual = [
            ("review.when", "always"),
            ("review.quorum", "2"),
            ("review.reviewers", "approver"),
            ("large.growth", "12.5"),
            ("large.kill_switch", "true"),
            ("large.changes", "7"),
        ];
        more.iter().chain(&usual).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_was_typed_is_read() {
        let sent = pairs(&[
            ("kinds.kill_switch.when", "large"),
            ("kinds.kill_switch.quorum", "1"),
            ("kinds.kill_switch.reviewers", "admin"),
            ("kinds.release.when", ""),
            ("kinds.release.quorum", "1"),
            ("kinds.release.reviewers", "approver"),
            ("freezes[3].name", ""),
            ("freezes[4].name", " Black Friday "),
            ("freezes[4].from", "2026-11-27T00:00"),
            ("freezes[4].until", "2026-12-01T00:00:00Z"),
        ]);
        let form = PolicyForm::from_pairs(&sent);
        let Ok(policy) = form.read() else { panic!("{:?}", form.read()) };
        assert_eq!(policy.review, Review { when: When::Always, quorum: 2, reviewers: Role::Approver });
        let own = Review { when: When::Large, quorum: 1, reviewers: Role::Admin };
        assert_eq!(policy.kinds, [(FlagKind::KillSwitch, own)].into());
        assert_eq!(policy.large, Large { growth: 1_250, kill_switch: true, changes: 7, revert: false });
        let [freeze] = policy.freezes.as_slice() else { panic!("{:?}", policy.freezes) };
        assert_eq!((freeze.name.as_str(), freeze.from.to_string().as_str()), ("Black Friday", "2026-11-27T00:00:00Z"));
        // And it comes back as it is.
        assert_eq!(PolicyForm::of(&policy).read(), Ok(policy));
    }

    #[test]
    fn everything_wrong_is_told_once_at_its_field() {
        let sent = pairs(&[
            ("review.when", "sometimes"),
            ("review.quorum", "4"),
            ("kinds.release.when", "always"),
            ("kinds.release.quorum", "few"),
            ("kinds.release.reviewers", "editor"),
            ("large.growth", "120"),
            ("large.changes", "-1"),
            ("freezes[0].name", " "),
            ("freezes[0].from", "2026-11-27T00:00"),
            ("freezes[0].until", "2026-11-27T00:00"),
            ("freezes[1].name", "Moving house"),
            ("freezes[1].from", "soon"),
        ]);
        let found = PolicyForm::from_pairs(&sent).read().err().unwrap_or_default();
        let mut fields: Vec<&str> = found.iter().map(|problem| problem.field.as_str()).collect();
        fields.sort_unstable();
        let expected = [
            "freezes[0].name",
            "freezes[0].until",
            "freezes[1].from",
            "freezes[1].until",
            "kinds.release.quorum",
            "kinds.release.reviewers",
            "large.changes",
            "large.growth",
            "review.quorum",
            "review.when",
        ];
        assert_eq!(fields, expected, "{found:?}");
    }

    #[test]
    fn its_own_buttons_add_and_remove_freezes() {
        let sent = [("freezes[0].name", "One"), ("freezes[1].name", "Two")];
        let names = |button: (&str, &str)| {
            let sent = pairs(&[sent[0], sent[1], button]);
            let after = PolicyForm::from_pairs(&sent).rearranged(&sent)?;
            assert_eq!(PolicyForm::from_pairs(&after.pairs(&sent)), after);
            Some(after.freezes.into_iter().map(|freeze| freeze.name).collect::<Vec<_>>().join(","))
        };
        assert_eq!(names((ADD, "true")).as_deref(), Some("One,Two,"));
        assert_eq!(names((REMOVE, "0")).as_deref(), Some("Two"));
        assert_eq!(names((REMOVE, "9")).as_deref(), Some("One,Two"));
        assert_eq!(names(("other", "0")), None);
    }
}
