//! How far a project is on its way to the first answer, while somebody waits for it.

use super::FnError;
use leptos::server;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionNow {
    /// The first step that is not done, from 1; 4 where an answer was given.
    pub step: u8,
    /// `Connected: curl, 3 s ago`
    pub said: String,
}

#[server(prefix = "/fn", endpoint = "connection")]
pub async fn connection(project: String) -> Result<ConnectionNow, FnError> {
    use super::caller::{Caller, refuse};
    use crate::domain::role::Role;
    use crate::server::services::connection;
    let (caller, _, project) = Caller::in_project(&project, Role::Viewer).await?;
    let found = connection::of(&caller.state, &project).await.map_err(refuse)?;
    Ok(ConnectionNow { step: found.step().number(), said: found.said(caller.state.clock.now()) })
}
