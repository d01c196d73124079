//! The cleanup board: what of a project's flags should be taken out of the code, archived or looked at, with what speaks for
//! it and how far that can be trusted.

mod brief;
mod debt;
mod reasons;

pub use brief::LIMITS;
pub use debt::{Debt, Line, WEEKS};

use super::flags::{FlagView, Places, places, standings};
use super::owners::{self, Owners};
use super::projects::OpenProject;
use super::references::Found;
use super::unknown;
use crate::domain::actor::Actor;
use crate::domain::flag::Flag;
use crate::domain::lifecycle::{Evidence, Group, Standing, debt_since, group, is_debt, is_settled};
use crate::domain::project::Kinds;
use crate::domain::reference::Scan;
use crate::domain::time::{DAY, Timestamp};
use crate::server::error::Error;
use crate::server::serving::{Asked, FlagCounters, Snapshot};
use crate::server::state::AppState;
use crate::server::store;
use crate::server::store::counts::LastRow;
use reasons::reasons;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::PoisonError;

/// Cards that one page of a part shows.
pub const SHOWN: usize = 25;

/// A flag on the board.
#[derive(Debug, Clone)]
pub struct Card {
    pub key: String,
    pub description: String,
    pub kind: &'static str,
    pub owner: String,
    /// Whether anybody behind the owner can act.
    pub is_owned: bool,
    pub created_at: Timestamp,
    /// When it became debt.
    pub since: Option<Timestamp>,
    pub version: i64,
    /// Why it is here, a sentence each.
    pub reasons: Vec<String>,
    /// What to take along into the code; nothing where there is no code to change.
    pub brief: Option<String>,
}

/// One part of the board.
#[derive(Debug, Clone)]
pub struct Section {
    pub group: Group,
    pub found: usize,
    /// Which page of it this is, from 1, and how many there are.
    pub page: u64,
    pub pages: u64,
    /// The oldest first.
    pub cards: Vec<Card>,
}

#[derive(Debug, Clone)]
pub struct Board {
    /// Those with something in them.
    pub sections: Vec<Section>,
    /// Keys asked for that no flag has.
    pub unknown: usize,
    /// Living flags that nobody answers for.
    pub unowned: usize,
    pub debt: Debt,
    /// When which source tree was searched last.
    pub scans: Vec<(Scan, Timestamp)>,
}

/// `1 day`, `86 days`
pub fn days(since: Timestamp, now: Timestamp) -> String {
    match (now.millis() - since.millis()).max(0) / DAY {
        1 => "1 day".to_owned(),
        n => format!("{n} days"),
    }
}

/// What is known of every flag of a project besides its definition and rules.
struct Known {
    /// By the flag's identity.
    seen: HashMap<String, LastRow>,
    references: HashMap<String, usize>,
    in_vain: HashMap<String, Asked>,
    /// The scheduled changes that are open, by what they would change: `flag:new_checkout`.
    scheduled: HashMap<String, i64>,
    scans: Vec<(Scan, Timestamp)>,
}

impl Known {
    async fn load(state: &AppState, project: &OpenProject) -> Result<(Self, usize), Error> {
        let unknown = unknown::all(state, project).await?;
        let vain = |key: &unknown::UnknownKey| {
            let last = key.last()?;
            Some((key.key.clone(), Asked { count: key.count(), last }))
        };
        let in_vain = unknown.iter().filter(|key| key.is_archived).filter_map(vain).collect();
        let nobodys = unknown.iter().filter(|key| !key.is_archived).count();
        let mut cx = state.db.read().await?;
        let id = &project.stored.id;
        let seen = store::counts::seen_in(&mut cx, id).await?;
        let seen = seen.into_iter().map(|row| (row.flag_id.clone(), row)).collect();
        let references = store::references::counts(&mut cx, id).await?;
        let scans = store::references::scans(&mut cx, id).await?;
        let open = store::change_requests::open_objects(&mut cx, id).await?;
        let scheduled = open.into_iter().filter(|(_, waiting)| waiting.apply_at.is_some());
        let scheduled = scheduled.map(|(object, waiting)| (object, waiting.number)).collect();
        Ok((Self { seen, scheduled, references, in_vain, scans }, nobodys))
    }

