//! Who answers for flags: people and teams of a project, and what they are called.

use super::projects::OpenProject;
use crate::domain::actor::Actor;
use crate::domain::flag::Owner;
use crate::domain::id::{ProjectId, UserId};
use crate::domain::team::Team;
use crate::server::error::Error;
use crate::server::state::AppState;
use crate::server::store::{self, Cx, StoreError};
use std::collections::{HashMap, HashSet};

/// Everybody who owns or may own a flag of a project.
#[derive(Debug, Clone, Default)]
pub struct Owners {
    /// Every account's name: an owner may have left the project.
    names: HashMap<UserId, String>,
    teams: Vec<Team>,
    /// Who can act in the project: enabled, and belonging to it.
    people: HashSet<UserId>,
    /// The same by e-mail address, as teams name them.
    emails: HashSet<String>,
}

pub async fn load(cx: &mut Cx, project: &ProjectId) -> Result<Owners, StoreError> {
    let people: HashSet<UserId> = store::members::people(cx, project).await?.into_iter().map(|(id, _)| id).collect();
    let users = store::users::all(cx).await?;
    let emails = users.iter().filter(|stored| people.contains(&stored.id)).map(|stored| stored.user.email.clone()).collect();
    let names = users.into_iter().map(|stored| (stored.id, stored.user.name)).collect();
    let teams = store::teams::of_project(cx, project).await?.into_iter().map(|stored| stored.team).collect();
    Ok(Owners { names, teams, people, emails })
}

impl Owners {
    pub fn name(&self, owner: &Owner) -> String {
        match owner {
            Owner::Person(id) => self.names.get(id).cloned().unwrap_or_else(|| "somebody who left".to_owned()),
            Owner::Team(key) => {
                let team = self.teams.iter().find(|team| &team.key == key);
                team.map_or_else(|| key.to_string(), |team| team.name.clone())
            }
            Owner::Unclaimed(name) => name.clone(),
        }
    }

    /// Whether anybody behind the name can still act.
    pub fn is_living(&self, owner: &Owner) -> bool {
        match owner {
            Owner::Person(id) => self.people.contains(id),
            Owner::Team(key) => {
                let team = self.teams.iter().find(|team| &team.key == key);
                team.is_some_and(|team| team.members.iter().any(|email| self.emails.contains(email)))
            }
            Owner::Unclaimed(_) => false,
        }
    }

    /// Whether `actor` answers for what `owner` owns: by themselves or in a team.
    pub fn is_mine(&self, owner: &Owner, actor: &Actor) -> bool {
        match owner {
            Owner::Person(id) => Some(id) == actor.user_id(),
            Owner::Team(key) => {
                let team = self.teams.iter().find(|team| &team.key == key);
                team.is_some_and(|team| team.members.iter().any(|email| email == actor.label()))
            }
            Owner::Unclaimed(_) => false,
        }
    }
}

/// Who may be chosen as an owner, teams first, each by name.
pub async fn choices(state: &AppState, project: &OpenProject) -> Result<Vec<(Owner, String)>, Error> {
    let mut cx = state.db.read().await?;
    let mut teams: Vec<Team> =
        store::teams::of_project(&mut cx, &project.stored.id).await?.into_iter().map(|stored| stored.team).collect();
    teams.sort_by_cached_key(|team| team.name.to_lowercase());
    let teams = teams.into_iter().map(|team| (Owner::Team(team.key), format!("{} (team)", team.name)));
    let people = store::members::people(&mut cx, &project.stored.id).await?;
    Ok(teams.chain(people.into_iter().map(|(id, name)| (Owner::Person(id), name))).collect())
}
