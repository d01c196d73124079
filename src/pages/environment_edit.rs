//! The settings of one environment. A change of them is met as carefully as any other change in it.

use super::confirm::{self, Preview, Refusal};
use super::environment_revert;
use super::fields::Fields;
use super::page::{self, Frame, PageResult, Place};
use super::policy;
use super::settings::{self, Section};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::diff::diff;
use crate::domain::environment::{Colour, Environment, Protection};
use crate::domain::policy::brief;
use crate::domain::role::Role;
use crate::domain::text::capital;
use crate::server::error::Error;
use crate::server::services::environments::{self, Draft};
use crate::server::services::projects::{self, OpenProject};
use crate::server::store::environments::StoredEnvironment;
use axum::extract::Path;
use serde_json::Value;

const FORM: &str = "environment";

pub async fn get(member: Member, Path((key, environment)): Path<(String, String)>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let stored = environments::find(member.state(), &project, &environment).await?;
    show(member, project, stored, None).await
}

pub async fn post(member: Member, Path((key, environment)): Path<(String, String)>, fields: Fields) -> PageResult {
    let (state, actor) = (member.state(), member.actor());
    let project = projects::open(state, &actor, &key).await?;
    project.require(Role::Admin)?;
    let stored = environments::find(state, &project, &environment).await?;
    let before = &stored.environment;
    let (after, saved) = match read(&fields).read(Some(&before.key)) {
        Ok(after) => {
            let after = Environment { position: before.position, policy: before.policy.clone(), ..after };
            (Some(after.clone()), environments::edit(state, &actor, &project, after, fields.consent()).await)
        }
        Err(problems) => (None, Err(Error::Invalid(problems))),
    };
    match saved {
        Ok(applied) => page::done(&Section::Environments.address(&project), &applied),
        Err(error) => match confirm::refusal(&fields, error)? {
            Refusal::Confirm(confirm, attempt) => {
                let preview = preview(&project, before, after.as_ref());
                confirm::show(member, project, &fields, confirm, attempt, preview).await
            }
            Refusal::Form(attempt) => show(member, project, stored, Some(attempt)).await,
        },
    }
}

fn preview(project: &OpenProject, before: &Environment, after: Option<&Environment>) -> Preview {
    let document = |environment: &Environment| serde_json::to_value(environment).unwrap_or(Value::Null);
    let rows = after.map(|after| diff(&document(before), &document(after))).unwrap_or_default();
    let back = format!("{}/{}", Section::Environments.address(project), encode(before.key.as_str()));
    Preview { title: format!("Change the settings of {}", before.key), rows, back, ..Preview::default() }
}

/// The form as it was sent.
pub fn read(fields: &Fields) -> Draft {
    Draft {
        key: fields.text("key"),
        name: fields.text("name"),
        colour: fields.text("colour"),
        protection: fields.text("protection"),
    }
}

async fn show(member: Member, project: OpenProject, stored: StoredEnvironment, attempt: Option<Attempt>) -> PageResult {
    let refusal = projects::refusal(member.state(), &project, Role::Admin).await?;
    let title = format!("Edit {}", stored.environment.key);
    let frame =
        Frame { title: title.clone(), project: Some(project.clone()), place: Place::Settings, attempt, ..Frame::default() };
    let crumbs = vec![Crumb::new("Environments", Section::Environments.address(&project))];
    let (stored_key, stored_policy) = (stored.environment.key.clone(), stored.environment.policy.clone());
    let shown = Shown {
        colour: stored.environment.colour,
        protection: stored.environment.protection,
        existing: Some((stored.environment, stored.version)),
    };
    let back = environment_revert::address(&project, stored_key.as_str());
    let policies = policy::address(&project, stored_key.as_str());
    let asked = capital(&brief(&stored_policy, member.visit.now));
    let view = move || {
        let form = settings::form(FORM, "Save", refusal, || fields(shown));
        view! {
            <PageHeading title=title crumbs=crumbs />
            <section class="card pad">{form}</section>
            <p class="mt"><a href=policies>"Reviews and freezes"</a>{format!(": {asked}.")}</p>
            <p class="mt"><a href=back>"Bring this environment back to an earlier moment"</a></p>
        }
    };
    member.page(frame, view).await
}

/// What the form shows.
pub struct Shown {
    pub colour: Colour,
    pub protection: Protection,
    /// With the version of its settings; `None` for a new one.
    pub existing: Option<(Environment, i64)>,
}

/// The fields of an environment; to be made inside of a form.
pub fn fields(shown: Shown) -> Html {
    let Shown { colour, protection, existing } = shown;
    let protections = Protection::ALL.map(|one| Choice::described(one.as_str(), one.label(), one.meaning())).to_vec();
    let (key, name) = match existing {
        Some((environment, version)) => {
            let key = view! {
                <Hidden name="base_version" value=version.to_string() />
                <Definitions wide=true><Fact label="Key"><code>{environment.key.to_string()}</code></Fact></Definitions>
            };
            (key, environment.name)
        }
        None => {
            let key = view! {
                <Field name="key" label="Key" required=true mono=true width=24 autocomplete="off" placeholder="qa"
                    hint="Stands in addresses, files and SDKs' set-up; it stays." />
            };
            (key, String::new())
        }
    };
    view! {
        {key}
        <Field name="name" label="Name" value=name required=true width=24 autocomplete="off" />
        <Swatches name="colour" legend="Colour" value=colour.as_str() />
        <RadioCards name="protection" legend="Protection" options=protections value=protection.as_str() />
    }
}
