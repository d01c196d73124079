//! A new flag, and an edit of one's definition: one form for both.

use super::confirm::{self, Preview, Refusal};
use super::fields::Fields;
use super::flag_form::{self, DefinitionForm, FORM};
use super::flag_head;
use super::page::{self, Frame, PageResult, Place};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::diff::diff;
use crate::domain::flag::Flag;
use crate::domain::role::Role;
use crate::server::error::Error;
use crate::server::services::audit;
use crate::server::services::expiry;
use crate::server::services::flag_draft::FlagDraft;
use crate::server::services::flags::{self, FlagView};
use crate::server::services::owners;
use crate::server::services::projects::{self, OpenProject};
use axum::extract::{Path, Query};
use serde::Deserialize;

#[derive(Debug, Clone, Default, Deserialize)]
pub struct Params {
    /// What the flag is to be called; links from keys that SDKs asked for name it.
    #[serde(default)]
    key: String,
}

pub async fn get(member: Member, Path(key): Path<String>, Query(params): Query<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let mut form = new_form(&member, &project).await?;
    form.draft.key = params.key;
    draw_new(member, project, form, None).await
}

pub async fn post(member: Member, Path(key): Path<String>, fields: Fields) -> PageResult {
    let actor = member.actor();
    let project = projects::open(member.state(), &actor, &key).await?;
    project.require(Role::Editor)?;
    let form = new_form(&member, &project).await?.after(&fields);
    if flag_form::wants_a_row(&fields) {
        return draw_new(member, project, form, Some(unrefused(&fields))).await;
    }
    let draft = flag_form::read(&fields);
    match flags::create_from(member.state(), &actor, &project, &draft).await {
        Ok((flag, applied)) => page::done(&flag_head::address(&project, flag.key.as_str()), &applied),
        Err(error) => {
            let attempt = fields.attempt(error)?;
            draw_new(member, project, form, Some(attempt)).await
        }
    }
}

pub async fn edit(member: Member, Path((key, flag)): Path<(String, String)>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let (view, _) = flags::show(member.state(), &project, &flag).await?;
    let form = edit_form(&member, &project, &view).await?;
    draw_edit(member, project, &view, form, None).await
}

pub async fn post_edit(member: Member, Path((key, flag)): Path<(String, String)>, fields: Fields) -> PageResult {
    let actor = member.actor();
    let project = projects::open(member.state(), &actor, &key).await?;
    project.require(Role::Editor)?;
    let (view, _) = flags::show(member.state(), &project, &flag).await?;
    let form = edit_form(&member, &project, &view).await?.after(&fields);
    if flag_form::wants_a_row(&fields) {
        return draw_edit(member, project, &view, form, Some(unrefused(&fields))).await;
    }
    let edited = flag_form::read(&fields).edit(view.flag(), &project.stored.project.kinds, member.visit.now);
    let (after, saved) = match edited {
        Ok(after) => (Some(after.clone()), flags::edit(member.state(), &actor, &project, after, fields.consent()).await),
        Err(problems) => (None, Err(Error::Invalid(problems))),
    };
    let address = flag_head::address(&project, &flag);
    match saved {
        Ok(applied) => page::done(&address, &applied),
        Err(error) => match confirm::refusal(&fields, error)? {
            Refusal::Confirm(confirm, attempt) => {
                let preview = preview(&member, &view, after.as_ref(), format!("{address}/edit")).await?;
                confirm::show(member, project, &fields, confirm, attempt, preview).await
            }
            Refusal::Form(attempt) => draw_edit(member, project, &view, form, Some(attempt)).await,
        },
    }
}

/// The form as it was sent, to be drawn again without a refusal.
fn unrefused(fields: &Fields) -> Attempt {
    Attempt { form: FORM.to_owned(), values: fields.0.clone(), ..Attempt::default() }
}

async fn new_form(member: &Member, project: &OpenProject) -> Result<DefinitionForm, Error> {
    Ok(DefinitionForm {
        draft: FlagDraft::proposed(&member.person.id, &project.stored.project.kinds, member.visit.now),
        owners: owners::choices(member.state(), project).await?,
        base_version: None,
        settings: Some(project.stored.project.clone()),
        kinds: project.stored.project.kinds.clone(),
        rows: flag_form::first_rows(),
        added: false,
        refusal: project.refusal(Role::Editor),
        back: format!("/p/{}/flags", project.key()),
    })
}

async fn edit_form(member: &Member, project: &OpenProject, view: &FlagView) -> Result<DefinitionForm, Error> {
    let draft = FlagDraft::of(view.flag());
    let archived = || view.flag().archived_at.map(|_| "This flag is archived; restore it first.".to_owned());
    Ok(DefinitionForm {
        rows: draft.variants.len() + 1,
        draft,
        owners: owners::choices(member.state(), project).await?,
        base_version: Some(view.version()),
        settings: None,
        kinds: project.stored.project.kinds.clone(),
        added: false,
        refusal: project.refusal(Role::Editor).or_else(archived),
        back: flag_head::address(project, view.flag().key.as_str()),
    })
}

async fn draw_new(member: Member, project: OpenProject, form: DefinitionForm, attempt: Option<Attempt>) -> PageResult {
    let crumbs = vec![Crumb::new("Flags", format!("/p/{}/flags", project.key()))];
    let frame = Frame { title: "New flag".to_owned(), project: Some(project), place: Place::Flags, attempt, ..Frame::default() };
    let lead = "It starts off in every environment; a kill switch starts on. Once on it serves everybody, unless you give a share or rules before.";
    member.page(frame, move || view! { <PageHeading title="New flag" crumbs=crumbs lead=lead />{flag_form::view(form)} }).await
}

async fn draw_edit(
    member: Member,
    project: OpenProject,
    view: &FlagView,
    form: DefinitionForm,
    attempt: Option<Attempt>,
) -> PageResult {
    let key = view.flag().key.to_string();
    let crumbs = vec![Crumb::new("Flags", format!("/p/{}/flags", project.key())), Crumb::new(key.clone(), form.back.clone())];
    let title = format!("Edit {key}");
    let frame = Frame { title: title.clone(), project: Some(project), place: Place::Flags, attempt, ..Frame::default() };
    let lead = "The definition is the same in every environment. What each environment serves is changed on its own page.";
    member.page(frame, move || view! { <PageHeading title=title crumbs=crumbs lead=lead />{flag_form::view(form)} }).await
}

async fn preview(member: &Member, view: &FlagView, after: Option<&Flag>, back: String) -> Result<Preview, Error> {
    let (state, before) = (member.state(), view.flag());
    let note = after.and_then(|after| expiry::at_once(before, after, &view.places, member.visit.now));
    let rows = match after {
        Some(after) => diff(&audit::told_flag(state, before).await?, &audit::told_flag(state, after).await?),
        None => Vec::new(),
    };
    Ok(Preview { title: format!("Change the definition of {}", before.key), rows, back, note, ..Preview::default() })
}
