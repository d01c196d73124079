//! What a flag answers in an environment, as the long form says it.

use super::common::{items, key, nearest, needed, note, optional, parsed, text, units};
use super::conditions;
use super::flags::Around;
use super::plans;
use crate::domain::flag::Flag;
use crate::domain::key::VariantName;
use crate::domain::lint::of_state;
use crate::domain::rollout::{Plan, Rollout, Start, Step};
use crate::domain::rule::{Rule, Serve, Split, TARGETING_KEY, Weight};
use crate::domain::state::{State, Target};
use crate::engine::compile;
use crate::server::services::flag_file::fields::{Fields, Notes};
use crate::server::services::flag_file::lint::note as note_lint;
use crate::server::services::flag_file::moments::{DateMeans, exact_duration};
use crate::server::services::flag_file::state::share;
use crate::server::services::flag_file::tree::{Node, Tree};

const STATE: [&str; 5] = ["enabled", "off_variant", "targets", "rules", "fallthrough"];
const RULE: [&str; 5] = ["id", "name", "active", "conditions", "serve"];
const RULE_EXAMPLE: &str = "{id: r1, conditions: [{attribute: plan, operator: in, values: [pro]}], serve: \"on\"}";
const SERVE_EXAMPLE: &str =
    "a variant's name, {split: [{variant: \"on\", share: 10}, {variant: \"off\", share: 90}]} or {rollout: …}";
const SPLIT_EXAMPLE: &str = "{variant: \"on\", share: 10}";
const ROLLOUT: [&str; 4] = ["variant", "rest", "steps", "held_at"];
const ROLLOUT_EXAMPLE: &str = "{variant: \"on\", rest: \"off\", steps: [{share: 10, starts_at: \"2026-11-30T09:00:00Z\"}]}";
const STEP_EXAMPLE: &str = "{share: 10, starts_at: \"2026-11-30T09:00:00Z\"}";

/// Reads a state, and compiles it as the server would where the flag is sound.
pub fn read(fields: &Fields<'_>, flag: Option<&Flag>, around: &Around<'_>, notes: &mut Notes) -> Option<State> {
    let before = notes.errors.len();
    let state = state(fields, notes)?;
    if let Some(flag) = flag.filter(|_| notes.errors.len() == before) {
        note(fields, compile(flag, &state, around.segments).err().unwrap_or_default(), notes);
        let in_use = notes.errors.len() == before && flag.archived_at.is_none();
        if let Some(lint) = around.lint.filter(|_| in_use) {
            note_lint(of_state(flag, &state, &lint.known(false)), |place| nearest(fields, place), notes);
        }
    }
    Some(state)
}

fn state(fields: &Fields<'_>, notes: &mut Notes) -> Option<State> {
    fields.refuse_unknown("A flag's state", &STATE, notes);
    needed(fields, "enabled", "true", notes);
    let enabled = fields.boolean("enabled", notes);
    let off_variant = key(fields, "off_variant", "\"off\"", notes);
    let targets = targets(fields, notes);
    let rules = items(fields, "rules", RULE_EXAMPLE, notes).iter().filter_map(|fields| rule(fields, notes)).collect();
    let fallthrough =
        needed(fields, "fallthrough", "\"on\"", notes).and_then(|tree| serve(tree, &fields.path_of("fallthrough"), notes));
    Some(State { enabled: enabled?, off_variant: off_variant?, targets, rules, fallthrough: fallthrough? })
}

fn targets(fields: &Fields<'_>, notes: &mut Notes) -> Vec<Target> {
    let target = |fields: &Fields<'_>, notes: &mut Notes| {
        fields.refuse_unknown("A target list", &["variant", "units"], notes);
        let variant = key(fields, "variant", "\"on\"", notes);
        let units = units(fields, "units", notes);
        Some(Target { variant: variant?, units })
    };
    let lists = items(fields, "targets", "{variant: \"on\", units: [user_1]}", notes);
    lists.iter().filter_map(|fields| target(fields, notes)).collect()
}

fn rule(fields: &Fields<'_>, notes: &mut Notes) -> Option<Rule> {
    fields.refuse_unknown("A rule", &RULE, notes);
    let id = text(fields, "id", "r1", notes).map(str::to_owned);
    let name = optional(fields, "name", notes);
    let active = fields.boolean("active", notes).unwrap_or(true);
    let conditions = fields.list("conditions", notes).unwrap_or_default();
    let conditions = conditions::read(conditions, &fields.path_of("conditions"), notes);
    let serve = needed(fields, "serve", "\"on\"", notes).and_then(|tree| serve(tree, &fields.path_of("serve"), notes));
    Some(Rule { id: id?, name, active, conditions, serve: serve? })
}

