//! Sign-in, sign-out, and the choice of a theme.

use super::fields::Fields;
use super::kept::{self, Kept, Posted};
use super::page::{self, Frame, PageResult, local};
use super::visit::Visit;
use crate::components::prelude::*;
use crate::components::*;
use crate::server::security::secrets::Secret;
use crate::server::services::{people, setup};
use axum::extract::Query as QueryOf;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
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
    Ok(show(&visit, Lead::None, None, None))
}

pub async fn post(visit: Visit, QueryOf(params): QueryOf<Params>, fields: Fields) -> PageResult {
    let password = Secret::new(fields.get("password").to_owned());
    let kept = Kept::carried(&fields);
    match (people::sign_in(&visit.state, fields.get("email"), password, &visit.from).await, kept) {
        (Ok(person), kept) => {
            visit.sign_in(&person).await?;
            match kept {
                Some(kept) => Ok(kept::offer(visit, person, kept).await),
                None => page::go(local(&params.next)),
            }
        }
        (Err(error), kept) => {
            let lead = if kept.is_some() { Lead::Kept } else { Lead::None };
            Ok(show(&visit, lead, kept, Some(fields.attempt(error)?)))
        }
    }
}

/// In the place of what a form of somebody who is not signed in any more asked for. The status is 401: nothing was done,
/// and who sent it without a browser sees that.
pub fn instead(visit: &Visit, posted: &Posted) -> Response {
    let (lead, kept) = match posted {
        Posted::Nothing => (Lead::Ended, None),
        Posted::TooLong => (Lead::TooLong, None),
        Posted::Form(body) => match Kept::of(&visit.path, body) {
            Some(kept) => (Lead::Kept, Some(kept)),
            None => (Lead::Ended, None),
        },
    };
    let mut response = show(visit, lead, kept, None);
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response
}

/// What the page says first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    None,
    Ended,
    Kept,
    TooLong,
}

impl Lead {
    fn text(self) -> Option<String> {
        let text = match self {
            Self::None => return None,
            Self::Ended => "You were signed out meanwhile. Nothing was changed.",
            Self::Kept => {
                "You were signed out meanwhile. Nothing was changed, and what you typed is kept: sign in, then send it."
            }
            Self::TooLong => {
                "You were signed out meanwhile, and what you sent is too long to be kept here. Sign in in another tab, then \
                 reload this page: your browser sends it again."
            }
        };
        Some(text.to_owned())
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

fn show(visit: &Visit, lead: Lead, kept: Option<Kept>, attempt: Option<Attempt>) -> Response {
    let status = page::status(attempt.as_ref());
    page::gate(visit, frame(attempt), false, lead.text(), status, move || form(lead, kept))
}

fn form(lead: Lead, kept: Option<Kept>) -> Html {
    let fields = move || {
        view! {
            {kept.map(|kept| kept.carry())}
            <Field name="email" label="E-mail address" kind="email" autocomplete="username" required=true autofocus=true />
            <Field name="password" label="Password" kind="password" autocomplete="current-password" required=true />
        }
    };
    match lead {
        // Posts to its own address, which says where to go next.
        Lead::None => view! { <Form id=FORM submit="Sign in">{fields()}</Form> },
        _ => view! { <Form id=FORM action="/login" submit="Sign in">{fields()}</Form> },
    }
}

fn not_set_up() -> Html {
    view! {
        <p>"Nobody has set this server up yet. Whoever started it finds a set-up link in its output; follow that link to begin."</p>
        <p class="hint">"Lost it? Restart the server for a new one, or run " <code>"flagstaff user create --role owner"</code> "."</p>
    }
}
