//! Accounts, as the installation's owners keep them. What people do with their own account is in [`super::people`].

use super::people;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::flag::Problem;
use crate::domain::key::ProjectKey;
use crate::domain::member::Member;
use crate::domain::role::{InstanceRole, Role};
use crate::domain::user::{User, normal_email};
use crate::server::error::Error;
use crate::server::governance::{Applied, Sealed, Submission};
use crate::server::security::passwords;
use crate::server::security::secrets::Secret;
use crate::server::state::AppState;
use crate::server::store;
use crate::server::store::users::StoredUser;

/// An account with its places in projects.
#[derive(Debug, Clone)]
pub struct Account {
    pub user: User,
    /// Each project with the role in it, by the project's name.
    pub roles: Vec<(ProjectKey, String, Role)>,
    pub is_disabled: bool,
    /// Somebody else knows the password.
    pub must_change_password: bool,
}

/// Refuses whoever is no owner, before anything is looked at.
pub fn for_owners(actor: &Actor) -> Result<(), Error> {
    match actor.is_owner() {
        true => Ok(()),
        false => {
            Err(Error::Forbidden("This page is for owners of the installation. Ask one of them for what you need.".to_owned()))
        }
    }
}

/// Every account, by name.
pub async fn list(state: &AppState, actor: &Actor) -> Result<Vec<Account>, Error> {
    for_owners(actor)?;
    let mut cx = state.db.read().await?;
    let projects = store::projects::all(&mut cx).await?;
    let mut accounts = Vec::new();
    for stored in store::users::all(&mut cx).await? {
        let held = store::members::roles_of(&mut cx, &stored.id).await?;
        let role = |id: &crate::domain::id::ProjectId| held.iter().find(|(held, _)| held == id).map(|(_, role)| *role);
        let roles = projects.iter().filter_map(|p| Some((p.project.key.clone(), p.project.name.clone(), role(&p.id)?)));
        accounts.push(account(stored, roles.collect()));
    }
    Ok(accounts)
}

fn account(stored: StoredUser, roles: Vec<(ProjectKey, String, Role)>) -> Account {
    let (is_disabled, must_change_password) = (stored.disabled_at.is_some(), stored.must_change_password);
    Account { user: stored.user, roles, is_disabled, must_change_password }
}

pub async fn find(state: &AppState, actor: &Actor, email: &str) -> Result<Account, Error> {
    list(state, actor).await?.into_iter().find(|account| account.user.email == email).ok_or(Error::NotFound("account"))
}

/// A password that somebody else is going to use once.
pub enum Temporary {
    /// One is made; whoever asked is told it, once.
    Made,
    Typed(Secret<String>),
}

impl Temporary {
    fn problem(&self) -> Option<Problem> {
        match self {
            Self::Made => None,
            Self::Typed(password) => people::password_problem(password.reveal()).map(|message| Problem::new("password", message)),
        }
    }

    /// The hash to keep, and the password where it was made here.
    async fn seal(self, state: &AppState) -> Result<(Sealed, Option<Secret<String>>), Error> {
        let (password, made) = match self {
            Self::Typed(password) => (password, None),
            Self::Made => {
                let made = passwords::generate().map_err(|e| Error::Internal(e.to_string()))?;
                (made.clone(), Some(made))
            }
        };
        Ok((Sealed::TemporaryPassword(people::hash(state, password).await?), made))
    }
}

/// An account as an owner typed it.
pub struct NewAccount {
    pub name: String,
    pub email: String,
    pub role: String,
    pub password: Temporary,
    /// Empty for no project yet.
    pub project: String,
    pub project_role: String,
}

/// What came of it.
pub struct Made {
    pub user: User,
    /// The password that was made for it: shown once, kept nowhere.
    pub password: Option<Secret<String>>,
}

/// Makes an account, in a project where one is named: both or neither.
pub async fn create(state: &AppState, actor: &Actor, wanted: NewAccount) -> Result<Made, Error> {
    for_owners(actor)?;
    let (user, member) = checked(&wanted)?;
    if store::users::find_by_email(&mut state.db.read().await?, &user.email).await?.is_some() {
        return Err(Error::field("email", format!("There already is an account for {}.", user.email)));
    }
    let (sealed, password) = wanted.password.seal(state).await?;
    let create = Submission::new(Command::CreateUser { user: user.clone() }).sealing(sealed);
    let join = member.map(|(project, member)| Submission::new(Command::SetMember { project, member }));
    state.governance.submit_all(actor, std::iter::once(create).chain(join).collect()).await?;
    Ok(Made { user, password })
}

/// Everything that is wrong at once.
fn checked(wanted: &NewAccount) -> Result<(User, Option<(ProjectKey, Member)>), Error> {
    let mut problems = Vec::new();
    let mut wrong = |field: &str, message: &str| problems.push(Problem::new(field, message));
    let email = normal_email(&wanted.email).unwrap_or_default();
    if email.is_empty() {
        wrong("email", "Write an e-mail address like ada@shop.example.");
    }
    let name = wanted.name.trim().to_owned();
    if name.is_empty() {
        wrong("name", "Write their name, as colleagues know them.");
    }
    let instance_role = InstanceRole::parse(&wanted.role).unwrap_or_else(|| {
        wrong("role", "Choose member or owner.");
        InstanceRole::Member
    });
    let member = match (wanted.project.is_empty(), ProjectKey::parse(&wanted.project), Role::parse(&wanted.project_role)) {
        (true, ..) => None,
        (false, Ok(project), Some(role)) => Some((project, Member { email: email.clone(), role, break_glass: false })),
        (false, Err(_), _) => {
            wrong("project", "Choose a project, or none.");
            None
        }
        (false, _, None) => {
            wrong("project_role", "Choose their role in the project.");
            None
        }
    };
    problems.extend(wanted.password.problem());
    match problems.is_empty() {
        true => Ok((User { email, name, instance_role }, member)),
        false => Err(Error::Invalid(problems)),
    }
}

/// Sets a password that must be changed at the next sign-in; ends every session of the account.
pub async fn set_password(
    state: &AppState,
    actor: &Actor,
    email: &str,
    password: Temporary,
) -> Result<(Applied, Option<Secret<String>>), Error> {
    for_owners(actor)?;
    if actor.label() == email {
        return Err(Error::field("", "This is your own account; change your password on your account page."));
    }
    if let Some(problem) = password.problem() {
        return Err(Error::Invalid(vec![problem]));
    }
    let (sealed, made) = password.seal(state).await?;
    let command = Command::SetPassword { email: email.to_owned() };
    Ok((state.governance.submit(actor, Submission::new(command).sealing(sealed)).await?, made))
}

pub async fn rename(state: &AppState, actor: &Actor, email: &str, name: String) -> Result<Applied, Error> {
    state.governance.submit(actor, Submission::new(Command::RenameUser { email: email.to_owned(), name })).await
}

pub async fn set_role(state: &AppState, actor: &Actor, email: &str, role: InstanceRole) -> Result<Applied, Error> {
    state.governance.submit(actor, Submission::new(Command::SetInstanceRole { email: email.to_owned(), role })).await
}

/// Disabled, an account keeps its name and its history, and nothing else.
pub async fn set_disabled(state: &AppState, actor: &Actor, email: &str, disabled: bool) -> Result<Applied, Error> {
    let email = email.to_owned();
    let command = if disabled { Command::DisableUser { email } } else { Command::EnableUser { email } };
    state.governance.submit(actor, Submission::new(command)).await
}
