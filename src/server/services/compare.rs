//! Two environments beside each other: one flag in both, or every flag in which they differ; and one copied to the other.

use super::drafts;
use super::flag_list;
use super::flag_query::FlagQuery;
use super::projects::OpenProject;
use super::states::{self, OpenState};
use crate::domain::actor::{Actor, Person};
use crate::domain::attribute::Schema;
use crate::domain::diff::{DiffRow, diff};
use crate::domain::id::DraftId;
use crate::domain::key::EnvironmentKey;
use crate::domain::pairing::aligned;
use crate::domain::role::Role;
use crate::domain::state::State;
use crate::server::error::Error;
use crate::server::services::attributes;
use crate::server::services::audit::shown;
use crate::server::serving::Snapshot;
use crate::server::state::AppState;
use std::sync::Arc;

/// The environments that are compared where none was named: what customers have, beside the one before it.
pub fn usual(state: &AppState, project: &OpenProject) -> Option<(EnvironmentKey, EnvironmentKey)> {
    let all = state.serving.environments_of(&project.stored.id);
    let keys: Vec<_> = all.iter().map(|snapshot| snapshot.environment.environment.key.clone()).collect();
    let [.., a, b] = keys.as_slice() else { return None };
    Some((a.clone(), b.clone()))
}

/// One flag in two environments.
#[derive(Debug, Clone)]
pub struct Comparison {
    pub a: OpenState,
    pub b: OpenState,
    /// What would change in `b` if it became like `a`.
    pub rows: Vec<DiffRow>,
}

/// Compares a flag in two environments. Viewers are not told whom lists name.
pub async fn flag(state: &AppState, project: &OpenProject, flag: &str, a: &str, b: &str) -> Result<Comparison, Error> {
    let (a, b) = (states::open(state, project, a, flag)?, states::open(state, project, b, flag)?);
    let schema = attributes::schema(state, project).await?;
    let rows = rows(&b.served.state, &a.served.state, project.role, &schema);
    Ok(Comparison { a, b, rows })
}

fn rows(before: &State, after: &State, role: Role, schema: &Schema) -> Vec<DiffRow> {
    let document = |state: &State| shown(state.document(), role, schema);
    // The two have no history in common, so that their ids mean nothing to each other.
    diff(&document(before), &document(&aligned(after, before)))
}

/// A flag that two environments have differently.
#[derive(Debug, Clone)]
pub struct Differing {
    pub key: String,
    pub description: String,
    pub places: [Arc<crate::server::serving::ServedFlag>; 2],
    pub parts: usize,
}

/// A page of them.
#[derive(Debug, Clone)]
pub struct Differences {
    pub environments: Vec<Arc<Snapshot>>,
    pub rows: Vec<Differing>,
    /// How many flags the search found, and how many of those differ.
    pub looked_at: usize,
    pub matched: usize,
    pub page: usize,
    pub pages: usize,
}

/// The flags that `query` finds and that differ between two environments.
pub async fn list(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    query: &FlagQuery,
    (a, b): (&str, &str),
    page: usize,
) -> Result<Differences, Error> {
    let environments = state.serving.environments_of(&project.stored.id);
    let named = |key: &str| environments.iter().find(|snapshot| snapshot.environment.environment.key.as_str() == key);
    let (Some(a), Some(b)) = (named(a), named(b)) else { return Err(Error::NotFound("environment")) };
    let keys = flag_list::matching(state, actor, project, query).await?;
    let differ = |key: &&String| matches!((a.flag(key), b.flag(key)), (Some(one), Some(other)) if one.state != other.state);
    let found: Vec<&String> = keys.iter().filter(differ).collect();
    let (matched, pages) = (found.len(), found.len().div_ceil(flag_list::PAGE).max(1));
    let page = page.clamp(1, pages);
    // Only those of this page are taken apart.
    let row = |key: &String| {
        let places = [Arc::clone(a.flag(key)?), Arc::clone(b.flag(key)?)];
        let parts = rows(&places[1].state, &places[0].state, Role::Admin, &Schema::default()).len();
        Some(Differing { key: key.clone(), description: places[0].stored.flag.description.clone(), places, parts })
    };
    let rows = found.into_iter().skip((page - 1) * flag_list::PAGE).take(flag_list::PAGE).filter_map(row).collect();
    Ok(Differences { looked_at: keys.len(), rows, matched, page, pages, environments: environments.clone() })
}

/// Puts the state that a flag has in `a` into a draft of `person` in `b`, the switch only where that is wanted too.
pub async fn copy(
    state: &AppState,
    person: &Person,
    project: &OpenProject,
    comparison: &Comparison,
    with_switch: bool,
) -> Result<Copied, Error> {
    project.require(Role::Editor)?;
    let (environment, flag) = (comparison.b.environment_key().as_str(), comparison.b.flag_key().as_str());
    let work = drafts::open(state, person, project, environment, flag).await?;
    let (from, to) = (&comparison.a.served.state, &work.live.served.state);
    let after = State { enabled: if with_switch { from.enabled } else { to.enabled }, ..aligned(from, to) };
    if after == **to {
        return Ok(Copied::Nothing);
    }
    if let Some(draft) = work.draft.as_ref().filter(|draft| draft.after != after) {
        return Ok(Copied::Occupied(draft.stored.id.clone()));
    }
    drafts::propose(state, person, project, &work, after).await?;
    let work = drafts::open(state, person, project, environment, flag).await?;
    work.draft.map(|draft| Copied::Draft(draft.stored.id)).ok_or(Error::NotFound("draft"))
}

/// What came of copying.
#[derive(Debug, Clone, PartialEq)]
pub enum Copied {
    Draft(DraftId),
    /// The person has another draft there.
    Occupied(DraftId),
    Nothing,
}
