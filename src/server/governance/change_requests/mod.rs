//! Changes that other people look at: opened, talked over, approved, applied; or applied at once in an emergency and looked
//! at afterwards. Each act is one transaction with its entry in the timeline, its row in the audit and what it tells whom.

pub mod after;
pub mod apply;
pub mod archive;
pub mod content;
pub mod due;
pub mod open;
pub mod rehearse;
pub mod review;

use super::audit::{self, Chain};
use super::submit::{Step, as_of_now, refuse_due_password};
use super::{Governance, Submission};
use crate::domain::actor::Actor;
use crate::domain::change_request::{Act, Event, EventKind, MAX_TEXT, MAX_TITLE, Onlooker, refusal};
use crate::domain::draft::Item;
use crate::domain::flag::Problem;
use crate::domain::id::UserId;
use crate::domain::inbox;
use crate::domain::key::ProjectKey;
use crate::domain::policy::Asked;
use crate::domain::role::Role;
use crate::domain::schedule::{MAX_GRACE, Schedule};
use crate::domain::time::Timestamp;
use crate::engine::wall_clock;
use crate::server::error::Error;
use crate::server::store::change_requests::{self as rows, Part, Proposed, StoredRequest};
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, Cx, Tx};
use serde_json::json;
use std::collections::HashSet;

/// What is said to those who look at a change first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewRequest {
    pub title: String,
    pub why: String,
    /// Whom to ask; nobody in particular means everybody who may approve.
    pub reviewers: Vec<UserId>,
    /// The request whose content this replaces, with the round of it that was seen; none for a new one.
    pub edits: Option<(i64, i64)>,
    /// Ask even where nothing asks for it.
    pub anyway: bool,
    /// When it is to be made. Where nothing asks for a review it then waits for nothing but that.
    pub schedule: Option<Schedule>,
}

impl NewRequest {
    /// Whether it becomes a request whatever the policies say.
    pub fn is_certain(&self) -> bool {
        self.anyway || self.edits.is_some() || self.schedule.is_some()
    }
}

impl NewRequest {
    fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        let length = self.title.trim().chars().count();
        if length == 0 || length > MAX_TITLE {
            found.push(Problem::new("request_title", format!("Say in 1 to {MAX_TITLE} characters what changes.")));
        }
        found.extend(text_problem("request_why", &self.why, true));
        found
    }
}

/// What is wrong with a text that people read.
fn text_problem(field: &str, text: &str, required: bool) -> Option<Problem> {
    let length = text.trim().chars().count();
    if required && length == 0 {
        return Some(Problem::new(field, "Say why, for those who look at it and for the history."));
    }
    (length > MAX_TEXT).then(|| Problem::new(field, format!("At most {MAX_TEXT} characters; this has {length}.")))
}

/// The instant of a schedule, which must be one that is still to come.
fn reckoned(schedule: &Schedule, now: Timestamp) -> Result<Timestamp, Error> {
    if !(0..=MAX_GRACE).contains(&schedule.grace) {
        return Err(Error::field("grace", "Choose how late it may still be made, a year at most."));
    }
    match wall_clock::instant(schedule) {
        None => Err(Error::field("at", "That is no moment, or its time zone is not known here.")),
        Some(at) if at <= now => Err(Error::field("at", "Choose a moment that is still to come, or apply it now.")),
        Some(at) => Ok(at),
    }
}

/// Changes that went through although a review was due, to be looked at afterwards.
#[derive(Default)]
pub struct Owed {
    /// The strictest of what was due.
    pub asked: Option<Asked>,
    project: Option<StoredProject>,
    items: Vec<Item>,
    proposed: Vec<Proposed>,
    rows: Vec<i64>,
}

impl Owed {
    pub fn note(&mut self, step: &Step, submission: &Submission) {
        // Flagstaff's own doings are no person's: set-up, the demo, what was approved already.
        let (Some(asked), false) = (&step.demand.review, matches!(step.actor, Actor::System)) else { return };
        self.asked = Asked::stricter(self.asked.take(), Some(asked.clone()));
        self.project = self.project.take().or_else(|| step.project.clone());
        self.items.push(item(step, submission));
        self.proposed.extend(proposed(step));
        self.rows.extend(&step.applied.audit);
    }
}

/// A change as a request keeps it: with what it replaces and the version of that.
fn item(step: &Step, submission: &Submission) -> Item {
    let base = step.events.first().and_then(|event| event.before.clone()).unwrap_or_default();
    let base_version = submission.base_version.or(step.found);
    Item { command: submission.command.clone(), base_version, base, revert: submission.revert, left_out: false }
}

fn proposed(step: &Step) -> Vec<Proposed> {
    let of = |event: &audit::Event| Proposed {
        action: event.action.to_owned(),
        object: event.object.clone(),
        environment: event.environment.clone(),
        before: event.before.clone(),
        after: event.after.clone(),
    };
    step.events.iter().map(of).collect()
}

/// Somebody at a request, inside of a transaction.
struct Desk<'d> {
    tx: &'d mut Tx,
    audit_key: &'d [u8; 32],
    now: Timestamp,
    /// With the rights they hold now.
    actor: Actor,
    project: StoredProject,
}

impl<'d> Desk<'d> {
    /// Who is no member of the project gets the same answer as for one that does not exist.
    async fn open(
        tx: &'d mut Tx,
        audit_key: &'d [u8; 32],
        now: Timestamp,
        actor: &Actor,
        project: &ProjectKey,
    ) -> Result<Self, Error> {
        let actor = as_of_now(tx, actor).await?;
        refuse_due_password(&actor)?;
        let project = store::projects::find(tx, project).await?.ok_or(Error::NotFound("project"))?;
        actor.role_in(&project.id).ok_or(Error::NotFound("project"))?;
        Ok(Self { tx, audit_key, now, actor, project })
    }

