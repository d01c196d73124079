//! The long form, `version: 1`: what an export writes. Everything of a project, section by section; a section that is left
//! out says nothing.

mod attributes;
mod common;
mod conditions;
mod flags;
mod personas;
mod plans;
mod policy;
mod segments;
mod settings;
mod states;

pub use personas::Expected;

use super::document::{Document, DocumentFlag};
use super::fields::{Fields, Notes};
use super::finding::{Finding, Place};
use super::tree::{Entry, Node, Tree};
use super::{Setting, lint, suggested_key};
use crate::domain::key::{EnvironmentKey, FlagKey, TeamKey};
use crate::domain::project::SNAKE_CASE;
use crate::engine::Segments;
use regex::{Regex, RegexBuilder};
use std::collections::HashMap;

/// Every section, in the order in which they are written.
pub const SECTIONS: [&str; 8] = ["version", "project", "environments", "teams", "attributes", "segments", "personas", "flags"];
/// What there is besides the version.
const VERSION: i64 = 1;

/// A file in the long form, ready to be compared with a project.
#[derive(Debug)]
pub struct LongFile {
    pub document: Document,
    /// The segments that its states were checked against: the file's over the project's.
    pub segments: Segments,
    /// What its personas should get, in the file's order.
    pub expected: Vec<Expected>,
    /// Where each state stands.
    pub states: HashMap<(FlagKey, EnvironmentKey), Place>,
    /// What is taken, and may not be what was meant.
    pub warnings: Vec<Finding>,
}

impl LongFile {
    fn new(segments: Segments) -> Self {
        let (document, expected, states, warnings) = (Document::default(), Vec::new(), HashMap::new(), Vec::new());
        Self { document, segments, expected, states, warnings }
    }
}

/// Whether a file says that it is in the long form.
pub fn is_long(root: &Tree) -> bool {
    matches!(&root.node, Node::Map(entries) if entries.iter().any(|entry| entry.key == "version"))
}

/// Reads a file that says its version. What is wrong goes into `notes`; then nothing of it may be used.
pub fn read(root: &Tree, setting: &Setting<'_>, notes: &mut Notes) -> LongFile {
    let entries = if let Node::Map(entries) = &root.node { entries.as_slice() } else { &[] };
    let top = Fields::new("", root.at, entries);
    let mut file = LongFile::new(setting.segments.clone());
    if !is_known_version(&top, notes) {
        return file;
    }
    top.refuse_unknown("A flag file in the long form", &SECTIONS, notes);
    file.document.project = settings::project(&top, notes);
    file.document.environments = settings::environments(&top, &setting.present, notes);
    file.document.teams = settings::teams(&top, setting, notes);
    file.document.attributes = attributes::attributes(&top, notes);
    (file.document.segments, file.segments) = segments::segments(&top, setting.segments, notes);
    (file.document.personas, file.expected) = personas::personas(&top, &file.document.schema(), notes);
    file.document.flags = flags(&top, &file, setting, notes);
    file.states = state_places(&top);
    file.warnings = std::mem::take(&mut notes.warnings);
    file
}

fn is_known_version(top: &Fields<'_>, notes: &mut Notes) -> bool {
    let found = top.get("version");
    if found.is_some_and(|tree| tree.node == Node::Int(VERSION)) {
        return true;
    }
    let kind = found.map_or_else(|| "nothing".to_owned(), Tree::kind);
    let advice = match found.map(|tree| &tree.node) {
        Some(Node::Int(number)) if *number > VERSION => "The file is of a later Flagstaff; import it with that.",
        _ => "Write version: 1, or leave it out for the short form.",
    };
    let message = format!("This must be {VERSION}, the version of the long form; it is {kind}. {advice}");
    notes.error(top.place_of("version"), "version", message);
    false
}

