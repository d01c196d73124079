//! Sign-in, sign-out, and the choice of a theme.

use super::fields::Fields;
use super::page::{self, Frame, PageResult, local};
use super::visit::Visit;
use crate::components::*;
use crate::server::security::secrets::Secret;
use crate::server::services::{people, setup};
use axum::extract::Query as QueryOf;
use axum::http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use serde::Deserialize;

const FORM: &str = "login";

#[derive(Deserialize, Default)]
pub struct Params {
    /// Where the person wanted to go.
    #[serde(default)]
    next: String,
}

pub async fn get(visit: Visit, QueryOf(params): QueryOf<Params>) -> PageResult {
    if visit.person.is_some() {
        return page::go(local(&params.next));
    }
    if setup::is_needed(&mut visit.state.db.read().await.map_err(crate::server::error::Error::from)?).await? {
        return Ok(page::gate(&visit, frame(None), false, None, StatusCode::OK, not_set_up));
    }
    show(&visit, None)
}

pub async fn post(visit: Visit, QueryOf(params): QueryOf<Params>, fields: Fields) -> PageResult {
    let password = Secret::new(fields.get("password").to_owned());
    match people::sign_in(&visit.state, fields.get("email"), password, &visit.from).await {
        Ok(person) => {
            visit.sign_in(&person).await?;
            page::go(local(&params.next))
        }
        Err(error) => show(&visit, Some(fields.attempt(error)?)),
    }
}

pub async fn logout(visit: Visit) -> PageResult {
    visit.sign_out().await?;
    page::go("/login")
}

/// Keeps the theme in a cookie for a year. Works signed out too.
pub async fn theme(visit: Visit, fields: Fields) -> PageResult {
    let theme = Theme::parse(fields.get("theme")).unwrap_or_default();
    let mut response = page::go(local(fields.get("return_to")))?;
    let secure = if visit.state.is_https() { "; Secure" } else { "" };
    let cookie = format!("theme={}; Path=/; Max-Age=31536000; SameSite=Lax{secure}", theme.as_str());
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

fn frame(attempt: Option<Attempt>) -> Frame {
    Frame { title: "Sign in".to_owned(), attempt, ..Frame::default() }
}

fn show(visit: &Visit, attempt: Option<Attempt>) -> PageResult {
    let status = if attempt.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(page::gate(visit, frame(attempt), false, None, status, form))
}

fn form() -> impl IntoView {
    view! {
        <Form id=FORM submit="Sign in">
            <Field name="email" label="E-mail address" kind="email" autocomplete="username" required=true autofocus=true />
            <Field name="password" label="Password" kind="password" autocomplete="current-password" required=true />
        </Form>
    }
}

fn not_set_up() -> impl IntoView {
    view! {
        <p>"Nobody has set this server up yet. Whoever started it finds a set-up link in its output; that link leads here on."</p>
        <p class="hint">"Lost it? Restart the server for a new one, or run " <code>"flagstaff user create --role owner"</code> "."</p>
    }
}
