//! The doors: pages for people, the evaluation endpoint for SDKs, health for operators. Every route stands here.

mod functions;
mod guard;
pub mod health;
pub mod ofrep;
mod references;
mod sessions;

use super::assets;
use super::state::AppState;
use crate::domain::state::MAX_UNITS;
use crate::pages::{
    account, attributes, audit, audit_file, bulk, change_request, changes, cleanup, compare, connect, demo, draft, drafts,
    environment_edit, environment_revert, environments, evidence, failure, files, flag, flag_environment, flag_history, flag_new,
    flags, help, home, inbox, kept, keys, login, members, people, person, personas, plan, plan_templates, playground, policy,
    project_settings, projects, rule, schedule, schedule_draft, segment, segments, setup, switch_schedule, teams, undo, unknown,
    views,
};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

/// The largest form or page request, in bytes.
const MAX_BODY: usize = 256 * 1024;
/// The same of a flag's page in an environment, and of a rule's: as many individual targets, or values, as there may be
/// targets, each of 128 characters that a form writes as three (`%2C`).
const MAX_TARGETS: usize = MAX_BODY + MAX_UNITS * 3 * 128 + MAX_UNITS * "%0D%0A".len();
/// How long a body may pause between two pieces.
const BODY: Duration = Duration::from_secs(30);

/// Everything this server answers.
pub fn router(state: AppState) -> Router {
    let sdk = ofrep::router(state.serving.clone(), state.clock.clone());
    Router::new()
        .merge(pages(&state))
        .merge(files())
        .merge(feeds(&state))
        .merge(health::router(state.serving.clone()))
        .merge(references::router(state.clone()))
        .layer(from_fn_with_state(state.clone(), guard::headers))
        // SDKs carry a key, no cookie: neither session nor cross-site check is theirs.
        .merge(sdk)
        .layer(RequestBodyTimeoutLayer::new(BODY))
}

