//! Teams of a project.

use super::{Effect, Scope, Work, document, in_project};
use crate::domain::flag::{Owner, Problem};
use crate::domain::id::{TeamId, UserId};
use crate::domain::key::TeamKey;
use crate::domain::team::Team;
use crate::server::error::Error;
use crate::server::governance::audit::Event;
use crate::server::store::projects::StoredProject;
use crate::server::store::teams::StoredTeam;
use crate::server::store::{self, new_id};

pub async fn create(work: &mut Work<'_>, project: &StoredProject, team: &Team) -> Result<Effect, Error> {
    let (team, members) = checked(work, project, team).await?;
    let id = TeamId::from_text(new_id());
    store::teams::insert(work.tx, &id, &project.id, &team).await.map_err(|e| match e.is_taken() {
        true => Error::field("key", format!("There already is a team {}.", team.key)),
        false => e.into(),
    })?;
    store::teams::set_members(work.tx, &id, &members).await?;
    event(project, "team.create", None, Some(&team))
}

pub async fn edit(work: &mut Work<'_>, project: &StoredProject, team: &Team) -> Result<Effect, Error> {
    let stored = find(work, project, &team.key).await?;
    work.check_base(team.key.as_str(), stored.version)?;
    let (team, members) = checked(work, project, team).await?;
    if team == stored.team {
        return Ok(Effect::nothing());
    }
    store::teams::update(work.tx, &stored.id, &team).await?;
    store::teams::set_members(work.tx, &stored.id, &members).await?;
    event(project, "team.edit", Some(&stored.team), Some(&team))
}

/// Refused while it owns a flag: somebody must answer for each.
pub async fn delete(work: &mut Work<'_>, project: &StoredProject, key: &TeamKey) -> Result<Effect, Error> {
    let stored = find(work, project, key).await?;
    let flags = store::flags::of_project(work.tx, &project.id).await?;
    let owned: Vec<_> = flags.iter().filter(|flag| flag.flag.owner == Owner::Team(key.clone())).collect();
    if let Some(first) = owned.first() {
        let more = match owned.len() {
            1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        let message = format!("{} owns {}{more}; give them another owner first.", stored.team.name, first.flag.key);
        return Err(Error::field("", message));
    }
    store::teams::delete(work.tx, &stored.id).await?;
    event(project, "team.delete", Some(&stored.team), None)
}

/// The team as it is kept, and the accounts in it.
async fn checked(work: &mut Work<'_>, project: &StoredProject, team: &Team) -> Result<(Team, Vec<UserId>), Error> {
    let mut problems = team.problems();
    let mut members = Vec::new();
    let mut emails = team.members.clone();
    emails.sort();
    emails.dedup();
    for email in &emails {
        let user = store::users::find_by_email(work.tx, email).await?;
        let role = match &user {
            Some(user) => store::members::role(work.tx, &project.id, &user.id).await?,
            None => None,
        };
        match (user, role) {
            (Some(user), Some(_)) => members.push(user.id),
            _ => problems.push(Problem::new("members", format!("{email} is no member of this project; add them to it first."))),
        }
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    Ok((Team { name: team.name.trim().to_owned(), members: emails, key: team.key.clone() }, members))
}

async fn find(work: &mut Work<'_>, project: &StoredProject, key: &TeamKey) -> Result<StoredTeam, Error> {
    store::teams::find(work.tx, &project.id, key).await?.ok_or(Error::NotFound("team"))
}

fn event(project: &StoredProject, action: &'static str, before: Option<&Team>, after: Option<&Team>) -> Result<Effect, Error> {
    let key = before.or(after).map(|team| team.key.to_string()).unwrap_or_default();
    let event = Event {
        before: before.map(document).transpose()?.flatten(),
        after: after.map(document).transpose()?.flatten(),
        ..in_project(action, format!("team:{key}"), project)
    };
    Ok(Effect::one(event, Scope::Nothing, false))
}
