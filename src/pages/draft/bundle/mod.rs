//! A draft of several changes: each with its difference and a box to leave it out, saved together or not at all. A long one
//! has pages; what is ticked on the others is kept with the draft.

mod view;

use super::{DETACH, DISCARD, SAVE, kept_out};
use crate::components::{Attempt, Choice};
use crate::domain::actor::Actor;
use crate::domain::policy::Asked;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::pages::asks;
use crate::pages::confirm;
use crate::pages::fields::Fields;
use crate::pages::page::{self, Frame, PageResult, Place};
use crate::pages::schedule_draft;
use crate::pages::visit::Member;
use crate::server::error::Error;
use crate::server::security::tokens::sha256_hex;
use crate::server::services::change_requests;
use crate::server::services::confirmation::Asks;
use crate::server::services::drafts::bundle::{self, BundleItem};
use crate::server::services::drafts::rehearsal::{Rehearsed, rehearse};
use crate::server::services::drafts::{self, Listed};
use crate::server::services::projects::OpenProject;
use axum::http::StatusCode;
use std::collections::BTreeSet;
use std::ops::Range;

/// Compares what changed since with what is there now.
const RENEW: &str = "renew";
/// The changes of one page: a form has room for so many boxes.
const PAGE: usize = 500;
/// A button of the form that leads to another page.
const GO: &str = "go";
/// Where that button leads to give all that is ticked a moment.
const LATER: &str = "schedule";
/// A button of the form that ticks everything, or nothing.
const PICK: &str = "pick";
/// Fields that say what the page was drawn with: its number, the boxes it left open because their change would be refused,
/// and what is ticked on other pages.
const AT: &str = "page";
const REFUSED: &str = "refused";
const ELSEWHERE: &str = "elsewhere";

/// The draft as it is looked at.
struct Bundle {
    project: OpenProject,
    listed: Listed,
    items: Vec<BundleItem>,
    /// From 0.
    page: usize,
}

struct Shown {
    bundle: Bundle,
    rehearsed: Rehearsed,
    /// What saving it asks for; a review too where somebody wishes for one.
    asks: Asks,
    /// How many changes of a request stay as they are while this takes the rest back.
    stays: usize,
    /// Whether it is a wish alone.
    wish: bool,
    /// Whom a review may be asked of.
    reviewers: Vec<Choice>,
    now: Timestamp,
}

impl Bundle {
    async fn open(member: &Member, project: OpenProject, listed: Listed, page: usize) -> Result<Self, Error> {
        let items = bundle::open(member.state(), &project, &listed.stored).await?;
        let page = page.min(items.len().saturating_sub(1) / PAGE);
        Ok(Self { project, listed, items, page })
    }
    fn pages(&self) -> usize {
        self.items.len().div_ceil(PAGE).max(1)
    }
    /// The places of the items on this page.
    fn here(&self) -> Range<usize> {
        let first = self.page * PAGE;
        first..self.items.len().min(first + PAGE)
    }
    fn wanted(&self) -> BTreeSet<usize> {
        self.items.iter().enumerate().filter(|(_, item)| item.is_wanted()).map(|(at, _)| at).collect()
    }
    /// Whether who looks made it and may still save it.
    fn is_mine(&self) -> bool {
        self.listed.is_own && self.project.role >= Role::Editor
    }
    fn address(&self) -> String {
        super::address(self.project.key().as_str(), &self.listed.stored.id)
    }
    /// What is ticked on this page, with what is wanted of the others.
    fn ticked(&self, fields: &Fields) -> BTreeSet<usize> {
        let here = self.here();
        let elsewhere = self.wanted().into_iter().filter(|at| !here.contains(at));
        here.clone().filter(|at| fields.is_checked(&box_name(*at))).chain(elsewhere).collect()
    }
    /// The items that are left out as the form has it. One that the page left open itself is not left out for that.
    fn left_out(&self, fields: &Fields) -> BTreeSet<usize> {
        let was = |at: usize| self.items.get(at).is_some_and(|item| item.item.left_out);
        match fields.get(PICK) {
            "all" => return BTreeSet::new(),
            "none" => return (0..self.items.len()).collect(),
            _ => {}
        }
        let refused: BTreeSet<usize> = fields.get(REFUSED).split(' ').filter_map(|at| at.parse().ok()).collect();
        let is_open = |at: &usize| refused.contains(at) || self.items.get(*at).is_some_and(|item| item.changed.is_some());
        let here = self.here();
        let left = |at: usize| match here.contains(&at) {
            true if fields.is_checked(&box_name(at)) => false,
            true => !is_open(&at) || was(at),
            false => was(at),
        };
        (0..self.items.len()).filter(|at| left(*at)).collect()
    }
    async fn rehearse(&self, member: &Member, wanted: &BTreeSet<usize>) -> Result<Rehearsed, Error> {
        // Who only looks is shown what would come of it all the same.
        let actor = if self.is_mine() { member.actor() } else { Actor::System };
        rehearse(member.state(), &actor, &self.project, &self.items, wanted).await
    }
    /// What would be saved of other pages, as one short text; empty where there are none.
    fn elsewhere(&self, rehearsed: &Rehearsed) -> String {
        let here = self.here();
        let others: Vec<String> = rehearsed.saved().iter().filter(|at| !here.contains(at)).map(usize::to_string).collect();
        if self.pages() == 1 { String::new() } else { sha256_hex(&others.join(" ")) }
    }
}

