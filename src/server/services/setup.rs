//! First run: the owner's account and the first project, against the one-use token printed at start.

use super::projects::NewProject;
use super::{demo, people};
use crate::domain::actor::{Actor, Person};
use crate::domain::command::Command;
use crate::domain::environment::Environment;
use crate::domain::flag::Problem;
use crate::domain::key::ProjectKey;
use crate::domain::project::Project;
use crate::domain::role::InstanceRole;
use crate::domain::user::{User, normal_email};
use crate::server::error::Error;
use crate::server::governance::{Sealed, Submission};
use crate::server::security::secrets::Secret;
use crate::server::security::tokens;
use crate::server::state::AppState;
use crate::server::store::{self, Cx};

/// What the set-up form holds.
pub struct Wanted {
    pub name: String,
    pub email: String,
    pub password: Secret<String>,
    pub project: NewProject,
    /// Whether the demo project is wanted too.
    pub demo: bool,
}

/// What was made.
pub struct Made {
    pub person: Person,
    /// The project to open first: the demo where it was wanted, because it has something to see.
    pub opens: ProjectKey,
}

/// Whether this installation still waits for its first account.
pub async fn is_needed(cx: &mut Cx) -> Result<bool, Error> {
    Ok(store::users::all(cx).await?.is_empty())
}

/// Whether nobody owns this installation, so that the link from its start still leads to set-up.
pub async fn has_no_owner(cx: &mut Cx) -> Result<bool, Error> {
    let all = store::users::all(cx).await?;
    Ok(!all.iter().any(|stored| stored.user.instance_role == InstanceRole::Owner))
}

/// Whether the demo project is there already.
pub async fn has_demo(cx: &mut Cx) -> Result<bool, Error> {
    demo::is_there(cx).await
}

/// Whether `token` is the one printed at start and set-up is still open.
pub async fn is_open_to(state: &AppState, token: &str) -> Result<bool, Error> {
    let right = state.setup.token_hash.as_deref().is_some_and(|hash| tokens::same(hash, &tokens::sha256_hex(token)));
    Ok(right && has_no_owner(&mut state.db.read().await?).await?)
}

/// Makes the owner's account, the first project and the demo where it is wanted, all or nothing.
pub async fn set_up(state: &AppState, token: &str, wanted: Wanted) -> Result<Made, Error> {
    let _turn = state.setup.turn.lock().await;
    if !is_open_to(state, token).await? {
        return Err(Error::Forbidden(
            "This set-up link was used, or is from an earlier start. Sign in, or restart for a new link.".to_owned(),
        ));
    }
    let (user, project, environments) = checked(&wanted)?;
    let hash = people::hash(state, wanted.password).await?;
    let (email, project_key) = (user.email.clone(), project.key.clone());
    let opens = if wanted.demo { demo::key()? } else { project_key };
    let submissions = [
        Submission::new(Command::CreateUser { user }).sealing(Sealed::Password(hash)).because("First set-up"),
        Submission::new(Command::CreateProject { project, environments }).because("First set-up"),
    ];
    in_one_transaction(state, wanted.demo, &submissions).await?;
    match people::actor_by_email(&mut state.db.read().await?, &email).await? {
        Some(Actor::Person(person)) => Ok(Made { person, opens }),
        _ => Err(Error::Internal("the account that was just made is not there".to_owned())),
    }
}

/// The demo comes first, since its story is older; whatever is refused takes all of it along.
async fn in_one_transaction(state: &AppState, demo: bool, submissions: &[Submission]) -> Result<(), Error> {
    let mut tx = state.db.begin().await?;
    let now = state.clock.now();
    if demo {
        demo::tell(&mut tx, &state.governance, now).await?;
    }
    for submission in submissions {
        state.governance.submit_within(&mut tx, now, &Actor::System, submission).await?;
    }
    tx.commit().await?;
    state.serving.publish().await;
    Ok(())
}

/// Parses the form, telling everything that is wrong at once.
fn checked(wanted: &Wanted) -> Result<(User, Project, Vec<Environment>), Error> {
    let mut problems = Vec::new();
    let email = normal_email(&wanted.email);
    if email.is_none() {
        problems.push(Problem::new("email", "Write an e-mail address like ada@shop.example."));
    }
    if wanted.name.trim().is_empty() {
        problems.push(Problem::new("name", "Write your name, as colleagues know you."));
    }
    problems.extend(people::password_problem(wanted.password.reveal()).map(|message| Problem::new("password", message)));
    let made = wanted.project.read(&mut problems);
    match (email, made) {
        (Some(email), Some((project, environments))) if problems.is_empty() => {
            let user = User { email, name: wanted.name.trim().to_owned(), instance_role: InstanceRole::Owner };
            Ok((user, project, environments))
        }
        _ => Err(Error::Invalid(problems)),
    }
}
