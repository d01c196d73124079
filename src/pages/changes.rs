//! The change requests of a project: what needs me, what is mine, all of them.

use super::fields::Fields;
use super::page::{Frame, PageResult, Place};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::change_request::{AfterReview, Origin, Status};
use crate::domain::time::Timestamp;
use crate::server::services::change_requests::{self, Listed, Lists, PER_PAGE, View};
use crate::server::services::projects::{self, OpenProject};
use axum::extract::{Path, RawQuery};

/// The address of a request.
pub fn address(project: &str, number: i64) -> String {
    format!("/p/{project}/changes/{number}")
}

pub async fn get(member: Member, Path(project): Path<String>, RawQuery(query): RawQuery) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    let query = Query(Fields::parse(query.unwrap_or_default().as_bytes())?.0);
    let view = View::parse(query.get("view").unwrap_or_default());
    let page = query.get("page").and_then(|text| text.parse().ok()).unwrap_or(1);
    let lists = change_requests::lists(member.state(), &member.person, &project, view, page).await?;
    let frame =
        Frame { title: "Change requests".to_owned(), project: Some(project.clone()), place: Place::Changes, ..Frame::default() };
    let now = member.visit.now;
    member.page(frame, move || shown(&project, view, page, lists, query, now)).await
}

const LEAD: &str = "Changes that other people look at before they are made, or after.";

fn shown(project: &OpenProject, view: View, page: i64, lists: Lists, query: Query, now: Timestamp) -> Html {
    let tab = |one: View, label: &str, count: String| Tab {
        label: label.to_owned(),
        href: format!("/p/{}/changes?view={}", project.key(), one.as_str()),
        current: one == view,
        detail: Some(count),
        ..Tab::default()
    };
    let tabs = vec![
        tab(View::NeedsMe, "Needs me", lists.needs_me.to_string()),
        tab(View::Mine, "Mine, open", lists.mine.to_string()),
        tab(View::All, "All", lists.all.to_string()),
    ];
    let pages = u64::try_from(lists.all.max(0)).unwrap_or(0).div_ceil(PER_PAGE.unsigned_abs()).max(1);
    let paging = (view == View::All).then(|| view! { <Paging page=page.max(1).unsigned_abs() pages=pages query=query /> });
    let body = if lists.shown.is_empty() { empty(project, view) } else { table(project, lists.shown, now) };
    view! {
        <PageHeading title="Change requests" lead=LEAD />
        <Tabs label="Which requests" items=tabs />
        {body}
        {paging}
    }
}

fn empty(project: &OpenProject, view: View) -> Html {
    let (title, text) = match view {
        View::NeedsMe => ("Nothing needs you", "Requests that you could approve, and changes made without a review, stand here."),
        View::Mine => ("You have asked for nothing", "Where an environment asks for a review, saving a change opens a request."),
        View::All => ("There has been no change request", "Where an environment asks for a review, saving a change opens one."),
    };
    let policies = format!("/p/{}/settings/environments", project.key());
    let action = view! { <LinkButton href=policies>"Which environments ask for reviews"</LinkButton> };
    view! { <EmptyNew icon=Glyph::Ok title=title action=action><p>{text}</p></EmptyNew> }
}

fn table(project: &OpenProject, all: Vec<Listed>, now: Timestamp) -> Html {
    let head = view! {
        <Column label="Request" /> <Column label="State" /> <Column label="Touches" /> <Column label="By" /> <Column label="Last" />
    };
    let rows: Vec<_> = all.into_iter().map(|listed| row(project, listed, now)).collect();
    view! { <Table caption="Change requests" head=head>{rows}</Table> }
}

fn row(project: &OpenProject, listed: Listed, now: Timestamp) -> Html {
    let stored = &listed.stored;
    let href = address(project.key().as_str(), stored.number);
    let author = if listed.is_mine { format!("{} (you)", listed.author) } else { listed.author.clone() };
    let (tone, state) = state(&listed);
    let (number, title, at) = (format!("#{}", stored.number), stored.title.clone(), stored.updated_at);
    let touches = touches(&listed);
    view! {
        <Row>
            <RowHead><a class="named" href=href>{title}</a>" "<span class="sub">{number}</span></RowHead>
            <Cell label="State"><Badge tone=tone text=state /></Cell>
            <Cell label="Touches">{touches}</Cell>
            <Cell label="By">{author}</Cell>
            <Cell label="Last"><Ago at=at now=now /></Cell>
        </Row>
    }
}

/// How a request stands, in a few words.
fn state(listed: &Listed) -> (Tone, String) {
    let stored = &listed.stored;
    let due = stored.request.after_review == AfterReview::Open;
    match (stored.request.status, &listed.standing) {
        (Status::Applied, _) if due => (Tone::Warn, format!("{}, to be looked at", origin(stored.request.origin))),
        (Status::Applied, _) => (Tone::Ok, "Applied".to_owned()),
        (Status::Withdrawn, _) => (Tone::Neutral, "Taken back".to_owned()),
        (Status::Open, Some(standing)) if !standing.objected.is_empty() => (Tone::Warn, "Changes asked for".to_owned()),
        (Status::Open, _) if listed.is_stopped => (Tone::Warn, "Scheduled, will not come".to_owned()),
        (Status::Open, Some(standing)) if standing.is_approved() && stored.apply_at.is_some() => {
            let said = if standing.quorum == 0 { "Scheduled" } else { "Approved and scheduled" };
            (Tone::Info, said.to_owned())
        }
        (Status::Open, Some(standing)) if standing.is_approved() && standing.quorum == 0 => {
            (Tone::Warn, "Without a moment".to_owned())
        }
        (Status::Open, Some(standing)) if standing.is_approved() => (Tone::Ok, "Approved, to be applied".to_owned()),
        (Status::Open, Some(standing)) => {
            (Tone::Info, format!("In review · {} of {}", standing.approved_by.len(), standing.quorum))
        }
        (Status::Open, None) => (Tone::Info, "In review".to_owned()),
    }
}

/// How it came about, where nobody looked first.
pub const fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Asked => "Applied",
        Origin::BreakGlass => "Glass broken",
        Origin::TurnedOff => "Turned off",
        Origin::Console => "By console",
    }
}

/// `new_checkout, dark_mode in production`
fn touches(listed: &Listed) -> String {
    let proposed = &listed.stored.proposed;
    let mut names: Vec<String> = Vec::new();
    let mut places: Vec<String> = Vec::new();
    for one in proposed {
        let name = one.object.split_once(':').map_or(one.object.as_str(), |(_, name)| name).to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
        if let Some(place) = one.environment.clone().filter(|place| !places.contains(place)) {
            places.push(place);
        }
    }
    let names = crate::domain::text::listed(&names);
    match places.is_empty() {
        true => names,
        false => format!("{names} in {}", crate::domain::text::listed(&places)),
    }
}
