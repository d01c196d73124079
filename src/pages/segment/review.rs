//! The page before a change: what became of the file, which flags and environments it touches, what changes field by field.
//! It carries the whole post along, the file too, so nothing is kept on the server and nothing is lost.

use super::form::Read;
use super::ids::KEPT;
use super::{Editing, view};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::diff::{DiffRow, diff};
use crate::domain::segment::Segment;
use crate::domain::text::capital;
use crate::pages::confirm::{self, FORM, ORIGIN, REVIEWERS, TITLE, WHY};
use crate::pages::fields::Fields;
use crate::pages::page::{self, PageResult};
use crate::pages::segments::{address, frame, number};
use crate::pages::visit::Member;
use crate::server::error::{Confirm, Error};
use crate::server::services::id_list::Report;
use crate::server::services::segments::{self, UsedBy};
use axum::http::StatusCode;
use serde_json::Value;

struct Review {
    title: String,
    /// Addresses of the segment's page and of the project's segments.
    here: String,
    above: String,
    project: String,
    /// Somebody was faster.
    conflict: Option<String>,
    report: Option<(String, Report)>,
    used_by: Vec<UsedBy>,
    /// Whether somebody may be answered differently.
    moves: bool,
    rows: Vec<DiffRow>,
    asks: Option<Confirm>,
    /// Whom a review may be asked of, where one is due.
    reviewers: Vec<Choice>,
    carried: Vec<(String, String)>,
}

/// Shows the page; `refusal` is why the change was not made yet, where it was tried.
pub async fn show(member: Member, editing: Editing, fields: &Fields, read: Read, refusal: Option<Error>) -> PageResult {
    let before = editing.segment();
    let moves = before.is_some_and(|before| !before.has_same_members(&read.segment));
    let mut asks = match moves {
        true => segments::asks(member.state(), &member.actor(), &editing.project, &read.segment).await?,
        false => None,
    };
    let (mut conflict, mut attempt) = (None, None);
    // Nothing has happened yet: neither a success nor a mistake.
    let mut status = StatusCode::PRECONDITION_REQUIRED;
    match refusal {
        Some(Error::Confirm(confirm)) => asks = Some(confirm),
        Some(error @ Error::Conflict { .. }) => {
            status = StatusCode::CONFLICT;
            conflict = Some(capital(&error.to_string()));
        }
        Some(error) => {
            let refused = Attempt { form: FORM.to_owned(), ..fields.attempt(error)? };
            status = page::status(Some(&refused));
            attempt = Some(refused);
        }
        None => {}
    }
    let rows = rows(before, &read.segment);
    let reviewers = confirm::reviewers(&member, &editing.project, asks.as_ref().and_then(|asks| asks.review.as_ref())).await?;
    let review = Review {
        title: match before {
            Some(before) => format!("Change {}", before.name),
            None => format!("Create {}", read.segment.name),
        },
        here: editing.address(),
        above: address(&editing.project),
        project: editing.project.key().to_string(),
        report: read.report.map(|report| (editing.form.ids.source().to_owned(), report)),
        carried: carried(fields, editing.base_version),
        used_by: editing.used_by,
        conflict,
        moves,
        rows,
        asks,
        reviewers,
    };
    let frame = page::Frame { attempt, ..frame(&editing.project, review.title.clone()) };
    Ok(page::draw(member.visit, frame, status, move || draw(review)).await)
}

fn rows(before: Option<&Segment>, after: &Segment) -> Vec<DiffRow> {
    let document = |segment: &Segment| serde_json::to_value(segment).unwrap_or(Value::Null);
    diff(&before.map(document).unwrap_or(Value::Null), &document(after))
}

/// The fields of the post, to be posted again, on the version that is shown.
fn carried(fields: &Fields, base_version: Option<i64>) -> Vec<(String, String)> {
    let own =
        |name: &str| matches!(name, "_form" | ORIGIN | "reason" | "confirmation" | "base_version" | TITLE | WHY | REVIEWERS);
    let kept = fields.0.iter().filter(|(name, _)| !own(name)).cloned();
    let own = [(ORIGIN.to_owned(), super::FORM.to_owned())];
    kept.chain(own).chain(base_version.map(|version| ("base_version".to_owned(), version.to_string()))).collect()
}

