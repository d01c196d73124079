//! A flag in one environment: its switch, who gets what, in the order in which that is decided, and the forms to change it.

mod arrange;
mod as_of;
mod aside;
mod change;
mod everyone_else;
pub mod focus;
mod plan;
mod rules;
mod save_bar;
mod targets;
mod trials;
mod view;

use super::confirm::{self, Preview, Refusal};
use super::done;
use super::fields::Fields;
use super::flag_head;
use super::page::{self, Frame, PageResult, Place};
use super::state_change::{at_form, preview};
use super::switch_schedule;
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::{Attempt, encode};
use crate::domain::attribute::Schema;
use crate::domain::flag::ExpiryAction;
use crate::domain::lint::Finding;
use crate::domain::role::Role;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::services::attributes;
use crate::server::services::drafts::{self, Workspace};
use crate::server::services::expectations::summary;
use crate::server::services::flags::{self, FlagView};
use crate::server::services::lint as lints;
use crate::server::services::personas::verdicts;
use crate::server::services::policy::{self, Ahead};
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::schedule::{self, Scheduled};
use crate::server::services::states::{self, OpenState};
use crate::server::services::trials::{self as services, Asked};
use crate::server::services::usage::Usage;
use axum::extract::{Path, Query};
use serde::Deserialize;

type Address = Path<(String, String, String)>;

#[derive(Deserialize, Default)]
pub struct Params {
    /// The audit row of the change that led here.
    #[serde(default)]
    done: Option<String>,
    /// Somebody to try the flag on.
    #[serde(default)]
    user: Option<String>,
    /// The rest of their context.
    #[serde(default)]
    context: Option<String>,
    /// A moment of the past to look at.
    #[serde(default)]
    at: Option<String>,
}

impl Params {
    fn moment(&self) -> Option<&str> {
        self.at.as_deref().filter(|at| !at.trim().is_empty())
    }
    /// `None` where nobody was asked for.
    fn asked(&self) -> Option<Asked> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let asked = Asked { targeting_key: text(&self.user), context: text(&self.context) };
        (self.user.is_some() || self.context.is_some()).then_some(asked)
    }
}

/// Everything the page shows.
pub struct Shown {
    project: OpenProject,
    view: FlagView,
    /// With the edits of this person's draft in it.
    open: OpenState,
    work: Workspace,
    /// What the draft does to the personas.
    personas_say: Option<String>,
    usage: Usage,
    /// Offered to bucket by.
    attributes: Vec<String>,
    schema: Schema,
    trials: trials::Trials,
    findings: Vec<Finding>,
    locks: Locks,
    /// Changes of the same that wait for their moment.
    scheduled: Vec<Scheduled>,
    /// What saving the draft will meet.
    ahead: Ahead,
    now: Timestamp,
}

/// Why what is on the page cannot be used; none where it can.
pub struct Locks {
    switch: Option<String>,
    /// Everything else.
    edits: Option<String>,
}

impl Shown {
    /// The versions of the state and of the draft that the page was drawn from.
    fn versions(&self) -> (String, String) {
        (self.open.served.state_version.to_string(), self.work.draft_version().to_string())
    }
    /// The same as fields, for forms of nothing but buttons.
    fn seen(&self) -> Html {
        let (base, draft) = self.versions();
        view! {
            <input type="hidden" name="base_version" value=base />
            <input type="hidden" name="draft_version" value=draft />
        }
    }
    /// This page's address.
    fn here(&self) -> String {
        here(&self.project, &self.open)
    }
}

pub async fn get(member: Member, Path((project, flag, environment)): Address, Query(params): Query<Params>) -> PageResult {
    if let Some(asked) = params.asked() {
        let opened = projects::open(member.state(), &member.actor(), &project).await?;
        let schema = attributes::schema(member.state(), &opened).await?;
        if let (public, false) = asked.public(&schema) {
            let here = address(&opened, &flag, &environment);
            return page::go(trials::open_address(&here, params.moment(), &public));
        }
    }
    look(member, (project, flag, environment), &params, params.asked()).await
}

