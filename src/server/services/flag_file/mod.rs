//! The flag file: text in, flags with their state out, or every finding with its line. The short form is the one teams
//! keep beside their code; the long form ([`long`]) is what an export writes ([`mod@write`]). Pure: no clock and no database;
//! what it has to know comes in as a [`Setting`].

mod check;
mod definition;
pub mod document;
mod fields;
mod finding;
mod lint;
pub mod long;
mod merge;
mod moments;
mod raw;
mod read;
mod required;
mod rules;
mod state;
#[cfg(test)]
mod tests;
mod tree;
mod variants;
pub mod write;

pub use finding::{Finding, Place};
pub use merge::{Named, merge};
pub use read::MAX_BYTES;

use crate::domain::attribute::Schema;
use crate::domain::flag::{Flag, Owner};
use crate::domain::id::UserId;
use crate::domain::key::{EnvironmentKey, FlagKey, TeamKey, is_snake_case};
use crate::domain::project::{Kinds, SNAKE_CASE};
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::engine::Segments;
use crate::server::services::lint::Around;
use fields::{Fields, Notes};
use long::LongFile;
use regex::Regex;
use std::collections::{HashMap, HashSet};
use tree::{Entry, Node, Tree};

/// What the file is read into.
#[derive(Debug)]
pub struct Setting<'a> {
    pub now: Timestamp,
    /// Becomes the owner of new flags that name none.
    pub importer: Owner,
    pub importer_name: &'a str,
    /// What the project asks of new keys; `None` where there is no project.
    pub naming_pattern: Option<&'a str>,
    /// What new flags of each kind start with.
    pub kinds: Kinds,
    /// The project's people and teams, by lower-case e-mail address, by key and by lower-case name.
    pub owners: HashMap<String, Owner>,
    /// The project's flags, archived ones included.
    pub existing: HashMap<FlagKey, Flag>,
    pub segments: &'a Segments,
    pub present: Present,
    /// What the project has described, where it is to be said too what is probably not meant.
    pub lint: Option<Schema>,
}

/// What of a project the long form refers to; nothing where there is no project.
#[derive(Debug, Default)]
pub struct Present {
    pub environments: Vec<EnvironmentKey>,
    pub teams: HashSet<TeamKey>,
    /// Who may own a flag, by e-mail address.
    pub people: HashMap<String, UserId>,
    /// The address of every account: how an owner who left is written.
    pub emails: HashMap<UserId, String>,
    /// The addresses of the project's members; `None` where there is no project to be a member of.
    pub members: Option<HashSet<String>>,
    /// Whether new flags may have keys that the naming pattern does not allow.
    pub keeps_names: bool,
}

