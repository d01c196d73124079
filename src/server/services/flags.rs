//! Flags of a project: the list, one flag across its environments, and the changes to its definition.

use super::flag_draft::FlagDraft;
use super::flag_key;
use super::flag_query::{FlagQuery, Sort};
use super::owners::{self, Owners};
use super::projects::OpenProject;
use super::states::Consent;
use super::status::{self, Stage, Standing, Status};
use super::usage::{self, Usage};
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::flag::{Flag, Problem};
use crate::domain::key::FlagKey;
use crate::domain::role::Role;
use crate::domain::time::{DAY, Timestamp};
use crate::server::error::Error;
use crate::server::governance::Applied;
use crate::server::serving::{ServedFlag, Snapshot};
use crate::server::state::AppState;
use crate::server::store;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

/// Flags on one page of the list.
pub const PAGE: usize = 50;

/// A flag with its standing in every environment, in their order.
#[derive(Debug, Clone)]
pub struct FlagView {
    /// The same flag once for each environment, beside that environment's snapshot.
    pub places: Vec<(Arc<Snapshot>, Arc<ServedFlag>)>,
    pub status: Status,
    pub owner: String,
}

impl FlagView {
    pub fn flag(&self) -> &Flag {
        &self.places[0].1.stored.flag
    }
    pub fn version(&self) -> i64 {
        self.places[0].1.stored.version
    }
}

#[derive(Debug, Clone)]
pub struct ListRow {
    pub view: FlagView,
    pub usage: Usage,
}

#[derive(Debug, Clone)]
pub struct FlagList {
    pub environments: Vec<Arc<Snapshot>>,
    pub rows: Vec<ListRow>,
    /// Flags that are not archived.
    pub active: usize,
    /// Flags that want somebody's attention: expired ones.
    pub attention: usize,
    pub matched: usize,
    pub page: usize,
    pub pages: usize,
}

/// The list, narrowed, ordered and cut to one page.
pub async fn list(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    query: &FlagQuery,
    sort: (Sort, bool),
    page: usize,
) -> Result<FlagList, Error> {
    let now = state.clock.now();
    let mut cx = state.db.read().await?;
    let owners = owners::load(&mut cx, &project.stored.id).await?;
    let environments = state.serving.environments_of(&project.stored.id);
    let all = views(&environments, &owners, now);
    let active = all.iter().filter(|view| view.flag().archived_at.is_none()).count();
    let attention = all.iter().filter(|view| view.status.stage == Stage::Expired).count();
    let mut found: Vec<FlagView> = all.into_iter().filter(|view| matches(view, query, actor, &owners, now)).collect();
    let seen = match sort.0 {
        Sort::Seen => seen(&mut cx, project).await?,
        _ => HashMap::new(),
    };
    found.sort_by(|a, b| compare(a, b, sort.0, &seen));
    if sort.1 {
        found.reverse();
    }
    let matched = found.len();
    let pages = matched.div_ceil(PAGE).max(1);
    let page = page.clamp(1, pages);
    let mut rows = Vec::new();
    for view in found.into_iter().skip((page - 1) * PAGE).take(PAGE) {
        let stored = view.places[0].1.stored.clone();
        let each = usage::of_flag(&mut cx, &environments, &stored.id, stored.flag.key.as_str(), now).await?;
        rows.push(ListRow { view, usage: Usage::together(&each) });
    }
    Ok(FlagList { environments, rows, active, attention, matched, page, pages })
}

/// One flag across its environments, with its use in each.
pub async fn show(state: &AppState, project: &OpenProject, key: &str) -> Result<(FlagView, Vec<Usage>), Error> {
    let now = state.clock.now();
    let environments = state.serving.environments_of(&project.stored.id);
    let mut cx = state.db.read().await?;
    let owners = owners::load(&mut cx, &project.stored.id).await?;
    let view = view(&environments, key, &owners, now).ok_or(Error::NotFound("flag"))?;
    let usage = usage::of_flag(&mut cx, &environments, &view.places[0].1.stored.id, key, now).await?;
    Ok((view, usage))
}

/// Reads a draft and makes the flag. What the draft alone cannot know of its key is told with all the rest.
pub async fn create_from(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    draft: &FlagDraft,
) -> Result<(Flag, Applied), Error> {
    project.require(Role::Editor)?;
    match draft.create(&project.stored.project.kinds, state.clock.now()) {
        Ok(flag) => Ok((flag.clone(), create(state, actor, project, flag).await?)),
        Err(mut problems) => {
            if FlagKey::parse(draft.key.trim()).is_ok() {
                let message = flag_key::problem(state, project, draft.key.trim()).await?;
                problems.extend(message.map(|message| Problem::new("key", message)));
            }
            Err(Error::Invalid(problems))
        }
    }
}

/// One flag across its environments, without its use.
pub async fn view_of(state: &AppState, project: &OpenProject, key: &str) -> Result<FlagView, Error> {
    let environments = state.serving.environments_of(&project.stored.id);
    let owners = owners::load(&mut state.db.read().await?, &project.stored.id).await?;
    view(&environments, key, &owners, state.clock.now()).ok_or(Error::NotFound("flag"))
}

