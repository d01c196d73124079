//! Every flag that two environments have differently.

use super::{Params as Sides, address, choose};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::count::counted;
use crate::domain::time::Timestamp;
use crate::pages::page::{Frame, PageResult, Place};
use crate::pages::visit::Member;
use crate::server::services::compare::{self, Differences, Differing};
use crate::server::services::flag_query::FlagQuery;
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::status;
use axum::extract::{Path, Query as QueryOf};
use serde::Deserialize;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    a: String,
    b: String,
    /// The same search as on the flag list.
    q: String,
    page: String,
}

pub async fn list(member: Member, Path(project): Path<String>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let (state, actor) = (member.state(), member.actor());
    let project = projects::open(state, &actor, &project).await?;
    let sides = Sides { a: params.a.clone(), b: params.b.clone() }.read(&member, &project)?;
    let (asked, number) = (FlagQuery::parse(&params.q), params.page.parse().unwrap_or(1));
    let found = compare::list(state, &actor, &project, &asked, (&sides.0, &sides.1), number).await?;
    let title = format!("{} beside {}", sides.0, sides.1);
    let frame = Frame { title, project: Some(project.clone()), place: Place::Flags, ..Frame::default() };
    let now = member.visit.now;
    member.page(frame, move || view(&project, &found, sides, &params.q, now)).await
}

fn view(project: &OpenProject, found: &Differences, sides: (String, String), typed: &str, now: Timestamp) -> Html {
    let (a, b) = sides;
    let crumbs = vec![Crumb::new("Flags", format!("/p/{}/flags", project.key()))];
    let count = |count: usize| counted(count as u64);
    let lead = match found.matched {
        0 => format!("No flag differs between {a} and {b}; {} looked at.", count(found.looked_at)),
        1 => format!("1 of {} flags differs.", count(found.looked_at)),
        matched => format!("{} of {} flags differ.", count(matched), count(found.looked_at)),
    };
    let query = Query(vec![("a".into(), a.clone()), ("b".into(), b.clone())]).with("q", typed.trim());
    let keys = found.environments.iter().map(|snapshot| snapshot.environment.environment.key.to_string()).collect::<Vec<_>>();
    let swapped = query.with("a", &b).with("b", &a).href();
    let body = match (found.matched, typed.trim().is_empty()) {
        (0, false) => {
            view! { <EmptyFiltered noun="differing flags" query=typed.to_owned() clear=query.without("q").href() /> }
        }
        (0, true) => view! {
            <EmptyNew icon=Glyph::Ok title="Nothing differs">
                <p>"Every flag has the same switch, targets, rules and shares in both."</p>
            </EmptyNew>
        },
        _ => table(project, found, &a, &b, &query, now),
    };
    let search = {
        let (a, b, typed) = (a.clone(), b.clone(), typed.to_owned());
        view! {
            <Filters label="Search flags">
                <Hidden name="a" value=a /> <Hidden name="b" value=b />
                <Field name="q" label="Search" kind="search" value=typed placeholder="A word of the key or description, owner:me, tag:web"
                    compact=true autocomplete="off" />
                <Button icon=Glyph::Search>"Search"</Button>
            </Filters>
        }
    };
    view! {
        <PageHeading title=format!("{a} beside {b}") crumbs=crumbs lead=lead />
        {choose(keys, &a, &b, Some(swapped))}
        {search}
        {body}
    }
}

fn table(project: &OpenProject, found: &Differences, a: &str, b: &str, query: &Query, now: Timestamp) -> Html {
    let head = view! {
        <Column label="Flag" /> <Column label=a.to_owned() /> <Column label=b.to_owned() /> <Column label="Differing parts" numeric=true />
    };
    let rows: Vec<_> = found.rows.iter().map(|row| differing(project, row, a, b, now)).collect();
    let (page, pages) = (found.page as u64, found.pages as u64);
    view! {
        <Table caption="Flags that differ" head=head>{rows}</Table>
        <Paging page=page pages=pages query=query.clone() />
    }
}

fn differing(project: &OpenProject, row: &Differing, a: &str, b: &str, now: Timestamp) -> Html {
    let href = address(project, &row.key, a, b);
    let (a, b) = (a.to_owned(), b.to_owned());
    let (key, description, parts) = (row.key.clone(), row.description.clone(), row.parts);
    let [one, other] = [&row.places[0], &row.places[1]].map(|served| status::reach_of(served, now));
    view! {
        <Row>
            <RowHead><a class="key" href=href>{key}</a><div class="sub clamp">{description}</div></RowHead>
            <Cell label=a>{one}</Cell>
            <Cell label=b>{other}</Cell>
            <Cell label="Differing parts" numeric=true>{parts}</Cell>
        </Row>
    }
}
