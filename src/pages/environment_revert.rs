//! A whole environment as it was at a moment: what would have to change, and the draft that changes it.

use super::draft::{self, everywhere::set_apart};
use super::fields::Fields;
use super::page::{self, Frame, PageResult, Place};
use super::settings::Section;
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::count::counted;
use crate::domain::environment::Environment;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::domain::when;
use crate::server::error::Error;
use crate::server::services::drafts::bundle::{self, BundleItem};
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::{environments, moment, revert};
use axum::extract::{Path, Query as QueryOf};
use serde::Deserialize;

const FORM: &str = "bring-back";
/// More items than this are counted.
const MOST_SHOWN: usize = 200;
/// So few are shown open.
const OPEN: usize = 10;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    at: String,
}

type Address = Path<(String, String)>;

struct Shown {
    project: OpenProject,
    environment: Environment,
    at: Option<Timestamp>,
    /// Once a moment is named.
    preview: Option<Preview>,
}

struct Preview {
    items: Vec<BundleItem>,
    /// One of each.
    notes: Vec<String>,
    left: Vec<String>,
    since: u64,
}

pub async fn get(member: Member, Path((key, environment)): Address, QueryOf(params): QueryOf<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let environment = environments::find(member.state(), &project, &environment).await?.environment;
    let mut shown = Shown { project, environment, at: None, preview: None };
    if params.at.trim().is_empty() {
        return draw(member, shown, None).await;
    }
    let previewed = match moment::parse(&params.at) {
        Ok(at) => {
            shown.at = Some(at);
            preview(&member, &shown, at).await
        }
        Err(why) => Err(Error::field("at", why)),
    };
    match previewed {
        Ok(preview) => {
            shown.preview = Some(preview);
            draw(member, shown, None).await
        }
        Err(error) => {
            let fields = Fields(vec![("_form".into(), MOMENT.into()), ("at".into(), params.at)]);
            let attempt = fields.attempt(error)?;
            draw(member, shown, Some(attempt)).await
        }
    }
}

/// The form that names the moment.
const MOMENT: &str = "moment";

async fn preview(member: &Member, shown: &Shown, at: Timestamp) -> Result<Preview, Error> {
    let plan = revert::plan(member.state(), &shown.project, shown.environment.key.as_str(), at).await?;
    let items = bundle::preview(member.state(), &shown.project, &plan.items).await?;
    Ok(Preview { items, notes: plan.notes, left: plan.left, since: plan.since })
}

pub async fn post(member: Member, Path((key, environment)): Address, fields: Fields) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    project.require(Role::Editor)?;
    let environment = environments::find(member.state(), &project, &environment).await?.environment;
    let (state, text) = (member.state(), fields.text("at"));
    let made = match moment::parse(&text) {
        Err(why) => Err(Error::field("at", why)),
        Ok(at) => match revert::plan(state, &project, environment.key.as_str(), at).await {
            Ok(plan) => revert::propose_environment(state, &member.person, &project, plan, at).await,
            Err(error) => Err(error),
        },
    };
    match made {
        Ok(id) => page::go(draft::address(project.key().as_str(), &id)),
        Err(error) => {
            let attempt = Attempt { form: MOMENT.to_owned(), ..fields.attempt(error)? };
            let shown = Shown { project, environment, at: None, preview: None };
            draw(member, shown, Some(attempt)).await
        }
    }
}

/// Its address.
pub fn address(project: &OpenProject, environment: &str) -> String {
    format!("{}/{}/revert", Section::Environments.address(project), encode(environment))
}

async fn draw(member: Member, shown: Shown, attempt: Option<Attempt>) -> PageResult {
    let title = format!("Bring {} back", shown.environment.key);
    let project = Some(shown.project.clone());
    let frame = Frame { title, project, place: Place::Settings, attempt, ..Frame::default() };
    member.page(frame, move || view(&shown)).await
}

