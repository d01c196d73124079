//! `flagstaff import`

use super::data::{self, DataArgs, Opened};
use super::failure::Failure;
use super::source::{self, Source};
use crate::domain::actor::Actor;
use crate::domain::key::{EnvironmentKey, ProjectKey};
use crate::server::clock::Clock;
use crate::server::governance::Submission;
use crate::server::services::flag_file::{Finding, MAX_BYTES};
use crate::server::services::import::{FlagChange, ImportError, Prepared, prepare};
use crate::server::services::people;
use clap::Args;
use clap::builder::BoolishValueParser;

/// Import a flag file (YAML or JSON) into one environment: the difference first, then all of it or nothing.
///
/// For a flag that exists, its state in that environment is replaced, and the metadata that the file names. Flags that
/// are not in the file stay as they are.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The project that the flags belong to.
    #[arg(long, value_name = "P", env = "FLAGSTAFF_PROJECT")]
    project: ProjectKey,
    /// The environment whose states the file describes.
    #[arg(long, value_name = "E", env = "FLAGSTAFF_ENVIRONMENT")]
    environment: EnvironmentKey,
    /// Act with the rights of this person; without it, as the console, which may do everything and is audited as such.
    #[arg(long = "as", id = "as", value_name = "EMAIL", env = "FLAGSTAFF_AS")]
    acting_as: Option<String>,
    /// Show what would change, and change nothing.
    #[arg(long, env = "FLAGSTAFF_DRY_RUN", value_parser = BoolishValueParser::new())]
    dry_run: bool,
    /// Why, for the audit.
    #[arg(long, value_name = "TEXT", env = "FLAGSTAFF_REASON")]
    reason: Option<String>,
    /// With --as: the environment that asks for confirmation, named once more.
    #[arg(long, value_name = "E", env = "FLAGSTAFF_CONFIRM")]
    confirm: Option<String>,
    /// The flag file; - is standard input.
    #[arg(value_name = "FILE", value_parser = source::parser())]
    file: Source,
}

pub async fn run(args: ImportArgs, data: &DataArgs) -> Result<(), Failure> {
    let bytes = args.file.read(MAX_BYTES)?;
    let opened = Opened::make(&data.config()?).await?;
    let actor = actor(&args, &opened).await?;
    let prepared = read(&args, &actor, &opened, &bytes).await?;
    for warning in &prepared.warnings {
        eprintln!("{}:{}: warning: {}", args.file.name(), warning.at.line, about(warning));
    }
    print!("{}", difference(&prepared));
    if args.dry_run {
        println!("This was a dry run: nothing was changed.");
    } else {
        submit(args, &actor, &opened, prepared).await?;
    }
    opened.db.close().await;
    Ok(())
}

async fn actor(args: &ImportArgs, opened: &Opened) -> Result<Actor, Failure> {
    let Some(email) = &args.acting_as else { return Ok(Actor::Console) };
    let found = people::actor_by_email(&mut opened.db.read().await?, email).await?;
    found.ok_or_else(|| Failure::refused(format!("there is no account for {email}, or it is disabled; name another with --as")))
}

async fn read(args: &ImportArgs, actor: &Actor, opened: &Opened, bytes: &[u8]) -> Result<Prepared, Failure> {
    let mut cx = opened.db.read().await?;
    // For the message alone; what the person may know of is decided below.
    if matches!(actor, Actor::Console) {
        let project = data::project(&mut cx, &args.project).await?;
        data::environment(&mut cx, &project, &args.environment).await?;
    }
    let now = Clock::System.now();
    prepare(&mut cx, actor, &args.project, &args.environment, bytes, now).await.map_err(|error| match error {
        ImportError::File(findings) => Failure::refused(refusal(&args.file, &findings)),
        ImportError::Other(error) => error.into(),
    })
}

/// Every finding on a line of its own, then the sum.
pub fn refusal(file: &Source, findings: &[Finding]) -> String {
    let mut text: String = findings.iter().map(|finding| format!("{}:{finding}\n", file.name())).collect();
    let noun = if findings.len() == 1 { "finding" } else { "findings" };
    text += &format!("{} {noun} in {}; nothing was changed", findings.len(), file.name());
    text
}

fn about(finding: &Finding) -> String {
    if finding.path.is_empty() { finding.message.clone() } else { format!("{}: {}", finding.path, finding.message) }
}

/// What the import would change, flag by flag.
fn difference(prepared: &Prepared) -> String {
    let mut text: String = prepared.changes.iter().filter(|change| !change.is_none()).map(of_flag).collect();
    let same = prepared.changes.iter().filter(|change| change.is_none()).count();
    if same > 0 {
        text += &format!("{} of {} flags stay as they are.\n", same, prepared.changes.len());
    }
    text
}

fn of_flag(change: &FlagChange) -> String {
    /// Of a new flag's definition, what a reader wants to see; the rest are defaults.
    const TOLD: [&str; 5] = ["kind", "value_type", "owner", "expires_at", "on_expiry"];
    let is_told = |path: &str| !change.is_new || TOLD.iter().any(|name| path.starts_with(name));
    let definition = change.definition.iter().filter(|row| is_told(&row.path));
    let rows: Vec<String> = definition.chain(&change.state).map(|row| shortened(&row.sentence())).collect();
    let lines: String = rows.iter().take(MOST_LINES).map(|row| format!("  {row}\n")).collect();
    let more = match rows.len().saturating_sub(MOST_LINES) {
        0 => String::new(),
        more => format!("  … and {more} more\n"),
    };
    format!("{} {}\n{lines}{more}", if change.is_new { "+" } else { "~" }, change.key)
}

/// Of one flag's difference. Lists of thousands of users would bury everything else.
const MOST_LINES: usize = 40;
const LONGEST_LINE: usize = 300;

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

async fn submit(args: ImportArgs, actor: &Actor, opened: &Opened, prepared: Prepared) -> Result<(), Failure> {
    let count = prepared.flags.len();
    let by_console = matches!(actor, Actor::Console);
    let reason = args.reason.or_else(|| by_console.then(|| format!("Import of {}", args.file.name())));
    let submission = Submission { reason, confirmation: args.confirm, ..Submission::new(prepared.command()) };
    let governance = opened.governance();
    let applied = governance.submit(actor, submission).await?;
    let counted = |n: usize, noun: &str| format!("{n} {noun}{}", if n == 1 { "" } else { "s" });
    match applied.audit.len() {
        0 => println!("{}/{} has all of it already; nothing had to change.", args.project, args.environment),
        changes => {
            let (flags, changes) = (counted(count, "flag"), counted(changes, "change"));
            println!("Imported {flags} into {}/{}: {changes}.", args.project, args.environment);
        }
    }
    Ok(())
}
