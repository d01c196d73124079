//! Keys that SDKs ask for and that answer nobody: slips in the code, flags that were never made, and archived ones.

use super::flags::FlagView;
use super::nearest::Vocabulary;
use super::projects::OpenProject;
use crate::domain::time::{DAY, Timestamp};
use crate::server::error::Error;
use crate::server::serving::{Asked, Snapshot};
use crate::server::state::AppState;
use crate::server::store::{self, Cx};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A key that nobody asked for in so many days is forgotten.
pub const KEPT_DAYS: i64 = 30;
/// Keys on one page.
pub const PAGE: usize = 50;

/// A key that is asked for in vain.
#[derive(Debug, Clone)]
pub struct UnknownKey {
    pub key: String,
    /// Where, in the order of the environments.
    pub places: Vec<(Arc<Snapshot>, Asked)>,
    /// There is an archived flag of this key.
    pub is_archived: bool,
    /// The flag whose key is nearest, where one is near.
    pub meant: Option<String>,
}

impl UnknownKey {
    pub fn count(&self) -> u64 {
        self.places.iter().map(|(_, asked)| asked.count).sum()
    }
    pub fn last(&self) -> Option<Timestamp> {
        self.places.iter().map(|(_, asked)| asked.last).max()
    }
}

#[derive(Debug, Clone)]
pub struct UnknownList {
    /// The last asked for first.
    pub keys: Vec<UnknownKey>,
    pub found: usize,
    pub page: usize,
    pub pages: usize,
}

pub async fn list(state: &AppState, project: &OpenProject, page: usize) -> Result<UnknownList, Error> {
    let environments = state.serving.environments_of(&project.stored.id);
    let mut all = gather(&mut state.db.read().await?, &environments).await?;
    all.sort_by(|one, other| other.last().cmp(&one.last()).then_with(|| one.key.cmp(&other.key)));
    let found = all.len();
    let pages = found.div_ceil(PAGE).max(1);
    let page = page.clamp(1, pages);
    let mut keys: Vec<UnknownKey> = all.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
    let live = environments.first().into_iter().flat_map(|first| first.live()).map(|flag| flag.key());
    let known = Vocabulary::new(live);
    for unknown in keys.iter_mut().filter(|unknown| !unknown.is_archived) {
        unknown.meant = known.nearest(&unknown.key).map(str::to_owned);
    }
    Ok(UnknownList { keys, found, page, pages })
}

/// All of them, in the order of their keys.
pub async fn all(state: &AppState, project: &OpenProject) -> Result<Vec<UnknownKey>, Error> {
    let environments = state.serving.environments_of(&project.stored.id);
    gather(&mut state.db.read().await?, &environments).await
}

/// How many there are.
pub async fn count(state: &AppState, project: &OpenProject) -> Result<usize, Error> {
    let environments = state.serving.environments_of(&project.stored.id);
    Ok(gather(&mut state.db.read().await?, &environments).await?.len())
}

/// How often an archived flag is still asked for, in the order of its places; nothing where a flag answers.
pub async fn of_flag(state: &AppState, view: &FlagView) -> Result<Vec<Option<Asked>>, Error> {
    if view.flag().archived_at.is_none() {
        return Ok(vec![None; view.places.len()]);
    }
    let key = view.flag().key.as_str();
    let mut cx = state.db.read().await?;
    let mut found = Vec::with_capacity(view.places.len());
    for (snapshot, _) in &view.places {
        let stored = store::unknown::find(&mut cx, &snapshot.environment.id, key).await?.map(|row| asked(&row));
        let pending = snapshot.unknown.pending_of(key);
        found.push(stored.into_iter().chain(pending).reduce(together));
    }
    Ok(found)
}

/// Every key, from the database and from memory. One that a flag has by now is known.
async fn gather(cx: &mut Cx, environments: &[Arc<Snapshot>]) -> Result<Vec<UnknownKey>, Error> {
    let mut keys: BTreeMap<String, UnknownKey> = BTreeMap::new();
    for snapshot in environments {
        let mut here: BTreeMap<String, Asked> = BTreeMap::new();
        let stored = store::unknown::of_environment(cx, &snapshot.environment.id).await?;
        let stored = stored.into_iter().map(|row| (asked(&row), row.key)).map(|(asked, key)| (key, asked));
        for (key, asked) in stored.chain(snapshot.unknown.pending()) {
            here.entry(key).and_modify(|before| *before = together(*before, asked)).or_insert(asked);
        }
        for (key, asked) in here {
            let flag = snapshot.flag(&key);
            if flag.is_some_and(|flag| !flag.is_archived()) {
                continue;
            }
            let fresh = || UnknownKey { key: key.clone(), places: Vec::new(), is_archived: flag.is_some(), meant: None };
            keys.entry(key.clone()).or_insert_with(fresh).places.push((Arc::clone(snapshot), asked));
        }
    }
    Ok(keys.into_values().collect())
}

/// Forgets what nobody asks for any more.
pub async fn prune(state: &AppState) -> Result<(), Error> {
    let mut tx = state.db.begin().await?;
    store::unknown::prune(&mut tx, state.clock.now().plus(-KEPT_DAYS * DAY)).await?;
    Ok(tx.commit().await?)
}

fn asked(row: &store::unknown::UnknownRow) -> Asked {
    Asked { count: u64::try_from(row.asked).unwrap_or(0), last: Timestamp::from_millis(row.last_asked_at) }
}

fn together(one: Asked, other: Asked) -> Asked {
    Asked { count: one.count + other.count, last: one.last.max(other.last) }
}
