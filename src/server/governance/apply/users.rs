//! Accounts. No password or hash of one is ever part of a document.

use super::{Effect, Scope, Work, document, in_installation};
use crate::domain::flag::Problem;
use crate::domain::id::UserId;
use crate::domain::role::InstanceRole;
use crate::domain::user::{User, normal_email};
use crate::server::error::Error;
use crate::server::governance::Sealed;
use crate::server::governance::audit::Event;
use crate::server::store::users::{PasswordHash, StoredUser};
use crate::server::store::{self, new_id};
use serde_json::json;

pub async fn create(work: &mut Work<'_>, user: &User) -> Result<Effect, Error> {
    let mut problems = Vec::new();
    if normal_email(&user.email).as_deref() != Some(user.email.as_str()) {
        problems.push(Problem::new("email", "Write an e-mail address like ada@shop.example."));
    }
    problems.extend(name_problem(&user.name));
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let password = password(work)?;
    let inserted = store::users::insert(work.tx, &UserId::from_text(new_id()), user, password, work.now).await;
    inserted.map_err(|e| match e.is_taken() {
        true => Error::field("email", format!("There already is an account for {}.", user.email)),
        false => e.into(),
    })?;
    Ok(installation(Event { after: document(user)?, ..in_installation("user.create", object(&user.email)) }))
}

/// Ends every session of the account: whoever knew the old password is out.
pub async fn set_password(work: &mut Work<'_>, email: &str) -> Result<Effect, Error> {
    let stored = find(work, email).await?;
    let password = password(work)?;
    store::users::set_password(work.tx, &stored.id, password).await?;
    store::sessions::delete_of_user(work.tx, &stored.id).await?;
    let after = document(&json!({ "must_change_password": password.must_change }))?;
    let before = document(&json!({ "must_change_password": stored.must_change_password }))?;
    Ok(installation(Event { before, after, ..in_installation("user.set_password", object(email)) }))
}

pub async fn rename(work: &mut Work<'_>, email: &str, name: &str) -> Result<Effect, Error> {
    let name = name.trim();
    if let Some(problem) = name_problem(name) {
        return Err(Error::Invalid(vec![problem]));
    }
    let stored = find(work, email).await?;
    store::users::set_name(work.tx, &stored.id, name).await?;
    let user = User { name: name.to_owned(), ..stored.user.clone() };
    edited(&stored.user, &user)
}

pub async fn set_instance_role(work: &mut Work<'_>, email: &str, role: InstanceRole) -> Result<Effect, Error> {
    let stored = find(work, email).await?;
    if role != InstanceRole::Owner {
        refuse_last_owner(work, &stored).await?;
    }
    store::users::set_instance_role(work.tx, &stored.id, role).await?;
    let user = User { instance_role: role, ..stored.user.clone() };
    edited(&stored.user, &user)
}

pub async fn set_disabled(work: &mut Work<'_>, email: &str, disabled: bool) -> Result<Effect, Error> {
    let stored = find(work, email).await?;
    if stored.disabled_at.is_some() == disabled {
        return Ok(Effect::nothing());
    }
    if disabled {
        refuse_last_owner(work, &stored).await?;
        store::sessions::delete_of_user(work.tx, &stored.id).await?;
    }
    store::users::set_disabled(work.tx, &stored.id, disabled.then_some(work.now)).await?;
    let action = if disabled { "user.disable" } else { "user.enable" };
    let (before, after) = (document(&json!({ "disabled": !disabled }))?, document(&json!({ "disabled": disabled }))?);
    Ok(installation(Event { before, after, ..in_installation(action, object(email)) }))
}

/// Without an owner nobody could ever make another.
async fn refuse_last_owner(work: &mut Work<'_>, stored: &StoredUser) -> Result<(), Error> {
    let is_owner = |user: &StoredUser| user.user.instance_role == InstanceRole::Owner && user.disabled_at.is_none();
    let others = store::users::all(work.tx).await?.into_iter().filter(|other| is_owner(other) && other.id != stored.id).count();
    if is_owner(stored) && others == 0 {
        let message = format!("{} is the last owner; make somebody else an owner first.", stored.user.email);
        return Err(Error::field("", message));
    }
    Ok(())
}

fn edited(before: &User, after: &User) -> Result<Effect, Error> {
    if before == after {
        return Ok(Effect::nothing());
    }
    let event =
        Event { before: document(before)?, after: document(after)?, ..in_installation("user.edit", object(&after.email)) };
    Ok(installation(event))
}

fn installation(event: Event) -> Effect {
    Effect::one(event, Scope::Nothing, false)
}

fn object(email: &str) -> String {
    format!("user:{email}")
}

fn name_problem(name: &str) -> Option<Problem> {
    let fits = !name.trim().is_empty() && name.chars().count() <= 200;
    (!fits).then(|| Problem::new("name", "Write a name of 1 to 200 characters."))
}

async fn find(work: &mut Work<'_>, email: &str) -> Result<StoredUser, Error> {
    store::users::find_by_email(work.tx, email).await?.ok_or(Error::NotFound("account"))
}

fn password<'w>(work: &Work<'w>) -> Result<PasswordHash<'w>, Error> {
    match &work.submission.sealed {
        Some(Sealed::Password(phc)) => Ok(PasswordHash { phc, must_change: false }),
        Some(Sealed::TemporaryPassword(phc)) => Ok(PasswordHash { phc, must_change: true }),
        _ => Err(Error::field("password", "An account needs a password.")),
    }
}
