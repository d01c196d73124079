//! `POST /fn/…`: the server functions, with who calls them. Behind the session and the cross-site check, like a page.

use crate::pages::failure::Failure;
use crate::pages::visit::Visit;
use crate::server::error::Error;
use crate::server_fns::Caller;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use leptos::prelude::provide_context;
use leptos::server_fn::axum::get_server_fn_service;

pub async fn call(visit: Visit, request: Request<Body>) -> Response {
    // Leptos would answer an unknown name with advice for its developers.
    if get_server_fn_service(request.uri().path(), request.method().clone()).is_none() {
        return Failure::from(Error::NotFound("function")).into_response();
    }
    let caller = Caller { state: visit.state, person: visit.person };
    let answer = leptos_axum::handle_server_fns_with_context(move || provide_context(caller.clone()), request).await;
    answer.into_response()
}
