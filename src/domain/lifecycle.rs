//! Where a flag stands on its way from made to gone, by what can be seen of it. Pure: facts and a moment in, a stage out.

use super::environment::Protection;
use super::flag::{ExpiryAction, Flag, FlagKind};
use super::key::VariantName;
use super::rollout::{Plan, Start};
use super::rule::{Serve, WHOLE};
use super::state::State;
use super::time::{DAY, Timestamp};

/// What a status line means, for its colour, for `status:` in the search and for the cleanup board. In the order in which
/// they ask for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    Expired,
    /// Meant to go away, and everybody has had one and the same answer for long enough.
    ReadyToRemove,
    /// By a plan that has not arrived.
    RollingOut,
    /// On for a share, or in several variants.
    Partial,
    /// Where customers are, for chosen users alone.
    Internal,
    /// On somewhere, and not where customers are.
    InDevelopment,
    FullyOn,
    /// Fully on, of a kind that stays.
    Permanent,
    /// Never on, and nothing of its rules was ever changed.
    Created,
    Off,
    Archived,
}

impl Stage {
    pub const ALL: [Self; 11] = [
        Self::Expired,
        Self::ReadyToRemove,
        Self::RollingOut,
        Self::Partial,
        Self::Internal,
        Self::InDevelopment,
        Self::FullyOn,
        Self::Permanent,
        Self::Created,
        Self::Off,
        Self::Archived,
    ];

    /// As it is searched for.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::ReadyToRemove => "ready-to-remove",
            Self::RollingOut => "rolling-out",
            Self::Partial => "partly-on",
            Self::Internal => "internal",
            Self::InDevelopment => "in-development",
            Self::FullyOn => "fully-on",
            Self::Permanent => "permanent",
            Self::Created => "created",
            Self::Off => "off",
            Self::Archived => "archived",
        }
    }
}

/// How a flag stands in one environment.
#[derive(Debug, Clone)]
pub struct Standing<'s> {
    pub protection: Protection,
    pub state: &'s State,
    /// When its answers last changed by somebody's hand: its state, or what of the definition decides here.
    pub since: Timestamp,
    /// It is as it was made.
    pub is_untouched: bool,
}

/// How far a state reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    Off,
    /// Basis points of everybody get something other than the off variant.
    Share(u16),
    /// The same of everyone else; targets or rules serve something else to theirs.
    Beside(u16),
    /// So many variants, of which more than one is not the off variant: no share says who gets what.
    Variants(usize),
}

/// How far a state reaches at `now`.
pub fn exposure(state: &State, now: Timestamp) -> Exposure {
    if !state.enabled {
        return Exposure::Off;
    }
    let served = served(&state.fallthrough, now);
    let share = state.fallthrough.share_beside(&state.off_variant, now);
    if served.iter().filter(|name| ***name != state.off_variant).count() > 1 {
        return Exposure::Variants(served.len());
    }
    if is_alike(state, &served, now) { Exposure::Share(share) } else { Exposure::Beside(share) }
}

/// The variants that anybody gets.
fn served(serve: &Serve, now: Timestamp) -> Vec<&VariantName> {
    serve.shares(now).into_iter().filter(|(_, share)| *share > 0).map(|(name, _)| name).collect()
}

/// Whether targets and rules serve what everyone else is served.
fn is_alike(state: &State, everyone: &[&VariantName], now: Timestamp) -> bool {
    let only = |name: &VariantName| everyone == [name];
    let alike = |serve: &Serve| serve == &state.fallthrough || matches!(served(serve, now)[..], [name] if only(name));
    state.targets.iter().all(|target| target.units.is_empty() || only(&target.variant))
        && state.rules.iter().filter(|rule| rule.active).all(|rule| alike(&rule.serve))
}

/// The plan that speaks for a state that is on: the one with a step to come, else one that has arrived.
pub fn running_plan(state: &State, now: Timestamp) -> Option<&Plan> {
    // What everyone else gets speaks before rules do.
    let all: Vec<&Plan> = plans(state).collect();
    let under_way = all.iter().rev().find(|plan| plan.next(now).is_some());
    under_way.or_else(|| all.last()).copied().filter(|_| state.enabled)
}

/// Whether a plan has somewhere to go yet, or stopped before everybody.
pub fn is_rolling_out(state: &State, now: Timestamp) -> bool {
    running_plan(state, now).is_some_and(|plan| plan.share(now) < WHOLE || plan.next(now).is_some())
}

/// The plans of the rules in force and of everyone else, in their order.
fn plans(state: &State) -> impl Iterator<Item = &Plan> {
    let serves = state.rules.iter().filter(|rule| rule.active).map(|rule| &rule.serve).chain([&state.fallthrough]);
    serves.filter_map(plan_of)
}

