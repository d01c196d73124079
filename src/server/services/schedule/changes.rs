//! The scheduled changes of a project, with what they touch and what is known of whether they will be applied.

use crate::domain::change_request::{Standing, standing};
use crate::domain::command::Command;
use crate::domain::draft::Item;
use crate::domain::id::UserId;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::governance::change_requests::roles_now;
use crate::server::services::projects::OpenProject;
use crate::server::serving::Snapshot;
use crate::server::state::AppState;
use crate::server::store::change_requests::{self as rows, StoredRequest};
use crate::server::store::{self, Cx, schedules};
use std::sync::Arc;

/// A change that waits for its moment.
#[derive(Debug, Clone)]
pub struct Scheduled {
    pub stored: StoredRequest,
    pub at: Timestamp,
    pub touches: Vec<Touch>,
    /// Something that it replaces has changed since it was made.
    pub is_behind: bool,
    /// Approvals that it waits for.
    pub missing: usize,
    /// Whether somebody asked for changes of it.
    pub is_objected: bool,
}

impl Scheduled {
    /// Whether it will be applied, as far as anybody knows.
    pub fn is_certain(&self) -> bool {
        !self.is_behind && !self.is_objected && self.missing == 0
    }
    /// Whether it is applied whatever was changed before it.
    pub fn only_turns_off(&self) -> bool {
        self.stored.items.iter().all(|item| item.command.only_turns_off())
    }
}

/// What one of its changes touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// None: all of them.
    pub environment: Option<String>,
    /// None: no flag.
    pub flag: Option<String>,
    /// Parts of the flag's state: `fallthrough`, `rules[r1]`.
    pub parts: Vec<String>,
}

/// Those of a project that are due before `until`.
pub async fn of_project(
    state: &AppState,
    project: &OpenProject,
    until: Timestamp,
    snapshots: &[Arc<Snapshot>],
) -> Result<Vec<Scheduled>, Error> {
    let mut cx = state.db.snapshot().await?;
    let found = schedules::of_project(&mut cx, &project.stored.id, until, super::MOST_CHANGES).await?;
    known(&mut cx, project, found, snapshots).await
}

/// Those that change a flag's state in an environment.
pub async fn of_flag(state: &AppState, project: &OpenProject, flag: &str, environment: &str) -> Result<Vec<Scheduled>, Error> {
    let snapshots = state.serving.environments_of(&project.stored.id);
    let mut cx = state.db.snapshot().await?;
    let found = schedules::of_object(&mut cx, &project.stored.id, &format!("flag:{flag}")).await?;
    let all = known(&mut cx, project, found, &snapshots).await?;
    let is_here = |touch: &Touch| {
        touch.flag.as_deref() == Some(flag) && touch.environment.as_deref().is_none_or(|place| place == environment)
    };
    Ok(all.into_iter().filter(|scheduled| scheduled.touches.iter().any(is_here)).collect())
}

async fn known(
    cx: &mut Cx,
    project: &OpenProject,
    found: Vec<StoredRequest>,
    snapshots: &[Arc<Snapshot>],
) -> Result<Vec<Scheduled>, Error> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let role = roles_now(cx, &project.stored).await?;
    let mut all = Vec::with_capacity(found.len());
    for stored in found {
        let Some(at) = stored.apply_at else { continue };
        let standing = standing_of(cx, &stored, &role).await?;
        all.push(Scheduled {
            at,
            touches: touches(&stored),
            is_behind: stored.items.iter().any(|item| is_behind(item, snapshots)),
            missing: standing.missing(),
            is_objected: !standing.objected.is_empty(),
            stored,
        });
    }
    Ok(all)
}

async fn standing_of(
    cx: &mut Cx,
    stored: &StoredRequest,
    role: impl Fn(&UserId) -> Option<crate::domain::role::Role>,
) -> Result<Standing, store::StoreError> {
    let request = &stored.request;
    let events = rows::events(cx, &stored.id).await?;
    Ok(standing(request, &events, &request.content, &request.asked, role))
}

fn touches(stored: &StoredRequest) -> Vec<Touch> {
    let parts = |place: &str, flag: &str| {
        let found = stored.items.iter().find_map(|item| match &item.command {
            Command::EditState { environment, flag: key, state, .. } if environment.as_str() == place && key.as_str() == flag => {
                Some(parts(item, state))
            }
            Command::SetEnabled { environment, flag: key, .. } if environment.as_str() == place && key.as_str() == flag => {
                Some(vec!["enabled".to_owned()])
            }
            _ => None,
        });
        found.unwrap_or_default()
    };
    let touch = |proposed: &rows::Proposed| {
        let flag = proposed.object.strip_prefix("flag:").map(str::to_owned);
        let parts = match (&proposed.environment, &flag) {
            (Some(place), Some(flag)) => parts(place, flag),
            _ => Vec::new(),
        };
        Touch { environment: proposed.environment.clone(), flag, parts }
    };
    stored.proposed.iter().map(touch).collect()
}

/// The parts of a state that an edit changes.
fn parts(item: &Item, after: &State) -> Vec<String> {
    let Ok(before) = serde_json::from_value::<State>(item.base.clone()) else { return Vec::new() };
    let mut found = Vec::new();
    for (part, is_same) in [
        ("enabled", before.enabled == after.enabled),
        ("off_variant", before.off_variant == after.off_variant),
        ("targets", before.targets == after.targets),
        ("fallthrough", before.fallthrough == after.fallthrough),
    ] {
        found.extend((!is_same).then(|| part.to_owned()));
    }
    for rule in &before.rules {
        let same = after.rules.iter().any(|other| other == rule);
        found.extend((!same).then(|| format!("rules[{}]", rule.id)));
    }
    found
}

/// Whether what an item replaces has another version by now, as far as the snapshots say.
fn is_behind(item: &Item, snapshots: &[Arc<Snapshot>]) -> bool {
    // Off is off, whatever else was changed.
    let Some(base) = item.base_version.filter(|_| !item.command.only_turns_off()) else { return false };
    let served = |place: Option<&str>, flag: &str| {
        let mut fitting =
            snapshots.iter().filter(|snapshot| place.is_none_or(|key| snapshot.environment.environment.key.as_str() == key));
        fitting.find_map(|snapshot| snapshot.flag(flag).cloned())
    };
    match &item.command {
        // Off is the way out of trouble: it works from whatever stands there.
        Command::SetEnabled { enabled: false, .. } => false,
        Command::EditState { environment, flag, .. } | Command::SetEnabled { environment, flag, .. } => {
            served(Some(environment.as_str()), flag.as_str()).is_none_or(|served| served.state_version != base)
        }
        Command::EditFlag { flag, .. } => served(None, flag.key.as_str()).is_none_or(|served| served.stored.version != base),
        Command::ArchiveFlag { flag, .. } | Command::RestoreFlag { flag, .. } => {
            served(None, flag.as_str()).is_none_or(|served| served.stored.version != base)
        }
        _ => false,
    }
}
