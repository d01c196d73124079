//! What is there now of everything that a draft of several changes replaces, in a few queries however many they are.

use super::Since;
use super::bundle::Target;
use super::document;
use crate::domain::key::{FlagKey, SegmentKey};
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::services::audit::names;
use crate::server::services::projects::OpenProject;
use crate::server::store::audit::{AuditFilter, RowGroup};
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::{self, Cx};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The keys of targets, by what they are of.
#[derive(Default)]
struct Keys {
    flags: Vec<String>,
    segments: Vec<String>,
    /// Flags whose state is meant, by the environment's key.
    states: BTreeMap<String, Vec<String>>,
}

impl Keys {
    fn of(targets: &HashSet<Target>) -> Self {
        let mut keys = Self::default();
        for target in targets {
            match target {
                Target::Flag(key) => keys.flags.push(key.to_string()),
                Target::Segment(key) => keys.segments.push(key.to_string()),
                Target::State(environment, key) => keys.states.entry(environment.clone()).or_default().push(key.to_string()),
                // They are at hand.
                Target::Environment(_) | Target::Project(_) => {}
            }
        }
        keys
    }

    /// The environments that are there, with the flags whose state is meant in them.
    fn places<'k>(&'k self, all: &'k [StoredEnvironment]) -> impl Iterator<Item = (&'k StoredEnvironment, &'k Vec<String>)> {
        all.iter().filter_map(|stored| Some((stored, self.states.get(stored.environment.key.as_str())?)))
    }
}

fn flag(key: &str) -> Option<Target> {
    FlagKey::parse(key).ok().map(Target::Flag)
}

fn segment(key: &str) -> Option<Target> {
    SegmentKey::parse(key).ok().map(Target::Segment)
}

fn state(environment: &StoredEnvironment, key: &str) -> Option<Target> {
    FlagKey::parse(key).ok().map(|key| Target::State(environment.environment.key.to_string(), key))
}

/// The version of each target that is there. No document is read for it.
pub(super) async fn versions(
    cx: &mut Cx,
    project: &OpenProject,
    environments: &[StoredEnvironment],
    targets: &HashSet<Target>,
) -> Result<HashMap<Target, i64>, Error> {
    let (id, keys, mut found) = (&project.stored.id, Keys::of(targets), HashMap::new());
    let flags = store::flags::versions(cx, id, &keys.flags).await?;
    found.extend(flags.into_iter().filter_map(|(key, version)| Some((flag(&key)?, version))));
    let segments = store::segments::versions(cx, id, &keys.segments).await?;
    found.extend(segments.into_iter().filter_map(|(key, version)| Some((segment(&key)?, version))));
    for (place, flags) in keys.places(environments) {
        let states = store::states::versions(cx, &place.id, flags).await?;
        found.extend(states.into_iter().filter_map(|(key, version)| Some((state(place, &key)?, version))));
    }
    found.extend(settings(project, environments, targets)?.into_iter().map(|(target, (_, version))| (target, version)));
    Ok(found)
}

/// The document of each target that is there and can be read, with its version.
pub(super) async fn documents(
    cx: &mut Cx,
    project: &OpenProject,
    environments: &[StoredEnvironment],
    targets: &HashSet<Target>,
) -> Result<HashMap<Target, (Value, i64)>, Error> {
    let (id, keys, mut found) = (&project.stored.id, Keys::of(targets), HashMap::new());
    for stored in store::flags::of_keys(cx, id, &keys.flags).await? {
        found.insert(Target::Flag(stored.flag.key.clone()), (document(&stored.flag)?, stored.version));
    }
    for stored in store::segments::of_keys(cx, id, &keys.segments).await? {
        found.insert(Target::Segment(stored.segment.key.clone()), (document(&stored.segment)?, stored.version));
    }
    for (place, flags) in keys.places(environments) {
        let ids: HashMap<String, String> = store::flags::ids(cx, id, flags).await?.into_iter().collect();
        let all: Vec<String> = ids.keys().cloned().collect();
        for stored in store::states::of_flags(cx, &place.id, &all).await? {
            let target = ids.get(stored.flag_id.as_str()).and_then(|key| state(place, key));
            if let (Some(target), Ok(state)) = (target, stored.state) {
                found.insert(target, (document(&state)?, stored.version));
            }
        }
    }
    found.extend(settings(project, environments, targets)?);
    Ok(found)
}

/// The settings of environments and of the project, as far as they are among the targets.
fn settings(
    project: &OpenProject,
    environments: &[StoredEnvironment],
    targets: &HashSet<Target>,
) -> Result<HashMap<Target, (Value, i64)>, Error> {
    let mut found = HashMap::new();
    for place in environments {
        found.insert(Target::Environment(place.environment.key.clone()), (document(&place.environment)?, place.version));
    }
    let settings = &project.stored.project;
    found.insert(Target::Project(settings.key.clone()), (document(settings)?, project.stored.version));
    found.retain(|target, _| targets.contains(target));
    Ok(found)
}

/// Who changed each target last, as far as the history knows.
pub(super) async fn last(cx: &mut Cx, project: &OpenProject, targets: &HashSet<Target>) -> Result<HashMap<Target, Since>, Error> {
    if targets.is_empty() {
        return Ok(HashMap::new());
    }
    let objects: Vec<String> = targets.iter().map(Target::object).collect::<BTreeSet<_>>().into_iter().collect();
    let mut groups: HashMap<String, Vec<RowGroup>> = HashMap::new();
    for some in objects.chunks(AT_ONCE) {
        let filter = AuditFilter { project: Some(project.key().to_string()), among: some.to_vec(), ..AuditFilter::default() };
        for group in store::audit::groups(cx, &filter).await? {
            groups.entry(group.object.clone()).or_default().push(group);
        }
    }
    let names = names(cx).await?;
    let since = |target: &Target| {
        let own = groups.get(&target.object()).into_iter().flatten();
        let own = own.filter(|group| target.is_of(&group.action, &group.object, group.environment.as_deref()));
        let Some(group) = own.max_by_key(|group| group.newest) else {
            return Since { who: "somebody".to_owned(), count: 1, at: None };
        };
        let who = names.get(&group.actor).unwrap_or(&group.actor).clone();
        Since { who, count: 1, at: Timestamp::parse(&group.newest_at).ok() }
    };
    Ok(targets.iter().map(|target| (target.clone(), since(target))).collect())
}

/// Objects that one statement names.
const AT_ONCE: usize = 500;
