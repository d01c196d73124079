//! `flagstaff import`

use super::data::{self, DataArgs, Opened};
use super::failure::Failure;
use super::findings::{counted, refusal, warning};
use super::source::{self, Source};
use crate::domain::actor::Actor;
use crate::domain::diff::DiffRow;
use crate::domain::key::{EnvironmentKey, ProjectKey};
use crate::server::clock::Clock;
use crate::server::config;
use crate::server::error::Error;
use crate::server::governance::change_requests::NewRequest;
use crate::server::services::change_requests;
use crate::server::services::flag_file::MAX_BYTES;
use crate::server::services::import::{self, Confirmation, ImportError, ObjectChange, Prepared, prepare};
use crate::server::services::people;
use clap::Args;
use clap::builder::BoolishValueParser;

/// Import a flag file (YAML or JSON): the difference first, then all of it or nothing.
///
/// The short form needs --environment. For a flag that exists, its state in that environment is replaced, and the metadata
/// that the file names. The long form, which export writes, brings its environments with it; --environment picks one of
/// them. What is not in the file stays as it is. With --as, where an environment's policy asks for a review, it opens a change
/// request in place of the change.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The project that the flags belong to.
    #[arg(long, value_name = "P", env = "FLAGSTAFF_PROJECT")]
    project: ProjectKey,
    /// The environment whose states the file describes; of a file in the long form, the one to take.
    #[arg(long, value_name = "E", env = "FLAGSTAFF_ENVIRONMENT")]
    environment: Option<EnvironmentKey>,
    /// Act with the rights of this person; without it, as the console, which may do everything and is audited as such.
    #[arg(long = "as", id = "as", value_name = "EMAIL", env = "FLAGSTAFF_AS")]
    acting_as: Option<String>,
    /// Show what would change, and change nothing.
    #[arg(long, env = "FLAGSTAFF_DRY_RUN", value_parser = BoolishValueParser::new())]
    dry_run: bool,
    /// Why, for the audit.
    #[arg(long, value_name = "TEXT", env = "FLAGSTAFF_REASON")]
    reason: Option<String>,
    /// With --as, where other people look at it first: what the change request is called; "Import of FILE" unless said.
    #[arg(long, value_name = "TEXT", env = "FLAGSTAFF_TITLE")]
    title: Option<String>,
    /// How people reach the server, for links to change requests: https://flags.shop.example; without it, their path alone.
    #[arg(long, value_name = "URL", env = "FLAGSTAFF_PUBLIC_URL")]
    public_url: Option<String>,
    /// With --as: the environment that asks for confirmation, named once more; give it again for more.
    #[arg(long, value_name = "E", env = "FLAGSTAFF_CONFIRM", value_delimiter = ',')]
    confirm: Vec<String>,
    /// The flag file; - is standard input.
    #[arg(value_name = "FILE", value_parser = source::parser())]
    file: Source,
}

pub async fn run(args: ImportArgs, data: &DataArgs) -> Result<(), Failure> {
    let public_url = args.public_url.as_deref().map(config::public_url).transpose()?.unwrap_or_default();
    let bytes = args.file.read(MAX_BYTES)?;
    let opened = Opened::find(&data.config()?).await?;
    let actor = actor(&args, &opened).await?;
    let prepared = read(&args, &actor, &opened, bytes).await?;
    for found in &prepared.warnings {
        eprintln!("{}", warning(&args.file, found));
    }
    print!("{}", difference(&prepared));
    if args.dry_run {
        println!("This was a dry run: nothing was changed.");
    } else {
        submit(args, &actor, &opened, prepared, &public_url).await?;
    }
    opened.db.close().await;
    Ok(())
}

async fn actor(args: &ImportArgs, opened: &Opened) -> Result<Actor, Failure> {
    let Some(email) = &args.acting_as else { return Ok(Actor::Console) };
    let found = people::actor_by_email(&mut opened.db.read().await?, email).await?;
    found.ok_or_else(|| Failure::refused(format!("there is no account for {email}, or it is disabled; name another with --as")))
}

async fn read(args: &ImportArgs, actor: &Actor, opened: &Opened, bytes: Vec<u8>) -> Result<Prepared, Failure> {
    // For the message alone; what a person may know of is decided below.
    if matches!(actor, Actor::Console) {
        data::project(&mut opened.db.read().await?, &args.project).await?;
    }
    let (environment, now) = (args.environment.as_ref(), Clock::System.now());
    let governance = opened.governance();
    prepare(&opened.db, &governance, actor, &args.project, environment, bytes, now).await.map_err(|error| match error {
        ImportError::File(findings) => Failure::refused(refusal(&args.file, &findings)),
        ImportError::NoEnvironment => Failure::usage(format!(
            "{} is in the short form, which describes the flags of one environment; name it with --environment",
            args.file.name()
        )),
        ImportError::Other(error) => error.into(),
    })
}

