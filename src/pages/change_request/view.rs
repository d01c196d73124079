//! How a request's page is put together: what it changes on the left, how it stands and what can be done on the right.

use super::{Shown, UPDATE, actions, timeline};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::change_request::{Act, AfterReview, Status};
use crate::domain::merge::Clash;
use crate::domain::text::{capital, listed};
use crate::pages::changes::origin;
use crate::pages::draft::{clashes, personas};
use crate::pages::schedule::mark;
use crate::server::services::change_requests::{Changed, update};
use crate::server::services::expectations::{MOST as MOST_TOLD, Told as Trial};
use crate::server::services::missed::Missed;

/// So many changes are shown open.
const OPEN: usize = 5;
/// So many at all; the rest are counted.
const MOST: usize = 200;

const SIDES: clashes::Names = clashes::Names {
    base: "As it was",
    theirs: "Live now",
    yours: "In this request",
    take_theirs: "Keep what is live for",
    take_yours: "Take the request's for",
};

pub fn page(shown: &Shown) -> Html {
    let (project, stored) = (shown.project.key().clone(), &shown.opened.stored);
    let crumbs = vec![Crumb::new("Change requests", format!("/p/{project}/changes"))];
    let title = format!("{} #{}", stored.title, stored.number);
    let lead = format!("By {}.", listed(&shown.opened.authors));
    let (tone, state) = state(shown);
    let why = (!stored.why.is_empty()).then(|| view! { <p class="prose lines">{stored.why.clone()}</p> });
    let (chips, changes) = (chips(shown), changes(&shown.opened.changes));
    let (behind, trouble, missed) = (behind(shown), trouble(shown), missed(shown));
    let unshown = (shown.trials.len() == MOST_TOLD).then(|| {
        let text = format!("What more changes than the first {MOST_TOLD} do to the personas, the playground tells.");
        view! { <p class="hint">{text}</p> }
    });
    let personas: Vec<_> = shown.trials.iter().filter_map(personas_of).collect();
    let marks: Vec<_> = shown.marks.iter().map(mark).collect();
    let marks = (!marks.is_empty())
        .then(|| view! { <Card id="at-its-moment" title="At its moment"><ul class="plain stack-tight">{marks}</ul></Card> });
    let (timeline, aside, silent) = (timeline::card(shown), actions::aside(shown), actions::silent(shown));
    view! {
        <PageHeading title=title crumbs=crumbs lead=lead><Badge tone=tone text=state /></PageHeading>
        <Split aside=aside aside_label="How it stands">
            <Refused forms=silent />
            {behind}
            {trouble}
            {marks}
            <Card id="why" title="Why">{why}{chips}</Card>
            <Card id="changes" title="What changes">{changes}</Card>
            {missed}
            {personas}
            {unshown}
            {timeline}
        </Split>
    }
}

fn state(shown: &Shown) -> (Tone, String) {
    let request = &shown.opened.stored.request;
    match request.status {
        Status::Withdrawn => (Tone::Neutral, "Taken back".to_owned()),
        Status::Applied if request.after_review == AfterReview::Open => {
            (Tone::Warn, format!("{}, to be looked at", origin(request.origin)))
        }
        Status::Applied => (Tone::Ok, "Applied".to_owned()),
        Status::Open if shown.is_stopped() => (Tone::Warn, "Scheduled, will not come".to_owned()),
        Status::Open if shown.opened.is_approved() && shown.opened.stored.apply_at.is_some() => {
            let said = if request.asked.quorum == 0 { "Scheduled" } else { "Approved and scheduled" };
            (Tone::Info, said.to_owned())
        }
        Status::Open if shown.opened.is_approved() && request.asked.quorum == 0 => (Tone::Warn, "Without a moment".to_owned()),
        Status::Open if shown.opened.is_behind => (Tone::Warn, "Out of date".to_owned()),
        Status::Open if shown.opened.standing.as_ref().is_some_and(|standing| !standing.objected.is_empty()) => {
            (Tone::Warn, "Changes asked for".to_owned())
        }
        Status::Open if shown.opened.is_approved() => (Tone::Ok, "Approved".to_owned()),
        Status::Open => (Tone::Info, "In review".to_owned()),
    }
}

/// What makes it risky, each in a word or two.
fn chips(shown: &Shown) -> Html {
    let because = shown.opened.asked.because.iter().map(|why| view! { <li>{format!("{}.", capital(why))}</li> });
    let because: Vec<_> = because.collect();
    let mut places: Vec<String> = Vec::new();
    for place in shown.opened.changes.iter().filter_map(|change| change.environment.clone()) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let everywhere = shown.opened.changes.iter().any(|change| change.environment.is_none());
    let risks = super::super::change_risks::of(&shown.opened);
    let risks: Vec<_> =
        risks.into_iter().map(|(tone, text)| view! { <li><Badge tone=tone icon=tone.glyph() text=text /></li> }).collect();
    let places: Vec<_> = places.into_iter().map(|place| view! { <li><Badge text=place /></li> }).collect();
    let all = everywhere.then(|| view! { <li><Badge tone=Tone::Warn icon=Glyph::Warning text="every environment" /></li> });
    view! {
        <ul class="bar plain chips-of" aria-label="What it touches">{places}{all}{risks}</ul>
        <ul class="plain hint">{because}</ul>
    }
}

