//! Who will miss flags that are archived: what was counted and found of several at once.

pub use crate::domain::missed::Missed;

use super::flags::{Places, places};
use super::projects::OpenProject;
use super::usage;
use crate::domain::command::Command;
use crate::domain::reference::Place;
use crate::server::error::Error;
use crate::server::serving::ServedFlag;
use crate::server::state::AppState;
use crate::server::store::change_requests::StoredRequest;
use crate::server::store::{self, Cx};

/// Of each of some flags, given as they are served in their environments.
pub async fn of_flags(state: &AppState, project: &OpenProject, flags: &[Vec<&ServedFlag>]) -> Result<Vec<Missed>, Error> {
    let mut cx = state.db.read().await?;
    let activity = usage::of_flags(&mut cx, flags, state.clock.now()).await?;
    let counts = store::references::counts(&mut cx, &project.stored.id).await?;
    let mut all = Vec::with_capacity(flags.len());
    for (served, activity) in flags.iter().zip(activity) {
        let Some(served) = served.first() else { continue };
        let places = counts.get(served.key()).copied().unwrap_or(0);
        let first = if places > 0 { first(&mut cx, project, served.key()).await? } else { None };
        all.push(Missed { asked: activity.evaluated, delivered: activity.delivered, places, first });
    }
    Ok(all)
}

/// Of the flags that an open request archives; those that are gone by now are left out.
pub async fn of_request(state: &AppState, project: &OpenProject, stored: &StoredRequest) -> Result<Vec<(String, Missed)>, Error> {
    let environments = state.serving.environments_of(&project.stored.id);
    let archived = stored.items.iter().filter_map(|item| match &item.command {
        Command::ArchiveFlag { flag, .. } => Some(flag.to_string()),
        _ => None,
    });
    let (mut keys, mut flags): (Vec<String>, Vec<Places<'_>>) = (Vec::new(), Vec::new());
    for key in archived {
        let places = places(&environments, &key);
        if !places.is_empty() {
            keys.push(key);
            flags.push(places);
        }
    }
    let served: Vec<Vec<&ServedFlag>> =
        flags.iter().map(|places| places.iter().map(|(_, served)| served.as_ref()).collect()).collect();
    Ok(keys.into_iter().zip(of_flags(state, project, &served).await?).collect())
}

async fn first(cx: &mut Cx, project: &OpenProject, key: &str) -> Result<Option<Place>, Error> {
    Ok(store::references::of_flag(cx, &project.stored.id, key, 1).await?.pop())
}