/// A file that could be read.
#[derive(Debug)]
pub enum File {
    Short(FlagFile),
    Long(Box<LongFile>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct FlagFile {
    /// In the file's order.
    pub flags: Vec<ImportedFlag>,
    /// What is taken, and may not be what was meant.
    pub warnings: Vec<Finding>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ImportedFlag {
    /// As a new flag would be. For a flag that exists, see [`merge()`].
    pub flag: Flag,
    pub state: State,
    /// Where the flag's key stands.
    pub line: usize,
    /// The metadata that the file names.
    pub named: Vec<Named>,
    /// Defaults that a new flag gets for what the file leaves out; empty for a flag that exists.
    pub assumed: Vec<Finding>,
}

const FIELDS: [&str; 20] = [
    "enabled",
    "percentage",
    "rollout",
    "allowed_users",
    "rules",
    "kind",
    "description",
    "owner",
    "expires",
    "on_expiry",
    "jira",
    "ticket",
    "scope",
    "tags",
    "rollback_criteria",
    "variants",
    "value_type",
    "serve",
    "off",
    "client_visible",
];

/// Reads a flag file. Fails with everything that is wrong, by line; then nothing of the file may be used.
pub fn parse(bytes: &[u8], setting: &Setting<'_>) -> Result<File, Vec<Finding>> {
    let root = read::read(bytes).map_err(|finding| vec![finding])?;
    let mut notes = Notes::default();
    let mut file = match long::is_long(&root) {
        true => File::Long(Box::new(long::read(&root, setting, &mut notes))),
        false => File::Short(short(&root, setting, &mut notes)),
    };
    if !notes.errors.is_empty() {
        notes.errors.sort_by_key(|finding| finding.at);
        return Err(notes.errors);
    }
    match &mut file {
        File::Short(file) => file.warnings.sort_by_key(|finding| finding.at),
        File::Long(file) => file.warnings.sort_by_key(|finding| finding.at),
    }
    Ok(file)
}

fn short(root: &Tree, setting: &Setting<'_>, notes: &mut Notes) -> FlagFile {
    let mut flags = Vec::new();
    let pattern = setting.naming_pattern.and_then(|pattern| Some((pattern, Regex::new(pattern).ok()?)));
    let entries = flag_entries(root, notes);
    let keys = entries.iter().map(|entry| entry.key.as_str());
    let around = lint::around(setting, &Schema::default(), setting.segments, keys);
    for entry in entries {
        if let Some(key) = key(entry, setting, pattern.as_ref(), notes) {
            flags.extend(flag(key, entry, setting, around.as_ref(), notes));
        }
    }
    FlagFile { flags, warnings: std::mem::take(&mut notes.warnings) }
}

/// The entries under `flags:`.
fn flag_entries<'a>(root: &'a Tree, notes: &mut Notes) -> &'a [Entry] {
    const EXAMPLE: &str = "flags:\n  new_checkout: true";
    let Node::Map(entries) = &root.node else {
        let message = format!("A flag file is a mapping that begins with flags:, this is {}. Write {EXAMPLE:?}.", root.kind());
        notes.error(root.at, "", message);
        return &[];
    };
    let top = Fields::new("", root.at, entries);
    if let Some(entry) = entries.iter().find(|entry| entry.key != "flags" && long::SECTIONS.contains(&entry.key.as_str())) {
        let message = format!("{} belongs to the long form; write version: 1 as the first line to use it.", entry.key);
        notes.error(entry.at, &entry.key, message);
        return &[];
    }
    if !entries.iter().any(|entry| entry.key == "flags") {
        notes.error(root.at, "", "There is no flags: here; put the flags under it, each key indented by two spaces.");
        return &[];
    }
    top.refuse_unknown("A flag file", &["flags"], notes);
    match top.get("flags").map(|tree| &tree.node) {
        Some(Node::Map(flags)) => {
            if flags.is_empty() {
                notes.warning(top.place_of("flags"), "flags", "There are no flags in this file.");
            }
            flags
        }
        other => {
            let kind = if other.is_some() { "something else" } else { "nothing" };
            let message = format!("flags must be a mapping from keys to flags, such as new_checkout: true; this is {kind}.");
            notes.error(top.place_of("flags"), "flags", message);
            &[]
        }
    }
}

/// The key of an entry. Flags that exist keep theirs, whatever the pattern became since.
fn key(entry: &Entry, setting: &Setting<'_>, pattern: Option<&(&str, Regex)>, notes: &mut Notes) -> Option<FlagKey> {
    let path = format!("flags.{}", entry.key);
    let key = FlagKey::parse(&entry.key).map_err(|e| notes.error(entry.at, &path, format!("{e}."))).ok()?;
    match setting.existing.get(&key) {
        Some(flag) if flag.archived_at.is_some() => {
            let message = "This flag is archived, and a key is never used again; restore it first, or use a new key.";
            notes.error(entry.at, path, message);
            return None;
        }
        Some(_) => return Some(key),
        None => {}
    }
    match pattern {
        Some((pattern, regex)) if !regex.is_match(&entry.key) => {
            let style = if *pattern == SNAKE_CASE { "snake_case".to_owned() } else { format!("keys that match {pattern}") };
            let advice = suggested_key(&entry.key, regex);
            notes.error(entry.at, path, format!("The project asks for {style}, which this key is not.{advice}"));
            None
        }
        _ => Some(key),
    }
}

/// ` Write new_checkout.`, where that is near and allowed; nothing otherwise.
fn suggested_key(key: &str, pattern: &Regex) -> String {
    let suggestion = snake_case(key).filter(|better| pattern.is_match(better));
    suggestion.map_or_else(String::new, |better| format!(" Write {better}."))
}

/// `newCheckout-v2` as `new_checkout_v2`.
fn snake_case(key: &str) -> Option<String> {
    let mut out = String::new();
    for c in key.chars() {
        let breaks = !c.is_ascii_alphanumeric() || c.is_ascii_uppercase();
        if breaks && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        }
    }
    let out = out.trim_end_matches('_').to_owned();
    is_snake_case(&out).then_some(out)
}

fn flag(key: FlagKey, entry: &Entry, setting: &Setting<'_>, around: Option<&Around>, notes: &mut Notes) -> Option<ImportedFlag> {
    let path = format!("flags.{key}");
    let before = notes.errors.len();
    let existing = setting.existing.get(&key);
    let (fields, switch) = match &entry.value.node {
        Node::Map(entries) => (Fields::new(path, entry.at, entries), None),
        Node::Bool(enabled) => (Fields::new(path, entry.at, &[]), Some(*enabled)),
        _ => {
            let message =
                format!("A flag is true, false or a mapping such as {{enabled: true}}; this is {}.", entry.value.kind());
            notes.error(entry.at, path, message);
            return None;
        }
    };
    fields.refuse_unknown("A flag", &FIELDS, notes);
    let answers = variants::read(&fields, existing, notes)?;
    let (flag, named) = definition::read(&key, &fields, &answers, setting, notes);
    let state = match switch {
        Some(enabled) => state::of_boolean(enabled, &answers),
        None => state::read(&fields, &answers, notes),
    };
    let mut imported = ImportedFlag { flag, state, line: entry.at.line, named, assumed: std::mem::take(&mut notes.assumed) };
    if existing.is_some() {
        imported.assumed.clear();
    }
    if notes.errors.len() == before {
        let result = existing.map_or_else(|| imported.flag.clone(), |existing| merge(existing, &imported));
        check::run(&fields, &result, &imported.state, setting.segments, notes);
        required::note(&fields, &result, &setting.kinds, setting, notes);
        if let Some(around) = around.filter(|_| notes.errors.len() == before) {
            lint::short(&fields, &result, &imported.state, around, setting, notes);
        }
    }
    (notes.errors.len() == before).then_some(imported)
}