    async fn find(&mut self, number: i64) -> Result<StoredRequest, Error> {
        rows::find(self.tx, &self.project.id, number).await?.ok_or(Error::NotFound("change request"))
    }

    fn onlooker(&self) -> Result<Onlooker, Error> {
        let id = self.actor.user_id().cloned().ok_or_else(|| Error::Forbidden("Only people decide on requests.".to_owned()))?;
        Ok(Onlooker { id, role: self.actor.role_in(&self.project.id) })
    }

    /// Refuses what the actor may not do with the request.
    fn permit(&self, stored: &StoredRequest, act: Act, asked: &Asked) -> Result<Onlooker, Error> {
        let onlooker = self.onlooker()?;
        match refusal(&stored.request, act, &onlooker, asked) {
            Some(why) => Err(Error::Forbidden(why)),
            None => Ok(onlooker),
        }
    }

    /// Writes a request that is there already, once: who was slower is told.
    async fn write(&mut self, stored: &mut StoredRequest) -> Result<(), Error> {
        let version = stored.version;
        match rows::update(self.tx, stored, self.now).await? {
            true => Ok(()),
            false => Err(changed(stored.number, version)),
        }
    }

    /// The entry in the timeline and the row of the audit; returns the row's number.
    async fn record(
        &mut self,
        stored: &StoredRequest,
        kind: EventKind,
        action: &'static str,
        text: &str,
        before: Option<&StoredRequest>,
    ) -> Result<i64, Error> {
        let event = Event {
            at: self.now,
            actor: self.actor.label().to_owned(),
            actor_id: self.actor.user_id().cloned(),
            kind,
            round: stored.request.round,
            content: stored.request.content.clone(),
            text: text.trim().to_owned(),
        };
        rows::add_event(self.tx, &stored.id, &event).await?;
        let document = |stored: &StoredRequest| {
            json!({
                "title": stored.title,
                "status": stored.request.status.as_str(),
                "origin": stored.request.origin.as_str(),
                "round": stored.request.round,
                "content": stored.request.content,
                "after_review": stored.request.after_review.as_str(),
                "apply_at": stored.apply_at,
                "schedule": stored.schedule,
            })
        };
        let event = audit::Event {
            action,
            object: format!("change_request:{}", stored.number),
            project: Some(self.project.project.key.to_string()),
            environment: None,
            before: before.map(document),
            after: Some(document(stored)),
        };
        let mut chain = Chain::open(self.tx, self.audit_key).await?;
        let reason = Some(text).filter(|text| !text.trim().is_empty());
        let seq = chain.append(self.tx, self.now, &self.actor, reason, event).await?;
        chain.close(self.tx).await?;
        Ok(seq)
    }

    /// Tells people, each once, and never whoever did it.
    async fn tell(&mut self, stored: &StoredRequest, whom: Vec<UserId>, kind: inbox::Kind) -> Result<(), Error> {
        let mut told: HashSet<UserId> = self.actor.user_id().cloned().into_iter().collect();
        let actor = self.actor.label().to_owned();
        for user in whom {
            if told.insert(user.clone()) {
                let about = store::inbox::Subject::Request(&self.project.id, &stored.id);
                let new = store::inbox::New { about, kind, actor: &actor, at: self.now };
                store::inbox::add(self.tx, &user, new).await?;
            }
        }
        Ok(())
    }

    /// Whoever has something to do with it: who made it, who was asked, who said something.
    async fn concerned(&mut self, stored: &StoredRequest) -> Result<Vec<UserId>, Error> {
        let mut found: Vec<UserId> = stored.request.author.iter().chain(&stored.request.coauthors).cloned().collect();
        found.extend(rows::people(self.tx, &stored.id, Part::Reviewer).await?);
        found.extend(rows::events(self.tx, &stored.id).await?.into_iter().filter_map(|event| event.actor_id));
        Ok(found)
    }

    /// Who may approve what is asked so: everybody of that role who had no hand in it.
    async fn reviewers(&mut self, stored: &StoredRequest, least: Role) -> Result<Vec<UserId>, Error> {
        let all = store::members::roles(self.tx, &self.project.id).await?;
        let may = |(id, role): &(UserId, Role)| *role >= least && !stored.request.is_by(id);
        Ok(all.into_iter().map(|(id, _, role)| (id, role)).filter(may).map(|(id, _)| id).collect())
    }
}

/// The content of a request is not what was seen any more.
fn edited_since(number: i64, round: i64, current: i64) -> Error {
    Error::Conflict { object: format!("change request #{number}"), base: round, current }
}

fn changed(number: i64, version: i64) -> Error {
    Error::Conflict { object: format!("change request #{number}"), base: version, current: version + 1 }
}

/// Who somebody is in a project now; `None` for who left it or is disabled.
pub async fn roles_now(cx: &mut Cx, project: &StoredProject) -> Result<impl Fn(&UserId) -> Option<Role> + use<>, Error> {
    let all = store::members::roles(cx, &project.id).await?;
    Ok(move |who: &UserId| all.iter().find(|(id, ..)| id == who).map(|(_, _, role)| *role))
}

impl Governance {
    async fn desk<T>(
        &self,
        actor: &Actor,
        project: &ProjectKey,
        work: impl AsyncFnOnce(&mut Desk<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut tx = self.db.begin().await?;
        let now = self.clock.now();
        let done = {
            let mut desk = Desk::open(&mut tx, &self.audit_key, now, actor, project).await?;
            work(&mut desk).await?
        };
        tx.commit().await?;
        Ok(done)
    }
}
