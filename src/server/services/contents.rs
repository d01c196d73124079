//! Everything a project holds, as of one moment: what an export writes and an import compares with.

use crate::domain::actor::Actor;
use crate::domain::attribute::Schema;
use crate::domain::id::{FlagId, UserId};
use crate::domain::key::{EnvironmentKey, ProjectKey};
use crate::domain::role::Role;
use crate::engine::Segments;
use crate::server::error::Error;
use crate::server::services::compiled;
use crate::server::store::attributes::StoredAttribute;
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::flags::StoredFlag;
use crate::server::store::personas::StoredPersona;
use crate::server::store::projects::StoredProject;
use crate::server::store::segments::StoredSegment;
use crate::server::store::states::StoredState;
use crate::server::store::teams::StoredTeam;
use crate::server::store::{self, Cx, Db};
use std::collections::{HashMap, HashSet};

#[derive(Debug, Clone)]
pub struct Contents {
    pub project: StoredProject,
    /// What the actor may do in it.
    pub role: Role,
    pub environments: Vec<StoredEnvironment>,
    pub teams: Vec<StoredTeam>,
    pub attributes: Vec<StoredAttribute>,
    pub segments: Vec<StoredSegment>,
    pub personas: Vec<StoredPersona>,
    /// By key, archived ones included.
    pub flags: Vec<StoredFlag>,
    /// The states of each environment.
    pub states: HashMap<EnvironmentKey, HashMap<FlagId, StoredState>>,
    /// Who may own a flag, with their names.
    pub people: Vec<(UserId, String)>,
    /// Who has a role in the project; an owner of the installation need not.
    pub members: HashSet<UserId>,
    /// The address of every account.
    pub emails: HashMap<UserId, String>,
}

/// Reads it all in one snapshot of the database. Who is no member learns the same as if there were no such project.
pub async fn load(db: &Db, actor: &Actor, key: &ProjectKey) -> Result<Contents, Error> {
    let mut cx = db.snapshot().await?;
    let project = store::projects::find(&mut cx, key).await?.ok_or(Error::NotFound("project"))?;
    let role = actor.role_in(&project.id).ok_or(Error::NotFound("project"))?;
    let environments = store::environments::of_project(&mut cx, &project.id).await?;
    Ok(Contents {
        role,
        teams: store::teams::of_project(&mut cx, &project.id).await?,
        attributes: store::attributes::of_project(&mut cx, &project.id).await?,
        segments: store::segments::of_project(&mut cx, &project.id).await?,
        personas: store::personas::of_project(&mut cx, &project.id).await?,
        flags: store::flags::of_project(&mut cx, &project.id).await?,
        states: states(&mut cx, &environments).await?,
        people: store::members::people(&mut cx, &project.id).await?,
        members: store::members::of_project(&mut cx, &project.id).await?.into_iter().map(|(id, _)| id).collect(),
        emails: store::users::all(&mut cx).await?.into_iter().map(|stored| (stored.id, stored.user.email)).collect(),
        environments,
        project,
    })
}

async fn states(
    cx: &mut Cx,
    environments: &[StoredEnvironment],
) -> Result<HashMap<EnvironmentKey, HashMap<FlagId, StoredState>>, Error> {
    let mut all = HashMap::new();
    for environment in environments {
        let states = store::states::of_environment(cx, &environment.id).await?;
        let by_flag = states.into_iter().map(|state| (state.flag_id.clone(), state)).collect();
        all.insert(environment.environment.key.clone(), by_flag);
    }
    Ok(all)
}

impl Contents {
    pub fn state(&self, environment: &EnvironmentKey, flag: &FlagId) -> Option<&StoredState> {
        self.states.get(environment)?.get(flag)
    }
    pub fn environment(&self, key: &EnvironmentKey) -> Option<&StoredEnvironment> {
        self.environments.iter().find(|stored| &stored.environment.key == key)
    }
    /// The attributes, for looking up.
    pub fn schema(&self) -> Schema {
        self.attributes.iter().map(|stored| stored.attribute.clone()).collect()
    }
    /// The segments, as conditions may ask for them.
    pub fn compiled_segments(&self) -> Segments {
        compiled::all(self.segments.iter().map(|stored| &stored.segment))
    }
}
