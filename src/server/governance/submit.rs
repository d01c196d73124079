//! The transaction in which a change happens, whole or not at all.

use super::apply::{self, Scope, Work};
use super::audit::{Chain, Event};
use super::change_requests::{self, NewRequest};
use super::policy::{self, Demand};
use super::{Applied, Rehearsal, Submission};
use crate::domain::actor::{Actor, Person};
use crate::domain::change_request::Origin;
use crate::domain::command::Command;
use crate::domain::id::DraftId;
use crate::domain::permission::{Need, needed};
use crate::domain::policy::Asked;
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
    let wanted = submissions.iter().find_map(|submission| submission.request.as_ref());
    tx.mark().await?;
    let tried = match wanted {
        Some(request) if request.is_certain() => Tried::Waits(request),
        _ => match (all(&mut tx, audit_key, now, actor, submissions).await, wanted) {
            (Err(Error::Confirm(ask)), Some(request)) if ask.review.is_some() => Tried::Waits(request),
            (done, _) => Tried::Done(done?),
        },
    };
    let result = match tried {
        Tried::Done(done) => Ok(done),
        Tried::Waits(request) => {
            tx.back().await?;
            let number = ask_for_review(&mut tx, audit_key, now, actor, submissions, request).await?;
            Err(Error::Requested { project: project_of(submissions), number })
        }
    };
    if let Some((id, version)) = draft
        && !store::drafts::delete(&mut tx, id, version).await?
    {
        return Err(Error::Conflict { object: "the draft".to_owned(), base: version, current: version + 1 });
    }
    tx.commit().await?;
    result
}

/// What came of trying it.
enum Tried<'t> {
    Done(Vec<Applied>),
    /// Other people look at it first.
    Waits(&'t NewRequest),
}

async fn all(
    tx: &mut Tx,
    audit_key: &[u8; 32],
    now: Timestamp,
    actor: &Actor,
    submissions: &[Submission],
) -> Result<Vec<Applied>, Error> {
    let mut run = Run::new(tx, audit_key, now, submissions.len());
    let mut owed = change_requests::Owed::default();
    let mut done = Vec::with_capacity(submissions.len());
    for submission in submissions {
        let step = run.one(actor, actor, submission).await?;
        policy::check(&step.actor, submission, &step.demand)?;
        owed.note(&step, submission);
        done.push(step.applied);
    }
    run.finish().await?;
    if let Some(asked) = owed.asked.clone() {
        let origin = if matches!(actor, Actor::Person(_)) { Origin::TurnedOff } else { Origin::Console };
        change_requests::after::owe(tx, audit_key, now, actor, owed, asked, origin).await?;
    }
    Ok(done)
}

/// A request of one change, in a transaction that the caller commits.
pub async fn request_within(
    tx: &mut Tx,
    audit_key: &[u8; 32],
    now: Timestamp,
    actor: &Actor,
    submission: &Submission,
) -> Result<i64, Error> {
    let request = submission.request.as_ref().ok_or_else(|| Error::Internal("a request without words".to_owned()))?;
    ask_for_review(tx, audit_key, now, actor, std::slice::from_ref(submission), request).await
}

/// Tries everything out, takes it back, and writes it down as a request, or into the one that is edited.
pub async fn ask_for_review(
    tx: &mut Tx,
    audit_key: &[u8; 32],
    now: Timestamp,
    actor: &Actor,
    submissions: &[Submission],
    request: &NewRequest,
) -> Result<i64, Error> {
    tx.mark().await?;
    let rehearsed = rehearse(tx, audit_key, now, actor, submissions).await?;
    tx.back().await?;
    change_requests::open::open(tx, audit_key, now, actor, submissions, rehearsed, request).await
}

/// Does everything and says what it came to; the caller takes it back. Asks nothing.
async fn rehearse(
    tx: &mut Tx,
    audit_key: &[u8; 32],
    now: Timestamp,
    actor: &Actor,
    submissions: &[Submission],
) -> Result<Vec<Step>, Error> {
    let mut run = Run::new(tx, audit_key, now, submissions.len());
    let mut steps = Vec::with_capacity(submissions.len());
    for submission in submissions {
        steps.push(run.one(actor, actor, submission).await?);
    }
    run.finish().await?;
    Ok(steps)
}

