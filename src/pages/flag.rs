//! One flag: where it stands in every environment, how it is used, what to do with it next, and how to ask for it.

mod about;
#[path = "flag/references.rs"]
mod in_code;
mod lifetime;
mod matrix;
mod next;
mod snippet;

use super::confirm::{self, Preview, Refusal};
use super::done;
use super::fields::Fields;
use super::flag_head::{self, Here};
use super::page::{self, Frame, PageResult, Place};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::diff::diff;
use crate::domain::flag::Flag;
use crate::domain::lifecycle::Evidence;
use crate::domain::role::Role;
use crate::domain::time::{DAY, Timestamp};
use crate::domain::when;
use crate::server::error::{Confirm, Error};
use crate::server::services::cleanup;
use crate::server::services::expiry;
use crate::server::services::flags::{self, FlagView};
use crate::server::services::missed::{self, Missed};
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::references::{self, Found};
use crate::server::services::reminders::{self, Date, Reminders};
use crate::server::services::states::Consent;
use crate::server::services::unknown;
use crate::server::services::usage::Usage;
use crate::server::serving::Asked;
use axum::extract::{Path, Query as QueryOf};
use lifetime::{EXTEND, REVIEW, SNOOZE, WAKE};
use serde::Deserialize;
use serde_json::Value;

const ARCHIVE: &str = "archive";
const RESTORE: &str = "restore";

#[derive(Debug, Clone, Default, Deserialize)]
pub struct Params {
    /// The change that led here.
    #[serde(default)]
    pub(super) done: String,
}

/// Everything the page shows.
struct Shown {
    project: OpenProject,
    view: FlagView,
    /// In the order of `view.places`.
    usage: Vec<Usage>,
    /// The same, of an archived flag.
    asked: Vec<Option<Asked>>,
    reminders: Reminders,
    /// Who would miss it by now.
    missed: Missed,
    references: Found,
    /// How to take it out of the code, where it is time to.
    brief: Option<String>,
    public_url: String,
    now: Timestamp,
}

pub async fn get(member: Member, Path((key, flag)): Path<(String, String)>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    show(member, project, &flag, None, &params.done).await
}

/// Archives and restores; moves its dates, and silences them.
pub async fn post(member: Member, Path((key, flag)): Path<(String, String)>, fields: Fields) -> PageResult {
    let actor = member.actor();
    let project = projects::open(member.state(), &actor, &key).await?;
    project.require(Role::Editor)?;
    let view = flags::view_of(member.state(), &project, &flag).await?;
    let archived = match fields.form() {
        ARCHIVE => true,
        RESTORE => false,
        EXTEND => return extend(member, project, view, Date::Expiry, fields).await,
        REVIEW => return extend(member, project, view, Date::Review, fields).await,
        SNOOZE | WAKE => return snooze(member, project, view, fields).await,
        _ => {
            let message = "This page takes the forms archive, restore, extend, review, snooze and wake.";
            return Err(Error::field("_form", message).into());
        }
    };
    set_archived(member, project, view, archived, fields).await
}

/// Who would miss the flag is told before it is archived, whether or not anything else is asked for.
async fn set_archived(member: Member, project: OpenProject, view: FlagView, archived: bool, fields: Fields) -> PageResult {
    let (state, actor, key) = (member.state(), member.actor(), view.flag().key.clone());
    let missed = match archived {
        true => missed::of_flags(state, &project, &[view.served()]).await?.pop().unwrap_or_default(),
        false => Missed::default(),
    };
    let preview = preview(&project, view.flag(), archived.then(|| missed.said()), member.visit.now);
    if missed.remains() && !fields.is_confirming() {
        let asked = flags::rehearse_archived(state, &actor, &project, key.clone(), archived, fields.consent()).await?;
        return confirm::show(member, project, &fields, asked.unwrap_or_else(Confirm::to_look), None, preview).await;
    }
    match flags::set_archived(state, &actor, &project, key.clone(), archived, fields.consent()).await {
        Ok(applied) => page::done(&flag_head::address(&project, key.as_str()), &applied),
        Err(error) => match confirm::refusal(&fields, error)? {
            Refusal::Confirm(confirm, attempt) => confirm::show(member, project, &fields, confirm, attempt, preview).await,
            Refusal::Form(attempt) => show(member, project, key.as_str(), Some(attempt), "").await,
        },
    }
}

