//! When a page cannot be shown. Handlers use `?`; the layer [`dress`] draws the page that says so, with who is looking.

use super::kept::{self, Posted};
use super::login;
use super::page::{self, Frame};
use super::visit::{PASSWORD, Visit};
use crate::components::prelude::*;
use crate::components::*;
use crate::server::error::Error;
use crate::server::security::tokens;
use crate::server::state::AppState;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
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
        let mut response = status(&self.0).into_response();
        retry_after(&mut response, &self.0);
        response.extensions_mut().insert(self);
        response
    }
}

fn status(error: &Error) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn retry_after(response: &mut Response, error: &Error) {
    if let Some(seconds) = error.retry_after() {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// Draws the page of a [`Failure`], and that of addresses nobody knows.
pub async fn dress(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visit = Visit::from_request_parts(&mut parts, &state).await;
    let reads = parts.method.is_safe();
    let signed_in = visit.as_ref().is_ok_and(|visit| visit.person.is_some());
    let (posted, body) = match reads || signed_in {
        true => (Posted::Nothing, body),
        false => kept::copy(&parts.headers, body).await,
    };
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(Failure(error)) = response.extensions().get::<Failure>().cloned() else { return response };
    match (visit, &*error) {
        (Ok(visit), Error::Unauthenticated) if reads => Redirect::to(&visit.login_address()).into_response(),
        (Ok(visit), Error::Unauthenticated) => login::instead(&visit, &posted),
        (Ok(visit), error) => answer(visit, error, reads).await,
        // The visit itself failed: the database is away. Still say so in words.
        (Err(_), error) => {
            let mut said = (response.status(), error.to_string()).into_response();
            retry_after(&mut said, error);
            said
        }
    }
}

/// `reads`: nothing was sent, so leading elsewhere loses nothing.
async fn answer(visit: Visit, error: &Error, reads: bool) -> Response {
    if let Error::Requested { project, number } = error {
        return Redirect::to(&format!("/p/{project}/changes/{number}")).into_response();
    }
    if matches!(error, Error::PasswordDue) && reads {
        return Redirect::to(&visit.password_address()).into_response();
    }
    let request_id = request_id();
    if let Error::Internal(why) = error {
        tracing::error!(request.id = %request_id, path = %visit.path, error = %why, "a request failed");
    }
    let (title, text) = words(error);
    let way = way(&visit, error, reads);
    let frame = Frame { title: title.clone(), ..Frame::default() };
    let mut response = page::draw(visit, frame, status(error), move || view(title, text, way, request_id)).await;
    retry_after(&mut response, error);
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
        Error::MethodNotAllowed => (
            "There is no page at this address",
            "Only a form leads here, such as a button that takes something back. Nothing was changed.".to_owned(),
        ),
        Error::TooLarge => {
            ("That is too long", format!("Nothing was changed: {error}. Go back in your browser: what you typed is still there."))
        }
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
        Error::Invalid(_) | Error::Confirm(_) | Error::Requested { .. } | Error::Unauthenticated => {
            ("That did not work", error.to_string())
        }
    };
    (title.to_owned(), text)
}

/// Where to go on, where there is a way.
fn way(visit: &Visit, error: &Error, reads: bool) -> Option<(String, &'static str)> {
    match error {
        // What was posted is in the browser's form, and not at this address.
        Error::Busy | Error::Full | Error::Internal(_) if reads => Some((visit.path.clone(), "Try again")),
        Error::PasswordDue => Some((PASSWORD.to_owned(), "Change your password")),
        _ => None,
    }
}

fn view(title: String, text: String, way: Option<(String, &'static str)>, request_id: String) -> Html {
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

/// Addresses that take another kind of request.
pub async fn wrong_method() -> Failure {
    Error::MethodNotAllowed.into()
}

/// A panic is a bug of ours: told as one, and the connection lives on.
pub fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    Failure::from(Error::Internal(format!("a panic: {}", text.unwrap_or_default()))).into_response()
}
