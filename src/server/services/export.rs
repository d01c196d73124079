//! Exporting a project, or one of its environments: everything, or nothing where a part of it cannot be read.

use super::contents::{self, Contents};
use super::flag_file::document::{Document, DocumentFlag, Settings};
use super::flag_file::write::{self, Format};
use crate::domain::actor::Actor;
use crate::domain::environment::Environment;
use crate::domain::key::{EnvironmentKey, ProjectKey};
use crate::domain::role::Role;
use crate::domain::state::State;
use crate::server::error::Error;
use crate::server::store::Db;
use crate::server::store::flags::StoredFlag;

/// Writes the long form. Any member may have it; viewers get it with individual targets and id lists hidden.
pub async fn export(
    db: &Db,
    actor: &Actor,
    project: &ProjectKey,
    environment: Option<&EnvironmentKey>,
    format: Format,
) -> Result<String, Error> {
    let contents = contents::load(db, actor, project).await?;
    let document = document(&contents, environment)?;
    let masked = contents.role == Role::Viewer;
    let written = tokio::task::spawn_blocking(move || write::text(&document, &contents.emails, masked, format));
    written.await.map_err(|e| Error::Internal(e.to_string()))
}

fn document(contents: &Contents, only: Option<&EnvironmentKey>) -> Result<Document, Error> {
    let all = contents.environments.iter().map(|stored| &stored.environment);
    let environments: Vec<Environment> = all.filter(|one| only.is_none_or(|key| *key == one.key)).cloned().collect();
    if environments.is_empty() {
        return Err(Error::NotFound("environment"));
    }
    refuse_unreadable_flags(contents)?;
    let flags: Result<_, Error> = contents.flags.iter().map(|stored| flag(contents, &environments, stored)).collect();
    let project = &contents.project.project;
    let (name, naming_pattern) = (project.name.clone(), project.naming_pattern.clone());
    let (kinds, plans) = (project.kinds.clone(), project.plans.clone());
    Ok(Document {
        project: Some(Settings { name, naming_pattern, kinds, plans }),
        environments,
        teams: contents.teams.iter().map(|stored| stored.team.clone()).collect(),
        attributes: contents.attributes.iter().map(|stored| stored.attribute.clone()).collect(),
        segments: contents.segments.iter().map(|stored| stored.segment.clone()).collect(),
        personas: contents.personas.iter().map(|stored| stored.persona.clone()).collect(),
        flags: flags?,
    })
}

fn flag(contents: &Contents, environments: &[Environment], stored: &StoredFlag) -> Result<DocumentFlag, Error> {
    let mut states: Vec<(EnvironmentKey, State)> = Vec::with_capacity(environments.len());
    for environment in environments {
        let Some(found) = contents.state(&environment.key, &stored.id) else { continue };
        let state = found.state.clone().map_err(|_| {
            let (flag, place) = (&stored.flag.key, &environment.key);
            let message = format!(
                "{flag} cannot be read in {place}, and an export leaves nothing out. Turn it off there, or import it again; then export."
            );
            Error::field("", message)
        })?;
        states.push((environment.key.clone(), state));
    }
    Ok(DocumentFlag { flag: stored.flag.clone(), states })
}

/// A definition that cannot be read is left out where flags are listed; its states tell that it is there.
fn refuse_unreadable_flags(contents: &Contents) -> Result<(), Error> {
    let known: std::collections::HashSet<_> = contents.flags.iter().map(|stored| &stored.id).collect();
    match contents.states.values().flat_map(|states| states.keys()).find(|id| !known.contains(id)) {
        None => Ok(()),
        Some(id) => {
            let message = format!(
                "The definition of a flag cannot be read, and an export leaves nothing out; the server's log says why, under row {id}."
            );
            Err(Error::field("", message))
        }
    }
}
