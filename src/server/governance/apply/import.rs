//! Flags from a file: all of them or none. A flag that exists keeps what the file does not name (the caller merged it).

use super::states::Before;
use super::step_approval::wants_approval;
use super::{Effect, Scope, Weight, Work, document, flags, in_project, states};
use crate::domain::flag::{Flag, Problem};
use crate::domain::growth::{changes_answers, growth_of};
use crate::domain::key::{EnvironmentKey, FlagKey};
use crate::domain::rule::WHOLE;
use crate::domain::state::State;
use crate::engine::Segments;
use crate::server::error::Error;
use crate::server::governance::audit::Event;
use crate::server::store;
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::flags::StoredFlag;
use crate::server::store::projects::StoredProject;
use std::collections::HashMap;

pub async fn import(
    work: &mut Work<'_>,
    project: &StoredProject,
    environment: &EnvironmentKey,
    imported: &[(Flag, State)],
    bases: Bases<'_>,
) -> Result<Effect, Error> {
    let environment = work.environment(project, environment).await?;
    let segments = store::segments::of_project(work.tx, &project.id).await?;
    let segments: Segments = segments.iter().filter_map(states::compiled).collect();
    let file = Import { project, environment: &environment, segments: &segments, bases };
    let (mut events, mut problems, mut everywhere, mut redefined) = (Vec::new(), Vec::new(), false, Vec::new());
    let (mut weight, mut elsewhere) = (Weight::default(), Vec::new());
    for (flag, state) in imported {
        match file.one(work, flag, state).await {
            Ok(done) => {
                events.extend(done.events);
                everywhere |= done.everywhere;
                weight.growth = weight.growth.max(done.weight.growth);
                weight.gate |= done.weight.gate;
                weight
                    .kinds
                    .extend(done.weight.kinds.into_iter().filter(|kind| !weight.kinds.contains(kind)).collect::<Vec<_>>());
                redefined.extend(done.redefined);
                elsewhere.extend(done.elsewhere);
            }
            Err(Error::Invalid(found)) => problems.extend(found.into_iter().map(|p| of_flag(flag, p))),
            Err(other) => return Err(other),
        }
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let here = Scope::Environment(Box::new(environment.clone()));
    let defined = events.iter().any(|event| event.action.starts_with("flag."));
    let raises = if defined { Scope::Project } else { here };
    elsewhere.push(environment);
    let guards = if everywhere { Scope::Project } else { Scope::Environments(elsewhere) };
    Ok(Effect { events, raises, guards, redefined, weight })
}

/// What one flag of the file came to.
struct Done {
    events: Vec<Event>,
    /// Whether a definition changed so that every environment may answer differently.
    everywhere: bool,
    /// Where else it is met by a policy: a new flag that begins on, or one of another kind.
    elsewhere: Vec<StoredEnvironment>,
    /// The flag, where its definition changed: what other environments serve must go on.
    redefined: Option<StoredFlag>,
    weight: Weight,
}

fn of_flag(flag: &Flag, problem: Problem) -> Problem {
    Problem::new(format!("{}.{}", flag.key, problem.field), problem.message)
}

/// Where the file goes.
struct Import<'i> {
    project: &'i StoredProject,
    environment: &'i StoredEnvironment,
    segments: &'i Segments,
    bases: Bases<'i>,
}

/// The versions that the file was compared with, of definitions and of states.
pub struct Bases<'i> {
    definitions: HashMap<&'i FlagKey, i64>,
    states: HashMap<&'i FlagKey, i64>,
}

impl<'i> Bases<'i> {
    pub fn new(definitions: &'i [(FlagKey, i64)], states: &'i [(FlagKey, i64)]) -> Self {
        let map = |versions: &'i [(FlagKey, i64)]| versions.iter().map(|(key, version)| (key, *version)).collect();
        Self { definitions: map(definitions), states: map(states) }
    }
}

