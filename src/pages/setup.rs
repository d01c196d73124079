//! First run: one form makes the owner's account and the first project.

use super::fields::Fields;
use super::page::{self, Frame, PageResult};
use super::project_form;
use super::visit::Visit;
use crate::components::prelude::*;
use crate::components::*;
use crate::server::error::Error;
use crate::server::security::secrets::Secret;
use crate::server::services::setup::{self, Wanted};
use axum::extract::Query as QueryOf;
use axum::http::StatusCode;
use serde::Deserialize;

const FORM: &str = "setup";

#[derive(Deserialize, Default)]
pub struct Params {
    #[serde(default)]
    token: String,
}

pub async fn get(visit: Visit, QueryOf(params): QueryOf<Params>) -> PageResult {
    show(&visit, &params.token, None).await
}

pub async fn post(visit: Visit, QueryOf(params): QueryOf<Params>, fields: Fields) -> PageResult {
    let wanted = Wanted {
        name: fields.text("name"),
        email: fields.text("email"),
        password: Secret::new(fields.get("password").to_owned()),
        project: project_form::read(&fields),
        demo: fields.is_checked("demo"),
    };
    match setup::set_up(&visit.state, &params.token, wanted).await {
        Ok(made) => {
            visit.sign_in(&made.person).await?;
            page::go(format!("/p/{}/flags", made.opens))
        }
        Err(error) => show(&visit, &params.token, Some(fields.attempt(error)?)).await,
    }
}

async fn show(visit: &Visit, token: &str, attempt: Option<Attempt>) -> PageResult {
    if !setup::is_open_to(&visit.state, token).await? {
        let frame = Frame { title: "This set-up link does not work".to_owned(), ..Frame::default() };
        return Ok(page::gate(visit, frame, false, None, StatusCode::FORBIDDEN, closed));
    }
    let has_demo = setup::has_demo(&mut visit.state.db.read().await.map_err(Error::from)?).await?;
    let status = page::status(attempt.as_ref());
    let frame = Frame { title: "Set up Flagstaff".to_owned(), attempt, ..Frame::default() };
    let lead = "One form, then you are in. You become the owner of this installation.".to_owned();
    Ok(page::gate(visit, frame, true, Some(lead), status, move || form(has_demo)))
}

fn form(has_demo: bool) -> Html {
    let demo_hint = match has_demo {
        true => "The project Demo shop is there already: ten flags in every stage, with history.",
        false => "Adds a project Demo shop: ten flags in every stage, with history.",
    };
    view! {
        <Form id=FORM submit="Set up">
            <FieldGroup legend="You">
                <Field name="name" label="Name" autocomplete="name" required=true autofocus=true />
                <Field name="email" label="E-mail address" kind="email" autocomplete="username" required=true
                    hint="You sign in with it, and the audit history names you by it." />
                <Field name="password" label="Password" kind="password" autocomplete="new-password" required=true
                    hint="At least 12 characters." />
            </FieldGroup>
            <FieldGroup legend="Your first project">
                {project_form::naming("main")}
            </FieldGroup>
            {project_form::environments()}
            <Checkbox name="demo" label="Demo data to explore" checked=true hint=demo_hint />
        </Form>
    }
}

fn closed() -> Html {
    view! {
        <p>"It was used already, or comes from an earlier start of the server. If there is an account for you, sign in; otherwise restart the server and take the new link from its output."</p>
        <p><LinkButton href="/login">"Sign in"</LinkButton></p>
    }
}
