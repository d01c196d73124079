//! What a change was, as the audit keeps it: a verb on an object, with the object before and after; and how people say it.

#[path = "change_audit.rs"]
mod audit;
#[path = "change_member.rs"]
mod member;
#[path = "change_order.rs"]
pub mod order;
#[path = "change_plan.rs"]
pub mod plan;
#[path = "change_segment.rs"]
mod segment;

use super::diff::{self, DiffKind, DiffRow};
use super::sentence::{self, Piece};
use super::text::listed;
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A row of the audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Rises by one with each row of the installation.
    pub seq: i64,
    pub at: Timestamp,
    /// An e-mail address, `console` or `system`.
    pub actor: String,
    /// The actor's name, as it is now; the same as `actor` where none is known.
    pub who: String,
    /// `flag.create`, `state.edit`, …
    pub action: String,
    pub project: Option<String>,
    pub environment: Option<String>,
    /// `flag:new_checkout`, `user:ada@shop.example`, …
    pub object: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub reason: Option<String>,
}

impl Change {
    /// What it was done to, without its kind: `new_checkout`.
    pub fn name(&self) -> &str {
        self.object.split_once(':').map_or(self.object.as_str(), |(_, name)| name)
    }
    /// The key of the flag it was done to.
    pub fn flag(&self) -> Option<&str> {
        self.object.strip_prefix("flag:")
    }
    /// Whether its documents were too long to be read along with others; [`left_out`] stands in the place of each.
    pub fn is_left_out(&self) -> bool {
        self.bytes_left_out() > 0
    }
    /// How long they are together.
    pub fn bytes_left_out(&self) -> u64 {
        let bytes = |side: &Option<Value>| side.as_ref()?.get(LEFT_OUT)?.as_u64();
        bytes(&self.before).unwrap_or(0) + bytes(&self.after).unwrap_or(0)
    }
    /// Field by field; passwords and secrets are in no document.
    pub fn diff(&self) -> Vec<DiffRow> {
        diff::diff(self.before.as_ref().unwrap_or(&Value::Null), self.after.as_ref().unwrap_or(&Value::Null))
    }
}

const LEFT_OUT: &str = "left_out";

/// What stands for a document of so many bytes that was not read.
pub fn left_out(bytes: u64) -> Value {
    serde_json::json!({ LEFT_OUT: bytes })
}

/// `Ada turned on new_checkout in production`
pub fn sentence(change: &Change) -> String {
    sentence::plain(&pieces(change))
}

/// The same with names and keys set apart.
pub fn pieces(change: &Change) -> Vec<Piece> {
    let (mut out, told) = (vec![name(&change.who), text(" ")], told(change));
    out.extend(told);
    out
}

fn text(text: impl Into<String>) -> Piece {
    Piece::Text(text.into())
}

fn name(name: impl Into<String>) -> Piece {
    Piece::Name(name.into())
}

fn key(key: impl Into<String>) -> Piece {
    Piece::Value(key.into())
}

