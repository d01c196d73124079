//! What will change by itself in a project, and when, on one page; the way to see what will be answered at a moment; and the
//! address of it as a calendar.

mod calendar;
pub mod feed;
mod view;

pub use view::mark;

use super::fields::Fields;
use super::page::{self, Frame, Notice, PageResult, Place};
use super::visit::Member;
use crate::components::{Attempt, Query};
use crate::domain::time::{DAY, Timestamp};
use crate::server::error::Error;
use crate::server::security::secrets::Secret;
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::schedule::{self, Timeline, Wanted, calendar as keys};
use crate::server::store::schedules::Run;
use axum::extract::{Path, RawQuery};

pub const MAKE: &str = "make-calendar";
pub const REMOVE: &str = "remove-calendar";

/// Entries of a page.
const PER_PAGE: usize = 100;
/// How far ahead one may look, in days.
const AHEAD: [(&str, i64); 4] = [("7", 7), ("30", 30), ("90", 90), ("366", 366)];
const USUAL: i64 = 30;

/// Everything the page shows.
struct Shown {
    project: OpenProject,
    timeline: Timeline,
    lately: Vec<Run>,
    /// The environment that is looked at alone.
    environment: Option<String>,
    days: i64,
    /// From 0.
    page: usize,
    query: Query,
    calendar_made_at: Option<Timestamp>,
    /// The address that was made just now, which is shown this once.
    address: Option<Secret<String>>,
    now: Timestamp,
}

impl Shown {
    async fn open(member: &Member, project: OpenProject, query: Query) -> Result<Self, Error> {
        let (state, actor, now) = (member.state(), member.actor(), member.visit.now);
        let environment = query.get("env").map(str::to_owned);
        let days = query.get("days").and_then(|text| AHEAD.iter().find(|(name, _)| *name == text));
        let days = days.map_or(USUAL, |(_, days)| *days);
        let page = query.get("page").and_then(|text| text.parse().ok()).unwrap_or(1_usize).saturating_sub(1);
        // No key of an environment that is not there; then all of them are meant.
        let all = state.serving.environments_of(&project.stored.id);
        let known = |key: &String| all.iter().any(|snapshot| snapshot.environment.environment.key.as_str() == key);
        let environment = environment.filter(known);
        let wanted = Wanted { environment: environment.clone(), until: now.plus(days * DAY), page, per_page: PER_PAGE };
        let timeline = schedule::timeline(state, &project, &wanted).await?;
        let lately = schedule::lately(state, &project).await?;
        let calendar_made_at = keys::made_at(state, &actor, &project).await?;
        Ok(Self { project, timeline, lately, environment, days, page, query, calendar_made_at, address: None, now })
    }
}

pub async fn get(member: Member, Path(key): Path<String>, RawQuery(query): RawQuery) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let query = Query(Fields::parse(query.unwrap_or_default().as_bytes())?.0);
    let notice = (query.get("did") == Some("removed"))
        .then(|| Notice { text: "Your calendar's address opens nothing any more.".to_owned(), ..Notice::default() });
    let shown = Shown::open(&member, project, query.without("did")).await?;
    draw(member, shown, Frame { notice, ..Frame::default() }).await
}

/// Each makes and takes back the key to their own calendar.
pub async fn post(member: Member, Path(key): Path<String>, RawQuery(query): RawQuery, fields: Fields) -> PageResult {
    let (state, actor) = (member.state(), member.actor());
    let project = projects::open(state, &actor, &key).await?;
    let query = Query(Fields::parse(query.unwrap_or_default().as_bytes())?.0);
    match fields.form() {
        MAKE => {
            let token = keys::make(state, &actor, &project).await?;
            // What this page is for, this once.
            let address = keys::address(state, &project, token.reveal());
            let shown = Shown::open(&member, project, query).await?;
            draw(member, Shown { address: Some(Secret::new(address)), ..shown }, Frame::default()).await
        }
        REMOVE => {
            keys::remove(state, &actor, &project).await?;
            page::go(format!("/p/{}/schedule?did=removed", project.key()))
        }
        _ => {
            let attempt = fields.attempt(Error::field("", "This page does not take such a form."))?;
            refused(member, project, query, attempt).await
        }
    }
}

async fn refused(member: Member, project: OpenProject, query: Query, attempt: Attempt) -> PageResult {
    let shown = Shown::open(&member, project, query).await?;
    draw(member, shown, Frame { attempt: Some(attempt), ..Frame::default() }).await
}

async fn draw(member: Member, shown: Shown, frame: Frame) -> PageResult {
    let frame = Frame { title: "Schedule".to_owned(), project: Some(shown.project.clone()), place: Place::Schedule, ..frame };
    member.page(frame, move || view::page(&shown)).await
}
