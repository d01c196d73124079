//! What an environment asks of changes, as the long form says it.

use super::common::{items, needed, text, word};
use crate::domain::flag::FlagKind;
use crate::domain::policy::{Freeze, Large, Policy, Review, When};
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::services::flag_file::fields::{Fields, Notes};
use crate::server::services::flag_file::state::share;
use crate::server::services::flag_file::tree::Node;

const POLICY: [&str; 4] = ["review", "kinds", "large", "freezes"];
const REVIEW: [&str; 3] = ["when", "quorum", "reviewers"];
const LARGE: [&str; 4] = ["growth", "kill_switch", "changes", "revert"];
const FREEZE: [&str; 3] = ["name", "from", "until"];
const POLICY_EXAMPLE: &str = "{review: {when: always, quorum: 1, reviewers: approver}}";
const REVIEW_EXAMPLE: &str = "{when: always, quorum: 1, reviewers: approver}";
const LARGE_EXAMPLE: &str = "{growth: 25, kill_switch: true, changes: 10, revert: true}";
const FREEZE_EXAMPLE: &str = "{name: Black Friday, from: \"2026-11-27T00:00:00Z\", until: \"2026-11-30T00:00:00Z\"}";

/// An environment without one asks nothing; where it has one already, that stays.
pub fn policy(environment: &Fields<'_>, notes: &mut Notes) -> Policy {
    let Some(fields) = environment.mapping("policy", POLICY_EXAMPLE, notes) else { return Policy::default() };
    fields.refuse_unknown("A policy", &POLICY, notes);
    let review = fields.mapping("review", REVIEW_EXAMPLE, notes).map(|fields| review(&fields, notes)).unwrap_or_default();
    let large = fields.mapping("large", LARGE_EXAMPLE, notes).map(|fields| large(&fields, notes)).unwrap_or_default();
    Policy { review, kinds: kinds(&fields, notes), large, freezes: freezes(&fields, notes) }
}

fn review(fields: &Fields<'_>, notes: &mut Notes) -> Review {
    fields.refuse_unknown("A review", &REVIEW, notes);
    let usual = Review::default();
    Review {
        when: word(fields, "when", "occasion", &When::ALL, When::as_str, notes).unwrap_or(usual.when),
        quorum: whole(fields, "quorum", notes).map_or(usual.quorum, |number| u8::try_from(number).unwrap_or(u8::MAX)),
        reviewers: word(fields, "reviewers", "role", &[Role::Approver, Role::Admin], Role::as_str, notes)
            .unwrap_or(usual.reviewers),
    }
}

fn kinds(fields: &Fields<'_>, notes: &mut Notes) -> std::collections::BTreeMap<FlagKind, Review> {
    let Some(all) = fields.mapping("kinds", "{kill_switch: {when: always}}", notes) else { return Default::default() };
    all.refuse_unknown("The list of kinds", &FlagKind::ALL.map(FlagKind::as_str), notes);
    let named = |kind: FlagKind, notes: &mut Notes| {
        let fields = all.mapping(kind.as_str(), REVIEW_EXAMPLE, notes)?;
        Some((kind, review(&fields, notes)))
    };
    FlagKind::ALL.into_iter().filter_map(|kind| named(kind, notes)).collect()
}

fn large(fields: &Fields<'_>, notes: &mut Notes) -> Large {
    fields.refuse_unknown("A large change", &LARGE, notes);
    let usual = Large::default();
    let growth = fields.get("growth").and_then(|tree| share(tree, &fields.path_of("growth"), notes));
    Large {
        growth: growth.unwrap_or(usual.growth),
        kill_switch: fields.boolean("kill_switch", notes).unwrap_or(usual.kill_switch),
        changes: whole(fields, "changes", notes).unwrap_or(usual.changes),
        revert: fields.boolean("revert", notes).unwrap_or(usual.revert),
    }
}

fn freezes(fields: &Fields<'_>, notes: &mut Notes) -> Vec<Freeze> {
    let freeze = |fields: &Fields<'_>, notes: &mut Notes| {
        fields.refuse_unknown("A freeze", &FREEZE, notes);
        let name = text(fields, "name", "Black Friday", notes).map(str::to_owned);
        let (from, until) = (instant(fields, "from", notes), instant(fields, "until", notes));
        Some(Freeze { name: name?, from: from?, until: until? })
    };
    items(fields, "freezes", FREEZE_EXAMPLE, notes).iter().filter_map(|fields| freeze(fields, notes)).collect()
}

fn whole(fields: &Fields<'_>, name: &str, notes: &mut Notes) -> Option<u32> {
    let tree = fields.get(name)?;
    let read = if let Node::Int(number) = tree.node { u32::try_from(number).ok() } else { None };
    if read.is_none() {
        let message = format!("This must be a whole number; it is {}.", tree.kind());
        notes.error(tree.at, fields.path_of(name), message);
    }
    read
}

fn instant(fields: &Fields<'_>, name: &str, notes: &mut Notes) -> Option<Timestamp> {
    needed(fields, name, "\"2026-11-27T00:00:00Z\"", notes)?;
    let text = fields.text(name, notes)?;
    let read = Timestamp::parse(text);
    read.map_err(|error| notes.error(fields.place_of(name), fields.path_of(name), format!("{error}."))).ok()
}
