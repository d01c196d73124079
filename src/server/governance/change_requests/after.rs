//! The review after the fact: of what was turned off without one, and of what the console did.

use super::{Desk, Owed, content};
use crate::domain::actor::Actor;
use crate::domain::change_request::{AfterReview, EventKind, Origin, Request, Status};
use crate::domain::inbox;
use crate::domain::policy::Asked;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::store::Tx;
use crate::server::store::change_requests as rows;

/// Writes down that somebody else has to look at what was just done.
pub async fn owe(
    tx: &mut Tx,
    audit_key: &[u8; 32],
    now: Timestamp,
    actor: &Actor,
    owed: Owed,
    asked: Asked,
    origin: Origin,
) -> Result<(), Error> {
    let Some(project) = &owed.project else { return Ok(()) };
    // A project that was removed takes its requests along.
    let mut desk = match Desk::open(tx, audit_key, now, actor, &project.project.key).await {
        Err(Error::NotFound(_)) => return Ok(()),
        desk => desk?,
    };
    let request = Request {
        author: actor.user_id().cloned(),
        coauthors: Vec::new(),
        status: Status::Applied,
        origin,
        after_review: AfterReview::Open,
        round: 1,
        content: content::hash(desk.tx, &desk.project, &owed.items).await?,
        asked,
    };
    let title = title(origin, &owed);
    let mut stored = desk.new_stored(request, owed.items, owed.proposed, &title, "");
    stored.rows = owed.rows.first().copied().zip(owed.rows.last().copied());
    rows::insert(desk.tx, &mut stored).await?;
    desk.record(&stored, EventKind::Applied, "change_request.owe", "", None).await?;
    let able = desk.reviewers(&stored, stored.request.asked.reviewers).await?;
    desk.tell(&stored, able, inbox::Kind::AfterReviewDue).await
}

fn title(origin: Origin, owed: &Owed) -> String {
    let first = owed.proposed.first();
    let name = first.map_or("", |one| one.object.split_once(':').map_or(one.object.as_str(), |(_, name)| name));
    let place = first.and_then(|one| one.environment.as_ref()).map(|key| format!(" in {key}")).unwrap_or_default();
    let more = match owed.proposed.len() {
        0 | 1 => String::new(),
        many => format!(" and {} more", many - 1),
    };
    let verb = if origin == Origin::TurnedOff { "Turned off" } else { "By console:" };
    format!("{verb} {name}{place}{more}")
}
