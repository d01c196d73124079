//! A request takes effect: all of it in one transaction, in which everything that it was approved by is looked at again.

use super::{Desk, roles_now};
use crate::domain::actor::{Actor, Person};
use crate::domain::change_request::{Act, AfterReview, EventKind, Origin, Status, standing};
use crate::domain::id::UserId;
use crate::domain::inbox;
use crate::domain::key::ProjectKey;
use crate::domain::policy::Asked;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::governance::policy::{self, Demand};
use crate::server::governance::submit::{Run, Step, as_of_now, strictest};
use crate::server::governance::{Governance, Submission};
use crate::server::store;
use crate::server::store::change_requests::{self as rows, Part, StoredRequest};

/// By what a request is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// The approvals it has.
    Approval,
    /// The same, by itself, because its moment has come; what there is to say of that.
    Schedule(String),
    /// The permission for emergencies: why, and what was typed to confirm it.
    BreakGlass { reason: String, confirmation: Option<String> },
}

impl Governance {
    /// Applies a request whole, or nothing of it; returns the row of the audit.
    pub async fn apply_request(&self, actor: &Actor, project: &ProjectKey, number: i64, by: By) -> Result<i64, Error> {
        let seq = self.desk(actor, project, async |desk| desk.apply(number, by).await).await?;
        if let Some(serving) = &self.serving {
            serving.publish().await;
        }
        Ok(seq)
    }
}