fn view(shown: &Shown) -> Html {
    let environment = &shown.environment;
    let address = Section::Environments.address(&shown.project);
    let key = environment.key.to_string();
    let crumbs =
        vec![Crumb::new("Environments", address.clone()), Crumb::new(key.clone(), format!("{address}/{}", encode(&key)))];
    let title = match shown.at {
        Some(at) => format!("{key} as of {}", when::exact_second(at)),
        None => format!("Bring {key} back to an earlier moment"),
    };
    let lead = "Shows first what would change. Nothing happens before you save the draft that comes of it.";
    let (colour, name) = (environment.colour, environment.name.clone());
    let preview = shown.preview.as_ref().map(|preview| previewed(shown, preview));
    view! {
        <PageHeading title=title crumbs=crumbs lead=lead><EnvironmentBadge colour=colour name=name /></PageHeading>
        <div class="stack">
            {moment_form(shown)}
            {preview}
        </div>
    }
}

fn moment_form(shown: &Shown) -> Html {
    let value = shown.at.map(|at| at.to_string()).unwrap_or_default();
    let action = address(&shown.project, shown.environment.key.as_str());
    let hint = format!("{} Rows of the audit log have theirs.", moment::HOW);
    view! {
        <Card id="which" title="Which moment">
            <Ask id=MOMENT label="Which moment" action=action>
                <Field name="at" label="Moment" value=value required=true mono=true width=36 autocomplete="off" hint=hint moment=true />
                <p><Button>"Show what would change"</Button></p>
            </Ask>
        </Card>
    }
}

fn previewed(shown: &Shown, preview: &Preview) -> Html {
    let since = match preview.since {
        1 => "1 change was made in this project since.".to_owned(),
        count => format!("{} changes were made in this project since.", counted(count)),
    };
    let count = match preview.items.len() {
        0 => format!("{since} Nothing of {} is different from then.", shown.environment.key),
        1 => format!("{since} 1 would bring it back:"),
        items => format!("{since} {} would bring it back:", counted(items as u64)),
    };
    let left: Vec<_> = preview.left.iter().map(|line| view! { <li>{line.clone()}</li> }).collect();
    let left = (!left.is_empty()).then(|| view! { <Banner title="This stays as it is"><ul>{left}</ul></Banner> });
    let open = preview.items.len() <= OPEN;
    let (everywhere, here): (Vec<_>, Vec<_>) =
        preview.items.iter().zip(&preview.notes).take(MOST_SHOWN).partition(|(item, _)| item.everywhere);
    let draw = |rows: Vec<(&BundleItem, &String)>| rows.into_iter().map(|(item, note)| row(item, note, open)).collect::<Vec<_>>();
    let (here, shared) = (draw(here), draw(everywhere));
    let more = preview.items.len().saturating_sub(MOST_SHOWN);
    let more = (more > 0).then(|| view! { <p class="sub">{format!("… and {} more", counted(more as u64))}</p> });
    let list = (!here.is_empty()).then(|| view! { <Changes label="What would change">{here}</Changes> });
    let shared = (!shared.is_empty()).then(|| set_apart(shared, "In the draft none of them is ticked at first."));
    let form = (!preview.items.is_empty()).then(|| form(shown));
    view! { <p>{count}</p> {left} {form} {list} {shared} {more} }
}

fn row(item: &BundleItem, note: &str, open: bool) -> Html {
    let (title, rows) = (item.title.clone(), item.rows.clone());
    let label = format!("{title}: what would change");
    let note = (!note.is_empty()).then(|| view! { <p class="meta">{note.to_owned()}</p> });
    view! {
        <li class="change">
            <details open=open><summary><span class="sentence">{title}</span></summary><Diff rows=rows label=label /></details>
            {note}
        </li>
    }
}

fn form(shown: &Shown) -> Html {
    let at = shown.at.map(|at| at.to_string()).unwrap_or_default();
    match shown.project.refusal(Role::Editor) {
        Some(reason) => view! { <p class="bar"><DisabledAction reason=reason>"Make the draft"</DisabledAction></p> },
        None => view! {
            <Form id=FORM submit="Make the draft">
                <Hidden name="at" value=at />
                <p class="sub">"In the draft you may leave changes out, and save the others in one step."</p>
            </Form>
        },
    }
}
