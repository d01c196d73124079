//! The flag list: what is narrowed, ordered and shown stands in the address.

mod row;

use super::connect::{self, Checklist};
use super::page::{self, Frame, PageResult, Place};
use super::views::offer;
use super::visit::Member;
use super::{bulk, demo, done};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::services::flag_list::{self, FlagList};
use crate::server::services::flag_query::{EXAMPLES, FlagQuery, Sort};
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::unknown;
use crate::server::services::views::{self, View};
use axum::extract::{Path, Query as QueryOf};
use axum::http::HeaderMap;
use row::{RowContext, flag_row};
use serde::Deserialize;

/// The address, as it was typed: what cannot be read asks for nothing.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Params {
    #[serde(default)]
    q: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    page: String,
    /// The change that led here.
    #[serde(default)]
    done: String,
    /// How many flags were changed at once just now.
    #[serde(default)]
    changed: String,
    /// The project that was removed just now.
    #[serde(default)]
    removed: String,
}

impl Params {
    /// What links and forms of the page keep; not the change that led here, which is told once.
    fn query(&self) -> Query {
        let parts = [("q", self.q.trim()), ("sort", self.sort.as_str()), ("page", self.page.as_str())];
        let filled = parts.into_iter().filter(|(_, value)| !value.is_empty());
        Query(filled.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

/// Searches that people come back to, as links.
const VIEWS: [(&str, &str); 8] = [
    ("All flags", ""),
    ("My flags", "owner:me"),
    ("Rolling out", "status:rolling-out"),
    ("Expiring in 14 days", "expires:soon"),
    ("Expired", "status:expired"),
    ("Ready to remove", "status:ready-to-remove"),
    ("Nobody answers", "owner:nobody"),
    ("Archived", "status:archived"),
];

pub async fn home(Path(project): Path<String>) -> PageResult {
    page::go(format!("/p/{}/flags", encode(&project)))
}

pub async fn get(member: Member, Path(key): Path<String>, QueryOf(params): QueryOf<Params>, headers: HeaderMap) -> PageResult {
    let actor = member.actor();
    let project = projects::open(member.state(), &actor, &key).await?;
    let asked = FlagQuery::parse(&params.q);
    let number = params.page.parse().unwrap_or(1);
    let list = flag_list::list(member.state(), &actor, &project, &asked, Sort::parse(&params.sort), number).await?;
    let unknown = unknown::count(member.state(), &project).await?;
    let notice = match params.removed.as_str() {
        "" if !params.changed.is_empty() => changed(&params.changed),
        "" => done::notice(&member, &project, params.done.parse().ok()).await,
        removed => demo::removed(&member, removed).await,
    };
    let above = above(&member, &project, &params, &headers).await?;
    let frame =
        Frame { title: "Flags".to_owned(), project: Some(project.clone()), place: Place::Flags, notice, ..Frame::default() };
    let now = member.visit.now;
    member.page(frame, move || view(&project, &list, unknown, &asked, &params.query(), now, above)).await
}

/// What stands above the list; of the whole project only where nothing is searched for.
struct Above {
    /// The views that this person keeps.
    kept: Vec<View>,
    /// For who may remove it.
    is_demo: bool,
    checklist: Option<Checklist>,
}

async fn above(member: &Member, project: &OpenProject, params: &Params, headers: &HeaderMap) -> Result<Above, Error> {
    let kept = views::list(member.state(), &member.person, project).await?;
    if !params.query().0.is_empty() {
        return Ok(Above { kept, is_demo: false, checklist: None });
    }
    let is_demo = member.actor().is_owner() && projects::is_demo(member.state(), project).await?;
    Ok(Above { kept, is_demo, checklist: connect::checklist(member, project, headers).await? })
}

fn view(
    project: &OpenProject,
    list: &FlagList,
    unknown: usize,
    asked: &FlagQuery,
    query: &Query,
    now: Timestamp,
    above: Above,
) -> Html {
    let refusal = project.refusal(Role::Editor);
    let is_asking = query.get("q").is_some();
    let body = match (list.matched, is_asking) {
        (0, true) => {
            let typed = query.get("q").unwrap_or_default().to_owned();
            view! { <EmptyFiltered noun="flags" query=typed clear="?" /> }
        }
        (0, false) => nothing_yet(project, refusal.as_deref()),
        _ => table(project, list, query, refusal, now),
    };
    view! {
        {heading(project, list, unknown)}
        {above.is_demo.then(|| view! { <div class="above">{demo::banner(project)}</div> })}
        {above.checklist.map(connect::view)}
        {tabs(query, &above.kept)}
        {search(query)}
        {offer(project.key().as_str(), query.get("q").unwrap_or_default(), &above.kept)}
        {unread(asked)}
        {is_asking.then(|| narrowed(list))}
        {body}
    }
}

fn heading(project: &OpenProject, list: &FlagList, unknown: usize) -> Html {
    let active = format!("{} active", list.active);
    let attention = (list.attention > 0).then(|| {
        let text =
            if list.attention == 1 { "1 needs attention".to_owned() } else { format!("{} need attention", list.attention) };
        view! { " · " <a href="?q=status%3Aexpired">{text}</a> }
    });
    let unknown = (unknown > 0).then(|| {
        let text = if unknown == 1 { "1 unknown key asked for".to_owned() } else { format!("{unknown} unknown keys asked for") };
        view! { " · " <a href=format!("/p/{}/unknown", project.key())>{text}</a> }
    });
    let compare = (list.environments.len() > 1).then(|| {
        view! { " · " <a href=format!("/p/{}/compare", project.key())>"compare environments"</a> }
    });
    view! {
        <PageHeading title="Flags" actions=new_flag(project)>
            <span class="sub">{active}{attention}{unknown}{compare}</span>
        </PageHeading>
    }
}

fn new_flag(project: &OpenProject) -> Html {
    match project.refusal(Role::Editor) {
        Some(reason) => view! { <DisabledAction reason=reason icon=Glyph::Lock>"New flag"</DisabledAction> },
        None => {
            let href = format!("/p/{}/flags/new", project.key());
            view! { <LinkButton href=href kind=ButtonKind::Primary icon=Glyph::Plus>"New flag"</LinkButton> }
        }
    }
}

/// What a change of many flags leads back to says how many those were.
fn changed(count: &str) -> Option<page::Notice> {
    let count: usize = count.parse().ok()?;
    let text = if count == 1 { "You changed 1 flag.".to_owned() } else { format!("You changed {count} flags.") };
    Some(page::Notice { text, ..page::Notice::default() })
}

fn tabs(query: &Query, kept: &[View]) -> Html {
    let here = query.get("q").unwrap_or_default();
    let own = kept.iter().map(|view| (view.name.as_str(), view.query.as_str()));
    let items = VIEWS
        .iter()
        .copied()
        .chain(own)
        .map(|(label, q)| Tab {
            label: label.to_owned(),
            href: query.with("q", q).without("page").href(),
            current: here == q,
            ..Tab::default()
        })
        .collect();
    view! { <Tabs label="Saved views" items=items /> }
}

fn search(query: &Query) -> Html {
    let typed = query.get("q").unwrap_or_default().to_owned();
    let sort = query.get("sort").map(|sort| view! { <Hidden name="sort" value=sort.to_owned() /> });
    view! {
        <Filters label="Search flags">
            {sort}
            <Field name="q" label="Search" kind="search" value=typed placeholder="A word of the key or description, owner:me, tag:web"
                compact=true autocomplete="off" />
            <Button icon=Glyph::Search>"Search"</Button>
        </Filters>
        {hints()}
    }
}

/// The search language, folded away; each line is a search to start from.
fn hints() -> Html {
    let lines: Vec<_> = EXAMPLES
        .into_iter()
        .map(|(example, about)| {
            let href = Query::default().with("q", example).href();
            view! { <div><dt><a href=href><code>{example}</code></a></dt><dd>{about}</dd></div> }
        })
        .collect();
    view! {
        <div class="hints">
            <Disclosure label="How to search" icon=Glyph::Info>
                <p>"Each of these narrows the list; given together, all must hold."</p>
                <dl class="facts wide mt">{lines}</dl>
            </Disclosure>
        </div>
    }
}

/// What of the search could not be read.
fn unread(asked: &FlagQuery) -> Option<Html> {
    (!asked.unknown.is_empty()).then(|| {
        let parts: Vec<_> = asked.unknown.iter().map(|part| view! { <code>{part.clone()}</code> " " }).collect();
        view! {
            <Banner tone=Tone::Warn title="A part of the search was not understood and left out.">
                <p>{parts} "– see “How to search” for what can be asked."</p>
            </Banner>
        }
    })
}

fn narrowed(list: &FlagList) -> Html {
    let text = match list.matched {
        1 => "1 flag matches. ".to_owned(),
        count => format!("{count} flags match. "),
    };
    (list.matched > 0).then(|| view! { <p class="sub narrowed">{text}<a href="?">"Clear filters"</a></p> }).draw()
}

fn nothing_yet(project: &OpenProject, refusal: Option<&str>) -> Html {
    let action = match refusal {
        Some(reason) => view! { <DisabledAction reason=reason.to_owned()>"New flag"</DisabledAction> },
        None => {
            let href = format!("/p/{}/flags/new", project.key());
            view! { <LinkButton href=href kind=ButtonKind::Primary icon=Glyph::Plus>"New flag"</LinkButton> }
        }
    };
    view! {
        <EmptyNew icon=Glyph::Flag title="No flags yet" action=action>
            <p>"A flag changes what your code does without a deploy: for some users first, for everybody when it holds, and for nobody at once when it does not."</p>
            <p>"Make one, ask for it from your code, and turn it on here."</p>
        </EmptyNew>
    }
}

fn table(project: &OpenProject, list: &FlagList, query: &Query, refusal: Option<String>, now: Timestamp) -> Html {
    let environments: Vec<_> = list
        .environments
        .iter()
        .map(|snapshot| {
            let environment = &snapshot.environment.environment;
            let (name, colour) = (environment.name.clone(), environment.colour);
            view! { <Column label=name.clone()><EnvironmentBadge colour=colour name=name.clone() /></Column> }
        })
        .collect();
    let head = view! {
        <SortColumn label="Flag" by="key" query=query.clone() default="key" />
        <SortColumn label="Status, owner" by="status" query=query.clone() default="key" />
        {environments}
        <SortColumn label="Last seen" by="seen" query=query.clone() default="key" descending=true />
        <SortColumn label="Expires" by="expires" query=query.clone() default="key" />
    };
    let here = format!("/p/{}/flags{}", project.key(), query.href().trim_end_matches('?'));
    let context = RowContext { project: project.key().to_string(), here, refusal, now };
    let rows: Vec<_> = list.rows.iter().map(|row| flag_row(row, &context)).collect();
    let bulk =
        context.refusal.is_none().then(|| bulk::bar(project.key().as_str(), query.get("q").unwrap_or_default(), list.matched));
    let (page, pages) = (list.page as u64, list.pages as u64);
    view! {
        <Table caption="Flags" head=head>{rows}</Table>
        {bulk}
        <Paging page=page pages=pages query=query.clone() />
    }
}
