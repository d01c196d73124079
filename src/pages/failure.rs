//! When a page cannot be shown. Handlers use `?`; the layer [`dress`] draws the page that says so, with who is looking.

use super::page::{self, Frame};
use super::visit::{PASSWORD, Visit};
use crate::components::*;
use crate::server::error::Error;
use crate::server::security::tokens;
use crate::server::state::AppState;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;
use std::sync::Arc;

/// An error on its way to a page.
#[derive(Debug, Clone)]
pub struct Failure(Arc<Error>);

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Arc::new(error.into()))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Draws the page of a [`Failure`], and that of addresses nobody knows.
pub async fn dress(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visit = Visit::from_request_parts(&mut parts, &state).await;
    let is_look = matches!(parts.method, Method::GET | Method::HEAD);
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(Failure(error)) = response.extensions().get::<Failure>().cloned() else { return response };
    match visit {
        Ok(visit) => answer(visit, &error, is_look).await,
        // The visit itself failed: the database is away. Still say so in words.
        Err(_) => (response.status(), error.to_string()).into_response(),
    }
}

/// `is_look`: nothing was sent, so leading elsewhere loses nothing.
async fn answer(visit: Visit, error: &Error, is_look: bool) -> Response {
    match error {
        Error::Unauthenticated => return Redirect::to(&visit.login_address()).into_response(),
        Error::PasswordDue if is_look => return Redirect::to(&visit.password_address()).into_response(),
        _ => {}
    }
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let request_id = request_id();
    if let Error::Internal(why) = error {
        tracing::error!(request.id = %request_id, path = %visit.path, error = %why, "a request failed");
    }
    let (title, text) = words(error);
    let way = way(&visit, error);
    let frame = Frame { title: title.clone(), ..Frame::default() };
    let mut response = page::draw(visit, frame, status, move || view(title, text, way, request_id)).await;
    if let Error::TooMany(seconds) = error {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*seconds));
    }
    response
}

/// What went wrong and what to do, for a person.
fn words(error: &Error) -> (String, String) {
    let (title, text) = match error {
        Error::NotFound(what) => (
            "Not found",
            format!(
                "There is no such {what}, or you are not a member of its project. Check the address, or ask an admin of the project."
            ),
        ),
        Error::Forbidden(why) => ("You may not do that", why.clone()),
        Error::PasswordDue => (
            "Change your password first",
            "Somebody else set your password, so nothing was done. Choose one of your own, then try again.".to_owned(),
        ),
        Error::Conflict { .. } => ("Somebody was faster", format!("{error}. Reload the page and try again.")),
        Error::TooMany(_) => ("Too many tries", format!("{error}.")),
        Error::Busy => {
            ("The database is busy", "Nothing was changed. SDKs still get their answers. Try again in a moment.".to_owned())
        }
        Error::Full => (
            "The disk is full",
            "Nothing was changed. SDKs still get their answers. Make room on the server's disk and try again.".to_owned(),
        ),
        Error::Internal(_) => (
            "Something failed on our side",
            "Nothing was changed. Try again; if it stays, tell whoever runs this server the request id below.".to_owned(),
        ),
        Error::Invalid(_) | Error::Confirm(_) | Error::Unauthenticated => ("That did not work", error.to_string()),
    };
    (title.to_owned(), text)
}

/// Where to go on, where there is a way.
fn way(visit: &Visit, error: &Error) -> Option<(String, &'static str)> {
    match error {
        Error::Busy | Error::Full | Error::Internal(_) => Some((visit.path.clone(), "Try again")),
        Error::PasswordDue => Some((PASSWORD.to_owned(), "Change your password")),
        _ => None,
    }
}

fn view(title: String, text: String, way: Option<(String, &'static str)>, request_id: String) -> impl IntoView {
    let way = way.map(|(path, label)| view! { <LinkButton href=path>{label}</LinkButton> });
    view! {
        <section class="card pad prose">
            <h1>{title}</h1>
            <p>{text}</p>
            <p class="hint">"Request id " <code>{request_id}</code></p>
            <p class="bar">{way}<LinkButton href="/">"Go home"</LinkButton></p>
        </section>
    }
}

/// Ties what a person sees to a line of the log.
fn request_id() -> String {
    tokens::random::<6>().map(|bytes| tokens::hex(&bytes)).unwrap_or_else(|_| "none".to_owned())
}

/// Addresses nobody knows.
pub async fn unknown() -> Failure {
    Error::NotFound("page").into()
}

/// A panic is a bug of ours: told as one, and the connection lives on.
pub fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    Failure::from(Error::Internal(format!("a panic: {}", text.unwrap_or_default()))).into_response()
}
