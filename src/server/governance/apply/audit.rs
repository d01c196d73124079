//! The history's own settings.

use super::{Effect, Scope, Work, document, in_installation};
use crate::domain::command::{LEAST_RETENTION, MOST_RETENTION};
use crate::server::error::Error;
use crate::server::governance::audit::{Event, retention};
use serde_json::json;

/// Writes nothing but the event: the policy in force is what the history says last.
pub async fn set_retention(work: &mut Work<'_>, days: Option<u32>) -> Result<Effect, Error> {
    if days.is_some_and(|days| !(LEAST_RETENTION..=MOST_RETENTION).contains(&days)) {
        let message = format!("Write a number of days from {LEAST_RETENTION} to {MOST_RETENTION}.");
        return Err(Error::field("days", message));
    }
    let before = retention::policy(work.tx).await?.days;
    if before == days {
        return Ok(Effect::nothing());
    }
    let told = |days| document(&json!({ "days": days }));
    let event = in_installation(retention::SET, retention::OBJECT.to_owned());
    let event = Event { before: told(before)?, after: told(days)?, ..event };
    Ok(Effect::one(event, Scope::Nothing, false))
}
