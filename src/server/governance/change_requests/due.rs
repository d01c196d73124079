//! Requests whose moment has come: applied, told to be late or missed, or refused and told; each moment once.
//!
//! The claim of a moment, the change, its rows of the audit and what people are told are one transaction. Whatever dies, and
//! however many nodes run this, a moment is either still to come or has one row that says what became of it.

use super::Desk;
use super::apply::By;
use crate::domain::actor::Actor;
use crate::domain::change_request::{EventKind, Status};
use crate::domain::id::{RequestId, UserId};
use crate::domain::inbox;
use crate::domain::role::Role;
use crate::domain::schedule::Outcome;
use crate::domain::time::Timestamp;
use crate::domain::when;
use crate::engine::wall_clock;
use crate::server::error::Error;
use crate::server::governance::Governance;
use crate::server::governance::audit::{Chain, Event};
use crate::server::store;
use crate::server::store::change_requests::{self as rows, StoredRequest};
use crate::server::store::{Cx, Tx, schedules};

impl Governance {
    /// Takes every moment that has come, in their order, and then puts all of it into force at once. Says of how many this node
    /// found out what became of them. One that cannot be looked at does not keep the others waiting.
    pub async fn apply_due(&self) -> Result<usize, Error> {
        let due = schedules::due(&mut self.db.read().await?, self.clock.now()).await?;
        let (mut done, mut failed) = (0, None);
        for id in &due {
            match self.take(id).await {
                Ok(taken) => done += usize::from(taken),
                // The database is away or full: all of them are still due.
                Err(error @ (Error::Busy | Error::Full)) => {
                    failed = Some(error);
                    break;
                }
                Err(error) => failed = Some(error),
            }
        }
        if let (true, Some(serving)) = (done > 0, &self.serving) {
            serving.publish().await;
        }
        failed.map_or(Ok(done), Err)
    }

