//! Every refusal in the protocol's form: a JSON object that names what was wrong and what would be right.

use super::answer;
use crate::domain::time::Timestamp;
use crate::engine::ContextError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use std::borrow::Cow;

/// Why a request is not answered.
#[derive(Debug)]
pub(super) enum Problem {
    NoSuchPath,
    Method,
    NoKey,
    /// Never made, or revoked: the two are not told apart.
    UnknownKey,
    ExpiredKey(Timestamp),
    NoSuchFlag,
    TooLarge,
    TooSlow,
    BrokenOff,
    NotJson(String),
    NotAnObject,
    Context(ContextError),
    Internal,
}

/// Boxed, so that a result stays small on the way that matters.
#[derive(Debug)]
pub(super) struct Refusal(Box<Problem>);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

/// Methods that the endpoints take.
pub(super) const ALLOW: HeaderValue = HeaderValue::from_static("POST, OPTIONS");

impl Refusal {
    /// `flag`: the key asked for, where one was.
    pub(super) fn into_response(self, flag: Option<&str>) -> Response {
        let problem = *self.0;
        let (status, code) = problem.status();
        let mut response = answer::json(status, body(flag, code, &problem.details(flag)));
        let headers = response.headers_mut();
        match status {
            StatusCode::METHOD_NOT_ALLOWED => drop(headers.insert(header::ALLOW, ALLOW)),
            StatusCode::UNAUTHORIZED => drop(headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            _ => {}
        }
        response
    }
}

/// `{"key", "errorCode", "errorDetails", "metadata"}`; no key where none was asked for.
fn body(flag: Option<&str>, code: &str, details: &str) -> String {
    let mut body = String::with_capacity(128 + details.len());
    body.push('{');
    if let Some(key) = flag {
        body.push_str("\"key\":");
        answer::push_text(&mut body, key);
        body.push(',');
    }
    body.push_str("\"errorCode\":\"");
    body.push_str(code);
    body.push_str("\",\"errorDetails\":");
    answer::push_text(&mut body, details);
    body.push_str(",\"metadata\":{}}");
    body
}

impl Problem {
    /// The status, and the error code of OpenFeature that clients turn it into.
    const fn status(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NoSuchPath => (StatusCode::NOT_FOUND, "GENERAL"),
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, "GENERAL"),
            Self::NoKey | Self::UnknownKey | Self::ExpiredKey(_) => (StatusCode::UNAUTHORIZED, "GENERAL"),
            Self::NoSuchFlag => (StatusCode::NOT_FOUND, "FLAG_NOT_FOUND"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "GENERAL"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "GENERAL"),
            Self::BrokenOff | Self::NotJson(_) => (StatusCode::BAD_REQUEST, "PARSE_ERROR"),
            Self::NotAnObject | Self::Context(_) => (StatusCode::BAD_REQUEST, "INVALID_CONTEXT"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "GENERAL"),
        }
    }

    fn details(&self, flag: Option<&str>) -> Cow<'static, str> {
        match self {
            Self::NoSuchPath => {
                "there is nothing at this path; ask at /ofrep/v1/evaluate/flags or /ofrep/v1/evaluate/flags/{key}".into()
            }
            Self::Method => "evaluations are asked for with POST".into(),
            Self::NoKey => "send the environment's API key as \"Authorization: Bearer KEY\" or as \"X-API-Key: KEY\"".into(),
            Self::UnknownKey => "this API key is not known here; it may have been revoked, or belong to another server".into(),
            Self::ExpiredKey(at) => format!("this API key expired at {at}; use the one that replaces it").into(),
            Self::NoSuchFlag => format!("there is no flag {}", shown(flag.unwrap_or_default())).into(),
            Self::TooLarge => format!("the body may have at most {} bytes", super::body::LIMIT).into(),
            Self::TooSlow => format!("the body did not arrive within {} s", super::body::PATIENCE.as_secs()).into(),
            Self::BrokenOff => "the body broke off".into(),
            Self::NotJson(why) => format!("the body cannot be read as JSON: {why}").into(),
            Self::NotAnObject => "the body must be a JSON object such as {\"context\": {\"targetingKey\": \"user_1\"}}".into(),
            Self::Context(why) => why.to_string().into(),
            Self::Internal => "something failed on our side".into(),
        }
    }
}

/// A key in a sentence, cut where no flag's key goes on.
fn shown(key: &str) -> String {
    key.chars().take(128).collect()
}
