//! A change that has to wait becomes a request, or replaces what an open one holds.

use super::{Desk, NewRequest, content, item, proposed};
use crate::domain::actor::Actor;
use crate::domain::change_request::{Act, AfterReview, EventKind, MAX_ITEMS, Origin, Request, Status};
use crate::domain::draft::Item;
use crate::domain::id::{RequestId, UserId};
use crate::domain::inbox;
use crate::domain::policy::Asked;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::governance::submit::Step;
use crate::server::governance::{Submission, policy};
use crate::server::store::change_requests::{self as rows, Part, Proposed, StoredRequest};
use crate::server::store::{Tx, new_id};

/// Opens a request of what was rehearsed, or puts it into the request that is edited; returns its number.
pub async fn open(
    tx: &mut Tx,
    audit_key: &[u8; 32],
    now: Timestamp,
    actor: &Actor,
    submissions: &[Submission],
    steps: Vec<Step>,
    wanted: &NewRequest,
) -> Result<i64, Error> {
    let problems = wanted.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let mut projects = submissions.iter().map(|submission| submission.command.project());
    let project = projects.next().flatten().ok_or(Error::NotFound("project"))?;
    if projects.any(|other| other != Some(project)) {
        return Err(Error::field("", "A change request belongs to one project; these changes belong to several."));
    }
    if submissions.len() > MAX_ITEMS {
        return Err(Error::field("", format!("A change request holds {MAX_ITEMS} changes; these are {}.", submissions.len())));
    }
    if submissions.iter().any(|submission| submission.sealed.is_some()) {
        return Err(Error::field("", "This brings a secret, which cannot wait in a change request: make it at once."));
    }
    let asked = steps.iter().map(|step| step.demand.review.clone()).fold(None, Asked::stricter);
    let climbed = |(step, submission): (&Step, &Submission)| {
        policy::climb(step.demand.ladder.as_ref(), Some(&wanted.why), submission.confirmation.as_deref())
    };
    let proposal = Proposal {
        // What is as wanted already is not part of it.
        items: steps.iter().zip(submissions).filter(|(step, _)| !step.events.is_empty()).map(|(s, it)| item(s, it)).collect(),
        proposed: steps.iter().flat_map(proposed).collect(),
        asked,
        confirmed: steps.iter().zip(submissions).try_for_each(climbed),
    };
    if proposal.items.is_empty() {
        return Err(Error::field("", "There is nothing to look at: everything is like that already."));
    }
    let mut desk = Desk::open(tx, audit_key, now, actor, project).await?;
    match wanted.edits {
        None => desk.open_new(proposal, wanted).await,
        Some((number, round)) => desk.replace(number, round, proposal, wanted).await,
    }
}

/// What a request is to hold.
struct Proposal {
    items: Vec<Item>,
    proposed: Vec<Proposed>,
    /// Nothing where no policy asks for a review.
    asked: Option<Asked>,
    /// Whether what was said is what making it at once would have taken: so much is asked where nobody else looks at it.
    confirmed: Result<(), Error>,
}

/// What is asked of a change that only waits for its moment, where no policy asks for more.
fn nothing() -> Asked {
    Asked { quorum: 0, reviewers: Role::Approver, because: Vec::new() }
}

