//! People: who somebody is, with the rights they hold now.

use crate::domain::actor::{Actor, Person};
use crate::domain::command::Command;
use crate::domain::flag::Problem;
use crate::domain::id::UserId;
use crate::domain::user::{MIN_PASSWORD, normal_email};
use crate::server::error::Error;
use crate::server::governance::{Applied, Sealed, Submission};
use crate::server::security::passwords::PasswordError;
use crate::server::security::secrets::Secret;
use crate::server::state::AppState;
use crate::server::store::users::StoredUser;
use crate::server::store::{self, Cx};

/// The person behind a session; `None` once the account is gone or disabled.
pub async fn person_by_id(cx: &mut Cx, id: &UserId) -> Result<Option<Person>, Error> {
    match store::users::find(cx, id).await? {
        Some(stored) => with_roles(cx, stored).await,
        None => Ok(None),
    }
}

/// Somebody named on the command line by `--as`.
pub async fn actor_by_email(cx: &mut Cx, email: &str) -> Result<Option<Actor>, Error> {
    let Some(email) = normal_email(email) else { return Ok(None) };
    match store::users::find_by_email(cx, &email).await? {
        Some(stored) => Ok(with_roles(cx, stored).await?.map(Actor::Person)),
        None => Ok(None),
    }
}

async fn with_roles(cx: &mut Cx, stored: StoredUser) -> Result<Option<Person>, Error> {
    if stored.disabled_at.is_some() {
        return Ok(None);
    }
    let roles = store::members::roles_of(cx, &stored.id).await?;
    let break_glass = store::members::glass_of(cx, &stored.id).await?;
    let (id, user, must_change_password) = (stored.id, stored.user, stored.must_change_password);
    let (name, email, instance_role) = (user.name, user.email, user.instance_role);
    Ok(Some(Person { id, name, email, instance_role, roles, must_change_password, break_glass }))
}

/// Checks an address and a password. `from` is the caller's network address, for the throttle.
pub async fn sign_in(state: &AppState, email: &str, password: Secret<String>, from: &str) -> Result<Person, Error> {
    let mut cx = state.db.read().await?;
    let email = normal_email(email).unwrap_or_default();
    let stored = store::users::find_by_email(&mut cx, &email).await?.filter(|stored| stored.disabled_at.is_none());
    let hash = match &stored {
        Some(stored) => store::users::password_hash(&mut cx, &stored.id).await?,
        None => None,
    };
    // The connection goes back before the slow part.
    drop(cx);
    state.passwords.verify(&email, from, password, hash, state.clock.now()).await.map_err(refusal)?;
    let mut cx = state.db.read().await?;
    let person = match stored {
        Some(stored) => with_roles(&mut cx, stored).await?,
        None => None,
    };
    person.ok_or_else(|| refusal(PasswordError::Wrong))
}

fn refusal(error: PasswordError) -> Error {
    match error {
        PasswordError::Wrong => {
            Error::field("password", "That e-mail address and password do not match an account. Check both and try again.")
        }
        PasswordError::TooMany(seconds) => Error::TooMany(seconds),
        PasswordError::Failed(why) => Error::Internal(why),
    }
}

/// Changes one's own password. Every session of the account ends with it, that of the asking browser too.
pub async fn change_password(
    state: &AppState,
    person: &Person,
    present: Secret<String>,
    new: Secret<String>,
    from: &str,
) -> Result<Applied, Error> {
    let mut problems: Vec<Problem> =
        password_problem(new.reveal()).map(|why| Problem::new("new_password", why)).into_iter().collect();
    if new.reveal() == present.reveal() {
        problems.push(Problem::new("new_password", "Choose another than the present one."));
    }
    match sign_in(state, &person.email, present, from).await {
        Err(Error::Invalid(_)) => {
            problems.push(Problem::new("current_password", "That is not your present password. Check it and try again."));
        }
        checked => drop(checked?),
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let sealed = Sealed::Password(hash(state, new).await?);
    let command = Command::SetPassword { email: person.email.clone() };
    state.governance.submit(&Actor::Person(person.clone()), Submission::new(command).sealing(sealed)).await
}

/// Ends every session of somebody, that of the asking browser too.
pub async fn sign_out_everywhere(state: &AppState, person: &Person) -> Result<(), Error> {
    let mut tx = state.db.begin().await?;
    store::sessions::delete_of_user(&mut tx, &person.id).await?;
    Ok(tx.commit().await?)
}

/// What keeps a text from being a password; says what would do.
pub fn password_problem(password: &str) -> Option<String> {
    let length = password.chars().count();
    if length < MIN_PASSWORD {
        return Some(format!(
            "Use at least {MIN_PASSWORD} characters; a few words in a row are easy to keep. This has {length}."
        ));
    }
    (password.len() > 1_000).then(|| "Use at most 1000 bytes.".to_owned())
}

/// Hashes a new password.
pub async fn hash(state: &AppState, password: Secret<String>) -> Result<String, Error> {
    state.passwords.hash(password).await.map_err(refusal)
}
