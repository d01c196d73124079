//! Every project one belongs to, and the form for a new one.

use super::done::{self, Params};
use super::fields::Fields;
use super::page::{self, Frame, PageResult};
use super::project_form;
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::role::Role;
use crate::server::services::projects::{self, Summary};
use crate::server::services::users::for_owners;
use axum::extract::Query as QueryOf;

const FORM: &str = "project";

pub async fn get(member: Member, QueryOf(params): QueryOf<Params>) -> PageResult {
    let actor = member.actor();
    let summaries = projects::summaries(member.state(), &actor).await?;
    let notice = done::notice_of_own(&member, params.done.parse().ok()).await;
    let frame = Frame { title: "Projects".to_owned(), notice, ..Frame::default() };
    member.page(frame, move || list(summaries, actor.is_owner())).await
}

fn list(summaries: Vec<Summary>, is_owner: bool) -> Html {
    let new = is_owner.then(|| {
        view! { <LinkButton href="/projects/new" icon=Glyph::Plus kind=ButtonKind::Primary>"New project"</LinkButton> }
    });
    if summaries.is_empty() {
        return view! { <PageHeading title="Projects" />{none(new)} };
    }
    let head = view! {
        <Column label="Project" />
        <Column label="Key" />
        <Column label="Environments" />
        <Column label="Flags" numeric=true />
        <Column label="You are" />
    };
    let rows: Vec<_> = summaries.into_iter().map(|summary| row(summary, is_owner)).collect();
    let table = view! { <Table caption="Projects" head=head>{rows}</Table> };
    let lead = "Flags live in projects; each has its own environments, people and keys.";
    match new {
        Some(new) => view! { <PageHeading title="Projects" lead=lead actions=new />{table} },
        None => view! { <PageHeading title="Projects" lead=lead />{table} },
    }
}

/// For somebody who belongs to none, with the way to make one for owners.
pub fn none(new: Option<Html>) -> Html {
    match new {
        Some(new) => view! {
            <EmptyNew icon=Glyph::Project title="There is no project yet" action=new>
                <p>"Flags live in projects. Make one for a product or a team; then add the people who work on it."</p>
            </EmptyNew>
        },
        None => view! {
            <EmptyNew icon=Glyph::Project title="You are not in a project yet">
                <p>"Flags live in projects. Ask an owner of this installation to add you to one; then it is here."</p>
            </EmptyNew>
        },
    }
}

fn row(summary: Summary, is_owner: bool) -> Html {
    let (key, name) = (summary.project.key.to_string(), summary.project.name);
    let href = format!("/p/{key}/flags");
    let role = if is_owner { "Owner" } else { Role::label(summary.role) };
    let environments: Vec<_> = summary
        .environments
        .iter()
        .map(|snapshot| &snapshot.environment.environment)
        .map(|environment| view! { <EnvironmentBadge colour=environment.colour name=environment.name.clone() />" " })
        .collect();
    view! {
        <Row>
            <RowHead><a href=href>{name}</a></RowHead>
            <Cell label="Key"><code>{key}</code></Cell>
            <Cell label="Environments">{environments}</Cell>
            <Cell label="Flags" numeric=true>{summary.flags}</Cell>
            <Cell label="You are" nowrap=true>{role}</Cell>
        </Row>
    }
}

pub async fn new(member: Member) -> PageResult {
    for_owners(&member.actor())?;
    draw_new(member, None).await
}

pub async fn post_new(member: Member, fields: Fields) -> PageResult {
    let actor = member.actor();
    for_owners(&actor)?;
    match projects::create(member.state(), &actor, &project_form::read(&fields)).await {
        Ok((key, applied)) => page::done(&format!("/p/{key}/flags"), &applied),
        Err(error) => draw_new(member, Some(fields.attempt(error)?)).await,
    }
}

async fn draw_new(member: Member, attempt: Option<Attempt>) -> PageResult {
    let frame = Frame { title: "New project".to_owned(), attempt, ..Frame::default() };
    member.page(frame, form).await
}

fn form() -> Html {
    let cancel = view! { <LinkButton href="/projects" kind=ButtonKind::Quiet>"Cancel"</LinkButton> };
    let fields = || {
        view! {
            {project_form::naming("")}
            {project_form::environments()}
        }
    };
    view! {
        <PageHeading title="New project" crumbs=vec![Crumb::new("Projects", "/projects")]
            lead="For a product or a team. People are added to it afterwards, in its settings." />
        <section class="card pad"><Form id=FORM submit="Create project" actions=cancel>{fields()}</Form></section>
    }
}
