//! The short form against one environment of a project.

use super::compare::{basis, rows};
use super::{ObjectChange, Prepared, Step};
use crate::domain::command::Command;
use crate::domain::environment::Environment;
use crate::domain::flag::Flag;
use crate::domain::key::FlagKey;
use crate::domain::state::State;
use crate::server::error::Error;
use crate::server::services::contents::Contents;
use crate::server::services::flag_file::{self, FlagFile, ImportedFlag, Setting};
use crate::server::store::flags::StoredFlag;
use std::collections::HashMap;

pub fn compare(file: FlagFile, contents: &Contents, setting: &Setting<'_>, environment: &Environment) -> Result<Prepared, Error> {
    let stored: HashMap<&FlagKey, &StoredFlag> = contents.flags.iter().map(|stored| (&stored.flag.key, stored)).collect();
    let count = file.flags.len();
    let (mut flags, mut changes, mut basis, mut warnings) = (Vec::new(), Vec::new(), Vec::new(), file.warnings);
    let (mut base_versions, mut base_states) = (Vec::new(), Vec::new());
    for mut imported in file.flags {
        let before = stored.get(&imported.flag.key).copied();
        warnings.append(&mut imported.assumed);
        let after = setting.existing.get(&imported.flag.key).map(|existing| flag_file::merge(existing, &imported));
        let after = after.unwrap_or_else(|| imported.flag.clone());
        if let Some(change) = change(contents, environment, before, &after, &imported)? {
            basis.extend(before.map(|stored| self::basis(contents, &environment.key, stored)));
            let state = before.and_then(|stored| contents.state(&environment.key, &stored.id));
            base_states.extend(state.map(|state| (after.key.clone(), state.version)));
            base_versions.extend(before.map(|stored| (stored.flag.key.clone(), stored.version)));
            changes.push(change);
            flags.push((after, imported.state));
        }
    }
    warnings.sort_by_key(|finding| finding.at);
    let same = count - flags.len();
    let (project, environment) = (contents.project.project.key.clone(), environment.key.clone());
    let steps = match flags.is_empty() {
        true => Vec::new(),
        false => {
            let command =
                Command::Import { project: project.clone(), environment: environment.clone(), flags, base_versions, base_states };
            vec![Step { command, base_version: None, basis }]
        }
    };
    Ok(Prepared { project, environment: Some(environment), flags: count, same, changes, warnings, steps, asked: Vec::new() })
}

/// What becomes of a flag; `None` where it stays as it is.
fn change(
    contents: &Contents,
    environment: &Environment,
    before: Option<&StoredFlag>,
    after: &Flag,
    imported: &ImportedFlag,
) -> Result<Option<ObjectChange>, Error> {
    let state = before.and_then(|stored| contents.state(&environment.key, &stored.id)?.state.as_ref().ok());
    if before.is_some_and(|stored| stored.flag == *after) && state == Some(&imported.state) {
        return Ok(None);
    }
    let states = vec![(environment.key.clone(), rows::<State>(state, &imported.state)?)];
    let definition = rows(before.map(|stored| &stored.flag), after)?;
    Ok(Some(ObjectChange { noun: "flag", key: after.key.to_string(), is_new: before.is_none(), definition, states }))
}
