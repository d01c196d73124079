//! Rows into snapshots. What did not change is carried over from the snapshot before, compiled as it is.

use super::catalog::Catalog;
use super::rows::{Contents, FoundState, ProjectRows, Rows};
use super::snapshot::{Parts, ProjectSegments, ServedFlag, Snapshot};
use super::{Registries, keys::ServedKey};
use crate::domain::flag::Problem;
use crate::domain::id::ProjectId;
use crate::domain::key::SegmentKey;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::engine::{CompiledFlag, compile, compile_segment};
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::flags::StoredFlag;
use std::collections::HashMap;
use std::sync::Arc;

/// The catalog that `rows` make, after `current`.
pub(super) fn catalog(rows: Rows, current: &Catalog, registries: &Registries, now: Timestamp) -> Catalog {
    let Rows { revisions, environments, projects } = rows;
    let segments: HashMap<&ProjectId, Arc<ProjectSegments>> =
        projects.iter().map(|(id, rows)| (id, Arc::new(segments(rows)))).collect();
    let mut snapshots = Vec::with_capacity(environments.len());
    for (environment, contents) in environments {
        let old = current.by_id(&environment.id);
        let parts = || Some((contents?, projects.get(&environment.project_id)?, segments.get(&environment.project_id)?));
        match (parts(), old) {
            (Some((contents, project, segments)), _) => {
                let build = Build { old: old.map(Arc::as_ref), registries, segments, environment };
                snapshots.push(Arc::new(build.snapshot(contents, project, now)));
            }
            (None, Some(old)) if old.is_due(now) => snapshots.push(Arc::new(old.renewed(now))),
            (None, Some(old)) => snapshots.push(Arc::clone(old)),
            (None, None) => {}
        }
    }
    Catalog::new(revisions, snapshots)
}

/// A project's segments: those that did not change are not compiled again.
fn segments(rows: &ProjectRows) -> ProjectSegments {
    let before = &rows.before;
    let mut found = ProjectSegments::default();
    for row in &rows.segments {
        let key = &row.key;
        let compiled = match &row.fresh {
            Some(segment) => compile_segment(segment).map(Arc::new).inspect_err(|problems| {
                tracing::error!(segment.key = %key, ?problems, "a stored segment cannot be compiled");
            }),
            None => before.compiled.get(key).cloned().ok_or_else(|| before.faults.get(key).cloned().unwrap_or_default()),
        };
        match compiled {
            Ok(compiled) => drop(found.compiled.insert(key.clone(), compiled)),
            Err(problems) => drop(found.faults.insert(key.clone(), problems)),
        }
        found.stamps.insert(key.clone(), row.stamp.clone());
    }
    found
}

/// One environment in the making.
struct Build<'a> {
    old: Option<&'a Snapshot>,
    registries: &'a Registries,
    segments: &'a Arc<ProjectSegments>,
    environment: StoredEnvironment,
}

impl Build<'_> {
    fn snapshot(self, contents: Contents, project: &ProjectRows, now: Timestamp) -> Snapshot {
        let mut states = contents.states;
        let flags = project.flags.iter().map(|flag| self.flag(flag, states.remove(&flag.id))).collect();
        let keys = contents.keys.into_iter();
        let keys = keys.filter_map(|key| ServedKey::new(key, &self.registries.keys)).map(Arc::new).collect();
        let unknown = self.registries.unknown.of(&self.environment.id);
        let names = self.registries.names.of(&self.environment.id);
        let epoch = self.old.map_or(0, |old| old.epoch + u64::from(old.is_due(now)));
        let segments = Arc::clone(self.segments);
        Snapshot::new(Parts { environment: self.environment, epoch, unknown, names, segments, keys, flags }, now)
    }

    fn flag(&self, stored: &Arc<StoredFlag>, state: Option<FoundState>) -> Arc<ServedFlag> {
        let (state_version, updated_at) =
            state.as_ref().map_or((0, stored.created_at), |state| (state.version, state.updated_at));
        if let Some(same) = self.unchanged(stored, state_version, updated_at) {
            return Arc::clone(same);
        }
        let (state, fault) = match state.map(|state| state.state) {
            Some(Ok(state)) => (state, None),
            // A flag without a row answers as a new flag does.
            None => (Arc::new(State::initial(&stored.flag)), None),
            Some(Err(why)) => (Arc::new(State::initial(&stored.flag)), Some(vec![Problem::new("", why)])),
        };
        let compiled = match fault {
            Some(fault) => Err(fault),
            None => compile(&stored.flag, &state, &self.segments.compiled),
        };
        let (compiled, fault) = match compiled {
            Ok(compiled) => (compiled, None),
            Err(problems) => (CompiledFlag::fallback(&stored.flag), Some(self.tell(stored, problems))),
        };
        let counters = self.registries.counters.of(&self.environment.id, &stored.id, &compiled);
        let stored = Arc::clone(stored);
        Arc::new(ServedFlag { stored, state, state_version, updated_at, compiled, fault, counters })
    }

    /// The flag as the snapshot before has it, where that is what would be made again.
    fn unchanged(&self, stored: &StoredFlag, state_version: i64, updated_at: Timestamp) -> Option<&Arc<ServedFlag>> {
        let old = self.old?;
        let flag = old.flag(stored.flag.key.as_str())?;
        let same_definition =
            flag.stored.id == stored.id && flag.stored.version == stored.version && flag.stored.updated_at == stored.updated_at;
        let same_state = flag.state_version == state_version && flag.updated_at == updated_at;
        let asked = || flag.state.segments().into_iter().filter_map(|key| SegmentKey::parse(key).ok());
        let same_segment = |key: SegmentKey| match (old.segments.compiled.get(&key), self.segments.compiled.get(&key)) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        // What is said of a fault names the segments there are.
        let same_fault = flag.fault.is_none() || Arc::ptr_eq(&old.segments, self.segments);
        (same_definition && same_state && same_fault && asked().all(same_segment)).then_some(flag)
    }

    fn tell(&self, stored: &StoredFlag, problems: Vec<Problem>) -> Vec<Problem> {
        let (flag, environment) = (&stored.flag.key, &self.environment.environment.key);
        tracing::error!(flag.key = %flag, %environment, ?problems, "a stored flag cannot be compiled; it serves its fallback variant");
        problems
    }
}
