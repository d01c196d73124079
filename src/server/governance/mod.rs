//! The one write path. Every change from every entrance is a [`Submission`] that goes through [`Governance::submit`]:
//! permission, apply, policy, audit and revision in one transaction, and then the new snapshot. Knows no HTTP.

pub mod apply;
pub mod audit;
pub mod change_requests;
mod missed;
pub mod policy;
pub mod reminders;
mod submit;
pub mod undo;

use super::clock::Clock;
use super::error::{Confirm, Error};
use super::serving::Serving;
use super::store::{Db, Tx};
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::id::DraftId;
use crate::domain::time::Timestamp;
use change_requests::NewRequest;
use change_requests::rehearse::Rehearsals;

/// What somebody wants changed, with what they knew and said when they wanted it.
#[derive(Debug, Clone)]
pub struct Submission {
    pub command: Command,
    /// The version the change was made against; `None` where the caller has seen none (imports, the console).
    pub base_version: Option<i64>,
    pub reason: Option<String>,
    /// What was typed on the confirm page: the environment's key where that is asked for.
    pub confirmation: Option<String>,
    /// What must not be part of the command, because commands are kept.
    pub sealed: Option<Sealed>,
    /// Where other people have to look at it first: what is said to them. Otherwise it is asked for.
    pub request: Option<NewRequest>,
    /// Part of an environment that is brought back to an earlier moment.
    pub revert: bool,
    /// When it was asked for, where it waited for others to look at it: plans go on meanwhile.
    pub asked_at: Option<Timestamp>,
    /// It is tried out for a moment that is still to come: a freeze that holds now says nothing of it.
    pub later: bool,
}

/// Already hashed, and still nothing for the audit.
#[derive(Clone)]
pub enum Sealed {
    /// A PHC string, of a password that its owner chose.
    Password(String),
    /// The same, of one that somebody else chose: it must be changed at the first sign-in.
    TemporaryPassword(String),
    /// SHA-256 of the key to a calendar, hex.
    CalendarToken(String),
    /// For a new API key.
    ApiSecret { public_id: String, secret_hash: String },
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealed(…)")
    }
}

impl Submission {
    pub fn new(command: Command) -> Self {
        Self {
            command,
            base_version: None,
            reason: None,
            confirmation: None,
            sealed: None,
            request: None,
            revert: false,
            asked_at: None,
            later: false,
        }
    }
    #[must_use]
    pub fn based_on(self, version: i64) -> Self {
        Self { base_version: Some(version), ..self }
    }
    #[must_use]
    pub fn because(self, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }
    #[must_use]
    pub fn confirmed(self, environment: impl Into<String>) -> Self {
        Self { confirmation: Some(environment.into()), ..self }
    }
    #[must_use]
    pub fn asking(self, request: NewRequest) -> Self {
        Self { request: Some(request), ..self }
    }
    #[must_use]
    pub fn sealing(self, sealed: Sealed) -> Self {
        Self { sealed: Some(sealed), ..self }
    }
}

/// What came of a submission.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Sequence numbers of its audit rows; none when nothing had to change.
    pub audit: Vec<i64>,
}

/// Submissions as they would go, without a confirmation of any.
#[derive(Debug)]
pub struct Rehearsal {
    /// Of each in its order: what the policy asks for, or why it is refused.
    pub outcomes: Vec<Result<Option<Confirm>, Error>>,
    /// Where all that was not refused is in force. To be let go soon: it is the write transaction.
    pub tx: Tx,
}

#[derive(Debug, Clone)]
pub struct Governance {
    db: Db,
    audit_key: [u8; 32],
    clock: Clock,
    rehearsals: Rehearsals,
    /// Absent in commands beside a running server, which learns of the change from the revision.
    serving: Option<Serving>,
}

impl Governance {
    pub fn new(db: Db, audit_key: [u8; 32], clock: Clock, serving: Option<Serving>) -> Self {
        Self { db, audit_key, clock, rehearsals: Rehearsals::default(), serving }
    }

    pub async fn submit(&self, actor: &Actor, submission: Submission) -> Result<Applied, Error> {
        let applied = self.submit_all(actor, vec![submission]).await?;
        Ok(applied.into_iter().next().unwrap_or_default())
    }

    /// Applies all of them in one transaction, or none.
    pub async fn submit_all(&self, actor: &Actor, submissions: Vec<Submission>) -> Result<Vec<Applied>, Error> {
        self.apply(actor, &submissions, None).await
    }

    /// The same for what a draft holds, which goes in that transaction; refused where the draft is not of this version any
    /// more, so that nothing is saved twice.
    pub async fn submit_draft(
        &self,
        actor: &Actor,
        submissions: Vec<Submission>,
        draft: (&DraftId, i64),
    ) -> Result<Vec<Applied>, Error> {
        self.apply(actor, &submissions, Some(draft)).await
    }

    /// Tries all of them, none for good. What they ask for is said by the very policy that will ask for it.
    pub async fn rehearse(&self, actor: &Actor, submissions: &[Submission]) -> Result<Rehearsal, Error> {
        submit::rehearsed(&self.db, &self.audit_key, &self.clock, actor, submissions).await
    }

    async fn apply(
        &self,
        actor: &Actor,
        submissions: &[Submission],
        draft: Option<(&DraftId, i64)>,
    ) -> Result<Vec<Applied>, Error> {
        let applied = submit::in_one_transaction(&self.db, &self.audit_key, &self.clock, actor, submissions, draft).await?;
        if let Some(serving) = &self.serving {
            serving.publish().await;
        }
        Ok(applied)
    }

    /// Opens a request of one in a transaction of the caller's, who commits it; returns its number.
    pub async fn request_within(
        &self,
        tx: &mut Tx,
        now: Timestamp,
        actor: &Actor,
        submission: &Submission,
    ) -> Result<i64, Error> {
        submit::request_within(tx, &self.audit_key, now, actor, submission).await
    }

    /// Applies one in a transaction of the caller's, who commits it and publishes: where it stands or falls with more than
    /// submissions. `now` is when it happens, by the story that is told.
    pub async fn submit_within(
        &self,
        tx: &mut Tx,
        now: Timestamp,
        actor: &Actor,
        submission: &Submission,
    ) -> Result<Applied, Error> {
        submit::within(tx, &self.audit_key, now, actor, submission).await
    }

    /// Asks for a review of a change in a transaction that the caller commits; returns the request's number.
    pub async fn ask_within(
        &self,
        tx: &mut Tx,
        now: Timestamp,
        actor: &Actor,
        submission: Submission,
        request: &NewRequest,
    ) -> Result<i64, Error> {
        submit::ask_for_review(tx, &self.audit_key, now, actor, &[submission], request).await
    }
}
