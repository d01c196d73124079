//! The rollout plan of a flag in an environment: where it stands, its buttons, the steps to come, and how one begins. What is
//! done here takes effect at once, by the same door and ladder as every other change of the state.

mod begin;
mod later;
mod view;
mod words;

pub use view::standing;
pub use words::shared_by;

use super::confirm::{self, Preview, Refusal};
use super::done;
use super::fields::Fields;
use super::flag_environment::{here, locks};
use super::page::{self, Frame, PageResult, Place};
use super::state_change::{at_form, preview, rule_name};
use super::visit::Member;
use crate::components::{Attempt, encode};
use crate::domain::change::plan::order;
use crate::domain::flag::Problem;
use crate::domain::launch::Whose;
use crate::domain::plan::Move;
use crate::domain::plan_template::PlanTemplate;
use crate::domain::policy::When;
use crate::domain::role::Role;
use crate::domain::rollout::{Plan, Rollout};
use crate::domain::rule::{Serve, percent};
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::services::attributes;
use crate::server::services::flags::{self, FlagView};
use crate::server::services::moment;
use crate::server::services::plans;
use crate::server::services::policy::frozen;
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::states::{self, OpenState};
use axum::extract::{Path, Query};
use serde::Deserialize;

/// The form of the buttons.
pub const MOVE: &str = "move";
/// When a plan begins.
const AT: &str = "at";
/// The step that a form takes to be the next.
const NEXT: &str = "next";

type Address = Path<(String, String, String)>;

#[derive(Deserialize, Default)]
pub struct Params {
    /// Of those whom this rule matches; of everyone else, where none is named.
    #[serde(default)]
    rule: Option<String>,
    /// The audit row of the change that led here.
    #[serde(default)]
    done: Option<String>,
}

/// The address of the page: the plan of everyone else, or of a rule.
pub fn address(project: &OpenProject, open: &OpenState, whose: &Whose) -> String {
    let above = here(project, open);
    match whose {
        Whose::EveryoneElse => format!("{above}/plan"),
        Whose::Rule(id) => format!("{above}/plan?rule={}", encode(id)),
    }
}

/// Everything the page shows.
pub struct Shown {
    project: OpenProject,
    view: FlagView,
    open: OpenState,
    whose: Whose,
    templates: Vec<PlanTemplate>,
    /// Offered to bucket by.
    attributes: Vec<String>,
    /// Why nothing here can be changed.
    lock: Option<String>,
    now: Timestamp,
}

impl Shown {
    fn state(&self) -> &State {
        &self.open.served.state
    }
    fn rollout(&self) -> Option<&Rollout> {
        if let Some(Serve::Rollout(rollout)) = self.state().serve_of(&self.whose) { Some(rollout) } else { None }
    }
    /// `everyone else`, `rule “Staff”`
    fn whom(&self) -> String {
        whom(self.state(), &self.whose)
    }
    /// Whether changes of this flag are reviewed here, some or all.
    fn is_reviewed(&self) -> bool {
        let policy = &self.open.snapshot.environment.environment.policy;
        policy.review_of(Some(self.open.served.stored.flag.kind)).when != When::Never
    }
    fn freeze(&self) -> Option<String> {
        frozen(&self.open, self.now)
    }
}

fn whom(state: &State, whose: &Whose) -> String {
    match whose {
        Whose::EveryoneElse => "everyone else".to_owned(),
        Whose::Rule(id) => match state.rules.iter().find(|rule| rule.id == *id) {
            Some(rule) => rule_name(state, rule),
            None => "a rule".to_owned(),
        },
    }
}

fn open(
    member: &Member,
    project: &OpenProject,
    place: &(String, String, String),
    params: &Params,
) -> Result<(OpenState, Whose), Error> {
    let open = states::open(member.state(), project, &place.2, &place.1)?;
    let rule = params.rule.clone().filter(|rule| !rule.is_empty());
    let whose = rule.map_or(Whose::EveryoneElse, Whose::Rule);
    match open.served.state.serve_of(&whose) {
        Some(_) => Ok((open, whose)),
        None => Err(Error::NotFound("rule")),
    }
}

pub async fn get(member: Member, Path(place): Address, Query(params): Query<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &place.0).await?;
    let (open, whose) = open(&member, &project, &place, &params)?;
    let notice = done::notice(&member, &project, params.done.as_deref().and_then(|text| text.parse().ok())).await;
    show(member, project, open, whose, Frame { notice, ..Frame::default() }).await
}

/// What a form comes to: what is done, as an order, and the state after it.
struct Wanted {
    title: String,
    after: State,
    /// What is told beside who then gets what.
    note: Option<String>,
}

