//! What is allowed in a flag and probably not meant: each finding says what is wrong, and what to do instead. Pure, and never
//! in the way of a change.

mod conditions;
mod flags;
mod logic;
mod rules;
mod schema;
mod segments;
#[cfg(test)]
mod tests;
mod variants;

use super::attribute::Schema;
use super::condition::{Condition, is_masked};
use super::flag::Flag;
use super::rule::Rule;
use super::segment::Segment;
use super::sentence;
use super::state::State;
use super::text::capital;
use super::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Something that is probably not meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind it is, such as `shadowed_rule`: for scripts, and for whoever counts them.
    pub code: &'static str,
    /// Its path in the flag or its state, such as `rules[1].conditions[0]`; indices count from 0.
    pub place: String,
    /// What is wrong. It names rules as people do: counted from 1, with their names.
    pub sentence: String,
    /// What to do instead.
    pub advice: String,
}

impl Finding {
    fn new(code: &'static str, place: impl Into<String>, sentence: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { code, place: place.into(), sentence: sentence.into(), advice: advice.into() }
    }
    /// The rule that it speaks of, from 0; `None` for the rest of the flag.
    pub fn rule(&self) -> Option<usize> {
        self.place.strip_prefix("rules[")?.split(']').next()?.parse().ok()
    }
}

/// What there is around the flag.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub schema: &'a Schema,
    /// The project's segments by key, and whether nobody can be in them; `None` where it is not known which there are.
    pub segments: Option<&'a BTreeMap<String, bool>>,
    /// The keys of the project's flags.
    pub flags: &'a BTreeSet<String>,
    /// Whether the project's people and teams are known, so that an owner whom nobody has claimed is none.
    pub owners: bool,
    /// Whether it is said to somebody who may not know whom rules name.
    pub masked: bool,
}

impl Known<'_> {
    /// `plan equals pro`
    fn told(&self, condition: &Condition) -> String {
        match self.masked {
            true => sentence::condition(&condition.clone().masked(self.schema)),
            false => sentence::condition(condition),
        }
    }
    /// Whether the values that conditions compare this attribute with may not be told.
    fn hides(&self, attribute: &str) -> bool {
        self.masked && is_masked(attribute, self.schema)
    }
}

/// Everything that is found in a flag and its state in one environment.
pub fn lint(flag: &Flag, state: &State, known: &Known<'_>, now: Timestamp) -> Vec<Finding> {
    let mut found = of_flag(flag, known, now);
    found.extend(of_state(flag, state, known));
    found
}

/// What is found in the definition, which is the same in every environment.
pub fn of_flag(flag: &Flag, known: &Known<'_>, now: Timestamp) -> Vec<Finding> {
    [flags::owner(flag, known), flags::expiry(flag, now)].into_iter().flatten().collect()
}

/// What is found in the state. Paused rules are left out: they do nothing.
pub fn of_state(flag: &Flag, state: &State, known: &Known<'_>) -> Vec<Finding> {
    let mut found = variants::unserved(flag, state);
    let active = || state.rules.iter().enumerate().filter(|(_, rule)| rule.active);
    for (at, rule) in active() {
        found.extend(rules::undecided(state, at, known));
        found.extend(Part::of_rule(rule, at).findings(known));
    }
    found.extend(schema::buckets(state, known));
    found
}

/// What is found in a segment. Groups are told of as rules are, counted from 1.
pub fn of_segment(segment: &Segment, known: &Known<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = segments::nobody(segment).into_iter().collect();
    for (at, group) in segment.groups.iter().enumerate() {
        let part = Part::of_group(group, at);
        found.extend(rules::impossible_part(&part, known));
        found.extend(part.findings(known));
    }
    found
}

/// Conditions that hold together: those of a rule, or of a segment's group.
struct Part<'s> {
    conditions: &'s [Condition],
    /// `rule`
    noun: &'static str,
    /// `rule 2 (Staff)`
    title: String,
    /// The path of the whole, and of its list of conditions.
    place: String,
    list: String,
}

impl<'s> Part<'s> {
    fn of_rule(rule: &'s Rule, at: usize) -> Self {
        let (place, list) = (format!("rules[{at}]"), format!("rules[{at}].conditions"));
        Self { conditions: &rule.conditions, noun: "rule", title: title(rule, at), place, list }
    }
    fn of_group(group: &'s [Condition], at: usize) -> Self {
        let place = format!("groups[{at}]");
        Self { conditions: group, noun: "group", title: format!("group {}", at + 1), list: place.clone(), place }
    }
    fn findings(&self, known: &Known<'_>) -> Vec<Finding> {
        let mut found = conditions::contradictory(self, known);
        found.extend(conditions::repeated(self, known));
        for (position, condition) in self.conditions.iter().enumerate() {
            let asked = Asked { part: self, position, condition };
            found.extend(segments::of(&asked, known));
            match flags::asked(&asked, known) {
                Some(finding) => found.push(finding),
                None => found.extend(schema::of(&asked, known)),
            }
        }
        found
    }
    fn place_of(&self, condition: usize) -> String {
        format!("{}[{condition}]", self.list)
    }
}

/// A condition where it stands.
struct Asked<'s> {
    part: &'s Part<'s>,
    position: usize,
    condition: &'s Condition,
}

impl Asked<'_> {
    fn place(&self) -> String {
        self.part.place_of(self.position)
    }
    /// `Rule 2 (Staff)`
    fn title(&self) -> String {
        capital(&self.part.title)
    }
}

/// `rule 2 (Staff)`
fn title(rule: &Rule, at: usize) -> String {
    match rule.name.as_str() {
        "" => format!("rule {}", at + 1),
        name => format!("rule {} ({name})", at + 1),
    }
}
