//! The long form's flags: definition and states.

use super::common::{self, mapping, nearest, needed, needed_word, note, optional, parsed, text, texts};
use super::states;
use crate::domain::flag::{ExpiryAction, Flag, FlagKind, Owner, ValueType, Variant};
use crate::domain::key::{EnvironmentKey, FlagKey, TeamKey, VariantName};
use crate::domain::lint::of_flag;
use crate::domain::project::Kinds;
use crate::domain::state::State;
use crate::engine::Segments;
use crate::server::services::flag_file::Setting;
use crate::server::services::flag_file::document::{DocumentFlag, TEAM, owner_text};
use crate::server::services::flag_file::fields::{Fields, Notes};
use crate::server::services::flag_file::lint::note as note_lint;
use crate::server::services::flag_file::moments::DateMeans;
use crate::server::services::flag_file::required;
use crate::server::services::flag_file::tree::{Entry, Node};
use crate::server::services::flag_file::variants::variant;
use crate::server::services::lint;
use crate::server::services::nearest::did_you_mean;

const FIELDS: [&str; 16] = [
    "kind",
    "value_type",
    "variants",
    "fallback_variant",
    "owner",
    "description",
    "scope",
    "ticket",
    "tags",
    "rollback_criteria",
    "expires_at",
    "on_expiry",
    "review_by",
    "client_visible",
    "archived_at",
    "environments",
];
const EXAMPLE: &str = "{kind: release, value_type: boolean, …}";

/// What the rest of the file says that flags refer to.
pub struct Around<'a> {
    pub setting: &'a Setting<'a>,
    pub segments: &'a Segments,
    pub teams: &'a [TeamKey],
    pub environments: &'a [EnvironmentKey],
    /// What the file or else the project asks of flags of each kind.
    pub kinds: &'a Kinds,
    /// For what is probably not meant, where somebody asked.
    pub lint: Option<&'a lint::Around>,
}

/// Reads the flag of an entry whose key is sound.
pub fn read(key: FlagKey, entry: &Entry, around: &Around<'_>, notes: &mut Notes) -> Option<DocumentFlag> {
    let before = notes.errors.len();
    let fields = mapping(&entry.value, &format!("flags.{key}"), EXAMPLE, notes)?;
    // What is missing in a flag is told where the flag begins.
    let fields = Fields::new(fields.path.clone(), entry.at, fields.entries());
    fields.refuse_unknown("A flag", &FIELDS, notes);
    let flag = definition(&key, &fields, around, notes);
    if let Some(flag) = flag.as_ref().filter(|_| notes.errors.len() == before) {
        note(&fields, flag.problems(), notes);
        required::note(&fields, flag, around.kinds, around.setting, notes);
        refuse_other_type(&fields, flag, around, notes);
        if let Some(lint) = around.lint.filter(|_| flag.archived_at.is_none()) {
            let found = of_flag(flag, &lint.known(false), around.setting.now);
            note_lint(found, |place| nearest(&fields, place), notes);
        }
    }
    let sound = flag.as_ref().filter(|_| notes.errors.len() == before);
    let states = states(&fields, sound, around, notes);
    (notes.errors.len() == before).then_some(())?;
    Some(DocumentFlag { flag: flag?, states })
}

fn definition(key: &FlagKey, fields: &Fields<'_>, around: &Around<'_>, notes: &mut Notes) -> Option<Flag> {
    let kind = needed_word(fields, "kind", "kind", &FlagKind::ALL, FlagKind::as_str, notes);
    let value_type = needed_word(fields, "value_type", "value type", &ValueType::ALL, ValueType::as_str, notes);
    let variants = variants(fields, notes);
    let fallback = common::key(fields, "fallback_variant", "\"off\"", notes);
    let owner = text(fields, "owner", "ada@shop.example", notes);
    let description = text(fields, "description", "The new checkout", notes);
    let flag = Flag {
        key: key.clone(),
        scope: optional(fields, "scope", notes),
        ticket: optional(fields, "ticket", notes),
        tags: texts(fields, "tags", notes),
        rollback_criteria: optional(fields, "rollback_criteria", notes),
        expires_at: fields.moment("expires_at", DateMeans::End, notes),
        on_expiry: on_expiry(fields, notes).unwrap_or_default(),
        review_by: fields.moment("review_by", DateMeans::End, notes),
        client_visible: fields.boolean("client_visible", notes).unwrap_or(false),
        archived_at: fields.moment("archived_at", DateMeans::Start, notes),
        kind: kind?,
        value_type: value_type?,
        variants: variants?,
        fallback_variant: fallback?,
        owner: self::owner(owner?, key, around),
        description: description?.to_owned(),
    };
    Some(flag)
}

