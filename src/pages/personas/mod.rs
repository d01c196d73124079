//! Personas of a project: who is there to try flags on, what they should get, and the forms that make, change and remove them.

pub mod expected;
mod form;

use super::done;
use super::fields::Fields;
use super::page::{self, Frame, PageResult};
use super::playground::address::of_persona;
use super::settings::{self, Section};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::attribute::Schema;
use crate::domain::persona::{MAX_EXPECTATIONS, Persona};
use crate::domain::role::Role;
use crate::domain::rule::TARGETING_KEY;
use crate::server::error::Error;
use crate::server::services::attributes;
use crate::server::services::expectations::{self, Checked};
use crate::server::services::personas::{self, ExpectRow, PersonaDraft};
use crate::server::services::projects::{self, OpenProject};
use crate::server::store::personas::StoredPersona;
use axum::extract::{Path, Query as QueryOf};
use serde::Deserialize;

const FORM: &str = "persona";
/// The buttons that expect what an environment gives now.
const PRESENT: &str = "expect-present";
/// Attributes that a row of the list tells.
const TOLD: usize = 5;

type Address = Path<(String, String)>;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    /// The change that led here.
    done: String,
}

pub async fn get(member: Member, Path(key): Path<String>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let personas = personas::list(member.state(), &project).await?;
    let refusal = projects::refusal(member.state(), &project, Role::Editor).await?;
    let notice = done::notice(&member, &project, params.done.parse().ok()).await;
    let frame = Frame { notice, ..Section::Personas.frame(project.clone()) };
    let schema = attributes::schema(member.state(), &project).await?;
    let personas = personas.into_iter().map(|stored| (checked(&member, &project, &schema, &stored.persona), stored)).collect();
    member.page(frame, move || list(&project, personas, refusal)).await
}

/// What the persona expects, held against what is in force.
fn checked(member: &Member, project: &OpenProject, schema: &Schema, persona: &Persona) -> Vec<Checked> {
    let snapshots = member.state().serving.environments_of(&project.stored.id);
    expectations::of_persona(&snapshots, persona, project.role, schema, member.visit.now)
}

pub async fn get_new(member: Member, Path(key): Path<String>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    show(member, project, None, Frame::default()).await
}

pub async fn post_new(member: Member, Path(key): Path<String>, fields: Fields) -> PageResult {
    let actor = member.actor();
    let project = projects::open(member.state(), &actor, &key).await?;
    project.require(Role::Editor)?;
    if fields.is_checked(ADD) {
        return show(member, project, None, grown(&fields)).await;
    }
    match personas::create(member.state(), &actor, &project, &draft(&fields, fields.get("key"))).await {
        Ok(applied) => page::done(&Section::Personas.address(&project), &applied),
        Err(error) => {
            let attempt = Some(fields.attempt(error)?);
            show(member, project, None, Frame { attempt, ..Frame::default() }).await
        }
    }
}

pub async fn get_one(member: Member, Path((project, key)): Address, QueryOf(params): QueryOf<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    let stored = personas::find(member.state(), &project, &key).await?;
    let notice = done::notice(&member, &project, params.done.parse().ok()).await;
    show(member, project, Some(stored), Frame { notice, ..Frame::default() }).await
}

pub async fn post_one(member: Member, Path((project, key)): Address, fields: Fields) -> PageResult {
    let actor = member.actor();
    let project = projects::open(member.state(), &actor, &project).await?;
    project.require(Role::Editor)?;
    let stored = personas::find(member.state(), &project, &key).await?;
    if fields.is_checked(ADD) {
        return show(member, project, Some(stored), grown(&fields)).await;
    }
    let base = fields.base_version().unwrap_or(stored.version);
    let (applied, back) = match fields.form() {
        PRESENT => {
            let environment = fields.get("environment");
            let applied = personas::expect_present(member.state(), &actor, &project, &stored, environment, base).await;
            (applied, address(&project, &stored.persona))
        }
        _ => {
            let applied = personas::edit(member.state(), &actor, &project, &stored, &draft(&fields, &key), base).await;
            (applied, Section::Personas.address(&project))
        }
    };
    match applied {
        Ok(applied) => page::done(&back, &applied),
        Err(error) => {
            let attempt = Some(at_its_button(&fields, error)?);
            show(member, project, Some(stored), Frame { attempt, ..Frame::default() }).await
        }
    }
}

