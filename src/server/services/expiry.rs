//! What another expiry of a flag comes to at the moment at which it is saved. Pure.

use super::status::{InForce, in_force};
use crate::domain::flag::Flag;
use crate::domain::key::VariantName;
use crate::domain::lifecycle::everybody_gets;
use crate::domain::state::State;
use crate::domain::text::listed;
use crate::domain::time::Timestamp;
use crate::server::serving::{ServedFlag, Snapshot};
use std::sync::Arc;

/// Who gets what at once, and where: `Everybody gets off at once, in development and production.` Nothing where nobody is
/// answered differently yet.
pub fn at_once(before: &Flag, after: &Flag, places: &[(Arc<Snapshot>, Arc<ServedFlag>)], now: Timestamp) -> Option<String> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for (snapshot, served) in places.iter().filter(|(_, served)| !served.is_faulty()) {
        let Some(said) = turned(before, after, &served.state, now) else { continue };
        let place = snapshot.environment.environment.key.to_string();
        match found.iter_mut().find(|(other, _)| *other == said) {
            Some((_, places)) => places.push(place),
            None => found.push((said, vec![place])),
        }
    }
    let sentences: Vec<String> = found.into_iter().map(|(said, places)| format!("{said}, in {}.", listed(&places))).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn turned(before: &Flag, after: &Flag, state: &State, now: Timestamp) -> Option<String> {
    if expired(before, state, now) == expired(after, state, now) {
        return None;
    }
    match everybody_gets(after, state, now) {
        Some(name) if everybody_gets(before, state, now) == Some(name) => None,
        Some(name) => Some(format!("Everybody gets {name} at once")),
        None => Some("Targets and rules decide again at once".to_owned()),
    }
}

/// What an expiry that has passed serves in place of the rules.
fn expired<'f>(flag: &'f Flag, state: &State, now: Timestamp) -> Option<&'f VariantName> {
    match in_force(flag, state, false, now) {
        InForce::Expired(name) => Some(name),
        _ => None,
    }
}
