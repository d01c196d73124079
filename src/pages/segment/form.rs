//! A segment as its form writes it: from what was posted to a [`Segment`] or problems, and back; pure.

use super::ids::IdsForm;
use crate::domain::condition::Condition;
use crate::domain::flag::Problem;
use crate::domain::key::SegmentKey;
use crate::domain::segment::{Segment, Unfit, is_plain};
use crate::domain::text::capital;
use crate::pages::rule::condition::{ConditionForm, field_of};
use crate::server::security::tokens::sha256_hex;
use crate::server::services::id_list::{self, Report};
use crate::server::services::segments;
use std::collections::BTreeMap;

/// A longer list is no text to edit; ids are added to it and taken from it.
pub const EDITABLE: usize = 1_000;
/// What the names of the fields begin with that say what the form was drawn with, part by part.
pub const LOADED: &str = "loaded.";

/// The fields as texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SegmentForm {
    pub key: String,
    pub name: String,
    pub description: String,
    pub groups: Vec<Vec<ConditionForm>>,
    /// One id a line; `None` where the list is not in the form.
    pub include: Option<String>,
    pub exclude: Option<String>,
    pub ids: IdsForm,
    /// What the parts were when the form was drawn.
    loaded: Vec<(String, String)>,
}

/// What a form comes to.
#[derive(Debug, Clone)]
pub struct Read {
    pub segment: Segment,
    /// What became of the ids that came with it.
    pub report: Option<Report>,
    pub problems: Vec<Problem>,
}

/// Whether a list can be edited as text without losing anything.
pub fn is_editable(ids: &[String]) -> bool {
    ids.len() <= EDITABLE && ids.iter().all(|id| is_plain(id))
}

impl SegmentForm {
    /// What a new segment starts with.
    pub fn new() -> Self {
        Self { include: Some(String::new()), exclude: Some(String::new()), ..Self::default() }
    }

    pub fn of(segment: &Segment) -> Self {
        let text = |ids: &[String]| is_editable(ids).then(|| ids.join("\n"));
        Self {
            key: segment.key.to_string(),
            name: segment.name.clone(),
            description: segment.description.clone(),
            groups: segment.groups.iter().map(|group| group.iter().map(ConditionForm::of).collect()).collect(),
            include: text(&segment.include),
            exclude: text(&segment.exclude),
            ids: IdsForm::default(),
            loaded: parts(segment).into_iter().map(|(name, text)| (name.to_owned(), text)).collect(),
        }
    }

    /// The fields as they were posted.
    pub fn from_pairs(pairs: &[(String, String)]) -> Self {
        let mut groups: BTreeMap<usize, BTreeMap<usize, ConditionForm>> = BTreeMap::new();
        for (name, value) in pairs {
            // A group that has lost its last condition is still there.
            if let Some(at) = name.strip_prefix("group[").and_then(|rest| rest.strip_suffix(']')).and_then(|at| at.parse().ok()) {
                groups.entry(at).or_default();
            }
            let Some((group, at, field)) = condition_field(name) else { continue };
            groups.entry(group).or_default().entry(at).or_default().take(field, value);
        }
        let found = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let loaded = |(name, value): &(String, String)| Some((name.strip_prefix(LOADED)?.to_owned(), value.clone()));
        Self {
            key: found("key").unwrap_or_default(),
            name: found("name").unwrap_or_default(),
            description: found("description").unwrap_or_default(),
            groups: groups.into_values().map(|group| group.into_values().collect()).collect(),
            include: found("include"),
            exclude: found("exclude"),
            ids: IdsForm::from_pairs(pairs),
            loaded: pairs.iter().filter_map(loaded).collect(),
        }
    }

    /// The hidden fields that say what the form was drawn with.
    pub fn loaded(&self) -> Vec<(String, String)> {
        self.loaded.iter().map(|(name, text)| (format!("{LOADED}{name}"), text.clone())).collect()
    }

    /// The form after one of its own buttons, that add and remove conditions; `None` when it was none of them. With it the
    /// condition that is new.
    pub fn rearranged(mut self, pairs: &[(String, String)]) -> Option<(Self, Option<(usize, usize)>)> {
        let (name, value) =
            pairs.iter().find(|(name, _)| matches!(name.as_str(), "add" | "remove" | "add_group" | "remove_group"))?;
        let (group, at) = value.split_once('.').unwrap_or((value, ""));
        let (group, at) = (group.parse::<usize>().unwrap_or(usize::MAX), at.parse::<usize>().unwrap_or(usize::MAX));
        let mut added = None;
        match (name.as_str(), self.groups.get_mut(group)) {
            ("add", Some(conditions)) => {
                conditions.push(ConditionForm::default());
                added = Some((group, conditions.len() - 1));
            }
            ("remove", Some(conditions)) if at < conditions.len() => drop(conditions.remove(at)),
            ("remove_group", Some(_)) => drop(self.groups.remove(group)),
            ("add_group", _) => {
                self.groups.push(vec![ConditionForm::default()]);
                added = Some((self.groups.len() - 1, 0));
            }
            _ => {}
        }
        Some((self, added))
    }

