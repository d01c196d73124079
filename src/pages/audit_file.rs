//! The audit as a file to keep: the page's filters, another form; signed, for who needs evidence.

use super::audit::Params;
use super::page::PageResult;
use super::visit::Member;
use crate::domain::flag::Problem;
use crate::server::error::Error;
use crate::server::services::audit::Wanted;
use crate::server::services::audit_file::{self, AuditFile, Format};
use crate::server::services::evidence_file::{self, EvidenceFile};
use crate::server::services::projects;
use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use futures_util::stream::{StreamExt, once, try_unfold};

const JSON_LINES: &str = "application/jsonl; charset=utf-8";

pub async fn csv(member: Member, project: Path<String>, params: Query<Params>) -> PageResult {
    send(member, project, params, Format::Csv).await
}

pub async fn json_lines(member: Member, project: Path<String>, params: Query<Params>) -> PageResult {
    send(member, project, params, Format::JsonLines).await
}

pub async fn signed(member: Member, Path(project): Path<String>, Query(params): Query<Params>) -> PageResult {
    let (state, actor) = (member.state(), member.actor());
    let project = projects::open(state, &actor, &project).await?;
    let file = evidence_file::open(state, &actor, &project, &wanted(&params)?, &filter(&params)).await?;
    let name = format!("audit-{}-{}.signed.jsonl", project.key(), member.visit.now.to_date());
    answer(Pieces::Signed(Box::new(file)), JSON_LINES, &name).await
}

/// The history of the installation; for owners.
pub async fn installation(member: Member, Query(params): Query<Params>) -> PageResult {
    let (state, actor) = (member.state(), member.actor());
    let (wanted, filter) = (wanted(&params)?, filter(&params));
    let file = evidence_file::of_installation(state, &actor, params.project(), &wanted, &filter).await?;
    let name = format!("history-{}.signed.jsonl", member.visit.now.to_date());
    answer(Pieces::Signed(Box::new(file)), JSON_LINES, &name).await
}

async fn send(member: Member, Path(project): Path<String>, Query(params): Query<Params>, format: Format) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    let file = audit_file::open(member.state(), &project, &wanted(&params)?, format).await?;
    let (kind, end) = match format {
        Format::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
        Format::JsonLines => (JSON_LINES, "jsonl"),
    };
    let name = format!("audit-{}-{}.{end}", project.key(), member.visit.now.to_date());
    answer(Pieces::Plain(Box::new(file)), kind, &name).await
}

/// A page says which date it left out; a file could not, so it is refused.
fn wanted(params: &Params) -> Result<Wanted, Error> {
    let (wanted, unread) = params.read();
    let problem = |text| Problem::new("from", format!("{text} is no date; write a day like 2026-11-30."));
    match unread.is_empty() {
        true => Ok(wanted),
        false => Err(Error::Invalid(unread.into_iter().map(problem).collect())),
    }
}

/// How the page was asked, as its address says it; empty where for everything.
fn filter(params: &Params) -> String {
    params.filters().href().trim_end_matches('?').to_owned()
}

async fn answer(mut file: Pieces, kind: &str, name: &str) -> PageResult {
    // A database that fails at once gets a page that says so; later the transfer breaks off.
    let first = file.next().await?.unwrap_or_default();
    let name = format!("attachment; filename=\"{name}\"");
    let headers = [(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, name.as_str()), (CACHE_CONTROL, "no-store")];
    let pieces = once(async { Ok::<_, Cut>(first) }).chain(try_unfold(file, more));
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// A file on its way.
enum Pieces {
    Plain(Box<AuditFile>),
    Signed(Box<EvidenceFile>),
}

impl Pieces {
    async fn next(&mut self) -> Result<Option<String>, Error> {
        match self {
            Self::Plain(file) => file.next().await,
            Self::Signed(file) => file.next().await,
        }
    }
}

/// Why a transfer broke off.
#[derive(Debug, thiserror::Error)]
#[error("the audit could not be read on")]
struct Cut;

async fn more(mut file: Pieces) -> Result<Option<(String, Pieces)>, Cut> {
    match file.next().await {
        Ok(piece) => Ok(piece.map(|piece| (piece, file))),
        Err(error) => {
            tracing::error!(%error, "a download of the audit broke off");
            Err(Cut)
        }
    }
}