    /// Takes the moment of one request, if it is still to be taken.
    async fn take(&self, id: &RequestId) -> Result<bool, Error> {
        let mut tx = self.db.begin().await?;
        // Not before: another node may have had its turn meanwhile.
        let now = self.clock.now();
        let found = match rows::by_id(&mut tx, id).await {
            Err(error) if error.is_unreadable() => {
                tracing::error!(request.id = id.as_str(), %error, "a due change request cannot be read");
                return self.set_aside(tx, id, now).await;
            }
            found => found?,
        };
        let Some(stored) = found else { return Ok(false) };
        let Some(due) = stored.apply_at.filter(|at| *at <= now && stored.request.status == Status::Open) else {
            return Ok(false);
        };
        let grace = stored.schedule.as_ref().map_or(i64::MAX, |schedule| schedule.grace);
        let outcome = Outcome::at(due, grace, now);
        if !schedules::claim(&mut tx, id, stored.occurrence, due, now, outcome).await? {
            return Ok(false);
        }
        let refused = {
            let mut desk = self.desk_of_system(&mut tx, now, &stored).await?;
            desk.settle(&stored, due, outcome).await?
        };
        if refused {
            schedules::set_outcome(&mut tx, id, stored.occurrence, Outcome::Refused).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// One that cannot be read has no moment any more: it would be no better a second later. The schedule tells it.
    async fn set_aside(&self, mut tx: Tx, id: &RequestId, now: Timestamp) -> Result<bool, Error> {
        let Some(outline) = schedules::outline(&mut tx, id).await? else { return Ok(false) };
        let Some(due) = outline.apply_at.map(Timestamp::from_millis).filter(|at| *at <= now) else { return Ok(false) };
        if !schedules::claim(&mut tx, id, outline.occurrence, due, now, Outcome::Refused).await? {
            return Ok(false);
        }
        schedules::forget_moment(&mut tx, id).await?;
        let mut chain = Chain::open(&mut tx, &self.audit_key).await?;
        let event = Event {
            action: "change_request.fail",
            object: format!("change_request:{}", outline.number),
            project: Some(outline.project),
            environment: None,
            before: None,
            after: None,
        };
        let why = "What is stored of it cannot be read. Make it anew.";
        chain.append(&mut tx, now, &Actor::System, Some(why), event).await?;
        chain.close(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn desk_of_system<'d>(&'d self, tx: &'d mut Tx, now: Timestamp, stored: &StoredRequest) -> Result<Desk<'d>, Error> {
        let all = store::projects::all(tx).await?;
        let project = all.into_iter().find(|one| one.id == stored.project_id).ok_or(Error::NotFound("project"))?;
        Desk::open(tx, &self.audit_key, now, &Actor::System, &project.project.key).await
    }

    /// Works the moments out anew that were said by the clock of a zone, whose rules this version may know better. Says how
    /// many are other instants now.
    pub async fn reckon_schedules(&self) -> Result<usize, Error> {
        let mut moved = 0;
        for id in schedules::all(&mut self.db.read().await?).await? {
            if other_instant(&mut self.db.read().await?, &id).await? {
                moved += usize::from(self.reckon(&id).await?);
            }
        }
        Ok(moved)
    }

    async fn reckon(&self, id: &RequestId) -> Result<bool, Error> {
        let mut tx = self.db.begin().await?;
        let now = self.clock.now();
        let Some(stored) = rows::by_id(&mut tx, id).await?.filter(is_other) else { return Ok(false) };
        {
            let mut desk = self.desk_of_system(&mut tx, now, &stored).await?;
            desk.move_to_its_instant(stored).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}

/// Whether its zone's rules, as they are known here, make another instant of what was said.
fn is_other(stored: &StoredRequest) -> bool {
    let by_rules = stored.schedule.as_ref().and_then(wall_clock::instant);
    stored.request.status == Status::Open && stored.apply_at.is_some() && by_rules.is_some_and(|at| stored.apply_at != Some(at))
}

async fn other_instant(cx: &mut Cx, id: &RequestId) -> Result<bool, Error> {
    match rows::by_id(cx, id).await {
        Ok(found) => Ok(found.is_some_and(|stored| is_other(&stored))),
        // It is told where it is due.
        Err(error) if error.is_unreadable() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

impl Desk<'_> {
    /// Does what is to be done with a moment that was claimed; says whether something kept it from being applied.
    async fn settle(&mut self, stored: &StoredRequest, due: Timestamp, outcome: Outcome) -> Result<bool, Error> {
        let late = when::span(self.now.millis() - due.millis());
        if outcome == Outcome::Missed {
            let grace = stored.schedule.as_ref().map(|schedule| schedule.grace_told()).unwrap_or_default();
            let why = format!("It was due {} and could have been applied {grace}; it is {late} late now.", when::exact(due));
            self.let_go(stored, EventKind::Missed, "change_request.miss", &why, inbox::Kind::Missed).await?;
            return Ok(false);
        }
        self.tx.mark().await?;
        let said =
            if outcome == Outcome::Late { format!("{late} late: it was due {}.", when::exact(due)) } else { String::new() };
        match self.apply(stored.number, By::Schedule(said)).await {
            Ok(_) => {
                self.tx.unmark().await?;
                Ok(false)
            }
            Err(error @ (Error::Busy | Error::Full | Error::Internal(_))) => Err(error),
            Err(why) => {
                self.tx.back().await?;
                let why = because(&why);
                self.let_go(stored, EventKind::Failed, "change_request.fail", &why, inbox::Kind::Failed).await?;
                Ok(true)
            }
        }
    }

    /// It has no moment any more and waits for somebody to look at it; people are told why.
    async fn let_go(
        &mut self,
        stored: &StoredRequest,
        kind: EventKind,
        action: &'static str,
        why: &str,
        message: inbox::Kind,
    ) -> Result<(), Error> {
        let mut after = stored.clone();
        after.apply_at = None;
        self.write(&mut after).await?;
        let concerned = self.concerned_or_admins(&after).await?;
        self.record(&after, kind, action, why, Some(stored)).await?;
        self.tell(&after, concerned, message).await
    }

    /// Whoever has something to do with it; its project's admins too, where none of those can do anything any more.
    async fn concerned_or_admins(&mut self, stored: &StoredRequest) -> Result<Vec<UserId>, Error> {
        let mut found = self.concerned(stored).await?;
        let able = store::members::roles(self.tx, &self.project.id).await?;
        let can = |who: &UserId| able.iter().any(|(id, _, role)| id == who && *role >= Role::Editor);
        // An author who left leaves it to somebody else, whoever had looked at it.
        if !found.iter().any(can) || stored.request.author.as_ref().is_some_and(|author| !can(author)) {
            found.extend(able.iter().filter(|(_, _, role)| *role >= Role::Admin).map(|(id, ..)| id.clone()));
        }
        Ok(found)
    }

    async fn move_to_its_instant(&mut self, stored: StoredRequest) -> Result<(), Error> {
        let mut after = stored.clone();
        after.apply_at = stored.schedule.as_ref().and_then(wall_clock::instant);
        self.write(&mut after).await?;
        let (was, is) = (stored.apply_at.map(when::exact), after.apply_at.map(when::exact));
        let why = format!(
            "By the rules of its time zone, as they are known now, it is {} instead of {}.",
            is.unwrap_or_default(),
            was.unwrap_or_default()
        );
        let concerned = self.concerned(&after).await?;
        self.record(&after, EventKind::Scheduled, "change_request.schedule", &why, Some(&stored)).await?;
        self.tell(&after, concerned, inbox::Kind::Moved).await
    }
}

/// Why it was not applied, for those who see to it.
fn because(why: &Error) -> String {
    match why {
        Error::Conflict { .. } => {
            "What it changes was changed by somebody else since. Look at both, update it, and give it a moment again.".to_owned()
        }
        Error::Invalid(problems) => problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join(" "),
        other => crate::domain::text::capital(&format!("{other}.")),
    }
}
