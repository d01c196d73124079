//! Flags: made, edited, archived, restored. The same in every environment, so all of them are touched.

use super::{Effect, Scope, Weight, Work, document, in_project};
use crate::domain::environment::Environment;
use crate::domain::flag::{Flag, FlagKind, Owner, Problem};
use crate::domain::growth::changes_answers;
use crate::domain::id::FlagId;
use crate::domain::key::{FlagKey, is_snake_case};
use crate::domain::lifecycle::turns;
use crate::domain::policy::Size;
use crate::domain::project::SNAKE_CASE;
use crate::domain::reminder::{Occurrence, Series};
use crate::domain::role::Role;
use crate::domain::rule::WHOLE;
use crate::domain::state::State;
use crate::server::error::Error;
use crate::server::governance::audit::Event;
use crate::server::governance::reminders::living;
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::flags::StoredFlag;
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, Tx, new_id};

pub async fn create(work: &mut Work<'_>, project: &StoredProject, flag: &Flag) -> Result<Effect, Error> {
    let mut problems = project.project.kinds.of(flag.kind).required.problems(flag);
    problems.extend(naming_problem(project, &flag.key));
    create_if_sound(work, project, flag, problems).await
}

/// From a file. An admin, who could loosen the pattern for as long as it takes, may bring keys that are older than it; and the same
/// goes for what flags of a kind must say.
pub(super) async fn create_imported(work: &mut Work<'_>, project: &StoredProject, flag: &Flag) -> Result<Effect, Error> {
    match work.actor.role_in(&project.id) {
        Some(Role::Admin) => create_if_sound(work, project, flag, address_problem(&flag.key).into_iter().collect()).await,
        _ => create(work, project, flag).await,
    }
}

async fn create_if_sound(work: &mut Work<'_>, project: &StoredProject, flag: &Flag, more: Vec<Problem>) -> Result<Effect, Error> {
    let mut problems = flag.problems();
    problems.extend(more);
    problems.extend(owner_problem(work, project, flag).await?);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    insert(work, project, flag).await?;
    let event = Event { after: document(flag)?, ..in_project("flag.create", object(&flag.key), project) };
    // A new key changes no answer anybody gets today, unless it begins on: then it answers who asked for it in vain.
    let guards = Scope::Environments(where_new_is_held_up(work, project, flag).await?);
    Ok(Effect { guards, ..Effect::one(event, Scope::Project, false) }.weighing(Weight::whole(vec![flag.kind])))
}

/// The environments that review a flag which begins on, or are frozen; none where it begins off.
pub(super) async fn where_new_is_held_up(
    work: &mut Work<'_>,
    project: &StoredProject,
    flag: &Flag,
) -> Result<Vec<StoredEnvironment>, Error> {
    if !State::initial(flag).enabled {
        return Ok(Vec::new());
    }
    let size = Size { growth: WHOLE, ..Size::default() };
    let asks = |it: &Environment| it.policy.asks(it.key.as_str(), &[flag.kind], size, false).is_some();
    let (all, now) = (store::environments::of_project(work.tx, &project.id).await?, work.now);
    let holds = |it: &Environment| asks(it) || it.policy.frozen(now).is_some();
    Ok(all.into_iter().filter(|stored| holds(&stored.environment)).collect())
}

/// The environments that meet flags of both kinds differently: another kind is another policy there.
pub(super) fn where_kinds_differ(all: Vec<StoredEnvironment>, one: FlagKind, other: FlagKind) -> Vec<StoredEnvironment> {
    all.into_iter().filter(|stored| !stored.environment.policy.treats_alike(one, other)).collect()
}

/// Writes a new flag and its initial state in every environment.
pub(super) async fn insert(work: &mut Work<'_>, project: &StoredProject, flag: &Flag) -> Result<FlagId, Error> {
    let id = FlagId::from_text(new_id());
    let inserted = store::flags::insert(work.tx, &id, &project.id, flag, work.actor.label(), work.now).await;
    inserted.map_err(|e| match e.is_taken() {
        true => Error::field("key", format!("{} is taken; a key is never used again, even after archiving.", flag.key)),
        false => e.into(),
    })?;
    note_dates(work, project, &id, None, flag).await?;
    store::unknown::forget(work.tx, &project.id, flag.key.as_str()).await?;
    let state = State::initial(flag);
    for environment in store::environments::of_project(work.tx, &project.id).await? {
        store::states::insert(work.tx, &id, &environment.id, &state, work.now).await?;
    }
    Ok(id)
}

