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
use crate::domain::when;
use crate::engine::{CompiledFlag, Segments, compile};
use crate::server::error::Error;
use crate::server::governance::audit::written;
use crate::server::serving::ServedFlag;
use crate::server::state::AppState;
use crate::server::store::audit::{AuditFilter, RowGroup};
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::flags::StoredFlag;
use crate::server::store::projects::StoredProject;
use crate::server::store::segments::StoredSegment;
use crate::server::store::states::StoredState;
use crate::server::store::{self, Cx};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// What of one environment of a project is looked at, at a moment; everything by key.
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

/// The oldest change of one thing since a moment: what it replaced is what was there then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct First {
    pub seq: i64,
    pub action: String,
    pub environment: Option<String>,
    pub object: String,
    pub before: Option<String>,
}

/// The oldest rows of `groups`, one of each flag, state and segment, newest first and without what they replaced.
fn firsts(groups: &[RowGroup]) -> Vec<First> {
    let mut oldest: HashMap<(&str, &str, Option<&str>), &RowGroup> = HashMap::new();
    for group in groups {
        let thing = (noun(&group.action), group.object.as_str(), group.environment.as_deref());
        let first = oldest.entry(thing).or_insert(group);
        if group.oldest < first.oldest {
            *first = group;
        }
    }
    let first = |group: &RowGroup| First {
        seq: group.oldest,
        action: group.action.clone(),
        environment: group.environment.clone(),
        object: group.object.clone(),
        before: None,
    };
    let mut found: Vec<First> = oldest.into_values().map(first).collect();
    found.sort_by_key(|first| std::cmp::Reverse(first.seq));
    found
}

fn noun(action: &str) -> &str {
    action.split_once('.').map_or("", |(noun, _)| noun)
}

/// Takes everything back that happened since. Its first changes stand newest first.
pub fn back(present: Then, firsts: &[First]) -> Then {
    let mut then = present;
    for first in firsts {
        undo(&mut then, first);
    }
    then
}

fn undo(then: &mut Then, first: &First) {
    let key = first.object.split_once(':').map_or("", |(_, key)| key);
    match first.action.split_once('.').unwrap_or_default() {
        ("flag", "create") => {
            then.flags.remove(key);
            then.states.remove(key);
        }
        ("flag", _) => put(&mut then.flags, &mut then.unreadable, key, first),
        ("state", _) if first.environment.as_deref() == Some(then.environment.as_str()) => {
            put(&mut then.states, &mut then.unreadable, key, first);
        }
        ("segment", _) => put(&mut then.segments, &mut then.unreadable, key, first),
        _ => {}
    }
}

/// What was there before; nothing, where there was none. What nobody can read is noted.
fn put<T: DeserializeOwned>(all: &mut BTreeMap<String, T>, unreadable: &mut BTreeSet<String>, key: &str, first: &First) {
    all.remove(key);
    match first.before.as_deref().map(serde_json::from_str) {
        Some(Ok(before)) => drop(all.insert(key.to_owned(), before)),
        Some(Err(_)) => drop(unreadable.insert(format!("{} {key}", noun(&first.action)))),
        None => {}
    }
}

