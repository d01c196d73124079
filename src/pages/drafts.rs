//! The drafts of a project: who works on what and has not saved it.

use super::draft;
use super::page::{Frame, Notice, PageResult, Place};
use super::visit::Member;
use crate::components::*;
use crate::domain::time::Timestamp;
use crate::server::services::drafts::{self, Listed};
use crate::server::services::projects::{self, OpenProject};
use axum::extract::{Path, Query as QueryOf};
use leptos::prelude::*;
use serde::Deserialize;

#[derive(Debug, Clone, Default, Deserialize)]
pub struct Params {
    /// How many changes the draft held that was saved just now.
    #[serde(default)]
    saved: String,
}

pub async fn get(member: Member, Path(project): Path<String>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    let all = drafts::list(member.state(), &member.person, &project).await?;
    let notice = params.saved.parse().ok().map(saved);
    let frame =
        Frame { title: "Drafts".to_owned(), project: Some(project.clone()), place: Place::Drafts, notice, ..Frame::default() };
    let now = member.visit.now;
    member.page(frame, move || page(&project, all, now)).await
}

fn saved(count: u64) -> Notice {
    let text = match count {
        0 => "Nothing had to change: everything was like that already.".to_owned(),
        1 => "1 change saved. The audit log has it.".to_owned(),
        count => format!("{count} changes saved. The audit log has each of them."),
    };
    Notice { text, ..Notice::default() }
}

const LEAD: &str = "Changes that people have made and not saved yet. Nobody is served by them.";

fn page(project: &OpenProject, all: Vec<Listed>, now: Timestamp) -> impl IntoView + use<> {
    let body = match all.is_empty() {
        true => {
            let action = view! { <LinkButton href=format!("/p/{}/flags", project.key())>"To the flags"</LinkButton> }.into_any();
            view! {
                <EmptyNew icon=Glyph::Edit title="Nothing is waiting to be saved" action=action>
                    <p>"Edits of a flag's rules gather in a draft until you save them. Those of everybody are listed here."</p>
                </EmptyNew>
            }
            .into_any()
        }
        false => table(project, all, now).into_any(),
    };
    view! {
        <PageHeading title="Drafts" lead=LEAD />
        {body}
    }
}

fn table(project: &OpenProject, all: Vec<Listed>, now: Timestamp) -> impl IntoView + use<> {
    let head = view! { <Column label="Draft" /> <Column label="By" /> <Column label="Last edited" /> }.into_any();
    let rows: Vec<_> = all
        .into_iter()
        .map(|listed| {
            let href = draft::address(project.key().as_str(), &listed.stored.id);
            let author = if listed.is_own { format!("{} (you)", listed.author) } else { listed.author };
            let (title, at) = (listed.stored.title, listed.stored.updated_at);
            view! {
                <Row>
                    <RowHead><a class="named" href=href>{title}</a></RowHead>
                    <Cell label="By">{author}</Cell>
                    <Cell label="Last edited"><When at=at now=now /></Cell>
                </Row>
            }
        })
        .collect();
    view! { <Table caption="Drafts" head=head>{rows}</Table> }
}