fn flags(top: &Fields<'_>, file: &LongFile, setting: &Setting<'_>, notes: &mut Notes) -> Vec<DocumentFlag> {
    let Some(all) = top.mapping("flags", "{new_checkout: {kind: release, …}}", notes) else { return Vec::new() };
    let teams: Vec<TeamKey> = file.document.teams.iter().map(|team| team.key.clone()).collect();
    let mut environments: Vec<EnvironmentKey> = file.document.environments.iter().map(|one| one.key.clone()).collect();
    environments
        .extend(setting.present.environments.iter().filter(|key| !environments.contains(key)).cloned().collect::<Vec<_>>());
    let keys = all.entries().iter().map(|entry| entry.key.as_str());
    let lint = lint::around(setting, &file.document.schema(), &file.segments, keys);
    let kinds = file.document.project.as_ref().map_or(&setting.kinds, |settings| &settings.kinds);
    let around = flags::Around {
        setting,
        kinds,
        segments: &file.segments,
        teams: &teams,
        environments: &environments,
        lint: lint.as_ref(),
    };
    let pattern = file.document.project.as_ref().map(|settings| settings.naming_pattern.as_str()).or(setting.naming_pattern);
    let pattern = pattern.and_then(|text| Some((text, self::pattern(text).ok()?)));
    let mut flags = Vec::new();
    for entry in all.entries() {
        let Some(key) = flags::key(entry, notes) else { continue };
        note_name(&key, entry, setting, pattern.as_ref(), notes);
        let read = flags::read(key, entry, &around, notes);
        flags.extend(read.filter(|read| !stays_archived(read, entry, setting, notes)));
    }
    flags
}

/// Where the file says what each flag answers in each environment.
fn state_places(top: &Fields<'_>) -> HashMap<(FlagKey, EnvironmentKey), Place> {
    let Some(Node::Map(flags)) = top.get("flags").map(|tree| &tree.node) else { return HashMap::new() };
    let mut places = HashMap::new();
    for flag in flags {
        let (Ok(key), Node::Map(parts)) = (FlagKey::parse(&flag.key), &flag.value.node) else { continue };
        let parts = parts.iter().find(|part| part.key == "environments").map(|part| &part.value.node);
        let Some(Node::Map(states)) = parts else { continue };
        let states = states.iter().filter_map(|state| Some((EnvironmentKey::parse(&state.key).ok()?, state.at)));
        places.extend(states.map(|(environment, at)| ((key.clone(), environment), at)));
    }
    places
}

/// A project's naming pattern, of bounded size.
pub fn pattern(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).size_limit(1 << 20).build()
}

/// A key that the pattern does not allow may be older than the pattern. An admin, who could loosen the pattern, may bring
/// it in; for others it is refused as in the short form.
fn note_name(key: &FlagKey, entry: &Entry, setting: &Setting<'_>, pattern: Option<&(&str, Regex)>, notes: &mut Notes) {
    let Some((pattern, regex)) = pattern else { return };
    if setting.existing.contains_key(key) || regex.is_match(key.as_str()) {
        return;
    }
    let style = if *pattern == SNAKE_CASE { "snake_case".to_owned() } else { format!("keys that match {pattern}") };
    let (path, asks) = (format!("flags.{key}"), format!("The project asks for {style}, which this key is not."));
    match setting.present.keeps_names {
        true => notes.warning(entry.at, path, format!("{asks} It stays, as that of a flag which is older than the pattern.")),
        false => notes.error(entry.at, path, format!("{asks}{}", suggested_key(key.as_str(), regex))),
    }
}

/// Whether the project has the flag archived. That is final but for restoring it: an archived flag of the file leaves it
/// as it is, and one in use is refused.
fn stays_archived(read: &DocumentFlag, entry: &Entry, setting: &Setting<'_>, notes: &mut Notes) -> bool {
    let Some(existing) = setting.existing.get(&read.flag.key).filter(|flag| flag.archived_at.is_some()) else { return false };
    let path = format!("flags.{}", read.flag.key);
    if read.flag.archived_at.is_none() {
        let message = "This flag is archived, and a key is never used again; restore it first, or use a new key.";
        notes.error(entry.at, path, message);
    } else if *existing != read.flag {
        let message = "The flag is archived here too, with another definition, and stays as it is; restore it here to import it.";
        notes.warning(entry.at, path, message);
    }
    true
}