    fn of(&self, flag: &Flag, places: &Places<'_>) -> Evidence {
        let key = flag.key.as_str();
        let stored = places.first().and_then(|(_, served)| self.seen.get(served.stored.id.as_str()));
        let memory =
            |last: fn(&FlagCounters) -> Option<Timestamp>| places.iter().filter_map(|(_, served)| last(&served.counters)).max();
        // What was asked before it was archived was asked of a living flag.
        let in_vain = self.in_vain.get(key).filter(|asked| flag.archived_at.is_some_and(|at| asked.last > at));
        Evidence {
            last_evaluated: memory(FlagCounters::last_evaluated).max(stored.and_then(LastRow::evaluated)),
            last_delivered: memory(FlagCounters::last_delivered).max(stored.and_then(LastRow::delivered)),
            references: self.references.get(key).copied().unwrap_or(0),
            asked_in_vain: in_vain.map_or(0, |asked| asked.count),
        }
    }
}

/// One flag as the board looks at it.
struct Looked<'s> {
    flag: &'s Flag,
    places: Places<'s>,
    standings: Vec<Standing<'s>>,
    ready_days: u32,
    evidence: Evidence,
    /// The number of a scheduled change that is still to come.
    scheduled: Option<i64>,
}

impl<'s> Looked<'s> {
    fn at(environments: &'s [Arc<Snapshot>], key: &str, kinds: &Kinds, known: &Known) -> Option<Self> {
        let places = places(environments, key);
        let flag = &places.first()?.1.stored.flag;
        let (standings, evidence) = (standings(&places), known.of(flag, &places));
        let scheduled = known.scheduled.get(&format!("flag:{key}")).copied();
        Some(Self { flag, standings, ready_days: kinds.of(flag.kind).ready_days, evidence, scheduled, places })
    }

    /// Whether there is code to change, and nothing to come that would have it changed otherwise.
    fn wants_a_brief(&self, group: Group, now: Timestamp) -> bool {
        let is_decided = self.scheduled.is_none() && is_settled(self.flag, &self.standings, now);
        !matches!(group, Group::ReviewDue | Group::Archive) && (is_decided || self.flag.archived_at.is_some())
    }
}

/// What of the board is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// Only what who looks answers for.
    pub mine: bool,
    /// One part alone, page by page; else the first page of each.
    pub part: Option<Group>,
    /// From 1.
    pub page: u64,
}

