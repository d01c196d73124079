//! Personas of a project: who is there to try flags on, and the forms that make, change and remove them.

use super::done;
use super::fields::Fields;
use super::page::{self, Frame, PageResult};
use super::settings::{self, Section};
use super::visit::Member;
use crate::components::*;
use crate::domain::persona::Persona;
use crate::domain::role::Role;
use crate::domain::rule::TARGETING_KEY;
use crate::server::services::personas::{self, PersonaDraft};
use crate::server::services::projects::{self, OpenProject};
use crate::server::store::personas::StoredPersona;
use axum::extract::{Path, Query as QueryOf};
use leptos::prelude::*;
use serde::Deserialize;

const FORM: &str = "persona";
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
    member.page(frame, move || list(&project, personas, refusal)).await
}

pub async fn get_new(member: Member, Path(key): Path<String>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    show(member, project, None, None).await
}

pub async fn post_new(member: Member, Path(key): Path<String>, fields: Fields) -> PageResult {
    let actor = member.actor();
    let project = projects::open(member.state(), &actor, &key).await?;
    project.require(Role::Editor)?;
    match personas::create(member.state(), &actor, &project, &draft(&fields, fields.get("key"))).await {
        Ok(applied) => page::done(&Section::Personas.address(&project), &applied),
        Err(error) => {
            let attempt = fields.attempt(error)?;
            show(member, project, None, Some(attempt)).await
        }
    }
}

pub async fn get_one(member: Member, Path((project, key)): Address) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    let stored = personas::find(member.state(), &project, &key).await?;
    show(member, project, Some(stored), None).await
}

pub async fn post_one(member: Member, Path((project, key)): Address, fields: Fields) -> PageResult {
    let actor = member.actor();
    let project = projects::open(member.state(), &actor, &project).await?;
    project.require(Role::Editor)?;
    let stored = personas::find(member.state(), &project, &key).await?;
    let base = fields.base_version().unwrap_or(stored.version);
    match personas::edit(member.state(), &actor, &project, &draft(&fields, &key), base).await {
        Ok(applied) => page::done(&Section::Personas.address(&project), &applied),
        Err(error) => {
            let attempt = fields.attempt(error)?;
            show(member, project, Some(stored), Some(attempt)).await
        }
    }
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
    PersonaDraft { key: key.to_owned(), name: text("name"), description: text("description"), context: text("context") }
}

fn address(project: &OpenProject, persona: &Persona) -> String {
    format!("{}/{}", Section::Personas.address(project), persona.key)
}

const LEAD: &str = "People to try flags on. Each flag's page for an environment tells what they get there, and why.";

fn list(project: &OpenProject, personas: Vec<StoredPersona>, refusal: Option<String>) -> impl IntoView + use<> {
    let new = match refusal {
        Some(reason) => view! { <DisabledAction reason=reason>"New persona"</DisabledAction> }.into_any(),
        None => {
            let href = format!("{}/new", Section::Personas.address(project));
            view! { <LinkButton href=href kind=ButtonKind::Primary icon=Glyph::Plus>"New persona"</LinkButton> }.into_any()
        }
    };
    let body = match personas.is_empty() {
        true => view! {
            <EmptyNew icon=Glyph::Users title="No personas yet" action=new>
                <p>"A persona is a user with a name: a pro customer in Norway, somebody who is not signed in. Make those whom your rules tell apart."</p>
            </EmptyNew>
        }
        .into_any(),
        false => view! { {table(project, personas)} <p class="bar mt">{new}</p> }.into_any(),
    };
    view! {
        {settings::head(project, Section::Personas, LEAD)}
        {body}
    }
}

fn table(project: &OpenProject, personas: Vec<StoredPersona>) -> impl IntoView + use<> {
    let head = view! { <Column label="Persona" /> <Column label="Targeting key" /> <Column label="Attributes" /> }.into_any();
    let rows: Vec<_> = personas.into_iter().map(|stored| row(project, stored.persona)).collect();
    view! { <Table caption="Personas" head=head>{rows}</Table> }
}