/// What was done: everything after the actor.
fn told(change: &Change) -> Vec<Piece> {
    let flag = || key(change.name());
    match change.action.as_str() {
        "flag.edit" | "state.edit" if change.is_left_out() => vec![text("changed "), flag(), text(place(change, " in "))],
        "segment.edit" if change.is_left_out() => vec![text("changed the segment "), flag()],
        "user.create" => told_account(change),
        "user.edit" => vec![text("changed the account of "), flag(), text(account_change(change))],
        "user.set_password" => vec![text(password_kind(change)), flag()],
        "user.disable" => vec![text("disabled the account of "), flag()],
        "user.enable" => vec![text("enabled the account of "), flag()],
        "project.edit" => vec![text(format!("changed {} of the project ", project_fields(change))), flag()],
        "project.delete" => vec![text("removed the project "), flag()],
        "environment.create" => vec![text("added the environment "), flag()],
        "environment.edit" => vec![text(format!("changed {} of the environment ", environment_fields(change))), flag()],
        "environment.order" => vec![text(format!("changed the order of the environments{}", order(change)))],
        "project.create" => vec![text("created the project "), flag(), text(environments(change))],
        "member.set" => member::told(change),
        "member.remove" => vec![text("removed "), name(change.name()), text(" from the project")],
        "team.create" => vec![text("created the team "), name(of(&change.after, "name"))],
        "team.edit" => vec![text(format!("changed {} of the team ", team_fields(change))), name(of(&change.after, "name"))],
        "team.delete" => vec![text("removed the team "), name(of(&change.before, "name"))],
        "api_key.edit" => told_key("changed", &change.after, change),
        "api_key.rotate" => told_key("replaced", &change.before, change),
        "api_key.revoke" => told_key("revoked", &change.before, change),
        "persona.create" => vec![text("created the persona "), name(of(&change.after, "name"))],
        "persona.edit" => vec![text("changed the persona "), name(of(&change.after, "name"))],
        "persona.delete" => vec![text("removed the persona "), name(of(&change.before, "name"))],
        "attribute.create" => vec![text("described the attribute "), flag()],
        "attribute.edit" => vec![text(format!("changed {} of the attribute ", attribute_fields(change))), flag()],
        "attribute.delete" => vec![text("removed the description of the attribute "), flag()],
        "api_key.create" => {
            let kind = of(&change.after, "kind");
            vec![text(format!("created the {kind} key ")), name(of(&change.after, "name")), text(place(change, " for "))]
        }
        "flag.create" => vec![text("created the flag "), flag()],
        "flag.edit" => vec![text(format!("changed {} of ", flag_fields(change))), flag()],
        "flag.archive" => vec![text("archived "), flag()],
        "flag.restore" => vec![text("restored "), flag()],
        "reminder.snooze" => match of(&change.after, "until").split_once('T') {
            Some((day, _)) => vec![text("silenced the reminders of "), flag(), text(format!(" until {day}"))],
            None => vec![text("let the reminders of "), flag(), text(" speak again")],
        },
        "references.forget" => vec![text("forgot the search of the repository "), flag()],
        "flag.import" => vec![text("imported the definition of "), flag()],
        "state.enable" => vec![text("turned on "), flag(), text(place(change, " in "))],
        "state.disable" => vec![text("turned off "), flag(), text(place(change, " in "))],
        "state.edit" => told_edit(change),
        "state.import" => vec![text("imported the state of "), flag(), text(place(change, " in "))],
        "segment.create" => vec![text("created the segment "), flag()],
        "segment.edit" => vec![text(format!("{} the segment ", segment::told(change))), flag()],
        "segment.delete" => vec![text("removed the segment "), flag()],
        action if action.starts_with("change_request.") => told_request(change),
        "calendar.make" => vec![text("made a key for the calendar of the project")],
        "calendar.remove" => vec![text("took back the key for the calendar of the project")],
        "audit.retention" => vec![text(audit::retention(change))],
        "audit.prune" => vec![text(audit::prune(change))],
        "audit.heads" => vec![text(audit::heads(change))],
        other => vec![text(format!("did {other} on ")), key(change.object.clone()), text(place(change, " in "))],
    }
}

/// `approved change request #7 “Launch”`
fn told_request(change: &Change) -> Vec<Piece> {
    let (what, is_owed) = match change.action.strip_prefix("change_request.").unwrap_or_default() {
        "open" => ("asked for a review of", false),
        "edit" => ("edited", false),
        "comment" => ("commented on", false),
        "approve" => ("approved", false),
        "request_changes" => ("asked for changes of", false),
        "withdraw" => ("took back", false),
        "reopen" => ("opened again", false),
        "schedule" => ("scheduled", false),
        "unschedule" => ("took the schedule off", false),
        "fail" => ("could not apply", false),
        "miss" => ("missed the moment of", false),
        "apply" => ("applied", false),
        "break_glass" => ("broke the glass and applied without a review", false),
        "review" => ("looked, after the fact, at", false),
        "owe" => ("did what somebody else is still to look at:", true),
        _ => ("did something to", false),
    };
    let title = if change.after.is_some() { of(&change.after, "title") } else { of(&change.before, "title") };
    let number = if is_owed { String::new() } else { " change request".to_owned() };
    vec![text(format!("{what}{number} ")), key(format!("#{}", change.name())), text(format!(" “{title}”"))]
}

/// ` in production`; nothing where no environment was touched.
fn place(change: &Change, word: &str) -> String {
    change.environment.as_ref().map(|environment| format!("{word}{environment}")).unwrap_or_default()
}

