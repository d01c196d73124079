//! A segment: made, looked into, changed, removed. What touches flags, and what came in a file, is shown before it is saved.

mod delete;
mod form;
mod ids;
mod lists;
mod review;
mod view;

pub use delete::{get_delete, post_delete};
pub use lists::download;

use super::confirm::{REVIEWERS, TITLE, WHY};
use super::done;
use super::fields::Fields;
use super::page::{self, PageResult};
use super::segments::{address, frame};
use super::upload::Upload;
use super::visit::Member;
use crate::components::{Attempt, encode};
use crate::domain::attribute::Schema;
use crate::domain::lint::Finding;
use crate::domain::role::Role;
use crate::domain::segment::Segment;
use crate::server::error::Error;
use crate::server::governance::Applied;
use crate::server::services::attribute_hints::{self, Hints};
use crate::server::services::attributes;
use crate::server::services::lint;
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::segments::{self, UsedBy};
use crate::server::store::segments::StoredSegment;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use form::{Read, SegmentForm};
use ids::MAX_FILE;
use serde::Deserialize;

/// The form's id.
const FORM: &str = "segment";

type Address = Path<(String, String)>;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    /// The change that led here.
    done: String,
    /// A part of the ids that somebody looks for.
    find: String,
}

/// What the page is about.
struct Editing {
    project: OpenProject,
    /// None of a new segment.
    stored: Option<StoredSegment>,
    used_by: Vec<UsedBy>,
    form: SegmentForm,
    base_version: Option<i64>,
    /// The condition that was just added.
    added: Option<(usize, usize)>,
    attributes: Vec<String>,
    hints: Hints,
    schema: Schema,
    /// What is probably not meant in it.
    findings: Vec<Finding>,
    /// Why this person may not change it.
    refusal: Option<String>,
    find: String,
}

impl Editing {
    async fn open(member: &Member, project: &str, key: Option<&str>) -> Result<Self, Error> {
        let project = projects::open(member.state(), &member.actor(), project).await?;
        let stored = match key {
            Some(key) => Some(segments::find(member.state(), &project, key).await?),
            None => None,
        };
        let used_by = match &stored {
            Some(stored) => segments::used_by(member.state(), &project, stored).await?,
            None => Vec::new(),
        };
        let schema = attributes::schema(member.state(), &project).await?;
        Ok(Self {
            refusal: projects::refusal(member.state(), &project, Role::Editor).await?,
            attributes: attributes::names(member.state(), &project).await?,
            hints: attribute_hints::hints(member.state(), &project, &schema),
            schema,
            form: stored.as_ref().map_or_else(SegmentForm::new, |stored| SegmentForm::of(&stored.segment)),
            base_version: stored.as_ref().map(|stored| stored.version),
            added: None,
            findings: Vec::new(),
            find: String::new(),
            project,
            stored,
            used_by,
        })
    }

    /// Of the segment as it stands on the page; of a form that cannot be saved as it is, nothing.
    async fn lint(&self, member: &Member, typed: bool) -> Result<Vec<Finding>, Error> {
        let read = typed.then(|| self.form.read(self.segment()));
        let written = read.as_ref().filter(|read| read.problems.is_empty()).map(|read| &read.segment);
        let Some(segment) = (if typed { written } else { self.segment() }) else { return Ok(Vec::new()) };
        lint::of_project_segment(member.state(), &self.project, segment).await
    }

    fn segment(&self) -> Option<&Segment> {
        self.stored.as_ref().map(|stored| &stored.segment)
    }

    fn address(&self) -> String {
        one(&self.project, self.stored.as_ref().map_or("new", |stored| stored.segment.key.as_str()))
    }

    fn title(&self) -> String {
        self.segment().map_or_else(|| "New segment".to_owned(), |segment| segment.name.clone())
    }

    async fn submit(&self, member: &Member, segment: Segment, fields: &Fields) -> Result<Applied, Error> {
        let (state, actor) = (member.state(), member.actor());
        match &self.stored {
            Some(_) => segments::edit(state, &actor, &self.project, segment, fields.consent()).await,
            None => segments::create(state, &actor, &self.project, segment).await,
        }
    }
}

/// The address of a segment's page.
fn one(project: &OpenProject, key: &str) -> String {
    format!("{}/{}", address(project), encode(key))
}

pub async fn get_new(member: Member, Path(project): Path<String>) -> PageResult {
    let editing = Editing::open(&member, &project, None).await?;
    draw(member, editing, None, "").await
}

pub async fn get(member: Member, Path((project, key)): Address, Query(params): Query<Params>) -> PageResult {
    let mut editing = Editing::open(&member, &project, Some(&key)).await?;
    editing.find = params.find.trim().to_owned();
    editing.findings = editing.lint(&member, false).await?;
    draw(member, editing, None, &params.done).await
}

