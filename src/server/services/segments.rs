//! Segments of a project: listed, looked into, changed, and who asks for them.

use super::projects::OpenProject;
use super::states::Consent;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::environment::Environment;
use crate::domain::flag::Problem;
use crate::domain::key::{FlagKey, SegmentKey};
use crate::domain::segment::Segment;
use crate::engine;
use crate::server::error::{Confirm, Error};
use crate::server::governance::{Applied, Submission};
use crate::server::state::AppState;
use crate::server::store;
use crate::server::store::segments::{Outline, StoredSegment};

/// A segment on the list of segments.
#[derive(Debug, Clone)]
pub struct Listed {
    pub outline: Outline,
    /// How many flags ask for it.
    pub flags: u64,
}

/// The segments of a project, by key. Their lists stay where they are.
pub async fn list(state: &AppState, project: &OpenProject) -> Result<Vec<Listed>, Error> {
    let mut cx = state.db.read().await?;
    let outlines = store::segments::outlines(&mut cx, &project.stored.id).await?;
    let counts = store::segments::use_counts(&mut cx, &project.stored.id).await?;
    let flags = |id: &str| counts.iter().find(|(other, _)| other == id).map_or(0, |(_, count)| count.unsigned_abs());
    Ok(outlines.into_iter().map(|(id, outline)| Listed { flags: flags(id.as_str()), outline }).collect())
}

pub async fn find(state: &AppState, project: &OpenProject, key: &str) -> Result<StoredSegment, Error> {
    let key = SegmentKey::parse(key).map_err(|_| Error::NotFound("segment"))?;
    let found = store::segments::find(&mut state.db.read().await?, &project.stored.id, &key).await?;
    found.ok_or(Error::NotFound("segment"))
}

/// A flag that asks for a segment, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedBy {
    pub flag: FlagKey,
    pub is_archived: bool,
    /// In their order.
    pub environments: Vec<Environment>,
}

/// The flags that ask for a segment, by key, archived ones included.
pub async fn used_by(state: &AppState, project: &OpenProject, segment: &StoredSegment) -> Result<Vec<UsedBy>, Error> {
    let mut cx = state.db.read().await?;
    let uses = store::segments::uses(&mut cx, &segment.id).await?;
    let all = store::environments::of_project(&mut cx, &project.stored.id).await?;
    let flag = |states: &[store::segments::Use]| UsedBy {
        flag: states[0].flag.clone(),
        is_archived: states[0].is_archived,
        environments: all
            .iter()
            .filter(|stored| states.iter().any(|found| found.environment == stored.environment.key))
            .map(|stored| stored.environment.clone())
            .collect(),
    };
    Ok(uses.chunk_by(|one, other| one.flag == other.flag).map(flag).collect())
}

/// What replacing a segment by this one will be asked for; nothing where it would be refused.
pub async fn asks(state: &AppState, actor: &Actor, project: &OpenProject, segment: &Segment) -> Result<Option<Confirm>, Error> {
    let command = Command::EditSegment { project: project.key().clone(), segment: segment.clone() };
    let rehearsal = state.governance.rehearse(actor, &[Submission::new(command)]).await?;
    Ok(rehearsal.outcomes.into_iter().next().and_then(Result::ok).flatten())
}

/// Everything that is wrong with a segment, by field, such as `groups[0][1].values[0]`.
pub fn problems(segment: &Segment) -> Vec<Problem> {
    let mut found = segment.problems();
    found.extend(engine::compile_segment(segment).err().unwrap_or_default());
    found
}

/// Makes a segment whose key is still free.
pub async fn create(state: &AppState, actor: &Actor, project: &OpenProject, segment: Segment) -> Result<Applied, Error> {
    let command = Command::CreateSegment { project: project.key().clone(), segment };
    state.governance.submit(actor, Consent::default().on(command)).await
}

/// Replaces a segment; its key stays.
pub async fn edit(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    segment: Segment,
    consent: Consent,
) -> Result<Applied, Error> {
    let command = Command::EditSegment { project: project.key().clone(), segment };
    state.governance.submit(actor, consent.on(command)).await
}

/// Removes a segment that no flag asks for.
pub async fn delete(state: &AppState, actor: &Actor, project: &OpenProject, key: &SegmentKey) -> Result<Applied, Error> {
    let command = Command::DeleteSegment { project: project.key().clone(), segment: key.clone() };
    state.governance.submit(actor, Consent::default().on(command)).await
}
