//! `/p/{project}/settings/files`: a project as a file, out and in. An import is first shown as what it would change; what
//! is applied is what was shown, or it is shown again.

mod changes;
mod view;

use super::fields::Fields;
use super::page::{self, Notice, PageResult};
use super::settings::Section;
use super::upload::Upload;
use super::visit::Member;
use super::{asks, confirm};
use crate::components::*;
use crate::domain::environment::Environment;
use crate::domain::flag::Problem;
use crate::domain::key::EnvironmentKey;
use crate::domain::role::Role;
use crate::domain::time::{DAY, Timestamp};
use crate::server::error::Error;
use crate::server::services::export;
use crate::server::services::flag_file::Finding;
use crate::server::services::flag_file::write::Format;
use crate::server::services::import::{self, ImportError, Prepared};
use crate::server::services::projects::{self, OpenProject};
use axum::extract::{Path, Query};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use changes::Comparison;
use serde::Deserialize;
use view::Files;

/// The two forms: a file to compare, and a comparison to apply.
const IMPORT: &str = "import";
const APPLY: &str = "apply";
/// The largest file that is taken, in bytes.
const MAX_FILE: usize = 5 * 1024 * 1024;
/// A larger file does not go back into the form where its findings are put right.
const MAX_EDITED: usize = 256 * 1024;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    /// How many changes an import that was just made came to.
    imported: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    environment: String,
    format: String,
}

/// What an import form was sent with.
struct Sent {
    fields: Fields,
    bytes: Vec<u8>,
    environment: Option<EnvironmentKey>,
}

pub async fn get(member: Member, Path(key): Path<String>, Query(params): Query<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let notice = params.imported.map(|count| Notice {
        text: format!("Imported: {count} {}. The audit log has them all.", if count == 1 { "change" } else { "changes" }),
        ..Notice::default()
    });
    draw(member, project, Vec::new(), None, notice).await
}

/// The project as a file to keep.
pub async fn export(member: Member, Path(key): Path<String>, Query(wanted): Query<Wanted>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let format = Format::parse(&wanted.format).unwrap_or_default();
    let only = match wanted.environment.as_str() {
        "" => None,
        key => Some(EnvironmentKey::parse(key).map_err(|_| Error::NotFound("environment"))?),
    };
    let text = export::export(&member.state().db, &member.actor(), project.key(), only.as_ref(), format).await?;
    let (kind, end) = match format {
        Format::Yaml => ("application/yaml; charset=utf-8", "yaml"),
        Format::Json => ("application/json", "json"),
    };
    // Keys hold nothing that would have to be escaped here.
    let name = only.map_or_else(|| project.key().to_string(), |only| format!("{}-{only}", project.key()));
    let mut response = text.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}.{end}\""));
    response.headers_mut().extend(disposition.ok().map(|value| (header::CONTENT_DISPOSITION, value)));
    Ok(response)
}

pub async fn post(member: Member, Path(key): Path<String>, upload: Upload<MAX_FILE>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    project.require(Role::Editor)?;
    let Upload::Whole { fields, file } = upload else { return Ok(too_large(member, project).await) };
    // A browser sends every line of a text area with a carriage return.
    let pasted = || fields.get("content").replace("\r\n", "\n").into_bytes();
    let bytes = file.map_or_else(pasted, |file| file.bytes.to_vec());
    let environment = EnvironmentKey::parse(fields.get("environment")).ok();
    let sent = Sent { fields, bytes, environment };
    if sent.bytes.iter().all(u8::is_ascii_whitespace) {
        let problem = Problem::new("content", "Choose a file, or paste its text here.");
        let attempt = attempt(&sent.fields, vec![problem], None);
        return refused(member, project, &sent, attempt, Vec::new()).await;
    }
    if sent.fields.form() == APPLY { apply(member, project, sent).await } else { compare(member, project, sent).await }
}

async fn compare(member: Member, project: OpenProject, sent: Sent) -> PageResult {
    let now = member.visit.now;
    match prepare(&member, &project, &sent, now).await {
        Ok(prepared) => compared(member, project, sent, prepared, now, StatusCode::OK, None).await,
        Err(error) => unprepared(member, project, sent, error).await,
    }
}

async fn apply(member: Member, project: OpenProject, sent: Sent) -> PageResult {
    let now = compared_at(&sent.fields, member.visit.now);
    let prepared = match prepare(&member, &project, &sent, now).await {
        Ok(prepared) => prepared,
        Err(error) => return unprepared(member, project, sent, error).await,
    };
    if prepared.fingerprint() != sent.fields.get("compared") {
        let attempt = attempt(&sent.fields, Vec::new(), Some(CHANGED_SINCE));
        return compared(member, project, sent, prepared, now, StatusCode::CONFLICT, Some(attempt)).await;
    }
    let problems = asks::unconfirmed(&sent.fields, &prepared.asks());
    if !problems.is_empty() {
        let attempt = attempt(&sent.fields, problems, None);
        return compared(member, project, sent, prepared, now, StatusCode::UNPROCESSABLE_ENTITY, Some(attempt)).await;
    }
    let said = asks::confirmation(&sent.fields, &prepared.asks());
    match import::submit(&member.state().governance, &member.actor(), prepared, &said).await {
        Ok(rows) => page::go(format!("{}?imported={}", Section::Files.address(&project), rows.len())),
        Err(error) => {
            // Somebody was faster than the look a moment ago, or the environment asks for more since: show it anew.
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::CONFLICT);
            let again = attempt(&sent.fields, Vec::new(), Some(&error.to_string()));
            if !matches!(error, Error::Conflict { .. } | Error::Confirm(_) | Error::Invalid(_)) {
                return Err(error.into());
            }
            match prepare(&member, &project, &sent, now).await {
                Ok(prepared) => compared(member, project, sent, prepared, now, status, Some(again)).await,
                Err(error) => unprepared(member, project, sent, error).await,
            }
        }
    }
}

