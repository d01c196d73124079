//! Teams of a project: listed and made on the page of its people, each changed on a page of its own.

use super::done::{self, Params};
use super::fields::Fields;
use super::page::{self, Frame, PageResult, Place};
use super::settings::{self, Section};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::role::Role;
use crate::domain::team::Team;
use crate::server::error::Error;
use crate::server::services::members::{self, Listed as Person};
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::teams::{self, Listed};
use axum::extract::{Path, Query as QueryOf};

pub const NEW: &str = "new-team";
const EDIT: &str = "team";
const REMOVE: &str = "remove-team";
/// What the names of the boxes begin with, one for each member of the project.
const MEMBERS: &str = "members[";

/// The e-mail addresses whose boxes were ticked.
pub fn chosen(fields: &Fields) -> Vec<String> {
    fields.0.iter().filter(|(name, _)| name.starts_with(MEMBERS)).map(|(_, email)| email.clone()).collect()
}

pub async fn get(member: Member, Path((key, team)): Path<(String, String)>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    show(member, project, &team, None, &params.done).await
}

pub async fn post(member: Member, Path((key, team)): Path<(String, String)>, fields: Fields) -> PageResult {
    let (state, actor) = (member.state(), member.actor());
    let project = projects::open(state, &actor, &key).await?;
    project.require(Role::Admin)?;
    let listed = teams::find(state, &project, &team).await?;
    let applied = match fields.form() {
        EDIT => {
            let team = Team { key: listed.team.key, name: fields.text("name"), members: chosen(&fields) };
            teams::edit(state, &actor, &project, team, fields.consent()).await
        }
        REMOVE => teams::remove(state, &actor, &project, listed.team.key).await,
        _ => Err(Error::field("", "This page takes the forms team and remove-team.")),
    };
    match applied {
        Ok(applied) => page::done(&Section::People.address(&project), &applied),
        Err(error) => show(member, project, &team, Some(fields.attempt(error)?), "").await,
    }
}

async fn show(member: Member, project: OpenProject, team: &str, attempt: Option<Attempt>, sequence: &str) -> PageResult {
    let listed = teams::find(member.state(), &project, team).await?;
    let people = members::list(member.state(), &project).await?;
    let people: Vec<Person> = people.into_iter().filter(|person| person.role.is_some()).collect();
    let refusal = projects::refusal(member.state(), &project, Role::Admin).await?;
    let notice = done::notice(&member, &project, sequence.parse().ok()).await;
    let title = listed.team.name.clone();
    let frame = Frame { title, project: Some(project.clone()), place: Place::Settings, notice, attempt };
    member.page(frame, move || view(&project, listed, people, refusal)).await
}

fn view(project: &OpenProject, listed: Listed, people: Vec<Person>, refusal: Option<String>) -> Html {
    let crumbs = vec![Crumb::new("People", Section::People.address(project))];
    let Listed { team, version, flags } = listed;
    let (title, key, may_edit) = (team.name.clone(), team.key.to_string(), refusal.is_none());
    let form = settings::form(EDIT, "Save", refusal, move || {
        view! {
            <Hidden name="base_version" value=version.to_string() />
            <Definitions wide=true><Fact label="Key"><code>{key}</code></Fact></Definitions>
            {fields(team.name, &team.members, &people)}
        }
    });
    let owned = owned(project, &flags, may_edit);
    view! {
        <PageHeading title=title crumbs=crumbs lead="Its members answer together for the flags it owns." />
        <div class="stack">
            <Refused forms=vec![REMOVE] />
            <section class="card pad">{form}</section>
            {owned}
        </div>
    }
}

