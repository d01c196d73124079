//! API keys: made once, shown once, replaced, revoked.

use super::projects::OpenProject;
use crate::domain::actor::Actor;
use crate::domain::api_key::{ApiKey, ApiKeyKind, Standing};
use crate::domain::command::Command;
use crate::domain::environment::Environment;
use crate::domain::flag::Problem;
use crate::domain::flag::last_day;
use crate::domain::key::{EnvironmentKey, ProjectKey};
use crate::domain::role::Role;
use crate::domain::time::{DAY, Timestamp};
use crate::server::error::Error;
use crate::server::governance::{Applied, Governance, Sealed, Submission};
use crate::server::security::secrets::Secret;
use crate::server::security::tokens;
use crate::server::serving::ServedKey;
use crate::server::state::AppState;
use crate::server::store::api_keys::StoredApiKey;
use crate::server::store::{self, Cx};
use std::collections::HashMap;
use tokio::sync::Mutex;

/// What may be chosen of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub name: String,
    pub origins: Vec<String>,
    pub expires_at: Option<Timestamp>,
}

/// A key as people see it.
#[derive(Debug, Clone)]
pub struct KeyView {
    pub api_key: ApiKey,
    pub environment: Environment,
    /// The maker's name.
    pub made_by: String,
    pub made_at: Timestamp,
    pub last_used: Option<Timestamp>,
    /// What used it last, as far as this process knows: `curl`.
    pub caller: Option<String>,
    pub standing: Standing,
}

/// A key that was just made, with its secret, which is kept nowhere.
#[derive(Debug)]
pub struct Made {
    pub secret: Secret<String>,
    pub public_id: String,
}

/// Makes a key and returns its secret.
pub async fn create(
    governance: &Governance,
    actor: &Actor,
    (project, environment): (ProjectKey, EnvironmentKey),
    kind: ApiKeyKind,
    wanted: Wanted,
) -> Result<Made, Error> {
    let Wanted { name, origins, expires_at } = wanted;
    let command = Command::CreateApiKey { project, environment, name, kind, origins, expires_at };
    seal(governance, actor, kind, command).await
}

/// The same from a page whose form was drawn at `drawn_at`. A form that was sent before, by a double click or a reload,
/// makes no second key: the secret of the first is in the answer to the first.
pub async fn create_once(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    environment: EnvironmentKey,
    kind: ApiKeyKind,
    wanted: Wanted,
    drawn_at: Timestamp,
) -> Result<Made, Error> {
    static TURN: Mutex<()> = Mutex::const_new(());
    project.require(Role::Admin)?;
    let _turn = TURN.lock().await;
    let same = |view: &KeyView| {
        let key = &view.api_key;
        view.environment.key == environment && key.kind == kind && key.name == wanted.name.trim() && view.made_at >= drawn_at
    };
    if let Some(made) = list(state, project).await?.into_iter().find(same) {
        return Err(Error::field("", already_made(&made.api_key.public_id)));
    }
    create(&state.governance, actor, (project.key().clone(), environment), kind, wanted).await
}

fn already_made(public_id: &str) -> String {
    format!(
        "This form made a key already, {public_id}. Its secret was shown then and cannot be shown again: if you did not keep it, open {public_id} in the list and replace its secret."
    )
}

/// Makes a key like this one, which goes on for `overlap` milliseconds.
pub async fn rotate(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    key: &ApiKey,
    overlap: i64,
    expires_at: Option<Timestamp>,
) -> Result<Made, Error> {
    project.require(Role::Admin)?;
    let command = Command::RotateApiKey { project: project.key().clone(), public_id: key.public_id.clone(), overlap, expires_at };
    seal(&state.governance, actor, key.kind, command).await
}

async fn seal(governance: &Governance, actor: &Actor, kind: ApiKeyKind, command: Command) -> Result<Made, Error> {
    let (secret, public_id) = tokens::api_secret(kind.as_str()).map_err(|e| Error::Internal(e.to_string()))?;
    let sealed = Sealed::ApiSecret { public_id: public_id.clone(), secret_hash: tokens::sha256_hex(&secret) };
    governance.submit(actor, Submission::new(command).sealing(sealed)).await?;
    Ok(Made { secret: Secret::new(secret), public_id })
}