const CHANGED_SINCE: &str = "The project changed since you compared. Nothing was imported; below is what would change now.";

async fn prepare(member: &Member, project: &OpenProject, sent: &Sent, now: Timestamp) -> Result<Prepared, ImportError> {
    let (state, bytes) = (member.state(), sent.bytes.clone());
    import::prepare(&state.db, &state.governance, &member.actor(), project.key(), sent.environment.as_ref(), bytes, now).await
}

/// When the comparison was made that is applied: defaults such as a lifetime count from then.
fn compared_at(fields: &Fields, now: Timestamp) -> Timestamp {
    let at = Timestamp::parse(fields.get("at")).ok();
    at.filter(|at| (0..DAY).contains(&(now.millis() - at.millis()))).unwrap_or(now)
}

fn attempt(fields: &Fields, problems: Vec<Problem>, message: Option<&str>) -> Attempt {
    let kept = fields.0.iter().filter(|(name, _)| name != "content");
    let (form, values, message) = (fields.form().to_owned(), kept.cloned().collect(), message.map(str::to_owned));
    Attempt { form, values, problems, message, ..Attempt::default() }
}

/// A file that cannot be compared: the form again, with everything that is wrong. What was pasted stays.
async fn unprepared(member: Member, project: OpenProject, sent: Sent, error: ImportError) -> PageResult {
    let mut attempt = match error {
        ImportError::File(findings) => {
            let message = "The file cannot be taken; nothing was changed. What to write instead is listed above.";
            return refused(member, project, &sent, attempt(&sent.fields, Vec::new(), Some(message)), findings).await;
        }
        ImportError::NoEnvironment => {
            let message = "The short form describes the flags of one environment. Choose which one.";
            attempt(&sent.fields, vec![Problem::new("environment", message)], None)
        }
        // They may import: it is something in this file that takes more.
        ImportError::Other(Error::Forbidden(why)) => attempt(&sent.fields, Vec::new(), Some(&why)),
        ImportError::Other(error) => sent.fields.attempt(error)?,
    };
    attempt.values.retain(|(name, _)| name != "content");
    refused(member, project, &sent, attempt, Vec::new()).await
}

async fn refused(member: Member, project: OpenProject, sent: &Sent, attempt: Attempt, findings: Vec<Finding>) -> PageResult {
    let mut attempt = Attempt { form: IMPORT.to_owned(), ..attempt };
    if let Some(text) = std::str::from_utf8(&sent.bytes).ok().filter(|text| text.len() <= MAX_EDITED) {
        attempt.values.push(("content".to_owned(), text.to_owned()));
    }
    draw(member, project, findings, Some(attempt), None).await
}

async fn draw(
    member: Member,
    project: OpenProject,
    findings: Vec<Finding>,
    attempt: Option<Attempt>,
    notice: Option<Notice>,
) -> PageResult {
    let files = Files {
        refusal: project.refusal(Role::Editor),
        masked: project.role == Role::Viewer,
        environments: environments(&member, &project).into_iter().map(|one| one.key.to_string()).collect(),
        project: project.clone(),
        findings,
    };
    let frame = page::Frame { attempt, notice, ..Section::Files.frame(project) };
    member.page(frame, move || view::view(files)).await
}

fn environments(member: &Member, project: &OpenProject) -> Vec<Environment> {
    let snapshots = member.state().serving.environments_of(&project.stored.id);
    snapshots.iter().map(|snapshot| snapshot.environment.environment.clone()).collect()
}

async fn compared(
    member: Member,
    project: OpenProject,
    sent: Sent,
    prepared: Prepared,
    at: Timestamp,
    status: StatusCode,
    attempt: Option<Attempt>,
) -> PageResult {
    let environments = environments(&member, &project);
    let reviewers = confirm::reviewers(&member, &project, prepared.asks().review.as_ref()).await?;
    // What could be compared is text.
    let content = String::from_utf8(sent.bytes).unwrap_or_default();
    let comparison = Comparison { back: Section::Files.address(&project), environments, content, at, prepared, reviewers };
    let frame = page::Frame { title: "What the import changes".to_owned(), attempt, ..Section::Files.frame(project) };
    Ok(page::draw(member.visit, frame, status, move || changes::view(comparison)).await)
}

async fn too_large(member: Member, project: OpenProject) -> Response {
    let back = Section::Files.address(&project);
    let frame = page::Frame { title: "The file is too large".to_owned(), ..Section::Files.frame(project) };
    let most = MAX_FILE / (1024 * 1024);
    page::draw(member.visit, frame, StatusCode::PAYLOAD_TOO_LARGE, move || view::too_large(back, most)).await
}
