//! One draft: what it changes, how it stands to what is live, and what becomes of it. Everybody in the project may look;
//! only who made it may save it.

mod bundle;
pub mod clashes;
mod discard;
pub mod everywhere;
pub mod personas;
mod view;

use super::changes;
use super::confirm::{self, Preview, Refusal};
use super::fields::Fields;
use super::flag_environment::{self, locks};
use super::page::{self, Frame, PageResult, Place};
use super::schedule_draft;
use super::state_change::{at_form, preview};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::attribute::Schema;
use crate::domain::id::DraftId;
use crate::domain::merge::Choices;
use crate::domain::role::Role;
use crate::domain::text::capital;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::governance::Applied;
use crate::server::services::attributes;
use crate::server::services::change_requests::{self, edit_title};
use crate::server::services::drafts::{self, Listed, Since, Standing, StateDraft, standing};
use crate::server::services::expectations::{Verdict, verdicts};
use crate::server::services::policy::{self, Ahead};
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::schedule::{self, Scheduled};
use crate::server::services::states::{self, OpenState};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use serde::Deserialize;

pub use discard::discard;

pub const SAVE: &str = "save";
pub const DISCARD: &str = "discard";
/// Brings the draft up to what is live.
pub const SETTLE: &str = "settle";

/// Makes a draft that edits a change request one of its own.
const DETACH: &str = "detach";

/// What a draft says that edits a change request.
fn edits(listed: &Listed, project: &OpenProject) -> Option<Html> {
    let (number, _) = listed.stored.request?;
    let title = format!("This edits change request #{number}.");
    let see = view! { <LinkButton href=changes::address(project.key().as_str(), number)>"See the request"</LinkButton> };
    let detach = listed.is_own.then(|| button(listed, DETACH, "Make it a draft of its own", ButtonKind::Plain));
    let actions = view! { {see}{detach} };
    let text = "Saved, it is what the request holds, in a new round: whoever approved it looks again.";
    Some(view! { <Banner tone=Tone::Info title=title actions=actions><p>{text}</p></Banner> })
}

/// What the request is called that a draft edits, as its draft says it.
fn asked_as(listed: &Listed) -> Option<String> {
    let (number, _) = listed.stored.request?;
    listed.stored.title.strip_prefix(&edit_title(number, "")).map(str::to_owned)
}

/// Why an edit of a request cannot go back into it, and what to do; `None` for any other refusal.
fn kept_out(listed: &Listed, error: &Error) -> Option<String> {
    let (number, _) = listed.stored.request?;
    let way_out = "Nothing is lost: make this a draft of its own, or discard it.";
    match error {
        Error::Forbidden(why) => Some(format!("{why} {way_out}")),
        Error::Conflict { object, .. } if object.starts_with("change request") => {
            Some(format!("Somebody put another edit into #{number} while you worked on this. {way_out}"))
        }
        _ => None,
    }
}

/// The address of a draft.
pub fn address(project: &str, id: &DraftId) -> String {
    format!("/p/{project}/drafts/{id}")
}

/// A form of one button, to the draft's own page.
fn button(listed: &Listed, form: &'static str, label: &'static str, kind: ButtonKind) -> Html {
    let version = listed.stored.version;
    view! {
        <form method="post">
            <input type="hidden" name="_form" value=form />
            <input type="hidden" name="draft_version" value=version />
            <Button kind=kind>{label}</Button>
        </form>
    }
}

/// Everything the page shows.
pub struct Shown {
    project: OpenProject,
    listed: Listed,
    draft: StateDraft,
    live: OpenState,
    standing: Standing,
    /// Who saved something here since it began.
    since: Option<Since>,
    schema: Schema,
    /// What it does to the personas.
    verdicts: Vec<Verdict>,
    /// Changes of the same that wait for their moment.
    scheduled: Vec<Scheduled>,
    /// What saving it will meet.
    ahead: Ahead,
    /// Why it cannot be saved.
    lock: Option<String>,
    now: Timestamp,
}