fn serve(tree: &Tree, path: &str, notes: &mut Notes) -> Option<Serve> {
    if let Node::Text(name) = &tree.node {
        return parsed::<VariantName>(name, tree.at, path, notes).map(Serve::Variant);
    }
    let Node::Map(entries) = &tree.node else {
        notes.error(tree.at, path, format!("Write {SERVE_EXAMPLE}; this is {}. Put a name in quotes.", tree.kind()));
        return None;
    };
    let fields = Fields::new(path, tree.at, entries);
    fields.refuse_unknown("What is served", &["split", "rollout", "bucket_by", "seed"], notes);
    let bucket_by = fields.text("bucket_by", notes).unwrap_or(TARGETING_KEY).to_owned();
    let seed = fields.text("seed", notes).map(str::to_owned);
    match (fields.get("split"), fields.get("rollout")) {
        (Some(_), None) => Some(Serve::Split(Split { bucket_by, seed, weights: weights(&fields, notes)? })),
        (None, Some(_)) => {
            let rollout = rollout(&fields.mapping("rollout", ROLLOUT_EXAMPLE, notes)?, notes)?;
            Some(Serve::Rollout(Rollout { bucket_by, seed, ..rollout }))
        }
        _ => {
            notes.error(fields.at, path, format!("Write one of them: {SERVE_EXAMPLE}."));
            None
        }
    }
}

fn weights(fields: &Fields<'_>, notes: &mut Notes) -> Option<Vec<Weight>> {
    let before = notes.errors.len();
    let mut all = Vec::new();
    for weight in items(fields, "split", SPLIT_EXAMPLE, notes) {
        weight.refuse_unknown("A share", &["variant", "share"], notes);
        let variant = key(&weight, "variant", "\"on\"", notes);
        let share = needed_share(&weight, "share", notes);
        all.extend(variant.zip(share).map(|(variant, share)| Weight { variant, share }));
    }
    (notes.errors.len() == before).then_some(all)
}

fn needed_share(fields: &Fields<'_>, name: &str, notes: &mut Notes) -> Option<u16> {
    share(needed(fields, name, "12.5", notes)?, &fields.path_of(name), notes)
}

/// The rollout, with nothing said of what is bucketed.
fn rollout(fields: &Fields<'_>, notes: &mut Notes) -> Option<Rollout> {
    let before = notes.errors.len();
    fields.refuse_unknown("A rollout", &ROLLOUT, notes);
    let (variant, rest) = (key(fields, "variant", "\"on\"", notes), key(fields, "rest", "\"off\"", notes));
    needed(fields, "steps", &format!("[{STEP_EXAMPLE}]"), notes);
    let steps: Vec<Step> = items(fields, "steps", STEP_EXAMPLE, notes).iter().filter_map(|fields| step(fields, notes)).collect();
    let held_at = fields.get("held_at").and_then(|tree| share(tree, &fields.path_of("held_at"), notes));
    let plan = Plan { steps, held_at };
    (notes.errors.len() == before).then_some(())?;
    Some(Rollout { bucket_by: String::new(), seed: None, variant: variant?, rest: rest?, plan })
}

fn step(fields: &Fields<'_>, notes: &mut Notes) -> Option<Step> {
    fields.refuse_unknown("A step", &["share", "starts_at", "hold"], notes);
    let share = needed_share(fields, "share", notes);
    needed(fields, "starts_at", "\"2026-11-30T09:00:00Z\"", notes)?;
    let before = notes.errors.len();
    let starts_at = match fields.get("starts_at").map(|tree| &tree.node) {
        Some(Node::Text(text)) if text == "on_approval" => Some(Start::OnApproval),
        Some(Node::Text(text)) if text.starts_with("after ") => after(fields, &text["after ".len()..], notes),
        _ => fields.moment("starts_at", DateMeans::Start, notes).map(Start::At),
    };
    let hold = plans::hold(fields, notes);
    (notes.errors.len() == before).then_some(())?;
    Some(Step { share: share?, starts_at: starts_at?, hold })
}

fn after(fields: &Fields<'_>, text: &str, notes: &mut Notes) -> Option<Start> {
    let read = exact_duration(text);
    if read.is_none() {
        let message = format!("{text:?} is no length of time; write after 1d, or an instant.");
        notes.error(fields.place_of("starts_at"), fields.path_of("starts_at"), message);
    }
    read.map(Start::After)
}
