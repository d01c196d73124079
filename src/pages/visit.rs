//! Who is looking, with what, and where: loaded afresh for every request, so that a right taken away is gone at once.

use crate::components::Theme;
use crate::domain::actor::{Actor, Person};
use crate::domain::id::UserId;
use crate::domain::time::{MINUTE, Timestamp};
use crate::server::error::Error;
use crate::server::services::people;
use crate::server::state::AppState;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use std::net::SocketAddr;
use tower_sessions::Session;

use super::failure::Failure;
use super::session::{SEEN, USER, failed};

/// Where somebody chooses a password of their own.
pub const PASSWORD: &str = "/account/password";
/// What somebody may look at whose password somebody else knows.
const BEFORE_A_PASSWORD: [&str; 2] = [PASSWORD, "/help"];

/// A request for a page, by anybody.
#[derive(Clone, Debug)]
pub struct Visit {
    pub state: AppState,
    pub session: Session,
    pub person: Option<Person>,
    pub theme: Theme,
    /// Path and query, as asked for.
    pub path: String,
    /// The caller's network address.
    pub from: String,
    pub now: Timestamp,
}

/// A request by somebody who is signed in, with a password that nobody else knows.
#[derive(Clone, Debug)]
pub struct Member {
    pub visit: Visit,
    pub person: Person,
}

impl Member {
    pub fn actor(&self) -> Actor {
        Actor::Person(self.person.clone())
    }
    pub fn state(&self) -> &AppState {
        &self.visit.state
    }
}

impl Visit {
    /// The sign-in page, which leads back here.
    pub fn login_address(&self) -> String {
        match self.path.as_str() {
            "/" | "" => "/login".to_owned(),
            path => format!("/login?next={}", crate::components::encode(path)),
        }
    }

    /// The page to choose a password on, which leads back here.
    pub fn password_address(&self) -> String {
        match self.path.as_str() {
            "/" | "" => PASSWORD.to_owned(),
            path => format!("{PASSWORD}?next={}", crate::components::encode(path)),
        }
    }

    /// Signs somebody in. The session's identity changes, so that one planted before is worth nothing.
    pub async fn sign_in(&self, person: &Person) -> Result<(), Error> {
        self.session.cycle_id().await.map_err(failed)?;
        self.session.insert(USER, person.id.as_str()).await.map_err(failed)?;
        self.session.insert(SEEN, self.now.millis()).await.map_err(failed)?;
        // Now, and not after the answer is made: who could not be signed in must be told.
        self.session.save().await.map_err(failed)
    }

    pub async fn sign_out(&self) -> Result<(), Error> {
        self.session.flush().await.map_err(failed)
    }
}

impl FromRequestParts<AppState> for Visit {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        // The layer that draws failures has asked already; the handler takes the same answer.
        if let Some(visit) = parts.extensions.get::<Self>() {
            return Ok(visit.clone());
        }
        let session = parts.extensions.get::<Session>().cloned();
        let session = session.ok_or_else(|| Error::Internal("a page was routed past the session layer".to_owned()))?;
        if !parts.method.is_safe() {
            // What a form comes to is reckoned from what is served: where another server, or a command beside this one, has just
            // changed that, it would be reckoned from what was.
            state.serving.publish().await;
        }
        let now = state.clock.now();
        let visit = Self {
            person: person(state, &session, now).await?,
            theme: cookie(&parts.headers, "theme").and_then(Theme::parse).unwrap_or_default(),
            path: parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            from: address(parts),
            state: state.clone(),
            session,
            now,
        };
        parts.extensions.insert(visit.clone());
        Ok(visit)
    }
}

impl FromRequestParts<AppState> for Member {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let visit = Visit::from_request_parts(parts, state).await?;
        let person = visit.person.clone().ok_or(Error::Unauthenticated)?;
        if person.must_change_password && !BEFORE_A_PASSWORD.contains(&parts.uri.path()) {
            return Err(Error::PasswordDue.into());
        }
        Ok(Self { visit, person })
    }
}

async fn person(state: &AppState, session: &Session, now: Timestamp) -> Result<Option<Person>, Error> {
    let Some(id) = session.get::<String>(USER).await.map_err(failed)? else { return Ok(None) };
    let seen: i64 = session.get(SEEN).await.map_err(failed)?.unwrap_or_default();
    // Use keeps a session alive; once a minute is often enough to write that down.
    if now.millis() - seen > MINUTE {
        session.insert(SEEN, now.millis()).await.map_err(failed)?;
    }
    people::person_by_id(&mut state.db.read().await?, &UserId::from_text(id)).await
}

/// The value of a cookie.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn address(parts: &Parts) -> String {
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map_or_else(|| "unknown".to_owned(), |info| info.0.ip().to_string())
}