/// The page, now or as of a moment, with somebody tried.
async fn look(
    member: Member,
    (project, flag, environment): (String, String, String),
    params: &Params,
    asked: Option<Asked>,
) -> PageResult {
    if let Some(at) = params.moment() {
        return as_of::get(member, Path((project, flag, environment)), at, asked).await;
    }
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    let work = drafts::open(member.state(), &member.person, &project, &environment, &flag).await?;
    let sequence = params.done.as_deref().and_then(|text| text.parse().ok());
    let notice = done::notice(&member, &project, sequence).await;
    show(member, project, work, asked, Frame { notice, ..Frame::default() }).await
}

/// Asks for somebody, whose context may hold what no address should.
async fn try_user(member: Member, place: (String, String, String), params: Params, fields: Fields) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &place.0).await?;
    let schema = attributes::schema(member.state(), &project).await?;
    let asked = Asked { targeting_key: fields.text("user"), context: fields.get("context").to_owned() };
    match trials::address(&address(&project, &place.1, &place.2), params.moment(), &asked, &schema) {
        Some(there) => page::go(there),
        None => look(member, place, &params, Some(asked)).await,
    }
}

/// The switch acts at once, trying changes nothing; every other form edits the draft.
pub async fn post(
    member: Member,
    Path((project, flag, environment)): Address,
    Query(params): Query<Params>,
    fields: Fields,
) -> PageResult {
    if fields.form() == trials::FORM {
        return try_user(member, (project, flag, environment), params, fields).await;
    }
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    project.require(Role::Editor)?;
    let work = drafts::open(member.state(), &member.person, &project, &environment, &flag).await?;
    if fields.form() == change::SWITCH {
        return switch(member, project, work, fields).await;
    }
    if let Some(attempt) = everyone_else::redrawn(&fields, &work.edited) {
        return again(member, project, work, attempt).await;
    }
    let edit = match change::read(&fields, &work.edited) {
        Ok(edit) => edit,
        Err(error) => return again(member, project, work, fields.attempt(error)?).await,
    };
    match drafts::edit(member.state(), &member.person, &project, &work, fields.seen(), edit.clone()).await {
        Ok(()) => {
            let before = &work.edited.served.state;
            let after = work.edited.preview(edit).unwrap_or_else(|_| State::clone(before));
            page::go(format!("{}#{}", here(&project, &work.live), focus::after(&fields, before, &after)))
        }
        Err(error) => {
            let attempt = fields.attempt(change::at_its_form(error, &fields, &work.edited, &edit))?;
            again(member, project, work, attempt).await
        }
    }
}

async fn switch(member: Member, project: OpenProject, work: Workspace, fields: Fields) -> PageResult {
    let enabled = match change::wanted(&fields) {
        Ok(enabled) => enabled,
        Err(error) => return again(member, project, work, fields.attempt(error)?).await,
    };
    let (live, back) = (&work.live, change::back(&fields, &here(&project, &work.live)));
    match states::set_enabled(member.state(), &member.actor(), &project, live, enabled, fields.consent()).await {
        Ok(applied) => page::done(&back, &applied),
        Err(error) => match confirm::refusal(&fields, at_form(error, |_| None))? {
            Refusal::Confirm(confirm, attempt) => {
                let (order, before) = (if enabled { "on" } else { "off" }, &live.served.state);
                let title = format!("Turn {order} {} in {}", live.flag_key(), live.environment_key());
                let after = State { enabled, ..State::clone(before) };
                let preview = preview(title, &live.served.stored.flag, before, &after, back, member.visit.now);
                let preview = Preview { later: Some(switch_schedule::address(&project, live, enabled)), ..preview };
                confirm::show(member, project, &fields, confirm, attempt, preview).await
            }
            Refusal::Form(attempt) => again(member, project, work, attempt).await,
        },
    }
}

/// The address of a flag's page for an environment.
pub(super) fn here(project: &OpenProject, open: &OpenState) -> String {
    address(project, open.flag_key().as_str(), open.environment_key().as_str())
}

