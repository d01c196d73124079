//! One change request: what it changes and why, how it stands, what people say, and what becomes of it.

mod actions;
mod timeline;
mod view;

use super::changes::address;
use super::draft::clashes;
use super::fields::Fields;
use super::page::{self, Frame, Notice, PageResult, Place};
use super::schedule_fields;
use super::visit::Member;
use crate::components::Attempt;
use crate::domain::change_request::Status;
use crate::domain::merge::Choices;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::governance::change_requests::apply::By;
use crate::server::governance::change_requests::review::Say;
use crate::server::services::change_requests::update::{self, Renewed};
use crate::server::services::change_requests::{self, Opened};
use crate::server::services::expectations::{Told as Trial, verdicts_of};
use crate::server::services::inbox;
use crate::server::services::missed::{self, Missed};
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::schedule::{self, Mark, Weight};
use axum::extract::{Path, Query as QueryOf};
use serde::Deserialize;
use std::collections::HashSet;

pub const VERDICT: &str = "verdict";
pub const WITHDRAW: &str = "withdraw";
pub const REOPEN: &str = "reopen";
pub const APPLY: &str = "apply";
pub const SCHEDULE: &str = "schedule";
pub const UNSCHEDULE: &str = "unschedule";
pub const BREAK_GLASS: &str = "break-glass";
pub const UPDATE: &str = "update";
pub const EDIT: &str = "edit";
pub const REVIEW: &str = "review";
pub const REVERT: &str = "revert";

#[derive(Debug, Clone, Default, Deserialize)]
pub struct Params {
    /// What was done just now.
    #[serde(default)]
    did: String,
}

/// Everything the page shows.
pub struct Shown {
    project: OpenProject,
    opened: Opened,
    /// What it comes to over what is live, where something changed since.
    renewed: Vec<Renewed>,
    /// What it does to the personas, by flag and environment.
    trials: Vec<Trial>,
    /// What there is to know of its moment, if it has one.
    marks: Vec<Mark>,
    /// Who will miss the flags that it archives, as of now.
    missed: Vec<(String, Missed)>,
    now: Timestamp,
}

impl Shown {
    async fn open(member: &Member, project: &str, number: &str, choices: &Choices) -> Result<Self, Error> {
        let (state, person) = (member.state(), &member.person);
        let project = projects::open(state, &member.actor(), project).await?;
        let number: i64 = number.parse().map_err(|_| Error::NotFound("change request"))?;
        let opened = change_requests::open(state, person, &project, number).await?;
        let renewed = match opened.is_behind {
            true => update::renewed(state, &project, &opened.stored, choices).await?,
            false => Vec::new(),
        };
        let trials = match opened.stored.request.status {
            Status::Open => verdicts_of(state, &project, &opened.stored.items).await?,
            Status::Withdrawn | Status::Applied => Vec::new(),
        };
        let marks = match opened.stored.apply_at {
            Some(_) => schedule::marks(state, &project, &HashSet::from([number])).await?.remove(&number).unwrap_or_default(),
            None => Vec::new(),
        };
        let missed = match opened.stored.request.status {
            Status::Open => missed::of_request(state, &project, &opened.stored).await?,
            Status::Withdrawn | Status::Applied => Vec::new(),
        };
        Ok(Self { marks, missed, project, opened, renewed, trials, now: member.visit.now })
    }
    /// Whether it has a moment and will not be applied then as things are.
    fn is_stopped(&self) -> bool {
        self.marks.iter().any(|mark| mark.weight == Weight::Stops)
    }
    fn number(&self) -> i64 {
        self.opened.stored.number
    }
    fn here(&self) -> String {
        address(self.project.key().as_str(), self.number())
    }
}

pub async fn get(
    member: Member,
    Path((project, number)): Path<(String, String)>,
    QueryOf(params): QueryOf<Params>,
) -> PageResult {
    let shown = Shown::open(&member, &project, &number, &Choices::new()).await?;
    if let Err(error) = inbox::see_request(member.state(), &member.person, &shown.opened.stored.id).await {
        tracing::warn!(%error, "what was seen of a change request stays new");
    }
    let notice = told(&params.did, &shown);
    draw(member, shown, None, notice).await
}

pub async fn post(member: Member, Path((project, number)): Path<(String, String)>, fields: Fields) -> PageResult {
    let choices = clashes::choices(&fields);
    let shown = Shown::open(&member, &project, &number, &choices).await?;
    match act(&member, &shown, &fields, &choices).await {
        Ok(Done::Here(did)) => page::go(format!("{}?did={did}", shown.here())),
        Ok(Done::Go(to)) => page::go(to),
        Err(error) => {
            let attempt = match error {
                // Somebody else was faster: what was typed stays.
                Error::Forbidden(why) => Attempt { status: Some(403), ..fields.attempt(Error::field("", why))? },
                error => fields.attempt(error)?,
            };
            draw(member, shown, Some(attempt), None).await
        }
    }
}

