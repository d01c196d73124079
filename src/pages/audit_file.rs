//! The audit as a file to keep: the page's filters, another form.

use super::audit::Params;
use super::page::PageResult;
use super::visit::Member;
use crate::domain::flag::Problem;
use crate::server::error::Error;
use crate::server::services::audit_file::{self, AuditFile, Format};
use crate::server::services::projects;
use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use futures_util::stream::{StreamExt, once, try_unfold};

pub async fn csv(member: Member, project: Path<String>, params: Query<Params>) -> PageResult {
    send(member, project, params, Format::Csv).await
}

pub async fn json_lines(member: Member, project: Path<String>, params: Query<Params>) -> PageResult {
    send(member, project, params, Format::JsonLines).await
}

async fn send(member: Member, Path(project): Path<String>, Query(params): Query<Params>, format: Format) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    let (wanted, unread) = params.read();
    if !unread.is_empty() {
        // A page says what it left out; a file could not.
        let problem = |text| Problem::new("from", format!("{text} is no date; write a day like 2026-11-30."));
        return Err(Error::Invalid(unread.into_iter().map(problem).collect()).into());
    }
    let mut file = audit_file::open(member.state(), &project, &wanted, format).await?;
    // A database that fails at once gets a page that says so; later the transfer breaks off.
    let first = file.next().await?.unwrap_or_default();
    let (kind, end) = match format {
        Format::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
        Format::JsonLines => ("application/jsonl; charset=utf-8", "jsonl"),
    };
    let name = format!("attachment; filename=\"audit-{}-{}.{end}\"", project.key(), member.visit.now.to_date());
    let headers = [(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, name.as_str()), (CACHE_CONTROL, "no-store")];
    let pieces = once(async { Ok::<_, Cut>(first) }).chain(try_unfold(file, more));
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// Why a transfer broke off.
#[derive(Debug, thiserror::Error)]
#[error("the audit could not be read on")]
struct Cut;

async fn more(mut file: AuditFile) -> Result<Option<(String, AuditFile)>, Cut> {
    match file.next().await {
        Ok(piece) => Ok(piece.map(|piece| (piece, file))),
        Err(error) => {
            tracing::error!(%error, "a download of the audit broke off");
            Err(Cut)
        }
    }
}
