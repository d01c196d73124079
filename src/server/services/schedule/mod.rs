//! What will happen by itself in a project, and when: steps of plans, scheduled changes, expiries, reviews of flags, freezes.
//! Flags and plans are read from the snapshots in memory, scheduled changes by an index.

pub mod calendar;
mod changes;
mod collect;
mod collisions;
pub mod ics;

use super::projects::OpenProject;
use crate::domain::environment::Environment;
use crate::domain::flag::ExpiryAction;
use crate::domain::schedule::{Outcome, Schedule};
use crate::domain::time::{DAY, Timestamp};
use crate::server::error::Error;
use crate::server::state::AppState;
use crate::server::store;
use crate::server::store::schedules::Run;
use collect::{Found, Kind, Places};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

pub use changes::{Scheduled, of_flag};

/// The most scheduled changes that are looked at together.
pub const MOST_CHANGES: i64 = 500;
/// How far back it is told what became of moments that came.
const LATELY: i64 = 7 * DAY;
const MOST_LATELY: i64 = 20;

/// Which part of the time ahead is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The key of an environment; none means all of them.
    pub environment: Option<String>,
    pub until: Timestamp,
    /// From 0.
    pub page: usize,
    pub per_page: usize,
}

/// An environment that something touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Where(pub Arc<Environment>);

/// One thing that will happen.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub at: Timestamp,
    /// None: every environment.
    pub places: Vec<Where>,
    /// The keys of the flags that it touches.
    pub flags: Vec<String>,
    pub what: What,
    pub marks: Vec<Mark>,
    /// The same at every look, for calendars; rises with what is said of it.
    pub uid: String,
    pub sequence: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A rollout plan goes on.
    Step {
        /// Basis points.
        share: u16,
        variant: String,
        /// From 1.
        number: usize,
        of: usize,
        /// ` of rule 2`; empty for everyone else.
        whose: String,
        /// Whether the flag is off there, so that nobody is served by it.
        is_off: bool,
    },
    Change {
        number: i64,
        title: String,
        schedule: Option<Schedule>,
    },
    Expiry(ExpiryAction),
    /// Somebody should ask whether the flag is still needed.
    Review,
    FreezeBegins {
        name: String,
        until: Timestamp,
    },
    FreezeEnds {
        name: String,
    },
}

/// What to know of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub weight: Weight,
    /// A sentence.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    Note,
    /// Two things meet.
    Meets,
    /// It will not come to what is wanted.
    Stops,
}

#[derive(Debug, Clone, Default)]
pub struct Timeline {
    /// One page of them, in their order.
    pub entries: Vec<Entry>,
    /// How many there are on all pages.
    pub total: usize,
    /// Up to when scheduled changes are among them, where there are more than are looked at together.
    pub changes_until: Option<Timestamp>,
    /// The environments that are frozen now: their names, the freeze's, and until when.
    pub frozen: Vec<(String, String, Timestamp)>,
    /// In their order.
    pub environments: Vec<Arc<Environment>>,
}

/// What will happen in a project, as far as it is known.
pub async fn timeline(state: &AppState, project: &OpenProject, wanted: &Wanted) -> Result<Timeline, Error> {
    let now = state.clock.now();
    let snapshots = state.serving.environments_of(&project.stored.id);
    let places = Places::new(&snapshots, wanted.environment.as_deref());
    let changes = changes::of_project(state, project, wanted.until, &snapshots).await?;
    let last = changes.last().map(|scheduled| scheduled.at);
    let changes_until = last.filter(|_| i64::try_from(changes.len()) == Ok(MOST_CHANGES));
    let all = collect::collect(&places, &changes, now, wanted.until);
    let total = all.len();
    let page = collect::page(all, wanted.page.saturating_mul(wanted.per_page), wanted.per_page);
    let entries = collisions::marked(&places, &changes, page, now, wanted.until);
    let environments: Vec<_> = snapshots.iter().map(|snapshot| Arc::new(snapshot.environment.environment.clone())).collect();
    let frozen = environments.iter().filter_map(|environment| {
        let freeze = environment.policy.frozen(now)?;
        Some((environment.key.to_string(), freeze.name.clone(), freeze.until))
    });
    let frozen = frozen.collect();
    Ok(Timeline { entries, total, changes_until, frozen, environments })
}

/// What there is to know of some scheduled changes of a project, by their numbers: the marks of their entries in the timeline.
pub async fn marks(state: &AppState, project: &OpenProject, only: &HashSet<i64>) -> Result<HashMap<i64, Vec<Mark>>, Error> {
    let now = state.clock.now();
    let snapshots = state.serving.environments_of(&project.stored.id);
    let places = Places::new(&snapshots, None);
    let until = Timestamp::LAST;
    let changes = changes::of_project(state, project, until, &snapshots).await?;
    let found = changes.iter().enumerate().filter(|(_, change)| only.contains(&change.stored.number));
    let found = found.map(|(at, change)| Found { at: change.at, kind: Kind::Change(at) });
    let entries = collisions::marked(&places, &changes, found.collect(), now, until);
    let by_number = entries.into_iter().filter_map(|entry| match entry.what {
        What::Change { number, .. } => Some((number, entry.marks)),
        _ => None,
    });
    Ok(by_number.collect())
}

/// Those of them that will not be applied as things are. Where there are none nothing is asked.
pub async fn stopped(state: &AppState, project: &OpenProject, only: &HashSet<i64>) -> Result<HashSet<i64>, Error> {
    if only.is_empty() {
        return Ok(HashSet::new());
    }
    let all = marks(state, project, only).await?.into_iter();
    Ok(all.filter(|(_, marks)| marks.iter().any(|mark| mark.weight == Weight::Stops)).map(|(number, _)| number).collect())
}

/// What became of the moments that came lately and did not go as planned, the newest first.
pub async fn lately(state: &AppState, project: &OpenProject) -> Result<Vec<Run>, Error> {
    let since = state.clock.now().plus(-LATELY);
    let runs = store::schedules::runs(&mut state.db.read().await?, &project.stored.id, since, MOST_LATELY).await?;
    Ok(runs.into_iter().filter(|run| run.outcome != Outcome::Applied).collect())
}
