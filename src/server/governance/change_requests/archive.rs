//! Requests by which flags whose time is over are to be archived: opened by the system, and taken back by it where that is not so
//! any more.

use super::Desk;
use crate::domain::actor::Actor;
use crate::domain::change_request::{EventKind, Status};
use crate::domain::command::Command;
use crate::domain::flag::{ExpiryAction, Flag};
use crate::domain::id::ProjectId;
use crate::domain::inbox;
use crate::domain::reminder::{Occurrence, ended};
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::governance::audit;
use crate::server::store::change_requests::{self as rows, StoredRequest};
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, Cx, Tx};
use serde::Deserialize;

/// The open requests of the system to archive a flag, given as the audit names it: `flag:new_checkout`.
pub async fn open_archives(cx: &mut Cx, project: &ProjectId, object: &str) -> Result<Vec<StoredRequest>, Error> {
    let mut found = Vec::new();
    for waiting in rows::open_of_object(cx, project, object).await? {
        let stored = rows::find(cx, project, waiting.number).await?;
        let is_ours = |stored: &StoredRequest| {
            stored.request.author.is_none() && stored.items.iter().all(|item| matches!(item.command, Command::ArchiveFlag { .. }))
        };
        found.extend(stored.filter(is_ours));
    }
    Ok(found)
}

/// Takes back what the system asked for because of an expiry that an event moved, or had do something else.
pub async fn withdraw_where_moved(
    tx: &mut Tx,
    audit_key: &[u8; 32],
    now: Timestamp,
    project: &StoredProject,
    event: &audit::Event,
) -> Result<(), Error> {
    let side = |side: &Option<serde_json::Value>| side.as_ref().and_then(|side| Flag::deserialize(side).ok());
    let Some((before, after)) = side(&event.before).zip(side(&event.after)) else { return Ok(()) };
    let why = match after.expires_at {
        _ if before.on_expiry == ExpiryAction::Archive && after.on_expiry != ExpiryAction::Archive => {
            format!("Its expiry does something else now: {}.", after.on_expiry.told())
        }
        at if at == before.expires_at => return Ok(()),
        Some(at) => format!("Its expiry was moved: it ends {}.", ended(at)),
        None => "It has no expiry any more.".to_owned(),
    };
    for stored in open_archives(tx, &project.id, &event.object).await? {
        // Whoever puts the day back has it asked anew.
        if let (Some(flag), Some(at)) = (store::flags::find(tx, &project.id, &after.key).await?, before.expires_at) {
            store::reminders::unsay(tx, &flag.id, at, &[Occurrence::Archive]).await?;
        }
        Desk::open(tx, audit_key, now, &Actor::System, &project.project.key).await?.take_back(stored, &why).await?;
    }
    Ok(())
}

impl Desk<'_> {
    async fn take_back(&mut self, mut stored: StoredRequest, why: &str) -> Result<(), Error> {
        let before = stored.clone();
        (stored.request.status, stored.apply_at) = (Status::Withdrawn, None);
        self.write(&mut stored).await?;
        let mut whom = self.concerned(&stored).await?;
        whom.extend(self.reviewers(&stored, stored.request.asked.reviewers).await?);
        self.record(&stored, EventKind::Withdrawn, "change_request.withdraw", why, Some(&before)).await?;
        self.tell(&stored, whom, inbox::Kind::Withdrawn).await
    }
}