impl Shown {
    async fn open(member: &Member, project: &str, id: &str, choices: &Choices) -> Result<Self, Error> {
        let project = projects::open(member.state(), &member.actor(), project).await?;
        let listed = drafts::find(member.state(), &member.person, &project, id).await?;
        let draft = StateDraft::read(listed.stored.clone()).ok_or(Error::NotFound("draft"))?;
        let (environment, flag) = draft.place();
        let live = states::open(member.state(), &project, &environment, &flag)?;
        let lock = locks(&project, &live, member.visit.now).edits();
        let ahead = policy::ahead(member.state(), &member.person, &project, &live, &draft.after, member.visit.now).await?;
        let lock = lock.or_else(|| ahead.refused.as_deref().map(capital));
        let schema = attributes::schema(member.state(), &project).await?;
        let (environment, flag) = (live.environment_key(), live.flag_key());
        let verdicts = verdicts(member.state(), &project, environment, flag, Some(&draft.after)).await?;
        let scheduled = schedule::of_flag(member.state(), &project, flag.as_str(), environment.as_str()).await?;
        Ok(Self {
            scheduled,
            standing: standing(&draft, &live, choices),
            since: drafts::since(member.state(), &member.person, &project, &draft, &live).await?,
            ahead,
            lock,
            schema,
            verdicts,
            project,
            listed,
            draft,
            live,
            now: member.visit.now,
        })
    }
    /// Whether who looks made it and may still edit: what stands in it is no secret to them.
    fn is_mine(&self) -> bool {
        self.listed.is_own && self.project.role >= Role::Editor
    }
    /// The flag's page for the environment.
    fn flag(&self) -> String {
        flag_environment::here(&self.project, &self.live)
    }
    /// Who saved what meanwhile, without its stop.
    fn saved(&self, what: &str) -> String {
        Since::told(self.since.as_ref(), what, self.now)
    }
    fn title(&self) -> String {
        let (flag, environment) = (self.live.flag_key(), self.live.environment_key());
        match self.listed.is_own {
            true => format!("Your draft of {flag} in {environment}"),
            false => format!("Draft of {flag} in {environment}"),
        }
    }
}

/// A draft of several changes; `None` for one of a flag's state.
async fn bundled(member: &Member, project: &str, id: &str) -> Result<Option<(OpenProject, Listed)>, Error> {
    let project = projects::open(member.state(), &member.actor(), project).await?;
    let listed = drafts::find(member.state(), &member.person, &project, id).await?;
    Ok(listed.stored.place.is_none().then_some((project, listed)))
}

#[derive(Debug, Default, Deserialize)]
pub struct Params {
    /// Of a draft of many changes: from 1.
    #[serde(default)]
    page: String,
    /// How many changes of a request stay as they are while the rest is taken back.
    #[serde(default)]
    stays: String,
}

pub async fn get(member: Member, Path((project, id)): Path<(String, String)>, Query(params): Query<Params>) -> PageResult {
    if let Some((project, listed)) = bundled(&member, &project, &id).await? {
        return bundle::get(member, project, listed, params.page.parse().unwrap_or(1), params.stays.parse().unwrap_or(0)).await;
    }
    let shown = Shown::open(&member, &project, &id, &Choices::new()).await?;
    draw(member, shown, None, StatusCode::OK).await
}

pub async fn post(member: Member, Path((project, id)): Path<(String, String)>, fields: Fields) -> PageResult {
    if let Some((project, listed)) = bundled(&member, &project, &id).await? {
        return bundle::post(member, project, listed, fields).await;
    }
    let choices = clashes::choices(&fields);
    let shown = Shown::open(&member, &project, &id, &choices).await?;
    shown.project.require(Role::Editor)?;
    if !shown.listed.is_own {
        return Err(Error::Forbidden(format!("Only {} can save or discard this draft.", shown.listed.author)).into());
    }
    let seen = fields.seen().draft_version;
    if let Some(base) = seen.filter(|version| *version != shown.listed.stored.version) {
        let current = shown.listed.stored.version;
        let error = Error::Conflict { object: "your draft".to_owned(), base, current };
        return refused(member, shown, fields.attempt(error)?).await;
    }
    let back = fields.filled("return_to").map_or_else(|| shown.flag(), |to| page::local(&to).to_owned());
    match fields.form() {
        DISCARD => {
            drafts::discard(member.state(), &shown.listed.stored).await?;
            page::go(back)
        }
        DETACH => {
            drafts::detach(member.state(), &shown.listed.stored).await?;
            page::go(address(shown.project.key().as_str(), &shown.listed.stored.id))
        }
        SETTLE => settle(member, shown, &choices, &fields, back).await,
        SAVE => save(member, shown, fields, back).await,
        _ => Err(Error::field("", "This page has no such form. Reload it and try again.").into()),
    }
}