/// A text of a document; empty where there is none.
fn of(document: &Option<Value>, field: &str) -> String {
    document.as_ref().and_then(|document| document.get(field)).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn told_account(change: &Change) -> Vec<Piece> {
    let owner = if of(&change.after, "instance_role") == "owner" { ", an owner" } else { "" };
    vec![text("created an account for "), name(of(&change.after, "name")), text(format!(" ({}){owner}", change.name()))]
}

/// `, now an owner`
fn account_change(change: &Change) -> String {
    let (before, after) = (of(&change.before, "instance_role"), of(&change.after, "instance_role"));
    match (before == after, after.as_str()) {
        (true, _) => renamed(change),
        (false, "owner") => ", now an owner".to_owned(),
        (false, _) => ", no longer an owner".to_owned(),
    }
}

/// `, now called Lin Chen`
fn renamed(change: &Change) -> String {
    let after = of(&change.after, "name");
    if after == of(&change.before, "name") { String::new() } else { format!(", now called {after}") }
}

/// Whether the account's owner chose it, or somebody who hands it over.
fn password_kind(change: &Change) -> &'static str {
    let temporary = change.after.as_ref().and_then(|after| after.get("must_change_password")).and_then(Value::as_bool);
    match temporary {
        Some(true) => "set a temporary password for ",
        _ => "set a new password for ",
    }
}

/// ` to development, staging and production`
fn order(change: &Change) -> String {
    let list = change.after.as_ref().and_then(|after| after.get("environments")).and_then(Value::as_array);
    let keys: Vec<String> = list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    if keys.is_empty() { String::new() } else { format!(" to {}", listed(&keys)) }
}

fn project_fields(change: &Change) -> String {
    let names = [
        ("name", "the name"),
        ("naming_pattern", "the naming pattern"),
        ("kinds", "the defaults by kind"),
        ("plans", "the rollout plans"),
    ];
    or_else(listed(&changed(change, &names)), "the settings")
}

fn team_fields(change: &Change) -> String {
    or_else(listed(&changed(change, &[("name", "the name"), ("members", "the members")])), "the settings")
}

fn attribute_fields(change: &Change) -> String {
    let names = [
        ("value_type", "the type"),
        ("legal_values", "the legal values"),
        ("private", "the privacy"),
        ("description", "the description"),
    ];
    or_else(listed(&changed(change, &names)), "the definition")
}

/// `revoked the server key Checkout service for production`
fn told_key(verb: &str, document: &Option<Value>, change: &Change) -> Vec<Piece> {
    let kind = of(document, "kind");
    vec![text(format!("{verb} the {kind} key ")), name(of(document, "name")), text(place(change, " for "))]
}

fn environment_fields(change: &Change) -> String {
    let names = [("name", "the name"), ("colour", "the colour"), ("protection", "the protection"), ("policy", "the policy")];
    or_else(listed(&changed(change, &names)), "the settings")
}

/// ` with development, staging and production`
fn environments(change: &Change) -> String {
    let list = change.after.as_ref().and_then(|after| after.get("environments")).and_then(Value::as_array);
    let keys = list.into_iter().flatten().filter_map(|item| item.get("key").and_then(Value::as_str));
    let keys: Vec<String> = keys.map(str::to_owned).collect();
    if keys.is_empty() { String::new() } else { format!(" with {}", listed(&keys)) }
}

/// The fields of `names` that differ, as people call them.
fn changed(change: &Change, names: &[(&str, &str)]) -> Vec<String> {
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    let differs = |field: &str| before.and_then(|document| document.get(field)) != after.and_then(|document| document.get(field));
    names.iter().filter(|(field, _)| differs(field)).map(|(_, said)| (*said).to_owned()).collect()
}

fn flag_fields(change: &Change) -> String {
    let names = [
        ("kind", "the kind"),
        ("description", "the description"),
        ("owner", "the owner"),
        ("scope", "the scope"),
        ("ticket", "the ticket"),
        ("tags", "the tags"),
        ("variants", "the variants"),
        ("fallback_variant", "the fallback"),
        ("rollback_criteria", "the rollback criteria"),
        ("expires_at", "the expiry"),
        ("on_expiry", "what happens at expiry"),
        ("review_by", "the review date"),
        ("client_visible", "the visibility to clients"),
    ];
    or_else(listed(&changed(change, &names)), "the definition")
}

