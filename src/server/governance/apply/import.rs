//! Flags from a file: all of them or none. A flag that exists keeps what the file does not name (the caller merged it).

use super::{Effect, Scope, Work, document, flags, in_project, states};
use crate::domain::flag::{Flag, Problem};
use crate::domain::key::EnvironmentKey;
use crate::domain::state::State;
use crate::engine::{self, Segments};
use crate::server::error::Error;
use crate::server::governance::audit::Event;
use crate::server::store;
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::flags::StoredFlag;
use crate::server::store::projects::StoredProject;

pub async fn import(
    work: &mut Work<'_>,
    project: &StoredProject,
    environment: &EnvironmentKey,
    imported: &[(Flag, State)],
) -> Result<Effect, Error> {
    let environment = work.environment(project, environment).await?;
    let segments = states::compiled(&store::segments::of_project(work.tx, &project.id).await?);
    let (mut events, mut problems, mut everywhere) = (Vec::new(), Vec::new(), false);
    for (flag, state) in imported {
        match one(work, project, &environment, &segments, flag, state).await {
            Ok(done) => {
                events.extend(done.events);
                everywhere |= done.everywhere;
            }
            Err(Error::Invalid(found)) => problems.extend(found.into_iter().map(|p| of_flag(flag, p))),
            Err(other) => return Err(other),
        }
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let here = Scope::Environment(Box::new(environment));
    let defined = events.iter().any(|event| event.action.starts_with("flag."));
    let raises = if defined { Scope::Project } else { here.clone() };
    Ok(Effect { events, raises, guards: if everywhere { Scope::Project } else { here } })
}

/// What one flag of the file came to.
struct Done {
    events: Vec<Event>,
    /// Whether a definition changed so that every environment may answer differently.
    everywhere: bool,
}

fn of_flag(flag: &Flag, problem: Problem) -> Problem {
    Problem::new(format!("{}.{}", flag.key, problem.field), problem.message)
}

async fn one(
    work: &mut Work<'_>,
    project: &StoredProject,
    environment: &StoredEnvironment,
    segments: &Segments,
    flag: &Flag,
    state: &State,
) -> Result<Done, Error> {
    let problems = engine::compile(flag, state, segments).err().unwrap_or_default();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let found = store::flags::find(work.tx, &project.id, &flag.key).await?;
    let everywhere = found.as_ref().is_some_and(|stored| flags::changes_answers(&stored.flag, flag));
    let (stored, mut events) = match found {
        Some(stored) => existing(work, project, stored, flag).await?,
        None => new(work, project, flag).await?,
    };
    let before = store::states::find(work.tx, &stored.id, &environment.id).await?.and_then(|found| found.state.ok());
    let before = before.unwrap_or_else(|| State::initial(flag));
    if &before != state {
        events.push(states::replace(work, project, environment, &stored, "state.import", &before, state).await?);
    }
    Ok(Done { events, everywhere })
}

async fn new(work: &mut Work<'_>, project: &StoredProject, flag: &Flag) -> Result<(StoredFlag, Vec<Event>), Error> {
    let effect = flags::create_imported(work, project, flag).await?;
    Ok((flags::find(work, project, &flag.key).await?, effect.events))
}

async fn existing(
    work: &mut Work<'_>,
    project: &StoredProject,
    stored: StoredFlag,
    flag: &Flag,
) -> Result<(StoredFlag, Vec<Event>), Error> {
    // One that arrived archived a moment ago still gets its states; it answers nobody.
    if stored.flag.archived_at.is_some() && stored.flag != *flag {
        return Err(Error::field("", format!("{} is archived; a key is never used again.", flag.key)));
    }
    let mut problems = flag.problems();
    if stored.flag.value_type != flag.value_type {
        let (has, wants) = (stored.flag.value_type.as_str(), flag.value_type.as_str());
        problems
            .push(Problem::new("variants", format!("The flag's values are {has} and cannot become {wants}; use another key.")));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if stored.flag == *flag {
        return Ok((stored, Vec::new()));
    }
    store::flags::update(work.tx, &stored.id, flag, work.now).await?;
    let event = Event {
        before: document(&stored.flag)?,
        after: document(flag)?,
        ..in_project("flag.import", flags::object(&flag.key), project)
    };
    Ok((StoredFlag { flag: flag.clone(), ..stored }, vec![event]))
}