fn variants(fields: &Fields<'_>, notes: &mut Notes) -> Option<Vec<Variant>> {
    const EXAMPLE: &str = "{\"on\": true, \"off\": false}";
    needed(fields, "variants", EXAMPLE, notes)?;
    let map = fields.mapping("variants", EXAMPLE, notes)?;
    let before = notes.errors.len();
    let variants = map.entries().iter().filter_map(|entry| variant(&map, entry, notes)).collect();
    (notes.errors.len() == before).then_some(variants)
}

/// Whoever the text means that exists; otherwise the text, until somebody claims it. Written down again it is the same text.
fn owner(text: &str, key: &FlagKey, around: &Around<'_>) -> Owner {
    let present = &around.setting.present;
    // An owner who left the project is still the owner of what they own.
    let before = around.setting.existing.get(key).map(|flag| &flag.owner);
    if let Some(owner) = before.filter(|owner| owner_text(owner, &present.emails) == text) {
        return owner.clone();
    }
    let team = text.strip_prefix(TEAM).and_then(|key| TeamKey::parse(key).ok());
    match team.filter(|key| around.teams.contains(key) || present.teams.contains(key)) {
        Some(key) => Owner::Team(key),
        None => present.people.get(text).cloned().map_or_else(|| Owner::Unclaimed(text.to_owned()), Owner::Person),
    }
}

/// `freeze`, or the variant to serve as `{serve: "off"}`.
fn on_expiry(fields: &Fields<'_>, notes: &mut Notes) -> Option<ExpiryAction> {
    const KNOWN: &str = "notify, freeze, archive, or a variant to serve, such as {serve: \"off\"}";
    let tree = fields.get("on_expiry")?;
    let path = fields.path_of("on_expiry");
    match &tree.node {
        Node::Map(entries) => {
            let served = Fields::new(path, tree.at, entries);
            served.refuse_unknown("What happens at expiry", &["serve"], notes);
            common::key::<VariantName>(&served, "serve", "\"off\"", notes).map(ExpiryAction::Serve)
        }
        Node::Text(text) => match text.as_str() {
            "notify" => Some(ExpiryAction::Notify),
            "freeze" => Some(ExpiryAction::Freeze),
            "archive" => Some(ExpiryAction::Archive),
            other => {
                let hint = did_you_mean(other, ["notify", "freeze", "archive"]);
                notes.error(tree.at, path, format!("There is no action {other:?}.{hint} They are: {KNOWN}."));
                None
            }
        },
        _ => {
            notes.error(tree.at, path, format!("Write {KNOWN}; this is {}.", tree.kind()));
            None
        }
    }
}

fn refuse_other_type(fields: &Fields<'_>, flag: &Flag, around: &Around<'_>, notes: &mut Notes) {
    let Some(existing) = around.setting.existing.get(&flag.key).filter(|existing| existing.value_type != flag.value_type) else {
        return;
    };
    let message = format!(
        "The flag {} answers with type {} and that cannot change; keep the type, or use a new key.",
        flag.key,
        existing.value_type.as_str()
    );
    notes.error(fields.place_of("value_type"), fields.path_of("value_type"), message);
}

fn states(fields: &Fields<'_>, flag: Option<&Flag>, around: &Around<'_>, notes: &mut Notes) -> Vec<(EnvironmentKey, State)> {
    let Some(all) = fields.mapping("environments", "{production: {enabled: true, …}}", notes) else { return Vec::new() };
    let mut states = Vec::new();
    for entry in all.entries() {
        let path = all.path_of(&entry.key);
        let known = around.environments.iter().find(|key| key.as_str() == entry.key);
        if known.is_none() {
            let names = around.environments.iter().map(EnvironmentKey::as_str);
            let hint = did_you_mean(&entry.key, names.clone());
            let there = names.collect::<Vec<_>>().join(", ");
            let message = format!(
                "Neither the file nor the project has an environment {:?}.{hint} They are: {there}. Describe it under environments: to create it.",
                entry.key
            );
            notes.error(entry.at, &path, message);
        }
        let Some(inner) = mapping(&entry.value, &path, "{enabled: true, off_variant: \"off\", fallthrough: \"on\"}", notes)
        else {
            continue;
        };
        let inner = Fields::new(path, entry.at, inner.entries());
        let state = states::read(&inner, flag, around, notes);
        states.extend(known.cloned().zip(state));
    }
    states
}

/// The key of an entry.
pub fn key(entry: &Entry, notes: &mut Notes) -> Option<FlagKey> {
    parsed(&entry.key, entry.at, &format!("flags.{}", entry.key), notes)
}
