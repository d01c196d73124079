//! The flag list: every flag of the project is looked at, narrowed by the search and ordered; only those of one page are
//! worked out in full.

use super::change_requests;
use super::flag_query::{FlagQuery, Sort};
use super::flags::{FlagView, Places, mark_stopped, places, status_of};
use super::owners::{self, Owners};
use super::projects::OpenProject;
use super::status::Stage;
use super::usage::{self, Activity};
use crate::domain::actor::Actor;
use crate::domain::flag::Flag;
use crate::domain::project::Kinds;
use crate::domain::time::{DAY, Timestamp};
use crate::server::error::Error;
use crate::server::serving::{ServedFlag, Snapshot};
use crate::server::state::AppState;
use crate::server::store::{self, Cx};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

/// Flags on one page of the list.
pub const PAGE: usize = 50;

#[derive(Debug, Clone)]
pub struct ListRow {
    pub view: FlagView,
    pub activity: Activity,
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

/// A flag as it is looked at.
struct Candidate<'s> {
    places: Places<'s>,
    stage: Stage,
}

impl Candidate<'_> {
    fn flag(&self) -> &Flag {
        &self.places[0].1.stored.flag
    }
    fn id(&self) -> &str {
        self.places[0].1.stored.id.as_str()
    }
    fn served(&self) -> Vec<&ServedFlag> {
        self.places.iter().map(|(_, served)| served.as_ref()).collect()
    }
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
    let kinds = &project.stored.project.kinds;
    let mut found = candidates(&environments, kinds, now);
    let active = found.iter().filter(|flag| flag.stage != Stage::Archived).count();
    let attention = found.iter().filter(|flag| flag.stage == Stage::Expired).count();
    let asked = Asked { query, actor, owners: &owners, now };
    found.retain(|flag| asked.matches(flag));
    let seen = match sort.0 {
        Sort::Seen => seen(&mut cx, project).await?,
        _ => HashMap::new(),
    };
    order(&mut found, sort, &seen);
    let matched = found.len();
    let pages = matched.div_ceil(PAGE).max(1);
    let page = page.clamp(1, pages);
    let shown: Vec<_> = found.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
    let served: Vec<_> = shown.iter().map(Candidate::served).collect();
    let activities = usage::of_flags(&mut cx, &served, now).await?;
    let in_review = change_requests::in_review(&mut cx, project).await?;
    let row = |(flag, activity): (&Candidate<'_>, Activity)| {
        let mut view = FlagView::of(&flag.places, &owners, kinds, now)?;
        view.in_review = in_review.get(view.flag().key.as_str()).cloned().unwrap_or_default();
        Some(ListRow { view, activity })
    };
    let mut rows: Vec<_> = shown.iter().zip(activities).filter_map(row).collect();
    drop(cx);
    mark_stopped(state, project, rows.iter_mut().map(|row| &mut row.view)).await?;
    Ok(FlagList { rows, active, attention, matched, page, pages, environments })
}

/// The keys of the flags that a search finds, in their order.
pub async fn matching(state: &AppState, actor: &Actor, project: &OpenProject, query: &FlagQuery) -> Result<Vec<String>, Error> {
    let now = state.clock.now();
    let owners = owners::load(&mut state.db.read().await?, &project.stored.id).await?;
    let environments = state.serving.environments_of(&project.stored.id);
    let asked = Asked { query, actor, owners: &owners, now };
    let found = candidates(&environments, &project.stored.project.kinds, now).into_iter().filter(|flag| asked.matches(flag));
    Ok(found.map(|candidate| candidate.flag().key.to_string()).collect())
}

/// Every flag, by key.
fn candidates<'s>(environments: &'s [Arc<Snapshot>], kinds: &Kinds, now: Timestamp) -> Vec<Candidate<'s>> {
    let flags = environments.first().into_iter().flat_map(|first| first.flags());
    let candidate = |served: &'s Arc<ServedFlag>| {
        let places = places(environments, served.key());
        status_of(&places, kinds, now).map(|status| Candidate { places, stage: status.stage })
    };
    flags.filter_map(candidate).collect()
}

