//! Reminders of a flag's dates, silenced for a while by who hears them.

use super::{Effect, Scope, Work, flags, in_project};
use crate::domain::actor::Actor;
use crate::domain::key::FlagKey;
use crate::domain::role::Role;
use crate::domain::time::{DAY, Timestamp};
use crate::server::error::Error;
use crate::server::governance::audit::Event;
use crate::server::governance::reminders::living;
use crate::server::store;
use crate::server::store::projects::StoredProject;
use serde_json::json;

/// The longest silence, in days.
pub const LONGEST_SNOOZE: i64 = 90;

pub async fn snooze(
    work: &mut Work<'_>,
    project: &StoredProject,
    key: &FlagKey,
    until: Option<Timestamp>,
) -> Result<Effect, Error> {
    let stored = flags::find(work, project, key).await?;
    if stored.flag.archived_at.is_some() {
        return Err(flags::archived(key));
    }
    if stored.flag.expires_at.is_none() && stored.flag.review_by.is_none() {
        return Err(Error::field("until", format!("{key} has neither a last day nor a review: nobody is reminded of it.")));
    }
    let is_admin = work.actor.role_in(&project.id) >= Some(Role::Admin);
    if let (Actor::Person(person), false) = (work.actor, is_admin)
        && !living(work.tx, project, &stored.flag.owner).await?.contains(&person.id)
    {
        return Err(Error::Forbidden("Only who owns the flag, or an admin, silences its reminders.".to_owned()));
    }
    let within = |at: &Timestamp| *at > work.now && *at <= work.now.plus(LONGEST_SNOOZE * DAY);
    if !until.as_ref().is_none_or(within) {
        return Err(Error::field("until", format!("Choose a day to come, {LONGEST_SNOOZE} days from now at most.")));
    }
    let before = store::reminders::snoozed_until(work.tx, &stored.id).await?;
    if before == until {
        return Ok(Effect::nothing());
    }
    store::reminders::snooze(work.tx, &stored.id, until).await?;
    let document = |until: Option<Timestamp>| until.map(|until| json!({ "until": until }));
    let (before, after) = (document(before), document(until));
    let event = Event { before, after, ..in_project("reminder.snooze", flags::object(key), project) };
    Ok(Effect::one(event, Scope::Nothing, false))
}
