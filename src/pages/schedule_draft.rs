//! A draft that is to be made later: when, how late it may still be, and what is said of it. It becomes a change request with a
//! moment, so that everybody sees it and nothing about it is another way around a review.

use super::draft;
use super::fields::Fields;
use super::page::{self, Frame, PageResult, Place};
use super::schedule_fields;
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::role::Role;
use crate::domain::schedule::Schedule;
use crate::server::error::Error;
use crate::server::services::change_requests;
use crate::server::services::confirmation::Confirmation;
use crate::server::services::drafts::bundle::{self, BundleItem};
use crate::server::services::drafts::rehearsal::{Rehearsed, rehearse_later};
use crate::server::services::drafts::{self, Listed};
use crate::server::services::members;
use crate::server::services::projects::{self, OpenProject};
use axum::extract::Path;
use std::collections::BTreeSet;

const FORM: &str = "schedule";
/// More changes than these are counted.
const MOST: usize = 100;
/// So few are shown open.
const OPEN: usize = 5;

/// Everything the page shows.
struct Shown {
    project: OpenProject,
    listed: Listed,
    items: Vec<BundleItem>,
    rehearsed: Rehearsed,
    /// Who may be asked to look at it first.
    reviewers: Vec<Choice>,
    /// What the request says that the draft edits: its title, why, and when.
    said: Option<(String, String, Option<Schedule>)>,
}

impl Shown {
    async fn open(member: &Member, project: &str, id: &str) -> Result<Self, Error> {
        let (state, actor) = (member.state(), member.actor());
        let project = projects::open(state, &actor, project).await?;
        let listed = drafts::find(state, &member.person, &project, id).await?;
        project.require(Role::Editor)?;
        if !listed.is_own {
            return Err(Error::Forbidden(format!("Only {} can schedule this draft.", listed.author)));
        }
        let items = bundle::open(state, &project, &listed.stored).await?;
        let wanted: BTreeSet<usize> = (0..items.len()).filter(|at| !items[*at].item.left_out).collect();
        let rehearsed = rehearse_later(state, &actor, &project, &items, &wanted).await?;
        let reviewers = match &rehearsed.asks().review {
            Some(asked) => members::able_to_review(state, &member.person, &project, asked.reviewers).await?,
            None => Vec::new(),
        };
        let reviewers = reviewers.into_iter().map(|(id, name)| Choice::new(id.as_str(), name)).collect();
        let said = change_requests::said_of(state, &listed.stored).await?;
        Ok(Self { project, listed, items, rehearsed, reviewers, said })
    }
    fn draft(&self) -> String {
        draft::address(self.project.key().as_str(), &self.listed.stored.id)
    }
    /// Those that are to be made.
    fn wanted(&self) -> impl Iterator<Item = (usize, &BundleItem)> {
        self.items.iter().enumerate().filter(|(_, item)| !item.item.left_out)
    }
    /// Why it cannot be given a moment as it is.
    fn trouble(&self) -> Option<String> {
        let moved: Vec<&str> =
            self.wanted().filter(|(_, item)| item.changed.is_some()).map(|(_, item)| item.title.as_str()).collect();
        if let Some(title) = moved.first() {
            return Some(format!(
                "“{title}” was made against something that changed since. Go back to the draft and update it first."
            ));
        }
        let (at, why) = self.rehearsed.refused.iter().next()?;
        let title = self.items.get(*at).map_or("", |item| item.title.as_str());
        let advice = if self.items.len() > 1 { " Leave it out of the draft to schedule the rest." } else { "" };
        Some(format!("“{title}” would be refused: {}.{advice}", why.trim_end_matches('.')))
    }
    fn title(&self) -> String {
        match (&self.said, self.items.as_slice()) {
            (Some((title, ..)), _) => title.clone(),
            (None, [only]) => only.title.clone(),
            (None, _) => self.listed.stored.title.clone(),
        }
    }
}

/// Where a draft is given its moment.
pub fn address(draft: &str) -> String {
    format!("{draft}/schedule")
}

pub async fn get(member: Member, Path((project, id)): Path<(String, String)>) -> PageResult {
    let shown = Shown::open(&member, &project, &id).await?;
    draw(member, shown, None).await
}

