//! What happened to a request, oldest first, and room to say something.

use super::Shown;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::change_request::EventKind;
use crate::server::services::change_requests::Told;

pub fn card(shown: &Shown) -> Html {
    let (round, now) = (shown.opened.stored.request.round, shown.now);
    let is_asked = shown.opened.stored.request.asked.quorum > 0;
    let rows: Vec<_> = shown.opened.timeline.iter().map(|told| row(told, is_asked, round, now)).collect();
    view! { <Card id="timeline" title="Timeline"><ol class="timeline plain">{rows}</ol></Card> }
}

fn row(told: &Told, is_asked: bool, round: i64, now: crate::domain::time::Timestamp) -> Html {
    let event = &told.event;
    let is_verdict = matches!(event.kind, EventKind::Approved | EventKind::ChangesRequested);
    let outdated = (is_verdict && event.round < round).then(|| view! { " "<Badge text="before the last edit" /> });
    let text = (!event.text.is_empty()).then(|| view! { <p class="lines">{event.text.clone()}</p> });
    let (tone, said) = match (event.kind, is_asked) {
        (EventKind::Opened, false) => (Tone::Info, "made it for later,"),
        (kind, _) => said(kind),
    };
    let (who, at) = (told.who.clone(), event.at);
    view! {
        <li class=format!("event {}", tone.as_str())>
            <Icon name=tone.glyph() />
            <div>
                <p><b>{who}</b>" "{said}{outdated}" "<Ago at=at now=now /></p>
                {text}
            </div>
        </li>
    }
}

fn said(kind: EventKind) -> (Tone, &'static str) {
    match kind {
        EventKind::Opened => (Tone::Info, "asked for a review"),
        EventKind::Edited => (Tone::Info, "edited it: a new round begins"),
        EventKind::Commented => (Tone::Neutral, "said"),
        EventKind::Approved => (Tone::Ok, "approved it"),
        EventKind::ChangesRequested => (Tone::Warn, "asked for changes"),
        EventKind::Withdrawn => (Tone::Neutral, "took it back"),
        EventKind::Reopened => (Tone::Info, "opened it again: a new round begins"),
        EventKind::Scheduled => (Tone::Info, "scheduled it"),
        EventKind::Unscheduled => (Tone::Neutral, "took the schedule off"),
        EventKind::Failed => (Tone::Danger, "could not apply it at its moment"),
        EventKind::Missed => (Tone::Danger, "missed its moment"),
        EventKind::Applied => (Tone::Ok, "applied it"),
        EventKind::BrokeGlass => (Tone::Danger, "broke the glass and applied it without a review"),
        EventKind::Reviewed => (Tone::Ok, "looked at it after the fact"),
    }
}