fn plan_of(serve: &Serve) -> Option<&Plan> {
    if let Serve::Rollout(rollout) = serve { Some(&rollout.plan) } else { None }
}

/// The environment that speaks for the flag: the most carefully protected one, for that is where customers are; of equals
/// the last, for environments stand in the order in which changes travel.
pub fn main<'a, 's>(standings: &'a [Standing<'s>]) -> Option<&'a Standing<'s>> {
    standings.iter().max_by_key(|standing| standing.protection)
}

/// One and the same answer for everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constant<'s> {
    pub variant: &'s VariantName,
    pub since: Timestamp,
}

/// The answer that everybody gets at this moment, if it is one.
pub fn everybody_gets<'s>(flag: &'s Flag, state: &'s State, now: Timestamp) -> Option<&'s VariantName> {
    if !state.enabled {
        return Some(&state.off_variant);
    }
    if let (ExpiryAction::Serve(variant), Some(_)) = (&flag.on_expiry, over(flag, now)) {
        return Some(variant);
    }
    let everyone = served(&state.fallthrough, now);
    let [variant] = everyone[..] else { return None };
    is_alike(state, &everyone, now).then_some(variant)
}

/// When its expiry passed, if it has.
fn over(flag: &Flag, now: Timestamp) -> Option<Timestamp> {
    flag.expires_at.filter(|at| *at <= now)
}

/// The answer that everybody gets in an environment, if it is one and nothing is on its way to another: a plan with a step to
/// come is.
pub fn constant<'s>(flag: &'s Flag, standing: &Standing<'s>, now: Timestamp) -> Option<Constant<'s>> {
    let (state, variant) = (standing.state, everybody_gets(flag, standing.state, now)?);
    let turned = match (&flag.on_expiry, over(flag, now)) {
        _ if !state.enabled => None,
        (ExpiryAction::Serve(_), Some(at)) => Some(at),
        _ if is_under_way(state, now) => return None,
        _ => arrived(state, now),
    };
    Some(Constant { variant, since: turned.map_or(standing.since, |at| at.max(standing.since)) })
}

