//! Teams of a project. Making and changing them is for its admins.

use super::projects::OpenProject;
use super::states::Consent;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::flag::{Owner, Problem};
use crate::domain::key::{FlagKey, TeamKey};
use crate::domain::team::Team;
use crate::server::error::Error;
use crate::server::governance::{Applied, Submission};
use crate::server::state::AppState;
use crate::server::store;

/// A team with what it answers for.
#[derive(Debug, Clone)]
pub struct Listed {
    pub team: Team,
    pub version: i64,
    /// Flags it owns, archived ones included: while there are any it stays.
    pub flags: Vec<FlagKey>,
}

/// The project's teams, by name.
pub async fn list(state: &AppState, project: &OpenProject) -> Result<Vec<Listed>, Error> {
    let mut cx = state.db.read().await?;
    let flags = store::flags::of_project(&mut cx, &project.stored.id).await?;
    let owned = |key: &TeamKey| {
        let of_team = flags.iter().filter(|stored| stored.flag.owner == Owner::Team(key.clone()));
        of_team.map(|stored| stored.flag.key.clone()).collect()
    };
    let teams = store::teams::of_project(&mut cx, &project.stored.id).await?;
    let listed =
        |stored: store::teams::StoredTeam| Listed { flags: owned(&stored.team.key), team: stored.team, version: stored.version };
    let mut teams: Vec<Listed> = teams.into_iter().map(listed).collect();
    teams.sort_by_cached_key(|listed| listed.team.name.to_lowercase());
    Ok(teams)
}

pub async fn find(state: &AppState, project: &OpenProject, key: &str) -> Result<Listed, Error> {
    let all = list(state, project).await?;
    all.into_iter().find(|listed| listed.team.key.as_str() == key).ok_or(Error::NotFound("team"))
}

/// Makes a team; without a key it gets one from its name.
pub async fn create(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    (name, key): (&str, &str),
    members: Vec<String>,
) -> Result<Applied, Error> {
    let key = if key.trim().is_empty() { key_from(name) } else { key.trim().to_owned() };
    let mut problems = Vec::new();
    if name.trim().is_empty() {
        problems.push(Problem::new("name", "Write a name of 1 to 200 characters, such as Payments."));
    }
    match TeamKey::parse(&key) {
        Ok(key) if problems.is_empty() => {
            let team = Team { key, name: name.trim().to_owned(), members };
            let command = Command::CreateTeam { project: project.key().clone(), team };
            state.governance.submit(actor, Submission::new(command)).await
        }
        Ok(_) => Err(Error::Invalid(problems)),
        Err(error) => {
            // Without a name there is nothing to make a key of, which is told at the name.
            if !key.is_empty() || problems.is_empty() {
                problems.push(Problem::new("key", format!("Write a key such as payments: {error}.")));
            }
            Err(Error::Invalid(problems))
        }
    }
}

/// `Payments team` as `payments_team`.
fn key_from(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_").chars().take(64).collect()
}

pub async fn edit(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    team: Team,
    consent: Consent,
) -> Result<Applied, Error> {
    let command = Command::EditTeam { project: project.key().clone(), team };
    state.governance.submit(actor, consent.on(command)).await
}

/// Refused while it owns a flag.
pub async fn remove(state: &AppState, actor: &Actor, project: &OpenProject, team: TeamKey) -> Result<Applied, Error> {
    let command = Command::DeleteTeam { project: project.key().clone(), team };
    state.governance.submit(actor, Submission::new(command)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_from_names() {
        for (name, key) in [("Payments team", "payments_team"), (" Q&A ", "q_a"), ("Größe", "gr_e"), ("🚀", "")] {
            assert_eq!(key_from(name), key);
        }
    }
}