/// What the import would change, object by object.
fn difference(prepared: &Prepared) -> String {
    let alone = prepared.environment.is_some();
    let mut text: String = prepared.changes.iter().map(|change| of_object(change, alone)).collect();
    if prepared.same > 0 {
        text += &format!("{} of {} flags stay as they are.\n", prepared.same, prepared.flags);
    }
    text
}

/// `alone`: there is one environment, which need not be named.
fn of_object(change: &ObjectChange, alone: bool) -> String {
    /// Of a new flag's definition, what a reader wants to see; the rest are defaults.
    const TOLD: [&str; 5] = ["kind", "value_type", "owner", "expires_at", "on_expiry"];
    let is_brief = change.is_new && change.noun == "flag";
    let is_told = |path: &str| !is_brief || TOLD.iter().any(|name| path.starts_with(name));
    let definition = change.definition.iter().filter(|row| is_told(&row.path)).map(DiffRow::sentence);
    let states = change.states.iter().flat_map(|(environment, rows)| {
        let place = if alone { String::new() } else { format!("{environment}: ") };
        rows.iter().map(move |row| format!("{place}{}", row.sentence()))
    });
    let rows: Vec<String> = definition.chain(states).map(|row| shortened(&row)).collect();
    let lines: String = rows.iter().take(MOST_LINES).map(|row| format!("  {row}\n")).collect();
    let more = match rows.len().saturating_sub(MOST_LINES) {
        0 => String::new(),
        more => format!("  … and {more} more\n"),
    };
    format!("{} {}\n{lines}{more}", if change.is_new { "+" } else { "~" }, change.title())
}

/// Of one object's difference. Lists of thousands of users would bury everything else.
const MOST_LINES: usize = 40;
const LONGEST_LINE: usize = 300;

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

async fn submit(args: ImportArgs, actor: &Actor, opened: &Opened, prepared: Prepared, public_url: &str) -> Result<(), Failure> {
    let count = prepared.flags;
    let place = match &args.environment {
        Some(environment) => format!("{}/{environment}", args.project),
        None => args.project.to_string(),
    };
    let by_console = matches!(actor, Actor::Console);
    let reason = args.reason.or_else(|| by_console.then(|| format!("Import of {}", args.file.name())));
    // Where nobody else has to look at it, none of this is said.
    let request = (!by_console).then(|| NewRequest {
        title: args.title.unwrap_or_else(|| format!("Import of {}", args.file.name())),
        why: reason.clone().unwrap_or_default(),
        ..NewRequest::default()
    });
    let confirmation = Confirmation { reason, confirmed: !args.confirm.is_empty(), typed: args.confirm, request };
    let link = |project: &str, number: i64| format!("{public_url}/p/{project}/changes/{number}");
    let rows = match import::submit(&opened.governance(), actor, prepared, &confirmation).await {
        Ok(rows) => rows,
        Err(Error::Requested { project, number }) => {
            println!("Opened change request #{number}: nothing is in force before it is approved and applied.");
            println!("{}", link(&project, number));
            return Ok(());
        }
        Err(error) => return Err(unsaid(error)),
    };
    let Some(made) = rows.first().copied().zip(rows.last().copied()) else {
        println!("{place} has all of it already; nothing had to change.");
        return Ok(());
    };
    println!("Imported {} into {place}: {}.", counted(count, "flag"), counted(rows.len(), "change"));
    let project = data::project(&mut opened.db.read().await?, &args.project).await?;
    if let Some(number) = change_requests::owed(&opened.db, &project, made).await? {
        println!("A review was due: somebody else looks at it afterwards, in change request #{number}.");
        println!("{}", link(args.project.as_str(), number));
    }
    Ok(())
}

/// What others have to be told is told in the words of the options.
fn unsaid(error: Error) -> Failure {
    match &error {
        Error::Invalid(problems) if problems.iter().any(|problem| problem.field == "request_why") => {
            Failure::refused("other people look at this change before it takes effect; tell them why with --reason \"why\"")
        }
        Error::Invalid(problems) if problems.iter().any(|problem| problem.field == "request_title") => {
            Failure::refused("the title of a change request has 1 to 200 characters; give it with --title \"what changes\"")
        }
        _ => error.into(),
    }
}
