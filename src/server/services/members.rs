//! Who belongs to a project. Adding and removing is for its admins.

use super::projects::OpenProject;
use crate::domain::actor::{Actor, Person};
use crate::domain::command::Command;
use crate::domain::flag::Problem;
use crate::domain::id::UserId;
use crate::domain::member::Member;
use crate::domain::role::{InstanceRole, Role};
use crate::domain::user::{User, normal_email};
use crate::server::error::Error;
use crate::server::governance::{Applied, Submission};
use crate::server::state::AppState;
use crate::server::store;
use crate::server::store::users::StoredUser;

/// Somebody who may enter the project.
#[derive(Debug, Clone)]
pub struct Listed {
    pub id: String,
    pub user: User,
    /// `None` for an owner of the installation who is no member besides.
    pub role: Option<Role>,
    pub is_disabled: bool,
    /// Whether they may apply a change without the review that is due.
    pub break_glass: bool,
}

impl Listed {
    /// Holds every right here, whatever their role.
    pub fn is_owner(&self) -> bool {
        self.user.instance_role == InstanceRole::Owner
    }
}

/// The project's members and the installation's owners, by name.
pub async fn list(state: &AppState, project: &OpenProject) -> Result<Vec<Listed>, Error> {
    let mut cx = state.db.read().await?;
    let roles = store::members::of_project(&mut cx, &project.stored.id).await?;
    let breakers = store::members::glass_breakers(&mut cx, &project.stored.id).await?;
    let listed = |stored: StoredUser| {
        let role = roles.iter().find(|(id, _)| *id == stored.id).map(|(_, role)| *role);
        let break_glass = stored.user.instance_role == InstanceRole::Owner || breakers.contains(&stored.id);
        let (id, is_disabled) = (stored.id.to_string(), stored.disabled_at.is_some());
        let listed = Listed { id, user: stored.user, role, is_disabled, break_glass };
        // An owner whose account is disabled holds nothing anywhere.
        (role.is_some() || (listed.is_owner() && !listed.is_disabled)).then_some(listed)
    };
    Ok(store::users::all(&mut cx).await?.into_iter().filter_map(listed).collect())
}

/// Accounts that could be added: for owners alone, who know of every account anyway.
pub async fn candidates(state: &AppState, actor: &Actor, project: &OpenProject) -> Result<Option<Vec<User>>, Error> {
    if !actor.is_owner() {
        return Ok(None);
    }
    let mut cx = state.db.read().await?;
    let members = store::members::of_project(&mut cx, &project.stored.id).await?;
    let is_free = |stored: &StoredUser| {
        stored.disabled_at.is_none()
            && stored.user.instance_role == InstanceRole::Member
            && members.iter().all(|(id, _)| *id != stored.id)
    };
    Ok(Some(store::users::all(&mut cx).await?.into_iter().filter(is_free).map(|stored| stored.user).collect()))
}

/// Adds somebody, or changes their role; `break_glass` stays as it is where nothing is said of it.
pub async fn set(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    email: &str,
    role: &str,
    break_glass: Option<bool>,
) -> Result<Applied, Error> {
    project.require(Role::Admin)?;
    let (address, read) = (normal_email(email), Role::parse(role));
    let (Some(email), Some(role)) = (address.clone(), read) else {
        let mut problems = Vec::new();
        if address.is_none() {
            problems.push(Problem::new("email", "Choose an account, or write its e-mail address like ada@shop.example."));
        }
        if read.is_none() {
            problems.push(Problem::new("role", "Choose a role: viewer, editor, approver or admin."));
        }
        return Err(Error::Invalid(problems));
    };
    let had = holds_glass(state, project, &email).await?;
    let break_glass = break_glass.unwrap_or(had);
    let command = Command::SetMember { project: project.key().clone(), member: Member { email, role, break_glass } };
    state.governance.submit(actor, Submission::new(command)).await
}

/// Who besides `person` may approve what takes at least that role, by name.
pub async fn able_to_review(
    state: &AppState,
    person: &Person,
    project: &OpenProject,
    least: Role,
) -> Result<Vec<(UserId, String)>, Error> {
    let all = store::members::roles(&mut state.db.read().await?, &project.stored.id).await?;
    let able = all.into_iter().filter(|(id, _, role)| *role >= least && *id != person.id);
    Ok(able.map(|(id, name, _)| (id, name)).collect())
}

async fn holds_glass(state: &AppState, project: &OpenProject, email: &str) -> Result<bool, Error> {
    let mut cx = state.db.read().await?;
    let Some(user) = store::users::find_by_email(&mut cx, email).await? else { return Ok(false) };
    Ok(store::members::glass_breakers(&mut cx, &project.stored.id).await?.contains(&user.id))
}

/// Takes somebody out of the project and its teams.
pub async fn remove(state: &AppState, actor: &Actor, project: &OpenProject, email: &str) -> Result<Applied, Error> {
    let command = Command::RemoveMember { project: project.key().clone(), email: email.to_owned() };
    state.governance.submit(actor, Submission::new(command)).await
}