/// Moves a date ahead. The reason that was typed stands on the confirm page too, where there is one.
async fn extend(member: Member, project: OpenProject, view: FlagView, date: Date, fields: Fields) -> PageResult {
    let (flag, typed) = (view.flag(), fields.get(date.field()));
    let key = flag.key.to_string();
    let extended = reminders::extend(member.state(), &member.actor(), &project, flag, (date, typed), fields.consent()).await;
    let error = match extended {
        Ok(applied) => return page::done(&flag_head::address(&project, &key), &applied),
        Err(error) => error,
    };
    match confirm::refusal(&fields, error)? {
        Refusal::Confirm(ask, attempt) => {
            let reason = fields.get("reason").to_owned();
            let values = vec![("reason".to_owned(), reason.clone()), (confirm::WHY.to_owned(), reason)];
            let first = || Attempt { form: confirm::FORM.to_owned(), values, ..Attempt::default() };
            let day = Timestamp::parse_date(typed.trim()).unwrap_or(member.visit.now);
            let after = match date {
                Date::Expiry => Flag { expires_at: Some(day.plus(DAY)), ..flag.clone() },
                Date::Review => Flag { review_by: Some(day), ..flag.clone() },
            };
            let document = |flag: &Flag| serde_json::to_value(flag).unwrap_or(Value::Null);
            let title = match date {
                Date::Expiry => format!("Extend {key} to {}", when::date(day)),
                Date::Review => format!("Set the next review of {key} to {}", when::date(day)),
            };
            let preview = Preview {
                title,
                note: expiry::at_once(flag, &after, &view.places, member.visit.now),
                rows: diff(&document(flag), &document(&after)),
                back: flag_head::address(&project, &key),
                ..Preview::default()
            };
            confirm::show(member, project, &fields, ask, attempt.or_else(|| Some(first())), preview).await
        }
        Refusal::Form(attempt) => show(member, project, &key, Some(attempt), "").await,
    }
}

async fn snooze(member: Member, project: OpenProject, view: FlagView, fields: Fields) -> PageResult {
    let key = view.flag().key.clone();
    let until = (fields.form() == SNOOZE).then(|| fields.get("until"));
    let consent = Consent { base_version: None, ..fields.consent() };
    match reminders::snooze(member.state(), &member.actor(), &project, key.clone(), until, consent).await {
        Ok(applied) => page::done(&flag_head::address(&project, key.as_str()), &applied),
        Err(error) => show(member, project, key.as_str(), Some(fields.attempt(error)?), "").await,
    }
}

/// `note`: who will miss a flag that is to be archived.
fn preview(project: &OpenProject, flag: &Flag, note: Option<String>, now: Timestamp) -> Preview {
    let after = Flag { archived_at: note.as_ref().map(|_| now), ..flag.clone() };
    let document = |flag: &Flag| serde_json::to_value(flag).unwrap_or(Value::Null);
    let verb = if note.is_some() { "Archive" } else { "Restore" };
    Preview {
        title: format!("{verb} {} in every environment", flag.key),
        rows: diff(&document(flag), &document(&after)),
        back: flag_head::address(project, flag.key.as_str()),
        note,
        ..Preview::default()
    }
}

