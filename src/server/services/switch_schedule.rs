//! A flag's switch that is to be turned at a later moment: a change request with that moment, like every scheduled change.

use super::confirmation::Asks;
use super::projects::OpenProject;
use super::states::OpenState;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::key::EnvironmentKey;
use crate::server::error::Error;
use crate::server::governance::Submission;
use crate::server::governance::change_requests::NewRequest;
use crate::server::state::AppState;

/// What turning it takes by what is known now.
#[derive(Debug, Clone, Default)]
pub struct Rehearsed {
    pub asks: Asks,
    /// Why it would be refused, in a sentence.
    pub refused: Option<String>,
}

fn submission(project: &OpenProject, open: &OpenState, enabled: bool) -> Submission {
    let command = Command::SetEnabled {
        project: project.key().clone(),
        environment: open.environment_key().clone(),
        flag: open.flag_key().clone(),
        enabled,
    };
    Submission { later: true, ..Submission::new(command).based_on(open.served.state_version) }
}

/// Tries it as `actor` would have it done later; nothing of it stays.
pub async fn rehearse(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    open: &OpenState,
    enabled: bool,
) -> Result<Rehearsed, Error> {
    let position = if enabled { "on" } else { "off" };
    if open.served.state.enabled == enabled {
        let refused = Some(format!("It is {position} already: nothing is left to turn."));
        return Ok(Rehearsed { refused, ..Rehearsed::default() });
    }
    let rehearsal = state.governance.rehearse(actor, &[submission(project, open, enabled)]).await?;
    Ok(match rehearsal.outcomes.into_iter().next() {
        Some(Err(why)) => Rehearsed { refused: Some(why.to_string()), ..Rehearsed::default() },
        Some(Ok(asked)) => Rehearsed { asks: Asks::of(asked.iter()), refused: None },
        None => Rehearsed::default(),
    })
}

/// Puts it down as a request with the moment that `request` brings, which is answered by [`Error::Requested`]. `typed` is the
/// environment's key, where somebody wrote it; `base_version` what the page was drawn from.
pub async fn schedule(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    open: &OpenState,
    enabled: bool,
    request: NewRequest,
    (typed, base_version): (Option<&EnvironmentKey>, Option<i64>),
) -> Result<(), Error> {
    let submission = submission(project, open, enabled);
    let submission = Submission {
        base_version: base_version.or(submission.base_version),
        reason: Some(request.why.clone()),
        confirmation: typed.map(ToString::to_string),
        request: Some(request),
        later: false,
        ..submission
    };
    state.governance.submit(actor, submission).await.map(drop)
}
