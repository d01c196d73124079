//! A flag's switch, where it may be turned without a question.

use super::FnError;
use leptos::server;
use serde::{Deserialize, Serialize};

/// A switch after it was turned, and what the page says about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switched {
    pub enabled: bool,
    /// The version of the state that the page now shows.
    pub version: i64,
    /// `off`, `25 %`, `some`.
    pub share: String,
    /// The flag's status line.
    pub status: String,
    /// `You turned on new_checkout in development.`
    pub said: String,
    /// The audit row; none where the flag already stood like that.
    pub seq: Option<i64>,
    /// The address that takes it back, where one click may.
    pub undo: Option<String>,
}

/// Turns a flag on or off. An environment that wants more than a click answers 428; the plain form leads to its questions.
#[server(prefix = "/fn", endpoint = "set_enabled")]
pub async fn set_enabled(
    project: String,
    flag: String,
    environment: String,
    enabled: bool,
    base_version: Option<i64>,
) -> Result<Switched, FnError> {
    use super::caller::{Caller, refuse};
    use crate::domain::role::Role;
    use crate::server::services::live_switch;
    let (caller, actor, project) = Caller::in_project(&project, Role::Editor).await?;
    let wanted = live_switch::Wanted { environment, flag, enabled, base_version };
    live_switch::set(&caller.state, &actor, &project, wanted).await.map(Into::into).map_err(refuse)
}

#[cfg(feature = "ssr")]
impl From<crate::server::services::live_switch::Turned> for Switched {
    fn from(turned: crate::server::services::live_switch::Turned) -> Self {
        let crate::server::services::live_switch::Turned { enabled, version, share, status, said, seq, undo } = turned;
        Self { enabled, version, share, status, said, seq, undo }
    }
}