/// Pages: with a session, behind the cross-site check, and with a page for whatever goes wrong.
fn pages(state: &AppState) -> Router {
    Router::new()
        .route("/", get(home::get))
        .route("/setup", get(setup::get).post(setup::post))
        .route("/login", get(login::get).post(login::post).layer(DefaultBodyLimit::max(kept::LONGEST + kept::AROUND)))
        .route("/logout", post(login::logout))
        .route("/theme", post(login::theme))
        .route("/help", get(help::get))
        .route("/account", get(account::get).post(account::post))
        .route("/account/password", get(account::first).post(account::post_first))
        .route("/people", get(people::get).post(people::post))
        .route("/people/{email}", get(person::get).post(person::post))
        .route("/history", get(audit::installation))
        .route("/inbox", get(inbox::get).post(inbox::post))
        .route("/history.signed.jsonl", get(audit_file::installation))
        .route("/history/evidence", get(evidence::get).post(evidence::post))
        .route("/projects", get(projects::get))
        .route("/projects/new", get(projects::new).post(projects::post_new))
        .route("/p/{project}", get(flags::home))
        .route("/p/{project}/flags", get(flags::get))
        .route("/p/{project}/bulk", get(bulk::get).post(bulk::post))
        .route("/p/{project}/views", post(views::post))
        .route("/p/{project}/flags/new", get(flag_new::get).post(flag_new::post))
        .route("/p/{project}/flags/{flag}", get(flag::get).post(flag::post))
        .route("/p/{project}/flags/{flag}/edit", get(flag_new::edit).post(flag_new::post_edit))
        .route("/p/{project}/flags/{flag}/history", get(flag_history::get).post(flag_history::post))
        .route("/p/{project}/flags/{flag}/compare", get(compare::get).post(compare::post))
        .route(
            "/p/{project}/flags/{flag}/{environment}",
            get(flag_environment::get).post(flag_environment::post).layer(DefaultBodyLimit::max(MAX_TARGETS)),
        )
        .route(
            "/p/{project}/flags/{flag}/{environment}/rules/{rule}",
            get(rule::get).post(rule::post).layer(DefaultBodyLimit::max(MAX_TARGETS)),
        )
        .route("/p/{project}/flags/{flag}/{environment}/plan", get(plan::get).post(plan::post))
        .route("/p/{project}/flags/{flag}/{environment}/schedule", get(switch_schedule::get).post(switch_schedule::post))
        .route("/p/{project}/drafts", get(drafts::get).post(drafts::post))
        .route("/p/{project}/drafts/{draft}", get(draft::get).post(draft::post))
        .route("/p/{project}/changes", get(changes::get))
        .route("/p/{project}/changes/{number}", get(change_request::get).post(change_request::post))
        .route("/p/{project}/schedule", get(schedule::get).post(schedule::post))
        .route("/p/{project}/drafts/{draft}/schedule", get(schedule_draft::get).post(schedule_draft::post))
        .route("/p/{project}/cleanup", get(cleanup::get).post(cleanup::post))
        .route("/p/{project}/segments", get(segments::get))
        // They read their bodies themselves, to say in a page of ours that a file is too large.
        .route("/p/{project}/segments/new", get(segment::get_new).post(segment::post_new).layer(DefaultBodyLimit::disable()))
        .route("/p/{project}/segments/{segment}", get(segment::get).post(segment::post).layer(DefaultBodyLimit::disable()))
        .route("/p/{project}/segments/{segment}/ids", get(segment::download))
        .route("/p/{project}/segments/{segment}/delete", get(segment::get_delete).post(segment::post_delete))
        .route("/p/{project}/playground", get(playground::get).post(playground::post))
        .route("/p/{project}/compare", get(compare::list))
        .route("/p/{project}/audit", get(audit::get).post(audit::post))
        .route("/p/{project}/audit.csv", get(audit_file::csv))
        .route("/p/{project}/audit.jsonl", get(audit_file::json_lines))
        .route("/p/{project}/audit.signed.jsonl", get(audit_file::signed))
        .route("/p/{project}/unknown", get(unknown::get))
        .route("/p/{project}/settings", get(project_settings::get).post(project_settings::post))
        .route("/p/{project}/settings/environments", get(environments::get).post(environments::post))
        .route("/p/{project}/settings/environments/{environment}", get(environment_edit::get).post(environment_edit::post))
        .route(
            "/p/{project}/settings/environments/{environment}/revert",
            get(environment_revert::get).post(environment_revert::post),
        )
        .route("/p/{project}/settings/environments/{environment}/policy", get(policy::get).post(policy::post))
        .route("/p/{project}/settings/people", get(members::get).post(members::post))
        .route("/p/{project}/settings/people/teams/{team}", get(teams::get).post(teams::post))
        .route("/p/{project}/connect/dismiss", post(connect::dismiss))
        .route("/p/{project}/demo/remove", post(demo::remove))
        .route("/p/{project}/settings/keys", get(keys::get).post(keys::post))
        .route("/p/{project}/settings/keys/{key}", get(keys::get_one).post(keys::post_one))
        .route("/p/{project}/settings/keys/{key}/revoke", get(keys::get_revoke).post(keys::post_revoke))
        .route("/p/{project}/settings/personas", get(personas::get))
        .route("/p/{project}/settings/personas/new", get(personas::get_new).post(personas::post_new))
        .route("/p/{project}/settings/personas/{persona}", get(personas::get_one).post(personas::post_one))
        .route("/p/{project}/settings/personas/{persona}/delete", get(personas::get_delete).post(personas::post_delete))
        .route("/p/{project}/settings/plans", get(plan_templates::get))
        .route("/p/{project}/settings/plans/new", get(plan_templates::get_new).post(plan_templates::post_new))
        .route("/p/{project}/settings/plans/{plan}", get(plan_templates::get_one).post(plan_templates::post_one))
        .route("/p/{project}/settings/attributes", get(attributes::get))
        .route("/p/{project}/settings/attributes/new", get(attributes::get_new).post(attributes::post_new))
        .route("/p/{project}/settings/attributes/{attribute}", get(attributes::get_one).post(attributes::post_one))
        .route("/p/{project}/settings/attributes/{attribute}/delete", get(attributes::get_delete).post(attributes::post_delete))
        .route("/p/{project}/undo/{seq}", post(undo::post))
        // Reads its body itself, to say in a page of ours that it is too large.
        .route("/p/{project}/settings/files", get(files::get).post(files::post).layer(DefaultBodyLimit::disable()))
        .route("/p/{project}/settings/files/export", get(files::export))
        .route("/fn/{*name}", post(functions::call))
        .fallback(failure::unknown)
        .method_not_allowed_fallback(failure::wrong_method)
        .layer(CatchPanicLayer::custom(failure::panicked))
        .layer(from_fn_with_state(state.clone(), failure::dress))
        .layer(CompressionLayer::new())
        .layer(sessions::layer(state))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(state.clone(), guard::cross_site))
        .with_state(state.clone())
}

/// What programs fetch by an address that holds a key: no session, and no page where it fails.
fn feeds(state: &AppState) -> Router {
    Router::new()
        .route("/p/{project}/schedule.ics", get(schedule::feed::get))
        .layer(CompressionLayer::new())
        .with_state(state.clone())
}

/// The front's files.
fn files() -> Router {
    Router::new()
        .route("/pkg/{digest}/{*file}", get(assets::package))
        .route("/favicon.svg", get(assets::root_file))
        .route("/icons.svg", get(assets::root_file))
}
