//! The transaction in which a change happens, whole or not at all.

use super::apply::{self, Scope, Work};
use super::audit::Chain;
use super::{Applied, Submission, policy};
use crate::domain::actor::{Actor, Person};
use crate::domain::command::Command;
use crate::domain::id::DraftId;
use crate::domain::permission::{Need, needed};
use crate::domain::time::Timestamp;
use crate::server::clock::Clock;
use crate::server::error::Error;
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::flags::StoredFlag;
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, Db, Tx};

pub async fn in_one_transaction(
    db: &Db,
    audit_key: &[u8; 32],
    clock: &Clock,
    actor: &Actor,
    submissions: &[Submission],
    draft: Option<(&DraftId, i64)>,
) -> Result<Vec<Applied>, Error> {
    let mut tx = db.begin().await?;
    // Not before: who waited for their turn comes later than who had it.
    let now = clock.now();
    let (mut all, mut redefined) = (Vec::with_capacity(submissions.len()), Vec::new());
    for submission in submissions {
        let (applied, flags) = one(&mut tx, audit_key, now, actor, submission).await?;
        all.push(applied);
        redefined.extend(flags);
    }
    check(&mut tx, &redefined).await?;
    if let Some((id, version)) = draft
        && !store::drafts::delete(&mut tx, id, version).await?
    {
        return Err(Error::Conflict { object: "the draft".to_owned(), base: version, current: version + 1 });
    }
    tx.commit().await?;
    Ok(all)
}

/// One change, in a transaction that the caller commits.
pub async fn within(
    tx: &mut Tx,
    audit_key: &[u8; 32],
    now: Timestamp,
    actor: &Actor,
    submission: &Submission,
) -> Result<Applied, Error> {
    let (applied, redefined) = one(tx, audit_key, now, actor, submission).await?;
    check(tx, &redefined).await?;
    Ok(applied)
}

/// Flags of a project whose definition changed.
type Redefined = (StoredProject, Vec<StoredFlag>);

/// What is checked last: a file may bring a definition first, and the states that go with it one environment at a time.
async fn check(tx: &mut Tx, redefined: &[Redefined]) -> Result<(), Error> {
    for (project, flags) in redefined.iter().filter(|(_, flags)| !flags.is_empty()) {
        let all = store::environments::of_project(tx, &project.id).await?;
        apply::check_redefined(tx, flags, &all).await?;
    }
    Ok(())
}

async fn one(
    tx: &mut Tx,
    audit_key: &[u8; 32],
    now: Timestamp,
    actor: &Actor,
    submission: &Submission,
) -> Result<(Applied, Vec<Redefined>), Error> {
    let actor = &as_of_now(tx, actor).await?;
    let project = permit(tx, actor, &submission.command).await?;
    // Before anything is written: a first change makes the account or the project by which a later one is told apart.
    let mut chain = Chain::open(tx, audit_key).await?;
    let mut work = Work { tx, actor, now, submission };
    let effect = apply::apply(&mut work, project.as_ref()).await?;
    if effect.events.is_empty() {
        return Ok((Applied::default(), Vec::new()));
    }
    policy::check(actor, submission, &environments(tx, project.as_ref(), &effect.guards).await?)?;
    for environment in environments(tx, project.as_ref(), &effect.raises).await? {
        store::environments::raise_revision(tx, &environment.id).await?;
    }
    let mut audit = Vec::with_capacity(effect.events.len());
    for event in effect.events {
        audit.push(chain.append(tx, now, actor, submission.reason.as_deref(), event).await?);
    }
    chain.close(tx).await?;
    Ok((Applied { audit }, project.map(|project| (project, effect.redefined)).into_iter().collect()))
}

/// The actor with the rights they hold now, inside the transaction: a person who was demoted or disabled a moment ago
/// does not get a last change through.
async fn as_of_now(tx: &mut Tx, actor: &Actor) -> Result<Actor, Error> {
    let Actor::Person(person) = actor else { return Ok(actor.clone()) };
    let stored = store::users::find(tx, &person.id).await?.filter(|stored| stored.disabled_at.is_none());
    let stored = stored.ok_or(Error::Unauthenticated)?;
    let user = stored.user;
    let roles = store::members::roles_of(tx, &person.id).await?;
    let must_change_password = stored.must_change_password;
    let id = stored.id;
    Ok(Actor::Person(Person {
        id,
        name: user.name,
        email: user.email,
        instance_role: user.instance_role,
        roles,
        must_change_password,
    }))
}

const OWNER_ONLY: &str = "Only an owner of this installation may do that.";

/// Resolves the command's project and checks the right. Who is no member of a project learns nothing of it.
async fn permit(tx: &mut Tx, actor: &Actor, command: &Command) -> Result<Option<StoredProject>, Error> {
    if let Actor::Person(Person { must_change_password: true, email: own, .. }) = actor
        && !matches!(command, Command::SetPassword { email } if email == own)
    {
        return Err(Error::PasswordDue);
    }
    let project = match command.project() {
        None => None,
        Some(key) => Some(store::projects::find(tx, key).await?.ok_or(Error::NotFound("project"))?),
    };
    let role = project.as_ref().and_then(|project| actor.role_in(&project.id));
    if project.is_some() && role.is_none() {
        return Err(Error::NotFound("project"));
    }
    match needed(command) {
        Need::Owner if !actor.is_owner() => Err(Error::Forbidden(OWNER_ONLY.to_owned())),
        Need::OwnerOrSelf(email) if !actor.is_owner() && actor.label() != email => Err(Error::Forbidden(OWNER_ONLY.to_owned())),
        Need::AtLeast(least) if role < Some(least) => Err(Error::Forbidden(format!(
            "That needs the role {}; yours is {}.",
            least.as_str(),
            role.map_or("none", |r| r.as_str())
        ))),
        _ => Ok(project),
    }
}

async fn environments(tx: &mut Tx, project: Option<&StoredProject>, scope: &Scope) -> Result<Vec<StoredEnvironment>, Error> {
    match (scope, project) {
        (Scope::Nothing, _) | (Scope::Project, None) => Ok(Vec::new()),
        (Scope::Environment(environment), _) => Ok(vec![environment.as_ref().clone()]),
        (Scope::Environments(environments), _) => Ok(environments.clone()),
        (Scope::Project, Some(project)) => Ok(store::environments::of_project(tx, &project.id).await?),
    }
}
