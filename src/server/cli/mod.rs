//! The command line: parses options, calls one use case, prints what came back. Holds no rule of its own.
//!
//! Exit codes: 0 done, 1 refused or found something, 2 wrong usage.

mod backup;
mod check;
mod data;
mod evaluate;
mod export;
mod failure;
mod findings;
mod import;
mod key_create;
mod password;
mod refs_forget;
mod refs_scan;
mod refs_server;
mod serve;
mod source;
mod user_create;
mod user_reset_password;
mod variables;
mod verify_audit;

pub use failure::Failure;

use clap::builder::styling::Styles;
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};
use data::DataArgs;

/// Feature flags in one binary: serve, change and evaluate them.
///
/// Every option can also be set by a variable FLAGSTAFF_…, which each command's help names. Nothing ever asks a question;
/// what a command changes is in force at a running server within a second.
#[derive(Debug, Parser)]
#[command(name = "flagstaff", version, styles = Styles::plain(), max_term_width = 100, subcommand_required = true)]
#[command(arg_required_else_help = true, after_help = AFTER_HELP)]
pub struct Cli {
    #[command(flatten)]
    data: DataArgs,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "Exit codes: 0 done, 1 refused or found something, 2 wrong usage.";

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::ServeArgs),
    User(UserArgs),
    Key(KeyArgs),
    Import(import::ImportArgs),
    Export(export::ExportArgs),
    Check(check::CheckArgs),
    Evaluate(evaluate::EvaluateArgs),
    Refs(RefsArgs),
    Backup(backup::BackupArgs),
    VerifyAudit(verify_audit::VerifyAuditArgs),
}

/// Where code names flags.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
struct RefsArgs {
    #[command(subcommand)]
    command: RefsCommand,
}

#[derive(Debug, Subcommand)]
enum RefsCommand {
    Scan(refs_scan::RefsScanArgs),
    Forget(refs_forget::RefsForgetArgs),
}

/// Accounts.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
struct UserArgs {
    #[command(subcommand)]
    command: UserCommand,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    Create(user_create::UserCreateArgs),
    ResetPassword(user_reset_password::ResetPasswordArgs),
}

/// API keys, with which SDKs ask for flags.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
struct KeyArgs {
    #[command(subcommand)]
    command: KeyCommand,
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    Create(key_create::KeyCreateArgs),
}

impl Cli {
    /// Reads the process's arguments and variables. Prints help and version itself, and exits then.
    pub fn read() -> Result<Self, Failure> {
        let parsed = Self::try_parse();
        if let Err(error) = &parsed
            && matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            )
        {
            error.exit();
        }
        // Before anything else is refused: a mistyped variable is often why an option seems to be missing.
        variables::refuse_unknown()?;
        parsed.map_err(|error| Failure::usage(error.to_string().trim_end().trim_start_matches("error: ").to_owned()))
    }

    /// Runs the command.
    pub async fn run(self) -> Result<(), Failure> {
        let data = &self.data;
        match self.command {
            Command::Serve(args) => serve::run(args, data).await,
            Command::User(UserArgs { command: UserCommand::Create(args) }) => user_create::run(args, data).await,
            Command::User(UserArgs { command: UserCommand::ResetPassword(args) }) => user_reset_password::run(args, data).await,
            Command::Key(KeyArgs { command: KeyCommand::Create(args) }) => key_create::run(args, data).await,
            Command::Import(args) => import::run(args, data).await,
            Command::Export(args) => export::run(args, data).await,
            Command::Check(args) => check::run(args, data).await,
            Command::Evaluate(args) => evaluate::run(args, data).await,
            Command::Refs(RefsArgs { command: RefsCommand::Scan(args) }) => refs_scan::run(args, data).await,
            Command::Refs(RefsArgs { command: RefsCommand::Forget(args) }) => refs_forget::run(args, data).await,
            Command::Backup(args) => backup::run(args, data).await,
            Command::VerifyAudit(args) => verify_audit::run(args, data).await,
        }
    }
}