/// A button has no fields: what was wrong stands above it.
fn at_its_button(fields: &Fields, error: Error) -> Result<Attempt, Error> {
    match error {
        Error::Invalid(problems) if fields.form() == PRESENT => {
            let all: Vec<String> = problems.into_iter().map(|problem| problem.message).collect();
            fields.attempt(Error::field("", all.join(" ")))
        }
        error => fields.attempt(error),
    }
}

/// The form with one more row, and nothing refused.
fn grown(fields: &Fields) -> Frame {
    let values = fields.0.clone();
    Frame { attempt: Some(Attempt { form: FORM.to_owned(), values, ..Attempt::default() }), ..Frame::default() }
}

pub async fn get_delete(member: Member, Path((project, key)): Address) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    project.require(Role::Editor)?;
    let stored = personas::find(member.state(), &project, &key).await?;
    let title = format!("Remove {}", stored.persona.name);
    let frame = Frame { title: title.clone(), ..Section::Personas.frame(project.clone()) };
    member.page(frame, move || delete_view(&project, &stored.persona, title)).await
}

pub async fn post_delete(member: Member, Path((project, key)): Address, _: Fields) -> PageResult {
    let actor = member.actor();
    let project = projects::open(member.state(), &actor, &project).await?;
    project.require(Role::Editor)?;
    let stored = personas::find(member.state(), &project, &key).await?;
    let applied = personas::delete(member.state(), &actor, &project, &stored.persona.key).await?;
    page::done(&Section::Personas.address(&project), &applied)
}

fn draft(fields: &Fields, key: &str) -> PersonaDraft {
    let text = |name: &str| fields.get(name).to_owned();
    let expect = rows(&fields.0);
    PersonaDraft { key: key.to_owned(), name: text("name"), description: text("description"), context: text("context"), expect }
}

/// The button that draws the form with one more row.
const ADD: &str = "add";

/// The rows of what is expected, at the places they have in the form.
fn rows(pairs: &[(String, String)]) -> Vec<ExpectRow> {
    let mut rows = Vec::new();
    for (name, value) in pairs {
        let Some((at, part)) = name.strip_prefix("expect[").and_then(|rest| rest.split_once("].")) else { continue };
        let Some(at) = at.parse::<usize>().ok().filter(|at| *at <= 2 * MAX_EXPECTATIONS) else { continue };
        if rows.len() <= at {
            rows.resize(at + 1, ExpectRow::default());
        }
        match part {
            "environment" => rows[at].environment.clone_from(value),
            "flag" => rows[at].flag.clone_from(value),
            "variant" => rows[at].variant.clone_from(value),
            _ => {}
        }
    }
    rows
}

fn address(project: &OpenProject, persona: &Persona) -> String {
    format!("{}/{}", Section::Personas.address(project), persona.key)
}

const LEAD: &str = "People to try flags on, and what they should get.";

fn list(project: &OpenProject, personas: Vec<(Vec<Checked>, StoredPersona)>, refusal: Option<String>) -> Html {
    let new = match refusal {
        Some(reason) => view! { <DisabledAction reason=reason>"New persona"</DisabledAction> },
        None => {
            let href = format!("{}/new", Section::Personas.address(project));
            view! { <LinkButton href=href kind=ButtonKind::Primary icon=Glyph::Plus>"New persona"</LinkButton> }
        }
    };
    let body = match personas.is_empty() {
        true => view! {
            <EmptyNew icon=Glyph::Users title="No personas yet" action=new>
                <p>"A persona is a user with a name: a pro customer in Norway, somebody who is not signed in. Make those whom your rules tell apart."</p>
            </EmptyNew>
        },
        false => view! { {table(project, personas)} <p class="bar mt">{new}</p> },
    };
    view! {
        {settings::head(project, Section::Personas, LEAD)}
        {body}
    }
}

