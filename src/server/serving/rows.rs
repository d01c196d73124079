//! What a refresh reads from the database: of the environments whose revision moved, the rows whose version moved, all at
//! one moment. Everything else is taken from the catalog before.

use super::catalog::Catalog;
use super::snapshot::{ProjectSegments, Snapshot};
use crate::domain::id::{FlagId, ProjectId};
use crate::domain::key::SegmentKey;
use crate::domain::segment::Segment;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::server::store::api_keys::{self, StoredApiKey};
use crate::server::store::environments::{self, StoredEnvironment};
use crate::server::store::flags::{self, StoredFlag};
use crate::server::store::segments::{self, StoredSegment};
use crate::server::store::states;
use crate::server::store::{Cx, Stamp, StoreError};
use std::collections::HashMap;
use std::sync::Arc;

/// Past so many changed rows, one statement for all of them is quicker than one for each.
pub(super) const FEW: usize = 100;

#[derive(Debug)]
pub(super) struct Rows {
    pub(super) revisions: HashMap<String, i64>,
    /// Every environment; those without contents have not moved.
    pub(super) environments: Vec<(StoredEnvironment, Option<Contents>)>,
    pub(super) projects: HashMap<ProjectId, ProjectRows>,
}

/// What belongs to one environment.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) states: HashMap<FlagId, FoundState>,
    pub(super) keys: Vec<StoredApiKey>,
}

/// A state, fetched or known.
#[derive(Debug)]
pub(super) struct FoundState {
    /// What is wrong with the stored text, where it cannot be read.
    pub(super) state: Result<Arc<State>, String>,
    pub(super) version: i64,
    pub(super) updated_at: Timestamp,
}

/// What the environments of a project have in common.
#[derive(Debug)]
pub(super) struct ProjectRows {
    pub(super) flags: Vec<Arc<StoredFlag>>,
    pub(super) segments: Vec<FoundSegment>,
    /// The segments as they were, for those that did not change.
    pub(super) before: Arc<ProjectSegments>,
}

#[derive(Debug)]
pub(super) struct FoundSegment {
    pub(super) key: SegmentKey,
    pub(super) stamp: Stamp,
    /// None where `before` has it.
    pub(super) fresh: Option<Segment>,
}

/// Reads what moved since `current`. `cx` must show one moment throughout.
pub(super) async fn read(cx: &mut Cx, current: &Catalog, revisions: HashMap<String, i64>) -> Result<Rows, StoreError> {
    let mut rows = Rows { revisions, environments: Vec::new(), projects: HashMap::new() };
    for environment in environments::all(cx).await? {
        let old = current.by_id(&environment.id).map(Arc::as_ref);
        let moved = old.is_none_or(|old| old.revision() != environment.revision);
        let contents = if moved { Some(contents(cx, &environment, old).await?) } else { None };
        if moved && !rows.projects.contains_key(&environment.project_id) {
            let project = project(cx, &environment.project_id, current).await?;
            rows.projects.insert(environment.project_id.clone(), project);
        }
        rows.environments.push((environment, contents));
    }
    Ok(rows)
}

async fn contents(cx: &mut Cx, environment: &StoredEnvironment, old: Option<&Snapshot>) -> Result<Contents, StoreError> {
    let mut served: HashMap<&str, _> = HashMap::new();
    // A fault was found in the stored text, which is not kept: such a state is read again.
    let sound = old.into_iter().flat_map(Snapshot::flags).filter(|flag| flag.fault.is_none());
    served.extend(sound.map(|flag| (flag.stored.id.as_str(), flag)));
    let known = |stamp: &Stamp| {
        let flag = served.get(stamp.id.as_str())?;
        let same = flag.state_version == stamp.version && flag.updated_at.millis() == stamp.updated_at;
        let (state, version, updated_at) = (Ok(Arc::clone(&flag.state)), flag.state_version, flag.updated_at);
        same.then(|| (flag.stored.id.clone(), FoundState { state, version, updated_at }))
    };
    let (kept, changed) = parted(states::stamps(cx, &environment.id).await?, known);
    let fetched = match changed.len() {
        ..=FEW => states::of_flags(cx, &environment.id, &changed).await?,
        _ => states::of_environment(cx, &environment.id).await?,
    };
    let mut states: HashMap<_, _> = kept.into_iter().collect();
    states.extend(fetched.into_iter().map(|row| {
        let state = row.state.map(Arc::new).map_err(|unreadable| unreadable.why);
        (row.flag_id, FoundState { state, version: row.version, updated_at: row.updated_at })
    }));
    Ok(Contents { states, keys: api_keys::of_environment(cx, &environment.id).await? })
}

async fn project(cx: &mut Cx, id: &ProjectId, current: &Catalog) -> Result<ProjectRows, StoreError> {
    let old = current.newest_of(id);
    let before = old.map(|snapshot| Arc::clone(&snapshot.segments)).unwrap_or_default();
    let flags = project_flags(cx, id, old).await?;
    let segments = project_segments(cx, id, &before).await?;
    Ok(ProjectRows { flags, segments, before })
}

async fn project_flags(cx: &mut Cx, id: &ProjectId, old: Option<&Arc<Snapshot>>) -> Result<Vec<Arc<StoredFlag>>, StoreError> {
    let served = old.into_iter().flat_map(|snapshot| snapshot.flags());
    let served: HashMap<&str, _> = served.map(|flag| (flag.stored.id.as_str(), &flag.stored)).collect();
    let known = |stamp: &Stamp| {
        let flag = served.get(stamp.id.as_str())?;
        let same = flag.version == stamp.version && flag.updated_at.millis() == stamp.updated_at;
        same.then(|| Arc::clone(flag))
    };
    let (mut flags, changed) = parted(flags::stamps(cx, id).await?, known);
    if changed.len() > FEW {
        return Ok(flags::of_project(cx, id).await?.into_iter().map(Arc::new).collect());
    }
    flags.extend(flags::of_ids(cx, &changed).await?.into_iter().map(Arc::new));
    Ok(flags)
}

async fn project_segments(cx: &mut Cx, id: &ProjectId, before: &ProjectSegments) -> Result<Vec<FoundSegment>, StoreError> {
    let served: HashMap<&str, _> = before.stamps.iter().map(|(key, stamp)| (stamp.id.as_str(), (key, stamp))).collect();
    let known = |stamp: &Stamp| {
        let (key, _) = served.get(stamp.id.as_str()).filter(|(_, same)| *same == stamp)?;
        Some(FoundSegment { key: SegmentKey::clone(key), stamp: stamp.clone(), fresh: None })
    };
    let stamps = segments::stamps(cx, id).await?;
    let by_id: HashMap<String, Stamp> = stamps.iter().map(|stamp| (stamp.id.clone(), stamp.clone())).collect();
    let (mut segments, changed) = parted(stamps, known);
    let fresh = |row: StoredSegment| {
        let stamp = by_id.get(row.id.as_str())?.clone();
        Some(FoundSegment { key: row.segment.key.clone(), stamp, fresh: Some(row.segment) })
    };
    segments.extend(segments::of_ids(cx, &changed).await?.into_iter().filter_map(fresh));
    Ok(segments)
}

/// What is known already, and the identities of the rest.
fn parted<T>(stamps: Vec<Stamp>, known: impl Fn(&Stamp) -> Option<T>) -> (Vec<T>, Vec<String>) {
    let (mut kept, mut changed) = (Vec::with_capacity(stamps.len()), Vec::new());
    for stamp in stamps {
        match known(&stamp) {
            Some(same) => kept.push(same),
            None => changed.push(stamp.id),
        }
    }
    (kept, changed)
}