fn row(project: &OpenProject, persona: Persona) -> impl IntoView + use<> {
    let href = address(project, &persona);
    let key = persona.context.get(TARGETING_KEY).and_then(|key| key.as_str()).map(str::to_owned);
    let key = match key {
        Some(key) => view! { <code>{key}</code> }.into_any(),
        None => view! { <span class="sub">"none"</span> }.into_any(),
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
        </Row>
    }
}

async fn show(member: Member, project: OpenProject, stored: Option<StoredPersona>, attempt: Option<Attempt>) -> PageResult {
    let refusal = projects::refusal(member.state(), &project, Role::Editor).await?;
    let title = stored.as_ref().map_or_else(|| "New persona".to_owned(), |stored| stored.persona.name.clone());
    let frame = Frame { title: title.clone(), attempt, ..Section::Personas.frame(project.clone()) };
    member.page(frame, move || form(&project, stored, title, refusal)).await
}

fn form(project: &OpenProject, stored: Option<StoredPersona>, title: String, refusal: Option<String>) -> impl IntoView + use<> {
    let home = Section::Personas.address(project);
    let crumbs = vec![Crumb::new("Personas", home.clone())];
    let remove = stored.as_ref().filter(|_| refusal.is_none()).map(|stored| {
        let href = format!("{}/delete", address(project, &stored.persona));
        view! { <LinkButton href=href kind=ButtonKind::Danger icon=Glyph::Remove>"Remove"</LinkButton> }
    });
    let label = if stored.is_some() { "Save" } else { "Create persona" };
    let cancel = view! { <LinkButton href=home kind=ButtonKind::Quiet>"Cancel"</LinkButton> };
    let form = match refusal {
        None => view! { <Form id=FORM submit=label actions=cancel.into_any()>{fields(stored)}</Form> }.into_any(),
        Some(reason) => {
            let actions = view! { <DisabledAction reason=reason>{label}</DisabledAction> {cancel} }.into_any();
            view! { <Form id=FORM actions=actions>{fields(stored)}</Form> }.into_any()
        }
    };
    view! {
        <PageHeading title=title crumbs=crumbs actions=remove.into_any() />
        <div class="card pad">{form}</div>
    }
}

fn fields(stored: Option<StoredPersona>) -> impl IntoView {
    let version = stored.as_ref().map(|stored| view! { <Hidden name="base_version" value=stored.version.to_string() /> });
    let draft = stored.as_ref().map(|stored| PersonaDraft::of(&stored.persona)).unwrap_or_default();
    let key = match stored {
        None => view! {
            <Field name="key" label="Key" required=true mono=true autofocus=true autocomplete="off" width=24
                placeholder="pro_norway" hint="A short name for addresses and files. It stays." />
        }
        .into_any(),
        Some(_) => {
            let key = draft.key.clone();
            view! { <Definitions wide=true><Fact label="Key"><code>{key}</code></Fact></Definitions> }.into_any()
        }
    };
    view! {
        {version}
        {key}
        <Field name="name" label="Name" required=true value=draft.name placeholder="Pro customer in Norway" autocomplete="off" />
        <TextArea name="description" label="Description" value=draft.description rows=2 />
        <TextArea name="context" label="Context" value=draft.context mono=true rows=10
            placeholder="{\"targetingKey\": \"user_1\", \"plan\": \"pro\", \"country\": \"NO\"}"
            hint="What your program sends when it asks, as JSON. targetingKey is who they are; left out for who is not known." />
    }
}

fn delete_view(project: &OpenProject, persona: &Persona, title: String) -> impl IntoView + use<> {
    let back = address(project, persona);
    let crumbs = vec![Crumb::new("Personas", Section::Personas.address(project)), Crumb::new(persona.name.clone(), back.clone())];
    let cancel = view! { <LinkButton href=back kind=ButtonKind::Quiet>"Cancel"</LinkButton> }.into_any();
    let lead = "Flags are no longer tried on it. Nobody's answer changes.";
    view! {
        <PageHeading title=title crumbs=crumbs lead=lead />
        <div class="card pad"><Form id="delete" submit="Remove this persona" tone=ButtonKind::Danger actions=cancel>
            <p class="sub">"The audit keeps what it was."</p>
        </Form></div>
    }
}