    /// What the fields say. Parts that nobody touched are those of `stored`, whatever they were when the form was drawn.
    pub fn read(&self, stored: Option<&Segment>) -> Read {
        let mut problems = Vec::new();
        let (groups, group_problems) = self.read_groups();
        let mut list = |field: &str, text: &Option<String>, kept: &[String]| match text {
            Some(text) => typed(field, text, &mut problems),
            None => kept.to_vec(),
        };
        let none: &[String] = &[];
        let include = list("include", &self.include, stored.map_or(none, |segment| &segment.include));
        let exclude = list("exclude", &self.exclude, stored.map_or(none, |segment| &segment.exclude));
        let key = match stored {
            Some(stored) => Ok(stored.key.clone()),
            None => SegmentKey::parse(self.key.trim()),
        };
        let key = key.map_err(|e| problems.push(Problem::new("key", format!("{}.", capital(&e.to_string()))))).ok();
        let mut segment = Segment {
            // A stand-in, so that the other fields are looked at too.
            key: key.unwrap_or_else(SegmentKey::stand_in),
            name: self.name.trim().to_owned(),
            description: self.description.trim().replace("\r\n", "\n"),
            include,
            exclude,
            groups,
        };
        if let Some(stored) = stored {
            self.keep_untouched(&mut segment, stored);
        }
        let report = self.ids.apply(&mut segment, &mut problems);
        let others = segments::problems(&segment).into_iter().map(|problem| own_field(problem, &segment));
        problems = crate::pages::state_change::together([group_problems, problems].concat(), others.collect());
        Read { segment, report, problems }
    }

    fn read_groups(&self) -> (Vec<Vec<Condition>>, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut read = |(group, (at, form)): (usize, (usize, &ConditionForm))| {
            let (condition, found) = form.read(&format!("groups[{group}].conditions[{at}]"));
            problems.extend(found);
            condition
        };
        let groups = self.groups.iter().enumerate();
        let groups = groups.map(|(group, forms)| forms.iter().enumerate().map(|form| read((group, form))).collect()).collect();
        (groups, problems)
    }

    /// Takes from `stored` every part that reads as it did when the form was drawn: what somebody else did to it stays.
    fn keep_untouched(&self, segment: &mut Segment, stored: &Segment) {
        let now = parts(segment);
        let untouched = |name: &str| {
            let drawn = self.loaded.iter().find(|(part, _)| part == name).map(|(_, text)| text);
            now.iter().any(|(part, text)| *part == name && Some(text) == drawn)
        };
        if untouched("name") {
            segment.name.clone_from(&stored.name);
        }
        if untouched("description") {
            segment.description.clone_from(&stored.description);
        }
        if untouched("include") {
            segment.include.clone_from(&stored.include);
        }
        if untouched("exclude") {
            segment.exclude.clone_from(&stored.exclude);
        }
        if untouched("groups") {
            segment.groups.clone_from(&stored.groups);
        }
    }
}

/// What tells whether a part of a segment is as it was.
fn parts(segment: &Segment) -> [(&'static str, String); 5] {
    let digest = |text: String| sha256_hex(&text).chars().take(16).collect::<String>();
    let list = |ids: &[String]| digest(ids.join("\n"));
    [
        ("name", digest(segment.name.clone())),
        ("description", digest(segment.description.clone())),
        ("include", list(&segment.include)),
        ("exclude", list(&segment.exclude)),
        ("groups", digest(serde_json::to_string(&segment.groups).unwrap_or_default())),
    ]
}

/// A list as it was typed; an id that stands twice counts once.
fn typed(field: &str, text: &str, problems: &mut Vec<Problem>) -> Vec<String> {
    let found = id_list::typed(text);
    for (unfit, lines) in &found.unfit {
        let lines: Vec<String> = lines.iter().take(10).map(usize::to_string).collect();
        let what = match unfit {
            Unfit::TooLong => format!("An id has at most {} characters", crate::domain::segment::MAX_ID),
            Unfit::Control => "An id holds no tab or control character".to_owned(),
        };
        problems.push(Problem::new(field, format!("{what}; look at line {}.", lines.join(", "))));
    }
    found.ids
}

/// `0`, `1` and `values` of `groups[0].conditions[1].values`
fn condition_field(name: &str) -> Option<(usize, usize, &str)> {
    let (group, rest) = name.strip_prefix("groups[")?.split_once("].conditions[")?;
    let (at, rest) = rest.split_once(']')?;
    Some((group.parse().ok()?, at.parse().ok()?, rest.strip_prefix('.')?))
}

/// Brings a problem of the segment to the form's field: `groups[0][1].values[0]` is `groups[0].conditions[1].values`.
fn own_field(problem: Problem, segment: &Segment) -> Problem {
    let place = || {
        let (group, rest) = problem.field.strip_prefix("groups[")?.split_once("][")?;
        let (at, rest) = rest.split_once(']')?;
        let condition = segment.groups.get(group.parse::<usize>().ok()?)?.get(at.parse::<usize>().ok()?)?;
        let (field, which) = field_of(condition, rest);
        Some(Problem::new(format!("groups[{group}].conditions[{at}]{field}"), format!("{which}{}", problem.message)))
    };
    place().unwrap_or(problem)
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
