//! The rule editor: a plain form for one rule, new or there already, which goes into the draft. Its own buttons add and remove
//! conditions by drawing the page again with what was typed.

pub mod condition;
mod condition_view;
mod form;
pub mod operators;
mod preview;
mod view;

use super::fields::Fields;
use super::flag_environment::{focus, here, locks};
use super::page::{self, Frame, PageResult, Place};
use super::state_change::{at_form, rule_name, together};
use super::visit::Member;
use crate::components::{Attempt, encode};
use crate::domain::flag::Problem;
use crate::domain::lint::Finding;
use crate::domain::role::Role;
use crate::domain::rule::{Rule, Serve};
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::services::attribute_hints::{self, Hints};
use crate::server::services::attributes;
use crate::server::services::drafts::{self, Seen, Workspace};
use crate::server::services::kept_forms;
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::state_edit::StateEdit;
use crate::server::services::states::OpenState;
use axum::extract::{Path, Query};
use form::{RuleForm, own_problem};
use serde::Deserialize;

/// The form's id.
const FORM: &str = "rule";
/// Lets go of what was left half typed.
const FORGET: &str = "forget";
/// Stands in the address for a rule that is not there yet.
const NEW: &str = "new";

type Address = Path<(String, String, String, String)>;

/// What the page is about.
pub struct Editing {
    project: OpenProject,
    open: OpenState,
    /// As it is stored; none of a new rule, or of one that somebody removed meanwhile.
    rule: Option<Rule>,
    form: RuleForm,
    work: Workspace,
    seen: Seen,
    /// Whether the form is as somebody typed it.
    typed: bool,
    /// When another go at it was left half typed.
    left: Option<Timestamp>,
    /// What is probably not meant in it, or in others for its sake.
    findings: Vec<Finding>,
    /// Whether what was typed is too long to be kept.
    too_long: bool,
    /// The condition that was just added.
    added: Option<usize>,
    attributes: Vec<String>,
    /// What is known of them.
    hints: Hints,
    /// Why this cannot be changed.
    lock: Option<String>,
    now: Timestamp,
}

impl Editing {
    async fn open(member: &Member, (project, flag, environment, rule): &(String, String, String, String)) -> Result<Self, Error> {
        let project = projects::open(member.state(), &member.actor(), project).await?;
        let work = drafts::open(member.state(), &member.person, &project, environment, flag).await?;
        let open = work.edited.clone();
        let (state, definition, now) = (&open.served.state, &open.served.stored.flag, member.visit.now);
        let stored = state.rules.iter().find(|other| rule != NEW && other.id == *rule).cloned();
        let schema = attributes::schema(member.state(), &project).await?;
        let stored = if project.role > Role::Viewer { stored } else { stored.map(|rule| rule.masked(&schema)) };
        let form = match &stored {
            Some(stored) => RuleForm::of(stored, definition, now),
            None => RuleForm::new(definition, state, now),
        };
        Ok(Self {
            seen: Seen { base_version: Some(open.served.state_version), draft_version: Some(work.draft_version()) },
            attributes: attributes::names(member.state(), &project).await?,
            hints: attribute_hints::hints(member.state(), &project, &attributes::schema(member.state(), &project).await?),
            lock: locks(&project, &work.live, now).edits(),
            rule: stored,
            findings: Vec::new(),
            too_long: false,
            added: None,
            typed: false,
            left: None,
            form,
            project,
            open,
            work,
            now,
        })
    }

    fn serve(&self) -> Option<&Serve> {
        self.rule.as_ref().map(|rule| &rule.serve)
    }

    /// The page with what was posted in its fields.
    fn take(&mut self, pairs: &[(String, String)]) {
        self.typed = true;
        self.form = RuleForm::from_pairs(pairs, &self.open.served.stored.flag, self.serve());
    }

    /// The form after one of its own buttons.
    fn rearranged(&self, pairs: &[(String, String)]) -> Option<RuleForm> {
        self.form.clone().rearranged(pairs, &self.open.served.stored.flag, self.serve(), &self.hints)
    }