pub async fn get(member: Member, project: OpenProject, listed: Listed, page: usize, stays: usize) -> PageResult {
    let bundle = Bundle::open(&member, project, listed, page.saturating_sub(1)).await?;
    let rehearsed = bundle.rehearse(&member, &bundle.wanted()).await?;
    show_with(member, bundle, rehearsed, None, stays).await
}

pub async fn post(member: Member, project: OpenProject, listed: Listed, fields: Fields) -> PageResult {
    project.require(Role::Editor)?;
    if !listed.is_own {
        return Err(Error::Forbidden(format!("Only {} can save or discard this draft.", listed.author)).into());
    }
    let page = fields.get(AT).parse::<usize>().unwrap_or(1).saturating_sub(1);
    let bundle = Bundle::open(&member, project, listed, page).await?;
    let current = bundle.listed.stored.version;
    if let Some(base) = fields.seen().draft_version.filter(|version| *version != current) {
        let error = Error::Conflict { object: "your draft".to_owned(), base, current };
        let ticked = bundle.ticked(&fields);
        return draw(member, bundle, &ticked, Some(fields.attempt(error)?)).await;
    }
    match fields.form() {
        DETACH => {
            drafts::detach(member.state(), &bundle.listed.stored).await?;
            page::go(bundle.address())
        }
        DISCARD => {
            drafts::discard(member.state(), &bundle.listed.stored).await?;
            page::go(format!("/p/{}/drafts", bundle.project.key()))
        }
        RENEW => {
            bundle::renew(member.state(), &bundle.project, &bundle.listed.stored).await?;
            page::go(bundle.address())
        }
        SAVE => picked(member, bundle, fields).await,
        _ => Err(Error::field("", "This page has no such form. Reload it and try again.").into()),
    }
}

/// Keeps what is ticked, then goes on to where the button leads, or saves.
async fn picked(member: Member, mut bundle: Bundle, mut fields: Fields) -> PageResult {
    let goes = fields.get(GO).parse::<usize>().ok();
    let later = fields.get(GO) == LATER;
    let turns = goes.is_some() || later || !fields.get(PICK).is_empty();
    if turns || bundle.pages() > 1 {
        let out = bundle.left_out(&fields);
        bundle::leave_out(member.state(), &mut bundle.listed.stored, &mut bundle.items, &out).await?;
        // The form goes on from what was kept just now.
        fields.0.retain(|(name, _)| name != "draft_version");
    }
    if later {
        return page::go(schedule_draft::address(&bundle.address()));
    }
    if turns {
        return page::go(format!("{}?page={}", bundle.address(), goes.unwrap_or(bundle.page + 1)));
    }
    save(member, bundle, fields).await
}

