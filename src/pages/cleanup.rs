//! The cleanup board: what to take out of the code, to archive or to look at, each with its reasons and the next thing to do.

use super::done;
use super::fields::Fields;
use super::page::{self, Frame, PageResult, Place};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::lifecycle::Group;
use crate::domain::reference::Scan;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::domain::when;
use crate::server::error::Error;
use crate::server::services::cleanup::{self, Board, Card as FlagCard, Debt, LIMITS, Line, Look, Section, WEEKS, days};
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::references;
use axum::extract::{Path, Query as QueryOf};
use serde::Deserialize;

#[derive(Debug, Clone, Default, Deserialize)]
pub struct Params {
    /// `me` for one's own.
    #[serde(default)]
    owner: String,
    /// One part alone, by its anchor.
    #[serde(default)]
    part: String,
    /// Its page, from 1; text, because anything may be typed.
    #[serde(default)]
    page: String,
    /// The change that led here.
    #[serde(default)]
    done: String,
}

/// Takes the search of a repository away.
const FORGET: &str = "forget";

pub async fn get(member: Member, Path(key): Path<String>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let actor = member.actor();
    let project = projects::open(member.state(), &actor, &key).await?;
    show(member, project, params, None).await
}

pub async fn post(member: Member, Path(key): Path<String>, fields: Fields) -> PageResult {
    let actor = member.actor();
    let project = projects::open(member.state(), &actor, &key).await?;
    project.require(Role::Admin)?;
    let forgotten = match fields.form() {
        FORGET => {
            let (governance, name) = (&member.state().governance, fields.get("repository"));
            references::forget(governance, &actor, project.key().clone(), name, None).await
        }
        _ => Err(Error::field("_form", "This page takes the form forget.")),
    };
    match forgotten {
        Ok(applied) => page::done(&format!("/p/{}/cleanup", project.key()), &applied),
        Err(error) => show(member, project, Params::default(), Some(fields.attempt(error)?)).await,
    }
}

async fn show(member: Member, project: OpenProject, params: Params, attempt: Option<Attempt>) -> PageResult {
    let part = Group::ALL.into_iter().find(|group| told(*group).0 == params.part);
    let look = Look { mine: params.owner == "me", part, page: params.page.parse().unwrap_or(1) };
    let board = cleanup::board(member.state(), &member.actor(), &project, look).await?;
    let notice = done::notice(&member, &project, params.done.parse().ok()).await;
    let frame = Frame { title: "Cleanup".to_owned(), project: Some(project.clone()), place: Place::Cleanup, notice, attempt };
    let now = member.visit.now;
    member.page(frame, move || view(&project, board, look, now)).await
}

/// The heading of a part, what it means, and its anchor.
const fn told(group: Group) -> (&'static str, &'static str, &'static str) {
    match group {
        Group::RemoveCode => {
            ("remove-code", "Ready to remove from the code", "everybody has had the same answer for long enough")
        }
        Group::Archive => ("archive", "Ready to archive", "nothing says that code still asks for it"),
        Group::Expired => ("expired", "Expired", "past its last day, and still asked for"),
        Group::StillCalled => {
            ("still-called", "Constant, but still called", "off for everybody for long, and asked for all the same")
        }
        Group::Archived => ("archived", "Archived, but still in code", "asked for in vain, or named by the searched code"),
        Group::ReviewDue => ("review", "Due for a review", "is it still needed?"),
    }
}

fn view(project: &OpenProject, board: Board, look: Look, now: Timestamp) -> Html {
    let lead = "Flags are meant to go away. What stands here wants somebody: each with why, and what to do next.";
    let tab = |label: &str, href: &str, current| Tab { label: label.into(), href: href.into(), current, ..Tab::default() };
    let tabs = vec![tab("Everybody's", "?", !look.mine), tab("Mine", "?owner=me", look.mine)];
    if look.part.is_some() {
        return one_part(project, board, look, tabs, now);
    }
    let nothing = board.sections.is_empty() && board.unknown == 0;
    let empty = nothing.then(|| {
        view! {
            <EmptyNew icon=Glyph::Ok title="Nothing to clean up">
                <p>"No flag is overdue, none has given one and the same answer for too long, and every key that was asked for has a flag."</p>
            </EmptyNew>
        }
    });
    let others = others(project, &board);
    let sections: Vec<_> = board.sections.into_iter().map(|part| section(project, part, look, now)).collect();
    let debt = (board.debt.all.weeks.iter().any(|count| *count > 0)).then(|| debt(board.debt, now));
    let limits = limits(project, &board.scans);
    view! {
        <PageHeading title="Cleanup" lead=lead />
        <Tabs label="Whose" items=tabs />
        <div class="stack"><Refused forms=vec![FORGET] />{others}{empty}{sections}{debt}{limits}</div>
    }
}