/// The flags of a team; once there are none it can go.
fn owned(project: &OpenProject, flags: &[crate::domain::key::FlagKey], may_edit: bool) -> Html {
    let links: Vec<_> = flags
        .iter()
        .map(|flag| {
            let href = format!("/p/{}/flags/{}", project.key(), encode(flag.as_str()));
            view! { <li><a href=href><code>{flag.to_string()}</code></a></li> }
        })
        .collect();
    let list = match links.is_empty() {
        true => view! { <p>"It owns no flag."</p> },
        false => view! { <ul class="bar">{links}</ul> },
    };
    let removal = match (may_edit, flags.is_empty()) {
        (false, _) => ().draw(),
        (true, false) => {
            let reason = "It owns flags; give each another owner first.";
            view! { <DisabledAction reason=reason icon=Glyph::Remove>"Remove team"</DisabledAction> }
        }
        (true, true) => view! {
            <form method="post">
                <input type="hidden" name="_form" value=REMOVE />
                <Button kind=ButtonKind::Danger icon=Glyph::Remove>"Remove team"</Button>
            </form>
        },
    };
    view! { <Card id="owns" title="Flags it owns"><div class="stack">{list}{removal}</div></Card> }
}

/// Name and members; to be made inside of a form.
fn fields(name: String, members: &[String], people: &[Person]) -> Html {
    let boxes: Vec<_> = people
        .iter()
        .enumerate()
        .map(|(at, person)| {
            let email = person.user.email.clone();
            let is_in = members.contains(&email);
            view! { <Checkbox name=format!("{MEMBERS}{at}]") label=person.user.name.clone() checked=is_in value=email.clone() hint=email /> }
        })
        .collect();
    let hint = if people.is_empty() { "This project has no members yet." } else { "Out of the project's members." };
    view! {
        <Field name="name" label="Name" value=name required=true autocomplete="off" placeholder="Payments" />
        <FieldGroup legend="Members" name="members" hint=hint><div class="boxes">{boxes}</div></FieldGroup>
    }
}

/// The teams on the page of a project's people, and the form for a new one.
pub fn list(project: &OpenProject, teams: Vec<Listed>, people: &[Person], refusal: Option<String>) -> Html {
    let address = Section::People.address(project);
    let rows: Vec<_> = teams.into_iter().map(|listed| row(&address, listed, people)).collect();
    let head = view! {
        <Column label="Team" />
        <Column label="Key" />
        <Column label="Members" />
        <Column label="Flags" numeric=true />
    };
    let table = match rows.is_empty() {
        true => {
            view! { <p class="pad sub">"No team yet. A team can own flags, so that they stay answered for when somebody leaves."</p> }
        }
        false => view! { <Table caption="Teams of this project" head=head>{rows}</Table> },
    };
    let is_refused = use_context::<Attempt>().is_some_and(|attempt| attempt.form == NEW);
    let people = people.to_vec();
    let form = settings::form(NEW, "Create team", refusal, move || {
        view! {
            {fields(String::new(), &[], &people)}
            <Field name="key" label="Key" mono=true width=24 autocomplete="off" placeholder="payments"
                hint="For flag files; it stays. Left empty it is made of the name." />
        }
    });
    view! {
        <Card id="teams" title="Teams" flush=true>
            {table}
            <div class="pad"><Disclosure label="New team" icon=Glyph::Plus open=is_refused>{form}</Disclosure></div>
        </Card>
    }
}

fn row(address: &str, listed: Listed, people: &[Person]) -> Html {
    let Listed { team, flags, .. } = listed;
    let name_of =
        |email: &String| people.iter().find(|person| &person.user.email == email).map(|person| person.user.name.clone());
    let names: Vec<String> = team.members.iter().map(|email| name_of(email).unwrap_or_else(|| email.clone())).collect();
    let names = if names.is_empty() { "nobody yet".to_owned() } else { names.join(", ") };
    let (key, href) = (team.key.to_string(), format!("{address}/teams/{}", encode(team.key.as_str())));
    view! {
        <Row>
            <RowHead><a href=href>{team.name}</a></RowHead>
            <Cell label="Key"><code>{key}</code></Cell>
            <Cell label="Members">{names}</Cell>
            <Cell label="Flags" numeric=true>{flags.len()}</Cell>
        </Row>
    }
}
