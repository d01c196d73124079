//! What concerns me, in all of my projects, newest first.

use super::changes::address;
use super::fields::Fields;
use super::page::{self, Frame, PageResult, Place};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::inbox::{About, Kind};
use crate::domain::time::Timestamp;
use crate::server::services::inbox::{self, Told};

pub async fn get(member: Member) -> PageResult {
    let all = inbox::list(member.state(), &member.person).await?;
    let frame = Frame { title: "Inbox".to_owned(), place: Place::Inbox, ..Frame::default() };
    let now = member.visit.now;
    member.page(frame, move || shown(all, now)).await
}

/// Everything that was shown is seen.
pub async fn post(member: Member, fields: Fields) -> PageResult {
    inbox::see_all(member.state(), &member.person, fields.get("upto")).await?;
    page::go("/inbox")
}

fn shown(all: Vec<Told>, now: Timestamp) -> Html {
    let unread = all.iter().filter(|told| !told.message.is_read).count();
    let upto = all.first().map(|told| told.message.id.clone()).unwrap_or_default();
    let see = (unread > 0).then(|| {
        view! {
            <form method="post">
                <input type="hidden" name="upto" value=upto />
                <Button icon=Glyph::Ok>"Mark all as seen"</Button>
            </form>
        }
    });
    let body = match all.is_empty() {
        true => view! {
            <EmptyNew icon=Glyph::Ok title="Nothing concerns you" action=view! { <LinkButton href="/">"Home"</LinkButton> }>
                <p>"When somebody asks you for a review or answers yours, when the last day of a flag of yours comes near, and once a week what your flags want, it stands here."</p>
            </EmptyNew>
        },
        false => {
            let rows: Vec<_> = all.into_iter().map(|told| row(told, now)).collect();
            view! { <ul class="inbox plain card" aria-label="Newest first">{rows}</ul> }
        }
    };
    let lead = match unread {
        0 => "Nothing new.".to_owned(),
        1 => "1 thing is new.".to_owned(),
        many => format!("{many} things are new."),
    };
    view! {
        <PageHeading title="Inbox" lead=lead>{see}</PageHeading>
        {body}
    }
}

fn row(told: Told, now: Timestamp) -> Html {
    let Told { message, who } = told;
    let tone = match message.kind {
        Kind::BreakGlass | Kind::Failed | Kind::Missed | Kind::Overdue => Tone::Danger,
        Kind::AfterReviewDue | Kind::ChangesRequested | Kind::ExpiresSoon | Kind::Expired | Kind::ReviewDue => Tone::Warn,
        Kind::Approved | Kind::Applied | Kind::AfterReviewed => Tone::Ok,
        _ => Tone::Info,
    };
    let new = (!message.is_read).then(|| view! { <Badge tone=Tone::Info text="new" /> });
    let class = if message.is_read { "message" } else { "message unread" };
    let (project, said) = said(message.kind, who, message.about);
    let project = project.map(|project| view! { <code>{project}</code>" · " });
    view! {
        <li class=class>
            <Icon name=tone.glyph() />
            <div>
                {said}
                <p class="sub">{project}<Ago at=message.at now=now />" "{new}</p>
            </div>
        </li>
    }
}

/// The project, where it is one, and what is said.
fn said(kind: Kind, who: String, about: About) -> (Option<String>, Html) {
    match about {
        About::Request { project, number, title, settled } => {
            let href = address(&project, number);
            let settled = settled.map(|settled| view! { " "<Badge text=settled.said() /> });
            let said = view! {
                <p><b>{who}</b>" "{kind.said()}" "<a href=href>{title}</a>" "<span class="sub">{format!("#{number}")}</span>{settled}</p>
            };
            (Some(project), said)
        }
        About::Flag { project, flag, note } => {
            let said = view! { <p>{flag_link(&project, &flag)}" "{note}</p> };
            (Some(project), said)
        }
        About::Flags(lines) => {
            let lines: Vec<_> =
                lines.into_iter().map(|line| view! { <li>{flag_link(&line.project, &line.flag)}" "{line.note}</li> }).collect();
            let said = match lines.is_empty() {
                true => view! { <p><b>"Your flags this week"</b>": of projects that you have left since."</p> },
                false => view! { <p><b>"Your flags this week"</b></p><ul>{lines}</ul> },
            };
            (None, said)
        }
    }
}

fn flag_link(project: &str, flag: &str) -> Html {
    let href = format!("/p/{project}/flags/{}", encode(flag));
    view! { <a href=href><code>{flag.to_owned()}</code></a> }
}
