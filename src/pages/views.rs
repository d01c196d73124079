//! `POST /p/{project}/views`: keeps a search of the flag list under a name, or lets it go.

use super::fields::Fields;
use super::page::{self, Frame, PageResult, Place};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::server::error::Error;
use crate::server::services::projects;
use crate::server::services::views::{self, View};
use axum::extract::Path;

const SAVE: &str = "save-view";
const REMOVE: &str = "remove-view";

pub async fn post(member: Member, Path(project): Path<String>, fields: Fields) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    let (name, query) = (fields.text("name"), fields.text("q"));
    let flags = format!("/p/{}/flags", project.key());
    let done = match fields.form() {
        SAVE => views::save(member.state(), &member.person, &project, &name, &query).await,
        REMOVE => views::remove(member.state(), &member.person, &project, &name).await,
        _ => Err(Error::field("", "This page has no such form. Reload it and try again.")),
    };
    match done {
        Ok(()) if fields.form() == REMOVE => page::go(flags),
        Ok(()) => page::go(format!("{flags}{}", Query::default().with("q", &query).href())),
        Err(error) => {
            let attempt = fields.attempt(error)?;
            let frame = Frame {
                title: "Keep this search".to_owned(),
                project: Some(project),
                place: Place::Flags,
                attempt: Some(attempt),
                ..Frame::default()
            };
            member.page(frame, move || refused(query, flags)).await
        }
    }
}

fn refused(query: String, flags: String) -> Html {
    let crumbs = vec![Crumb::new("Flags", flags.clone())];
    let back = view! { <LinkButton href=format!("{flags}{}", Query::default().with("q", &query).href()) kind=ButtonKind::Quiet>"Back"</LinkButton> };
    view! {
        <PageHeading title="Keep this search" crumbs=crumbs />
        <div class="card pad"><Form id=SAVE submit="Keep it" actions=back>{fields_of(query)}</Form></div>
    }
}

fn fields_of(query: String) -> Html {
    view! {
        <Hidden name="q" value=query />
        <Field name="name" label="Name of the view" required=true width=24 autocomplete="off" placeholder="Web team" />
    }
}

/// Below the search: keep it, or let go of the view that it is.
pub fn offer(project: &str, query: &str, kept: &[View]) -> Option<Html> {
    if query.is_empty() {
        return None;
    }
    let action = format!("/p/{project}/views");
    let q = query.to_owned();
    Some(match kept.iter().find(|view| view.query == query) {
        Some(view) => {
            let name = view.name.clone();
            view! {
                <form method="post" action=action class="narrowed">
                    <input type="hidden" name="_form" value=REMOVE />
                    <input type="hidden" name="name" value=name.clone() />
                    <Button kind=ButtonKind::Quiet icon=Glyph::Remove>{format!("Remove the view “{name}”")}</Button>
                </form>
            }
        }
        None => view! {
            <div class="hints">
                <Disclosure label="Keep this search as a view" icon=Glyph::Plus>
                    <form method="post" action=action class="form">
                        <input type="hidden" name="_form" value=SAVE />
                        {fields_of(q)}
                        <p><Button>"Keep it"</Button></p>
                    </form>
                </Disclosure>
            </div>
        },
    })
}
