//! What time does to flags by itself: it tells people of dates that come near or are over, and archives what was to be
//! archived. Each of it once, whatever restarts and however many servers try: the claim, what is done and what is told stand
//! in one transaction.

use super::Governance;
use super::Submission;
use super::change_requests::NewRequest;
use super::submit::{self, Run};
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::flag::{ExpiryAction, Owner as FlagOwner};
use crate::domain::id::{FlagId, UserId};
use crate::domain::inbox::{Kind, Line};
use crate::domain::missed::Missed;
use crate::domain::reminder::{Occurrence, Owner, Told, archived_from, ended, owed, said};
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::store::flags::StoredFlag;
use crate::server::store::inbox::{self, New, Subject};
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, Cx, Tx};
use std::collections::HashSet;

impl Governance {
    /// Does what is due; returns how much that was. What is refused, or fails, waits until the next time, and nothing else
    /// waits for it.
    pub async fn tend(&self) -> Result<usize, Error> {
        let mut done = 0;
        for project in store::projects::all(&mut self.db.read().await?).await? {
            let (talk, archive) = self.due(&project).await?;
            for flag in talk {
                done += usize::from(self.remind(&project, &flag).await?);
            }
            for flag in archive {
                match self.archive_expired(&project, &flag).await {
                    Ok(did) => done += usize::from(did),
                    Err(error @ (Error::Busy | Error::Full | Error::Internal(_))) => return Err(error),
                    Err(error) => tracing::warn!(flag.id = %flag, %error, "an expired flag is not archived"),
                }
            }
        }
        Ok(done)
    }

    /// The flags that something is to be said of, and those to be archived, as far as can be told without a transaction.
    async fn due(&self, project: &StoredProject) -> Result<(Vec<FlagId>, Vec<FlagId>), Error> {
        let now = self.clock.now();
        let mut cx = self.db.read().await?;
        let flags = store::flags::live(&mut cx, &project.id).await?;
        let told = store::reminders::of_project(&mut cx, &project.id).await?;
        let snoozes = store::reminders::snoozes(&mut cx, &project.id).await?;
        let (mut talk, mut archive) = (Vec::new(), Vec::new());
        for stored in flags {
            let said: &[Told] = told.get(stored.id.as_str()).map_or(&[], Vec::as_slice);
            if !owed(&stored.flag, said, snoozes.get(stored.id.as_str()).copied(), now).is_empty() {
                talk.push(stored.id.clone());
            }
            if to_archive(project, &stored, said, now) {
                archive.push(stored.id);
            }
        }
        Ok((talk, archive))
    }

    /// Says what is owed of one flag; whether that was anything.
    async fn remind(&self, project: &StoredProject, flag: &FlagId) -> Result<bool, Error> {
        let mut tx = self.db.begin().await?;
        let now = self.clock.now();
        let Some(stored) = again(&mut tx, flag).await? else { return Ok(false) };
        let told = store::reminders::of_flag(&mut tx, flag).await?;
        let snoozed = store::reminders::snoozed_until(&mut tx, flag).await?;
        let mut any = false;
        // Who may stop it hears what archiving would come to.
        let missed = match stored.flag.on_expiry {
            ExpiryAction::Archive => Some(self.missed(&mut tx, project, &stored, now).await?).filter(Missed::remains),
            _ => None,
        };
        for one in owed(&stored.flag, &told, snoozed, now) {
            if store::reminders::claim(&mut tx, flag, one, now).await? {
                tell(&mut tx, project, &stored, one, missed.as_ref(), now).await?;
                any = true;
            }
        }
        tx.commit().await?;
        Ok(any)
    }