    /// The edit that the form asks for; `id` is the address's.
    fn edit(&self, id: &str) -> Result<(StateEdit, Rule), Error> {
        let (state, flag) = (&self.open.served.state, &self.open.served.stored.flag);
        let is_new = id == NEW;
        let id = if is_new { state.free_rule_id() } else { id.to_owned() };
        let (rule, problems) = self.form.read(id, flag, self.serve());
        let rule = self.rule.iter().fold(rule, |rule, before| rule.in_the_order_of(before));
        // One that somebody removed meanwhile is not made again: that would bring back what they took away.
        let edit = if is_new { StateEdit::AddRule(rule.clone()) } else { StateEdit::ReplaceRule(rule.clone()) };
        if problems.is_empty() {
            return Ok((edit, rule));
        }
        let others = self.open.preview(edit).map(|after| self.open.problems(&after)).unwrap_or_default();
        let others = others.iter().filter_map(|problem| own_problem(problem, self.place(&rule), &rule)).collect();
        Err(Error::Invalid(together(problems, others)))
    }

    /// Where the rule stands, or will: at the end.
    fn place(&self, rule: &Rule) -> usize {
        let rules = &self.open.served.state.rules;
        rules.iter().position(|other| other.id == rule.id).unwrap_or(rules.len())
    }

    fn own(&self, problem: &Problem, rule: &Rule) -> Option<Problem> {
        own_problem(problem, self.place(rule), rule)
    }
}

#[derive(Debug, Default, Deserialize)]
pub struct Params {
    /// Whether to go on with what was left half typed.
    #[serde(default)]
    restore: String,
}

pub async fn get(member: Member, Path(address): Address, Query(params): Query<Params>) -> PageResult {
    let mut editing = Editing::open(&member, &address).await?;
    if editing.rule.is_none() && address.3 != NEW {
        return Err(Error::NotFound("rule").into());
    }
    let kept = kept_forms::find(member.state(), &member.person, &here_of(&editing, &address.3)).await?;
    match kept.filter(|_| editing.lock.is_none()) {
        Some(kept) if params.restore == "true" => {
            editing.take(&kept.fields);
            // What was typed was meant for what the page showed then.
            editing.seen = Fields(kept.fields).seen();
        }
        kept => editing.left = kept.map(|kept| kept.at),
    }
    draw(member, editing, None).await
}

/// The form's own address, under which it is kept.
fn here_of(editing: &Editing, rule: &str) -> String {
    format!("{}/rules/{}", here(&editing.project, &editing.open), encode(rule))
}

pub async fn post(member: Member, Path(address): Address, fields: Fields) -> PageResult {
    let mut editing = Editing::open(&member, &address).await?;
    editing.project.require(Role::Editor)?;
    let own = here_of(&editing, &address.3);
    if fields.form() == FORGET {
        kept_forms::forget(member.state(), &member.person, &own).await?;
        return page::go(own);
    }
    editing.take(&fields.0);
    if let Some(form) = editing.rearranged(&fields.0) {
        editing.added = (form.conditions.len() > editing.form.conditions.len()).then_some(editing.form.conditions.len());
        editing.seen = fields.seen();
        editing.form = form;
        match kept_forms::keep(member.state(), &member.person, &own, &fields.0).await {
            Ok(kept) => editing.too_long = !kept,
            // A page that is drawn while somebody types must not fail for that.
            Err(error) => tracing::warn!(%error, "a half typed form was not kept"),
        }
        return draw(member, editing, None).await;
    }
    let (edit, rule) = match editing.edit(&address.3) {
        Ok(made) => made,
        Err(error) => return draw(member, editing, Some(fields.attempt(error)?)).await,
    };
    match drafts::edit(member.state(), &member.person, &editing.project, &editing.work, fields.seen(), edit).await {
        Ok(()) => {
            kept_forms::forget(member.state(), &member.person, &own).await?;
            page::go(format!("{}#{}", here(&editing.project, &editing.open), focus::of_rule(&rule.id, focus::EDIT)))
        }
        Err(error) => {
            let attempt = fields.attempt(at_form(error, |problem| editing.own(problem, &rule)))?;
            draw(member, editing, Some(attempt)).await
        }
    }
}

async fn draw(member: Member, mut editing: Editing, attempt: Option<Attempt>) -> PageResult {
    editing.findings = editing.lint(member.state()).await?;
    let frame = Frame {
        title: format!("{} of {} in {}", editing.heading(), editing.open.flag_key(), editing.open.environment_key()),
        project: Some(editing.project.clone()),
        place: Place::Flags,
        attempt,
        ..Frame::default()
    };
    member.page(frame, move || view::page(&editing)).await
}

impl Editing {
    fn heading(&self) -> String {
        let name = self.rule.as_ref().map(|rule| rule_name(&self.open.served.state, rule));
        name.map_or_else(|| "New rule".to_owned(), |name| format!("Edit {name}"))
    }
}
