//! Flags: made, edited, archived, restored. The same in every environment, so all of them are touched.

use super::{Effect, Scope, Work, document, in_project};
use crate::domain::flag::{Flag, Owner, Problem};
use crate::domain::id::FlagId;
use crate::domain::key::{FlagKey, is_snake_case};
use crate::domain::project::SNAKE_CASE;
use crate::domain::role::Role;
use crate::domain::state::State;
use crate::server::error::Error;
use crate::server::governance::audit::Event;
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::flags::StoredFlag;
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, Tx, new_id};

pub async fn create(work: &mut Work<'_>, project: &StoredProject, flag: &Flag) -> Result<Effect, Error> {
    let named = naming_problem(project, &flag.key);
    create_named(work, project, flag, named).await
}

/// From a file. An admin, who could loosen the pattern for as long as it takes, may bring keys that are older than it.
pub(super) async fn create_imported(work: &mut Work<'_>, project: &StoredProject, flag: &Flag) -> Result<Effect, Error> {
    let named = match work.actor.role_in(&project.id) {
        Some(Role::Admin) => address_problem(&flag.key),
        _ => naming_problem(project, &flag.key),
    };
    create_named(work, project, flag, named).await
}

async fn create_named(
    work: &mut Work<'_>,
    project: &StoredProject,
    flag: &Flag,
    named: Option<Problem>,
) -> Result<Effect, Error> {
    let mut problems = flag.problems();
    problems.extend(named);
    problems.extend(owner_problem(work, project, flag).await?);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    insert(work, project, flag).await?;
    let event = Event { after: document(flag)?, ..in_project("flag.create", object(&flag.key), project) };
    // A new key changes no answer anybody gets today, so no environment needs to be asked.
    Ok(Effect::one(event, Scope::Project, false))
}

/// Writes a new flag and its initial state in every environment.
pub(super) async fn insert(work: &mut Work<'_>, project: &StoredProject, flag: &Flag) -> Result<FlagId, Error> {
    let id = FlagId::from_text(new_id());
    let inserted = store::flags::insert(work.tx, &id, &project.id, flag, work.actor.label(), work.now).await;
    inserted.map_err(|e| match e.is_taken() {
        true => Error::field("key", format!("{} is taken; a key is never used again, even after archiving.", flag.key)),
        false => e.into(),
    })?;
    store::unknown::forget(work.tx, &project.id, flag.key.as_str()).await?;
    let state = State::initial(flag);
    for environment in store::environments::of_project(work.tx, &project.id).await? {
        store::states::insert(work.tx, &id, &environment.id, &state, work.now).await?;
    }
    Ok(id)
}

pub async fn edit(work: &mut Work<'_>, project: &StoredProject, flag: &Flag) -> Result<Effect, Error> {
    let stored = find(work, project, &flag.key).await?;
    work.check_base(flag.key.as_str(), stored.version)?;
    if stored.flag.archived_at.is_some() {
        return Err(archived(&flag.key));
    }
    // Archiving has commands of its own.
    let flag = Flag { archived_at: None, ..flag.clone() };
    if flag == stored.flag {
        return Ok(Effect::nothing());
    }
    let mut problems = flag.problems();
    if flag.value_type != stored.flag.value_type {
        problems.push(Problem::new("value_type", "The type of a flag's values stays; make a new flag for another type."));
    }
    problems.extend(owner_problem(work, project, &flag).await?);
    let all = store::environments::of_project(work.tx, &project.id).await?;
    problems.extend(variants_in_use(work.tx, &all, &stored.id, &flag).await?);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    store::flags::update(work.tx, &stored.id, &flag, work.now).await?;
    let guarded = changes_answers(&stored.flag, &flag);
    let event =
        Event { before: document(&stored.flag)?, after: document(&flag)?, ..in_project("flag.edit", object(&flag.key), project) };
    Ok(Effect::one(event, Scope::Project, guarded))
}

