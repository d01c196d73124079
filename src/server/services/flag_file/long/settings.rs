//! The long form's settings: the project, its environments, its teams.

use super::common::{days, items, key, needed_word, note, once, text, texts, word};
use super::plans::templates;
use super::policy::policy;
use crate::domain::environment::{Colour, Environment, Protection};
use crate::domain::flag::{FlagKind, Problem};
use crate::domain::key::TeamKey;
use crate::domain::project::{ExpiryDefault, GRACE_DAYS, KindDefaults, Kinds, READY_DAYS};
use crate::domain::required::{Required, RequiredField};
use crate::domain::team::Team;
use crate::server::services::flag_file::document::Settings;
use crate::server::services::flag_file::fields::{Fields, Notes};
use crate::server::services::flag_file::{Present, Setting};

const PROJECT: [&str; 4] = ["name", "naming_pattern", "kinds", "plans"];
const KIND: [&str; 6] = ["lifetime_days", "review_days", "on_expiry", "grace_days", "ready_days", "required"];
const ENVIRONMENT: [&str; 5] = ["key", "name", "colour", "protection", "policy"];
const ENVIRONMENT_EXAMPLE: &str = "{key: production, name: Production, colour: magenta, protection: critical}";
const TEAM: [&str; 3] = ["key", "name", "members"];
const TEAM_EXAMPLE: &str = "{key: payments, name: Payments, members: [ada@shop.example]}";

pub fn project(top: &Fields<'_>, notes: &mut Notes) -> Option<Settings> {
    let fields = top.mapping("project", "{name: Shop, naming_pattern: …, kinds: …}", notes)?;
    fields.refuse_unknown("A project", &PROJECT, notes);
    let name = text(&fields, "name", "Shop", notes).map(str::to_owned);
    let pattern = text(&fields, "naming_pattern", "\"^[a-z_]+$\"", notes).map(str::to_owned);
    let kinds = kinds(&fields, notes);
    let plans = templates(&fields, notes);
    let settings = Settings { name: name?, naming_pattern: pattern?, kinds, plans };
    note(&fields, problems(&settings), notes);
    Some(settings)
}

fn problems(settings: &Settings) -> Vec<Problem> {
    let mut found = settings.kinds.problems();
    if settings.name.trim().is_empty() || settings.name.chars().count() > 200 {
        found.push(Problem::new("name", "Write a name of 1 to 200 characters."));
    }
    if let Err(error) = super::pattern(&settings.naming_pattern) {
        found.push(Problem::new("naming_pattern", format!("This is no regular expression: {error}")));
    }
    found
}

/// Kinds that are left out have the usual defaults.
fn kinds(project: &Fields<'_>, notes: &mut Notes) -> Kinds {
    let usual = Kinds::default();
    let Some(fields) = project.mapping("kinds", "{release: {lifetime_days: 90}}", notes) else { return usual };
    let known = FlagKind::ALL.map(FlagKind::as_str);
    fields.refuse_unknown("The list of kinds", &known, notes);
    FlagKind::ALL.into_iter().fold(usual, |kinds, kind| match fields.mapping(kind.as_str(), "{lifetime_days: 90}", notes) {
        Some(defaults) => kinds.with(kind, kind_defaults(&defaults, notes)),
        None => kinds,
    })
}

fn kind_defaults(fields: &Fields<'_>, notes: &mut Notes) -> KindDefaults {
    fields.refuse_unknown("A kind", &KIND, notes);
    KindDefaults {
        lifetime_days: days(fields, "lifetime_days", notes),
        review_days: days(fields, "review_days", notes),
        on_expiry: word(fields, "on_expiry", "action", &ExpiryDefault::ALL, ExpiryDefault::as_str, notes).unwrap_or_default(),
        grace_days: days(fields, "grace_days", notes).unwrap_or(GRACE_DAYS),
        ready_days: days(fields, "ready_days", notes).unwrap_or(READY_DAYS),
        required: required(fields, notes),
    }
}

fn required(fields: &Fields<'_>, notes: &mut Notes) -> Required {
    let known = |name: &String| RequiredField::ALL.into_iter().find(|field| field.as_str() == name);
    let mut found = Vec::new();
    for name in texts(fields, "required", notes) {
        match known(&name) {
            Some(field) => found.push(field),
            None => {
                let message = format!("No field {name:?} can be asked for. They are: ticket, rollback_criteria.");
                notes.error(fields.place_of("required"), fields.path_of("required"), message);
            }
        }
    }
    found.into()
}

pub fn environments(top: &Fields<'_>, present: &Present, notes: &mut Notes) -> Vec<Environment> {
    let mut all = Vec::new();
    for (fields, position) in items(top, "environments", ENVIRONMENT_EXAMPLE, notes).iter().zip(0..) {
        if let Some(environment) = environment(fields, position, present, notes) {
            once(&mut all, environment, |environment: &Environment| &environment.key, fields, notes);
        }
    }
    all
}

fn environment(fields: &Fields<'_>, position: i64, present: &Present, notes: &mut Notes) -> Option<Environment> {
    fields.refuse_unknown("An environment", &ENVIRONMENT, notes);
    let key = key(fields, "key", "production", notes);
    let name = text(fields, "name", "Production", notes).map(str::to_owned);
    let colour = needed_word(fields, "colour", "colour", &Colour::ALL, Colour::as_str, notes);
    let protection = needed_word(fields, "protection", "protection", &Protection::ALL, Protection::as_str, notes);
    let policy = policy(fields, notes);
    let environment = Environment { key: key?, name: name?, colour: colour?, protection: protection?, position, policy };
    // One that is there keeps its key, whatever pages have been added since.
    let keeps_key = present.environments.contains(&environment.key);
    note(fields, environment.problems().into_iter().filter(|problem| !(keeps_key && problem.field == "key")), notes);
    Some(environment)
}

pub fn teams(top: &Fields<'_>, setting: &Setting<'_>, notes: &mut Notes) -> Vec<Team> {
    let mut all = Vec::new();
    for fields in items(top, "teams", TEAM_EXAMPLE, notes) {
        if let Some(team) = team(&fields, &setting.present, notes) {
            once(&mut all, team, |team: &Team| &team.key, &fields, notes);
        }
    }
    all
}

/// Who is in no account of ours, or no member of the project, cannot be in a team of it: left out, with a warning, so that
/// an export can be taken to another installation.
fn team(fields: &Fields<'_>, present: &Present, notes: &mut Notes) -> Option<Team> {
    fields.refuse_unknown("A team", &TEAM, notes);
    let key: Option<TeamKey> = key(fields, "key", "payments", notes);
    let name = text(fields, "name", "Payments", notes).map(str::to_owned);
    let mut members = texts(fields, "members", notes);
    members.sort();
    members.dedup();
    let is_member = |email: &String| present.members.as_ref().is_none_or(|members| members.contains(email));
    let (members, strangers): (Vec<String>, Vec<String>) = members.into_iter().partition(is_member);
    if !strangers.is_empty() {
        let (are, them) = if strangers.len() == 1 { ("is no member", "them") } else { ("are no members", "them") };
        let message = format!(
            "{} {are} of this project and will not be in the team; add {them} to the project first, and import again.",
            strangers.join(", ")
        );
        notes.warning(fields.place_of("members"), fields.path_of("members"), message);
    }
    let team = Team { key: key?, name: name?, members };
    note(fields, team.problems(), notes);
    Some(team)
}