/// One part by itself, page by page.
fn one_part(project: &OpenProject, board: Board, look: Look, tabs: Vec<Tab>, now: Timestamp) -> Html {
    let crumbs = vec![Crumb::new("Cleanup", format!("/p/{}/cleanup{}", project.key(), query(look).without("part").href()))];
    let empty = board.sections.is_empty().then(|| {
        view! { <EmptyNew icon=Glyph::Ok title="Nothing is left here"><p>"No flag stands in this part any more."</p></EmptyNew> }
    });
    let part: Vec<_> = board.sections.into_iter().map(|part| section(project, part, look, now)).collect();
    view! {
        <PageHeading title="Cleanup" crumbs=crumbs />
        <Tabs label="Whose" items=tabs />
        <div class="stack">{empty}{part}</div>
    }
}

/// The address of what is looked at, without its page.
fn query(look: Look) -> Query {
    let part = look.part.map_or("", |group| told(group).0);
    Query::default().with("owner", if look.mine { "me" } else { "" }).with("part", part)
}

/// What has pages of its own.
fn others(project: &OpenProject, board: &Board) -> Html {
    let unknown = (board.unknown > 0).then(|| {
        let title = match board.unknown {
            1 => "1 key is asked for that no flag has".to_owned(),
            many => format!("{many} keys are asked for that no flag has"),
        };
        let way = view! { <LinkButton href=format!("/p/{}/unknown", project.key()) icon=Glyph::Right>"See them"</LinkButton> };
        view! { <Banner tone=Tone::Warn title=title actions=way><p>"A slip in the code, or a flag that was never made."</p></Banner> }
    });
    let unowned = (board.unowned > 0).then(|| {
        let title = match board.unowned {
            1 => "1 flag has no owner who could act".to_owned(),
            many => format!("{many} flags have no owner who could act"),
        };
        let href = format!("/p/{}/flags?q=owner%3Anobody", project.key());
        let way = view! { <LinkButton href=href icon=Glyph::Right>"Choose owners"</LinkButton> };
        view! {
            <Banner tone=Tone::Warn title=title actions=way>
                <p>"A name that nobody claimed, an empty team, or somebody who left. Reminders go to the project's admins meanwhile."</p>
            </Banner>
        }
    });
    view! { {unknown} {unowned} }
}

fn section(project: &OpenProject, part: Section, look: Look, now: Timestamp) -> Html {
    let (id, title, note) = told(part.group);
    let here = query(Look { part: Some(part.group), ..look });
    let more = match look.part {
        Some(_) => view! { <Paging page=part.page pages=part.pages query=here /> },
        None if part.pages > 1 => {
            let more = part.found - part.cards.len();
            let way = view! { <a href=here.href()>{format!("See all {}", part.found)}</a> };
            view! { <p class="pad sub">{format!("And {more} more, newer than these. ")}{way}</p> }
        }
        None => ().draw(),
    };
    let title = format!("{title} ({})", part.found);
    let group = part.group;
    let cards: Vec<_> = part.cards.into_iter().map(|card| flag_card(project, group, card, now)).collect();
    view! { <Card id=id title=title note=note flush=true><ul class="plain cleanup">{cards}</ul>{more}</Card> }
}

fn flag_card(project: &OpenProject, group: Group, card: FlagCard, now: Timestamp) -> Html {
    let href = format!("/p/{}/flags/{}", project.key(), encode(&card.key));
    let reasons: Vec<_> = card.reasons.iter().map(|reason| view! { <li>{reason.clone()}</li> }).collect();
    let way = way(project, group, &card, &href);
    let owner = match card.is_owned {
        true => card.owner.clone(),
        false => format!("{}, who cannot act", card.owner),
    };
    let facts = format!("{} · {owner} · {} old", card.kind, days(card.created_at, now));
    let overdue = card.since.map(
        |since| view! { " · "<span class="nowrap">{format!("here for {}", when::rough(now.millis() - since.millis()))}</span> },
    );
    let label = format!("removal brief of {}", card.key);
    let brief = card.brief.map(|text| {
        view! {
            <Disclosure label="Removal brief" icon=Glyph::Code>
                <Snippet label=label code=text />
            </Disclosure>
        }
    });
    view! {
        <li class="todo">
            <div class="what">
                <h3><a class="key" href=href>{card.key.clone()}</a></h3>
                <p class="sub">{card.description}</p>
                <ul class="reasons">{reasons}</ul>
                <p class="sub">{facts}{overdue}</p>
                {brief}
            </div>
            <div class="bar">{way}</div>
        </li>
    }
}