pub async fn set_archived(work: &mut Work<'_>, project: &StoredProject, key: &FlagKey, archived: bool) -> Result<Effect, Error> {
    let stored = find(work, project, key).await?;
    work.check_base(key.as_str(), stored.version)?;
    if stored.flag.archived_at.is_some() == archived {
        return Ok(Effect::nothing());
    }
    let flag = Flag { archived_at: archived.then_some(work.now), ..stored.flag.clone() };
    store::flags::update(work.tx, &stored.id, &flag, work.now).await?;
    // From now on it is counted how often it is asked for in vain.
    store::unknown::forget(work.tx, &project.id, key.as_str()).await?;
    let action = if archived { "flag.archive" } else { "flag.restore" };
    let event = Event { before: document(&stored.flag)?, after: document(&flag)?, ..in_project(action, object(key), project) };
    Ok(Effect::one(event, Scope::Project, true))
}

pub(super) async fn find(work: &mut Work<'_>, project: &StoredProject, key: &FlagKey) -> Result<StoredFlag, Error> {
    store::flags::find(work.tx, &project.id, key).await?.ok_or(Error::NotFound("flag"))
}

pub(super) fn archived(key: &FlagKey) -> Error {
    Error::field("", format!("{key} is archived; restore it before you change it."))
}

pub(super) fn object(key: &FlagKey) -> String {
    format!("flag:{key}")
}

/// Whether anybody might be answered differently, now or later.
pub fn changes_answers(before: &Flag, after: &Flag) -> bool {
    let moments = |flag: &Flag| (flag.expires_at, flag.archived_at, flag.client_visible);
    moments(before) != moments(after)
        || before.variants != after.variants
        || before.fallback_variant != after.fallback_variant
        || before.on_expiry != after.on_expiry
}

/// Refuses definitions that some environment's state does not go with, such as one without a variant that is served.
pub async fn check_redefined(tx: &mut Tx, flags: &[StoredFlag], all: &[StoredEnvironment]) -> Result<(), Error> {
    let mut problems = Vec::new();
    for stored in flags {
        let found = variants_in_use(tx, all, &stored.id, &stored.flag).await?;
        problems.extend(found.into_iter().map(|p| Problem::new(format!("{}.{}", stored.flag.key, p.field), p.message)));
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// A variant that some environment serves cannot go.
async fn variants_in_use(tx: &mut Tx, all: &[StoredEnvironment], id: &FlagId, flag: &Flag) -> Result<Vec<Problem>, Error> {
    let mut found = Vec::new();
    for environment in all {
        let state = store::states::find(tx, id, &environment.id).await?.and_then(|stored| stored.state.ok());
        for problem in state.map(|state| state.problems(flag)).unwrap_or_default() {
            let message = format!("In {}: {}", environment.environment.key, problem.message);
            found.push(Problem::new("variants", message));
        }
    }
    Ok(found)
}

/// Compiles a project's naming pattern.
pub(super) fn naming(pattern: &str) -> Result<regex::Regex, String> {
    let build = regex::RegexBuilder::new(pattern).size_limit(1 << 20).build();
    build.map_err(|e| format!("This is no regular expression: {e}"))
}

/// Why a new flag of the project cannot have this key, by its naming pattern.
pub fn naming_problem(project: &StoredProject, key: &FlagKey) -> Option<Problem> {
    if let Some(problem) = address_problem(key) {
        return Some(problem);
    }
    let pattern = &project.project.naming_pattern;
    if pattern == SNAKE_CASE {
        let advice =
            || format!("{key} is not snake_case; write lower-case letters, digits and single _ between them, like new_checkout.");
        return (!is_snake_case(key.as_str())).then(|| Problem::new("key", advice()));
    }
    let fits = naming(pattern).is_ok_and(|regex| regex.is_match(key.as_str()));
    (!fits).then(|| Problem::new("key", format!("{key} does not match this project's naming pattern {pattern}.")))
}

/// Its page would have the address of the form for a new flag.
fn address_problem(key: &FlagKey) -> Option<Problem> {
    let message = "new is the address of a page; choose another key, like new_checkout.";
    (key.as_str() == "new").then(|| Problem::new("key", message))
}

/// An owner who is a person or a team must belong to the project.
async fn owner_problem(work: &mut Work<'_>, project: &StoredProject, flag: &Flag) -> Result<Option<Problem>, Error> {
    let known = match &flag.owner {
        Owner::Unclaimed(_) => true,
        Owner::Person(id) => store::members::people(work.tx, &project.id).await?.iter().any(|(person, _)| person == id),
        Owner::Team(key) => store::teams::find(work.tx, &project.id, key).await?.is_some(),
    };
    Ok((!known).then(|| Problem::new("owner", "Choose a member or a team of this project.")))
}
