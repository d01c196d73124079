//! Who belongs to a project.

use super::{Effect, Scope, Work, document, in_project};
use crate::domain::member::Member;
use crate::domain::role::Role;
use crate::server::error::Error;
use crate::server::governance::audit::Event;
use crate::server::store;
use crate::server::store::projects::StoredProject;

/// Nobody grants more than they hold.
const GRANT: &str = "Who may break the glass is decided by an owner of this installation, or by somebody who may do so here.";

pub async fn set(work: &mut Work<'_>, project: &StoredProject, member: &Member) -> Result<Effect, Error> {
    let user = store::users::find_by_email(work.tx, &member.email).await?;
    let user =
        user.ok_or_else(|| Error::field("email", format!("There is no account for {}; create it first.", member.email)))?;
    if member.break_glass && member.role < Role::Editor {
        let why = "Who breaks the glass applies changes: that takes the role editor at least.";
        return Err(Error::field("break_glass", why));
    }
    let before = store::members::role(work.tx, &project.id, &user.id).await?;
    let had = store::members::glass_breakers(work.tx, &project.id).await?.contains(&user.id);
    if before == Some(member.role) && had == member.break_glass {
        return Ok(Effect::nothing());
    }
    if had != member.break_glass && !work.actor.may_break_glass(&project.id) {
        return Err(Error::Forbidden(GRANT.to_owned()));
    }
    store::members::set(work.tx, &project.id, &user.id, member.role, member.break_glass).await?;
    let before = before.map(|role| Member { role, break_glass: had, ..member.clone() });
    event(project, "member.set", before.as_ref(), Some(member))
}

/// Flags that they own stay theirs: the list shows that their owner has left.
pub async fn remove(work: &mut Work<'_>, project: &StoredProject, email: &str) -> Result<Effect, Error> {
    let user = store::users::find_by_email(work.tx, email).await?.ok_or(Error::NotFound("member"))?;
    let role = store::members::role(work.tx, &project.id, &user.id).await?.ok_or(Error::NotFound("member"))?;
    let break_glass = store::members::glass_breakers(work.tx, &project.id).await?.contains(&user.id);
    store::members::remove(work.tx, &project.id, &user.id).await?;
    store::teams::remove_member(work.tx, &project.id, &user.id).await?;
    store::calendars::remove(work.tx, &user.id, &project.id).await?;
    event(project, "member.remove", Some(&Member { email: email.to_owned(), role, break_glass }), None)
}

fn event(
    project: &StoredProject,
    action: &'static str,
    before: Option<&Member>,
    after: Option<&Member>,
) -> Result<Effect, Error> {
    let email = before.or(after).map(|member| member.email.clone()).unwrap_or_default();
    let event = Event {
        before: before.map(document).transpose()?.flatten(),
        after: after.map(document).transpose()?.flatten(),
        ..in_project(action, format!("member:{email}"), project)
    };
    Ok(Effect::one(event, Scope::Nothing, false))
}
