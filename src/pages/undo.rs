//! `POST /p/{project}/undo/{seq}`: takes a change back and leads back to where it was asked for.

use super::confirm::{self, Preview, Refusal};
use super::fields::Fields;
use super::page::{self, Frame, PageResult, Place};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::audience;
use crate::domain::change::{Change, sentence};
use crate::domain::diff::diff;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::services::projects::OpenProject;
use crate::server::services::undo::{self, Undone};
use crate::server::services::{audit, projects};
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;

/// Where to go afterwards; carried through the confirm page.
const BACK: &str = "_back";

pub async fn post(
    member: Member,
    Path((project, seq)): Path<(String, i64)>,
    headers: HeaderMap,
    mut fields: Fields,
) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    let (_, change) = audit::find(member.state(), &project, seq).await?;
    let back = back(&fields, &headers, &project, &change);
    let undone = undo::undo(member.state(), &member.actor(), &project, seq, fields.consent()).await;
    let refused = match undone {
        Ok(Undone::Done(applied)) => return page::done(&back, &applied),
        Ok(Undone::ChangedSince) => return Ok(refused(member, project, change, StatusCode::CONFLICT).await),
        Ok(Undone::Never) => return Ok(refused(member, project, change, StatusCode::UNPROCESSABLE_ENTITY).await),
        // What the confirm page, or a look at the words, can mend.
        Err(error @ (Error::Confirm(_) | Error::Invalid(_))) => error,
        Err(error) => return Err(error.into()),
    };
    let attempted = refused.to_string();
    match confirm::refusal(&fields, refused)? {
        Refusal::Confirm(ask, attempt) => {
            if fields.get(BACK).is_empty() {
                fields.0.push((BACK.to_owned(), back.clone()));
            }
            let preview = preview(&change, back, member.visit.now);
            confirm::show(member, project, &fields, ask, attempt, preview).await
        }
        // There is no form to fill in again: say it on a page of its own.
        Refusal::Form(_) => Err(Error::field("", attempted).into()),
    }
}

fn preview(change: &Change, back: String, now: Timestamp) -> Preview {
    let document = |side: &Option<Value>| side.clone().unwrap_or_default();
    let rows = diff(&document(&change.after), &document(&change.before));
    let state = |side: &Option<Value>| side.as_ref().and_then(|side| State::deserialize(side).ok());
    let (then, present) = (state(&change.before), state(&change.after));
    let unseen = then.iter().chain(&present).count() == 2 && then.iter().chain(&present).all(|state| !state.enabled);
    let flag = change.flag().unwrap_or_default();
    let note = present.as_ref().zip(then.filter(|then| then.enabled)).map(|(was, then)| audience::change(was, &then, flag, now));
    let title = match (change.action.as_str(), &change.environment) {
        ("state.disable", Some(environment)) => format!("Turn {} on again in {environment}", change.name()),
        _ => format!("Undo: {}", sentence(change)),
    };
    Preview { title, rows, back, note, unseen, ..Preview::default() }
}

/// Where the person came from, when that is a page of ours that can be asked for again; else the object's own page.
fn back(fields: &Fields, headers: &HeaderMap, project: &OpenProject, change: &Change) -> String {
    let home = match change.flag() {
        Some(flag) => format!("/p/{}/flags/{}", project.key(), encode(flag)),
        None => format!("/p/{}/audit", project.key()),
    };
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok()).and_then(path_of);
    let asked = fields.filled(BACK).or(referer);
    asked.filter(|path| page::is_local(path) && !path.starts_with(&format!("/p/{}/undo/", project.key()))).unwrap_or(home)
}

/// `/p/demo/flags?q=a` of `https://flags.shop.example/p/demo/flags?q=a`. A foreign referrer never comes this far.
fn path_of(referer: &str) -> Option<String> {
    let (_, rest) = referer.split_once("://")?;
    rest.find('/').map(|at| rest[at..].to_owned())
}

async fn refused(member: Member, project: OpenProject, change: Change, status: StatusCode) -> axum::response::Response {
    let (title, text) = match status {
        StatusCode::CONFLICT => (
            "Changed since; nothing was undone",
            "It is not as this change left it, so taking the change back would take back what came after it too. Look at what happened since, and make the change that you want.",
        ),
        _ => ("This cannot be undone", "There is no way back from such a change; nothing was done."),
    };
    let history = match change.flag() {
        Some(flag) => format!("/p/{}/flags/{}/history", project.key(), encode(flag)),
        None => format!("/p/{}/audit", project.key()),
    };
    let said = format!("#{}: {}.", change.seq, sentence(&change));
    let frame = Frame { title: title.to_owned(), project: Some(project), place: Place::Audit, ..Frame::default() };
    let view = move || {
        view! {
            <section class="card pad prose">
                <h1>{title}</h1>
                <p>{said}</p>
                <p>{text}</p>
                <p class="bar"><LinkButton href=history>"See what happened since"</LinkButton></p>
            </section>
        }
    };
    page::draw(member.visit, frame, status, view).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn referrers_are_cut_to_their_path() {
        assert_eq!(path_of("http://127.0.0.1:3000/p/demo?x=1"), Some("/p/demo?x=1".to_owned()));
        assert_eq!(path_of("http://127.0.0.1:3000"), None);
        assert_eq!(path_of("about:blank"), None);
    }
}
