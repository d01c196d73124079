//! What a flag answers in one environment.

use super::step_approval::wants_approval;
use super::{Effect, Scope, Weight, Work, document, flags, in_project};
use crate::domain::flag::{ExpiryAction, Flag, Problem};
use crate::domain::key::{EnvironmentKey, FlagKey, SegmentKey};
use crate::domain::limits;
use crate::domain::pace::overtaken;
use crate::domain::reminder::ended;
use crate::domain::rule::percent;
use crate::domain::state::State;
use crate::engine::{self, CompiledSegment, Segments};
use crate::server::error::Error;
use crate::server::governance::audit::Event;
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::flags::StoredFlag;
use crate::server::store::projects::StoredProject;
use crate::server::store::segments::StoredSegment;
use crate::server::store::states::{StoredState, Unreadable};
use crate::server::store::{self, StoreError};
use serde_json::{Value, json};
use std::sync::Arc;

pub async fn set_enabled(
    work: &mut Work<'_>,
    project: &StoredProject,
    environment: &EnvironmentKey,
    key: &FlagKey,
    enabled: bool,
) -> Result<Effect, Error> {
    let environment = work.environment(project, environment).await?;
    let (stored, found) = load(work, project, &environment, key).await?;
    let version = found.version;
    work.found = Some(version);
    let before = match found.state {
        // Off is the way out of this trouble too: the flag starts afresh.
        Err(unreadable) if !enabled => return start_afresh(work, project, environment, &stored, &unreadable).await,
        found => readable(found, key)?,
    };
    if before.enabled == enabled {
        return Ok(Effect::nothing());
    }
    // Off is the way out of trouble: it works from a stale page and on a frozen flag.
    if enabled {
        work.check_base(key.as_str(), version)?;
        refuse_frozen(work, &stored.flag)?;
    }
    let after = State { enabled, ..before.clone() };
    let action = if enabled { "state.enable" } else { "state.disable" };
    write(work, project, environment, &stored, action, &before, &after).await
}

pub async fn edit(
    work: &mut Work<'_>,
    project: &StoredProject,
    environment: &EnvironmentKey,
    key: &FlagKey,
    after: &State,
) -> Result<Effect, Error> {
    let environment = work.environment(project, environment).await?;
    let (stored, found) = load(work, project, &environment, key).await?;
    work.check_base(key.as_str(), found.version)?;
    let before = readable(found.state, key)?;
    // Plans that begin with this change begin now, however long it waited for others to look at it.
    let wanted = after;
    let after = &after.clone().settled(work.now);
    if &before == after {
        return Ok(Effect::nothing());
    }
    refuse_frozen(work, &stored.flag)?;
    refuse_overtaken(work, &before, wanted)?;
    let segments = asked_segments(work, project, after).await?;
    let mut problems = problems(&stored.flag, after, &segments);
    problems.extend(limits::of_state(after, Some(&before)));
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    write(work, project, environment, &stored, "state.edit", &before, after).await
}

async fn load(
    work: &mut Work<'_>,
    project: &StoredProject,
    environment: &StoredEnvironment,
    key: &FlagKey,
) -> Result<(StoredFlag, StoredState), Error> {
    let stored = flags::find(work, project, key).await?;
    if stored.flag.archived_at.is_some() {
        return Err(flags::archived(key));
    }
    let state = store::states::find(work.tx, &stored.id, &environment.id).await?.ok_or(Error::NotFound("flag"))?;
    Ok((stored, state))
}

fn readable(state: Result<State, Unreadable>, key: &FlagKey) -> Result<State, Error> {
    state.map_err(|_| {
        let advice = "turn it off here, which starts it afresh, or import it again";
        Error::field("", format!("What is stored of {key} cannot be read; {advice}."))
    })
}

/// Puts a state that is off in the place of one that cannot be read.
async fn start_afresh(
    work: &mut Work<'_>,
    project: &StoredProject,
    environment: StoredEnvironment,
    stored: &StoredFlag,
    unreadable: &Unreadable,
) -> Result<Effect, Error> {
    let after = State { enabled: false, ..State::initial(&stored.flag) };
    let event = replace(work, project, &environment, stored, "state.disable", Before::Unreadable(unreadable), &after).await?;
    let weight = Weight::of(stored.flag.kind, 0);
    Ok(Effect::one(event, Scope::Environment(Box::new(environment)), true).weighing(weight))
}

async fn write(
    work: &mut Work<'_>,
    project: &StoredProject,
    environment: StoredEnvironment,
    stored: &StoredFlag,
    action: &'static str,
    before: &State,
    after: &State,
) -> Result<Effect, Error> {
    let gate = wants_approval(work, project, &environment, stored, (before, after)).await?;
    let event = replace(work, project, &environment, stored, action, Before::State(before), after).await?;
    let weight = Weight { gate, ..Weight::of_state(&stored.flag, before, after, work.now) };
    Ok(Effect::one(event, Scope::Environment(Box::new(environment)), true).weighing(weight))
}