pub async fn post(member: Member, Path((project, id)): Path<(String, String)>, fields: Fields) -> PageResult {
    let shown = Shown::open(&member, &project, &id).await?;
    match schedule(&member, &shown, &fields).await {
        Err(Error::Requested { project, number }) => {
            page::go(format!("{}?did=scheduled", super::changes::address(&project, number)))
        }
        // Nothing had to change: the draft is gone.
        Ok(_) => page::go(format!("/p/{}/drafts?saved=0", shown.project.key())),
        Err(error) => {
            let attempt = fields.attempt(schedule_fields::at_its_field(error, &shown.rehearsed.asks()))?;
            let fresh = Shown::open(&member, &project, &id).await?;
            draw(member, fresh, Some(attempt)).await
        }
    }
}

async fn schedule(member: &Member, shown: &Shown, fields: &Fields) -> Result<usize, Error> {
    if fields.form() != FORM {
        return Err(Error::field("", "This page has no such form. Reload it and try again."));
    }
    let current = shown.listed.stored.version;
    if let Some(base) = fields.seen().draft_version.filter(|version| *version != current) {
        return Err(Error::Conflict { object: "your draft".to_owned(), base, current });
    }
    if let Some(why) = shown.trouble() {
        return Err(Error::field("", why));
    }
    let asks = shown.rehearsed.asks();
    let request = schedule_fields::request(fields, &asks)?;
    let said =
        Confirmation { reason: Some(request.why.clone()), confirmed: true, typed: asks.typed.clone(), request: Some(request) };
    let (state, stored) = (member.state(), &shown.listed.stored);
    bundle::publish(state, &member.actor(), stored, &shown.items, &shown.rehearsed, &said).await
}

async fn draw(member: Member, shown: Shown, attempt: Option<Attempt>) -> PageResult {
    let title = format!("Schedule: {}", shown.title());
    let frame = Frame { title, project: Some(shown.project.clone()), place: Place::Drafts, attempt, ..Frame::default() };
    member.page(frame, move || view(&shown)).await
}

fn view(shown: &Shown) -> Html {
    let crumbs = vec![
        Crumb::new("Drafts", format!("/p/{}/drafts", shown.project.key())),
        Crumb::new(shown.listed.stored.title.clone(), shown.draft()),
    ];
    let title = format!("Schedule: {}", shown.title());
    let lead = schedule_fields::lead(&shown.rehearsed.asks());
    let trouble = shown.trouble().map(|why| {
        let back = view! { <LinkButton href=shown.draft()>"To the draft"</LinkButton> };
        view! { <Banner tone=Tone::Warn title="It cannot be scheduled as it is." actions=back><p>{why}</p></Banner> }
    });
    let (form, changes) = (form(shown), changes(shown));
    view! {
        <PageHeading title=title crumbs=crumbs lead=lead />
        <div class="stack">
            <Refused forms=vec![""] />
            {trouble}
            <Card id="when" title="When">{form}</Card>
            <Card id="what-changes" title="What changes">{changes}</Card>
        </div>
    }
}

fn form(shown: &Shown) -> Html {
    let asks = shown.rehearsed.asks();
    let (version, title) = (shown.listed.stored.version.to_string(), shown.title());
    let (why, schedule) = shown.said.clone().map_or((String::new(), None), |(_, why, schedule)| (why, schedule));
    let label = if asks.review.is_some() { "Request review and schedule" } else { "Schedule" };
    let cancel = view! { <LinkButton href=shown.draft() kind=ButtonKind::Quiet>"Cancel"</LinkButton> };
    let reviewers = shown.reviewers.clone();
    // Made in the form, where they find what was typed.
    view! {
        <Form id=FORM submit=label actions=cancel>
            <Hidden name="draft_version" value=version />
            {schedule_fields::inputs(FORM, schedule.as_ref())}
            {schedule_fields::words(title, why, &asks, reviewers)}
        </Form>
    }
}

fn changes(shown: &Shown) -> Html {
    let wanted: Vec<&BundleItem> = shown.wanted().map(|(_, item)| item).collect();
    let (open, more) = (wanted.len() <= OPEN, wanted.len().saturating_sub(MOST));
    let rows: Vec<_> = wanted.into_iter().take(MOST).map(|item| change(item, open)).collect();
    let more = (more > 0).then(|| view! { <p class="hint">{format!("… and {more} more")}</p> });
    view! { <ul class="stack plain">{rows}</ul>{more} }
}

fn change(item: &BundleItem, open: bool) -> Html {
    let (title, rows) = (item.title.clone(), item.rows.clone());
    let label = format!("{title}: what changes");
    view! {
        <li>
            <details class="disclosure" open=open>
                <summary>{title}</summary>
                <div class="inside"><Diff rows=rows label=label /></div>
            </details>
        </li>
    }
}
