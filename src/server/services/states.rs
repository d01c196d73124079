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
use crate::server::governance::change_requests::NewRequest;
use crate::server::governance::{Applied, Submission};
use crate::server::serving::{ServedFlag, Snapshot};
use crate::server::state::AppState;
use crate::server::store;
use crate::server::store::audit::AuditFilter;
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
    /// What is said to those who have to look at it first.
    pub request: Option<NewRequest>,
}

impl Consent {
    pub fn on(self, command: Command) -> Submission {
        let mut submission = Submission::new(command);
        submission.base_version = self.base_version;
        submission.reason = self.reason;
        submission.confirmation = self.confirmation;
        submission.request = self.request;
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
    /// The same with another state, which nobody is served.
    #[must_use]
    pub fn with_state(&self, state: State) -> Self {
        let served = self.served.with_state(state, &self.snapshot.segments.compiled);
        Self { snapshot: Arc::clone(&self.snapshot), served: Arc::new(served) }
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

/// The state as an earlier version had it, by the history; `None` where that does not reach so far back.
pub async fn at_version(state: &AppState, project: &OpenProject, open: &OpenState, version: i64) -> Result<Option<State>, Error> {
    let mut cx = state.db.snapshot().await?;
    let (flag, environment) = (&open.served.stored.id, &open.snapshot.environment.id);
    let Some(stored) = store::states::find(&mut cx, flag, environment).await? else { return Ok(None) };
    let steps = stored.version - version;
    if !(1..=MOST_STEPS).contains(&steps) {
        return Ok(stored.state.ok().filter(|_| steps == 0));
    }
    let filter = AuditFilter {
        project: Some(project.key().to_string()),
        environment: Some(open.environment_key().to_string()),
        object: Some(format!("flag:{}", open.flag_key())),
        action: Some("state".to_owned()),
        ..AuditFilter::default()
    };
    let rows = store::audit::outlines(&mut cx, &filter, steps).await?;
    // Every version but the first was made by one row, which tells what it replaced.
    let Some(first) = rows.last().filter(|_| rows.len() as i64 == steps) else { return Ok(None) };
    let before = store::audit::replaced(&mut cx, &[first.row.seq]).await?.into_iter().find_map(|(_, before)| before);
    Ok(before.and_then(|text| serde_json::from_str(&text).ok()))
}

/// How many changes of one state are looked back over: a page open for longer is drawn again.
const MOST_STEPS: i64 = 1_000;

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

/// Puts another state in the place of the one that is served, at once. Who does not say what they saw saw what `open` has.
pub async fn edit(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    open: &OpenState,
    after: State,
    consent: Consent,
) -> Result<Applied, Error> {
    let command = Command::EditState {
        project: project.key().clone(),
        environment: open.environment_key().clone(),
        flag: open.flag_key().clone(),
        state: after,
    };
    let base_version = consent.base_version.or(Some(open.served.state_version));
    state.governance.submit(actor, Consent { base_version, ..consent }.on(command)).await
}
