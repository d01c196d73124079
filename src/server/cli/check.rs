//! `flagstaff check`

use super::data::{self, DataArgs, Opened};
use super::failure::Failure;
use super::findings::{counted, warning};
use super::source::{self, Source};
use crate::domain::actor::Actor;
use crate::domain::key::{EnvironmentKey, ProjectKey};
use crate::server::clock::Clock;
use crate::server::services::contents::{self, Contents};
use crate::server::services::flag_file::MAX_BYTES;
use crate::server::services::import;
use clap::Args;
use clap::builder::BoolishValueParser;

/// Check a flag file, short or long form: every finding on a line of its own, FILE:LINE:COLUMN: PATH: what to write.
///
/// For CI: ends with 1 when there is any finding, a persona that would not get what it should among them. Needs no data folder, unless --project names what the file is meant for.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The project that the file is meant for: its naming pattern, its segments, the flags it has and its personas count too.
    #[arg(long, value_name = "P", env = "FLAGSTAFF_PROJECT")]
    project: Option<ProjectKey>,
    /// The environment that a file in the short form is meant for: the project's personas are tried there.
    #[arg(long, value_name = "E", env = "FLAGSTAFF_ENVIRONMENT")]
    environment: Option<EnvironmentKey>,
    /// End with 0 when there is nothing worse than a warning.
    #[arg(long, env = "FLAGSTAFF_ALLOW_WARNINGS", value_parser = BoolishValueParser::new())]
    allow_warnings: bool,
    /// The flag file; - is standard input.
    #[arg(value_name = "FILE", value_parser = source::parser())]
    file: Source,
}

pub async fn run(args: CheckArgs, data: &DataArgs) -> Result<(), Failure> {
    let bytes = args.file.read(MAX_BYTES)?;
    let contents = match &args.project {
        Some(project) => Some(load(project, args.environment.as_ref(), data).await?),
        None => None,
    };
    let (errors, warnings) = import::check(&bytes, contents.as_ref(), args.environment.as_ref(), Clock::System.now());
    for error in &errors {
        println!("{}:{error}", args.file.name());
    }
    for found in &warnings {
        println!("{}", warning(&args.file, found));
    }
    let failed = errors.len() + if args.allow_warnings { 0 } else { warnings.len() };
    match failed {
        0 => Ok(()),
        _ => Err(Failure::refused(format!("{} in {}", counted(errors.len() + warnings.len(), "finding"), args.file.name()))),
    }
}

async fn load(project: &ProjectKey, environment: Option<&EnvironmentKey>, data: &DataArgs) -> Result<Contents, Failure> {
    let opened = Opened::find(&data.config()?).await?;
    let mut cx = opened.db.read().await?;
    let stored = data::project(&mut cx, project).await?;
    if let Some(environment) = environment {
        data::environment(&mut cx, &stored, environment).await?;
    }
    drop(cx);
    let contents = contents::load(&opened.db, &Actor::Console, project).await?;
    opened.db.close().await;
    Ok(contents)
}