/// A new day, another thing that comes of it and another owner are worth telling anew; but whoever owns the flag and chose
/// that knows that it is near.
pub(super) async fn note_dates(
    work: &mut Work<'_>,
    project: &StoredProject,
    id: &FlagId,
    before: Option<&Flag>,
    after: &Flag,
) -> Result<(), Error> {
    let is_handed_over = before.is_none_or(|before| before.owner != after.owner);
    let does_else = before.is_none_or(|before| before.on_expiry != after.on_expiry);
    let moved = Series::ALL.map(|series| (series, before.is_none_or(|before| series.date(before) != series.date(after))));
    if is_handed_over || moved.iter().any(|(_, is_moved)| *is_moved) {
        store::reminders::snooze(work.tx, id, None).await?;
    }
    for (series, is_moved) in moved {
        let is_changed = does_else && series == Series::Expiry;
        let Some(at) = series.date(after).filter(|_| is_moved || is_handed_over || is_changed) else { continue };
        if !is_moved {
            store::reminders::unsay(work.tx, id, at, &series.to_owner()).await?;
        }
        if is_changed && !is_moved {
            store::reminders::unsay(work.tx, id, at, &[Occurrence::Admins]).await?;
        }
        let Some((known, actor)) = series.known_already(at, work.now).zip(work.actor.user_id()) else { continue };
        if living(work.tx, project, &after.owner).await?.contains(actor) {
            store::reminders::claim(work.tx, id, known, work.now).await?;
        }
    }
    Ok(())
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
    problems.extend(project.project.kinds.of(flag.kind).required.new_problems(&stored.flag, &flag));
    let all = store::environments::of_project(work.tx, &project.id).await?;
    problems.extend(variants_in_use(work.tx, &all, &stored.id, &flag).await?);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    super::states::refuse_frozen_definition(work, &stored.flag, &flag)?;
    write(work, &stored, &flag).await?;
    note_dates(work, project, &stored.id, Some(&stored.flag), &flag).await?;
    let guards = match changes_answers(&stored.flag, &flag) {
        true => Scope::Project,
        false => Scope::Environments(where_kinds_differ(all, stored.flag.kind, flag.kind)),
    };
    let event =
        Event { before: document(&stored.flag)?, after: document(&flag)?, ..in_project("flag.edit", object(&flag.key), project) };
    let weight = Weight::whole(vec![stored.flag.kind, flag.kind]);
    Ok(Effect { guards, ..Effect::one(event, Scope::Project, false) }.weighing(weight))
}

pub async fn set_archived(work: &mut Work<'_>, project: &StoredProject, key: &FlagKey, archived: bool) -> Result<Effect, Error> {
    let stored = find(work, project, key).await?;
    work.check_base(key.as_str(), stored.version)?;
    if stored.flag.archived_at.is_some() == archived {
        return Ok(Effect::nothing());
    }
    let flag = Flag { archived_at: archived.then_some(work.now), ..stored.flag.clone() };
    write(work, &stored, &flag).await?;
    // From now on it is counted how often it is asked for in vain.
    store::unknown::forget(work.tx, &project.id, key.as_str()).await?;
    let action = if archived { "flag.archive" } else { "flag.restore" };
    let event = Event { before: document(&stored.flag)?, after: document(&flag)?, ..in_project(action, object(key), project) };
    Ok(Effect::one(event, Scope::Project, true).weighing(Weight::whole(vec![flag.kind])))
}

/// Puts a definition in the place of another.
pub(super) async fn write(work: &mut Work<'_>, stored: &StoredFlag, flag: &Flag) -> Result<(), Error> {
    store::flags::update(work.tx, &stored.id, flag, work.now).await?;
    if turns(&stored.flag, flag, work.now) {
        store::flags::answers_otherwise(work.tx, &stored.id, work.now).await?;
    }
    Ok(())
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
