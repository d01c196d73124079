//! `flagstaff export`

use super::data::{self, DataArgs, Opened};
use super::failure::Failure;
use crate::domain::actor::Actor;
use crate::domain::key::{EnvironmentKey, ProjectKey};
use crate::server::services::export;
use crate::server::services::flag_file::write::Format;
use clap::{Args, ValueEnum};
use std::io::Write;

/// Write a project to standard output, as a flag file in the long form: everything but accounts, roles and API keys.
///
/// The same project is always the same bytes, and importing the file into an empty project makes the same project again.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The project.
    #[arg(long, value_name = "P", env = "FLAGSTAFF_PROJECT")]
    project: ProjectKey,
    /// Only this environment's settings and states.
    #[arg(long, value_name = "E", env = "FLAGSTAFF_ENVIRONMENT")]
    environment: Option<EnvironmentKey>,
    /// How to write it; both say the same.
    #[arg(long, env = "FLAGSTAFF_FORMAT", default_value = "yaml")]
    format: Written,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Written {
    Yaml,
    Json,
}

impl From<Written> for Format {
    fn from(written: Written) -> Self {
        match written {
            Written::Yaml => Self::Yaml,
            Written::Json => Self::Json,
        }
    }
}

pub async fn run(args: ExportArgs, data: &DataArgs) -> Result<(), Failure> {
    let opened = Opened::find(&data.config()?).await?;
    let mut cx = opened.db.read().await?;
    let project = data::project(&mut cx, &args.project).await?;
    if let Some(key) = &args.environment {
        data::environment(&mut cx, &project, key).await?;
    }
    drop(cx);
    let (only, format) = (args.environment.as_ref(), args.format.into());
    let text = export::export(&opened.db, &Actor::Console, &args.project, only, format).await?;
    opened.db.close().await;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // Whoever reads has seen enough, as in `| head`.
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::refused(format!("the export cannot be written: {why}")))
        }
        _ => Ok(()),
    }
}
