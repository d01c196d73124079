//! What a flag answers in one environment.

use super::{Effect, Scope, Work, document, flags, in_project};
use crate::domain::flag::{ExpiryAction, Flag, Problem};
use crate::domain::key::{EnvironmentKey, FlagKey, SegmentKey};
use crate::domain::state::State;
use crate::engine::{self, Segments};
use crate::server::error::Error;
use crate::server::governance::audit::Event;
use crate::server::store;
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::flags::StoredFlag;
use crate::server::store::projects::StoredProject;
use crate::server::store::segments::StoredSegment;
use std::sync::Arc;

pub async fn set_enabled(
    work: &mut Work<'_>,
    project: &StoredProject,
    environment: &EnvironmentKey,
    key: &FlagKey,
    enabled: bool,
) -> Result<Effect, Error> {
    let environment = work.environment(project, environment).await?;
    let (stored, before, version) = load(work, project, &environment, key).await?;
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
    let (stored, before, version) = load(work, project, &environment, key).await?;
    work.check_base(key.as_str(), version)?;
    if &before == after {
        return Ok(Effect::nothing());
    }
    refuse_frozen(work, &stored.flag)?;
    let segments = store::segments::of_project(work.tx, &project.id).await?;
    let problems = problems(&stored.flag, after, &segments);
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
) -> Result<(StoredFlag, State, i64), Error> {
    let stored = flags::find(work, project, key).await?;
    if stored.flag.archived_at.is_some() {
        return Err(Error::field("", format!("{key} is archived; restore it before you change it.")));
    }
    let state = store::states::find(work.tx, &stored.id, &environment.id).await?.ok_or(Error::NotFound("flag"))?;
    let before = state.state.map_err(|why| Error::Internal(format!("the state of {key} cannot be read: {why}")))?;
    Ok((stored, before, state.version))
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
    let event = replace(work, project, &environment, stored, action, before, after).await?;
    Ok(Effect::one(event, Scope::Environment(Box::new(environment)), true))
}

/// Writes a state and what refers to it; returns the event.
pub(super) async fn replace(
    work: &mut Work<'_>,
    project: &StoredProject,
    environment: &StoredEnvironment,
    stored: &StoredFlag,
    action: &'static str,
    before: &State,
    after: &State,
) -> Result<Event, Error> {
    store::states::update(work.tx, &stored.id, &environment.id, after, work.now).await?;
    let named = after.segments();
    if named != before.segments() {
        let segments = store::segments::of_project(work.tx, &project.id).await?;
        let ids: Vec<_> = segments.into_iter().filter(|s| named.contains(s.segment.key.as_str())).map(|s| s.id).collect();
        store::states::set_segments(work.tx, &stored.id, &environment.id, &ids).await?;
    }
    Ok(Event {
        environment: Some(environment.environment.key.to_string()),
        before: document(before)?,
        after: document(after)?,
        ..in_project(action, flags::object(&stored.flag.key), project)
    })
}

/// Everything that keeps a state from being served, by compiling it as the server would.
pub(super) fn problems(flag: &Flag, state: &State, segments: &[StoredSegment]) -> Vec<Problem> {
    engine::compile(flag, state, &compiled(segments)).err().unwrap_or_default()
}

/// The segments as conditions may ask for them.
pub(super) fn compiled(segments: &[StoredSegment]) -> Segments {
    let compiled = |stored: &StoredSegment| {
        let key: SegmentKey = stored.segment.key.clone();
        Some((key, Arc::new(engine::compile_segment(&stored.segment).ok()?)))
    };
    segments.iter().filter_map(compiled).collect()
}

/// An expired flag whose expiry freezes it takes no edits until somebody extends it.
fn refuse_frozen(work: &Work<'_>, flag: &Flag) -> Result<(), Error> {
    let expired = flag.expires_at.is_some_and(|at| at <= work.now);
    if expired && flag.on_expiry == ExpiryAction::Freeze {
        let since = flag.expires_at.map(|at| at.to_date()).unwrap_or_default();
        return Err(Error::field("", format!("{} expired on {since} and is frozen; extend its expiry date first.", flag.key)));
    }
    Ok(())
}