/// The same of one that may not be there.
fn address(project: &OpenProject, flag: &str, environment: &str) -> String {
    format!("{}/{}", flag_head::address(project, flag), encode(environment))
}

async fn again(member: Member, project: OpenProject, work: Workspace, attempt: Attempt) -> PageResult {
    show(member, project, work, None, Frame { attempt: Some(attempt), ..Frame::default() }).await
}

async fn show(member: Member, project: OpenProject, work: Workspace, asked: Option<Asked>, frame: Frame) -> PageResult {
    let open = work.edited.clone();
    let (view, usages) = flags::show(member.state(), &project, open.flag_key().as_str()).await?;
    let place = view.places.iter().position(|(snapshot, _)| snapshot.environment.id == open.snapshot.environment.id);
    let usage = place.and_then(|at| usages.into_iter().nth(at)).unwrap_or_default();
    let title = format!("{} in {}", open.flag_key(), open.environment_key());
    let frame = Frame { title, project: Some(project.clone()), place: Place::Flags, ..frame };
    let now = member.visit.now;
    let personas_say = match &work.draft {
        Some(draft) => {
            let then = verdicts(member.state(), &project, open.environment_key(), open.flag_key(), Some(&draft.after)).await?;
            summary(&then)
        }
        None => None,
    };
    let ahead = match &work.draft {
        Some(draft) => policy::ahead(member.state(), &member.person, &project, &work.live, &draft.after, now).await?,
        None => Ahead::default(),
    };
    let (flag, environment) = (open.flag_key().as_str(), open.environment_key().as_str());
    let shown = Shown {
        scheduled: schedule::of_flag(member.state(), &project, flag, environment).await?,
        ahead,
        personas_say,
        attributes: attributes::names(member.state(), &project).await?,
        schema: attributes::schema(member.state(), &project).await?,
        findings: lints::findings(member.state(), &project, &open, &open.served.state, now).await?,
        trials: tried(&member, &project, &work.live, asked).await?,
        locks: locks(&project, &work.live, now),
        project,
        view,
        open,
        work,
        usage,
        now,
    };
    member.page(frame, move || view::page(&shown)).await
}

/// The flag, tried on the personas and on who was asked for.
async fn tried(member: &Member, project: &OpenProject, open: &OpenState, asked: Option<Asked>) -> Result<trials::Trials, Error> {
    let now = member.visit.now;
    let personas = verdicts(member.state(), project, open.environment_key(), open.flag_key(), None).await?;
    let schema = attributes::schema(member.state(), project).await?;
    let user = asked.map(|asked| {
        let answer = services::of_user(&asked, open, project.role, &schema, now);
        (asked, answer)
    });
    Ok(trials::Trials { personas, user })
}

/// Why this person cannot change this flag here, or anybody.
pub(super) fn locks(project: &OpenProject, open: &OpenState, now: Timestamp) -> Locks {
    let flag = &open.served.stored.flag;
    let frozen = flag.on_expiry == ExpiryAction::Freeze && flag.expires_at.is_some_and(|at| at <= now);
    let all = match () {
        () if open.served.is_archived() => Some("This flag is archived; restore it first.".to_owned()),
        () if !open.is_readable() => {
            Some("What is stored of this flag cannot be read; turn it off, or import it again.".to_owned())
        }
        () => project.refusal(Role::Editor),
    };
    let freeze = || frozen.then(|| "This flag expired and is frozen; extend its expiry date first.".to_owned());
    // Off is the way out of trouble, whatever else stands still.
    let closed = || {
        let meets = policy::demand(open, &State { enabled: true, ..State::clone(&open.served.state) }, now);
        // Where other people look at it first it is asked for, and waits.
        meets.frozen.filter(|_| meets.review.is_none())
    };
    let turning_on = || freeze().or_else(closed).filter(|_| !open.served.state.enabled);
    let switch = all.clone().or_else(turning_on);
    Locks { switch, edits: all.or_else(freeze) }
}

impl Locks {
    pub(super) fn edits(self) -> Option<String> {
        self.edits
    }
}
