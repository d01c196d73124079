//! A flag's metadata: what the file names, and a default with a note for what a new flag lacks.

use super::Setting;
use super::fields::{Fields, Notes, item_text};
use super::merge::Named;
use super::moments::DateMeans;
use super::variants::Answers;
use crate::domain::flag::{ExpiryAction, Flag, FlagKind, Owner};
use crate::domain::key::FlagKey;
use crate::domain::project::ExpiryDefault;
use crate::domain::time::Timestamp;
use crate::server::services::nearest::did_you_mean;

/// The definition as the file has it, and the fields it names.
pub fn read(
    key: &FlagKey,
    fields: &Fields<'_>,
    answers: &Answers,
    setting: &Setting<'_>,
    notes: &mut Notes,
) -> (Flag, Vec<Named>) {
    let kind = kind(fields, notes).unwrap_or(FlagKind::Release);
    let text = |name: &str, notes: &mut Notes| fields.text(name, notes).unwrap_or_default().trim().to_owned();
    let flag = Flag {
        key: key.clone(),
        kind,
        value_type: answers.value_type,
        variants: answers.variants.clone(),
        fallback_variant: if kind.fails_open() { answers.serve.clone() } else { answers.off.clone() },
        owner: owner(fields, setting, notes),
        description: description(key, fields, notes),
        scope: text("scope", notes),
        ticket: ticket(fields, notes),
        tags: tags(fields, notes),
        rollback_criteria: text("rollback_criteria", notes),
        expires_at: expires_at(kind, fields, setting, notes),
        on_expiry: on_expiry(kind, fields, answers, setting, notes),
        review_by: setting.kinds.of(kind).review_by(setting.now),
        client_visible: fields.boolean("client_visible", notes).unwrap_or(false),
        archived_at: None,
    };
    (flag, Named::ALL.into_iter().filter(|named| named.fields().iter().any(|name| fields.get(name).is_some())).collect())
}

fn kind(fields: &Fields<'_>, notes: &mut Notes) -> Option<FlagKind> {
    let text = fields.text("kind", notes)?;
    let read = FlagKind::parse(text);
    if read.is_none() {
        let known = FlagKind::ALL.map(FlagKind::as_str);
        let message = format!("There is no kind {text:?}.{} They are: {}.", did_you_mean(text, known), known.join(", "));
        notes.error(fields.place_of("kind"), fields.path_of("kind"), message);
    }
    read
}

/// A member of the project where the name is theirs; otherwise the text, until somebody claims it.
fn owner(fields: &Fields<'_>, setting: &Setting<'_>, notes: &mut Notes) -> Owner {
    let name = fields.text("owner", notes).map(str::trim).filter(|name| !name.is_empty());
    let Some(name) = name else {
        if fields.get("owner").is_none() {
            let importer = setting.importer_name;
            notes.assumed(
                fields.at,
                fields.path_of("owner"),
                format!("No owner is named; it will be {importer}, who imports it."),
            );
        } else if fields.text("owner", &mut Notes::default()).is_some() {
            notes.error(fields.place_of("owner"), fields.path_of("owner"), "This is empty; name who answers for the flag.");
        }
        return setting.importer.clone();
    };
    match setting.owners.get(&name.to_lowercase()) {
        Some(owner) => owner.clone(),
        None => Owner::Unclaimed(name.to_owned()),
    }
}

fn description(key: &FlagKey, fields: &Fields<'_>, notes: &mut Notes) -> String {
    let text = fields.text("description", notes).map(str::trim).unwrap_or_default();
    if !text.is_empty() {
        return text.to_owned();
    }
    let message = "No description is given; add one sentence on what the flag turns on or off.";
    notes.assumed(fields.at, fields.path_of("description"), message);
    format!("{key}, imported from a flag file and not described yet.")
}

/// `jira` is what many files call it.
fn ticket(fields: &Fields<'_>, notes: &mut Notes) -> String {
    if fields.get("jira").is_some() && fields.get("ticket").is_some() {
        let message = "jira and ticket mean the same; keep one of the two.";
        notes.error(fields.place_of("jira"), fields.path_of("jira"), message);
    }
    let (jira, ticket) = (fields.text("jira", notes), fields.text("ticket", notes));
    ticket.or(jira).unwrap_or_default().trim().to_owned()
}

/// Each tag once, in the file's order.
fn tags(fields: &Fields<'_>, notes: &mut Notes) -> Vec<String> {
    let items = fields.list("tags", notes).unwrap_or_default();
    let mut tags: Vec<String> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let path = format!("{}[{at}]", fields.path_of("tags"));
        let tag = item_text(item, &path, notes).map(|tag| tag.trim().to_owned());
        tags.extend(tag.filter(|tag| !tags.contains(tag)));
    }
    tags
}

fn expires_at(kind: FlagKind, fields: &Fields<'_>, setting: &Setting<'_>, notes: &mut Notes) -> Option<Timestamp> {
    let now = setting.now;
    if fields.get("expires").is_some() {
        let at = fields.moment("expires", DateMeans::End, notes);
        if let Some(at) = at.filter(|at| *at <= now) {
            let message = format!("This has passed already ({at}); what on_expiry says is in force at once.");
            notes.warning(fields.place_of("expires"), fields.path_of("expires"), message);
        }
        return at;
    }
    let usual = setting.kinds.of(kind);
    let (at, days) = (usual.expires_at(now)?, usual.lifetime_days?);
    let message =
        format!("No expiry is given; a {} flag lives {days} days, so until {}.", kind.label().to_lowercase(), at.to_date());
    notes.assumed(fields.at, fields.path_of("expires"), message);
    Some(at)
}

/// As the file says; what is usual for its kind where it says nothing.
fn on_expiry(kind: FlagKind, fields: &Fields<'_>, answers: &Answers, setting: &Setting<'_>, notes: &mut Notes) -> ExpiryAction {
    let usual = setting.kinds.of(kind).on_expiry;
    let Some(text) = fields.text("on_expiry", notes) else { return usual.action(&answers.off) };
    let read = ExpiryDefault::parse(text);
    if read.is_none() {
        let known = ExpiryDefault::ALL.map(ExpiryDefault::as_str);
        let message = format!("There is no action {text:?}.{} They are: {}.", did_you_mean(text, known), known.join(", "));
        notes.error(fields.place_of("on_expiry"), fields.path_of("on_expiry"), message);
    }
    read.unwrap_or(usual).action(&answers.off)
}
