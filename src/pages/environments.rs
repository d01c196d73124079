//! Environments of a project: their order, and a new one. What each asks for is changed on its own page.

use super::done::{self, Params};
use super::environment_edit;
use super::fields::Fields;
use super::page::{self, PageResult};
use super::settings::{self, Section};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::environment::{Colour, Protection};
use crate::domain::policy::brief;
use crate::domain::role::Role;
use crate::domain::text::capital;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::services::environments::{self, Listed};
use crate::server::services::projects::{self, OpenProject};
use axum::extract::{Path, Query as QueryOf};

const ORDER: &str = "order";
const ADD: &str = "environment";

pub async fn get(member: Member, Path(key): Path<String>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    show(member, project, None, &params.done).await
}

pub async fn post(member: Member, Path(key): Path<String>, fields: Fields) -> PageResult {
    let (state, actor) = (member.state(), member.actor());
    let project = projects::open(state, &actor, &key).await?;
    project.require(Role::Admin)?;
    let applied = match fields.form() {
        ADD => environments::create(state, &actor, &project, &environment_edit::read(&fields)).await,
        ORDER => match (fields.filled("up"), fields.filled("down")) {
            (Some(key), _) => environments::shift(state, &actor, &project, &key, true).await,
            (None, Some(key)) => environments::shift(state, &actor, &project, &key, false).await,
            (None, None) => Err(Error::field("", "Say which environment moves up or down.")),
        },
        _ => Err(Error::field("", "This page takes the forms order and environment.")),
    };
    match applied {
        Ok(applied) => page::done(&Section::Environments.address(&project), &applied),
        Err(error) => show(member, project, Some(fields.attempt(error)?), "").await,
    }
}

async fn show(member: Member, project: OpenProject, attempt: Option<Attempt>, sequence: &str) -> PageResult {
    let listed = environments::list(member.state(), &project).await?;
    let refusal = projects::refusal(member.state(), &project, Role::Admin).await?;
    let notice = done::notice(&member, &project, sequence.parse().ok()).await;
    let now = member.visit.now;
    let frame = page::Frame { notice, attempt, ..Section::Environments.frame(project.clone()) };
    member.page(frame, move || view(&project, listed, refusal, now)).await
}

fn view(project: &OpenProject, listed: Vec<Listed>, refusal: Option<String>, now: Timestamp) -> Html {
    let lead = "In the order in which changes travel: from where flags are tried to where customers are.";
    let (last, may_edit) = (listed.len().saturating_sub(1), refusal.is_none());
    let address = Section::Environments.address(project);
    let rows: Vec<_> =
        listed.into_iter().enumerate().map(|(at, listed)| row(&address, listed, may_edit.then_some((at, last)), now)).collect();
    let head = view! {
        <Column label="Environment" />
        <Column label="Protection" />
        <Column label="API keys" numeric=true />
        {may_edit.then(|| view! { <Column label="Change" silent=true /> })}
    };
    let form = settings::form(ADD, "Add environment", refusal, || {
        environment_edit::fields(environment_edit::Shown { colour: Colour::Blue, protection: Protection::Open, existing: None })
    });
    view! {
        {settings::head(project, Section::Environments, lead)}
        <div class="stack">
            <Refused forms=vec![ORDER] />
            <Table caption="Environments" head=head>{rows}</Table>
            <Card id="add" title="Add an environment" note="every flag starts off in it; a kill switch starts on">{form}</Card>
        </div>
    }
}

/// `place`: its own and the last one, for those who may move it.
fn row(address: &str, listed: Listed, place: Option<(usize, usize)>, now: Timestamp) -> Html {
    let Listed { environment, keys } = listed;
    let (key, protection) = (environment.key.to_string(), environment.protection);
    let page = format!("{address}/{}", encode(&key));
    let (policy, asked) = (format!("{page}/policy"), capital(&brief(&environment.policy, now)));
    let read_out = format!("{key}: {asked}. Its policy");
    let name = environment.name;
    // Where the name is the key there is nothing to tell apart.
    let told = (name != key).then(|| view! { " "<code class="sub">{key.clone()}</code> });
    let change = place.map(|(at, last)| {
        let (up, down) = (mover(&key, "up", at > 0), mover(&key, "down", at < last));
        let label = format!("Edit {key}");
        view! {
            <Cell label="Change">
                <span class="bar tight">
                    {up}{down}
                    <LinkButton href=page kind=ButtonKind::Quiet icon=Glyph::Edit label=label>"Edit"</LinkButton>
                </span>
            </Cell>
        }
    });
    view! {
        <Row>
            <RowHead><EnvironmentBadge colour=environment.colour name=name />{told}</RowHead>
            <Cell label="Protection">
                <b>{protection.label()}</b>
                <p class="sub">{protection.meaning()}</p>
                <p><a href=policy aria-label=read_out>{asked}</a></p>
            </Cell>
            <Cell label="API keys" numeric=true>{keys}</Cell>
            {change}
        </Row>
    }
}

/// The button that moves an environment; nothing where there is no further to go.
fn mover(key: &str, way: &'static str, is_possible: bool) -> Option<Html> {
    let icon = if way == "up" { Glyph::Up } else { Glyph::Down };
    let (label, key) = (format!("Move {key} {way}"), key.to_owned());
    is_possible.then(|| {
        view! {
            <form method="post">
                <input type="hidden" name="_form" value=ORDER />
                <Button kind=ButtonKind::Quiet icon=icon name=way value=key label=label />
            </form>
        }
    })
}
