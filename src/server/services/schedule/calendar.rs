//! The schedule as a calendar that programs subscribe to, by an address with a key of its own: for who has no session. Whose key
//! it is may look as long as they may look at the project.

use super::ics::{self, Event};
use super::{Entry, Timeline, Wanted, Weight, What, timeline};
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::flag::ExpiryAction;
use crate::domain::key::ProjectKey;
use crate::domain::rule::percent;
use crate::domain::text::listed;
use crate::domain::time::{DAY, MINUTE, Timestamp};
use crate::server::error::Error;
use crate::server::governance::{Sealed, Submission};
use crate::server::security::secrets::Secret;
use crate::server::security::tokens;
use crate::server::services::people;
use crate::server::services::projects::OpenProject;
use crate::server::state::AppState;
use crate::server::store;

/// How far a calendar looks ahead, and the most events that it holds.
const AHEAD: i64 = 366 * DAY;
const MOST: usize = 1_000;
/// How long an event without a length of its own is shown.
const SHOWN: i64 = 15 * MINUTE;

/// When somebody's calendar of a project was given its key; none where it has none.
pub async fn made_at(state: &AppState, actor: &Actor, project: &OpenProject) -> Result<Option<Timestamp>, Error> {
    let Some(user) = actor.user_id() else { return Ok(None) };
    Ok(store::calendars::made_at(&mut state.db.read().await?, user, &project.stored.id).await?)
}

/// Makes a key, in the place of the one before. This is the only time that it can be read.
pub async fn make(state: &AppState, actor: &Actor, project: &OpenProject) -> Result<Secret<String>, Error> {
    let token = tokens::random::<32>().map(|bytes| tokens::hex(&bytes)).map_err(|e| Error::Internal(e.to_string()))?;
    let command = Command::MakeCalendar { project: project.key().clone() };
    let sealed = Sealed::CalendarToken(tokens::sha256_hex(&token));
    state.governance.submit(actor, Submission::new(command).sealing(sealed)).await?;
    Ok(Secret::new(token))
}

/// Takes the key back: its address opens nothing from now on.
pub async fn remove(state: &AppState, actor: &Actor, project: &OpenProject) -> Result<(), Error> {
    let command = Command::RemoveCalendar { project: project.key().clone() };
    state.governance.submit(actor, Submission::new(command)).await.map(drop)
}

/// The address of a calendar.
pub fn address(state: &AppState, project: &OpenProject, token: &str) -> String {
    format!("{}/p/{}/schedule.ics?token={token}", state.public_url, project.key())
}

/// The file that a key opens. A wrong key, an absent project and one whose owner left it are all the same.
pub async fn open(state: &AppState, project: &str, token: &str) -> Result<String, Error> {
    let absent = || Error::NotFound("calendar");
    let key = ProjectKey::parse(project).map_err(|_| absent())?;
    let project = {
        let mut cx = state.db.read().await?;
        let stored = store::projects::find(&mut cx, &key).await?.ok_or_else(absent)?;
        let hash = tokens::sha256_hex(token);
        let user = store::calendars::opened_by(&mut cx, &stored.id, &hash).await?.ok_or_else(absent)?;
        let person = people::person_by_id(&mut cx, &user).await?.ok_or_else(absent)?;
        let role = Actor::Person(person).role_in(&stored.id).ok_or_else(absent)?;
        OpenProject { stored, role }
    };
    let now = state.clock.now();
    let wanted = Wanted { environment: None, until: now.plus(AHEAD), page: 0, per_page: MOST };
    let Timeline { entries, .. } = timeline(state, &project, &wanted).await?;
    let events: Vec<Event> = entries.iter().map(|entry| event(state, &project, entry)).collect();
    let name = format!("{}: flags", project.stored.project.name);
    let description = format!("What changes by itself in {}, from Flagstaff.", project.stored.project.name);
    Ok(ics::write(&name, &description, &events, now))
}

fn event(state: &AppState, project: &OpenProject, entry: &Entry) -> Event {
    let host = state.public_url.split("//").nth(1).unwrap_or("flagstaff");
    let until = match &entry.what {
        What::FreezeBegins { until, .. } => *until,
        _ => entry.at.plus(SHOWN),
    };
    let places: Vec<String> = entry.places.iter().map(|place| place.0.key.to_string()).collect();
    let (told, marks) = (told(entry), entry.marks.iter().map(|mark| mark.text.as_str()));
    let stops = entry.marks.iter().any(|mark| mark.weight == Weight::Stops);
    let place = if places.is_empty() { String::new() } else { format!(" [{}]", places.join(", ")) };
    Event {
        uid: format!("{}@{host}", entry.uid),
        sequence: entry.sequence,
        at: entry.at,
        until: Some(until),
        summary: format!("{}{told}{place}", if stops { "(!) " } else { "" }),
        description: marks.collect::<Vec<_>>().join("\n"),
        url: format!("{}{}", state.public_url, href(project, entry)),
        categories: places,
    }
}

/// What happens, in a line: `new_checkout: 25 % get on (step 3 of 5)`.
pub fn told(entry: &Entry) -> String {
    let flags = listed(&entry.flags);
    match &entry.what {
        What::Step { share, variant, number, of, whose, is_off } => {
            let off = if *is_off { ", while the flag is off" } else { "" };
            format!("{flags}: {} get {variant} (step {number} of {of}{whose}{off})", percent(*share))
        }
        What::Change { number, title, .. } => format!("#{number} {title}"),
        What::Expiry(ExpiryAction::Notify) => format!("{flags} expires"),
        What::Expiry(action) => format!("{flags} expires: {}", action.told()),
        What::Review => format!("{flags} is due for a review"),
        What::FreezeBegins { name, .. } => format!("Freeze begins: {name}"),
        What::FreezeEnds { name } => format!("Freeze ends: {name}"),
    }
}

/// Where it can be looked at.
pub fn href(project: &OpenProject, entry: &Entry) -> String {
    let key = project.key();
    let place = entry.places.first().map(|place| place.0.key.to_string());
    match (&entry.what, entry.flags.first(), place) {
        (What::Change { number, .. }, ..) => format!("/p/{key}/changes/{number}"),
        (What::FreezeBegins { .. } | What::FreezeEnds { .. }, _, Some(place)) => {
            format!("/p/{key}/settings/environments/{place}/policy")
        }
        (_, Some(flag), Some(place)) => format!("/p/{key}/flags/{flag}/{place}"),
        (_, Some(flag), None) => format!("/p/{key}/flags/{flag}"),
        _ => format!("/p/{key}/schedule"),
    }
}
