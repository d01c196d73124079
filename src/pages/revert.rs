//! What the histories offer for each of their rows: to take the change back, or to put in place what it left. Both lead to a
//! draft; where somebody changed the same since, each part wants a side chosen first.

use super::draft;
use super::draft::clashes::{self, Names};
use super::fields::Fields;
use super::page::{self, Frame, PageResult, Place};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::change::Change;
use crate::domain::id::DraftId;
use crate::domain::merge::Clash;
use crate::domain::role::Role;
use crate::server::error::Error;
use crate::server::services::audit;
use crate::server::services::projects::OpenProject;
use crate::server::services::revert::{self, Reverted, Way, is_offered};
use axum::http::StatusCode;

pub const REVERT: &str = "revert";
pub const RESTORE: &str = "restore";

const SIDES: Names = Names {
    base: "As the change left it",
    theirs: "As it is now",
    yours: "As it was before the change",
    take_theirs: "Keep as it is now:",
    take_yours: "Take back:",
};

/// The buttons of a row; nothing for who may not, and for what cannot be taken back.
pub fn buttons(change: &Change, role: Role) -> Option<Html> {
    if role < Role::Editor {
        return None;
    }
    let offered = |way| is_offered(change, way);
    let revert = offered(Way::Revert).then(|| button(change.seq, REVERT, "Revert", "Undo just this change, as a draft"));
    let restore = offered(Way::Restore)
        .then(|| button(change.seq, RESTORE, "Restore this version", "As it was after this change, as a draft"));
    (revert.is_some() || restore.is_some()).then(|| view! { {revert} {restore} })
}

fn button(seq: i64, form: &'static str, label: &'static str, tip: &'static str) -> Html {
    view! {
        <form method="post" title=tip>
            <input type="hidden" name="_form" value=form />
            <input type="hidden" name="seq" value=seq />
            <Button kind=ButtonKind::Quiet icon=Glyph::Undo>{label}<span class="vh">{format!(" (change {seq})")}</span></Button>
        </form>
    }
}

/// Handles such a post. `back` is the history that it came from, `place` the part of the project that it belongs to; of one
/// flag's history, no change of anything else is taken.
pub async fn post(member: Member, project: OpenProject, fields: Fields, back: String, flag: Option<&str>) -> PageResult {
    project.require(Role::Editor)?;
    let way = match fields.form() {
        REVERT => Way::Revert,
        RESTORE => Way::Restore,
        _ => return Err(Error::field("", "This page has no such form. Reload it and try again.").into()),
    };
    let seq = fields.get("seq").parse().map_err(|_| Error::NotFound("change"))?;
    let (_, change) = audit::find(member.state(), &project, seq).await?;
    if flag.is_some() && change.flag() != flag {
        return Err(Error::NotFound("change").into());
    }
    let choices = clashes::choices(&fields);
    match revert::row(member.state(), &member.person, &project, seq, way, &choices).await? {
        Reverted::Draft(id) => page::go(draft::address(project.key().as_str(), &id)),
        Reverted::Occupied(id) => occupied(member, project, &id, back).await,
        Reverted::Nothing => {
            let (title, text) = match way {
                Way::Revert => ("Nothing to take back", "What this change did is not in force any more; nothing would change."),
                Way::Restore => ("Nothing to restore", "It is as it was after this change already."),
            };
            told(member, project, title, text, back, None).await
        }
        Reverted::Clashing(clashes) => {
            let chosen = !choices.is_empty();
            choose(member, project, change, way, clashes, back, chosen).await
        }
    }
}

/// A draft of the same is in the way.
pub async fn occupied(member: Member, project: OpenProject, id: &DraftId, back: String) -> PageResult {
    let address = draft::address(project.key().as_str(), id);
    let text = "You have unsaved changes of the same flag there. Save or discard them first; nothing was changed.";
    told(member, project, "You have a draft here already", text, back, Some(address)).await
}

/// A page that says why nothing came of it.
pub async fn told(
    member: Member,
    project: OpenProject,
    title: &'static str,
    text: &'static str,
    back: String,
    draft: Option<String>,
) -> PageResult {
    let frame = Frame { title: title.to_owned(), project: Some(project), place: Place::Flags, ..Frame::default() };
    let view = move || {
        let draft = draft.map(|href| view! { <LinkButton href=href kind=ButtonKind::Primary>"To your draft"</LinkButton> });
        view! {
            <PageHeading title=title />
            <section class="card pad prose">
                <p>{text}</p>
                <p class="bar">{draft}<LinkButton href=back>"Back"</LinkButton></p>
            </section>
        }
    };
    Ok(page::draw(member.visit, frame, StatusCode::CONFLICT, view).await)
}

async fn choose(
    member: Member,
    project: OpenProject,
    change: Change,
    way: Way,
    clashes: Vec<Clash>,
    back: String,
    chosen: bool,
) -> PageResult {
    let title = format!("Revert change #{}", change.seq);
    let form = if way == Way::Revert { REVERT } else { RESTORE };
    let message = "Choose a side of every part that was changed since.".to_owned();
    // Nothing is wrong the first time; the second time a part was left open.
    let attempt = chosen.then(|| Attempt { form: form.to_owned(), message: Some(message), ..Attempt::default() });
    let status = attempt.as_ref().map_or(StatusCode::CONFLICT, |attempt| page::status(Some(attempt)));
    let frame = Frame { title: title.clone(), project: Some(project), place: Place::Flags, attempt, ..Frame::default() };
    let crumbs = vec![Crumb::new("History", back.clone())];
    let view = move || {
        let (seq, table) = (change.seq, clashes::table(&clashes, SIDES));
        let lead =
            "These parts were changed again since. Choose what each of them becomes; you look at the draft before it is saved.";
        view! {
            <PageHeading title=title crumbs=crumbs lead=lead />
            <div class="stack">
                <Refused forms=vec![REVERT, RESTORE] />
                <Card id="clashes" title="Changed since">
                    <form method="post" class="form">
                        <input type="hidden" name="_form" value=form />
                        <input type="hidden" name="seq" value=seq />
                        {table}
                        <p class="bar">
                            <Button kind=ButtonKind::Primary>"Make the draft"</Button>
                            <LinkButton href=back kind=ButtonKind::Quiet>"Cancel"</LinkButton>
                        </p>
                    </form>
                </Card>
            </div>
        }
    };
    Ok(page::draw(member.visit, frame, status, view).await)
}
