//! All snapshots of one moment, and the ways to find one.

use super::keys::{KeyHash, ServedKey};
use super::snapshot::Snapshot;
use crate::domain::id::{EnvironmentId, ProjectId};
use crate::domain::key::{EnvironmentKey, ProjectKey};
use crate::domain::time::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;

/// What the one atomic pointer points to.
#[derive(Debug, Default)]
pub struct Catalog {
    /// As the database had them, environments included that could not be read.
    revisions: HashMap<String, i64>,
    environments: HashMap<EnvironmentId, Arc<Snapshot>>,
    by_key: HashMap<ProjectKey, HashMap<EnvironmentKey, Arc<Snapshot>>>,
    keys: HashMap<KeyHash, (Arc<ServedKey>, Arc<Snapshot>)>,
}

impl Catalog {
    pub(super) fn new(revisions: HashMap<String, i64>, snapshots: Vec<Arc<Snapshot>>) -> Self {
        let mut catalog = Self { revisions, ..Self::default() };
        for snapshot in snapshots {
            let stored = &snapshot.environment;
            let environments = catalog.by_key.entry(stored.project_key.clone()).or_default();
            environments.insert(stored.environment.key.clone(), Arc::clone(&snapshot));
            for key in snapshot.keys.iter() {
                catalog.keys.insert(key.hash, (Arc::clone(key), Arc::clone(&snapshot)));
            }
            catalog.environments.insert(stored.id.clone(), snapshot);
        }
        catalog
    }

    /// The same rows, with a new epoch where a moment has passed.
    pub(super) fn renewed(&self, now: Timestamp) -> Self {
        let renew = |snapshot: &Arc<Snapshot>| match snapshot.is_due(now) {
            true => Arc::new(snapshot.renewed(now)),
            false => Arc::clone(snapshot),
        };
        Self::new(self.revisions.clone(), self.environments.values().map(renew).collect())
    }

    pub(super) fn is_at(&self, revisions: &HashMap<String, i64>) -> bool {
        self.revisions == *revisions
    }
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.environments.values().any(|snapshot| snapshot.is_due(now))
    }

    pub fn snapshots(&self) -> impl Iterator<Item = &Arc<Snapshot>> {
        self.environments.values()
    }
    pub fn by_id(&self, id: &EnvironmentId) -> Option<&Arc<Snapshot>> {
        self.environments.get(id)
    }
    pub fn by_key(&self, project: &ProjectKey, environment: &EnvironmentKey) -> Option<&Arc<Snapshot>> {
        self.by_key.get(project)?.get(environment)
    }
    /// A snapshot of a project with its flags and segments; every change of those moves all of them.
    pub(super) fn newest_of(&self, project: &ProjectId) -> Option<&Arc<Snapshot>> {
        let of = self.snapshots().filter(|snapshot| snapshot.environment.project_id == *project);
        of.max_by_key(|snapshot| snapshot.revision())
    }
    /// The environments of a project, in their order on pages.
    pub fn of_project(&self, project: &ProjectId) -> Vec<Arc<Snapshot>> {
        let of = |snapshot: &&Arc<Snapshot>| snapshot.environment.project_id == *project;
        let mut found: Vec<_> = self.snapshots().filter(of).cloned().collect();
        let place = |snapshot: &Arc<Snapshot>| {
            let environment = &snapshot.environment.environment;
            (environment.position, environment.key.clone())
        };
        found.sort_by_cached_key(place);
        found
    }
    /// The key of this secret, expired or not, and the environment it opens. What is not here was never made or is
    /// revoked: every key is in memory, so that guessing never meets the database.
    pub fn key(&self, hash: &KeyHash) -> Option<(&Arc<ServedKey>, &Arc<Snapshot>)> {
        self.keys.get(hash).map(|(key, snapshot)| (key, snapshot))
    }
    /// Every key of the installation.
    pub fn keys(&self) -> impl Iterator<Item = &ServedKey> {
        self.keys.values().map(|(key, _)| key.as_ref())
    }
}