/// What to call it where no field is seen to differ: viewers are not shown every one.
fn or_else(list: String, whole: &str) -> String {
    if list.is_empty() { whole.to_owned() } else { list }
}

fn told_edit(change: &Change) -> Vec<Piece> {
    let names = [
        ("enabled", "the switch"),
        ("off_variant", "the variant while off"),
        ("targets", "individual targets"),
        ("rules", "rules"),
        ("fallthrough", "everyone else"),
    ];
    let found = changed(change, &names);
    let tail = || vec![key(change.name()), text(place(change, " in "))];
    let one = match found.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        _ if !change.is_left_out()
            && let Some(told) = plan::told(change, &found) =>
        {
            Some(told)
        }
        ["everyone else"] => plan::told_everyone_else(change),
        ["rules"] => told_rules(change),
        ["the variant while off"] => {
            let (before, after) = (of(&change.before, "off_variant"), of(&change.after, "off_variant"));
            Some((text("set the variant while off of "), format!(" from {before} to {after}")))
        }
        _ => None,
    };
    let (head, end) =
        one.unwrap_or_else(|| (text(format!("changed {} of ", or_else(listed(&found), "individual targets"))), String::new()));
    [vec![head], tail(), vec![text(end)]].concat().into_iter().filter(|piece| !piece.as_str().is_empty()).collect()
}

/// `paused the rule Staff of …`, when it is about one rule alone.
fn told_rules(change: &Change) -> Option<(Piece, String)> {
    let rules = |document: &Option<Value>| document.as_ref()?.get("rules")?.as_array().cloned();
    let (before, after) = (rules(&change.before).unwrap_or_default(), rules(&change.after).unwrap_or_default());
    let id = |rule: &Value| rule.get("id").and_then(Value::as_str).map(str::to_owned);
    let counterpart = |rule: &Value, among: &[Value]| among.iter().find(|other| id(other) == id(rule)).cloned();
    let added: Vec<_> = after.iter().filter(|rule| counterpart(rule, &before).is_none()).collect();
    let removed: Vec<_> = before.iter().filter(|rule| counterpart(rule, &after).is_none()).collect();
    let kept: Vec<_> = before.iter().filter_map(|old| Some((old, counterpart(old, &after)?))).collect();
    let edited: Vec<_> = kept.iter().filter(|(old, new)| *old != new).collect();
    let moved: Vec<_> =
        change.diff().into_iter().filter(|row| row.kind == DiffKind::Moved && row.path.starts_with("rules[")).collect();
    match (&added[..], &removed[..], &edited[..], &moved[..]) {
        ([rule], [], [], []) => Some((text(format!("added {} to ", title(rule, &after))), String::new())),
        ([], [rule], [], []) => Some((text(format!("removed {} from ", title(rule, &before))), String::new())),
        ([], [], [(old, new)], []) => Some((text(format!("{} {} of ", verb(old, new), title(new, &after))), String::new())),
        ([], [], [], [row]) => {
            let position: usize = row.after.as_deref()?.parse().ok()?;
            let rule = after.get(position.checked_sub(1)?)?;
            let end = format!(" from place {} to {position}", row.before.as_deref()?);
            Some((text(format!("moved {} of ", title(rule, &before))), end))
        }
        ([], [], [], [_, ..]) => Some((text("changed the order of the rules of "), String::new())),
        _ => None,
    }
}

/// Pausing and resuming have words of their own.
fn verb(old: &Value, new: &Value) -> &'static str {
    let is_active = |rule: &Value| rule.get("active").and_then(Value::as_bool).unwrap_or(true);
    let as_active = |rule: &Value| {
        let mut rule = rule.clone();
        if let Some(fields) = rule.as_object_mut() {
            fields.insert("active".to_owned(), Value::Bool(true));
        }
        rule
    };
    match (is_active(old), is_active(new)) {
        (true, false) if as_active(old) == as_active(new) => "paused",
        (false, true) if as_active(old) == as_active(new) => "resumed",
        _ => "changed",
    }
}

/// `the rule Staff`, or by its place where it has no name: `rule 2`.
fn title(rule: &Value, among: &[Value]) -> String {
    match rule.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()) {
        Some(name) => format!("the rule {name}"),
        None => among.iter().position(|other| other == rule).map_or("a rule".to_owned(), |at| format!("rule {}", at + 1)),
    }
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
