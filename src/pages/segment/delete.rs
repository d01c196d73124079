//! Removing a segment, which no flag may ask for any more.

use super::{Address, Editing, view};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::role::Role;
use crate::pages::fields::Fields;
use crate::pages::page::{self, PageResult};
use crate::pages::segments::{address, frame};
use crate::pages::visit::Member;
use crate::server::services::segments;
use axum::extract::Path;

const FORM: &str = "delete";

pub async fn get_delete(member: Member, Path((project, key)): Address) -> PageResult {
    let editing = Editing::open(&member, &project, Some(&key)).await?;
    editing.project.require(Role::Editor)?;
    show(member, editing, None).await
}

pub async fn post_delete(member: Member, Path((project, key)): Address, fields: Fields) -> PageResult {
    let editing = Editing::open(&member, &project, Some(&key)).await?;
    editing.project.require(Role::Editor)?;
    let Some(segment) = editing.segment() else { return page::go(address(&editing.project)) };
    match segments::delete(member.state(), &member.actor(), &editing.project, &segment.key).await {
        Ok(applied) => page::done(&address(&editing.project), &applied),
        Err(error) => {
            let attempt = Attempt { form: FORM.to_owned(), ..fields.attempt(error)? };
            show(member, editing, Some(attempt)).await
        }
    }
}

async fn show(member: Member, editing: Editing, attempt: Option<Attempt>) -> PageResult {
    let title = format!("Remove {}", editing.title());
    let frame = page::Frame { attempt, ..frame(&editing.project, title.clone()) };
    member.page(frame, move || draw(&editing, title)).await
}

fn draw(editing: &Editing, title: String) -> Html {
    let back = editing.address();
    let crumbs = vec![Crumb::new("Segments", address(&editing.project)), Crumb::new(editing.title(), back.clone())];
    let cancel = view! { <LinkButton href=back kind=ButtonKind::Quiet>"Cancel"</LinkButton> };
    let body = match editing.used_by.is_empty() {
        true => {
            let lead =
                view! { <p class="sub">"No flag asks for it, so nobody's answer changes. The audit keeps what it was."</p> };
            view! {
                <Form id=FORM submit="Remove this segment" tone=ButtonKind::Danger actions=cancel>{lead}</Form>
            }
        }
        false => {
            let list = view::used_by(editing.project.key().as_str(), &editing.used_by);
            let reason = "Flags ask for it; take it out of their rules first.";
            view! {
                <div class="stack">
                    <Refused forms=vec![FORM] />
                    <p>"These flags ask for it:"</p>
                    {list}
                    <p class="bar">
                        <DisabledAction reason=reason icon=Glyph::Remove>"Remove this segment"</DisabledAction>
                        {cancel}
                    </p>
                </div>
            }
        }
    };
    view! {
        <PageHeading title=title crumbs=crumbs />
        <div class="card pad">{body}</div>
    }
}
