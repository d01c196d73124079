//! Who calls a server function, on the server.

use super::FnError;
use crate::domain::actor::{Actor, Person};
use crate::domain::role::Role;
use crate::server::error::Error;
use crate::server::services::projects::{self, OpenProject};
use crate::server::state::AppState;
use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;

/// Provided as context by the route, from the session of the request.
#[derive(Debug, Clone)]
pub struct Caller {
    pub state: AppState,
    pub person: Option<Person>,
}

impl Caller {
    /// The caller, in a project in which they hold at least this role.
    pub async fn in_project(project: &str, least: Role) -> Result<(Self, Actor, OpenProject), FnError> {
        let caller: Self = expect_context();
        let found = caller.open(project, least).await.map_err(refuse)?;
        Ok((caller, found.0, found.1))
    }

    async fn open(&self, project: &str, least: Role) -> Result<(Actor, OpenProject), Error> {
        let person = self.person.clone().ok_or(Error::Unauthenticated)?;
        if person.must_change_password {
            return Err(Error::PasswordDue);
        }
        let actor = Actor::Person(person);
        let project = projects::open(&self.state, &actor, project).await?;
        match project.refusal(least) {
            Some(why) => Err(Error::Forbidden(why)),
            None => Ok((actor, project)),
        }
    }
}

/// Turns an error into what the island is told, and sets the answer's status.
pub fn refuse(error: Error) -> FnError {
    if let Error::Internal(why) = &error {
        tracing::error!(error = %why, "a server function failed");
    }
    let refused = FnError { status: error.status(), message: error.to_string() };
    answer_with(refused.status);
    if let (Some(seconds), Some(options)) = (error.retry_after(), use_context::<ResponseOptions>()) {
        options.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    refused
}

/// Sets the answer's status, but for a plain form post: there it would undo the redirect that the post is answered with.
pub fn answer_with(status: u16) {
    let accepts = |parts: &Parts| parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok().map(str::to_owned));
    let is_form = use_context::<Parts>().and_then(|parts| accepts(&parts)).is_some_and(|accept| accept.contains("text/html"));
    if let (false, Some(options), Ok(status)) = (is_form, use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        options.set_status(status);
    }
}
