//! Keys that SDKs ask for and that no flag answers to: the page on which a slip in somebody's code is found.

use super::page::{Frame, PageResult, Place};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::count::counted;
use crate::domain::key::FlagKey;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::unknown::{self, KEPT_DAYS, UnknownKey, UnknownList};
use axum::extract::{Path, Query as QueryOf};
use serde::Deserialize;

#[derive(Debug, Clone, Default, Deserialize)]
pub struct Params {
    #[serde(default)]
    page: String,
}

pub async fn get(member: Member, Path(key): Path<String>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let list = unknown::list(member.state(), &project, params.page.parse().unwrap_or(1)).await?;
    let frame =
        Frame { title: "Unknown keys".to_owned(), project: Some(project.clone()), place: Place::Flags, ..Frame::default() };
    let now = member.visit.now;
    member.page(frame, move || view(&project, list, now)).await
}

fn view(project: &OpenProject, list: UnknownList, now: Timestamp) -> Html {
    let crumbs = vec![Crumb::new("Flags", format!("/p/{}/flags", project.key()))];
    let lead = format!(
        "What SDKs asked for and no flag answered to: a slip in the code, a flag that was never made, or one that is archived. \
         The code got its own default. A key is forgotten after {KEPT_DAYS} days in which nobody asked for it."
    );
    let body = match list.found {
        0 => view! {
            <EmptyNew icon=Glyph::Ok title="No unknown keys">
                <p>"Every key that SDKs asked for belongs to a flag."</p>
            </EmptyNew>
        },
        _ => table(project, list, now),
    };
    view! {
        <PageHeading title="Unknown keys" crumbs=crumbs lead=lead />
        {body}
    }
}

fn table(project: &OpenProject, list: UnknownList, now: Timestamp) -> Html {
    let head = view! {
        <Column label="Key" />
        <Column label="Asked" />
        <Column label="Last asked" />
        <Column label="What to do" />
    };
    let (page, pages) = (list.page as u64, list.pages as u64);
    let rows: Vec<_> = list.keys.into_iter().map(|unknown| row(project, unknown, now)).collect();
    view! {
        <Table caption="Unknown keys, the last asked for first" head=head>{rows}</Table>
        <Paging page=page pages=pages query=Query::default() />
    }
}

fn row(project: &OpenProject, unknown: UnknownKey, now: Timestamp) -> Html {
    let places: Vec<_> = unknown
        .places
        .iter()
        .map(|(snapshot, asked)| {
            let environment = &snapshot.environment.environment;
            let (colour, name, count) = (environment.colour, environment.name.clone(), counted(asked.count));
            view! { <span class="nowrap"><EnvironmentBadge colour=colour name=name />" "{count}</span> }
        })
        .collect();
    let last = unknown.last().map(|at| view! { <Ago at=at now=now /> });
    let advice = advice(project, &unknown);
    view! {
        <Row>
            <RowHead><code>{unknown.key}</code></RowHead>
            <Cell label="Asked"><span class="bar">{places}</span></Cell>
            <Cell label="Last asked" nowrap=true>{last}</Cell>
            <Cell label="What to do" full=true>{advice}</Cell>
        </Row>
    }
}

/// The flag that was meant, or the form for a new one with this key in it.
fn advice(project: &OpenProject, unknown: &UnknownKey) -> Html {
    let flag = |key: &str| {
        let href = format!("/p/{}/flags/{}", project.key(), encode(key));
        view! { <a href=href><code>{key.to_owned()}</code></a> }
    };
    if unknown.is_archived {
        return view! { <span>"Archived: see "{flag(&unknown.key)}</span> };
    }
    let meant = unknown.meant.as_deref().map(|key| view! { <span>"Did you mean "{flag(key)}"?"</span> });
    let may_make = project.refusal(Role::Editor).is_none() && FlagKey::parse(&unknown.key).is_ok();
    let make = may_make.then(|| {
        let href = format!("/p/{}/flags/new?key={}", project.key(), encode(&unknown.key));
        view! { <a href=href>"Make this flag"<span class="vh">{format!(" {}", unknown.key)}</span></a> }
    });
    view! { <span class="bar">{meant}{make}</span> }
}