impl Desk<'_> {
    async fn open_new(&mut self, proposal: Proposal, wanted: &NewRequest) -> Result<i64, Error> {
        let Proposal { items, proposed, asked, confirmed } = proposal;
        let unasked = if wanted.schedule.is_some() && !wanted.anyway { nothing } else { Asked::by_wish };
        let asked = asked.unwrap_or_else(unasked);
        if asked.quorum == 0 {
            confirmed?;
        }
        let request = Request {
            author: self.actor.user_id().cloned(),
            coauthors: Vec::new(),
            status: Status::Open,
            origin: Origin::Asked,
            after_review: AfterReview::NotDue,
            round: 1,
            content: content::hash(self.tx, &self.project, &items).await?,
            asked,
        };
        let mut stored = self.new_stored(request, items, proposed, &wanted.title, &wanted.why);
        rows::insert(self.tx, &mut stored).await?;
        self.record(&stored, EventKind::Opened, "change_request.open", &wanted.why, None).await?;
        self.schedule_as(&mut stored, wanted).await?;
        self.ask(&stored, &wanted.reviewers).await?;
        Ok(stored.number)
    }

    /// Gives it the moment that goes with what is wanted, if one does.
    async fn schedule_as(&mut self, stored: &mut StoredRequest, wanted: &NewRequest) -> Result<(), Error> {
        let Some(schedule) = wanted.schedule.clone() else { return Ok(()) };
        let before = stored.clone();
        let said = self.give_moment(stored, schedule, "")?;
        self.write(stored).await?;
        self.record(stored, EventKind::Scheduled, "change_request.schedule", &said, Some(&before)).await?;
        Ok(())
    }

    pub(super) fn new_stored(
        &self,
        request: Request,
        items: Vec<Item>,
        proposed: Vec<Proposed>,
        title: &str,
        why: &str,
    ) -> StoredRequest {
        StoredRequest {
            id: RequestId::from_text(new_id()),
            project_id: self.project.id.clone(),
            number: 0,
            title: title.trim().to_owned(),
            why: why.trim().to_owned(),
            request,
            items,
            proposed,
            version: 1,
            apply_at: None,
            schedule: None,
            occurrence: 0,
            created_at: self.now,
            updated_at: self.now,
            rows: None,
        }
    }

    /// Asks those who were named, as far as they may approve; nobody named means everybody who may.
    async fn ask(&mut self, stored: &StoredRequest, named: &[UserId]) -> Result<(), Error> {
        let able = self.reviewers(stored, stored.request.asked.reviewers).await?;
        if stored.request.asked.quorum == 0 && named.is_empty() {
            return Ok(());
        }
        if named.iter().any(|id| !able.contains(id)) {
            return Err(Error::field("request_reviewers", "Ask people who may approve this, and who had no hand in it."));
        }
        for user in named {
            rows::add_person(self.tx, &stored.id, user, Part::Reviewer).await?;
        }
        let whom = if named.is_empty() { able } else { named.to_vec() };
        self.tell(stored, whom, inbox::Kind::ReviewAsked).await
    }

    /// Any edit begins a new round: nobody has approved what it holds now.
    async fn replace(&mut self, number: i64, round: i64, proposal: Proposal, wanted: &NewRequest) -> Result<i64, Error> {
        let mut stored = self.find(number).await?;
        let onlooker = self.permit(&stored, Act::Edit, &stored.request.asked)?;
        // What is said of it, and when it is to be applied, may have changed; what it holds may not.
        if stored.request.round != round {
            return Err(super::edited_since(number, round, stored.request.round));
        }
        let before = stored.clone();
        let looked: Vec<UserId> = rows::events(self.tx, &stored.id)
            .await?
            .into_iter()
            .filter(|event| matches!(event.kind, EventKind::Approved | EventKind::ChangesRequested))
            .filter_map(|event| event.actor_id)
            .collect();
        stored.title = wanted.title.trim().to_owned();
        stored.why = wanted.why.trim().to_owned();
        stored.request.content = content::hash(self.tx, &self.project, &proposal.items).await?;
        stored.request.round += 1;
        // What the round before was held to stays: nobody edits a request down to fewer eyes.
        stored.request.asked = proposal.asked.into_iter().fold(stored.request.asked, Asked::and);
        if stored.request.asked.quorum == 0 {
            proposal.confirmed?;
        }
        (stored.items, stored.proposed) = (proposal.items, proposal.proposed);
        // What was scheduled is no longer what was approved.
        stored.apply_at = None;
        if !stored.request.is_by(&onlooker.id) {
            rows::add_person(self.tx, &stored.id, &onlooker.id, Part::Coauthor).await?;
            stored.request.coauthors.push(onlooker.id);
        }
        self.write(&mut stored).await?;
        self.record(&stored, EventKind::Edited, "change_request.edit", &wanted.why, Some(&before)).await?;
        self.schedule_as(&mut stored, wanted).await?;
        self.tell(&stored, looked, inbox::Kind::Changed).await?;
        self.ask(&stored, &wanted.reviewers).await?;
        Ok(number)
    }
}