/// Whether nothing is on its way that would have customers answered otherwise: what is taken out of the code stays as it is.
pub fn is_settled(flag: &Flag, standings: &[Standing<'_>], now: Timestamp) -> bool {
    let stays = |main: &Standing<'_>| constant(flag, main, now).is_some() || !is_under_way(main.state, now);
    flag.archived_at.is_some() || main(standings).is_none_or(stays)
}

/// Whether a definition turns what somebody is answered at the very moment at which it takes another's place: restored, with
/// another value for a variant, or with an expiry that decides otherwise.
pub fn turns(before: &Flag, after: &Flag, now: Timestamp) -> bool {
    let served = |flag: &Flag| match &flag.on_expiry {
        ExpiryAction::Serve(variant) if over(flag, now).is_some() => Some(variant.clone()),
        _ => None,
    };
    (before.archived_at.is_some() && after.archived_at.is_none())
        || served(before) != served(after)
        || before.variants.iter().any(|old| after.variant(&old.name).is_none_or(|new| new.value != old.value))
}

/// Whether a plan of a state that is on has a step to come: by the clock, once somebody approves it, or once it goes on.
pub fn is_under_way(state: &State, now: Timestamp) -> bool {
    state.enabled && plans(state).any(|plan| plan.next(now).is_some())
}

/// When the last step of its plans began that has begun.
fn arrived(state: &State, now: Timestamp) -> Option<Timestamp> {
    let step = |plan: &Plan| match plan.steps.get(plan.current(now)?)?.starts_at {
        Start::At(at) => Some(at),
        Start::OnApproval | Start::After(_) => None,
    };
    plans(state).filter_map(step).max()
}

/// Since when a flag that is meant to go away gives one answer where customers are, where that is long enough.
pub fn ready<'s>(flag: &'s Flag, standings: &[Standing<'s>], ready_days: u32, now: Timestamp) -> Option<Constant<'s>> {
    let main = main(standings).filter(|_| !flag.kind.is_permanent() && flag.archived_at.is_none())?;
    // Somebody still works on what is on elsewhere.
    let in_development = !main.state.enabled && standings.iter().any(|standing| standing.state.enabled);
    let found = constant(flag, main, now).filter(|_| !in_development)?;
    (found.since.plus(i64::from(ready_days) * DAY) <= now).then_some(found)
}

/// The stage that a flag is in.
pub fn stage(flag: &Flag, standings: &[Standing<'_>], ready_days: u32, now: Timestamp) -> Stage {
    if flag.archived_at.is_some() {
        return Stage::Archived;
    }
    if flag.expires_at.is_some_and(|at| at <= now) {
        return Stage::Expired;
    }
    let Some(main) = main(standings) else { return Stage::Off };
    if ready(flag, standings, ready_days, now).is_some() {
        return Stage::ReadyToRemove;
    }
    let elsewhere = standings.iter().any(|standing| standing.state.enabled);
    match exposure(main.state, now) {
        Exposure::Off if elsewhere && flag.kind != FlagKind::KillSwitch => Stage::InDevelopment,
        Exposure::Off if standings.iter().all(|standing| standing.is_untouched) => Stage::Created,
        Exposure::Off => Stage::Off,
        _ if is_rolling_out(main.state, now) => Stage::RollingOut,
        Exposure::Share(WHOLE) if flag.kind.is_permanent() => Stage::Permanent,
        Exposure::Share(WHOLE) => Stage::FullyOn,
        Exposure::Beside(0) if !flag.kind.is_permanent() => Stage::Internal,
        Exposure::Share(_) | Exposure::Beside(_) | Exposure::Variants(_) => Stage::Partial,
    }
}

/// How long nobody must have asked for a flag until it counts as gone from the code.
pub const QUIET: i64 = 7 * DAY;

/// What else is known of a flag: counted, and found in code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    /// When an SDK last asked for it alone.
    pub last_evaluated: Option<Timestamp>,
    /// When it last was part of a bulk answer, which holds every flag whether code reads it or not.
    pub last_delivered: Option<Timestamp>,
    /// Places in code, by the newest search of each repository.
    pub references: usize,
    /// How often it was asked for in vain since it was archived.
    pub asked_in_vain: u64,
}

impl Evidence {
    /// Whether nothing says that code still asks for it.
    pub fn is_quiet(&self, now: Timestamp) -> bool {
        self.references == 0 && self.last_evaluated.is_none_or(|at| at.plus(QUIET) <= now)
    }
}

/// A part of the cleanup board: what has to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Its winner can take its place in the code.
    RemoveCode,
    /// The code is rid of it.
    Archive,
    Expired,
    /// It has been off for long, and code asks for it all the same.
    StillCalled,
    /// Archived, and code asks for it all the same.
    Archived,
    ReviewDue,
}

impl Group {
    pub const ALL: [Self; 6] =
        [Self::RemoveCode, Self::Archive, Self::Expired, Self::StillCalled, Self::Archived, Self::ReviewDue];
}

/// Whether somebody should do something with a flag, by its dates and rules alone.
pub fn is_debt(flag: &Flag, standings: &[Standing<'_>], ready_days: u32, now: Timestamp) -> bool {
    let is_past = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
    flag.archived_at.is_none()
        && (is_past(flag.expires_at) || is_past(flag.review_by) || ready(flag, standings, ready_days, now).is_some())
}

/// Where a flag stands on the cleanup board; nowhere where there is nothing to do.
pub fn group(flag: &Flag, standings: &[Standing<'_>], ready_days: u32, seen: Evidence, now: Timestamp) -> Option<Group> {
    if flag.archived_at.is_some() {
        return (seen.asked_in_vain > 0 || seen.references > 0).then_some(Group::Archived);
    }
    let is_expired = flag.expires_at.is_some_and(|at| at <= now);
    let ready = ready(flag, standings, ready_days, now);
    if !is_expired && ready.is_none() {
        return flag.review_by.is_some_and(|at| at <= now).then_some(Group::ReviewDue);
    }
    let main = main(standings);
    // What has a step of a plan ahead of it is not done with, though nobody asks yet.
    if seen.is_quiet(now) && !main.is_some_and(|main| is_under_way(main.state, now)) {
        return Some(Group::Archive);
    }
    let is_off = main.is_some_and(|main| ready.is_some_and(|found| *found.variant == main.state.off_variant));
    Some(match (is_expired, is_off) {
        (true, _) => Group::Expired,
        (false, true) => Group::StillCalled,
        (false, false) => Group::RemoveCode,
    })
}

/// From when on a flag was debt, as its dates and rules are today.
pub fn debt_since(flag: &Flag, standings: &[Standing<'_>], ready_days: u32, now: Timestamp) -> Option<Timestamp> {
    // An archived flag is looked at as it was a moment before.
    let living = Flag { archived_at: None, ..flag.clone() };
    let end = flag.archived_at.unwrap_or(now).min(now);
    let ready = ready(&living, standings, ready_days, end).map(|found| found.since.plus(i64::from(ready_days) * DAY));
    [flag.expires_at, flag.review_by, ready].into_iter().flatten().filter(|at| *at <= end).min()
}

#[cfg(test)]
#[path = "lifecycle_tests.rs"]
mod tests;
