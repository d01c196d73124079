//! A change of the demo that is still to come: gift cards are shown to the testers in some days, at nine by a clock in Oslo.

use super::flags::GIFTS;
use super::{internal, key};
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::key::{EnvironmentKey, FlagKey};
use crate::domain::schedule::{Moment, Schedule, Wall};
use crate::domain::time::{DAY, HOUR, Timestamp};
use crate::server::error::Error;
use crate::server::governance::change_requests::NewRequest;
use crate::server::governance::{Governance, Submission};
use crate::server::store::Tx;

/// Days from now.
const AHEAD: i64 = 3;
/// When somebody thought of it, before now.
const THOUGHT_OF: i64 = 2 * HOUR;

pub async fn add(tx: &mut Tx, governance: &Governance, now: Timestamp) -> Result<(), Error> {
    let (flag, environment) = (FlagKey::parse(GIFTS).map_err(internal)?, EnvironmentKey::parse("staging").map_err(internal)?);
    let clock = format!("{}T09:00:00", now.plus(AHEAD * DAY).to_date());
    let at = Moment::Wall(Wall { clock, zone: "Europe/Oslo".to_owned(), second: false });
    let request = NewRequest {
        title: "Gift cards for the testers".to_owned(),
        why: "The test cards arrive that morning.".to_owned(),
        schedule: Some(Schedule::at(at)),
        ..NewRequest::default()
    };
    let command = Command::SetEnabled { project: key()?, environment, flag, enabled: true };
    governance.request_within(tx, now.plus(-THOUGHT_OF), &Actor::System, &Submission::new(command).asking(request)).await?;
    Ok(())
}
