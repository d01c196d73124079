//! `flagstaff refs forget`

use super::data::{self, DataArgs, Opened};
use super::failure::Failure;
use super::refs_server::Server;
use crate::domain::actor::Actor;
use crate::domain::key::ProjectKey;
use crate::server::services::references;
use clap::Args;

/// Forget what the last search of a repository found: the places go from flags' pages and the cleanup board.
///
/// For a source tree that is gone, or that was searched under another name. The history says who did it. Without --server the
/// data folder here is worked on; with it, FLAGSTAFF_API_KEY holds a server key of the project.
#[derive(Debug, Args)]
pub struct RefsForgetArgs {
    /// The project that it was searched for. With --server the key says it.
    #[arg(long, value_name = "P", env = "FLAGSTAFF_PROJECT", required_unless_present = "server")]
    project: Option<ProjectKey>,
    /// The server that keeps the search, such as https://flags.shop.example.
    #[arg(long, value_name = "URL", env = "FLAGSTAFF_SERVER")]
    server: Option<String>,
    /// What the tree was called, such as shop/web.
    #[arg(long, value_name = "NAME", env = "FLAGSTAFF_REPOSITORY")]
    repository: String,
}

pub async fn run(args: RefsForgetArgs, data: &DataArgs) -> Result<(), Failure> {
    match &args.server {
        Some(url) => Server::at(url)?.delete(&args.repository).await?,
        None => with_data(&args, data).await?,
    }
    println!("Forgot the search of {}.", args.repository.trim());
    Ok(())
}

async fn with_data(args: &RefsForgetArgs, data: &DataArgs) -> Result<(), Failure> {
    let key = args.project.clone().ok_or_else(|| Failure::usage("name the project with --project"))?;
    let opened = Opened::find(&data.config()?).await?;
    let mut cx = opened.db.read().await?;
    data::project(&mut cx, &key).await?;
    drop(cx);
    references::forget(&opened.governance(), &Actor::Console, key, &args.repository, None).await?;
    opened.db.close().await;
    Ok(())
}
