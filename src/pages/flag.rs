//! One flag: where it stands in every environment, how it is used, what to do with it next, and how to ask for it.

mod about;
mod matrix;
mod next;
mod snippet;

use super::confirm::{self, Preview, Refusal};
use super::done;
use super::fields::Fields;
use super::flag_head::{self, Here};
use super::page::{self, Frame, PageResult, Place};
use super::visit::Member;
use crate::components::*;
use crate::domain::count::counted;
use crate::domain::diff::diff;
use crate::domain::flag::Flag;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::services::flags::{self, FlagView};
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::unknown;
use crate::server::services::usage::Usage;
use crate::server::serving::Asked;
use axum::extract::{Path, Query as QueryOf};
use leptos::prelude::*;
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
    public_url: String,
    now: Timestamp,
}

pub async fn get(member: Member, Path((key, flag)): Path<(String, String)>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    show(member, project, &flag, None, &params.done).await
}

/// Archives and restores.
pub async fn post(member: Member, Path((key, flag)): Path<(String, String)>, fields: Fields) -> PageResult {
    let actor = member.actor();
    let project = projects::open(member.state(), &actor, &key).await?;
    project.require(Role::Editor)?;
    let view = flags::view_of(member.state(), &project, &flag).await?;
    let archived = match fields.form() {
        ARCHIVE => true,
        RESTORE => false,
        _ => return Err(Error::field("_form", "This page takes the forms archive and restore.").into()),
    };
    let key = view.flag().key.clone();
    match flags::set_archived(member.state(), &actor, &project, key, archived, fields.consent()).await {
        Ok(applied) => page::done(&flag_head::address(&project, &flag), &applied),
        Err(error) => match confirm::refusal(&fields, error)? {
            Refusal::Confirm(confirm, attempt) => {
                let (_, usage) = flags::show(member.state(), &project, &flag).await?;
                let preview = preview(&project, view.flag(), archived.then_some(&usage[..]), member.visit.now);
                confirm::show(member, project, &fields, confirm, attempt, preview).await
            }
            Refusal::Form(attempt) => show(member, project, &flag, Some(attempt), "").await,
        },
    }
}

/// `usage` is that of a flag to be archived.
fn preview(project: &OpenProject, flag: &Flag, usage: Option<&[Usage]>, now: Timestamp) -> Preview {
    let after = Flag { archived_at: usage.map(|_| now), ..flag.clone() };
    let document = |flag: &Flag| serde_json::to_value(flag).unwrap_or(Value::Null);
    let verb = if usage.is_some() { "Archive" } else { "Restore" };
    Preview {
        title: format!("{verb} {} in every environment", flag.key),
        rows: diff(&document(flag), &document(&after)),
        back: flag_head::address(project, flag.key.as_str()),
        note: usage.map(missed),
        ..Preview::default()
    }
}

/// Who will miss it.
fn missed(usage: &[Usage]) -> String {
    let then = "get FLAG_NOT_FOUND and use the default in their code";
    match usage.iter().map(|usage| usage.evaluated() + usage.delivered()).sum() {
        0 => format!("Nobody asked for it in the last 24 h. Callers who do will {then}."),
        1 => format!("Asked for once in the last 24 h; callers will {then}."),
        times => format!("Asked for {} times in the last 24 h; callers will {then}.", counted(times)),
    }
}

async fn show(member: Member, project: OpenProject, flag: &str, attempt: Option<Attempt>, sequence: &str) -> PageResult {
    let (view, usage) = flags::show(member.state(), &project, flag).await?;
    let asked = unknown::of_flag(member.state(), &view).await?;
    let notice = done::notice(&member, &project, sequence.parse().ok()).await;
    let frame =
        Frame { title: view.flag().key.to_string(), project: Some(project.clone()), place: Place::Flags, notice, attempt };
    let (public_url, now) = (member.state().public_url.to_string(), member.visit.now);
    let shown = Shown { project, view, usage, asked, public_url, now };
    member.page(frame, move || overview(&shown)).await
}

fn overview(shown: &Shown) -> impl IntoView + use<> {
    let Shown { project, view, now, .. } = shown;
    let (faults, next) = (faults(view), next::next_step(shown));
    let (environments, variants) = (matrix::environments(shown), matrix::variants(shown));
    let snippets = snippet::snippets(shown);
    view! {
        {flag_head::heading_with(project, view, Here::Overview, *now, actions(project, view))}
        <div class="stack">
            <Refused forms=vec![ARCHIVE, RESTORE] />
            {faults}
            {next}
            {environments}
            <Split aside=about::about(shown).into_any() aside_label="About this flag">{variants} {snippets}</Split>
        </div>
    }
}

/// Edit and archive; or restore.
fn actions(project: &OpenProject, view: &FlagView) -> AnyView {
    let is_archived = view.flag().archived_at.is_some();
    let (form, label, icon) = match is_archived {
        false => (ARCHIVE, "Archive", Glyph::Archive),
        true => (RESTORE, "Restore", Glyph::Restore),
    };
    if let Some(reason) = project.refusal(Role::Editor) {
        let edit = (!is_archived).then(|| view! { <DisabledAction reason=reason.clone() brief=true>"Edit"</DisabledAction> });
        return view! { {edit} <DisabledAction reason=reason.clone() brief=true>{label}</DisabledAction> }.into_any();
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
    .into_any()
}

/// Environments in which only the fallback is served, and why.
fn faults(view: &FlagView) -> Vec<AnyView> {
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
            .into_any()
        })
        .collect()
}
