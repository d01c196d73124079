//! Variants that nobody gets.

use super::Finding;
use crate::domain::flag::{ExpiryAction, Flag, Variant};
use crate::domain::key::VariantName;
use crate::domain::rule::Serve;
use crate::domain::state::State;

/// Where the flag is on: variants that no part of it serves, at any time.
pub fn unserved(flag: &Flag, state: &State) -> Vec<Finding> {
    let is_served = |name: &VariantName| {
        let serves = state.rules.iter().filter(|rule| rule.active).map(|rule| &rule.serve).chain([&state.fallthrough]);
        *name == state.off_variant
            || state.targets.iter().any(|target| target.variant == *name)
            || matches!(&flag.on_expiry, ExpiryAction::Serve(last) if last == name)
            || serves.into_iter().any(|serve| gives(serve, name))
    };
    let lost = |(at, variant): (usize, &Variant)| {
        let name = &variant.name;
        let sentence = format!("Nobody gets {name} here: no target, rule or share serves it.");
        let advice = format!("Serve {name} to somebody, or remove it where no environment needs it.");
        Finding::new("unserved_variant", format!("variants[{at}]"), sentence, advice)
    };
    match state.enabled {
        true => flag.variants.iter().enumerate().filter(|(_, variant)| !is_served(&variant.name)).map(lost).collect(),
        false => Vec::new(),
    }
}

fn gives(serve: &Serve, name: &VariantName) -> bool {
    match serve {
        Serve::Variant(variant) => variant == name,
        Serve::Split(split) => split.weights.iter().any(|weight| weight.share > 0 && weight.variant == *name),
        Serve::Rollout(rollout) => rollout.variant == *name || rollout.rest == *name,
    }
}