pub async fn edit(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    public_id: &str,
    wanted: Wanted,
) -> Result<Applied, Error> {
    let Wanted { name, origins, expires_at } = wanted;
    let (project, public_id) = (project.key().clone(), public_id.to_owned());
    let command = Command::EditApiKey { project, public_id, name, origins, expires_at };
    state.governance.submit(actor, Submission::new(command)).await
}

pub async fn revoke(state: &AppState, actor: &Actor, project: &OpenProject, public_id: &str) -> Result<Applied, Error> {
    let command = Command::RevokeApiKey { project: project.key().clone(), public_id: public_id.to_owned() };
    state.governance.submit(actor, Submission::new(command)).await
}

/// The keys of a project that were not revoked, by environment in its order, the oldest first.
pub async fn list(state: &AppState, project: &OpenProject) -> Result<Vec<KeyView>, Error> {
    let mut cx = state.db.read().await?;
    let names = names(&mut cx).await?;
    let mut found = Vec::new();
    for stored in store::environments::of_project(&mut cx, &project.stored.id).await? {
        let served = state.serving.environment(project.key(), &stored.environment.key);
        let served = served.as_ref().map(|snapshot| &*snapshot.keys).unwrap_or_default();
        for key in store::api_keys::of_environment(&mut cx, &stored.id).await? {
            let live = served.iter().find(|served| served.id == key.id);
            found.push(view(key, &stored.environment, live.map(AsRef::as_ref), &names, state.clock.now()));
        }
    }
    Ok(found)
}

pub async fn find(state: &AppState, project: &OpenProject, public_id: &str) -> Result<KeyView, Error> {
    let all = list(state, project).await?;
    all.into_iter().find(|view| view.api_key.public_id == public_id).ok_or(Error::NotFound("API key"))
}

async fn names(cx: &mut Cx) -> Result<HashMap<String, String>, Error> {
    let users = store::users::all(cx).await?;
    Ok(users.into_iter().map(|stored| (stored.user.email, stored.user.name)).collect())
}

fn view(
    stored: StoredApiKey,
    environment: &Environment,
    live: Option<&ServedKey>,
    names: &HashMap<String, String>,
    now: Timestamp,
) -> KeyView {
    KeyView {
        standing: stored.api_key.standing(now),
        environment: environment.clone(),
        made_by: names.get(&stored.created_by).cloned().unwrap_or(stored.created_by),
        made_at: stored.created_at,
        last_used: live.and_then(ServedKey::last_used).max(stored.last_used_at),
        caller: live.and_then(ServedKey::caller),
        api_key: stored.api_key,
    }
}

/// A key's fields as a form sends them.
#[derive(Debug, Clone, Default)]
pub struct KeyDraft {
    pub name: String,
    /// One a line.
    pub origins: String,
    /// Such as `2027-06-01`; it is included. Empty: it never expires.
    pub last_day: String,
}

impl KeyDraft {
    /// Reads the form. `present` is the expiry that the form was drawn with.
    pub fn read(&self, present: Option<Timestamp>) -> Result<Wanted, Error> {
        let origins = self.origins.split_whitespace().map(str::to_owned).collect();
        Ok(Wanted { name: self.name.trim().to_owned(), origins, expires_at: self.expires_at(present)? })
    }

    fn expires_at(&self, present: Option<Timestamp>) -> Result<Option<Timestamp>, Error> {
        let typed = self.last_day.trim();
        // A day that was not touched keeps its very moment.
        if present.is_some_and(|at| last_day(at).to_date() == typed) {
            return Ok(present);
        }
        match (typed, Timestamp::parse_date(typed)) {
            ("", _) => Ok(None),
            (_, Ok(day)) => Ok(Some(day.plus(DAY))),
            (_, Err(_)) => Err(Error::Invalid(vec![Problem::new("expires_at", "Write the last day like 2027-06-01.")])),
        }
    }
}