fn changes(all: &[Changed]) -> Html {
    let more = all.len().saturating_sub(MOST);
    let more = (more > 0).then(|| view! { <p class="hint">{format!("… and {more} more")}</p> });
    let rows: Vec<_> = all.iter().take(MOST).enumerate().map(|(at, change)| one(at, change)).collect();
    view! { <ul class="stack plain">{rows}</ul>{more} }
}

fn one(at: usize, change: &Changed) -> Html {
    let (said, rows, label) = (change.said.clone(), change.rows.clone(), format!("Change {}", at + 1));
    let policy = change.policy.clone().map(|(before, after)| view! { {in_words("Until now", before)}{in_words("Then", after)} });
    let json = format!(
        "{}\n→\n{}",
        serde_json::to_string_pretty(&change.before).unwrap_or_default(),
        serde_json::to_string_pretty(&change.after).unwrap_or_default()
    );
    view! {
        <li>
            <details class="disclosure" open=at < OPEN>
                <summary><Sentence pieces=said /></summary>
                <div class="inside">
                    {policy}
                    <Diff rows=rows label=label />
                    <details class="disclosure"><summary class="sub">"As JSON"</summary><pre class="code">{json}</pre></details>
                </div>
            </details>
        </li>
    }
}

/// What archiving comes to, as it stands when somebody looks.
fn missed(shown: &Shown) -> Option<Html> {
    let row = |(key, missed): &(String, Missed)| {
        let used = missed.remains().then(|| view! { " "<Badge tone=Tone::Warn text="Still in use" /> });
        view! { <li><code>{key.clone()}</code>{used}" "{missed.said()}</li> }
    };
    let rows: Vec<_> = shown.missed.iter().take(MOST).map(row).collect();
    (!rows.is_empty()).then(|| view! { <Card id="missed" title="Who will miss it" note="as of now"><ul>{rows}</ul></Card> })
}

/// A policy, a sentence a line.
fn in_words(when: &'static str, lines: Vec<String>) -> Html {
    let lines: Vec<_> = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect();
    view! { <p class="sub">{when}</p><ul>{lines}</ul> }
}

fn personas_of(trial: &Trial) -> Option<Html> {
    let (place, id) = (&trial.place, format!("personas-{}", trial.place.replace(' ', "-")));
    let complete = trial.complete.as_ref().map(|said| format!("Once the plan is complete: {said}."));
    personas::titled(&format!("Personas: {place}"), &id, &trial.verdicts, complete)
}

/// What it replaces has changed since it was made.
fn behind(shown: &Shown) -> Option<Html> {
    if !shown.opened.is_behind {
        return None;
    }
    const TITLE: &str = "Something was changed here since this was made.";
    if !update::helps(&shown.renewed) {
        let text = "What it was made of cannot be put over that. Take it back, and make it again from what is there now; \
                    where it was an import, import the file again.";
        return Some(view! { <Banner tone=Tone::Warn title=TITLE><p>{text}</p></Banner> });
    }
    // What both sides say may name people: who may not edit it is not shown it.
    if let Some(reason) = shown.opened.refusal(Act::Edit) {
        let update = view! { <DisabledAction reason=reason>"Update the request"</DisabledAction> };
        return Some(view! { <Banner tone=Tone::Info title=TITLE actions=update /> });
    }
    let clashes: Vec<Clash> = shown.renewed.iter().flat_map(|one| one.clashes.clone()).collect();
    let (round, over) = (shown.opened.stored.request.round, update::fingerprint(&shown.renewed));
    let hidden = move || {
        view! {
            <input type="hidden" name="_form" value=UPDATE />
            <input type="hidden" name="round" value=round />
            <input type="hidden" name="over" value=over.clone() />
        }
    };
    if clashes.is_empty() {
        let update = view! { <form method="post">{hidden()}<Button>"Update the request"</Button></form> };
        let text = "It touches other parts, so both fit together. Updating begins a new round: what was approved has changed.";
        return Some(view! {
            <Banner tone=Tone::Info title=TITLE actions=update><p>{text}</p></Banner>
        });
    }
    let table = clashes::table(&clashes, SIDES);
    Some(view! {
        <Card id="clashes" title="Both changed these" note="choose one of each; everything else fits together">
            <form method="post" class="form">
                {hidden()}
                {table}
                <p><Button kind=ButtonKind::Primary>"Update the request"</Button></p>
            </form>
        </Card>
    })
}

fn trouble(shown: &Shown) -> Option<Html> {
    let why = shown.opened.trouble.clone()?;
    Some(view! { <Banner tone=Tone::Warn title="It cannot be applied now."><p>{capital(&why)}</p></Banner> })
}
