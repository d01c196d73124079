//! The steps to come, edited in one form.

use super::{AT, NEXT, Shown, Wanted, begins_at, plan_of, refuse_late};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::flag::Problem;
use crate::domain::launch::Whose;
use crate::domain::plan::Stage;
use crate::domain::rollout::{Plan, Start};
use crate::domain::rule::{WHOLE, percent};
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::pages::fields::Fields;
use crate::pages::stages::{self, HoldFields, HoldRow, StageRows};
use crate::server::error::Error;
use crate::server::services::moment;
use crate::server::services::states::OpenState;

pub const FORM: &str = "later";
/// The hold of the step in force.
const CURRENT: &str = "current";

pub fn redrawn(fields: &Fields) -> Option<Attempt> {
    let values = stages::rearranged(&fields.0)?;
    Some(Attempt { form: FORM.to_owned(), values, ..Attempt::default() })
}

/// What is to come: the step in force with its hold, and those after it.
fn split(plan: &Plan, now: Timestamp) -> (Option<Stage>, Vec<Stage>) {
    let all = plan.stages();
    match plan.place(now) {
        Some(at) => (all.get(at).copied(), all[at + 1..].to_vec()),
        None => (None, all),
    }
}

pub fn read(fields: &Fields, open: &OpenState, whose: &Whose, now: Timestamp) -> Result<Wanted, Error> {
    let plan = plan_of(open, whose)?;
    refuse_late(fields, plan, now)?;
    let (current, later) = split(plan, now);
    let mut problems = Vec::new();
    let hold = current.map(|stage| HoldRow::from_pairs(&fields.0, CURRENT).read(CURRENT, Some(stage.hold), &mut problems));
    let from = current.map(|stage| stage.share.max(plan.share(now)));
    let (stages, found) = stages::read(&stages::from_pairs(&fields.0), from, &later);
    problems.extend(found);
    if stages.is_empty() {
        // Nothing comes after it, so how long it stays is not asked.
        problems.retain(|problem| !problem.field.starts_with(CURRENT));
    }
    let begins = is_ahead(plan, now).then(|| begins_at(fields, now, &mut problems));
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let at_field = |problem: Problem| match problem.field.as_str() {
        "hold" => Problem::new(format!("{CURRENT}.hold"), problem.message),
        _ => Problem::new("steps", problem.message),
    };
    let mut next = plan.edited(hold, &stages, now).map_err(|problem| Error::Invalid(vec![at_field(problem)]))?;
    if let (Some(begins), Some(first)) = (begins, next.steps.first_mut()) {
        first.starts_at = begins.map_or(Start::After(0), Start::At);
    }
    let after = State::clone(&open.served.state).with_plan(whose, next);
    Ok(Wanted { title: "Change the steps of the rollout".to_owned(), after, note: None })
}

/// Whether the plan waits for a moment of its own, which can be another.
fn is_ahead(plan: &Plan, now: Timestamp) -> bool {
    plan.held_at.is_none() && plan.place(now).is_none()
}

pub fn card(shown: &Shown, plan: &Plan) -> Option<Html> {
    let is_over = plan.next(shown.now).is_none() && plan.share(shown.now) == WHOLE;
    if shown.lock.is_some() || is_over {
        return None;
    }
    let begins = is_ahead(plan, shown.now).then(|| match plan.steps.first().map(|step| step.starts_at) {
        Some(Start::At(at)) => moment::typed_at(at),
        _ => String::new(),
    });
    let (current, later) = split(plan, shown.now);
    let attempt = Attempt::of(FORM);
    let rows = match &attempt {
        Some(attempt) => stages::from_pairs(&attempt.values),
        None => stages::rows(&later),
    };
    let begun = plan.place(shown.now).map_or(0, |at| at + 1);
    let row = current.map(|stage| {
        let (share, hold) = (percent(stage.share), HoldRow::of(stage.hold));
        (share.clone(), hold, format!("of {share}"))
    });
    let base = shown.open.served.state_version.to_string();
    let next = plan.next(shown.now).map(|at| at.to_string()).unwrap_or_default();
    let body = move || {
        let row = row.map(|(share, hold, whose)| {
            let hold = match &attempt {
                Some(attempt) => HoldRow::from_pairs(&attempt.values, CURRENT),
                None => hold,
            };
            view! { <div class="stage"><b>{format!("{share} now")}</b><HoldFields path=CURRENT hold=hold whose=whose /></div> }
        });
        let begins = begins.map(|at| {
            let hint = format!("Left empty: at once. {}", moment::HOW);
            view! { <Field name=AT label="Begins" value=at mono=true width=36 autocomplete="off" moment=true hint=hint /> }
        });
        view! { {row} {begins} <StageRows rows=rows legend="Steps to come" first=begun + 1 /> }
    };
    Some(view! {
        <Card id="later-steps" title="Change the steps" note="what is done stays">
            <Form id=FORM submit="Change the steps" inner_buttons=true>
                <Hidden name="base_version" value=base />
                <Hidden name=NEXT value=next />
                {body()}
            </Form>
        </Card>
    })
}