    /// Archives a flag whose grace is over. Where a policy wants others to look at it, it asks them in a change request;
    /// while a freeze holds, or code still asks for it, it waits. Whether anything was done.
    async fn archive_expired(&self, project: &StoredProject, flag: &FlagId) -> Result<bool, Error> {
        if !self.is_over(project, flag).await? {
            return Ok(false);
        }
        let mut tx = self.db.begin().await?;
        let now = self.clock.now();
        let Some(stored) = again(&mut tx, flag).await? else { return Ok(false) };
        let told = store::reminders::of_flag(&mut tx, flag).await?;
        let (Some(at), true) = (stored.flag.expires_at, to_archive(project, &stored, &told, now)) else { return Ok(false) };
        let missed = self.missed(&mut tx, project, &stored, now).await?;
        if missed.remains() {
            let waits = (at, Occurrence::Waits);
            let is_new = store::reminders::claim(&mut tx, flag, waits, now).await?;
            if is_new {
                tell(&mut tx, project, &stored, waits, Some(&missed), now).await?;
                tx.commit().await?;
            }
            return Ok(is_new);
        }
        let claim = (at, Occurrence::Archive);
        if !store::reminders::claim(&mut tx, flag, claim, now).await? {
            return Ok(false);
        }
        let reason = format!("It expired {}, and nobody extended it. {}", ended(at), missed.said());
        let archive = Command::ArchiveFlag { project: project.project.key.clone(), flag: stored.flag.key.clone() };
        let submission = Submission::new(archive).because(reason.clone());
        tx.mark().await?;
        let mut run = Run::new(&mut tx, &self.audit_key, now, 1);
        let step = run.one(&Actor::System, &Actor::System, &submission).await?;
        if step.demand.frozen.is_some() {
            return Ok(false);
        }
        if step.demand.review.is_some() {
            tx.back().await?;
            let title = format!("Archive {}, whose time is over", stored.flag.key);
            let request = NewRequest { title, why: reason, ..NewRequest::default() };
            submit::ask_for_review(&mut tx, &self.audit_key, now, &Actor::System, &[submission], &request).await?;
        } else {
            run.finish().await?;
            tx.unmark().await?;
            tell(&mut tx, project, &stored, claim, None, now).await?;
        }
        tx.commit().await?;
        if let Some(serving) = &self.serving {
            serving.publish().await;
        }
        Ok(true)
    }

    /// Whether a flag's grace is over, counted from when somebody heard of its expiry, and nothing is known yet to wait for.
    async fn is_over(&self, project: &StoredProject, flag: &FlagId) -> Result<bool, Error> {
        let (mut cx, now) = (self.db.read().await?, self.clock.now());
        let Some(stored) = store::flags::of_ids(&mut cx, &[flag.to_string()]).await?.pop() else { return Ok(false) };
        let Some(at) = stored.flag.expires_at else { return Ok(false) };
        let told = store::reminders::said_at(&mut cx, flag, (at, Occurrence::Expired)).await?;
        let grace = project.project.kinds.of(stored.flag.kind).grace_days;
        if told.is_none() || archived_from(&stored.flag, grace, told, now).is_none_or(|from| from > now) {
            return Ok(false);
        }
        // What waits is looked at again and again, and written only once.
        let waits = store::reminders::said_at(&mut cx, flag, (at, Occurrence::Waits)).await?.is_some();
        Ok(!waits || !self.missed(&mut cx, project, &stored, now).await?.remains())
    }

