//! What is probably not meant in a flag of a project, with what the project knows around it.

use super::attributes;
use super::projects::OpenProject;
use super::states::OpenState;
use crate::domain::attribute::Schema;
use crate::domain::lint::{Finding, Known, lint, of_segment};
use crate::domain::role::Role;
use crate::domain::segment::Segment;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::engine::Segments;
use crate::server::error::Error;
use crate::server::serving::Snapshot;
use crate::server::state::AppState;
use std::collections::{BTreeMap, BTreeSet};

/// What there is around a flag.
#[derive(Debug, Clone, Default)]
pub struct Around {
    pub schema: Schema,
    /// By key, and whether nobody can be in them.
    pub segments: BTreeMap<String, bool>,
    pub flags: BTreeSet<String>,
    /// Whether people and teams are known.
    pub owners: bool,
}

impl Around {
    pub fn new(schema: Schema, segments: &Segments, flags: BTreeSet<String>, owners: bool) -> Self {
        let segments = segments.iter().map(|(key, segment)| (key.to_string(), segment.is_empty())).collect();
        Self { schema, segments, flags, owners }
    }

    fn of(schema: Schema, snapshot: &Snapshot) -> Self {
        let flags = snapshot.flags().map(|served| served.key().to_owned()).collect();
        let mut around = Self::new(schema, &snapshot.segments.compiled, flags, true);
        // One that cannot be compiled is there; what is wrong with it is told elsewhere.
        around.segments.extend(snapshot.segments.faults.keys().map(|key| (key.to_string(), false)));
        around
    }

    /// As somebody is told of it who may not know whom rules name, or may.
    pub fn known(&self, masked: bool) -> Known<'_> {
        Known { schema: &self.schema, segments: Some(&self.segments), flags: &self.flags, owners: self.owners, masked }
    }
}

/// What is found in a flag whose state in the environment were `state`, as a member of this role is told of it. Nothing of
/// what answers nobody, or cannot be evaluated: that has more to say than this.
pub async fn findings(
    app: &AppState,
    project: &OpenProject,
    open: &OpenState,
    state: &State,
    now: Timestamp,
) -> Result<Vec<Finding>, Error> {
    if open.served.is_archived() || !open.problems(state).is_empty() {
        return Ok(Vec::new());
    }
    let around = Around::of(attributes::schema(app, project).await?, &open.snapshot);
    Ok(lint(&open.served.stored.flag, state, &around.known(project.role == Role::Viewer), now))
}

/// What is found in a segment of the project, as a member of this role is told of it.
pub async fn of_project_segment(app: &AppState, project: &OpenProject, segment: &Segment) -> Result<Vec<Finding>, Error> {
    let snapshots = app.serving.environments_of(&project.stored.id);
    // Segments and flags are those of the project, whichever environment tells of them.
    let Some(snapshot) = snapshots.first() else { return Ok(Vec::new()) };
    let around = Around::of(attributes::schema(app, project).await?, snapshot);
    Ok(of_segment(segment, &around.known(project.role == Role::Viewer)))
}
