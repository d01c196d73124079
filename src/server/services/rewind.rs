//! The past: what an environment of a project was at a moment, computed from what it is now and from what the history says each
//! change since then replaced. Nothing is kept for it beside the history itself.

use super::compiled;
use super::projects::OpenProject;
use super::states::OpenState;
use crate::domain::flag::Flag;
use crate::domain::key::EnvironmentKey;
use crate::domain::segment::Segment;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::engine::{CompiledFlag, compile};
use crate::server::error::Error;
use crate::server::governance::audit::written;
use crate::server::serving::ServedFlag;
use crate::server::state::AppState;
use crate::server::store::audit::{AuditFilter, AuditRow};
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::flags::StoredFlag;
use crate::server::store::projects::StoredProject;
use crate::server::store::segments::StoredSegment;
use crate::server::store::states::StoredState;
use crate::server::store::{self, Cx};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One environment of a project at a moment; everything by key.
#[derive(Debug, Clone, PartialEq)]
pub struct Then {
    pub environment: EnvironmentKey,
    /// Archived ones included.
    pub flags: BTreeMap<String, Flag>,
    /// Without those that could not be read.
    pub states: BTreeMap<String, State>,
    pub segments: BTreeMap<String, Segment>,
    /// What the history has in a way that nobody can read, as a noun and a key: `flag new_checkout`. It stays as it is.
    pub unreadable: BTreeSet<String>,
}

/// Takes `rows` back from what is there, one by one. They stand newest first, and are all that happened since.
pub fn back(present: Then, rows: &[AuditRow]) -> Then {
    let mut then = present;
    for row in rows {
        undo(&mut then, row);
        // What is older belongs to another project that had the same key.
        if row.action == "project.create" {
            break;
        }
    }
    then
}

fn undo(then: &mut Then, row: &AuditRow) {
    let (noun, key) = row.object.split_once(':').unwrap_or_default();
    match row.action.split_once('.').unwrap_or_default() {
        ("flag", "create") => {
            then.flags.remove(key);
            then.states.remove(key);
        }
        ("flag", _) => put(&mut then.flags, &mut then.unreadable, key, row),
        ("state", _) if row.environment.as_deref() == Some(then.environment.as_str()) => {
            put(&mut then.states, &mut then.unreadable, key, row);
        }
        ("segment", _) => put(&mut then.segments, &mut then.unreadable, key, row),
        // It came with the state of a new flag for every flag there was.
        ("environment", "create") if noun == "environment" && key == then.environment.as_str() => then.states.clear(),
        ("project", "create") => {
            then.flags.clear();
            then.states.clear();
            then.segments.clear();
        }
        _ => {}
    }
}

/// What was there before; nothing, where there was none. What nobody can read is noted.
fn put<T: DeserializeOwned>(all: &mut BTreeMap<String, T>, unreadable: &mut BTreeSet<String>, key: &str, row: &AuditRow) {
    let noted = format!("{} {key}", row.action.split_once('.').map_or("", |(noun, _)| noun));
    match row.before.as_deref().map(serde_json::from_str) {
        Some(Ok(before)) => {
            unreadable.remove(&noted);
            all.insert(key.to_owned(), before);
        }
        before => {
            all.remove(key);
            if before.is_some() {
                unreadable.insert(noted)
            } else {
                unreadable.remove(&noted)
            };
        }
    }
}

/// The same environment now, with the versions that a change would be made against.
#[derive(Debug, Clone)]
pub struct Present {
    pub environment: StoredEnvironment,
    /// Of the project, in their order.
    pub environments: Vec<StoredEnvironment>,
    pub flags: BTreeMap<String, StoredFlag>,
    pub states: BTreeMap<String, StoredState>,
    pub segments: BTreeMap<String, StoredSegment>,
}

impl Present {
    fn then(&self) -> Then {
        let read = |(key, stored): (&String, &StoredState)| Some((key.clone(), stored.state.clone().ok()?));
        Then {
            environment: self.environment.environment.key.clone(),
            flags: self.flags.iter().map(|(key, stored)| (key.clone(), stored.flag.clone())).collect(),
            states: self.states.iter().filter_map(read).collect(),
            segments: self.segments.iter().map(|(key, stored)| (key.clone(), stored.segment.clone())).collect(),
            unreadable: BTreeSet::new(),
        }
    }
}

/// A moment of an environment, beside what it is now.
#[derive(Debug, Clone)]
pub struct Rewound {
    pub present: Present,
    pub then: Then,
    /// What happened since, newest first.
    pub since: Vec<AuditRow>,
}

