//! Where a project's flags are named in source trees: kept as the newest search of each tree found it. What a search finds is
//! an observation, like a count: it changes no answer and stands in no history.

use super::projects::OpenProject;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::id::ProjectId;
use crate::domain::key::ProjectKey;
use crate::domain::reference::{MOST_REPOSITORIES, Place, Reference, Scan, problems};
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::governance::{Applied, Governance, Submission};
use crate::server::state::AppState;
use crate::server::store::{self, Cx, Db};

/// Places that are shown of one flag.
const SHOWN: i64 = 200;

/// Where one flag is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The first of them.
    pub places: Vec<Place>,
    /// How many there are in all.
    pub total: usize,
    /// Every search there was; none where nobody searched yet.
    pub scans: Vec<(Scan, Timestamp)>,
}

pub async fn of_flag(state: &AppState, project: &OpenProject, key: &str) -> Result<Found, Error> {
    let mut cx = state.db.read().await?;
    let places = store::references::of_flag(&mut cx, &project.stored.id, key, SHOWN).await?;
    let total = store::references::count(&mut cx, &project.stored.id, key).await?;
    Ok(Found { places, total, scans: store::references::scans(&mut cx, &project.stored.id).await? })
}

/// The keys to look for: those of every flag, archived ones too.
pub async fn keys(cx: &mut Cx, project: &ProjectId) -> Result<Vec<String>, Error> {
    Ok(store::flags::all_keys(cx, project).await?)
}

/// Keeps what a search found, in place of what the one before it found in that tree.
pub async fn save(
    db: &Db,
    project: &ProjectId,
    scan: &Scan,
    mut references: Vec<Reference>,
    now: Timestamp,
) -> Result<(), Error> {
    let mut found = scan.problems();
    found.extend(problems(&references));
    if !found.is_empty() {
        return Err(Error::Invalid(found));
    }
    references.sort();
    references.dedup();
    let scan = Scan { repository: scan.repository.trim().to_owned(), ..scan.clone() };
    let mut tx = db.begin().await?;
    let kept = store::references::scans(&mut tx, project).await?;
    if kept.len() >= MOST_REPOSITORIES && kept.iter().all(|(other, _)| other.repository != scan.repository) {
        let message = format!(
            "This project keeps searches of {MOST_REPOSITORIES} repositories, which is all that it may; forget one of them first, on its Cleanup page or with flagstaff refs forget."
        );
        return Err(Error::field("repository", message));
    }
    store::references::replace(&mut tx, project, &scan, &references, now).await?;
    Ok(tx.commit().await?)
}

/// Forgets what the newest search of a repository found.
pub async fn forget(
    governance: &Governance,
    actor: &Actor,
    project: ProjectKey,
    repository: &str,
    reason: Option<String>,
) -> Result<Applied, Error> {
    let command = Command::ForgetRepository { project, repository: repository.trim().to_owned() };
    governance.submit(actor, Submission { reason, ..Submission::new(command) }).await
}