pub async fn post_new(member: Member, Path(project): Path<String>, upload: Upload<MAX_FILE>) -> PageResult {
    let editing = Editing::open(&member, &project, None).await?;
    post_form(member, editing, upload).await
}

pub async fn post(member: Member, Path((project, key)): Address, upload: Upload<MAX_FILE>) -> PageResult {
    let editing = Editing::open(&member, &project, Some(&key)).await?;
    post_form(member, editing, upload).await
}

async fn post_form(member: Member, mut editing: Editing, upload: Upload<MAX_FILE>) -> PageResult {
    editing.project.require(Role::Editor)?;
    let Upload::Whole { mut fields, file } = upload else {
        let back = editing.address();
        let frame = frame(&editing.project, "The file is too large".to_owned());
        return Ok(page::draw(member.visit, frame, StatusCode::PAYLOAD_TOO_LARGE, move || view::too_large(back)).await);
    };
    let unread = ids::keep(&mut fields, file).err();
    editing.form = SegmentForm::from_pairs(&fields.0);
    if fields.form() != FORM {
        let error = Error::field("", "This page has no such form. Reload it and try again.");
        return refuse(member, editing, &fields, error).await;
    }
    if let Some((form, added)) = editing.form.clone().rearranged(&fields.0) {
        (editing.form, editing.added) = (form, added);
        editing.findings = editing.lint(&member, true).await?;
        editing.base_version = fields.base_version().or(editing.base_version);
        return draw(member, editing, None, "").await;
    }
    let mut read = editing.form.read(editing.segment());
    read.problems.extend(unread);
    if !read.problems.is_empty() {
        let problems = std::mem::take(&mut read.problems);
        return refuse(member, editing, &fields, Error::Invalid(problems)).await;
    }
    let conflict = stale(&editing, &fields);
    if conflict.is_some() || (!fields.is_confirming() && is_shown_first(&editing, &read)) {
        return review::show(member, editing, &fields, read, conflict).await;
    }
    let after = read.segment.clone();
    let to = one(&editing.project, after.key.as_str());
    match editing.submit(&member, after, &fields).await {
        Ok(applied) => page::done(&to, &applied),
        Err(error) => refused(member, editing, &fields, read, error).await,
    }
}

/// Somebody else was faster: what the form was begun with is no longer what there is.
fn stale(editing: &Editing, fields: &Fields) -> Option<Error> {
    let (base, current) = (fields.base_version()?, editing.base_version?);
    let object = || editing.segment().map(|segment| segment.key.to_string()).unwrap_or_default();
    (base != current).then(|| Error::Conflict { object: object(), base, current })
}

/// Whether a page comes before the change: with what became of a file, or with the flags that it touches.
fn is_shown_first(editing: &Editing, read: &Read) -> bool {
    let differs = editing.segment() != Some(&read.segment);
    read.report.is_some() || (differs && !editing.used_by.is_empty())
}

/// What the write path refused: on the page before the change, or beside the form's fields.
async fn refused(member: Member, mut editing: Editing, fields: &Fields, read: Read, error: Error) -> PageResult {
    let is_asked = |field: &str| matches!(field, "reason" | "confirmation" | TITLE | WHY | REVIEWERS);
    match &error {
        Error::Invalid(problems) if !problems.iter().all(|problem| is_asked(&problem.field)) => {}
        Error::Invalid(_) | Error::Confirm(_) => return review::show(member, editing, fields, read, Some(error)).await,
        Error::Conflict { object, .. } => {
            let (project, key) = (editing.project.key().to_string(), object.clone());
            let form = editing.form;
            editing = Editing { form, ..Editing::open(&member, &project, Some(&key)).await? };
            let read = editing.form.read(editing.segment());
            return review::show(member, editing, fields, read, Some(error)).await;
        }
        _ => {}
    }
    refuse(member, editing, fields, error).await
}

/// The form again, with everything that was typed and what was wrong with it.
async fn refuse(member: Member, editing: Editing, fields: &Fields, error: Error) -> PageResult {
    let mut attempt = Attempt { form: FORM.to_owned(), ..fields.attempt(error)? };
    // It goes along by itself, once.
    attempt.values.retain(|(name, _)| name != ids::KEPT);
    draw(member, editing, Some(attempt), "").await
}

async fn draw(member: Member, editing: Editing, attempt: Option<Attempt>, done: &str) -> PageResult {
    let notice = done::notice(&member, &editing.project, done.parse().ok()).await;
    let frame = page::Frame { attempt, notice, ..frame(&editing.project, editing.title()) };
    member.page(frame, move || view::page(&editing)).await
}