impl Import<'_> {
    async fn one(&self, work: &mut Work<'_>, flag: &Flag, state: &State) -> Result<Done, Error> {
        let problems = states::problems(flag, state, self.segments);
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        match store::flags::find(work.tx, &self.project.id, &flag.key).await? {
            Some(stored) => self.update(work, stored, flag, state).await,
            None => self.add(work, flag, state).await,
        }
    }

    async fn add(&self, work: &mut Work<'_>, flag: &Flag, state: &State) -> Result<Done, Error> {
        let mut events = flags::create_imported(work, self.project, flag).await?.events;
        let elsewhere = flags::where_new_is_held_up(work, self.project, flag).await?;
        let stored = flags::find(work, self.project, &flag.key).await?;
        let (event, growth, _) = self.state(work, &stored, state).await?;
        events.extend(event);
        let growth = if elsewhere.is_empty() { growth } else { WHOLE };
        Ok(Done { events, everywhere: false, elsewhere, redefined: None, weight: Weight::of(flag.kind, growth) })
    }

    async fn update(&self, work: &mut Work<'_>, stored: StoredFlag, flag: &Flag, state: &State) -> Result<Done, Error> {
        self.refuse_conflict(&stored)?;
        // One that arrived archived a moment ago still gets its states; it answers nobody.
        if stored.flag.archived_at.is_some() && stored.flag != *flag {
            return Err(Error::field("", format!("{} is archived; a key is never used again.", flag.key)));
        }
        let (mut events, mut redefined) = (Vec::new(), None);
        if stored.flag != *flag {
            events.push(self.redefine(work, &stored, flag).await?);
            redefined = Some(StoredFlag { flag: flag.clone(), ..stored.clone() });
        }
        let (event, mut growth, gate) = self.state(work, &stored, state).await?;
        events.extend(event);
        // One that the same change brought still gets its states, however old it is.
        if !events.is_empty() && stored.created_at != work.now {
            states::refuse_frozen_unless_extended(work, &stored.flag, flag)?;
        }
        let everywhere = changes_answers(&stored.flag, flag);
        let elsewhere = match stored.flag.kind == flag.kind {
            true => Vec::new(),
            false => {
                let all = store::environments::of_project(work.tx, &self.project.id).await?;
                flags::where_kinds_differ(all, stored.flag.kind, flag.kind)
            }
        };
        if everywhere || !elsewhere.is_empty() {
            growth = WHOLE;
        }
        let kinds = if events.is_empty() { Vec::new() } else { vec![stored.flag.kind, flag.kind] };
        Ok(Done { events, everywhere, elsewhere, redefined, weight: Weight { kinds, growth, gate, ..Weight::default() } })
    }

    /// What the file leaves out was filled in from a definition that may have changed since.
    fn refuse_conflict(&self, stored: &StoredFlag) -> Result<(), Error> {
        let object = || stored.flag.key.to_string();
        unchanged(self.bases.definitions.get(&stored.flag.key), stored.version, object)
    }

    async fn redefine(&self, work: &mut Work<'_>, stored: &StoredFlag, flag: &Flag) -> Result<Event, Error> {
        let mut problems = flag.problems();
        problems.extend(self.project.project.kinds.of(flag.kind).required.new_problems(&stored.flag, flag));
        if stored.flag.value_type != flag.value_type {
            let (has, wants) = (stored.flag.value_type.as_str(), flag.value_type.as_str());
            let message = format!("The flag's values are {has} and cannot become {wants}; use another key.");
            problems.push(Problem::new("variants", message));
        }
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        flags::write(work, stored, flag).await?;
        flags::note_dates(work, self.project, &stored.id, Some(&stored.flag), flag).await?;
        Ok(Event {
            before: document(&stored.flag)?,
            after: document(flag)?,
            ..in_project("flag.import", flags::object(&flag.key), self.project)
        })
    }

    /// Puts the state in place, unless it is there already; and says how far that reaches, and whether it opens the gate of a
    /// step that waits for approval.
    async fn state(&self, work: &mut Work<'_>, stored: &StoredFlag, state: &State) -> Result<(Option<Event>, u16, bool), Error> {
        let found = store::states::find(work.tx, &stored.id, &self.environment.id).await?.ok_or(Error::NotFound("flag"))?;
        let object = || format!("{} in {}", stored.flag.key, self.environment.environment.key);
        unchanged(self.bases.states.get(&stored.flag.key), found.version, object)?;
        let before = match &found.state {
            Ok(before) if before == state => return Ok((None, 0, false)),
            Ok(before) => Before::State(before),
            Err(unreadable) => Before::Unreadable(unreadable),
        };
        let problems = before.limits(state);
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        let growth = found.state.as_ref().map_or(WHOLE, |before| growth_of(&stored.flag, before, state, work.now));
        let gate = match &found.state {
            Ok(before) => wants_approval(work, self.project, self.environment, stored, (before, state)).await?,
            Err(_) => false,
        };
        let event = states::replace(work, self.project, self.environment, stored, "state.import", before, state).await?;
        Ok((Some(event), growth, gate))
    }
}

/// What was changed since the file was compared with it is not overwritten.
fn unchanged(base: Option<&i64>, current: i64, object: impl Fn() -> String) -> Result<(), Error> {
    match base {
        Some(base) if *base != current => Err(Error::Conflict { object: object(), base: *base, current }),
        _ => Ok(()),
    }
}
