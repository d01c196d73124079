//! What makes a change request risky, as chips: in words that stand without their colour.

use crate::components::Tone;
use crate::domain::flag::Flag;
use crate::domain::growth::{changes_answers, growth};
use crate::domain::rule::{WHOLE, percent};
use crate::domain::state::State;
use crate::server::services::change_requests::Opened;
use crate::server::store::change_requests::Proposed;
use serde::de::DeserializeOwned;

fn differs(proposed: &Proposed, fields: &[&str]) -> bool {
    let part = |side: &Option<serde_json::Value>, field: &str| side.as_ref().and_then(|side| side.get(field)).cloned();
    fields.iter().any(|field| part(&proposed.before, field) != part(&proposed.after, field))
}

fn read<T: DeserializeOwned>(side: &Option<serde_json::Value>) -> Option<T> {
    serde_json::from_value(side.clone()?).ok()
}

fn is_answered_otherwise(proposed: &Proposed) -> bool {
    let sides = read::<Flag>(&proposed.before).zip(read::<Flag>(&proposed.after));
    sides.is_some_and(|(before, after)| changes_answers(&before, &after))
}

/// The risks of a request, the gravest first.
pub fn of(opened: &Opened) -> Vec<(Tone, String)> {
    let stored = &opened.stored;
    let mut found: Vec<(Tone, String)> = Vec::new();
    let mut note = |tone: Tone, text: String| {
        if !found.iter().any(|(_, other)| *other == text) {
            found.push((tone, text));
        }
    };
    for proposed in &stored.proposed {
        match proposed.action.as_str() {
            "flag.archive" => note(Tone::Danger, "archives a flag".to_owned()),
            "flag.restore" => note(Tone::Warn, "restores a flag".to_owned()),
            "segment.edit" => note(Tone::Warn, "changes a segment".to_owned()),
            "environment.edit" if differs(proposed, &["policy", "protection"]) => {
                note(Tone::Danger, "changes how changes are met".to_owned());
            }
            "project.delete" => note(Tone::Danger, "removes the project".to_owned()),
            "flag.edit" | "flag.import" if is_answered_otherwise(proposed) => {
                note(Tone::Warn, "changes what a flag can answer".to_owned());
            }
            _ => {}
        }
        if let Some((before, after)) = read::<State>(&proposed.before).zip(read::<State>(&proposed.after)) {
            let growth = growth(&before, &after, stored.updated_at);
            match growth {
                0 => {}
                WHOLE => note(Tone::Warn, "may reach everybody".to_owned()),
                growth => note(Tone::Neutral, format!("a share grows by {}", percent(growth))),
            }
        }
    }
    if stored.proposed.len() > 1 {
        note(Tone::Neutral, format!("{} changes at once", stored.proposed.len()));
    }
    if stored.items.iter().any(|item| item.revert) {
        note(Tone::Warn, "brings an environment back".to_owned());
    }
    found
}