async fn save(member: Member, bundle: Bundle, fields: Fields) -> PageResult {
    if change_requests::edits_unreviewed(member.state(), &bundle.listed.stored).await? {
        return page::go(schedule_draft::address(&bundle.address()));
    }
    let ticked = bundle.ticked(&fields);
    let rehearsed = bundle.rehearse(&member, &ticked).await?;
    if let Some(attempt) = unready(&bundle, &fields, &ticked, &rehearsed)? {
        return show(member, bundle, rehearsed, Some(attempt)).await;
    }
    if fields.wishes_review() {
        let attempt = Attempt { form: SAVE.to_owned(), values: fields.0.clone(), ..Attempt::default() };
        return show(member, bundle, rehearsed, Some(attempt)).await;
    }
    let asks = rehearsed.asks();
    let problems = asks::unconfirmed(&fields, &asks);
    if !problems.is_empty() {
        let attempt = fields.attempt(Error::Invalid(problems))?;
        return show(member, bundle, rehearsed, Some(attempt)).await;
    }
    let said = asks::confirmation(&fields, &asks);
    let (stored, items) = (&bundle.listed.stored, &bundle.items);
    match bundle::publish(member.state(), &member.actor(), stored, items, &rehearsed, &said).await {
        Ok(count) => page::go(format!("/p/{}/drafts?saved={count}", bundle.project.key())),
        Err(error) if kept_out(&bundle.listed, &error).is_some() => {
            let words = kept_out(&bundle.listed, &error).unwrap_or_default();
            let attempt = fields.attempt(Error::field("", words))?;
            show(member, bundle, rehearsed, Some(attempt)).await
        }
        // An environment asks for more than it did a moment ago, or somebody was faster: look at it anew.
        Err(error @ (Error::Conflict { .. } | Error::Confirm(_))) => {
            let attempt = again(&fields, format!("Nothing was saved: {error}. Look at the changes once more."))?;
            let bundle = Bundle::open(&member, bundle.project, bundle.listed, bundle.page).await?;
            draw(member, bundle, &ticked, Some(attempt)).await
        }
        Err(error) => {
            let attempt = fields.attempt(error)?;
            show(member, bundle, rehearsed, Some(attempt)).await
        }
    }
}

/// What has to be looked at first.
fn unready(bundle: &Bundle, fields: &Fields, ticked: &BTreeSet<usize>, rehearsed: &Rehearsed) -> Result<Option<Attempt>, Error> {
    if ticked.is_empty() {
        let words = "Tick at least one change, or discard the draft.";
        return fields.attempt(Error::field("", words)).map(Some);
    }
    let here = bundle.here();
    let title = |at: usize| bundle.items.get(at).map_or("", |item| item.title.as_str());
    let is_moved = |at: &&usize| bundle.items.get(**at).is_some_and(|item| item.changed.is_some());
    if let Some(at) = ticked.iter().find(is_moved) {
        let advice = "Compare with what is there now, or leave it out.";
        return again(fields, format!("“{}” was made against something that changed since. {advice}", title(*at))).map(Some);
    }
    if let Some((at, why)) = rehearsed.refused.iter().find(|(at, _)| here.contains(at)) {
        let words = format!("“{}” would be refused: {}. Leave it out to save the rest.", title(*at), why.trim_end_matches('.'));
        return fields.attempt(Error::field("", words)).map(Some);
    }
    if bundle.elsewhere(rehearsed) != fields.get(ELSEWHERE) {
        return again(fields, "What is ticked on other pages is not as it was; look at them once more.".to_owned()).map(Some);
    }
    Ok(None)
}

/// A refusal after which the page shows something new.
fn again(fields: &Fields, words: String) -> Result<Attempt, Error> {
    let attempt = fields.attempt(Error::field("", words))?;
    Ok(Attempt { status: Some(StatusCode::CONFLICT.as_u16()), ..attempt })
}

fn box_name(at: usize) -> String {
    format!("item[{at}]")
}

async fn draw(member: Member, bundle: Bundle, wanted: &BTreeSet<usize>, attempt: Option<Attempt>) -> PageResult {
    let rehearsed = bundle.rehearse(&member, wanted).await?;
    show(member, bundle, rehearsed, attempt).await
}

async fn show(member: Member, bundle: Bundle, rehearsed: Rehearsed, attempt: Option<Attempt>) -> PageResult {
    show_with(member, bundle, rehearsed, attempt, 0).await
}

async fn show_with(member: Member, bundle: Bundle, rehearsed: Rehearsed, attempt: Option<Attempt>, stays: usize) -> PageResult {
    let (title, project) = (bundle.listed.stored.title.clone(), bundle.project.clone());
    let mut asks = rehearsed.asks();
    // What goes back into a request is told to whoever looks at it, whatever the policies say by now.
    let is_edit = bundle.listed.stored.request.is_some();
    let is_wished = || attempt.as_ref().is_some_and(|attempt| attempt.value(confirm::ANYWAY).is_some());
    let wish = asks.review.is_none() && (is_edit || is_wished());
    if wish {
        asks = Asks { review: Some(Asked::by_wish()), ..Asks::default() };
    }
    let reviewers = confirm::reviewers(&member, &project, asks.review.as_ref()).await?;
    let frame = Frame { title, project: Some(project), place: Place::Drafts, attempt, ..Frame::default() };
    let shown = Shown { now: member.visit.now, bundle, rehearsed, asks, stays, wish, reviewers };
    member.page(frame, move || view::page(&shown)).await
}
