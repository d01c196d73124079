//! A flag in one environment: its switch, who gets what, in the order in which that is decided, and the forms to change it.

mod arrange;
mod aside;
mod change;
mod everyone_else;
mod plan;
mod rules;
mod targets;
mod trials;
mod view;

use super::confirm::{self, Refusal};
use super::done;
use super::fields::Fields;
use super::flag_head;
use super::page::{self, Frame, PageResult, Place};
use super::visit::Member;
use crate::components::Attempt;
use crate::domain::environment::Protection;
use crate::domain::flag::ExpiryAction;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::services::flags::{self, FlagView};
use crate::server::services::projects::{self, OpenProject};
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
}

impl Params {
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
    open: OpenState,
    usage: Usage,
    /// Offered to bucket by.
    attributes: Vec<String>,
    trials: trials::Trials,
    locks: Locks,
    now: Timestamp,
}

/// Why what is on the page cannot be used; none where it can.
pub struct Locks {
    switch: Option<String>,
    /// Everything else.
    edits: Option<String>,
}

impl Shown {
    /// The button of a form: in a guarded environment it leads to the confirm page first.
    fn save_label(&self) -> &'static str {
        match self.open.snapshot.environment.environment.protection {
            Protection::Open => "Save",
            Protection::Protected | Protection::Critical => "Review and save",
        }
    }
    fn base_version(&self) -> String {
        self.open.served.state_version.to_string()
    }
    /// This page's address.
    fn here(&self) -> String {
        here(&self.project, &self.open)
    }
}

pub async fn get(member: Member, Path((project, flag, environment)): Address, Query(params): Query<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    let open = states::open(member.state(), &project, &environment, &flag)?;
    let asked = params.asked();
    let sequence = params.done.and_then(|text| text.parse().ok());
    let notice = done::notice(&member, &project, sequence).await;
    show(member, project, open, asked, Frame { notice, ..Frame::default() }).await
}

pub async fn post(member: Member, Path((project, flag, environment)): Address, fields: Fields) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    project.require(Role::Editor)?;
    let open = states::open(member.state(), &project, &environment, &flag)?;
    if let Some(attempt) = everyone_else::redrawn(&fields, &open) {
        return again(member, project, open, attempt).await;
    }
    let change = match change::read(&fields, &open) {
        Ok(change) => change,
        Err(error) => return again(member, project, open, fields.attempt(error)?).await,
    };
    let back = change::back(&fields, &here(&project, &open));
    match change.submit(&member, &project, &open, fields.consent()).await {
        Ok(applied) => page::done(&back, &applied),
        Err(error) => match confirm::refusal(&fields, change::at_its_form(error, &fields, &open, &change))? {
            Refusal::Confirm(confirm, attempt) => {
                let preview = change.preview(&open, back, member.visit.now);
                confirm::show(member, project, &fields, confirm, attempt, preview).await
            }
            Refusal::Form(attempt) => again(member, project, open, attempt).await,
        },
    }
}

/// The address of a flag's page for an environment.
pub(super) fn here(project: &OpenProject, open: &OpenState) -> String {
    format!("{}/{}", flag_head::address(project, open.flag_key().as_str()), open.environment_key())
}

async fn again(member: Member, project: OpenProject, open: OpenState, attempt: Attempt) -> PageResult {
    show(member, project, open, None, Frame { attempt: Some(attempt), ..Frame::default() }).await
}

async fn show(member: Member, project: OpenProject, open: OpenState, asked: Option<Asked>, frame: Frame) -> PageResult {
    let (view, usages) = flags::show(member.state(), &project, open.flag_key().as_str()).await?;
    let place = view.places.iter().position(|(snapshot, _)| snapshot.environment.id == open.snapshot.environment.id);
    let usage = place.and_then(|at| usages.into_iter().nth(at)).unwrap_or_default();
    let title = format!("{} in {}", open.flag_key(), open.environment_key());
    let frame = Frame { title, project: Some(project.clone()), place: Place::Flags, ..frame };
    let now = member.visit.now;
    let shown = Shown {
        attributes: states::attributes(member.state(), &project),
        trials: tried(&member, &project, &open, asked).await?,
        locks: locks(&project, &open, now),
        project,
        view,
        open,
        usage,
        now,
    };
    member.page(frame, move || view::page(&shown)).await
}

/// The flag, tried on the personas and on who was asked for.
async fn tried(member: &Member, project: &OpenProject, open: &OpenState, asked: Option<Asked>) -> Result<trials::Trials, Error> {
    let now = member.visit.now;
    let personas = services::of_personas(member.state(), project, open, now).await?;
    let user = asked.map(|asked| {
        let answer = services::of_user(&asked, open, project.role, now);
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
    let switch = all.clone().or_else(|| freeze().filter(|_| !open.served.state.enabled));
    Locks { switch, edits: all.or_else(freeze) }
}

impl Locks {
    pub(super) fn edits(self) -> Option<String> {
        self.edits
    }
}