async fn settle(member: Member, shown: Shown, choices: &Choices, fields: &Fields, back: String) -> PageResult {
    let (seen, live) = (fields.get("live_version").parse::<i64>().ok(), shown.live.served.state_version);
    if seen.is_some_and(|seen| seen != live) {
        let attempt = Attempt {
            form: fields.form().to_owned(),
            message: Some(format!("{}; choose again, beside what is there now.", shown.saved("of this flag"))),
            status: Some(StatusCode::CONFLICT.as_u16()),
            ..Attempt::default()
        };
        return refused(member, shown, attempt).await;
    }
    if drafts::settle(member.state(), &shown.project, &shown.draft, &shown.live, choices).await? {
        return page::go(back);
    }
    let attempt = fields.attempt(Error::field("", "Choose a side of every part that both of you changed."))?;
    refused(member, shown, attempt).await
}

async fn save(member: Member, shown: Shown, fields: Fields, back: String) -> PageResult {
    if change_requests::edits_unreviewed(member.state(), &shown.listed.stored).await? {
        let address = address(shown.project.key().as_str(), &shown.listed.stored.id);
        return page::go(schedule_draft::address(&address));
    }
    let saved = match fields.wishes_review() {
        true => Err(confirm::by_wish()),
        false => drafts::publish(member.state(), &member.actor(), &shown.listed.stored, fields.consent()).await,
    };
    let error = match saved {
        Ok(applied) => return page::done(&back, &together(applied)),
        Err(error) if kept_out(&shown.listed, &error).is_some() => {
            let words = kept_out(&shown.listed, &error).unwrap_or_default();
            return refused(member, shown, fields.attempt(Error::field("", words))?).await;
        }
        Err(Error::Conflict { .. }) => return overtaken(member, shown, &fields).await,
        Err(error) => error,
    };
    match confirm::refusal(&fields, at_form(error, |_| None))? {
        Refusal::Confirm(ask, attempt) => {
            let (flag, environment) = (shown.live.flag_key(), shown.live.environment_key());
            let (title, short) =
                (format!("Save your changes of {flag} in {environment}"), format!("Change {flag} in {environment}"));
            let (served, after) = (&shown.live.served, &shown.draft.after);
            let preview = preview(title, &served.stored.flag, &served.state, after, back, shown.now);
            let preview = Preview { short: Some(short), ..preview };
            let said = change_requests::said_of(member.state(), &shown.listed.stored).await?;
            let preview = match said {
                Some((title, why, _)) => {
                    Preview { title: shown.listed.stored.title.clone(), asked_as: Some((title, why)), ..preview }
                }
                None => preview,
            };
            confirm::show(member, shown.project, &fields, ask, attempt, preview).await
        }
        Refusal::Form(attempt) => refused(member, shown, attempt).await,
    }
}

/// Somebody else was faster. What fits together is put together, to be looked at once more before it is saved.
async fn overtaken(member: Member, shown: Shown, fields: &Fields) -> PageResult {
    let (project, id) = (shown.project.key().to_string(), shown.listed.stored.id.to_string());
    let fresh = Shown::open(&member, &project, &id, &Choices::new()).await?;
    let merged = drafts::settle(member.state(), &fresh.project, &fresh.draft, &fresh.live, &Choices::new()).await?;
    let words = match merged {
        true => format!("{}. It is part of your draft now: look at both together, and save again.", fresh.saved("of this flag")),
        false => format!("{}. Nothing is saved yet, and nothing is lost: choose below.", fresh.saved("of the same parts")),
    };
    let attempt = Attempt {
        form: fields.form().to_owned(),
        message: Some(words),
        status: Some(StatusCode::CONFLICT.as_u16()),
        ..Attempt::default()
    };
    match Shown::open(&member, &project, &id, &Choices::new()).await {
        Ok(now) => refused(member, now, attempt).await,
        // The same had been saved by somebody else, so nothing is left of it.
        Err(Error::NotFound(_)) => page::go(shown.flag()),
        Err(error) => Err(error.into()),
    }
}

fn together(applied: Vec<Applied>) -> Applied {
    Applied { audit: applied.into_iter().flat_map(|one| one.audit).collect() }
}

async fn refused(member: Member, shown: Shown, attempt: Attempt) -> PageResult {
    let status = page::status(Some(&attempt));
    draw(member, shown, Some(attempt), status).await
}

async fn draw(member: Member, shown: Shown, attempt: Option<Attempt>, status: StatusCode) -> PageResult {
    let frame =
        Frame { title: shown.title(), project: Some(shown.project.clone()), place: Place::Drafts, attempt, ..Frame::default() };
    Ok(page::draw(member.visit, frame, status, move || view::page(&shown)).await)
}