    /// Puts the digest of a week into somebody's inbox, unless they have it. An empty one is only noted as done.
    pub async fn digest(&self, user: &UserId, week: i64, lines: &[Line]) -> Result<bool, Error> {
        let mut tx = self.db.begin().await?;
        if !store::reminders::claim_digest(&mut tx, user, week).await? {
            return Ok(false);
        }
        if !lines.is_empty() {
            let about = Subject::Flags(lines);
            let new = New { about, kind: Kind::Digest, actor: Actor::System.label(), at: self.clock.now() };
            inbox::add(&mut tx, user, new).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}

/// A flag as it is now; none where it is gone.
async fn again(tx: &mut Tx, flag: &FlagId) -> Result<Option<StoredFlag>, Error> {
    Ok(store::flags::of_ids(tx, &[flag.to_string()]).await?.pop())
}

/// Whether a flag is one to archive, if its grace is over by when people heard of it.
fn to_archive(project: &StoredProject, stored: &StoredFlag, told: &[Told], now: Timestamp) -> bool {
    let Some(at) = stored.flag.expires_at else { return false };
    let said = |occurrence: Occurrence| told.contains(&(at, occurrence));
    let from = archived_from(&stored.flag, project.project.kinds.of(stored.flag.kind).grace_days, Some(at), now);
    from.is_some_and(|from| from <= now) && said(Occurrence::Expired) && !said(Occurrence::Archive)
}

async fn tell(
    tx: &mut Tx,
    project: &StoredProject,
    stored: &StoredFlag,
    one: Told,
    missed: Option<&Missed>,
    now: Timestamp,
) -> Result<(), Error> {
    let kind = match one.1 {
        Occurrence::Fourteen | Occurrence::Seven | Occurrence::One => Kind::ExpiresSoon,
        Occurrence::Expired => Kind::Expired,
        Occurrence::Admins | Occurrence::Waits | Occurrence::ReviewAdmins => Kind::Overdue,
        Occurrence::Archive => Kind::ArchivedByExpiry,
        Occurrence::ReviewFourteen | Occurrence::ReviewSeven | Occurrence::ReviewOne | Occurrence::Review => Kind::ReviewDue,
    };
    let is_for_admins = matches!(one.1, Occurrence::Admins | Occurrence::ReviewAdmins);
    let owners = living(tx, project, &stored.flag.owner).await?;
    let on_its_day = if one.1 == Occurrence::ReviewAdmins { Occurrence::Review } else { Occurrence::Expired };
    let told = store::reminders::said_at(tx, &stored.id, (one.0, on_its_day)).await?;
    let owner = match (owners.is_empty(), told) {
        (true, _) => Owner::Nobody,
        (false, None) => Owner::Silent,
        (false, Some(_)) => Owner::Told,
    };
    let mut note = said(&stored.flag, one, project.project.kinds.of(stored.flag.kind).grace_days, owner, now);
    if let Some(missed) = missed {
        note.push_str(&format!(" {}", missed.said()));
    }
    if owners.is_empty() && !is_for_admins {
        note.push_str(" Nobody answers for it: choose an owner.");
    }
    // What nobody answers for is its admins' to hear of.
    let whom = match one.1 {
        _ if is_for_admins => admins(tx, project).await?,
        Occurrence::Waits => [owners, admins(tx, project).await?].concat(),
        _ if owners.is_empty() => admins(tx, project).await?,
        _ => owners,
    };
    let mut told = HashSet::new();
    for user in whom.iter().filter(|user| told.insert((*user).clone())) {
        let about = Subject::Flag(&project.id, &stored.id, &note);
        inbox::add(tx, user, New { about, kind, actor: Actor::System.label(), at: now }).await?;
    }
    Ok(())
}

/// The people behind an owner who can still act: enabled, and of the project.
pub async fn living(cx: &mut Cx, project: &StoredProject, owner: &FlagOwner) -> Result<Vec<UserId>, Error> {
    let people: HashSet<UserId> = store::members::people(cx, &project.id).await?.into_iter().map(|(id, _)| id).collect();
    let named: Vec<UserId> = match owner {
        FlagOwner::Person(id) => vec![id.clone()],
        FlagOwner::Team(key) => {
            let team = store::teams::find(cx, &project.id, key).await?;
            let emails = team.map(|stored| stored.team.members).unwrap_or_default();
            let users = store::users::all(cx).await?;
            users.into_iter().filter(|stored| emails.contains(&stored.user.email)).map(|stored| stored.id).collect()
        }
        FlagOwner::Unclaimed(_) => Vec::new(),
    };
    Ok(named.into_iter().filter(|id| people.contains(id)).collect())
}

async fn admins(cx: &mut Cx, project: &StoredProject) -> Result<Vec<UserId>, Error> {
    let all = store::members::roles(cx, &project.id).await?;
    Ok(all.into_iter().filter(|(_, _, role)| *role == Role::Admin).map(|(id, ..)| id).collect())
}
