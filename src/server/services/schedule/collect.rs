//! Everything that will happen, found in one walk over the snapshots and kept small until it is known what is shown.

use super::changes::Scheduled;
use super::{Entry, What, Where};
use crate::domain::environment::Environment;
use crate::domain::rollout::{Rollout, Start, Step};
use crate::domain::rule::Serve;
use crate::domain::time::Timestamp;
use crate::server::serving::{ServedFlag, Snapshot};
use std::sync::Arc;

/// The environments that are looked at.
pub struct Places<'s> {
    pub all: Vec<(&'s Snapshot, Arc<Environment>)>,
    /// What belongs to no environment is read from this one.
    first: Option<&'s Snapshot>,
    only: Option<&'s str>,
}

impl<'s> Places<'s> {
    pub fn new(snapshots: &'s [Arc<Snapshot>], only: Option<&'s str>) -> Self {
        let is_wanted = |snapshot: &&Arc<Snapshot>| only.is_none_or(|key| snapshot.environment.environment.key.as_str() == key);
        let all = snapshots.iter().filter(is_wanted);
        let all = all.map(|snapshot| (snapshot.as_ref(), Arc::new(snapshot.environment.environment.clone()))).collect();
        Self { all, first: snapshots.first().map(Arc::as_ref), only }
    }
    /// Whether something of this environment is looked at; of every environment always.
    fn wants(&self, environment: Option<&str>) -> bool {
        self.only.is_none_or(|only| environment.is_none_or(|key| key == only))
    }
    pub fn named(&self, key: &str) -> Option<&Arc<Environment>> {
        self.all.iter().map(|(_, environment)| environment).find(|environment| environment.key.as_str() == key)
    }
    /// A flag's definition, by its key.
    pub fn flag(&self, key: &str) -> Option<&'s Arc<ServedFlag>> {
        self.first?.flag(key)
    }
}

/// One thing that will happen, by where it is found.
#[derive(Clone, Copy)]
pub struct Found<'s> {
    pub at: Timestamp,
    pub kind: Kind<'s>,
}

#[derive(Clone, Copy)]
pub enum Kind<'s> {
    /// A step of a plan, in the environment at that place.
    Step {
        place: usize,
        served: &'s ServedFlag,
        part: Part<'s>,
        rollout: &'s Rollout,
        step: usize,
    },
    /// A scheduled change, by its place among those.
    Change(usize),
    Expiry(&'s ServedFlag),
    Review(&'s ServedFlag),
    /// A freeze, by its place in the environment's policy.
    FreezeBegins {
        place: usize,
        freeze: usize,
    },
    FreezeEnds {
        place: usize,
        freeze: usize,
    },
}

/// What a plan belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'s> {
    Rule(usize, &'s str),
    EveryoneElse,
}

impl Part<'_> {
    /// As a change's parts are called.
    pub fn path(self) -> String {
        match self {
            Self::Rule(_, id) => format!("rules[{id}]"),
            Self::EveryoneElse => "fallthrough".to_owned(),
        }
    }
}

impl<'s> Kind<'s> {
    /// What comes first of things at the same instant.
    const fn rank(&self) -> u8 {
        match self {
            Self::FreezeEnds { .. } => 0,
            Self::FreezeBegins { .. } => 1,
            Self::Expiry(_) => 2,
            Self::Change(_) => 3,
            Self::Step { .. } => 4,
            Self::Review(_) => 5,
        }
    }
    fn order(&self) -> (u8, &'s str, usize) {
        match self {
            Self::Step { place, served, step, .. } => (self.rank(), served.key(), *place * 1_000 + *step),
            Self::Expiry(served) | Self::Review(served) => (self.rank(), served.key(), 0),
            Self::Change(at) => (self.rank(), "", *at),
            Self::FreezeBegins { place, freeze } | Self::FreezeEnds { place, freeze } => {
                (self.rank(), "", *place * 1_000 + *freeze)
            }
        }
    }
}

/// Everything after `now` and before `until`, in no order.
pub fn collect<'s>(places: &Places<'s>, changes: &[Scheduled], now: Timestamp, until: Timestamp) -> Vec<Found<'s>> {
    let is_ahead = |at: Timestamp| at > now && at < until;
    let mut found = Vec::new();
    for (place, (snapshot, environment)) in places.all.iter().enumerate() {
        for served in snapshot.live() {
            steps(place, served, &is_ahead, &mut found);
        }
        for (freeze, it) in environment.policy.freezes.iter().enumerate() {
            found.extend(is_ahead(it.from).then_some(Found { at: it.from, kind: Kind::FreezeBegins { place, freeze } }));
            found.extend(is_ahead(it.until).then_some(Found { at: it.until, kind: Kind::FreezeEnds { place, freeze } }));
        }
    }
    for served in places.first.into_iter().flat_map(Snapshot::live) {
        let flag = &served.stored.flag;
        let expiry = flag.expires_at.filter(|at| is_ahead(*at));
        found.extend(expiry.map(|at| Found { at, kind: Kind::Expiry(served) }));
        let review = flag.review_by.filter(|at| is_ahead(*at));
        found.extend(review.map(|at| Found { at, kind: Kind::Review(served) }));
    }
    for (at, change) in changes.iter().enumerate() {
        let is_wanted = change.touches.iter().any(|touch| places.wants(touch.environment.as_deref()));
        // One that is due and not yet taken still stands ahead.
        found.extend((is_wanted && change.at < until).then_some(Found { at: change.at, kind: Kind::Change(at) }));
    }
    found
}