enum Done {
    /// Back to the page, which says what was done.
    Here(&'static str),
    Go(String),
}

async fn act(member: &Member, shown: &Shown, fields: &Fields, choices: &Choices) -> Result<Done, Error> {
    let (state, actor, project, number) = (member.state(), &member.actor(), &shown.project, shown.number());
    let text = fields.text("text");
    let seen = || fields.text("content");
    let say = |say: Say| change_requests::say(state, actor, project, number, say, &text);
    let did = match fields.form() {
        VERDICT => match fields.get("verdict") {
            "approve" => say(Say::Approve(seen())).await.map(|_| "approved")?,
            "request-changes" => say(Say::RequestChanges(seen())).await.map(|_| "objected")?,
            _ => say(Say::Comment).await.map(|_| "commented")?,
        },
        WITHDRAW => say(Say::Withdraw).await.map(|_| "withdrawn")?,
        REOPEN => say(Say::Reopen).await.map(|_| "reopened")?,
        REVIEW => say(Say::Review).await.map(|_| "reviewed")?,
        UNSCHEDULE => say(Say::Unschedule).await.map(|_| "unscheduled")?,
        SCHEDULE => {
            let schedule = schedule_fields::read(fields)?;
            say(Say::Schedule(schedule)).await.map(|_| "scheduled")?
        }
        APPLY => change_requests::apply(state, actor, project, number, By::Approval).await.map(|_| "applied")?,
        BREAK_GLASS => {
            let by = By::BreakGlass { reason: fields.text("reason"), confirmation: Some(fields.text("confirmation")) };
            change_requests::apply(state, actor, project, number, by).await.map(|_| "broken")?
        }
        UPDATE => {
            let round = fields.get("round").parse().unwrap_or(shown.opened.stored.request.round);
            if fields.get("over") != update::fingerprint(&shown.renewed) {
                return Err(Error::field("", "What is live changed once more since you looked: look at it again, and choose."));
            }
            match update::update(state, actor, project, number, round, choices).await {
                // It takes what its environment asks for, which the draft's own pages do.
                Err(Error::Confirm(_)) => {
                    let draft = change_requests::edit(state, &member.person, project, &shown.opened.stored).await?;
                    return Ok(Done::Go(super::draft::address(project.key().as_str(), &draft)));
                }
                Err(error) => return Err(error),
                Ok(true) => "updated",
                Ok(false) => return Err(Error::field("", "Choose a side of every part first.")),
            }
        }
        EDIT => {
            let draft = change_requests::edit(state, &member.person, project, &shown.opened.stored).await?;
            return Ok(Done::Go(super::draft::address(project.key().as_str(), &draft)));
        }
        REVERT => {
            let (draft, stays) = change_requests::revert(state, &member.person, project, &shown.opened.stored).await?;
            let address = super::draft::address(project.key().as_str(), &draft);
            return Ok(Done::Go(if stays.is_empty() { address } else { format!("{address}?stays={}", stays.len()) }));
        }
        _ => return Err(Error::field("", "This page does not take such a form.")),
    };
    Ok(Done::Here(did))
}

/// What the page says after it.
fn told(did: &str, shown: &Shown) -> Option<Notice> {
    let text = match did {
        "approved" => "You approved it.",
        "objected" => "You asked for changes. It waits for an edit, or for your approval.",
        "commented" => "Your comment is there.",
        "withdrawn" => "You took it back. Nothing was changed.",
        "reopened" => "It is open again, and nobody has approved it yet.",
        "reviewed" => "You looked at it. That is on record now.",
        "scheduled" if shown.opened.is_approved() => "It is scheduled. It will be applied by itself.",
        "scheduled" => "It is scheduled. It will be applied by itself if it is approved by then.",
        "unscheduled" => "It is not scheduled any more.",
        "applied" => "Applied: it is in force now.",
        "broken" => "Applied without a review. Everybody who may approve was told, and somebody else looks at it afterwards.",
        "updated" => "It is up to date with what is live, and waits to be approved anew.",
        _ => return None,
    };
    Some(Notice { text: text.to_owned(), ..Notice::default() })
}

async fn draw(member: Member, shown: Shown, attempt: Option<Attempt>, notice: Option<Notice>) -> PageResult {
    let frame = Frame {
        title: format!("{} · #{}", shown.opened.stored.title, shown.number()),
        project: Some(shown.project.clone()),
        place: Place::Changes,
        notice,
        attempt,
    };
    member.page(frame, move || view::page(&shown)).await
}
