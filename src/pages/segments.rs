//! The segments of a project.

use super::done::{self, Params};
use super::page::{Frame, PageResult, Place};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::count::counted;
use crate::domain::role::Role;
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::segments::{self, Listed};
use axum::extract::{Path, Query as QueryOf};

pub async fn get(member: Member, Path(key): Path<String>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let segments = segments::list(member.state(), &project).await?;
    let refusal = projects::refusal(member.state(), &project, Role::Editor).await?;
    let notice = done::notice(&member, &project, params.done.parse().ok()).await;
    let frame = Frame { notice, ..frame(&project, "Segments".to_owned()) };
    member.page(frame, move || list(&project, segments, refusal)).await
}

/// The frame of a page about segments.
pub fn frame(project: &OpenProject, title: String) -> Frame {
    Frame { title, project: Some(project.clone()), place: Place::Segments, ..Frame::default() }
}

pub fn address(project: &OpenProject) -> String {
    format!("/p/{}/segments", project.key())
}

/// `100 000 ids`, `1 id`
pub fn number(count: usize, noun: &str) -> String {
    format!("{} {noun}{}", counted(u64::try_from(count).unwrap_or(u64::MAX)), if count == 1 { "" } else { "s" })
}

fn list(project: &OpenProject, segments: Vec<Listed>, refusal: Option<String>) -> Html {
    let new = match refusal {
        Some(reason) => view! { <DisabledAction reason=reason>"New segment"</DisabledAction> },
        None => {
            let href = format!("{}/new", address(project));
            view! { <LinkButton href=href kind=ButtonKind::Primary icon=Glyph::Plus>"New segment"</LinkButton> }
        }
    };
    let lead = "Groups of users with a name, for the rules of several flags. Changed once, changed everywhere.";
    match segments.is_empty() {
        true => view! {
            <PageHeading title="Segments" lead=lead />
            <EmptyNew icon=Glyph::Segment title="No segments yet" action=new>
                <p>"A segment is a group that rules can ask for: beta testers by their ids, staff by their address. Make one where several flags mean the same users, or where the list is long."</p>
            </EmptyNew>
        },
        false => view! { <PageHeading title="Segments" lead=lead actions=new /> {table(project, segments)} },
    }
}

fn table(project: &OpenProject, segments: Vec<Listed>) -> Html {
    let head = view! {
        <Column label="Segment" />
        <Column label="Included ids" numeric=true />
        <Column label="Excluded ids" numeric=true />
        <Column label="Condition groups" numeric=true />
        <Column label="Used by" />
    };
    let rows: Vec<_> = segments.into_iter().map(|listed| row(project, listed)).collect();
    view! { <Table caption="Segments" head=head>{rows}</Table> }
}

fn row(project: &OpenProject, listed: Listed) -> Html {
    let Listed { outline, flags } = listed;
    let href = format!("{}/{}", address(project), encode(outline.key.as_str()));
    let count = |count: usize| counted(u64::try_from(count).unwrap_or(u64::MAX));
    let used = match flags {
        0 => view! { <span class="sub">"no flag"</span> },
        1 => "1 flag".draw(),
        many => format!("{} flags", counted(many)).draw(),
    };
    view! {
        <Row>
            <RowHead>
                <a class="named" href=href>{outline.name}</a>
                <div class="sub"><code>{outline.key.to_string()}</code></div>
                <div class="sub clamp">{outline.description}</div>
            </RowHead>
            <Cell label="Included ids" numeric=true>{count(outline.include)}</Cell>
            <Cell label="Excluded ids" numeric=true>{count(outline.exclude)}</Cell>
            <Cell label="Condition groups" numeric=true>{count(outline.groups)}</Cell>
            <Cell label="Used by" nowrap=true>{used}</Cell>
        </Row>
    }
}
