//! Importing a flag file into one environment: read it, show what it would change, then change all of it or nothing.

use super::compiled;
use super::flag_file::{self, Finding, FlagFile, Setting};
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::diff::{DiffRow, diff};
use crate::domain::flag::{Flag, Owner};
use crate::domain::key::{EnvironmentKey, FlagKey, ProjectKey};
use crate::domain::role::Role;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::flags::StoredFlag;
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, Cx};
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be taken; everything that is wrong with it.
    #[error("{} findings in the flag file", .0.len())]
    File(Vec<Finding>),
    #[error(transparent)]
    Other(#[from] Error),
}

impl From<store::StoreError> for ImportError {
    fn from(error: store::StoreError) -> Self {
        Self::Other(error.into())
    }
}

/// A file that can be imported, and what it would change.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    pub project: ProjectKey,
    pub environment: EnvironmentKey,
    /// Every flag of the file as it will be, in the file's order.
    pub flags: Vec<(Flag, State)>,
    pub changes: Vec<FlagChange>,
    pub warnings: Vec<Finding>,
}

/// What becomes of one flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagChange {
    pub key: FlagKey,
    pub is_new: bool,
    /// Empty where the flag stays as it is.
    pub definition: Vec<DiffRow>,
    pub state: Vec<DiffRow>,
}

impl FlagChange {
    pub fn is_none(&self) -> bool {
        !self.is_new && self.definition.is_empty() && self.state.is_empty()
    }
}

impl Prepared {
    /// The change itself, for governance.
    pub fn command(self) -> Command {
        Command::Import { project: self.project, environment: self.environment, flags: self.flags }
    }
}

/// Reads `bytes` for a project's environment. Shows states, so it asks for the right to change them.
pub async fn prepare(
    cx: &mut Cx,
    actor: &Actor,
    project: &ProjectKey,
    environment: &EnvironmentKey,
    bytes: &[u8],
    now: Timestamp,
) -> Result<Prepared, ImportError> {
    let stored = store::projects::find(cx, project).await?.ok_or(Error::NotFound("project"))?;
    match actor.role_in(&stored.id) {
        None => return Err(Error::NotFound("project").into()),
        Some(role) if role < Role::Editor => {
            return Err(Error::Forbidden(format!("That needs the role editor; yours is {}.", role.as_str())).into());
        }
        Some(_) => {}
    }
    let within = store::environments::find(cx, &stored.id, environment).await?.ok_or(Error::NotFound("environment"))?;
    let existing = store::flags::of_project(cx, &stored.id).await?;
    let segments = compiled::segments(cx, &stored.id).await?;
    let setting = Setting {
        now,
        importer: importer(actor),
        importer_name: actor.label(),
        naming_pattern: Some(&stored.project.naming_pattern),
        kinds: &stored.project.kinds,
        owners: owners(cx, &stored).await?,
        existing: existing.iter().map(|found| (found.flag.key.clone(), found.flag.clone())).collect(),
        segments: &segments,
    };
    let file = flag_file::parse(bytes, &setting).map_err(ImportError::File)?;
    let states = states(cx, &within, &existing).await?;
    compare(file, &setting.existing, &states, stored, within)
}

fn importer(actor: &Actor) -> Owner {
    match actor.user_id() {
        Some(id) => Owner::Person(id.clone()),
        None => Owner::Unclaimed(actor.label().to_owned()),
    }
}

/// Whom an owner in a file may mean: by e-mail address or team key, and by a name that only one of them has.
async fn owners(cx: &mut Cx, project: &StoredProject) -> Result<HashMap<String, Owner>, store::StoreError> {
    let (mut owners, mut named, mut shared) = (HashMap::new(), HashMap::new(), Vec::new());
    let mut name = |name: String, owner: Owner| {
        if named.insert(name.to_lowercase(), owner).is_some() {
            shared.push(name.to_lowercase());
        }
    };
    for (id, full) in store::members::people(cx, &project.id).await? {
        if let Some(user) = store::users::find(cx, &id).await? {
            owners.insert(user.user.email, Owner::Person(id.clone()));
        }
        name(full, Owner::Person(id));
    }
    for stored in store::teams::of_project(cx, &project.id).await? {
        let owner = Owner::Team(stored.team.key.clone());
        owners.insert(stored.team.key.as_str().to_lowercase(), owner.clone());
        // A team whose name is its key is no second one of that name.
        if stored.team.name.to_lowercase() != stored.team.key.as_str().to_lowercase() {
            name(stored.team.name, owner);
        }
    }
    named.retain(|name, _| !shared.contains(name));
    // What is unique by its kind wins over a name.
    named.extend(owners);
    Ok(named)
}

async fn states(
    cx: &mut Cx,
    environment: &StoredEnvironment,
    flags: &[StoredFlag],
) -> Result<HashMap<FlagKey, State>, store::StoreError> {
    let stored = store::states::of_environment(cx, &environment.id).await?;
    let mut by_id: HashMap<_, _> = stored.into_iter().filter_map(|found| Some((found.flag_id, found.state.ok()?))).collect();
    Ok(flags.iter().filter_map(|found| Some((found.flag.key.clone(), by_id.remove(&found.id)?))).collect())
}

fn compare(
    file: FlagFile,
    existing: &HashMap<FlagKey, Flag>,
    states: &HashMap<FlagKey, State>,
    project: StoredProject,
    environment: StoredEnvironment,
) -> Result<Prepared, ImportError> {
    let (mut flags, mut changes, mut warnings) = (Vec::new(), Vec::new(), file.warnings);
    for imported in file.flags {
        let key = imported.flag.key.clone();
        let before = existing.get(&key);
        let after = before.map_or_else(|| imported.flag.clone(), |before| flag_file::merge(before, &imported));
        changes.push(FlagChange {
            is_new: before.is_none(),
            definition: diff(&document(before)?, &document(Some(&after))?),
            state: diff(&document(states.get(&key))?, &document(Some(&imported.state))?),
            key,
        });
        warnings.extend(imported.assumed);
        flags.push((after, imported.state));
    }
    warnings.sort_by_key(|finding| finding.at);
    Ok(Prepared { project: project.project.key, environment: environment.environment.key, flags, changes, warnings })
}

fn document<T: Serialize>(part: Option<&T>) -> Result<Value, Error> {
    serde_json::to_value(part).map_err(|e| Error::Internal(e.to_string()))
}