/// The steps ahead of the plans of one flag in one environment.
pub fn steps<'s>(place: usize, served: &'s ServedFlag, is_ahead: &impl Fn(Timestamp) -> bool, found: &mut Vec<Found<'s>>) {
    let state = served.state.as_ref();
    let mut of = |part: Part<'s>, serve: &'s Serve| {
        let Serve::Rollout(rollout) = serve else { return };
        if rollout.plan.held_at.is_some() {
            return;
        }
        for (step, it) in rollout.plan.steps.iter().enumerate() {
            if let Step { starts_at: Start::At(at), .. } = it
                && is_ahead(*at)
            {
                found.push(Found { at: *at, kind: Kind::Step { place, served, part, rollout, step } });
            }
        }
    };
    for (at, rule) in state.rules.iter().enumerate().filter(|(_, rule)| rule.active) {
        of(Part::Rule(at, &rule.id), &rule.serve);
    }
    of(Part::EveryoneElse, &state.fallthrough);
}

/// So many of them from that place on, in their order. The rest is not put into any.
pub fn page(mut all: Vec<Found<'_>>, from: usize, count: usize) -> Vec<Found<'_>> {
    let order = |one: &Found<'_>, other: &Found<'_>| (one.at, one.kind.order()).cmp(&(other.at, other.kind.order()));
    let end = from.saturating_add(count).min(all.len());
    if end < all.len() && end > 0 {
        all.select_nth_unstable_by(end - 1, order);
        all.truncate(end);
    }
    all.sort_unstable_by(order);
    all.into_iter().skip(from).take(count).collect()
}

/// The entry of what was found, without its marks.
pub fn entry(places: &Places<'_>, changes: &[Scheduled], found: &Found<'_>) -> Option<Entry> {
    let bare = |what: What, uid: String, sequence: i64| Entry {
        at: found.at,
        places: Vec::new(),
        flags: Vec::new(),
        what,
        marks: Vec::new(),
        uid,
        sequence,
    };
    let place = |at: usize| places.all.get(at).map(|(_, environment)| Where(Arc::clone(environment)));
    let of_flag = |served: &ServedFlag| vec![served.key().to_owned()];
    Some(match found.kind {
        Kind::Step { place: at, served, part, rollout, step } => {
            let (id, environment) = (served.stored.id.as_str(), places.all.get(at)?.0.environment.id.as_str());
            let it = rollout.plan.steps.get(step)?;
            let whose = if let Part::Rule(at, _) = part { format!(" of rule {}", at + 1) } else { String::new() };
            let what = What::Step {
                share: it.share,
                variant: rollout.variant.to_string(),
                number: step + 1,
                of: rollout.plan.steps.len(),
                whose,
                is_off: !served.state.enabled,
            };
            let uid = format!("step-{id}-{environment}-{}-{}", part.path().replace(['[', ']'], "-"), step + 1);
            Entry { places: vec![place(at)?], flags: of_flag(served), ..bare(what, uid, served.state_version) }
        }
        Kind::Change(at) => {
            let change = changes.get(at)?;
            let stored = &change.stored;
            let what = What::Change { number: stored.number, title: stored.title.clone(), schedule: stored.schedule.clone() };
            let everywhere = change.touches.iter().any(|touch| touch.environment.is_none());
            let mut entry = bare(what, format!("change-{}", stored.id.as_str()), stored.version);
            for touch in &change.touches {
                let environment = touch.environment.as_deref().and_then(|key| places.named(key)).filter(|_| !everywhere);
                let environment = environment.map(|environment| Where(Arc::clone(environment)));
                entry.places.extend(environment.filter(|place| !entry.places.contains(place)));
                entry.flags.extend(touch.flag.clone().filter(|flag| !entry.flags.contains(flag)));
            }
            entry
        }
        Kind::Expiry(served) => {
            let (what, id) = (What::Expiry(served.stored.flag.on_expiry.clone()), served.stored.id.as_str());
            Entry { flags: of_flag(served), ..bare(what, format!("expiry-{id}"), served.stored.version) }
        }
        Kind::Review(served) => {
            let id = served.stored.id.as_str();
            Entry { flags: of_flag(served), ..bare(What::Review, format!("review-{id}"), served.stored.version) }
        }
        Kind::FreezeBegins { place: at, freeze } | Kind::FreezeEnds { place: at, freeze } => {
            let (snapshot, environment) = places.all.get(at)?;
            let it = environment.policy.freezes.get(freeze)?;
            let (id, from) = (snapshot.environment.id.as_str(), it.from.millis());
            let (what, end) = match found.kind {
                Kind::FreezeBegins { .. } => (What::FreezeBegins { name: it.name.clone(), until: it.until }, "begins"),
                _ => (What::FreezeEnds { name: it.name.clone() }, "ends"),
            };
            let entry = bare(what, format!("freeze-{id}-{from}-{end}"), snapshot.environment.version);
            Entry { places: vec![place(at)?], ..entry }
        }
    })
}
