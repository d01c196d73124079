//! A flag's switch, to be turned at a later moment. It becomes a change request with that moment, so that everybody sees it and
//! nothing about it is another way around a review.

use super::confirm;
use super::fields::Fields;
use super::flag_environment::here;
use super::flag_head;
use super::page::{self, Frame, PageResult, Place};
use super::schedule_fields;
use super::state_change::note;
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::role::Role;
use crate::domain::state::State;
use crate::server::error::Error;
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::states::{self, OpenState};
use crate::server::services::switch_schedule::{self as services, Rehearsed};
use axum::extract::{Path, Query};
use serde::Deserialize;

const FORM: &str = "schedule";

type Address = Path<(String, String, String)>;

#[derive(Debug, Default, Deserialize)]
pub struct Params {
    /// `on` or `off`; what it is not, where neither is said.
    #[serde(default)]
    to: String,
}

/// Where a flag's switch is given a moment at which it is turned `on`, or off.
pub fn address(project: &OpenProject, open: &OpenState, on: bool) -> String {
    format!("{}/schedule?to={}", here(project, open), position(on))
}

const fn position(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// Everything the page shows.
struct Shown {
    project: OpenProject,
    open: OpenState,
    /// Which way it is turned.
    on: bool,
    rehearsed: Rehearsed,
    /// Who may be asked to look at it first.
    reviewers: Vec<Choice>,
    /// Who gets what then.
    note: String,
}

impl Shown {
    async fn open(member: &Member, place: &(String, String, String), params: &Params) -> Result<Self, Error> {
        let (state, actor) = (member.state(), member.actor());
        let project = projects::open(state, &actor, &place.0).await?;
        project.require(Role::Editor)?;
        let open = states::open(state, &project, &place.2, &place.1)?;
        let before = &open.served.state;
        let on = match params.to.as_str() {
            "on" => true,
            "off" => false,
            _ => !before.enabled,
        };
        let rehearsed = services::rehearse(state, &actor, &project, &open, on).await?;
        let reviewers = confirm::reviewers(member, &project, rehearsed.asks.review.as_ref()).await?;
        let after = State { enabled: on, ..State::clone(before) };
        let note = note(&open.served.stored.flag, before, &after, member.visit.now);
        Ok(Self { project, open, on, rehearsed, reviewers, note })
    }
    /// `Turn on new_checkout in production`
    fn title(&self) -> String {
        format!("Turn {} {} in {}", position(self.on), self.open.flag_key(), self.open.environment_key())
    }
}

pub async fn get(member: Member, Path(place): Address, Query(params): Query<Params>) -> PageResult {
    let shown = Shown::open(&member, &place, &params).await?;
    draw(member, shown, None).await
}

pub async fn post(member: Member, Path(place): Address, Query(params): Query<Params>, fields: Fields) -> PageResult {
    let shown = Shown::open(&member, &place, &params).await?;
    match schedule(&member, &shown, &fields).await {
        Err(Error::Requested { project, number }) => {
            page::go(format!("{}?did=scheduled", super::changes::address(&project, number)))
        }
        // Nothing had to change.
        Ok(()) => page::go(here(&shown.project, &shown.open)),
        Err(error) => {
            let attempt = fields.attempt(schedule_fields::at_its_field(error, &shown.rehearsed.asks))?;
            draw(member, shown, Some(attempt)).await
        }
    }
}

async fn schedule(member: &Member, shown: &Shown, fields: &Fields) -> Result<(), Error> {
    if fields.form() != FORM {
        return Err(Error::field("", "This page has no such form. Reload it and try again."));
    }
    if let Some(why) = &shown.rehearsed.refused {
        return Err(Error::field("", why.clone()));
    }
    let request = schedule_fields::request(fields, &shown.rehearsed.asks)?;
    // It was typed where that is asked for.
    let typed = (!shown.rehearsed.asks.typed.is_empty()).then(|| shown.open.environment_key());
    let (state, actor) = (member.state(), member.actor());
    services::schedule(state, &actor, &shown.project, &shown.open, shown.on, request, (typed, fields.base_version())).await
}

async fn draw(member: Member, shown: Shown, attempt: Option<Attempt>) -> PageResult {
    let title = format!("Schedule: {}", shown.title());
    let frame = Frame { title, project: Some(shown.project.clone()), place: Place::Flags, attempt, ..Frame::default() };
    member.page(frame, move || view(&shown)).await
}

fn view(shown: &Shown) -> Html {
    let flag = flag_head::address(&shown.project, shown.open.flag_key().as_str());
    let above = here(&shown.project, &shown.open);
    let crumbs = vec![
        Crumb::new("Flags", format!("/p/{}/flags", shown.project.key())),
        Crumb::new(shown.open.flag_key().as_str(), flag),
        Crumb::new(shown.open.environment_key().as_str(), above),
    ];
    let (title, lead) = (format!("Schedule: {}", shown.title()), schedule_fields::lead(&shown.rehearsed.asks));
    let trouble = shown.rehearsed.refused.clone().map(|why| {
        view! { <Banner tone=Tone::Warn title="It cannot be scheduled as it is."><p>{why}</p></Banner> }
    });
    let (form, note) = (form(shown), shown.note.clone());
    let hint = match shown.on {
        true => {
            "So it is by what stands here now. Where that is changed before, the flag is not turned on unless this change is updated."
        }
        false => "It is turned off whatever is changed here before.",
    };
    view! {
        <PageHeading title=title crumbs=crumbs lead=lead />
        <div class="stack">
            <Refused forms=vec![""] />
            {trouble}
            <Card id="when" title="When">{form}</Card>
            <Card id="what-changes" title="What changes">
                <p>{note}</p>
                <p class="hint">{hint}</p>
            </Card>
        </div>
    }
}

fn form(shown: &Shown) -> Html {
    let asks = shown.rehearsed.asks.clone();
    let label = if asks.review.is_some() { "Request review and schedule" } else { "Schedule" };
    let back = here(&shown.project, &shown.open);
    let cancel = view! { <LinkButton href=back kind=ButtonKind::Quiet>"Cancel"</LinkButton> };
    let (base, title, reviewers) = (shown.open.served.state_version.to_string(), shown.title(), shown.reviewers.clone());
    // Made in the form, where they find what was typed.
    view! {
        <Form id=FORM submit=label actions=cancel>
            <Hidden name="base_version" value=base />
            {schedule_fields::inputs(FORM, None)}
            {schedule_fields::words(title, String::new(), &asks, reviewers)}
        </Form>
    }
}