/// The board, as far as it is looked at.
pub async fn board(state: &AppState, actor: &Actor, project: &OpenProject, look: Look) -> Result<Board, Error> {
    let now = state.clock.now();
    let owners = owners::load(&mut state.db.read().await?, &project.stored.id).await?;
    let (known, unknown) = Known::load(state, project).await?;
    let environments = state.serving.environments_of(&project.stored.id);
    let kinds = &project.stored.project.kinds;
    let (mut debt, mut unowned) = (Debt::new(now), 0);
    let mut grouped: HashMap<Group, Vec<(Option<Timestamp>, Looked<'_>)>> = HashMap::new();
    for served in environments.first().into_iter().flat_map(|first| first.flags()) {
        let Some(looked) = Looked::at(&environments, served.key(), kinds, &known) else { continue };
        let flag = looked.flag;
        if look.mine && !owners.is_mine(&flag.owner, actor) {
            continue;
        }
        unowned += usize::from(flag.archived_at.is_none() && !owners.is_living(&flag.owner));
        let since = debt_since(flag, &looked.standings, looked.ready_days, now);
        if let Some(since) = since {
            debt.add(owners.name(&flag.owner), since, flag.archived_at);
        }
        if let Some(group) = group(flag, &looked.standings, looked.ready_days, looked.evidence, now) {
            grouped.entry(group).or_default().push((since, looked));
        }
    }
    let mut sections = Vec::new();
    for group in Group::ALL.into_iter().filter(|group| look.part.is_none_or(|part| part == *group)) {
        let Some(mut flags) = grouped.remove(&group) else { continue };
        flags.sort_by_key(|(since, _)| since.map_or(i64::MAX, Timestamp::millis));
        let found = flags.len();
        let mut cards = Vec::new();
        let pages = pages(found);
        let page = if look.part.is_some() { look.page.clamp(1, pages) } else { 1 };
        let past = usize::try_from(page - 1).unwrap_or(0) * SHOWN;
        for (since, looked) in flags.into_iter().skip(past).take(SHOWN) {
            cards.push(card(state, project, &owners, &known.scans, group, since, &looked, now).await?);
        }
        sections.push(Section { group, found, page, pages, cards });
    }
    Ok(Board { sections, unknown, unowned, debt: debt.sorted(), scans: known.scans })
}

fn pages(found: usize) -> u64 {
    u64::try_from(found.div_ceil(SHOWN)).unwrap_or(u64::MAX).max(1)
}

#[allow(clippy::too_many_arguments)] // One call, of what the loop above has at hand.
async fn card(
    state: &AppState,
    project: &OpenProject,
    owners: &Owners,
    scans: &[(Scan, Timestamp)],
    group: Group,
    since: Option<Timestamp>,
    looked: &Looked<'_>,
    now: Timestamp,
) -> Result<Card, Error> {
    let (flag, stored) = (looked.flag, &looked.places[0].1.stored);
    let brief = match looked.wants_a_brief(group, now) {
        false => None,
        true => Some(brief_of(state, project, owners.name(&flag.owner), looked, scans, now).await?),
    };
    Ok(Card {
        key: flag.key.to_string(),
        description: flag.description.clone(),
        kind: flag.kind.label(),
        owner: owners.name(&flag.owner),
        is_owned: owners.is_living(&flag.owner),
        created_at: stored.created_at,
        since,
        version: stored.version,
        reasons: reasons(looked, scans, now),
        brief,
    })
}

async fn brief_of(
    state: &AppState,
    project: &OpenProject,
    owner: String,
    looked: &Looked<'_>,
    scans: &[(Scan, Timestamp)],
    now: Timestamp,
) -> Result<String, Error> {
    let mut places = Vec::new();
    if looked.evidence.references > 0 {
        let mut cx = state.db.read().await?;
        places = store::references::of_flag(&mut cx, &project.stored.id, looked.flag.key.as_str(), brief::PLACES).await?;
    }
    let url = address(state, project, looked.flag);
    Ok(brief::brief(looked, &owner, &url, &places, scans, now))
}

/// How to take one flag out of the code, for its own page, from what that page knows; nothing while it still decides something.
pub fn brief_of_flag(state: &AppState, project: &OpenProject, view: &FlagView, seen: Evidence, found: &Found) -> Option<String> {
    let now = state.clock.now();
    let places: Places<'_> = view.places.iter().map(|(snapshot, served)| (snapshot, served)).collect();
    let flag = view.flag();
    let ready_days = project.stored.project.kinds.of(flag.kind).ready_days;
    let scheduled = view.in_review.iter().find(|waiting| waiting.apply_at.is_some()).map(|waiting| waiting.number);
    let looked = Looked { flag, standings: standings(&places), ready_days, evidence: seen, scheduled, places };
    let group = group(flag, &looked.standings, ready_days, seen, now)?;
    looked
        .wants_a_brief(group, now)
        .then(|| brief::brief(&looked, &view.owner, &address(state, project, flag), &found.places, &found.scans, now))
}

fn address(state: &AppState, project: &OpenProject, flag: &Flag) -> String {
    format!("{}/p/{}/flags/{}", state.public_url, project.key(), flag.key)
}

/// How many flags of a project want somebody, for the navigation: counted again when something changed, or a minute passed.
pub fn count(state: &AppState, project: &OpenProject) -> usize {
    const MINUTE: i64 = 60_000;
    let now = state.clock.now();
    let environments = state.serving.environments_of(&project.stored.id);
    let revisions = environments.iter().map(|snapshot| snapshot.revision()).sum();
    let made_from = [revisions, project.stored.version, now.millis().div_euclid(MINUTE)];
    let known = || state.cleanup.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, count)) = known().get(&project.stored.id).filter(|(before, _)| *before == made_from) {
        return *count;
    }
    let kinds = &project.stored.project.kinds;
    let live = environments.first().into_iter().flat_map(|first| first.live());
    let wanting = live.filter(|served| {
        let (flag, places) = (&served.stored.flag, places(&environments, served.key()));
        is_debt(flag, &standings(&places), kinds.of(flag.kind).ready_days, now)
    });
    let count = wanting.count();
    known().insert(project.stored.id.clone(), (made_from, count));
    count
}
