//! The keys to people's calendars. Each makes and takes back their own.

use super::{Effect, Scope, Work, in_project};
use crate::domain::id::UserId;
use crate::server::error::Error;
use crate::server::governance::Sealed;
use crate::server::governance::audit::Event;
use crate::server::store;
use crate::server::store::projects::StoredProject;

pub async fn make(work: &mut Work<'_>, project: &StoredProject) -> Result<Effect, Error> {
    let user = own(work)?;
    let Some(Sealed::CalendarToken(hash)) = &work.submission.sealed else {
        return Err(Error::Internal("a calendar was made without its key".to_owned()));
    };
    store::calendars::set(work.tx, &user, &project.id, hash, work.now).await?;
    Ok(Effect::one(event(work, "calendar.make", project), Scope::Nothing, false))
}

pub async fn remove(work: &mut Work<'_>, project: &StoredProject) -> Result<Effect, Error> {
    let user = own(work)?;
    match store::calendars::remove(work.tx, &user, &project.id).await? {
        true => Ok(Effect::one(event(work, "calendar.remove", project), Scope::Nothing, false)),
        false => Ok(Effect::nothing()),
    }
}

fn own(work: &Work<'_>) -> Result<UserId, Error> {
    work.actor.user_id().cloned().ok_or_else(|| Error::Forbidden("Only people have calendars.".to_owned()))
}

fn event(work: &Work<'_>, action: &'static str, project: &StoredProject) -> Event {
    in_project(action, format!("calendar:{}", work.actor.label()), project)
}
