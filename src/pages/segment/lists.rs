//! What is on the lists, for lists of any length: the first few, a search, and all of them as a file.

use crate::components::prelude::*;
use crate::components::*;
use crate::domain::role::Role;
use crate::domain::segment::Segment;
use crate::pages::page::PageResult;
use crate::pages::segments::number;
use crate::pages::visit::Member;
use crate::server::services::{projects, segments};
use axum::extract::{Path, Query};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use serde::Deserialize;

/// Ids that the page names.
const SHOWN: usize = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    list: String,
}

/// A list as text, one id a line; not for viewers.
pub async fn download(member: Member, Path((project, key)): super::Address, Query(wanted): Query<Wanted>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    project.require(Role::Editor)?;
    let segment = segments::find(member.state(), &project, &key).await?.segment;
    let (name, ids) = if wanted.list == "exclude" { ("exclude", segment.exclude) } else { ("include", segment.include) };
    let mut text = ids.join("\n");
    text.push_str(if ids.is_empty() { "" } else { "\n" });
    // Keys hold nothing that would have to be escaped here.
    let file = format!("attachment; filename=\"{}-{name}.txt\"", segment.key);
    let headers =
        [(CONTENT_TYPE, "text/plain; charset=utf-8"), (CONTENT_DISPOSITION, file.as_str()), (CACHE_CONTROL, "no-store")];
    Ok((headers, text).into_response())
}

/// Nothing where there are no ids.
pub fn cards(address: &str, segment: &Segment, find: &str) -> Html {
    if segment.include.is_empty() && segment.exclude.is_empty() {
        return ().draw();
    }
    let value = find.to_owned();
    let clear = (!find.is_empty())
        .then(|| view! { <LinkButton href=format!("{address}#look-up") kind=ButtonKind::Quiet>"Clear"</LinkButton> });
    let include = list(address, "Always in", "include", &segment.include, find);
    let exclude = list(address, "Never in", "exclude", &segment.exclude, find);
    let action = format!("{address}#look-up");
    view! {
        <Card id="look-up" title="Look up ids">
            <div class="stack">
                <Filters label="Find ids" action=action>
                    <Field name="find" label="A part of an id" kind="search" value=value mono=true autocomplete="off" />
                    <Button>"Find"</Button>
                    {clear}
                </Filters>
                {include}
                {exclude}
            </div>
        </Card>
    }
}

fn list(address: &str, label: &'static str, name: &str, ids: &[String], find: &str) -> Html {
    if ids.is_empty() {
        return ().draw();
    }
    let wanted = find.to_lowercase();
    let mut found = ids.iter().filter(|id| wanted.is_empty() || id.to_lowercase().contains(&wanted));
    let shown: Vec<_> = found.by_ref().take(SHOWN).map(|id| view! { <li><code>{id.clone()}</code></li> }).collect();
    let (few, more) = (shown.len(), found.count());
    let said = match (find.is_empty(), few + more) {
        (true, _) if more == 0 => number(ids.len(), "id"),
        (true, _) => format!("{}, the first {few} are", number(ids.len(), "id")),
        (false, 0) => format!("none of {} matches", number(ids.len(), "id")),
        (false, all) if more == 0 => format!("{all} of {} match", number(ids.len(), "id")),
        (false, all) => format!("{} of {} match, the first {few} are", number(all, "id"), number(ids.len(), "id")),
    };
    let href = format!("{address}/ids?list={name}");
    view! {
        <div class="stack">
            <div class="bar">
                <h3>{label}</h3>
                <span class="sub">{said}</span>
                <div class="end">
                    <LinkButton href=href kind=ButtonKind::Quiet icon=Glyph::Down label=format!("Download all ids: {}", label.to_lowercase())>
                        "Download"
                    </LinkButton>
                </div>
            </div>
            <ul class="bar">{shown}</ul>
        </div>
    }
}
