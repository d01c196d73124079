//! `flagstaff user reset-password`

use super::data::{self, DataArgs, Opened};
use super::failure::Failure;
use super::password;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::user::normal_email;
use crate::server::governance::{Sealed, Submission};
use crate::server::store;
use clap::Args;
use clap::builder::BoolishValueParser;

/// Give an account a new password, from standard input, and end all of its sessions.
#[derive(Debug, Args)]
pub struct ResetPasswordArgs {
    /// Whose account.
    #[arg(long, value_name = "EMAIL", env = "FLAGSTAFF_EMAIL")]
    email: String,
    /// Read the password from standard input, to the end; one line break at the end is left out.
    #[arg(long, env = "FLAGSTAFF_PASSWORD_STDIN", value_parser = BoolishValueParser::new())]
    password_stdin: bool,
}

pub async fn run(args: ResetPasswordArgs, data: &DataArgs) -> Result<(), Failure> {
    let email = normal_email(&args.email)
        .ok_or_else(|| Failure::usage(format!("{:?} is no e-mail address; write one like ada@shop.example", args.email)))?;
    let password = password::read(args.password_stdin)?;
    let opened = Opened::find(&data.config()?).await?;
    refuse_unknown(&opened, &email).await?;
    let sealed = Sealed::Password(password::hash(password).await?);
    let submission = Submission::new(Command::SetPassword { email: email.clone() }).sealing(sealed);
    opened.governance().submit(&Actor::Console, submission).await?;
    opened.db.close().await;
    println!("{email} has a new password, and is signed out everywhere.");
    Ok(())
}

async fn refuse_unknown(opened: &Opened, email: &str) -> Result<(), Failure> {
    let all = store::users::all(&mut opened.db.read().await?).await?;
    let known: Vec<String> = all.into_iter().map(|stored| stored.user.email).collect();
    if known.iter().any(|other| other == email) { Ok(()) } else { Err(data::absent("account", email, &known)) }
}
