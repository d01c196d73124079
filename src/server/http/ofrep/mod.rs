//! The OpenFeature Remote Evaluation Protocol: how SDKs ask. Everything is answered from memory; the database is never met.
//!
//! One handler takes every method and path below `/ofrep`, so that each answer, refusals included, has the protocol's form.

mod answer;
mod auth;
mod body;
mod bulk;
mod context;
mod cors;
mod path;
mod refusal;
mod single;

use crate::domain::time::Timestamp;
use crate::server::clock::Clock;
use crate::server::serving::{KeyHash, ServedKey, Serving, Snapshot};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use axum::routing::any;
use path::Endpoint;
use refusal::{Problem, Refusal};
use std::any::Any;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

#[derive(Debug, Clone)]
struct Ofrep {
    serving: Serving,
    clock: Clock,
}

/// Every path below `/ofrep`, at the origin's root; with a doubled slash in front too, which some clients send when
/// their base URL ends in one.
pub fn router(serving: Serving, clock: Clock) -> Router {
    let paths = ["/ofrep", "/ofrep/", "/ofrep/{*rest}", "//ofrep", "//ofrep/", "//ofrep/{*rest}"];
    let router = paths.into_iter().fold(Router::new(), |router, path| router.route(path, any(handle)));
    router.layer(CatchPanicLayer::custom(panicked)).with_state(Ofrep { serving, clock })
}

async fn handle(State(ofrep): State<Ofrep>, request: Request) -> Response {
    let method = request.method().clone();
    let endpoint = Endpoint::of(request.uri().path());
    let headers = request.headers();
    let origin = cors::origin(headers);
    if method == Method::OPTIONS {
        return cors::preflight(endpoint.is_some(), origin.as_ref(), &ofrep.serving);
    }
    let (result, key) = match (&endpoint, method == Method::POST) {
        (None, _) => (Err(Problem::NoSuchPath.into()), None),
        (Some(_), false) => (Err(Problem::Method.into()), None),
        (Some(endpoint), true) => ofrep.answer(endpoint, request).await,
    };
    let flag = endpoint.as_ref().and_then(Endpoint::flag);
    let mut response = result.unwrap_or_else(|refusal: Refusal| refusal.into_response(flag));
    cors::allow(&mut response, origin.as_ref(), key.as_deref(), &ofrep.serving);
    response
}

impl Ofrep {
    /// The answer, and the key it was given to.
    async fn answer(&self, endpoint: &Endpoint, request: Request) -> (Result<Response, Refusal>, Option<Arc<ServedKey>>) {
        let (parts, body) = request.into_parts();
        let (hash, key) = match auth::present(&parts.headers).and_then(|hash| Ok((hash, self.open(&hash)?.0))) {
            Ok(pair) => pair,
            Err(refusal) => return (Err(refusal), None),
        };
        let result = match body::read(&parts.headers, body).await {
            Ok(body) => self.evaluate(endpoint, &hash, &parts.headers, &body),
            Err(refusal) => Err(refusal),
        };
        (result, Some(key))
    }

    /// The key of this secret and what it opens at this moment.
    fn open(&self, hash: &KeyHash) -> Result<(Arc<ServedKey>, Arc<Snapshot>), Refusal> {
        let catalog = self.serving.catalog();
        let (key, snapshot) = catalog.key(hash).ok_or(Problem::UnknownKey)?;
        match key.api_key.expires_at.filter(|_| key.is_expired(self.clock.now())) {
            Some(at) => Err(Problem::ExpiredKey(at).into()),
            None => Ok((Arc::clone(key), Arc::clone(snapshot))),
        }
    }

    /// Opens again: the body may have been long in coming, and the answer is that of the moment it is given.
    fn evaluate(&self, endpoint: &Endpoint, hash: &KeyHash, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refusal> {
        let context = context::parse(body)?;
        let now: Timestamp = self.clock.now();
        let (key, snapshot) = self.open(hash)?;
        let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        key.touch(now, user_agent.unwrap_or_default());
        snapshot.names.note(&context, now);
        let asker = Asker { key: &key, snapshot: &snapshot, context: &context, now };
        match endpoint {
            Endpoint::Single(flag) => single::answer(&asker, flag),
            Endpoint::Bulk => Ok(bulk::answer(&asker, headers)),
        }
    }
}

/// Who asks, of what, about whom, and when.
struct Asker<'a> {
    key: &'a ServedKey,
    snapshot: &'a Snapshot,
    context: &'a crate::engine::Context,
    now: Timestamp,
}

fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("an evaluation request panicked");
    Refusal::from(Problem::Internal).into_response(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;

    #[test]
    fn a_panic_is_answered_in_the_protocols_form() {
        let response = panicked(Box::new("oh"));
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
    }
}