/// What is looked for, and by whom.
struct Asked<'a> {
    query: &'a FlagQuery,
    actor: &'a Actor,
    owners: &'a Owners,
    now: Timestamp,
}

impl Asked<'_> {
    fn matches(&self, candidate: &Candidate<'_>) -> bool {
        let (flag, query) = (candidate.flag(), self.query);
        let wants_archived = query.status.as_deref() == Some(Stage::Archived.as_str());
        flag.archived_at.is_some() == wants_archived
            && query.status.as_deref().is_none_or(|status| is_called(candidate.stage, status))
            && query.kind.as_deref().is_none_or(|kind| flag.kind.as_str() == kind)
            && query.tags.iter().all(|tag| flag.tags.iter().any(|own| own.to_lowercase() == *tag))
            && query.owner.as_deref().is_none_or(|owner| self.is_owned(flag, owner))
            && query.expires.as_deref().is_none_or(|when| self.expires(flag, when))
            && self.stands(candidate)
            && self.says(flag)
    }

    fn says(&self, flag: &Flag) -> bool {
        if self.query.words.is_empty() {
            return true;
        }
        let text = format!("{} {}", flag.key, flag.description).to_lowercase();
        self.query.words.iter().all(|word| text.contains(word))
    }

    fn is_owned(&self, flag: &Flag, owner: &str) -> bool {
        match owner {
            "me" => self.owners.is_mine(&flag.owner, self.actor),
            "nobody" => !self.owners.is_living(&flag.owner),
            name => self.owners.name(&flag.owner).to_lowercase().contains(name),
        }
    }

    fn expires(&self, flag: &Flag, when: &str) -> bool {
        flag.expires_at.is_some_and(|at| match when {
            "overdue" => at <= self.now,
            _ => at > self.now && at <= self.now.plus(14 * DAY),
        })
    }

    /// `env:` and `is:` together ask for one environment; `is:` alone for any of them.
    fn stands(&self, candidate: &Candidate<'_>) -> bool {
        let wanted = self.query.is.as_deref().map(|is| is == "on");
        let named = |snapshot: &Snapshot| {
            self.query.environment.as_deref().is_none_or(|key| snapshot.environment.environment.key.as_str() == key)
        };
        let mut places = candidate.places.iter().filter(|(snapshot, _)| named(snapshot)).peekable();
        match wanted {
            None => places.peek().is_some(),
            Some(on) => places.any(|(_, served)| served.state.enabled == on),
        }
    }
}

/// A flag that was never on is off too.
fn is_called(stage: Stage, status: &str) -> bool {
    stage.as_str() == status || (stage == Stage::Created && status == Stage::Off.as_str())
}

/// When each flag was last asked for, as far as it is written down.
async fn seen(cx: &mut Cx, project: &OpenProject) -> Result<HashMap<String, Timestamp>, Error> {
    let rows = store::counts::seen_in(cx, &project.stored.id).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.at()?, row.flag_id))).map(|(at, id)| (id, at)).collect())
}

/// What has no value to sort by stands last either way, and equals by key, in which order `found` comes.
fn order(found: &mut [Candidate<'_>], (sort, backwards): (Sort, bool), seen: &HashMap<String, Timestamp>) {
    let last_seen = |candidate: &Candidate<'_>| {
        let memory = candidate.places.iter().filter_map(|(_, served)| served.counters.last_seen()).max();
        memory.max(seen.get(candidate.id()).copied())
    };
    let value = |candidate: &Candidate<'_>| match sort {
        Sort::Key => None,
        Sort::Status => Some(candidate.stage as i64),
        Sort::Seen => last_seen(candidate).map(Timestamp::millis),
        Sort::Expires => candidate.flag().expires_at.map(Timestamp::millis),
        Sort::Updated => candidate.places.iter().map(|(_, served)| served.updated_at.millis()).max(),
    };
    match (sort, backwards) {
        (Sort::Key, false) => {}
        (Sort::Key, true) => found.reverse(),
        (_, false) => found.sort_by_cached_key(|candidate| (value(candidate).is_none(), value(candidate))),
        (_, true) => found.sort_by_cached_key(|candidate| (value(candidate).is_none(), value(candidate).map(Reverse))),
    }
}
