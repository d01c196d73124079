//! Who belongs to a project.

use super::{Effect, Scope, Work, document, in_project};
use crate::domain::member::Member;
use crate::server::error::Error;
use crate::server::governance::audit::Event;
use crate::server::store;
use crate::server::store::projects::StoredProject;

pub async fn set(work: &mut Work<'_>, project: &StoredProject, member: &Member) -> Result<Effect, Error> {
    let user = store::users::find_by_email(work.tx, &member.email).await?;
    let user =
        user.ok_or_else(|| Error::field("email", format!("There is no account for {}; create it first.", member.email)))?;
    let before = store::members::role(work.tx, &project.id, &user.id).await?;
    if before == Some(member.role) {
        return Ok(Effect::nothing());
    }
    store::members::set(work.tx, &project.id, &user.id, member.role).await?;
    let before = before.map(|role| Member { role, ..member.clone() });
    event(project, "member.set", before.as_ref(), Some(member))
}

/// Flags that they own stay theirs: the list shows that their owner has left.
pub async fn remove(work: &mut Work<'_>, project: &StoredProject, email: &str) -> Result<Effect, Error> {
    let user = store::users::find_by_email(work.tx, email).await?.ok_or(Error::NotFound("member"))?;
    let role = store::members::role(work.tx, &project.id, &user.id).await?.ok_or(Error::NotFound("member"))?;
    store::members::remove(work.tx, &project.id, &user.id).await?;
    store::teams::remove_member(work.tx, &project.id, &user.id).await?;
    event(project, "member.remove", Some(&Member { email: email.to_owned(), role }), None)
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
