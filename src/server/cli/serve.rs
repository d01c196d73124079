//! `flagstaff serve`

use super::data::{DataArgs, Opened};
use super::failure::Failure;
use crate::server::clock::Clock;
use crate::server::config::{self, Config, DEFAULT_ADDR};
use crate::server::error::Error;
use crate::server::security::tokens;
use crate::server::services::{demo, setup};
use crate::server::state::{AppState, Setup};
use clap::Args;
use clap::builder::BoolishValueParser;
use std::io::{IsTerminal, Write};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Bring the database up to date and serve until SIGTERM or SIGINT; requests under way end first.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Where to listen; port 0 takes any that is free.
    #[arg(long, value_name = "ADDR", default_value = DEFAULT_ADDR, env = "FLAGSTAFF_ADDR")]
    addr: String,
    /// How people reach it, such as https://flags.shop.example; without it, http at the address it listens on.
    #[arg(long, value_name = "URL", env = "FLAGSTAFF_PUBLIC_URL")]
    public_url: Option<String>,
    /// Begin with the project demo and its data, once, on an installation that nobody has set up.
    #[arg(long, env = "FLAGSTAFF_DEMO", value_parser = BoolishValueParser::new())]
    demo: bool,
    /// Answer alone: no reminders, due changes, archiving or pruning. Another server on the same data sees to those.
    #[arg(long, env = "FLAGSTAFF_ANSWERS_ONLY", value_parser = BoolishValueParser::new())]
    answers_only: bool,
}

pub async fn run(args: ServeArgs, data: &DataArgs) -> Result<(), Failure> {
    let public_url = args.public_url.as_deref().map(config::public_url).transpose()?;
    let config = Config { addr: args.addr, public_url, demo: args.demo, ..data.config()? };
    log();
    let listener = TcpListener::bind(&config.addr).await.map_err(|why| {
        Failure::refused(format!(
            "{} cannot be listened on: {why}; choose another with --addr, such as 127.0.0.1:3001",
            config.addr
        ))
    })?;
    let url = url(&config, &listener)?;
    let opened = Opened::make(&config).await?;
    let token = first_run(&config, &opened).await?;
    let setup = Setup { token_hash: token.as_deref().map(tokens::sha256_hex), ..Setup::default() };
    let state = AppState::new(opened.db, &opened.master, Clock::System, &url, setup).await;
    let state = state.map_err(|e| Failure::refused(e.to_string()))?.keeping_heads(config.heads_file());
    let state = state.answering_only(args.answers_only);
    say(&format!("Flagstaff is listening on {url}"));
    if let Some(token) = token {
        say(&format!("Set up Flagstaff: {url}/setup?token={token}"));
    }
    crate::server::run(state, listener, stop_signal()?).await;
    Ok(())
}

/// A line for whoever started it. Nobody has to read it: a server does not end because its output was closed.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Logs to standard error; RUST_LOG says what, as usual.
fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env();
    let filter = filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn"));
    // A second subscriber in one process, as in a test, is no reason to stop.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
}

/// The public URL. An address that stands for all of the machine's is no place to go to.
fn url(config: &Config, listener: &TcpListener) -> Result<String, Failure> {
    if let Some(url) = &config.public_url {
        return Ok(url.clone());
    }
    let addr = listener.local_addr().map_err(|why| Failure::refused(format!("the socket has no address: {why}")))?;
    Ok(match addr.ip().is_unspecified() {
        true => format!("http://localhost:{}", addr.port()),
        false => format!("http://{addr}"),
    })
}

/// On an installation without an owner: the demo where it is wanted, and the one-use token for the set-up page.
async fn first_run(config: &Config, opened: &Opened) -> Result<Option<String>, Failure> {
    if !setup::has_no_owner(&mut opened.db.read().await?).await? {
        return Ok(None);
    }
    if config.demo {
        demo::create(&opened.db, opened.master.derive("audit"), Clock::System.now()).await?;
    }
    let random = tokens::random::<16>().map_err(|e| Error::Internal(e.to_string()))?;
    Ok(Some(tokens::hex(&random)))
}

/// Cancelled by the first SIGINT or SIGTERM; the second one ends the process at once.
fn stop_signal() -> Result<CancellationToken, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).map_err(|why| Failure::refused(format!("signals cannot be listened for: {why}")));
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    let stop = CancellationToken::new();
    let cancel = stop.clone();
    tokio::spawn(async move {
        for round in 0..2 {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            match round {
                0 => {
                    tracing::info!("stopping: requests under way may end");
                    cancel.cancel();
                }
                _ => std::process::exit(1),
            }
        }
    });
    Ok(stop)
}