pub async fn post(member: Member, Path(place): Address, Query(params): Query<Params>, fields: Fields) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &place.0).await?;
    project.require(Role::Editor)?;
    let (open, whose) = open(&member, &project, &place, &params)?;
    let templates = plans::templates(&project);
    let fields = match fields.form() {
        begin::FORM => begin::filled(fields, &templates),
        _ => fields,
    };
    let redrawn = match fields.form() {
        begin::FORM => begin::redrawn(&fields, &templates),
        later::FORM => later::redrawn(&fields),
        _ => None,
    };
    if let Some(attempt) = redrawn {
        return again(member, project, open, whose, attempt).await;
    }
    let now = member.visit.now;
    let wanted = match fields.form() {
        MOVE => moved(&fields, &open, &whose, now),
        begin::FORM => begin::read(&fields, &open, &whose, now),
        later::FORM => later::read(&fields, &open, &whose, now),
        _ => Err(Error::field("", "This page has no such form. Reload it and try again.")),
    };
    let wanted = match wanted {
        Ok(wanted) => wanted,
        Err(error) => return again(member, project, open, whose, fields.attempt(error)?).await,
    };
    let saved = states::edit(member.state(), &member.actor(), &project, &open, wanted.after.clone(), fields.consent()).await;
    match saved {
        Ok(applied) => page::done(&address(&project, &open, &whose), &applied),
        Err(error) => match confirm::refusal(&fields, at_form(error, own))? {
            Refusal::Confirm(confirm, attempt) => {
                let title = format!("{} of {} in {}", wanted.title, open.flag_key(), open.environment_key());
                let (served, after) = (&open.served, wanted.after.settled(now));
                let back = address(&project, &open, &whose);
                let preview = preview(title, &served.stored.flag, &served.state, &after, back, now);
                let note: Vec<String> = wanted.note.into_iter().chain(preview.note).collect();
                let warning = after.plan_of(&whose).and_then(|plan| words::outlives(&served.stored.flag, plan));
                let preview = Preview { note: Some(note.join(" ")), warning, ..preview };
                confirm::show(member, project, &fields, confirm, attempt, preview).await
            }
            Refusal::Form(attempt) => again(member, project, open, whose, attempt).await,
        },
    }
}

/// Where a problem of the state belongs on this page.
fn own(problem: &Problem) -> Option<Problem> {
    let (_, rest) = problem.field.split_once(".plan").or_else(|| problem.field.split_once(".bucket_by"))?;
    let field = if rest.is_empty() && problem.field.ends_with("bucket_by") { "bucket_by" } else { "steps" };
    Some(Problem::new(field, problem.message.clone()))
}

fn plan_of<'o>(open: &'o OpenState, whose: &Whose) -> Result<&'o Plan, Error> {
    let gone = || Error::field("", "There is no rollout plan here any more. Reload the page to see what is served.");
    open.served.state.plan_of(whose).ok_or_else(gone)
}

/// Refuses what was meant for another step: the clock may have gone past it.
fn refuse_late(fields: &Fields, plan: &Plan, now: Timestamp) -> Result<(), Error> {
    let meant: Option<usize> = fields.get(NEXT).parse().ok();
    if fields.get(NEXT).is_empty() || meant == plan.next(now) {
        return Ok(());
    }
    let share = percent(plan.share(now));
    Err(Error::field(
        "",
        format!("The plan has gone on since this page was drawn: it is at {share} now. Look at it, then choose again."),
    ))
}

fn moved(fields: &Fields, open: &OpenState, whose: &Whose, now: Timestamp) -> Result<Wanted, Error> {
    let plan = plan_of(open, whose)?;
    let wanted = Move::parse(fields.get("do")).ok_or_else(|| Error::field("", "Say what to do with the plan."))?;
    if matches!(wanted, Move::Advance | Move::Approve | Move::Complete) {
        refuse_late(fields, plan, now)?;
    }
    let next = plan.moved(wanted, now).map_err(|problem| Error::Invalid(vec![problem]))?;
    let after = State::clone(&open.served.state).with_plan(whose, next);
    Ok(Wanted { title: order(wanted).to_owned(), after, note: words::moved(wanted, plan, now) })
}

/// The moment at which a plan is to begin; none where none is said, which is at once.
fn begins_at(fields: &Fields, now: Timestamp, problems: &mut Vec<Problem>) -> Option<Timestamp> {
    let read = fields.filled(AT).map(|text| moment::parse(&text))?;
    let why = match read {
        Ok(at) if at > now => return Some(at),
        Ok(_) => "That moment has passed. Leave it empty to begin at once.".to_owned(),
        Err(why) => why,
    };
    problems.push(Problem::new(AT, why));
    None
}

async fn again(member: Member, project: OpenProject, open: OpenState, whose: Whose, attempt: Attempt) -> PageResult {
    show(member, project, open, whose, Frame { attempt: Some(attempt), ..Frame::default() }).await
}

async fn show(member: Member, project: OpenProject, open: OpenState, whose: Whose, frame: Frame) -> PageResult {
    let (view, _) = flags::show(member.state(), &project, open.flag_key().as_str()).await?;
    let title = format!("Rollout plan of {} in {}", open.flag_key(), open.environment_key());
    let frame = Frame { title, project: Some(project.clone()), place: Place::Flags, ..frame };
    let now = member.visit.now;
    let shown = Shown {
        templates: plans::templates(&project),
        attributes: attributes::names(member.state(), &project).await?,
        lock: locks(&project, &open, now).edits(),
        project,
        view,
        open,
        whose,
        now,
    };
    member.page(frame, move || view::page(&shown)).await
}
