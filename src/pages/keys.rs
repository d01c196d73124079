//! The API keys of a project: who may ask for answers, from where, until when; and how keys come and go.

mod form;
mod list;
mod one;
mod secret;

use super::done;
use super::fields::Fields;
use super::page::{self, Frame, PageResult};
use super::settings::{self, Section};
use super::visit::Member;
use crate::components::prelude::*;
use crate::domain::environment::Environment;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::services::keys::{self, KeyView};
use crate::server::services::projects::{self, OpenProject};
use axum::extract::{Path, Query as QueryOf};
use axum::http::StatusCode;
pub use one::{get as get_one, get_revoke, post as post_one, post_revoke};
use secret::Shown as Secret;
use serde::Deserialize;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    /// The change that led here.
    done: String,
    /// The environment that the form proposes.
    environment: String,
}

/// What the list shows.
struct Listed {
    project: OpenProject,
    environments: Vec<Environment>,
    keys: Vec<KeyView>,
    /// Why this person may not make or change keys.
    refusal: Option<String>,
    /// Proposed in the form.
    environment: String,
    now: Timestamp,
}

pub async fn get(member: Member, Path(key): Path<String>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let notice = done::notice(&member, &project, params.done.parse().ok()).await;
    show(member, project, params.environment, Frame { notice, ..Frame::default() }).await
}

/// Makes a key. Its secret is in this answer and nowhere else, so this is a page and no redirect.
pub async fn post(member: Member, Path(key): Path<String>, fields: Fields) -> PageResult {
    let actor = member.actor();
    let project = projects::open(member.state(), &actor, &key).await?;
    project.require(Role::Admin)?;
    let made = match form::read_new(&fields) {
        Ok(form::New { environment, kind, wanted, drawn_at }) => {
            keys::create_once(member.state(), &actor, &project, environment, kind, wanted, drawn_at).await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(made) => {
            let key = keys::find(member.state(), &project, &made.public_id).await?;
            Ok(tell(member, project, Secret { key, secret: made.secret, replaced: None }).await)
        }
        Err(error) => {
            let attempt = Some(fields.attempt(error)?);
            show(member, project, String::new(), Frame { attempt, ..Frame::default() }).await
        }
    }
}

/// The page that shows a secret, once. No store, as every page.
async fn tell(member: Member, project: OpenProject, shown: Secret) -> axum::response::Response {
    let frame = Frame { title: "Copy the key now".to_owned(), ..Section::Keys.frame(project.clone()) };
    let code = secret::code(member.state(), &project, &shown);
    let now = member.visit.now;
    page::draw(member.visit, frame, StatusCode::OK, move || secret::view(&project, shown, code, now)).await
}

async fn show(member: Member, project: OpenProject, environment: String, frame: Frame) -> PageResult {
    let environments = member.state().serving.environments_of(&project.stored.id);
    let listed = Listed {
        environments: environments.iter().map(|snapshot| snapshot.environment.environment.clone()).collect(),
        keys: keys::list(member.state(), &project).await?,
        refusal: projects::refusal(member.state(), &project, Role::Admin).await?,
        project: project.clone(),
        environment,
        now: member.visit.now,
    };
    let (notice, attempt) = (frame.notice, frame.attempt);
    let frame = Frame { notice, attempt, ..Section::Keys.frame(project) };
    member.page(frame, move || view(listed)).await
}

const LEAD: &str = "An SDK shows a key to be answered. A key belongs to one environment, and is shown once, when it is made.";

fn view(listed: Listed) -> Html {
    view! {
        {settings::head(&listed.project, Section::Keys, LEAD)}
        <div class="stack">
            {list::view(&listed)}
            {form::new(&listed)}
        </div>
    }
}
