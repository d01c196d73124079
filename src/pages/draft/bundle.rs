//! A draft of several changes: each with its difference and a box to leave it out, saved together or not at all.

use super::{DISCARD, SAVE, button};
use crate::components::*;
use crate::domain::count::counted;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::domain::when;
use crate::pages::asks;
use crate::pages::fields::Fields;
use crate::pages::page::{self, Frame, PageResult, Place};
use crate::pages::visit::Member;
use crate::server::error::Error;
use crate::server::services::confirmation::Asks;
use crate::server::services::drafts::bundle::{self, BundleItem};
use crate::server::services::drafts::{self, Listed};
use crate::server::services::projects::OpenProject;
use axum::http::StatusCode;
use leptos::prelude::*;

/// Compares what changed since with what is there now.
const RENEW: &str = "renew";
/// More items than this are saved together or not at all: a form has room for so many boxes.
const MOST_BOXES: usize = 1_000;
/// More items than this are counted.
const MOST_SHOWN: usize = 1_000;
/// So few are shown open.
const OPEN: usize = 5;

struct Shown {
    project: OpenProject,
    listed: Listed,
    items: Vec<BundleItem>,
    now: Timestamp,
}

pub async fn get(member: Member, project: OpenProject, listed: Listed) -> PageResult {
    let items = bundle::open(member.state(), &project, &listed.stored).await?;
    draw(member, project, listed, items, None).await
}

pub async fn post(member: Member, project: OpenProject, listed: Listed, fields: Fields) -> PageResult {
    project.require(Role::Editor)?;
    if !listed.is_own {
        return Err(Error::Forbidden(format!("Only {} can save or discard this draft.", listed.author)).into());
    }
    let items = bundle::open(member.state(), &project, &listed.stored).await?;
    let (current, here) = (listed.stored.version, super::address(project.key().as_str(), &listed.stored.id));
    if let Some(base) = fields.seen().draft_version.filter(|version| *version != current) {
        let error = Error::Conflict { object: "your draft".to_owned(), base, current };
        return draw(member, project, listed, items, Some(fields.attempt(error)?)).await;
    }
    match fields.form() {
        DISCARD => {
            drafts::discard(member.state(), &listed.stored).await?;
            page::go(format!("/p/{}/drafts", project.key()))
        }
        RENEW => {
            bundle::renew(member.state(), &project, &listed.stored).await?;
            page::go(here)
        }
        SAVE => save(member, project, listed, items, fields).await,
        _ => Err(Error::field("", "This page has no such form. Reload it and try again.").into()),
    }
}

async fn save(member: Member, project: OpenProject, listed: Listed, items: Vec<BundleItem>, fields: Fields) -> PageResult {
    let boxes = items.len() <= MOST_BOXES;
    let kept: Vec<usize> = (0..items.len()).filter(|at| !boxes || fields.is_checked(&box_name(*at))).collect();
    if kept.is_empty() {
        let error = Error::field("", "Tick at least one change, or discard the draft.");
        return draw(member, project, listed, items, Some(fields.attempt(error)?)).await;
    }
    if let Some(moved) = kept.iter().filter_map(|at| items.get(*at)).find(|item| item.changed.is_some()) {
        let advice = "Compare with what is there now, or leave it out.";
        let words = format!("“{}” was made against something that changed since. {advice}", moved.title);
        let attempt = fields.attempt(Error::field("", words))?;
        let attempt = Attempt { status: Some(StatusCode::CONFLICT.as_u16()), ..attempt };
        return draw(member, project, listed, items, Some(attempt)).await;
    }
    let asks = bundle::asks(kept.iter().filter_map(|at| items.get(*at)));
    let problems = asks::unconfirmed(&fields, &asks);
    if !problems.is_empty() {
        return draw(member, project, listed, items, Some(fields.attempt(Error::Invalid(problems))?)).await;
    }
    let said = asks::confirmation(&fields, &asks);
    match bundle::publish(member.state(), &member.actor(), &listed.stored, &items, &kept, &said).await {
        Ok(count) => page::go(format!("/p/{}/drafts?saved={count}", project.key())),
        // An environment asks for more than it did a moment ago, or somebody was faster: look at it anew.
        Err(error @ (Error::Conflict { .. } | Error::Confirm(_))) => {
            let items = bundle::open(member.state(), &project, &listed.stored).await?;
            let words = format!("Nothing was saved: {error}. Look at the changes once more.");
            let attempt = fields.attempt(Error::field("", words))?;
            let attempt = Attempt { status: Some(StatusCode::CONFLICT.as_u16()), ..attempt };
            draw(member, project, listed, items, Some(attempt)).await
        }
        Err(error) => draw(member, project, listed, items, Some(fields.attempt(error)?)).await,
    }
}

fn box_name(at: usize) -> String {
    format!("item[{at}]")
}

async fn draw(
    member: Member,
    project: OpenProject,
    listed: Listed,
    items: Vec<BundleItem>,
    attempt: Option<Attempt>,
) -> PageResult {
    let (title, now) = (listed.stored.title.clone(), member.visit.now);
    let frame = Frame { title, project: Some(project.clone()), place: Place::Drafts, attempt, ..Frame::default() };
    let shown = Shown { project, listed, items, now };
    member.page(frame, move || view(&shown)).await
}

