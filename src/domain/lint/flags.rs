//! The flag itself, and other flags that its rules ask for.

use super::{Asked, Finding, Known};
use crate::domain::flag::{Flag, Owner};
use crate::domain::time::Timestamp;
use crate::domain::when;

pub fn owner(flag: &Flag, known: &Known<'_>) -> Option<Finding> {
    let Owner::Unclaimed(name) = &flag.owner else { return None };
    known.owners.then(|| {
        let sentence = format!("Nobody answers for {}: its owner, “{name}”, is no person and no team of the project.", flag.key);
        Finding::new("no_owner", "owner", sentence, "Choose a person or a team of the project as its owner.")
    })
}

pub fn expiry(flag: &Flag, now: Timestamp) -> Option<Finding> {
    let at = flag.expires_at.filter(|at| *at <= now)?;
    let sentence = format!("{} expired {}.", flag.key, when::relative(at, now));
    Some(Finding::new("expired", "expires_at", sentence, "Take it out of the code and archive it, or move its last day."))
}

/// What programs put the answers of other flags under.
const PREFIXES: [&str; 4] = ["flags.", "flag.", "features.", "feature."];

/// A rule that asks what another flag answered.
pub fn asked(asked: &Asked<'_>, known: &Known<'_>) -> Option<Finding> {
    let attribute = asked.condition.attribute.as_str();
    if !asked.condition.operator.reads_attribute() {
        return None;
    }
    let inner = PREFIXES.iter().find_map(|prefix| attribute.strip_prefix(prefix));
    // One that is described is an attribute, whatever flag has the same name.
    let plain = (!known.schema.knows(attribute)).then_some(attribute);
    let key = inner.into_iter().chain(plain).find(|key| known.flags.contains(*key))?;
    let named = if key == attribute { "an attribute of its name".to_owned() } else { format!("the attribute {attribute}") };
    let sentence = format!("{} asks for another flag, {key}, through {named}.", asked.title());
    let advice = format!("Nobody sees here when {key} changes. Ask for what its rules ask for, or let both ask for one segment.");
    Some(Finding::new("flag_in_flag", asked.place(), sentence, advice))
}