/// What a state takes the place of.
#[derive(Clone, Copy)]
pub(super) enum Before<'b> {
    State(&'b State),
    /// Which segments it asked for is not known.
    Unreadable(&'b Unreadable),
}

impl Before<'_> {
    fn document(self) -> Result<Option<Value>, Error> {
        match self {
            Self::State(state) => document(state),
            Self::Unreadable(unreadable) => Ok(Some(json!({ "unreadable": unreadable.text }))),
        }
    }
    /// What a new state may not grow beyond.
    pub(super) fn limits(self, after: &State) -> Vec<Problem> {
        limits::of_state(after, if let Self::State(before) = self { Some(before) } else { None })
    }
    fn asks_for_same_segments(self, after: &State) -> bool {
        matches!(self, Self::State(before) if before.segments() == after.segments())
    }
}

/// Writes a state and what refers to it; returns the event.
pub(super) async fn replace(
    work: &mut Work<'_>,
    project: &StoredProject,
    environment: &StoredEnvironment,
    stored: &StoredFlag,
    action: &'static str,
    before: Before<'_>,
    after: &State,
) -> Result<Event, Error> {
    store::states::update(work.tx, &stored.id, &environment.id, after, work.now).await?;
    if !before.asks_for_same_segments(after) {
        let named: Vec<String> = after.segments().into_iter().map(str::to_owned).collect();
        let ids = store::segments::ids(work.tx, &project.id, &named).await?;
        store::states::set_segments(work.tx, &stored.id, &environment.id, &ids).await?;
    }
    Ok(Event {
        environment: Some(environment.environment.key.to_string()),
        before: before.document()?,
        after: document(after)?,
        ..in_project(action, flags::object(&stored.flag.key), project)
    })
}

/// Everything that keeps a state from being served, by compiling it as the server would.
pub(super) fn problems(flag: &Flag, state: &State, segments: &Segments) -> Vec<Problem> {
    engine::compile(flag, state, segments).err().unwrap_or_default()
}

/// The segments that a state asks for and no other: their lists may be long.
async fn asked_segments(work: &mut Work<'_>, project: &StoredProject, state: &State) -> Result<Segments, Error> {
    let mut found = Segments::new();
    for key in state.segments().into_iter().filter_map(|key| SegmentKey::parse(key).ok()) {
        match store::segments::find(work.tx, &project.id, &key).await {
            Ok(stored) => found.extend(stored.as_ref().and_then(compiled)),
            // As good as absent, which is told in the place that asks for it.
            Err(StoreError::Unreadable { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}

/// A segment as states may ask for it, if it can be served.
pub(super) fn compiled(stored: &StoredSegment) -> Option<(SegmentKey, Arc<CompiledSegment>)> {
    Some((stored.segment.key.clone(), Arc::new(engine::compile_segment(&stored.segment).ok()?)))
}

/// What was asked for at an earlier share of a plan does not take it back to that: it was meant to give more.
fn refuse_overtaken(work: &Work<'_>, before: &State, after: &State) -> Result<(), Error> {
    let Some(asked_at) = work.submission.asked_at else { return Ok(()) };
    let Some((is, gets)) = overtaken(before, after, asked_at, work.now) else { return Ok(()) };
    let (is, gets) = (percent(is), percent(gets));
    let message = format!(
        "The plan has gone on while this waited: {is} get the variant now, and this would take it back to {gets}. Withdraw it, \
         and ask for what is wanted now."
    );
    Err(Error::field("", message))
}

/// An expired flag whose expiry freezes it takes no edits until somebody extends it.
fn refuse_frozen(work: &Work<'_>, flag: &Flag) -> Result<(), Error> {
    if !is_frozen(work, flag) {
        return Ok(());
    }
    let since = flag.expires_at.map(ended).unwrap_or_default();
    Err(Error::field("", format!("{} expired {since} and is frozen; extend its expiry date first.", flag.key)))
}

/// The same for a flag that an import brings up to date: the file itself may extend it.
pub(super) fn refuse_frozen_unless_extended(work: &Work<'_>, before: &Flag, after: &Flag) -> Result<(), Error> {
    let extended = after.expires_at.is_none_or(|at| at > work.now);
    if extended { Ok(()) } else { refuse_frozen(work, before) }
}

/// The same for an edit of the definition: extending it is the way out, and somebody else may always come to answer for it.
pub(super) fn refuse_frozen_definition(work: &Work<'_>, before: &Flag, after: &Flag) -> Result<(), Error> {
    let handed_over = Flag { owner: after.owner.clone(), ..before.clone() };
    if handed_over == *after { Ok(()) } else { refuse_frozen_unless_extended(work, before, after) }
}

fn is_frozen(work: &Work<'_>, flag: &Flag) -> bool {
    flag.on_expiry == ExpiryAction::Freeze && flag.expires_at.is_some_and(|at| at <= work.now)
}
