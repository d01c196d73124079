//! One's own account: name, password, and an end to every session. A password that somebody else set is changed first of
//! all, on a page of its own.

use super::done;
use super::fields::Fields;
use super::page::{self, Frame, PageResult, local};
use super::people::roles_in_projects;
use super::visit::{Member, PASSWORD as FIRST};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::actor::Person;
use crate::domain::key::ProjectKey;
use crate::domain::role::{InstanceRole, Role};
use crate::domain::user::MIN_PASSWORD;
use crate::server::error::Error;
use crate::server::governance::Applied;
use crate::server::security::secrets::Secret;
use crate::server::services::{people, projects, users};
use axum::extract::Query as QueryOf;
use axum::http::StatusCode;
use serde::Deserialize;

const NAME: &str = "name";
const PASSWORD: &str = "password";
const SESSIONS: &str = "sessions";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    /// The change that led here.
    done: String,
    /// Where the person wanted to go.
    next: String,
}

pub async fn get(member: Member, QueryOf(params): QueryOf<Params>) -> PageResult {
    show(member, None, &params.done).await
}

pub async fn post(member: Member, fields: Fields) -> PageResult {
    let (state, actor) = (member.state(), member.actor());
    let applied = match fields.form() {
        NAME => users::rename(state, &actor, &member.person.email, fields.text("name")).await,
        PASSWORD => change_password(&member, &fields).await,
        SESSIONS => {
            people::sign_out_everywhere(state, &member.person).await?;
            member.visit.sign_out().await?;
            return page::go("/login");
        }
        _ => Err(Error::field("", "This page takes the forms name, password and sessions.")),
    };
    match applied {
        Ok(applied) => page::done("/account", &applied),
        Err(error) => show(member, Some(fields.attempt(error)?), "").await,
    }
}

/// All sessions end with the old password; this browser begins a new one.
async fn change_password(member: &Member, fields: &Fields) -> Result<Applied, Error> {
    let secret = |name: &str| Secret::new(fields.get(name).to_owned());
    let (present, new) = (secret("current_password"), secret("new_password"));
    let visit = &member.visit;
    let applied = people::change_password(&visit.state, &member.person, present, new, &visit.from).await?;
    visit.sign_in(&member.person).await?;
    Ok(applied)
}

async fn show(member: Member, attempt: Option<Attempt>, sequence: &str) -> PageResult {
    let summaries = projects::summaries(member.state(), &member.actor()).await?;
    let roles = summaries.into_iter().map(|summary| (summary.project.key, summary.project.name, summary.role)).collect();
    let notice = done::notice_of_own(&member, sequence.parse().ok()).await;
    let frame = Frame { title: "Your account".to_owned(), notice, attempt, ..Frame::default() };
    let person = member.person.clone();
    member.page(frame, move || view(person, roles)).await
}

fn view(person: Person, roles: Vec<(ProjectKey, String, Role)>) -> Html {
    let roles = match person.instance_role {
        InstanceRole::Owner => "admin in every project".draw(),
        InstanceRole::Member => roles_in_projects(roles),
    };
    let Person { email, name, instance_role, .. } = person;
    let address = email.clone();
    view! {
        <PageHeading title="Your account" />
        <div class="stack">
            <Card id="about" title="You">
                <div class="stack">
                    <Definitions wide=true>
                        <Fact label="E-mail address">{address}</Fact>
                        <Fact label="In the installation">{instance_role.label()}</Fact>
                        <Fact label="In projects">{roles}</Fact>
                    </Definitions>
                    <Form id=NAME submit="Rename" tone=ButtonKind::Plain>
                        <Field name="name" label="Name" value=name required=true autocomplete="name"
                            hint="As colleagues know you; it stands in the history too." />
                    </Form>
                </div>
            </Card>
            <Card id="change-password" title="Password">
                <Form id=PASSWORD submit="Change password" tone=ButtonKind::Plain>
                    <p>"Every other browser in which you are signed in is signed out with it."</p>
                    {password_fields(email, "Present password")}
                </Form>
            </Card>
            <Card id="your-sessions" title="Sessions">
                <form method="post" class="form">
                    <input type="hidden" name="_form" value=SESSIONS />
                    <p>"Ends every session of yours, in this browser too: for a device that was lost, or left open somewhere."</p>
                    <p><Button icon=Glyph::SignOut>"Sign out everywhere"</Button></p>
                </form>
            </Card>
        </div>
    }
}

fn password_fields(email: String, present: &'static str) -> Html {
    let hint = format!("At least {MIN_PASSWORD} characters; a few words in a row are easy to keep.");
    view! {
        // Tells password managers whose password it is.
        <input type="text" name="username" value=email autocomplete="username" hidden=true readonly=true aria-label="E-mail address" />
        <Field name="current_password" label=present kind="password" autocomplete="current-password" required=true />
        <Field name="new_password" label="New password" kind="password" autocomplete="new-password" required=true hint=hint />
    }
}

/// For somebody whose password somebody else knows. Whoever has one of their own has no business here.
pub async fn first(member: Member, QueryOf(params): QueryOf<Params>) -> PageResult {
    match member.person.must_change_password {
        true => Ok(show_first(member, None)),
        false => page::go(onward(&params.next)),
    }
}

pub async fn post_first(member: Member, QueryOf(params): QueryOf<Params>, fields: Fields) -> PageResult {
    match change_password(&member, &fields).await {
        Ok(_) => page::go(onward(&params.next)),
        Err(error) => Ok(show_first(member, Some(fields.attempt(error)?))),
    }
}

/// Where to go with the new password.
fn onward(next: &str) -> &str {
    match local(next) {
        to if to.starts_with(FIRST) => "/",
        to => to,
    }
}

fn show_first(member: Member, attempt: Option<Attempt>) -> axum::response::Response {
    let status = if attempt.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let frame = Frame { title: "Choose your own password".to_owned(), attempt, ..Frame::default() };
    let lead = format!("Welcome, {}.", member.person.name);
    let email = member.person.email.clone();
    page::gate(&member.visit, frame, false, Some(lead), status, move || first_form(email))
}

fn first_form(email: String) -> Html {
    view! {
        <div class="stack">
            <p>"Somebody else set the password you signed in with, so they know it. Choose one that only you know; then everything opens."</p>
            <Form id=PASSWORD submit="Change password">{password_fields(email, "The password you were given")}</Form>
            <form method="post" action="/logout">
                <Button kind=ButtonKind::Quiet icon=Glyph::SignOut>"Sign out"</Button>
            </form>
        </div>
    }
}