fn view(shown: &Shown) -> impl IntoView + use<> {
    let crumbs = vec![Crumb::new("Drafts", format!("/p/{}/drafts", shown.project.key()))];
    let (stored, now) = (&shown.listed.stored, shown.now);
    let (title, author, updated) = (stored.title.clone(), shown.listed.author.clone(), stored.updated_at);
    let lead = match shown.items.len() {
        1 => "1 change, not saved yet: nobody is served by it.".to_owned(),
        count => format!("{} changes, not saved yet: nobody is served by them.", counted(count as u64)),
    };
    let body = match shown.listed.is_own && shown.project.role >= Role::Editor {
        true => form(shown).into_any(),
        false => read_only(shown).into_any(),
    };
    view! {
        <PageHeading title=title crumbs=crumbs lead=lead />
        <div class="stack">
            <Refused forms=vec![DISCARD, RENEW, ""] />
            {moved(shown)}
            {body}
            <Card id="about" title="About this draft">
                <Definitions wide=true>
                    <Fact label="By">{author}</Fact>
                    <Fact label="Last edited"><When at=updated now=now /></Fact>
                </Definitions>
            </Card>
        </div>
    }
}

/// Some of it was changed by somebody since.
fn moved(shown: &Shown) -> Option<AnyView> {
    let count = shown.items.iter().filter(|item| item.changed.is_some()).count();
    let title = match count {
        0 => return None,
        1 => "1 of these was changed since this draft began.".to_owned(),
        count => format!("{count} of these were changed since this draft began."),
    };
    let renew =
        shown.listed.is_own.then(|| button(&shown.listed, RENEW, "Compare with what is there now", ButtonKind::Plain).into_any());
    let text = view! { <p>"They are marked, and left out unless you compare again: then you see what you would replace."</p> };
    Some(match renew {
        Some(renew) => view! { <Banner tone=Tone::Warn title=title actions=renew>{text}</Banner> }.into_any(),
        None => view! { <Banner tone=Tone::Warn title=title>{text}</Banner> }.into_any(),
    })
}

fn form(shown: &Shown) -> impl IntoView + use<> {
    let asks: Asks = bundle::asks(shown.items.iter());
    let version = shown.listed.stored.version.to_string();
    let boxes = shown.items.len() <= MOST_BOXES;
    let (items, now) = (shown.items.clone(), shown.now);
    let label = if shown.items.len() == 1 { "Save" } else { "Save all that is ticked" };
    let discard = button(&shown.listed, DISCARD, "Discard", ButtonKind::Danger);
    let unticked = (shown.items.len() > 1).then(
        || view! { <p class="sub">"In one step, or not at all. What is not ticked stays as it is, and the draft is gone."</p> },
    );
    view! {
        <Form id=SAVE submit=label>
            <Hidden name="draft_version" value=version />
            {rows(&items, boxes, now)}
            {unticked}
            {asks::inputs(&asks)}
        </Form>
        <div class="bar">{discard}</div>
    }
}

fn read_only(shown: &Shown) -> impl IntoView + use<> {
    let reason = format!("Only {} can save this draft.", shown.listed.author);
    let rows = rows(&shown.items, false, shown.now);
    view! { {rows} <p class="bar"><DisabledAction reason=reason>"Save"</DisabledAction></p> }
}

fn rows(items: &[BundleItem], boxes: bool, now: Timestamp) -> impl IntoView + use<> {
    let open = items.len() <= OPEN;
    let rows: Vec<_> = items.iter().take(MOST_SHOWN).enumerate().map(|(at, item)| row(at, item, boxes, open, now)).collect();
    let more = items.len().saturating_sub(MOST_SHOWN);
    let more = (more > 0).then(|| view! { <p class="sub">{format!("… and {} more", counted(more as u64))}</p> });
    view! { <Changes label="What changes">{rows}</Changes> {more} }
}

fn row(at: usize, item: &BundleItem, boxes: bool, open: bool, now: Timestamp) -> impl IntoView + use<> {
    let (title, rows) = (item.title.clone(), item.rows.clone());
    let head = match boxes {
        true => view! { <Checkbox name=box_name(at) label=title.clone() checked=item.changed.is_none() /> }.into_any(),
        false => view! { <p><b>{title.clone()}</b></p> }.into_any(),
    };
    let note = item.changed.clone().map(|since| {
        let when = since.at.map(|at| format!(", {}", when::relative(at, now))).unwrap_or_default();
        view! { <p class="meta"><Badge tone=Tone::Warn text=format!("Changed since by {}{when}", since.who) /></p> }
    });
    let count = match rows.len() {
        1 => "1 difference".to_owned(),
        count => format!("{} differences", counted(count as u64)),
    };
    view! {
        <li class="change">
            {head}
            {note}
            <details open=open>
                <summary>{count}<span class="vh">{format!(" of “{title}”")}</span></summary>
                <Diff rows=rows label=format!("{title}: what changes") />
            </details>
        </li>
    }
}
