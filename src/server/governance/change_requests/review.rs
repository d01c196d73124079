//! What people say to a request and do with it, short of applying it.

use super::{Desk, content, reckoned, text_problem};
use crate::domain::actor::Actor;
use crate::domain::change_request::{Act, AfterReview, EventKind, Status};
use crate::domain::id::UserId;
use crate::domain::inbox;
use crate::domain::key::ProjectKey;
use crate::domain::schedule::Schedule;
use crate::server::error::Error;
use crate::server::governance::Governance;
use crate::server::store::change_requests::StoredRequest;

/// What somebody says of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Say {
    Comment,
    /// Of the content with this hash, which is the one that was looked at.
    Approve(String),
    RequestChanges(String),
    Withdraw,
    Reopen,
    /// Apply it at this moment, once it is approved.
    Schedule(Schedule),
    Unschedule,
    /// Looked at after the fact.
    Review,
}

impl Governance {
    /// Does that to a request, with the words that go with it; returns the row of the audit.
    pub async fn say(&self, actor: &Actor, project: &ProjectKey, number: i64, say: Say, text: &str) -> Result<i64, Error> {
        self.desk(actor, project, async |desk| desk.say(number, say, text).await).await
    }
}

impl Desk<'_> {
    async fn say(&mut self, number: i64, say: Say, text: &str) -> Result<i64, Error> {
        let needs_words = matches!(say, Say::Comment | Say::RequestChanges(_));
        if let Some(problem) = text_problem("text", text, needs_words) {
            return Err(Error::Invalid(vec![problem]));
        }
        let mut stored = self.find(number).await?;
        let before = stored.clone();
        let (act, kind, action) = named(&say);
        let mut said = text.to_owned();
        self.permit(&stored, act, &before.request.asked)?;
        match say {
            Say::Comment => {}
            Say::Approve(seen) | Say::RequestChanges(seen) => self.require_seen(&mut stored, &seen).await?,
            Say::Withdraw => (stored.request.status, stored.apply_at) = (Status::Withdrawn, None),
            // What was approved before it was taken back was approved by then.
            Say::Reopen => {
                stored.request.status = Status::Open;
                stored.request.round += 1;
                stored.request.content = content::hash(self.tx, &self.project, &stored.items).await?;
            }
            Say::Schedule(schedule) => said = self.give_moment(&mut stored, schedule, text)?,
            Say::Unschedule => stored.apply_at = None,
            Say::Review => stored.request.after_review = AfterReview::Done,
        }
        self.write(&mut stored).await?;
        let concerned = self.concerned(&stored).await?;
        let seq = self.record(&stored, kind, action, &said, Some(&before)).await?;
        match kind {
            EventKind::Reopened => {
                let able = self.reviewers(&stored, stored.request.asked.reviewers).await?;
                self.tell(&stored, able, inbox::Kind::ReviewAsked).await?;
            }
            _ => {
                if let Some(message) = message(kind) {
                    self.tell(&stored, concerned, message).await?;
                }
            }
        }
        if let Some(who) = self.actor.user_id().cloned() {
            self.seen(&stored, &who).await?;
        }
        Ok(seq)
    }

    /// Gives it a moment, in the place of the one it may have had; returns that in words, after those that were said.
    pub(super) fn give_moment(&self, stored: &mut StoredRequest, schedule: Schedule, text: &str) -> Result<String, Error> {
        let at = reckoned(&schedule, self.now)?;
        let said = format!("For {}, {}.", schedule.told(at), schedule.grace_told());
        (stored.apply_at, stored.schedule) = (Some(at), Some(schedule));
        stored.occurrence += 1;
        Ok(if text.trim().is_empty() { said } else { format!("{said} {}", text.trim()) })
    }

    /// Nobody says something of a content that they have not seen. What a request leans on may have changed without an edit:
    /// then whoever looks at it now begins a new round.
    async fn require_seen(&mut self, stored: &mut StoredRequest, seen: &str) -> Result<(), Error> {
        let live = content::hash(self.tx, &self.project, &stored.items).await?;
        if live != seen {
            return Err(super::changed(stored.number, stored.version));
        }
        if stored.request.content != live {
            stored.request.content = live;
            stored.request.round += 1;
        }
        Ok(())
    }

    async fn seen(&mut self, stored: &StoredRequest, who: &UserId) -> Result<(), Error> {
        Ok(crate::server::store::inbox::see_request(self.tx, who, &stored.id, self.now).await?)
    }
}

fn named(say: &Say) -> (Act, EventKind, &'static str) {
    match say {
        Say::Comment => (Act::Comment, EventKind::Commented, "change_request.comment"),
        Say::Approve(_) => (Act::Approve, EventKind::Approved, "change_request.approve"),
        Say::RequestChanges(_) => (Act::RequestChanges, EventKind::ChangesRequested, "change_request.request_changes"),
        Say::Withdraw => (Act::Withdraw, EventKind::Withdrawn, "change_request.withdraw"),
        Say::Reopen => (Act::Reopen, EventKind::Reopened, "change_request.reopen"),
        Say::Schedule(_) => (Act::Schedule, EventKind::Scheduled, "change_request.schedule"),
        Say::Unschedule => (Act::Schedule, EventKind::Unscheduled, "change_request.unschedule"),
        Say::Review => (Act::Review, EventKind::Reviewed, "change_request.review"),
    }
}

/// What it is to those whom it concerns.
const fn message(kind: EventKind) -> Option<inbox::Kind> {
    match kind {
        EventKind::Commented => Some(inbox::Kind::Commented),
        EventKind::Approved => Some(inbox::Kind::Approved),
        EventKind::ChangesRequested => Some(inbox::Kind::ChangesRequested),
        EventKind::Withdrawn => Some(inbox::Kind::Withdrawn),
        EventKind::Reviewed => Some(inbox::Kind::AfterReviewed),
        _ => None,
    }
}