async fn show(member: Member, project: OpenProject, flag: &str, attempt: Option<Attempt>, sequence: &str) -> PageResult {
    let (view, usage) = flags::show(member.state(), &project, flag).await?;
    let asked = unknown::of_flag(member.state(), &view).await?;
    let (flag, actor) = (view.flag(), member.actor());
    let reminders = reminders::of_flag(member.state(), &actor, &project, &view.places[0].1.stored.id, flag).await?;
    let references = references::of_flag(member.state(), &project, flag.key.as_str()).await?;
    let seen = evidence(flag, &usage, &asked, &references);
    let brief = cleanup::brief_of_flag(member.state(), &project, &view, seen, &references);
    let notice = done::notice(&member, &project, sequence.parse().ok()).await;
    let frame =
        Frame { title: view.flag().key.to_string(), project: Some(project.clone()), place: Place::Flags, notice, attempt };
    let (public_url, now) = (member.state().public_url.to_string(), member.visit.now);
    let missed = Missed {
        asked: usage.iter().map(Usage::evaluated).sum(),
        delivered: usage.iter().map(Usage::delivered).sum(),
        places: references.total,
        first: references.places.first().cloned(),
    };
    let shown = Shown { project, view, usage, asked, reminders, missed, references, brief, public_url, now };
    member.page(frame, move || overview(&shown)).await
}

/// What speaks for or against the flag's being gone from the code.
fn evidence(flag: &Flag, usage: &[Usage], asked: &[Option<Asked>], found: &Found) -> Evidence {
    let in_vain = asked.iter().flatten().filter(|asked| flag.archived_at.is_some_and(|at| asked.last > at));
    Evidence {
        last_evaluated: usage.iter().filter_map(|usage| usage.last_evaluated).max(),
        last_delivered: usage.iter().filter_map(|usage| usage.last_delivered).max(),
        references: found.total,
        asked_in_vain: in_vain.map(|asked| asked.count).sum(),
    }
}

fn overview(shown: &Shown) -> Html {
    let Shown { project, view, now, .. } = shown;
    let (faults, next) = (faults(view), next::next_step(shown));
    let (environments, variants) = (matrix::environments(shown), matrix::variants(shown));
    let (snippets, code) = (snippet::snippets(shown), in_code::references(shown));
    let aside = view! { {about::about(shown)} {lifetime::lifetime(shown)} };
    view! {
        {flag_head::heading_with(project, view, Here::Overview, *now, actions(project, view))}
        <div class="stack">
            <Refused forms=vec![ARCHIVE, RESTORE] />
            {faults}
            {next}
            {environments}
            <Split aside=aside aside_label="About this flag">{variants} {snippets} {code}</Split>
        </div>
    }
}

/// Edit and archive; or restore.
fn actions(project: &OpenProject, view: &FlagView) -> Html {
    let is_archived = view.flag().archived_at.is_some();
    let (form, label, icon) = match is_archived {
        false => (ARCHIVE, "Archive", Glyph::Archive),
        true => (RESTORE, "Restore", Glyph::Restore),
    };
    if let Some(reason) = project.refusal(Role::Editor) {
        let edit = (!is_archived).then(|| view! { <DisabledAction reason=reason.clone() brief=true>"Edit"</DisabledAction> });
        return view! { {edit} <DisabledAction reason=reason.clone() brief=true>{label}</DisabledAction> };
    }
    let address = format!("{}/edit", flag_head::address(project, view.flag().key.as_str()));
    let edit = (!is_archived).then(|| view! { <LinkButton href=address icon=Glyph::Edit>"Edit"</LinkButton> });
    view! {
        {edit}
        <form method="post" id=form>
            <input type="hidden" name="_form" value=form />
            <input type="hidden" name="base_version" value=view.version() />
            <Button icon=icon>{label}</Button>
        </form>
    }
}

/// Environments in which only the fallback is served, and why.
fn faults(view: &FlagView) -> Vec<Html> {
    let faulty = view.places.iter().filter_map(|(snapshot, served)| Some((snapshot, served.fault.as_ref()?)));
    faulty
        .map(|(snapshot, problems)| {
            let environment = snapshot.environment.environment.name.clone();
            let fallback = view.flag().fallback_variant.to_string();
            let problems: Vec<_> = problems.iter().map(|problem| view! { <li>{problem.message.clone()}</li> }).collect();
            view! {
                <Banner tone=Tone::Danger title=format!("{environment} serves only {fallback}: what is stored for it cannot be served.")>
                    <ul>{problems}</ul>
                </Banner>
            }
        })
        .collect()
}
