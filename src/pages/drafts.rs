//! The drafts of a project: who works on what and has not saved it.

use super::draft;
use super::fields::Fields;
use super::page::{self, Frame, Notice, PageResult, Place};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::services::drafts::{self, Line};
use crate::server::services::projects::{self, OpenProject};
use axum::extract::{Path, Query as QueryOf};
use serde::Deserialize;

#[derive(Debug, Clone, Default, Deserialize)]
pub struct Params {
    /// How many changes the draft held that was saved just now.
    #[serde(default)]
    saved: String,
}

pub async fn get(member: Member, Path(project): Path<String>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    let notice = params.saved.parse().ok().map(saved);
    draw(member, project, notice, None).await
}

fn saved(count: u64) -> Notice {
    let text = match count {
        0 => "Nothing had to change: everything was like that already.".to_owned(),
        1 => "1 change saved. The audit log has it.".to_owned(),
        count => format!("{count} changes saved. The audit log has each of them."),
    };
    Notice { text, ..Notice::default() }
}

/// The form that puts drafts together; the boxes of the list belong to it.
const TOGETHER: &str = "together";

/// Makes one bundle of the drafts that are ticked.
pub async fn post(member: Member, Path(project): Path<String>, fields: Fields) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    let ids = fields.all("draft");
    match drafts::put_together(member.state(), &member.person, &project, &ids, &fields.text("title")).await {
        Ok(id) => page::go(draft::address(project.key().as_str(), &id)),
        Err(error) => {
            let attempt = fields.attempt(error)?;
            draw(member, project, None, Some(attempt)).await
        }
    }
}

async fn draw(member: Member, project: OpenProject, notice: Option<Notice>, attempt: Option<Attempt>) -> PageResult {
    let all = drafts::list(member.state(), &member.person, &project).await?;
    let (title, now) = ("Drafts".to_owned(), member.visit.now);
    let frame = Frame { title, project: Some(project.clone()), place: Place::Drafts, notice, attempt };
    member.page(frame, move || view(&project, all, now)).await
}

const LEAD: &str = "Changes that people have made and not saved yet. Nobody is served by them.";

fn view(project: &OpenProject, all: Vec<Line>, now: Timestamp) -> Html {
    // Two drafts of one's own make a bundle.
    let own = all.iter().filter(|line| line.is_own).count();
    let boxes = own > 1 && project.refusal(Role::Editor).is_none();
    let together = boxes.then(together);
    let body = match all.is_empty() {
        true => {
            let action = view! { <LinkButton href=format!("/p/{}/flags", project.key())>"To the flags"</LinkButton> };
            view! {
                <EmptyNew icon=Glyph::Edit title="Nothing is waiting to be saved" action=action>
                    <p>"Edits of a flag's rules gather in a draft until you save them. Those of everybody are listed here."</p>
                </EmptyNew>
            }
        }
        false => table(project, all, boxes, now),
    };
    view! {
        <PageHeading title="Drafts" lead=LEAD />
        <div class="stack">
            <Refused forms=vec![TOGETHER, ""] />
            {body}
            {together}
        </div>
    }
}

fn together() -> Html {
    view! {
        <Card id="together-card" title="Put drafts together" note="one review, one save, all of it or nothing">
            <Form id=TOGETHER submit="Put together">
                <p>"Tick drafts of yours above: they become one bundle, which is looked at, approved and saved as one change."</p>
                <Field name="title" label="Title" hint="Such as the release that they belong to." />
            </Form>
        </Card>
    }
}

fn table(project: &OpenProject, all: Vec<Line>, boxes: bool, now: Timestamp) -> Html {
    let ticked: Vec<String> = Attempt::of(TOGETHER).map_or_else(Vec::new, |attempt| {
        attempt.values.into_iter().filter(|(name, _)| name == "draft").map(|(_, id)| id).collect()
    });
    let head = view! { <Column label="Draft" /> <Column label="By" /> <Column label="Last edited" /> };
    let rows: Vec<_> = all
        .into_iter()
        .map(|line| {
            let href = draft::address(project.key().as_str(), &line.heading.id);
            let author = if line.is_own { format!("{} (you)", line.author) } else { line.author };
            let (title, at, id) = (line.heading.title, line.heading.updated_at, line.heading.id.to_string());
            let tick = (boxes && line.is_own).then(|| {
                let (label, checked) = (format!("Choose {title}"), ticked.contains(&id));
                view! { <input type="checkbox" class="tick" form=TOGETHER name="draft" value=id checked=checked aria-label=label /> }
            });
            view! {
                <Row>
                    <RowHead>{tick}<a class="named" href=href>{title}</a></RowHead>
                    <Cell label="By">{author}</Cell>
                    <Cell label="Last edited"><When at=at now=now /></Cell>
                </Row>
            }
        })
        .collect();
    view! { <Table caption="Drafts" head=head>{rows}</Table> }
}
