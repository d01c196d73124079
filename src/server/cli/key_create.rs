//! `flagstaff key create`

use super::data::{self, DataArgs, Opened};
use super::failure::Failure;
use crate::domain::actor::Actor;
use crate::domain::api_key::ApiKeyKind;
use crate::domain::key::{EnvironmentKey, ProjectKey};
use crate::server::services::keys::{self, Wanted};
use clap::{Args, ValueEnum};

/// Create an API key and print it, alone, on standard output; it is shown this once.
#[derive(Debug, Args)]
pub struct KeyCreateArgs {
    /// The project whose flags it is for.
    #[arg(long, value_name = "P", env = "FLAGSTAFF_PROJECT")]
    project: ProjectKey,
    /// The environment it answers for.
    #[arg(long, value_name = "E", env = "FLAGSTAFF_ENVIRONMENT")]
    environment: EnvironmentKey,
    /// Who holds it: a back end, which sees every flag, or browsers and phones, which see those marked for clients.
    #[arg(long, env = "FLAGSTAFF_KIND")]
    kind: Kind,
    /// What will use it, such as "Checkout service".
    #[arg(long, value_name = "N", env = "FLAGSTAFF_NAME")]
    name: String,
    /// A page origin that may call with it, such as https://shop.example, or * for all; give it again for more.
    #[arg(long, value_name = "URL", env = "FLAGSTAFF_ORIGIN", value_delimiter = ',')]
    origin: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Server,
    Client,
}

impl From<Kind> for ApiKeyKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Server => Self::Server,
            Kind::Client => Self::Client,
        }
    }
}

pub async fn run(args: KeyCreateArgs, data: &DataArgs) -> Result<(), Failure> {
    let opened = Opened::find(&data.config()?).await?;
    let mut cx = opened.db.read().await?;
    let project = data::project(&mut cx, &args.project).await?;
    data::environment(&mut cx, &project, &args.environment).await?;
    drop(cx);
    let governance = opened.governance();
    let wanted = Wanted { name: args.name, origins: origins(args.origin, args.kind), expires_at: None };
    let place = (args.project, args.environment);
    let made = keys::create(&governance, &Actor::Console, place, args.kind.into(), wanted).await?;
    opened.db.close().await;
    // Handing the key over is what the command is for.
    println!("{}", made.secret.reveal());
    Ok(())
}

/// A client key that names no origin can be used from every page: it shows evaluated values only, and pages hold no secret.
fn origins(named: Vec<String>, kind: Kind) -> Vec<String> {
    match (named.is_empty(), kind) {
        (true, Kind::Client) => vec!["*".to_owned()],
        _ => named,
    }
}
