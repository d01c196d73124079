//! What somebody did, as a row of a history.

use super::badge::{Badge, EnvironmentBadge};
use super::diff::Diff;
use super::query::encode;
use super::sentence::Sentence;
use super::time::{Ago, Exact};
use crate::components::prelude::*;
use crate::domain::change::{Change, pieces};
use crate::domain::environment::Colour;
use crate::domain::time::Timestamp;

/// A list of [`ChangeRow`]s.
#[component]
pub fn Changes(
    /// `Changes, newest first`
    #[prop(into)]
    label: String,
    children: Children,
) -> Html {
    view! { <ol class="changes" aria-label=label>{children.draw()}</ol> }
}

/// One row of the audit, on two lines: who did what and when, why, and the difference once opened. `#seq-123` leads to it.
#[component]
pub fn ChangeRow(
    change: Change,
    now: Timestamp,
    /// The project's key, for links.
    #[prop(into)]
    project: String,
    /// On the flag's own history: no link to the flag.
    #[prop(optional)]
    of_flag: bool,
    /// On the history of the whole installation: says which project it was in.
    #[prop(optional)]
    tells_project: bool,
    /// The colour of its environment.
    #[prop(default = None)]
    colour: Option<Colour>,
    /// With its difference in sight.
    #[prop(optional)]
    open: bool,
    /// What can be done with it.
    #[prop(default = None)]
    actions: Option<Html>,
) -> Html {
    let actions = actions.map(|actions| view! { <div class="bar tight ways">{actions}</div> });
    let id = format!("seq-{}", change.seq);
    let flag = change.flag().filter(|_| !of_flag).map(|flag| {
        let href = match &change.environment {
            Some(environment) => format!("/p/{project}/flags/{}/{}", encode(flag), encode(environment)),
            None => format!("/p/{project}/flags/{}", encode(flag)),
        };
        view! { <a href=href>"Open flag"<span class="vh">{format!(" {flag}")}</span></a> }
    });
    let actor = (change.who != change.actor).then(|| view! { <span>{change.actor.clone()}</span> });
    let environment = change.environment.clone().map(|name| match colour {
        Some(colour) => view! { <EnvironmentBadge colour=colour name=name /> },
        None => view! { <Badge text=name /> },
    });
    let in_project = change.project.clone().filter(|_| tells_project).map(|key| {
        view! { <span>"in project " <code>{key}</code></span> }
    });
    let reason = change.reason.clone().map(|reason| view! { <q>{reason}</q> });
    let difference = match change.bytes_left_out() {
        0 => view! { <Diff rows=change.diff() label=format!("Change {}", change.seq) /> },
        bytes => {
            let (href, seq) = (format!("?row={}", change.seq), change.seq);
            let long = format!("Too long to be told among others: {}. ", size(bytes));
            view! { <p class="sub">{long}<a href=href>"See it alone"<span class="vh">{format!(" (change {seq})")}</span></a></p> }
        }
    };
    view! {
        <li class="change" id=id.clone()>
            <details open=open>
                <summary><Sentence pieces=pieces(&change) />" "{environment}" "<Ago at=change.at now=now /></summary>
                {difference}
            </details>
            <p class="meta">
                {reason}
                <Exact at=change.at />
                {actor}
                {in_project}
                <a href=format!("#{id}")>{format!("#{}", change.seq)}</a>
                {flag}
            </p>
            {actions}
        </li>
    }
}

/// `2.6 MB`, `640 KB`
fn size(bytes: u64) -> String {
    match bytes {
        ..1_000_000 => format!("{} KB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}
