//! The box that says what to do next.

use super::Shown;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::role::Role;
use crate::pages::flag_head::address;
use crate::server::services::next_step::{self, NextStep, Place, Way, Weight};

/// The id of the heading that stands over the code to copy.
pub const SNIPPET: &str = "use-it";

pub fn next_step(shown: &Shown) -> Html {
    let places: Vec<Place<'_>> = shown
        .view
        .places
        .iter()
        .zip(&shown.usage)
        .zip(&shown.asked)
        .map(|(((snapshot, served), usage), asked)| Place {
            environment: &snapshot.environment.environment,
            state: &served.state,
            since: served.answers_since(),
            last_seen: usage.last_seen(),
            asked: *asked,
            is_faulty: served.is_faulty(),
        })
        .collect();
    let step = next_step::next_step(shown.view.flag(), &places, shown.reminders.archive.is_ahead(), shown.now);
    let tone = match step.weight {
        Weight::Calm => Tone::Neutral,
        Weight::Next => Tone::Info,
        Weight::Due => Tone::Warn,
        Weight::Wrong => Tone::Danger,
    };
    let way = way(shown, &step);
    let advice = step.advice;
    match way {
        Some(way) => view! { <Banner tone=tone title=step.title actions=way><p>{advice}</p></Banner> },
        None => view! { <Banner tone=tone title=step.title><p>{advice}</p></Banner> },
    }
}

/// The link to where it is done. What only editors do is no link for others.
fn way(shown: &Shown, step: &NextStep) -> Option<Html> {
    let flag = address(&shown.project, shown.view.flag().key.as_str());
    let may_edit = shown.project.refusal(Role::Editor).is_none();
    let (href, text) = match step.way.as_ref()? {
        Way::Environment(key) => (format!("{flag}/{key}"), format!("Go to {key}")),
        Way::Snippet => (format!("#{SNIPPET}"), "See the snippet".to_owned()),
        Way::Extend if may_edit => ("#lifetime".to_owned(), "Extend…".to_owned()),
        Way::Review if may_edit => ("#lifetime".to_owned(), "Set the next review…".to_owned()),
        // The button for these stands in the heading.
        Way::Extend | Way::Review | Way::Archive | Way::Restore => return None,
    };
    Some(view! { <LinkButton href=href icon=Glyph::Right>{text}</LinkButton> })
}
