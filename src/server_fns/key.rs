//! Whether a flag key is free, while it is typed.

use super::FnError;
use leptos::server;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyAnswer {
    pub is_free: bool,
    /// What to say about it; what would be right, where it cannot be taken.
    pub text: String,
}

#[server(prefix = "/fn", endpoint = "check_key")]
pub async fn check_key(project: String, key: String) -> Result<KeyAnswer, FnError> {
    use super::caller::{Caller, refuse};
    use crate::domain::role::Role;
    use crate::server::services::flag_key;
    let (caller, _, project) = Caller::in_project(&project, Role::Editor).await?;
    let problem = flag_key::problem(&caller.state, &project, &key).await.map_err(refuse)?;
    Ok(KeyAnswer { is_free: problem.is_none(), text: problem.unwrap_or_else(|| format!("{key} is free.")) })
}