/// A whole environment at a moment.
pub async fn environment(state: &AppState, project: &OpenProject, key: &str, at: Timestamp) -> Result<Rewound, Error> {
    let mut cx = state.db.snapshot().await?;
    let present = present(&mut cx, &project.stored, key, None).await?;
    let since = since(&mut cx, &project.stored, at, AuditFilter::default()).await?;
    Ok(Rewound { then: back(present.then(), &since), present, since })
}

/// One flag of it, with the segments there were.
pub async fn flag(state: &AppState, project: &OpenProject, key: &str, flag: &str, at: Timestamp) -> Result<Rewound, Error> {
    let mut cx = state.db.snapshot().await?;
    let present = present(&mut cx, &project.stored, key, Some(flag)).await?;
    let own = AuditFilter { object: Some(format!("flag:{flag}")), ..AuditFilter::default() };
    let mut rows = since(&mut cx, &project.stored, at, own).await?;
    for action in ["segment", "environment.create", "project.create"] {
        let filter = AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() };
        rows.extend(since(&mut cx, &project.stored, at, filter).await?);
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.seq));
    Ok(Rewound { then: back(present.then(), &rows), present, since: rows })
}

async fn present(cx: &mut Cx, project: &StoredProject, key: &str, only: Option<&str>) -> Result<Present, Error> {
    let environments = store::environments::of_project(cx, &project.id).await?;
    let environment = environments.iter().find(|stored| stored.environment.key.as_str() == key).cloned();
    let environment = environment.ok_or(Error::NotFound("environment"))?;
    let mut flags = store::flags::of_project(cx, &project.id).await?;
    flags.retain(|stored| only.is_none_or(|key| stored.flag.key.as_str() == key));
    let mut states = BTreeMap::new();
    if only.is_some() {
        for stored in &flags {
            let found = store::states::find(cx, &stored.id, &environment.id).await?;
            states.extend(found.map(|found| (stored.flag.key.to_string(), found)));
        }
    } else {
        let keys: BTreeMap<_, _> = flags.iter().map(|stored| (stored.id.clone(), stored.flag.key.to_string())).collect();
        let all = store::states::of_environment(cx, &environment.id).await?;
        states.extend(all.into_iter().filter_map(|found| Some((keys.get(&found.flag_id)?.clone(), found))));
    }
    let segments = store::segments::of_project(cx, &project.id).await?;
    Ok(Present {
        flags: flags.into_iter().map(|stored| (stored.flag.key.to_string(), stored)).collect(),
        segments: segments.into_iter().map(|stored| (stored.segment.key.to_string(), stored)).collect(),
        states,
        environment,
        environments,
    })
}

/// Rows that are read at a time: each may hold a long list twice.
const STEP: i64 = 500;

/// What `filter` asks for of everything after `at`, newest first.
async fn since(cx: &mut Cx, project: &StoredProject, at: Timestamp, filter: AuditFilter) -> Result<Vec<AuditRow>, Error> {
    let (mut rows, mut before_seq) = (Vec::new(), None);
    let key = project.project.key.to_string();
    let from = Some(written(at.plus(1)));
    let filter = AuditFilter { project: Some(key), from, ..filter };
    loop {
        let found = store::audit::search(cx, &AuditFilter { before_seq, ..filter.clone() }, STEP).await?;
        before_seq = found.last().map(|row| row.seq);
        let more = i64::try_from(found.len()).is_ok_and(|count| count == STEP);
        rows.extend(found);
        if !more {
            return Ok(rows);
        }
    }
}

/// A flag in an environment as `then` had it; `None` where it was not there.
pub fn open(live: &OpenState, then: &Then) -> Option<OpenState> {
    let flag = then.flags.get(live.flag_key().as_str())?;
    let state = then.states.get(live.flag_key().as_str())?;
    let segments = compiled::all(then.segments.values());
    let (compiled, fault) = match compile(flag, state, &segments) {
        Ok(compiled) => (compiled, None),
        Err(problems) => (CompiledFlag::fallback(flag), Some(problems)),
    };
    let served = ServedFlag {
        stored: Arc::new(StoredFlag { flag: flag.clone(), ..StoredFlag::clone(&live.served.stored) }),
        state: Arc::new(state.clone()),
        state_version: live.served.state_version,
        updated_at: live.served.updated_at,
        compiled,
        fault,
        counters: Arc::clone(&live.served.counters),
    };
    Some(OpenState { snapshot: Arc::clone(&live.snapshot), served: Arc::new(served) })
}

#[cfg(test)]
#[path = "rewind_tests.rs"]
mod tests;