fn project_of(submissions: &[Submission]) -> String {
    submissions.iter().find_map(|submission| submission.command.project()).map(ToString::to_string).unwrap_or_default()
}

/// One change, in a transaction that the caller commits.
pub async fn within(
    tx: &mut Tx,
    audit_key: &[u8; 32],
    now: Timestamp,
    actor: &Actor,
    submission: &Submission,
) -> Result<Applied, Error> {
    let mut run = Run::new(tx, audit_key, now, 1);
    let step = run.one(actor, actor, submission).await?;
    policy::check(&step.actor, submission, &step.demand)?;
    run.finish().await?;
    Ok(step.applied)
}

/// Applies one after the other as far as they can be applied, none of them for good, and says of each what the policy asks
/// for, or why it is refused. The transaction is left open, and everything in it as it would be.
pub async fn rehearsed(
    db: &Db,
    audit_key: &[u8; 32],
    clock: &Clock,
    actor: &Actor,
    submissions: &[Submission],
) -> Result<Rehearsal, Error> {
    let mut tx = db.begin().await?;
    let (now, mut outcomes) = (clock.now(), Vec::with_capacity(submissions.len()));
    for submission in submissions {
        tx.mark().await?;
        let outcome = match rehearse_one(&mut tx, audit_key, now, actor, submission, submissions.len()).await {
            Ok(()) => Ok(None),
            // The policy comes last: it is applied by then.
            Err(Error::Confirm(ask)) => Ok(Some(ask)),
            Err(failed @ (Error::Internal(_) | Error::Busy | Error::Full)) => return Err(failed),
            Err(refused) => Err(refused),
        };
        if outcome.is_ok() {
            tx.unmark().await?
        } else {
            tx.back().await?
        }
        outcomes.push(outcome);
    }
    Ok(Rehearsal { outcomes, tx })
}

/// What definitions lack is told when it is saved: a later change of the same may bring it.
async fn rehearse_one(
    tx: &mut Tx,
    audit_key: &[u8; 32],
    now: Timestamp,
    actor: &Actor,
    submission: &Submission,
    together: usize,
) -> Result<(), Error> {
    let step = Run::new(tx, audit_key, now, together).one(actor, actor, submission).await?;
    policy::check(&step.actor, submission, &step.demand)
}

/// What one change came to.
pub struct Step {
    /// Who made it, with the rights they hold now.
    pub actor: Actor,
    pub project: Option<StoredProject>,
    pub applied: Applied,
    pub demand: Demand,
    /// What the audit says of it.
    pub events: Vec<Event>,
    /// The version of what it replaced.
    pub found: Option<i64>,
}

/// Several changes of one transaction.
pub struct Run<'r> {
    tx: &'r mut Tx,
    audit_key: &'r [u8; 32],
    now: Timestamp,
    /// How many changes there are in all.
    together: usize,
    /// Flags whose definition changed, by project.
    redefined: Vec<(StoredProject, Vec<StoredFlag>)>,
}

impl<'r> Run<'r> {
    pub fn new(tx: &'r mut Tx, audit_key: &'r [u8; 32], now: Timestamp, together: usize) -> Self {
        Self { tx, audit_key, now, together, redefined: Vec::new() }
    }

