//! The server's life: from a bound socket to the last drained request.

use super::background;
use super::http;
use super::state::AppState;
use axum::Router;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// How long a connection may take to send the head of its next request, idle time between two requests included.
const HEAD: Duration = Duration::from_secs(75);
/// How long requests that are under way may take to end after the stop signal.
const DRAIN: Duration = Duration::from_secs(10);
/// A pause after the system refused a connection, such as for want of file descriptors.
const BREATH: Duration = Duration::from_millis(100);

/// Serves until `shutdown` is cancelled, then lets requests end, writes counts and the audit's head down and closes the database.
pub async fn run(state: AppState, listener: TcpListener, shutdown: CancellationToken) {
    let (tasks, stop) = (tokio_util::task::TaskTracker::new(), CancellationToken::new());
    tasks.spawn(background::refresh::run(state.serving.clone(), stop.clone()));
    tasks.spawn(background::counts::run(state.serving.clone(), stop.clone()));
    tasks.spawn(background::audit::run(state.evidence.clone(), stop.clone()));
    if !state.answers_only {
        tasks.spawn(background::old_counts::run(state.clone(), stop.clone()));
        tasks.spawn(background::sessions::run(state.clone(), stop.clone()));
        tasks.spawn(background::due::run(state.clone(), stop.clone()));
        tasks.spawn(background::reminders::run(state.clone(), stop.clone()));
        tasks.spawn(background::unknown::run(state.clone(), stop.clone()));
        tasks.spawn(background::attributes::run(state.clone(), stop.clone()));
    }
    accept(http::router(state.clone()), listener, &shutdown).await;
    // Only now: requests that were drained count too.
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    state.db.close().await;
}

async fn accept(router: Router, listener: TcpListener, shutdown: &CancellationToken) {
    let graceful = GracefulShutdown::new();
    let mut builder = Builder::new(TokioExecutor::new());
    // Plain `axum::serve` waits forever for a head that was half sent.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD).keep_alive_timeout(BREATH * 100);
    while let Some(accepted) = shutdown.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, peer)) => serve(&builder, &graceful, router.clone(), stream, peer),
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!(drain.seconds = DRAIN.as_secs(), "some requests did not end in time");
    }
}

fn serve(builder: &Builder<TokioExecutor>, graceful: &GracefulShutdown, router: Router, stream: TcpStream, peer: SocketAddr) {
    // Small answers should leave at once, not wait for more.
    let _ = stream.set_nodelay(true);
    let service = router.map_request(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(axum::body::Body::new)
    });
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).into_owned();
    let watched = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = watched.await {
            tracing::debug!(%peer, %error, "a connection ended early");
        }
    });
}
