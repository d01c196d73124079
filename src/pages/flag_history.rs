//! What was ever done to one flag, in every environment, newest first; and the ways back.

use super::fields::Fields;
use super::flag_head::{self, Here};
use super::page::{Frame, PageResult, Place};
use super::revert;
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::change::Change;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::services::audit::{self, History};
use crate::server::services::flags::{self, FlagView};
use crate::server::services::projects::{self, OpenProject};
use crate::server::store::audit::AuditFilter;
use axum::extract::{Path, Query as QueryOf};
use serde::Deserialize;

#[derive(Debug, Clone, Default, Deserialize)]
pub struct Params {
    /// Only changes older than this one.
    #[serde(default)]
    before: String,
    /// One change alone, with the whole of it.
    #[serde(default)]
    row: String,
}

pub async fn get(member: Member, Path((key, flag)): Path<(String, String)>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let view = flags::view_of(member.state(), &project, &flag).await?;
    let before_seq = params.before.parse().ok();
    let filter = AuditFilter { object: Some(format!("flag:{flag}")), before_seq, ..AuditFilter::default() };
    let history = match params.row.parse() {
        Ok(seq) => alone(&member, &project, &flag, seq).await?,
        Err(_) => audit::search(member.state(), &project, filter).await?,
    };
    let is_part = before_seq.is_some() || !params.row.is_empty();
    let frame =
        Frame { title: format!("History of {flag}"), project: Some(project.clone()), place: Place::Flags, ..Frame::default() };
    let now = member.visit.now;
    member.page(frame, move || page(&project, &view, history, is_part, !params.row.is_empty(), now)).await
}

/// Takes a change back, or restores what it left: both become a draft.
pub async fn post(member: Member, Path((key, flag)): Path<(String, String)>, fields: Fields) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    flags::view_of(member.state(), &project, &flag).await?;
    let back = format!("{}/history", flag_head::address(&project, &flag));
    revert::post(member, project, fields, back, Some(&flag)).await
}

/// One change of this flag; of others there is none here.
async fn alone(member: &Member, project: &OpenProject, flag: &str, seq: i64) -> Result<History, Error> {
    let found = audit::alone(member.state(), project, seq).await?;
    match found.changes.iter().all(|change| change.flag() == Some(flag)) {
        true => Ok(found),
        false => Err(Error::NotFound("change")),
    }
}

fn page(project: &OpenProject, view: &FlagView, history: History, is_part: bool, is_alone: bool, now: Timestamp) -> Html {
    let key = project.key().to_string();
    let colour = |change: &Change| {
        let mut all = view.places.iter().map(|(snapshot, _)| &snapshot.environment.environment);
        all.find(|one| Some(one.key.as_str()) == change.environment.as_deref()).map(|one| one.colour)
    };
    let rows: Vec<_> = history
        .changes
        .into_iter()
        .map(|change| {
            let (colour, actions) = (colour(&change), actions(project, view, &change));
            view! { <ChangeRow change=change now=now project=key.clone() of_flag=true colour=colour open=is_alone actions=actions /> }
        })
        .collect();
    let newest = is_part.then(|| view! { <LinkButton href="?" kind=ButtonKind::Quiet icon=Glyph::Top>"Newest"</LinkButton> });
    let older = history.older_than.map(|seq| {
        view! { <LinkButton href=format!("?before={seq}") kind=ButtonKind::Quiet icon=Glyph::ChevronRight>"Older"</LinkButton> }
    });
    let body = match rows.is_empty() {
        true => view! { <p class="sub">"Nothing older than this."</p> },
        false => view! { <Changes label="Changes, newest first">{rows}</Changes> },
    };
    view! {
        {flag_head::heading(project, view, Here::History, now)}
        {body}
        <p class="bar mt">{newest}{older}</p>
    }
}

/// What can be done with a row: look at that moment, and go back.
fn actions(project: &OpenProject, view: &FlagView, change: &Change) -> Option<Html> {
    let flag = flag_head::address(project, view.flag().key.as_str());
    let place = change
        .environment
        .as_deref()
        .filter(|key| view.places.iter().any(|(snapshot, _)| snapshot.environment.environment.key.as_str() == *key));
    let then = place.map(|key| {
        let href = format!("{flag}/{}?at={}", encode(key), change.at);
        let seq = change.seq;
        view! {
            <LinkButton href=href kind=ButtonKind::Quiet icon=Glyph::History>
                "As of then"<span class="vh">{format!(" (change {seq})")}</span>
            </LinkButton>
        }
    });
    let ways = revert::buttons(change, project.role);
    (then.is_some() || ways.is_some()).then(|| view! { {then} {ways} })
}
