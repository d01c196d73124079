//! Accounts and their place in projects.

use super::{Effect, Scope, Work, document, in_project};
use crate::domain::flag::Problem;
use crate::domain::id::UserId;
use crate::domain::member::Member;
use crate::domain::user::{User, normal_email};
use crate::server::error::Error;
use crate::server::governance::Sealed;
use crate::server::governance::audit::Event;
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, new_id};

pub async fn create(work: &mut Work<'_>, user: &User) -> Result<Effect, Error> {
    let mut problems = Vec::new();
    if normal_email(&user.email).as_deref() != Some(user.email.as_str()) {
        problems.push(Problem::new("email", "Write an e-mail address like ada@shop.example."));
    }
    if user.name.trim().is_empty() || user.name.chars().count() > 200 {
        problems.push(Problem::new("name", "Write a name of 1 to 200 characters."));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let Some(Sealed::Password(hash)) = &work.submission.sealed else {
        return Err(Error::field("password", "A new account needs a password."));
    };
    let inserted = store::users::insert(work.tx, &UserId::from_text(new_id()), user, hash, work.now).await;
    inserted.map_err(|e| match e.is_taken() {
        true => Error::field("email", format!("There already is an account for {}.", user.email)),
        false => e.into(),
    })?;
    let event = Event {
        action: "user.create",
        object: format!("user:{}", user.email),
        project: None,
        environment: None,
        before: None,
        after: document(user)?,
    };
    Ok(Effect::one(event, Scope::Nothing, false))
}

pub async fn set_member(work: &mut Work<'_>, project: &StoredProject, member: &Member) -> Result<Effect, Error> {
    let user = store::users::find_by_email(work.tx, &member.email).await?;
    let user =
        user.ok_or_else(|| Error::field("email", format!("There is no account for {}; create it first.", member.email)))?;
    let before = store::members::role(work.tx, &project.id, &user.id).await?;
    if before == Some(member.role) {
        return Ok(Effect::nothing());
    }
    store::members::set(work.tx, &project.id, &user.id, member.role).await?;
    let as_document = |role| document(&Member { email: member.email.clone(), role });
    let event = Event {
        before: before.map(as_document).transpose()?.flatten(),
        after: as_document(member.role)?,
        ..in_project("member.set", format!("member:{}", member.email), project)
    };
    Ok(Effect::one(event, Scope::Nothing, false))
}
