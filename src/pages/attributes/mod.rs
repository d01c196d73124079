//! The attributes of a project: what is described, what is sent and not described yet, and the forms that describe them.

mod form;
mod list;

use super::done;
use super::fields::Fields;
use super::page::{self, Frame, PageResult};
use super::settings::Section;
use super::visit::Member;
use crate::components::{Attempt, encode};
use crate::domain::attribute::AttributeType;
use crate::domain::role::Role;
use crate::server::services::attributes::{self, AttributeDraft};
use crate::server::services::projects::{self, OpenProject};
use crate::server::store::attributes::StoredAttribute;
use axum::extract::{Path, Query as QueryOf};
use serde::Deserialize;

type Address = Path<(String, String)>;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    /// The change that led here.
    done: String,
    /// The name to describe.
    name: String,
}

pub async fn get(member: Member, Path(key): Path<String>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let names = attributes::all(member.state(), &project).await?;
    let refusal = projects::refusal(member.state(), &project, Role::Editor).await?;
    let notice = done::notice(&member, &project, params.done.parse().ok()).await;
    let now = member.visit.now;
    let frame = Frame { notice, ..Section::Attributes.frame(project.clone()) };
    member.page(frame, move || list::view(&project, names, refusal, now)).await
}

pub async fn get_new(member: Member, Path(key): Path<String>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let draft = suggested(&member, &project, params.name).await?;
    show(member, project, None, draft, None).await
}

/// A name that is used or was seen, as what its rules take it for.
async fn suggested(member: &Member, project: &OpenProject, name: String) -> Result<AttributeDraft, crate::server::error::Error> {
    if name.is_empty() {
        return Ok(AttributeDraft::default());
    }
    let known = attributes::all(member.state(), project).await?.into_iter().find(|known| known.name == name);
    let used_as = known.and_then(|known| known.used_as).map(AttributeType::as_str).unwrap_or_default();
    Ok(AttributeDraft { name, value_type: used_as.to_owned(), ..AttributeDraft::default() })
}

pub async fn post_new(member: Member, Path(key): Path<String>, fields: Fields) -> PageResult {
    let actor = member.actor();
    let project = projects::open(member.state(), &actor, &key).await?;
    project.require(Role::Editor)?;
    match attributes::create(member.state(), &actor, &project, &draft(&fields, fields.get("name"))).await {
        Ok(applied) => page::done(&Section::Attributes.address(&project), &applied),
        Err(error) => {
            let attempt = fields.attempt(error)?;
            show(member, project, None, AttributeDraft::default(), Some(attempt)).await
        }
    }
}

pub async fn get_one(member: Member, Path((project, name)): Address) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    let stored = attributes::find(member.state(), &project, &name).await?;
    let draft = AttributeDraft::of(&stored.attribute);
    show(member, project, Some(stored), draft, None).await
}

pub async fn post_one(member: Member, Path((project, name)): Address, fields: Fields) -> PageResult {
    let actor = member.actor();
    let project = projects::open(member.state(), &actor, &project).await?;
    project.require(Role::Editor)?;
    let stored = attributes::find(member.state(), &project, &name).await?;
    let base = fields.base_version().unwrap_or(stored.version);
    match attributes::edit(member.state(), &actor, &project, &draft(&fields, &name), base).await {
        Ok(applied) => page::done(&Section::Attributes.address(&project), &applied),
        Err(error) => {
            let attempt = fields.attempt(error)?;
            let draft = AttributeDraft::of(&stored.attribute);
            show(member, project, Some(stored), draft, Some(attempt)).await
        }
    }
}

pub async fn get_delete(member: Member, Path((project, name)): Address) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    project.require(Role::Editor)?;
    let stored = attributes::find(member.state(), &project, &name).await?;
    let title = format!("Remove the description of {}", stored.attribute.name);
    let frame = Frame { title: title.clone(), ..Section::Attributes.frame(project.clone()) };
    member.page(frame, move || form::delete_view(&project, &stored.attribute, title)).await
}

pub async fn post_delete(member: Member, Path((project, name)): Address, _: Fields) -> PageResult {
    let actor = member.actor();
    let project = projects::open(member.state(), &actor, &project).await?;
    project.require(Role::Editor)?;
    let stored = attributes::find(member.state(), &project, &name).await?;
    let applied = attributes::delete(member.state(), &actor, &project, &stored.attribute.name).await?;
    page::done(&Section::Attributes.address(&project), &applied)
}

fn draft(fields: &Fields, name: &str) -> AttributeDraft {
    let text = |name: &str| fields.get(name).to_owned();
    AttributeDraft {
        name: name.to_owned(),
        value_type: text("value_type"),
        legal_values: text("legal_values"),
        private: fields.is_checked("private"),
        description: text("description"),
    }
}

fn address(project: &OpenProject, name: &str) -> String {
    format!("{}/{}", Section::Attributes.address(project), encode(name))
}

async fn show(
    member: Member,
    project: OpenProject,
    stored: Option<StoredAttribute>,
    draft: AttributeDraft,
    attempt: Option<Attempt>,
) -> PageResult {
    let refusal = projects::refusal(member.state(), &project, Role::Editor).await?;
    let title = stored.as_ref().map_or_else(|| "Describe an attribute".to_owned(), |stored| stored.attribute.name.clone());
    let frame = Frame { title: title.clone(), attempt, ..Section::Attributes.frame(project.clone()) };
    member.page(frame, move || form::view(&project, stored, draft, title, refusal)).await
}
