//! A switch that is turned in place: the change, and all that the row around it then says.

use super::projects::OpenProject;
use super::states::{self, Consent};
use super::{flags, status, undo};
use crate::domain::actor::Actor;
use crate::domain::change::{Change, sentence};
use crate::domain::environment::Protection;
use crate::server::error::{Confirm, Error};
use crate::server::state::AppState;

/// What somebody clicked.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub environment: String,
    pub flag: String,
    pub enabled: bool,
    /// The version of the state that the page showed.
    pub base_version: Option<i64>,
}

/// Where the switch stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turned {
    pub enabled: bool,
    pub version: i64,
    /// How far the flag reaches there: `25 %`.
    pub share: String,
    /// The flag's status line.
    pub status: String,
    /// `You turned on new_checkout in development.`
    pub said: String,
    /// The audit row; none where nothing had to change.
    pub seq: Option<i64>,
    /// The address that takes it back, where one click may.
    pub undo: Option<String>,
}

/// Turns the switch, in an open environment only: elsewhere a click in a list is too easily a slip.
pub async fn set(state: &AppState, actor: &Actor, project: &OpenProject, wanted: Wanted) -> Result<Turned, Error> {
    let open = states::open(state, project, &wanted.environment, &wanted.flag)?;
    let environment = &open.snapshot.environment.environment;
    if environment.protection != Protection::Open {
        let typed = environment.protection == Protection::Critical;
        return Err(Error::Confirm(Confirm { environment: environment.key.to_string(), reason: true, typed, review: None }));
    }
    let consent = Consent { base_version: wanted.base_version, ..Consent::default() };
    let applied = states::set_enabled(state, actor, project, &open, wanted.enabled, consent).await?;
    let seq = applied.audit.last().copied();
    let (said, undo) = told(state, actor, project, seq).await?;
    let now = state.clock.now();
    let after = states::open(state, project, &wanted.environment, &wanted.flag)?;
    let view = flags::view_of(state, project, &wanted.flag).await?;
    Ok(Turned {
        enabled: after.served.state.enabled,
        version: after.served.state_version,
        share: status::reach_of(&after.served, now),
        status: view.status.text,
        said,
        seq,
        undo,
    })
}

async fn told(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    seq: Option<i64>,
) -> Result<(String, Option<String>), Error> {
    let (Some(seq), Actor::Person(person)) = (seq, actor) else { return Ok((String::new(), None)) };
    let Some(done) = undo::just_done(state, person, project, seq).await? else { return Ok((String::new(), None)) };
    let said = sentence(&Change { who: "You".to_owned(), ..done.change });
    Ok((format!("{said}."), done.can_undo.then(|| format!("/p/{}/undo/{seq}", project.key()))))
}