fn draw(review: Review) -> Html {
    let crumbs = vec![Crumb::new("Segments", review.above.clone())];
    let lead = lead(&review);
    let conflict = review.conflict.clone().map(|text| {
        view! {
            <Banner tone=Tone::Warn title=text>
                <p>"Nothing was saved and nothing you sent is lost. What you did not touch is as the others left it; below is what your change does to that."</p>
            </Banner>
        }
    });
    let report = review.report.clone().map(|(name, report)| report_card(name, &report));
    let used = (!review.used_by.is_empty()).then(|| touched(&review));
    let confirm = match review.rows.is_empty() {
        true => view! { <p class="bar"><LinkButton href=review.here.clone()>"Back"</LinkButton></p> },
        false => confirm_card(&review),
    };
    view! {
        <PageHeading title=review.title crumbs=crumbs lead=lead />
        <div class="stack">
            {conflict}
            {report}
            {used}
            <Card id="what-changes" title="What changes"><Diff rows=review.rows label="What changes" /></Card>
            {confirm}
        </div>
    }
}

fn lead(review: &Review) -> String {
    match (&review.asks, review.rows.is_empty()) {
        (_, true) => "Everything is so already.".to_owned(),
        (Some(Confirm { review: Some(asked), .. }), _) => confirm::reviewed(asked),
        (Some(Confirm { environment, typed: true, .. }), _) => {
            format!("{environment} is critical: customers see this change at once.")
        }
        (Some(Confirm { environment, .. }), _) => format!("{environment} is protected: say why before this takes effect."),
        (None, _) => "Nothing has happened yet.".to_owned(),
    }
}

fn report_card(name: String, report: &Report) -> Html {
    let said = format!("{}.", report.sentence());
    let notes: Vec<_> = report.notes().into_iter().map(|note| view! { <p class="sub">{note}</p> }).collect();
    view! {
        <Card id="report" title="The ids" note=name>
            <p>{said}</p>
            {notes}
        </Card>
    }
}

fn touched(review: &Review) -> Html {
    let live = review.used_by.iter().filter(|user| !user.is_archived).count();
    let said = match (review.moves, live) {
        (false, _) => "Nobody is answered differently: who is in stays the same.".to_owned(),
        (true, 0) => "Only archived flags ask for it, which answer nobody.".to_owned(),
        (true, live) => format!("{} may answer differently at once, in these environments.", number(live, "flag")),
    };
    let list = view::used_by(&review.project, &review.used_by);
    view! { <Card id="touches" title="What it touches"><div class="stack"><p>{said}</p>{list}</div></Card> }
}

fn confirm_card(review: &Review) -> Html {
    let hidden: Vec<_> = review.carried.iter().map(|(name, value)| hidden(name, value)).collect();
    let cancel = view! { <LinkButton href=review.here.clone() kind=ButtonKind::Quiet>"Cancel"</LinkButton> };
    let (asks, title, reviewers) = (review.asks.clone(), review.title.clone(), review.reviewers.clone());
    let is_reviewed = asks.as_ref().is_some_and(|asks| asks.review.is_some());
    let (heading, label) = if is_reviewed { ("Ask for a review", "Request review") } else { ("Confirm", "Apply change") };
    // Made in the form, where they find what was typed.
    let asked = move || {
        let Confirm { environment, typed, .. } = asks?;
        if is_reviewed {
            return Some(confirm::review_fields(title, String::new(), reviewers, true));
        }
        let hint = format!("Type {environment} to say that you mean it.");
        let typed = typed.then(|| {
            view! { <Field name="confirmation" label="Environment" required=true mono=true autocomplete="off" hint=hint /> }
        });
        let hint = "For the people who read the history.";
        Some(view! { <Field name="reason" label="Reason" required=true hint=hint autofocus=true /> {typed} })
    };
    view! {
        <Card id="confirm-it" title=heading>
            <Form id=FORM submit=label actions=cancel multipart=true>{hidden}{asked()}</Form>
        </Card>
    }
}

/// A text area keeps lines, and takes as much as there is.
fn hidden(name: &str, value: &str) -> Html {
    let (name, value) = (name.to_owned(), value.to_owned());
    match name == KEPT || value.contains('\n') {
        true => view! { <HiddenText name=name value=value /> },
        false => view! { <input type="hidden" name=name value=value /> },
    }
}