impl Desk<'_> {
    pub(super) async fn apply(&mut self, number: i64, by: By) -> Result<i64, Error> {
        let mut stored = self.find(number).await?;
        let before = stored.clone();
        self.permit_apply(&stored, &by)?;
        // Before anything is changed: afterwards it leans on what it has made itself.
        let content = super::content::hash(self.tx, &self.project, &stored.items).await?;
        let holder = self.holder(&stored).await?;
        let steps = self.run(&stored, &holder, &by).await?;
        let demand = strictest(&steps.iter().map(|step| &step.demand).collect::<Vec<_>>());
        match &by {
            By::Approval | By::Schedule(_) => {
                let asked = demand.review.iter().cloned().fold(stored.request.asked.clone(), Asked::and);
                self.require_approval(&stored, &asked, &content, &demand).await?;
            }
            By::BreakGlass { reason, confirmation } => {
                policy::climb(Some(&glass(&demand)), Some(reason), confirmation.as_deref())?;
            }
        }
        let seqs: Vec<i64> = steps.iter().flat_map(|step| step.applied.audit.iter().copied()).collect();
        stored.rows = seqs.first().copied().zip(seqs.last().copied());
        (stored.request.status, stored.apply_at) = (Status::Applied, None);
        let seq = match by {
            By::Approval | By::Schedule(_) => {
                let said = if let By::Schedule(said) = &by { said.as_str() } else { "" };
                self.write(&mut stored).await?;
                let concerned = self.concerned(&stored).await?;
                let seq = self.record(&stored, EventKind::Applied, "change_request.apply", said, Some(&before)).await?;
                self.tell(&stored, concerned, inbox::Kind::Applied).await?;
                seq
            }
            By::BreakGlass { reason, .. } => self.break_glass(stored, &before, &reason).await?,
        };
        Ok(seq)
    }

    fn permit_apply(&self, stored: &StoredRequest, by: &By) -> Result<(), Error> {
        if matches!(self.actor, Actor::System) {
            return match (stored.request.status, by) {
                // Somebody may have thought better of it since it was looked for.
                (Status::Open, By::Approval | By::Schedule(_)) if stored.apply_at.is_some_and(|at| at <= self.now) => Ok(()),
                (Status::Open, _) => Err(Error::field("", "It is not due.")),
                _ => Err(Error::field("", "It is open no more.")),
            };
        }
        let act = match by {
            By::Approval => Act::Apply,
            By::BreakGlass { .. } => Act::BreakGlass,
            By::Schedule(_) => return Err(Error::Forbidden("Only its moment applies it by itself.".to_owned())),
        };
        self.permit(stored, act, &stored.request.asked)?;
        match by {
            By::BreakGlass { .. } if !self.actor.may_break_glass(&self.project.id) => Err(Error::Forbidden(
                "Breaking the glass is a permission of its own, and you do not hold it. An owner of this installation gives it."
                    .to_owned(),
            )),
            _ => Ok(()),
        }
    }

    /// By whose rights it is done: its author's, as they are now. Who lost them leaves a request that nobody can apply.
    pub(super) async fn holder(&mut self, stored: &StoredRequest) -> Result<Actor, Error> {
        let gone = || Error::field("", "Whoever made this has left or lost the right to: somebody else makes it anew.");
        let Some(author) = &stored.request.author else { return Ok(Actor::Console) };
        let user = store::users::find(self.tx, author).await?.ok_or_else(gone)?.user;
        let person = Person {
            id: author.clone(),
            name: user.name,
            email: user.email,
            instance_role: user.instance_role,
            roles: Vec::new(),
            must_change_password: false,
            break_glass: Vec::new(),
        };
        match as_of_now(self.tx, &Actor::Person(person)).await {
            Ok(holder) if holder.role_in(&self.project.id) >= Some(Role::Editor) => Ok(holder),
            Ok(_) | Err(Error::Unauthenticated) => Err(gone()),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn run(&mut self, stored: &StoredRequest, holder: &Actor, by: &By) -> Result<Vec<Step>, Error> {
        // The row names who applied it; whose change it is stands beside that.
        let author = if let Actor::Person(author) = holder { format!(" by {}", author.name) } else { String::new() };
        let mut reason = format!("Change request #{}{author}: {}", stored.number, stored.title);
        if let By::BreakGlass { reason: why, .. } = by {
            reason = format!("Glass broken: {why} ({reason})");
        }
        let asked_at = Some(self.asked_at(stored).await?);
        let mut run = Run::new(self.tx, self.audit_key, self.now, stored.items.len());
        let mut steps = Vec::with_capacity(stored.items.len());
        for item in &stored.items {
            let submission = Submission {
                base_version: item.base_version,
                reason: Some(reason.clone()),
                revert: item.revert,
                asked_at,
                ..Submission::new(item.command.clone())
            };
            steps.push(run.one(&self.actor, holder, &submission).await?);
        }
        run.finish().await?;
        Ok(steps)
    }

    /// When its present content was asked for.
    async fn asked_at(&mut self, stored: &StoredRequest) -> Result<Timestamp, Error> {
        let events = rows::events(self.tx, &stored.id).await?;
        let wanted = events.iter().rev().find(|event| matches!(event.kind, EventKind::Opened | EventKind::Edited));
        Ok(wanted.map_or(stored.created_at, |event| event.at))
    }

    /// What was approved is this very content, by enough people who still may, and nothing is frozen.
    async fn require_approval(
        &mut self,
        stored: &StoredRequest,
        asked: &Asked,
        content: &str,
        demand: &Demand,
    ) -> Result<(), Error> {
        let events = rows::events(self.tx, &stored.id).await?;
        let people = roles_now(self.tx, &self.project).await?;
        let standing = standing(&stored.request, &events, content, asked, people);
        if !standing.objected.is_empty() {
            return Err(Error::field("", "Somebody asked for changes: edit it, or let them approve it."));
        }
        if !standing.is_approved() {
            let (missing, quorum) = (standing.missing(), standing.quorum);
            let why = if standing.outdated.is_empty() { "" } else { " What was approved before has changed since." };
            return Err(Error::field("", format!("{missing} of {quorum} approvals are missing.{why}")));
        }
        match &demand.frozen {
            Some(why) => Err(Error::field("", why.clone())),
            None => Ok(()),
        }
    }

    /// Who did it counts as one who had a hand in it: somebody else looks at it afterwards.
    async fn break_glass(&mut self, mut stored: StoredRequest, before: &StoredRequest, reason: &str) -> Result<i64, Error> {
        stored.request.origin = Origin::BreakGlass;
        stored.request.after_review = AfterReview::Open;
        self.write(&mut stored).await?;
        if let Some(who) = self.actor.user_id().cloned().filter(|who| !stored.request.is_by(who)) {
            rows::add_person(self.tx, &stored.id, &who, Part::Coauthor).await?;
            stored.request.coauthors.push(who);
        }
        let mut whom: Vec<UserId> = self.reviewers(&stored, Role::Approver).await?;
        whom.extend(self.concerned(&stored).await?);
        let seq = self.record(&stored, EventKind::BrokeGlass, "change_request.break_glass", reason, Some(before)).await?;
        self.tell(&stored, whom, inbox::Kind::BreakGlass).await?;
        Ok(seq)
    }
}

/// What has to be said before the glass is broken: always a reason, and the environment's name where it is critical.
fn glass(demand: &Demand) -> crate::server::error::Confirm {
    let none = crate::server::error::Confirm { environment: String::new(), reason: true, typed: false, review: None };
    demand.ladder.clone().unwrap_or(none)
}
