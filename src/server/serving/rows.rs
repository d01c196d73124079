//! What a refresh reads from the database: only the environments whose revision moved, all at one moment.

use super::catalog::Catalog;
use crate::domain::id::ProjectId;
use crate::server::store::api_keys::{self, StoredApiKey};
use crate::server::store::environments::{self, StoredEnvironment};
use crate::server::store::flags::{self, StoredFlag};
use crate::server::store::segments::{self, StoredSegment};
use crate::server::store::states::{self, StoredState};
use crate::server::store::{Cx, StoreError};
use std::collections::HashMap;
use std::sync::Arc;

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
    pub(super) states: Vec<StoredState>,
    pub(super) keys: Vec<StoredApiKey>,
}

/// What the environments of a project have in common.
#[derive(Debug)]
pub(super) struct ProjectRows {
    pub(super) flags: Vec<Arc<StoredFlag>>,
    pub(super) segments: Vec<StoredSegment>,
}

/// Reads what moved since `current`. `cx` must show one moment throughout.
pub(super) async fn read(cx: &mut Cx, current: &Catalog, revisions: HashMap<String, i64>) -> Result<Rows, StoreError> {
    let mut rows = Rows { revisions, environments: Vec::new(), projects: HashMap::new() };
    for environment in environments::all(cx).await? {
        let known = current.by_id(&environment.id).map(|snapshot| snapshot.revision());
        let contents = if known == Some(environment.revision) { None } else { Some(contents(cx, &environment).await?) };
        if contents.is_some() && !rows.projects.contains_key(&environment.project_id) {
            let project = project(cx, &environment.project_id).await?;
            rows.projects.insert(environment.project_id.clone(), project);
        }
        rows.environments.push((environment, contents));
    }
    Ok(rows)
}

async fn contents(cx: &mut Cx, environment: &StoredEnvironment) -> Result<Contents, StoreError> {
    let states = states::of_environment(cx, &environment.id).await?;
    let keys = api_keys::of_environment(cx, &environment.id).await?;
    Ok(Contents { states, keys })
}

async fn project(cx: &mut Cx, id: &ProjectId) -> Result<ProjectRows, StoreError> {
    let flags = flags::of_project(cx, id).await?.into_iter().map(Arc::new).collect();
    let segments = segments::of_project(cx, id).await?;
    Ok(ProjectRows { flags, segments })
}