    /// Makes one change by the rights of `holder`; the audit names `actor`, who had it done.
    pub async fn one(&mut self, actor: &Actor, holder: &Actor, submission: &Submission) -> Result<Step, Error> {
        let (tx, now) = (&mut *self.tx, self.now);
        let mut holder = as_of_now(tx, holder).await?;
        // Who lends the rights may have to choose a password before they do something; here somebody else does it.
        if let Actor::Person(person) = &mut holder
            && actor.user_id() != Some(&person.id)
        {
            person.must_change_password = false;
        }
        let project = permit(tx, &holder, &submission.command).await?;
        // Before anything is written: a first change makes the account or the project by which a later one is told apart.
        let mut chain = Chain::open(tx, self.audit_key).await?;
        let mut work = Work { tx, actor: &holder, now, submission, found: None };
        let effect = apply::apply(&mut work, project.as_ref()).await?;
        let found = work.found;
        if effect.events.is_empty() {
            let (applied, demand, events) = (Applied::default(), Demand::default(), Vec::new());
            return Ok(Step { actor: holder, project, applied, demand, events, found });
        }
        let guards = environments(tx, project.as_ref(), &effect.guards).await?;
        let together = self.together.max(effect.events.len());
        let demand = policy::demand(&guards, &effect.weight, together, submission.revert, now);
        for environment in environments(tx, project.as_ref(), &effect.raises).await? {
            store::environments::raise_revision(tx, &environment.id).await?;
        }
        let mut audit = Vec::with_capacity(effect.events.len());
        for event in &effect.events {
            audit.push(chain.append(tx, now, actor, submission.reason.as_deref(), event.clone()).await?);
        }
        chain.close(tx).await?;
        for event in effect.events.iter().filter(|event| matches!(event.action, "flag.edit" | "flag.import")) {
            if let Some(project) = &project {
                change_requests::archive::withdraw_where_moved(tx, self.audit_key, now, project, event).await?;
            }
        }
        if let Some(project) = project.clone().filter(|_| !effect.redefined.is_empty()) {
            self.redefined.push((project, effect.redefined));
        }
        Ok(Step { actor: holder, project, applied: Applied { audit }, demand, events: effect.events, found })
    }

    /// What is checked last: a file may bring a definition first, and the states that go with it one environment at a time.
    pub async fn finish(self) -> Result<(), Error> {
        for (project, flags) in &self.redefined {
            let all = store::environments::of_project(self.tx, &project.id).await?;
            apply::check_redefined(self.tx, flags, &all).await?;
        }
        Ok(())
    }
}

/// The actor with the rights they hold now, inside the transaction: a person who was demoted or disabled a moment ago
/// does not get a last change through.
pub async fn as_of_now(tx: &mut Tx, actor: &Actor) -> Result<Actor, Error> {
    let Actor::Person(person) = actor else { return Ok(actor.clone()) };
    let stored = store::users::find(tx, &person.id).await?.filter(|stored| stored.disabled_at.is_none());
    let stored = stored.ok_or(Error::Unauthenticated)?;
    let user = stored.user;
    let roles = store::members::roles_of(tx, &person.id).await?;
    let break_glass = store::members::glass_of(tx, &person.id).await?;
    let must_change_password = stored.must_change_password;
    let id = stored.id;
    Ok(Actor::Person(Person {
        id,
        name: user.name,
        email: user.email,
        instance_role: user.instance_role,
        roles,
        must_change_password,
        break_glass,
    }))
}

const OWNER_ONLY: &str = "Only an owner of this installation may do that.";

/// Refuses who has yet to choose a password of their own: somebody else knows theirs.
pub fn refuse_due_password(actor: &Actor) -> Result<(), Error> {
    match actor {
        Actor::Person(Person { must_change_password: true, .. }) => Err(Error::PasswordDue),
        _ => Ok(()),
    }
}

/// Resolves the command's project and checks the right. Who is no member of a project learns nothing of it.
async fn permit(tx: &mut Tx, actor: &Actor, command: &Command) -> Result<Option<StoredProject>, Error> {
    if !matches!(command, Command::SetPassword { email } if email == actor.label()) {
        refuse_due_password(actor)?;
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

/// The strictest of what is asked of several changes.
pub fn strictest(demands: &[&Demand]) -> Demand {
    demands.iter().fold(Demand::default(), |sum, demand| Demand {
        ladder: match (sum.ladder, demand.ladder.clone()) {
            (Some(one), Some(other)) if other.typed && !one.typed => Some(other),
            (one, other) => one.or(other),
        },
        review: Asked::stricter(sum.review, demand.review.clone()),
        reviewed_in: sum.reviewed_in.or_else(|| demand.reviewed_in.clone()),
        frozen: sum.frozen.or_else(|| demand.frozen.clone()),
    })
}