pub async fn create(state: &AppState, actor: &Actor, project: &OpenProject, flag: Flag) -> Result<Applied, Error> {
    let command = Command::CreateFlag { project: project.key().clone(), flag };
    state.governance.submit(actor, Consent::default().on(command)).await
}

pub async fn edit(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    flag: Flag,
    consent: Consent,
) -> Result<Applied, Error> {
    let command = Command::EditFlag { project: project.key().clone(), flag };
    state.governance.submit(actor, consent.on(command)).await
}

pub async fn set_archived(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    flag: FlagKey,
    archived: bool,
    consent: Consent,
) -> Result<Applied, Error> {
    let project = project.key().clone();
    let command = match archived {
        true => Command::ArchiveFlag { project, flag },
        false => Command::RestoreFlag { project, flag },
    };
    state.governance.submit(actor, consent.on(command)).await
}

fn views(environments: &[Arc<Snapshot>], owners: &Owners, now: Timestamp) -> Vec<FlagView> {
    let Some(first) = environments.first() else { return Vec::new() };
    first.flags().filter_map(|served| view(environments, served.key(), owners, now)).collect()
}

fn view(environments: &[Arc<Snapshot>], key: &str, owners: &Owners, now: Timestamp) -> Option<FlagView> {
    let places: Vec<_> =
        environments.iter().filter_map(|snapshot| Some((snapshot.clone(), snapshot.flag(key)?.clone()))).collect();
    let flag = places.first()?.1.stored.flag.clone();
    let standings: Vec<Standing<'_>> = places
        .iter()
        .map(|(snapshot, served)| Standing {
            protection: snapshot.environment.environment.protection,
            state: &served.state,
            since: served.updated_at,
        })
        .collect();
    let status = status::status(&flag, &standings, now);
    let owner = owners.name(&flag.owner);
    Some(FlagView { places, status, owner })
}

fn matches(view: &FlagView, query: &FlagQuery, actor: &Actor, owners: &Owners, now: Timestamp) -> bool {
    let flag = view.flag();
    let wants_archived = query.status.as_deref() == Some(Stage::Archived.as_str());
    let text = format!("{} {}", flag.key, flag.description).to_lowercase();
    flag.archived_at.is_some() == wants_archived
        && query.words.iter().all(|word| text.contains(word))
        && query.tags.iter().all(|tag| flag.tags.iter().any(|own| own.to_lowercase() == *tag))
        && query.kind.as_deref().is_none_or(|kind| flag.kind.as_str() == kind)
        && query.status.as_deref().is_none_or(|status| view.status.stage.as_str() == status)
        && query.owner.as_deref().is_none_or(|owner| is_owned(view, owner, actor, owners))
        && query.expires.as_deref().is_none_or(|when| expires(flag, when, now))
        && stands(view, query)
}

fn is_owned(view: &FlagView, owner: &str, actor: &Actor, owners: &Owners) -> bool {
    match owner {
        "me" => owners.is_mine(&view.flag().owner, actor),
        name => view.owner.to_lowercase().contains(name),
    }
}

fn expires(flag: &Flag, when: &str, now: Timestamp) -> bool {
    flag.expires_at.is_some_and(|at| match when {
        "overdue" => at <= now,
        _ => at > now && at <= now.plus(14 * DAY),
    })
}

/// `env:` and `is:` together ask for one environment; `is:` alone for any of them.
fn stands(view: &FlagView, query: &FlagQuery) -> bool {
    let wanted = query.is.as_deref().map(|is| is == "on");
    let named =
        |snapshot: &Snapshot| query.environment.as_deref().is_none_or(|key| snapshot.environment.environment.key.as_str() == key);
    let mut places = view.places.iter().filter(|(snapshot, _)| named(snapshot)).peekable();
    match wanted {
        None => places.peek().is_some(),
        Some(on) => places.any(|(_, served)| served.state.enabled == on),
    }
}

async fn seen(cx: &mut store::Cx, project: &OpenProject) -> Result<HashMap<String, i64>, Error> {
    Ok(store::counts::last_evaluated(cx, &project.stored.id).await?.into_iter().collect())
}

fn compare(a: &FlagView, b: &FlagView, sort: Sort, seen: &HashMap<String, i64>) -> Ordering {
    let last = |view: &FlagView| {
        let memory = view.places.iter().filter_map(|(_, served)| served.counters.last_evaluated()).max();
        memory.map(Timestamp::millis).max(seen.get(view.places[0].1.stored.id.as_str()).copied())
    };
    // A flag without an expiry stands behind those with one.
    let expiry = |view: &FlagView| view.flag().expires_at.map_or(i64::MAX, Timestamp::millis);
    let updated = |view: &FlagView| view.places.iter().map(|(_, served)| served.updated_at).max();
    let by_key = || a.flag().key.cmp(&b.flag().key);
    match sort {
        Sort::Key => by_key(),
        Sort::Status => a.status.stage.cmp(&b.status.stage).then_with(by_key),
        Sort::Seen => last(a).cmp(&last(b)).then_with(by_key),
        Sort::Expires => expiry(a).cmp(&expiry(b)).then_with(by_key),
        Sort::Updated => updated(a).cmp(&updated(b)).then_with(by_key),
    }
}
