//! A flag in one environment: opened, previewed, edited.

use super::projects::OpenProject;
use super::state_edit::StateEdit;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::flag::Problem;
use crate::domain::key::{EnvironmentKey, FlagKey};
use crate::domain::state::State;
use crate::engine;
use crate::server::error::Error;
use crate::server::governance::{Applied, Submission};
use crate::server::serving::{ServedFlag, Snapshot};
use crate::server::state::AppState;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A flag in one environment, as it is served now.
#[derive(Debug, Clone)]
pub struct OpenState {
    pub snapshot: Arc<Snapshot>,
    pub served: Arc<ServedFlag>,
}

/// What a person adds to a change: the version they saw, and what the confirm page asked for.
#[derive(Debug, Clone, Default)]
pub struct Consent {
    pub base_version: Option<i64>,
    pub reason: Option<String>,
    pub confirmation: Option<String>,
}

impl Consent {
    pub fn on(self, command: Command) -> Submission {
        let mut submission = Submission::new(command);
        submission.base_version = self.base_version;
        submission.reason = self.reason;
        submission.confirmation = self.confirmation;
        submission
    }
}

impl OpenState {
    pub fn environment_key(&self) -> &EnvironmentKey {
        &self.snapshot.environment.environment.key
    }
    pub fn flag_key(&self) -> &FlagKey {
        &self.served.stored.flag.key
    }
    /// The state after an edit, without making it.
    pub fn preview(&self, edit: StateEdit) -> Result<State, Error> {
        edit.apply(&self.served.state, &self.served.stored.flag).map_err(|problem| Error::Invalid(vec![problem]))
    }
    /// Everything that would keep `after` from being served, by its path in the state. For a form that has problems of its
    /// own and wants to tell these with them; whoever writes the state checks it anyway.
    pub fn problems(&self, after: &State) -> Vec<Problem> {
        engine::compile(&self.served.stored.flag, after, &self.snapshot.segments.compiled).err().unwrap_or_default()
    }
    /// Whether what is stored could be read at all. If not, the state shown here is that of a new flag.
    pub fn is_readable(&self) -> bool {
        // A problem that names no part of the document is one with the document.
        self.served.fault.as_ref().is_none_or(|problems| problems.iter().all(|problem| !problem.field.is_empty()))
    }
    /// The keys of the project's segments, by name.
    pub fn segment_keys(&self) -> Vec<String> {
        let segments = &self.snapshot.segments;
        let all: BTreeSet<&str> = segments.compiled.keys().chain(segments.faults.keys()).map(|key| key.as_str()).collect();
        all.into_iter().map(str::to_owned).collect()
    }
}

/// Opens a flag in an environment of a project.
pub fn open(state: &AppState, project: &OpenProject, environment: &str, flag: &str) -> Result<OpenState, Error> {
    let key = EnvironmentKey::parse(environment).map_err(|_| Error::NotFound("environment"))?;
    let snapshot = state.serving.environment(project.key(), &key).ok_or(Error::NotFound("environment"))?;
    let served = snapshot.flag(flag).cloned().ok_or(Error::NotFound("flag"))?;
    Ok(OpenState { snapshot, served })
}

/// Turns a flag on or off in an environment.
pub async fn set_enabled(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    open: &OpenState,
    enabled: bool,
    consent: Consent,
) -> Result<Applied, Error> {
    let command = Command::SetEnabled {
        project: project.key().clone(),
        environment: open.environment_key().clone(),
        flag: open.flag_key().clone(),
        enabled,
    };
    state.governance.submit(actor, consent.on(command)).await
}

/// Makes one edit to the state that was opened.
pub async fn edit(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    open: &OpenState,
    edit: StateEdit,
    consent: Consent,
) -> Result<Applied, Error> {
    if let Some(base) = consent.base_version.filter(|base| *base != open.served.state_version) {
        // The edit was meant for what the page showed; applied to something else it could mean something else.
        let object = open.flag_key().to_string();
        return Err(Error::Conflict { object, base, current: open.served.state_version });
    }
    let command = Command::EditState {
        project: project.key().clone(),
        environment: open.environment_key().clone(),
        flag: open.flag_key().clone(),
        state: open.preview(edit)?,
    };
    let consent = Consent { base_version: Some(open.served.state_version), ..consent };
    state.governance.submit(actor, consent.on(command)).await
}
