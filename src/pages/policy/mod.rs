//! What one environment asks of changes: in words, and the form to change it. Such a change is met by the policy as it was.

mod form;
mod view;

use super::confirm::{self, Preview, Refusal};
use super::fields::Fields;
use super::page::{self, Frame, PageResult, Place};
use super::settings::Section;
use super::visit::Member;
use crate::components::*;
use crate::domain::diff::diff;
use crate::domain::environment::Environment;
use crate::domain::policy::Asked;
use crate::domain::role::Role;
use crate::domain::text::{capital, listed};
use crate::server::error::Error;
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::{environments, policy};
use crate::server::store::environments::StoredEnvironment;
use axum::extract::Path;
use form::PolicyForm;
use serde_json::Value;

/// Why a change becomes a request, and who can help: `Production reviews every such change: one approver looks at it first.
/// Grace or Lin may approve.`
pub fn told(asked: &Asked, able: &[String]) -> String {
    let because = capital(&listed(&asked.because));
    let who = match able {
        [] => "Nobody else in this project could approve it yet; an admin can give somebody that role.".to_owned(),
        [one] => format!("{one} may approve."),
        [one, other] => format!("{one} or {other} may approve."),
        many => format!("{} may approve.", listed(many)),
    };
    format!("{because}: {} first. {who}", confirm::looks(asked))
}

const FORM: &str = "policy";

type Address = Path<(String, String)>;

/// Its address.
pub fn address(project: &OpenProject, environment: &str) -> String {
    format!("{}/{}/policy", Section::Environments.address(project), encode(environment))
}

pub async fn get(member: Member, Path((key, environment)): Address) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let stored = environments::find(member.state(), &project, &environment).await?;
    show(member, project, stored, None).await
}

pub async fn post(member: Member, Path((key, environment)): Address, fields: Fields) -> PageResult {
    let (state, actor) = (member.state(), member.actor());
    let project = projects::open(state, &actor, &key).await?;
    project.require(Role::Admin)?;
    let stored = environments::find(state, &project, &environment).await?;
    let sent = PolicyForm::from_pairs(&fields.0);
    if !fields.is_confirming()
        && let Some(form) = sent.clone().rearranged(&fields.0)
    {
        let attempt = Attempt { form: FORM.to_owned(), values: form.pairs(&fields.0), ..Attempt::default() };
        return show(member, project, stored, Some(attempt)).await;
    }
    let before = stored.environment.clone();
    let (after, saved) = match sent.read() {
        Ok(policy) => {
            let after = Environment { policy, ..before.clone() };
            (Some(after.clone()), environments::edit(state, &actor, &project, after, fields.consent()).await)
        }
        Err(problems) => (None, Err(Error::Invalid(problems))),
    };
    match saved {
        Ok(applied) => page::done(&Section::Environments.address(&project), &applied),
        Err(error) => match confirm::refusal(&fields, error)? {
            Refusal::Confirm(ask, attempt) => {
                let preview = preview(&project, &before, after.as_ref());
                confirm::show(member, project, &fields, ask, attempt, preview).await
            }
            Refusal::Form(attempt) => show(member, project, stored, Some(attempt)).await,
        },
    }
}

fn preview(project: &OpenProject, before: &Environment, after: Option<&Environment>) -> Preview {
    let document = |environment: &Environment| serde_json::to_value(&environment.policy).unwrap_or(Value::Null);
    let rows = after.map(|after| diff(&document(before), &document(after))).unwrap_or_default();
    let title = format!("Change the policy of {}", before.key);
    Preview { title, rows, back: address(project, before.key.as_str()), ..Preview::default() }
}

async fn show(member: Member, project: OpenProject, stored: StoredEnvironment, attempt: Option<Attempt>) -> PageResult {
    let refusal = projects::refusal(member.state(), &project, Role::Admin).await?;
    let concerns = policy::concerns(member.state(), &project, &stored.environment.policy).await?;
    let title = format!("Policy of {}", stored.environment.key);
    let form = match &attempt {
        Some(attempt) => PolicyForm::from_pairs(&attempt.values),
        None => PolicyForm::of(&stored.environment.policy),
    };
    let frame = Frame { title, project: Some(project.clone()), place: Place::Settings, attempt, ..Frame::default() };
    let shown = view::Shown { project, stored, form, concerns, refusal, now: member.visit.now };
    member.page(frame, move || view::page(shown)).await
}