fn table(project: &OpenProject, personas: Vec<(Vec<Checked>, StoredPersona)>) -> Html {
    let head = view! { <Column label="Persona" /> <Column label="Targeting key" /> <Column label="Attributes" /> <Column label="Expects" /> };
    let rows: Vec<_> = personas.into_iter().map(|(checked, stored)| row(project, &checked, stored.persona)).collect();
    view! { <Table caption="Personas" head=head>{rows}</Table> }
}

fn row(project: &OpenProject, checked: &[Checked], persona: Persona) -> Html {
    let (href, playground) = (address(project, &persona), of_persona(project, persona.key.as_str()));
    let (expects, label) = (expected::summary(checked), format!("Try {} in the playground", persona.name));
    let key = persona.context.get(TARGETING_KEY).and_then(|key| key.as_str()).map(str::to_owned);
    let key = match key {
        Some(key) => view! { <code>{key}</code> },
        None => view! { <span class="sub">"none"</span> },
    };
    let others: Vec<_> = persona.context.iter().filter(|(name, _)| *name != TARGETING_KEY).collect();
    let more = others.len().saturating_sub(TOLD);
    let told: Vec<_> =
        others.iter().take(TOLD).map(|(name, value)| view! { <code>{format!("{name}: {value}")}</code> }).collect();
    let more = (more > 0).then(|| view! { <span class="sub">{format!("and {more} more")}</span> });
    view! {
        <Row>
            <RowHead>
                <a class="named" href=href>{persona.name}</a>
                <div class="sub clamp">{persona.description}</div>
            </RowHead>
            <Cell label="Targeting key">{key}</Cell>
            <Cell label="Attributes" full=true><span class="bar">{told}{more}</span></Cell>
            <Cell label="Expects" full=true>
                {expects}
                <p><a class="sub" href=playground aria-label=label>"Playground"</a></p>
            </Cell>
        </Row>
    }
}

async fn show(member: Member, project: OpenProject, stored: Option<StoredPersona>, frame: Frame) -> PageResult {
    let refusal = projects::refusal(member.state(), &project, Role::Editor).await?;
    let title = stored.as_ref().map_or_else(|| "New persona".to_owned(), |stored| stored.persona.name.clone());
    let typed = frame.attempt.as_ref().filter(|attempt| attempt.form == FORM);
    let mut draft = stored.as_ref().map(|stored| PersonaDraft::of(&stored.persona)).unwrap_or_default();
    if let Some(attempt) = typed {
        draft.expect = rows(&attempt.values);
    }
    let added = typed.filter(|attempt| !attempt.is_refusal()).map(|_| draft.expect.len());
    let schema = attributes::schema(member.state(), &project).await?;
    let checked = stored.as_ref().map(|stored| checked(&member, &project, &schema, &stored.persona)).unwrap_or_default();
    let offered = form::offered(&member.state().serving.environments_of(&project.stored.id));
    let frame = Frame { title: title.clone(), ..Section::Personas.frame(project.clone()) }.with(frame);
    let editing = form::Editing { project, stored, draft, added, checked, offered, refusal, title };
    member.page(frame, move || form::view(editing)).await
}

fn delete_view(project: &OpenProject, persona: &Persona, title: String) -> Html {
    let back = address(project, persona);
    let crumbs = vec![Crumb::new("Personas", Section::Personas.address(project)), Crumb::new(persona.name.clone(), back.clone())];
    let cancel = view! { <LinkButton href=back kind=ButtonKind::Quiet>"Cancel"</LinkButton> };
    let lead = "Flags are no longer tried on it. Nobody's answer changes.";
    view! {
        <PageHeading title=title crumbs=crumbs lead=lead />
        <div class="card pad"><Form id="delete" submit="Remove this persona" tone=ButtonKind::Danger actions=cancel>
            <p class="sub">"The audit keeps what it was."</p>
        </Form></div>
    }
}
