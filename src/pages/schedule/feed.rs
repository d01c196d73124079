//! The schedule as a file for calendars. Its address holds the key, so there is no session, and nobody in between keeps it.

use crate::server::error::Error;
use crate::server::services::schedule::calendar;
use crate::server::state::AppState;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

#[derive(Default, Deserialize)]
pub struct Params {
    #[serde(default)]
    token: String,
}

pub async fn get(State(state): State<AppState>, Path(project): Path<String>, Query(params): Query<Params>) -> Response {
    match calendar::open(&state, &project, &params.token).await {
        Ok(file) => {
            let headers = [
                (CONTENT_TYPE, "text/calendar; charset=utf-8"),
                (CONTENT_DISPOSITION, "inline; filename=\"schedule.ics\""),
                (CACHE_CONTROL, "private, no-store"),
            ];
            (headers, file).into_response()
        }
        Err(Error::NotFound(_)) => {
            let text =
                "There is no such calendar, or its address was replaced. The schedule page of the project makes a new one.";
            (StatusCode::NOT_FOUND, text).into_response()
        }
        Err(error) => {
            if let Error::Internal(why) = &error {
                tracing::error!(error = %why, "a calendar could not be written");
            }
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response = (status, error.to_string()).into_response();
            if let Some(seconds) = error.retry_after() {
                response.headers_mut().insert(RETRY_AFTER, seconds.into());
            }
            response
        }
    }
}