/// The next thing to do, and the button for it.
fn way(project: &OpenProject, group: Group, card: &FlagCard, href: &str) -> Html {
    let refusal = project.refusal(Role::Editor);
    let key = card.key.as_str();
    let label = |verb: &str| format!("{verb} {key}");
    if let Some(reason) = refusal {
        let text = match group {
            Group::Archive => "Archive",
            Group::ReviewDue => "Set the next review",
            Group::Expired => "Extend",
            _ => return view! { <LinkButton href=href.to_owned() label=label("Open")>"Open it"</LinkButton> },
        };
        return view! { <DisabledAction reason=reason brief=true>{text}</DisabledAction> };
    }
    match group {
        Group::Archive => view! {
            <form method="post" action=href.to_owned()>
                <input type="hidden" name="_form" value="archive" />
                <input type="hidden" name="base_version" value=card.version />
                <Button icon=Glyph::Archive label=label("Archive")>"Archive"</Button>
            </form>
        },
        Group::Expired => {
            let href = format!("{href}#lifetime");
            view! { <LinkButton href=href icon=Glyph::Clock label=label("Extend")>"Extend…"</LinkButton> }
        }
        Group::ReviewDue => {
            let href = format!("{href}#lifetime");
            view! { <LinkButton href=href icon=Glyph::Ok label=label("Review")>"Set the next review…"</LinkButton> }
        }
        Group::RemoveCode | Group::StillCalled | Group::Archived => match &card.brief {
            Some(brief) => view! {
                <span class="bar tight">"Copy removal brief" <CopyButton text=brief.clone() label=format!("removal brief of {key}") /></span>
            },
            None => ().draw(),
        },
    }
}

/// How much there was, week by week, of everybody and by owner.
fn debt(debt: Debt, now: Timestamp) -> Html {
    let head = view! {
        <Column label="Owner" />
        <Column label=format!("{WEEKS} weeks") />
        <Column label="Now" numeric=true />
        <Column label=format!("{} weeks ago", WEEKS - 1) numeric=true />
        <Column label="Oldest" />
    };
    let all = Line { owner: "Everybody".to_owned(), ..debt.all };
    let rows: Vec<_> = std::iter::once(all).chain(debt.owners).map(|line| debt_row(line, now)).collect();
    view! {
        <Card id="debt" title="Debt over time" note="flags that were overdue at the end of each week" flush=true>
            <Table caption="Flags that were overdue, by owner" head=head few=true>{rows}</Table>
            <p class="pad sub">
                "Looked back at by the dates that flags have today: one whose last day was moved since counts as it is now."
            </p>
        </Card>
    }
}

fn debt_row(line: Line, now: Timestamp) -> Html {
    let first = line.weeks.first().copied().unwrap_or(0);
    let listed: Vec<String> = line.weeks.iter().map(u64::to_string).collect();
    let label = format!("{}: {} flags, oldest week first", line.owner, listed.join(", "));
    let oldest = line.oldest.map_or_else(|| "–".to_owned(), |at| days(at, now));
    let count = line.now();
    view! {
        <Row>
            <RowHead>{line.owner}</RowHead>
            <Cell label=format!("{WEEKS} weeks")><Sparkline values=line.weeks label=label /></Cell>
            <Cell label="Now" numeric=true>{count}</Cell>
            <Cell label=format!("{} weeks ago", WEEKS - 1) numeric=true>{first}</Cell>
            <Cell label="Oldest" nowrap=true>{oldest}</Cell>
        </Row>
    }
}

/// What all of it rests on.
fn limits(project: &OpenProject, scans: &[(Scan, Timestamp)]) -> Html {
    let may_forget = project.refusal(Role::Admin).is_none();
    let searched: Vec<_> = scans
        .iter()
        .map(|(scan, at)| {
            let branch = (!scan.branch.is_empty()).then(|| format!(", {}", scan.branch));
            let forget = may_forget.then(|| {
                let (label, name) = (format!("Forget {}", scan.repository), scan.repository.clone());
                view! {
                    <form method="post" action="?">
                        <input type="hidden" name="_form" value=FORGET />
                        <input type="hidden" name="repository" value=name />
                        <Button kind=ButtonKind::Quiet label=label>"Forget"</Button>
                    </form>
                }
            });
            let said = view! { <span><b>{scan.repository.clone()}</b>{branch}", "{when::exact(*at)}</span> };
            view! { <li><span class="bar tight">{said}{forget}</span></li> }
        })
        .collect();
    let code = match searched.is_empty() {
        true => {
            view! { <p>"No source tree was searched yet: "<code>"flagstaff refs scan"</code>" finds which lines name which flag."</p> }
        }
        false => view! { <p>"Source trees that were searched:"</p><ul>{searched}</ul> },
    };
    view! {
        <Card id="evidence" title="What this rests on">
            <div class="prose">
                <p>"An answer counts as constant from the last change of its rules, or the last step of a plan, in the most carefully protected environment. How many days are enough is a setting of the project, by kind."</p>
                <p>{LIMITS}</p>
                {code}
            </div>
        </Card>
    }
}
