//! `flagstaff user create`

use super::data::{DataArgs, Opened};
use super::failure::Failure;
use super::password;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::key::ProjectKey;
use crate::domain::member::Member;
use crate::domain::role::{InstanceRole, Role};
use crate::domain::user::{User, normal_email};
use crate::server::governance::{Sealed, Submission};
use clap::Args;
use clap::builder::BoolishValueParser;

/// Create an account; its password comes from standard input, with --password-stdin.
///
/// printf %s "$PASSWORD" | flagstaff user create --email ada@shop.example --name Ada --role member --password-stdin
///
/// An account holds a role in the installation (owner or member). With --project, --role is one in that project (viewer,
/// editor, approver or admin), and in the installation the person is a member.
#[derive(Debug, Args)]
pub struct UserCreateArgs {
    /// The address to sign in with.
    #[arg(long, value_name = "E", env = "FLAGSTAFF_EMAIL")]
    email: String,
    /// The name that colleagues know.
    #[arg(long, value_name = "N", env = "FLAGSTAFF_NAME")]
    name: String,
    /// owner or member; with --project: viewer, editor, approver or admin.
    #[arg(long, value_name = "ROLE", env = "FLAGSTAFF_ROLE")]
    role: String,
    /// The project that the role is for.
    #[arg(long, value_name = "P", env = "FLAGSTAFF_PROJECT")]
    project: Option<ProjectKey>,
    /// Read the password from standard input, to the end; one line break at the end is left out. Needed: nothing here ever asks
    /// for one.
    #[arg(long, env = "FLAGSTAFF_PASSWORD_STDIN", value_parser = BoolishValueParser::new())]
    password_stdin: bool,
}

pub async fn run(args: UserCreateArgs, data: &DataArgs) -> Result<(), Failure> {
    let (instance_role, role) = roles(&args.role, args.project.as_ref())?;
    let email = normal_email(&args.email)
        .ok_or_else(|| Failure::usage(format!("{:?} is no e-mail address; write one like ada@shop.example", args.email)))?;
    let password = password::read(args.password_stdin)?;
    let opened = Opened::make(&data.config()?).await?;
    let hash = password::hash(password).await?;
    let user = User { email: email.clone(), name: args.name.trim().to_owned(), instance_role };
    let mut submissions = vec![Submission::new(Command::CreateUser { user }).sealing(Sealed::Password(hash))];
    if let (Some(project), Some(role)) = (args.project, role) {
        super::data::project(&mut opened.db.read().await?, &project).await?;
        submissions.push(Submission::new(Command::SetMember {
            project,
            member: Member { email: email.clone(), role, break_glass: false },
        }));
    }
    let governance = opened.governance();
    governance.submit_all(&Actor::Console, submissions).await?;
    opened.db.close().await;
    println!("Created {email}, who can sign in now.");
    Ok(())
}

/// The role in the installation, and the one in the project.
fn roles(text: &str, project: Option<&ProjectKey>) -> Result<(InstanceRole, Option<Role>), Failure> {
    match (InstanceRole::parse(text), Role::parse(text), project) {
        (Some(instance), _, None) => Ok((instance, None)),
        (_, Some(role), Some(_)) => Ok((InstanceRole::Member, Some(role))),
        (None, Some(_), None) => {
            Err(Failure::usage(format!("{text} is a role in a project; add --project, or use --role owner or --role member")))
        }
        (Some(_), None, Some(_)) => Err(Failure::usage(format!(
            "{text} is a role in the installation; leave --project out, or use viewer, editor, approver or admin"
        ))),
        _ => {
            let legal = if project.is_some() { "viewer, editor, approver or admin" } else { "owner or member" };
            Err(Failure::usage(format!("there is no role {text:?} here; use {legal}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_go_with_where_they_hold() {
        let project = ProjectKey::parse("shop").ok();
        assert_eq!(roles("owner", None), Ok((InstanceRole::Owner, None)));
        assert_eq!(roles("editor", project.as_ref()), Ok((InstanceRole::Member, Some(Role::Editor))));
        for (text, project) in [("editor", None), ("owner", project.as_ref()), ("boss", None), ("boss", project.as_ref())] {
            assert_eq!(roles(text, project).map_err(|failure| failure.code), Err(2), "{text}");
        }
    }
}
