//! The week's digest: what of somebody's flags wants them. On Mondays in UTC, or, where the server was down, as soon as it runs
//! again in that week; once for each person and week.

use super::cleanup;
use super::flags::{places, standings};
use super::owners::{self, Owners};
use crate::domain::actor::Actor;
use crate::domain::flag::Flag;
use crate::domain::id::{ProjectId, UserId};
use crate::domain::inbox::Line;
use crate::domain::lifecycle::{Standing, ready};
use crate::domain::project::Kinds;
use crate::domain::time::{DAY, Timestamp};
use crate::domain::when;
use crate::server::error::Error;
use crate::server::services::people;
use crate::server::state::AppState;
use crate::server::store;
use std::collections::HashSet;

/// Flags that one digest names.
const NAMED: usize = 30;
/// How far ahead an expiry is told of.
const SOON: i64 = 14 * DAY;

/// The week of a moment, counted from the Monday of the first of 1970, which was a Thursday.
fn week(now: Timestamp) -> i64 {
    (now.millis().div_euclid(DAY) + 3).div_euclid(7)
}

/// Sends what has not been sent this week; says to how many people.
pub async fn send(state: &AppState) -> Result<usize, Error> {
    let (now, mut cx) = (state.clock.now(), state.db.read().await?);
    let week = week(now);
    let done: HashSet<UserId> = store::reminders::digested(&mut cx, week).await?.into_iter().collect();
    let users = store::users::all(&mut cx).await?;
    let waiting: Vec<_> = users.into_iter().filter(|one| one.disabled_at.is_none() && !done.contains(&one.id)).collect();
    if waiting.is_empty() {
        return Ok(0);
    }
    let mut wanting = Vec::new();
    for stored in store::projects::all(&mut cx).await? {
        let owners = owners::load(&mut cx, &stored.id).await?;
        wanting.push((gather(state, &stored.id, &stored.project.kinds, now), owners, stored));
    }
    let mut sent = 0;
    for user in waiting {
        let Some(person) = people::person_by_id(&mut cx, &user.id).await? else { continue };
        let actor = Actor::Person(person);
        let of_project = wanting.iter().filter(|(_, _, stored)| actor.role_in(&stored.id).is_some());
        let mut wants: Vec<(Urgency, Line)> =
            of_project.flat_map(|(flags, owners, stored)| mine(flags, owners, &actor, stored.project.key.as_str())).collect();
        // What is left out must not be what could wait least.
        wants.sort_by_key(|(urgency, _)| *urgency);
        let mut lines: Vec<Line> = wants.into_iter().map(|(_, line)| line).collect();
        if lines.len() > NAMED {
            let more = lines.len() - NAMED;
            lines.truncate(NAMED);
            if let Some(last) = lines.last_mut() {
                last.note.push_str(&format!(" And {more} more: see Cleanup."));
            }
        }
        sent += usize::from(state.governance.digest(&user.id, week, &lines).await? && !lines.is_empty());
    }
    Ok(sent)
}

/// How little it can wait: by what it is, then by its moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    Expired(Timestamp),
    ExpiresSoon(Timestamp),
    ReviewDue(Timestamp),
    Ready(Timestamp),
    NoReview,
}

/// A flag that wants somebody, how urgently, and why.
struct Wants {
    flag: Flag,
    urgency: Urgency,
    note: String,
}

fn mine(flags: &[Wants], owners: &Owners, actor: &Actor, project: &str) -> Vec<(Urgency, Line)> {
    let own = flags.iter().filter(|wants| owners.is_mine(&wants.flag.owner, actor));
    let line = |wants: &Wants| {
        let (project, flag) = (project.to_owned(), wants.flag.key.to_string());
        (wants.urgency, Line { project, flag, note: wants.note.clone() })
    };
    own.map(line).collect()
}

/// The flags of a project that want somebody, each with why.
fn gather(state: &AppState, project: &ProjectId, kinds: &Kinds, now: Timestamp) -> Vec<Wants> {
    let environments = state.serving.environments_of(project);
    let live = environments.first().into_iter().flat_map(|first| first.live());
    let found = live.filter_map(|served| {
        let flag = &served.stored.flag;
        let places = places(&environments, served.key());
        let (urgency, note) = note(flag, &standings(&places), kinds.of(flag.kind).ready_days, now)?;
        Some(Wants { flag: flag.clone(), urgency, note })
    });
    found.collect()
}

/// Why a flag is in the digest, and how urgently; nothing where it wants nobody.
fn note(flag: &Flag, standings: &[Standing<'_>], ready_days: u32, now: Timestamp) -> Option<(Urgency, String)> {
    let due = |at: Timestamp| when::relative(at, now);
    if let Some(at) = flag.expires_at {
        if at <= now {
            return Some((Urgency::Expired(at), format!("expired {}: extend it, or remove it.", due(at))));
        }
        if at <= now.plus(SOON) {
            return Some((Urgency::ExpiresSoon(at), format!("expires {}.", due(at))));
        }
    }
    if let Some(found) = ready(flag, standings, ready_days, now) {
        let days = cleanup::days(found.since, now);
        let note = format!("is ready to remove: everybody has got {} for {days}.", found.variant);
        return Some((Urgency::Ready(found.since), note));
    }
    match flag.review_by {
        Some(at) if at <= now => Some((Urgency::ReviewDue(at), "is due for a review: is it still needed?".to_owned())),
        None if flag.kind.is_permanent() => {
            Some((Urgency::NoReview, "has no review: choose a day to ask whether it is still needed.".to_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_monday_in_utc() {
        let at = |text: &str| Timestamp::parse(text).map(week).unwrap_or_default();
        assert_eq!(at("1970-01-04T23:59:59Z"), 0);
        assert_eq!(at("1970-01-05T00:00:00Z"), 1);
        assert_eq!(at("2026-11-29T23:59:59Z") + 1, at("2026-11-30T00:00:00Z"));
        assert_eq!(at("2026-11-30T00:00:00Z"), at("2026-12-06T23:59:59Z"));
    }
}