/// The same environment now, with the versions that a change would be made against.
#[derive(Debug, Clone)]
pub struct Present {
    pub environment: StoredEnvironment,
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

/// What of an environment has changed since a moment: as it was then, beside what it is now. What nobody touched is in neither.
#[derive(Debug, Clone)]
pub struct Rewound {
    pub present: Present,
    pub then: Then,
    /// What happened since to what is in them.
    pub since: Vec<RowGroup>,
    /// How many changes of flags, states and segments that were, those of other environments included.
    pub changes: u64,
}

/// When the project or the environment was made, where that was after `at`: of a time before there is nothing to tell.
pub async fn made_since(state: &AppState, project: &OpenProject, key: &str, at: Timestamp) -> Result<Option<String>, Error> {
    made(&mut state.db.read().await?, &project.stored, key, at).await
}

async fn made(cx: &mut Cx, project: &StoredProject, key: &str, at: Timestamp) -> Result<Option<String>, Error> {
    let among = vec![format!("project:{}", project.project.key), format!("environment:{key}")];
    let groups = store::audit::groups(cx, &AuditFilter { among, ..after(project, at) }).await?;
    let made = groups.into_iter().filter(|group| matches!(group.action.as_str(), "project.create" | "environment.create"));
    Ok(made.max_by_key(|group| group.newest).map(|group| group.newest_at))
}

/// What of a whole environment has changed since `at`, a moment at which it was there.
pub async fn environment(state: &AppState, project: &OpenProject, key: &str, at: Timestamp) -> Result<Rewound, Error> {
    let mut cx = state.db.snapshot().await?;
    refuse_pruned(&mut cx, at).await?;
    let filter = after(&project.stored, at);
    let actions = store::audit::actions(&mut cx, &filter).await?;
    let changes = actions.iter().filter(|(action, _)| is_told_back(action)).map(|(_, times)| times.unsigned_abs()).sum();
    let touching = Some(key.to_owned());
    let mut since = store::audit::groups(&mut cx, &AuditFilter { touching, ..filter }).await?;
    since.retain(|group| is_told_back(&group.action));
    let present = present(&mut cx, &project.stored, key, &since).await?;
    let then = back(present.then(), &with_befores(&mut cx, firsts(&since)).await?);
    Ok(Rewound { then, present, since, changes })
}

/// A flag in an environment as it was at `at`, with the segments it asked for; `None` where it was not there.
pub async fn flag(state: &AppState, project: &OpenProject, live: &OpenState, at: Timestamp) -> Result<Option<OpenState>, Error> {
    let mut cx = state.db.snapshot().await?;
    refuse_pruned(&mut cx, at).await?;
    let environment = live.environment_key().as_str();
    if made(&mut cx, &project.stored, environment, at).await?.is_some() {
        return Ok(None);
    }
    let (key, filter) = (live.flag_key().as_str(), after(&project.stored, at));
    let filter = AuditFilter { touching: Some(environment.to_owned()), ..filter };
    let since = store::audit::groups(&mut cx, &AuditFilter { object: Some(format!("flag:{key}")), ..filter.clone() }).await?;
    let present = load(&mut cx, &project.stored, live.snapshot.environment.clone(), &[key.to_owned()], &[]).await?;
    let then = back(present.then(), &with_befores(&mut cx, firsts(&since)).await?);
    let (Some(flag), Some(state)) = (then.flags.get(key), then.states.get(key)) else { return Ok(None) };
    let segments = segments(&mut cx, live, state, &filter).await?;
    Ok(Some(open(live, flag, state, &segments)))
}

/// The segments that `state` asks for as they were. Those that nobody touched since are compiled already.
async fn segments(cx: &mut Cx, live: &OpenState, state: &State, filter: &AuditFilter) -> Result<Segments, Error> {
    let asked = state.segments();
    let among: Vec<String> = asked.iter().map(|key| format!("segment:{key}")).collect();
    if among.is_empty() {
        return Ok(Segments::new());
    }
    let since = store::audit::groups(cx, &AuditFilter { among, ..filter.clone() }).await?;
    let firsts = with_befores(cx, firsts(&since)).await?;
    let served = live.snapshot.segments.compiled.iter();
    let is_same = |key: &str| asked.contains(key) && !since.iter().any(|group| group.object == format!("segment:{key}"));
    let mut found: Segments =
        served.filter(|(key, _)| is_same(key.as_str())).map(|(key, same)| (key.clone(), Arc::clone(same))).collect();
    let before = |first: &First| serde_json::from_str::<Segment>(first.before.as_deref()?).ok();
    let changed: Vec<Segment> = firsts.iter().filter_map(before).collect();
    found.extend(compiled::all(changed.iter()));
    Ok(found)
}

/// Everything after `at`.
fn after(project: &StoredProject, at: Timestamp) -> AuditFilter {
    let (project, from) = (Some(project.project.key.to_string()), Some(written(at.plus(1))));
    AuditFilter { project, from, ..AuditFilter::default() }
}

/// Whether a change may be among those that are taken back.
fn is_told_back(action: &str) -> bool {
    ["flag", "state", "segment"].contains(&noun(action))
}

/// The same with what each of them replaced.
async fn with_befores(cx: &mut Cx, mut firsts: Vec<First>) -> Result<Vec<First>, Error> {
    let seqs: Vec<i64> = firsts.iter().map(|first| first.seq).collect();
    let mut replaced: HashMap<i64, Option<String>> = store::audit::replaced(cx, &seqs).await?.into_iter().collect();
    for first in &mut firsts {
        first.before = replaced.remove(&first.seq).flatten();
    }
    Ok(firsts)
}

/// What is there now of everything that was touched.
async fn present(cx: &mut Cx, project: &StoredProject, key: &str, since: &[RowGroup]) -> Result<Present, Error> {
    let environments = store::environments::of_project(cx, &project.id).await?;
    let environment = environments.into_iter().find(|stored| stored.environment.key.as_str() == key);
    let environment = environment.ok_or(Error::NotFound("environment"))?;
    let keys = |prefix: &str| {
        let keys = since.iter().filter_map(|group| group.object.strip_prefix(prefix).map(str::to_owned));
        keys.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    load(cx, project, environment, &keys("flag:"), &keys("segment:")).await
}

async fn load(
    cx: &mut Cx,
    project: &StoredProject,
    environment: StoredEnvironment,
    flags: &[String],
    segments: &[String],
) -> Result<Present, Error> {
    let flags = store::flags::of_keys(cx, &project.id, flags).await?;
    let keys: HashMap<String, String> = flags.iter().map(|stored| (stored.id.to_string(), stored.flag.key.to_string())).collect();
    let ids: Vec<String> = keys.keys().cloned().collect();
    let states = store::states::of_flags(cx, &environment.id, &ids).await?;
    let segments = store::segments::of_keys(cx, &project.id, segments).await?;
    Ok(Present {
        flags: flags.into_iter().map(|stored| (stored.flag.key.to_string(), stored)).collect(),
        states: states.into_iter().filter_map(|found| Some((keys.get(found.flag_id.as_str())?.clone(), found))).collect(),
        segments: segments.into_iter().map(|stored| (stored.segment.key.to_string(), stored)).collect(),
        environment,
    })
}

/// Before that moment the history does not tell everything any more, and half of it would be a past that never was.
async fn refuse_pruned(cx: &mut Cx, at: Timestamp) -> Result<(), Error> {
    let Some(stub) = store::audit_stub::last(cx).await? else { return Ok(()) };
    let begins = Timestamp::parse(&stub.last_at).map_err(|why| Error::Internal(why.to_string()))?;
    match at < begins {
        true => {
            let message =
                format!("The history before {} was pruned: choose that moment or a later one.", when::exact_second(begins));
            Err(Error::field("", message))
        }
        false => Ok(()),
    }
}

/// A flag that nobody is served any more.
fn open(live: &OpenState, flag: &Flag, state: &State, segments: &Segments) -> OpenState {
    let (compiled, fault) = match compile(flag, state, segments) {
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
    OpenState { snapshot: Arc::clone(&live.snapshot), served: Arc::new(served) }
}

#[cfg(test)]
#[path = "rewind_tests.rs"]
mod tests;
