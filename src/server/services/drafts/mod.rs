//! Drafts: edits of a flag's state in one environment gather in a draft of whoever makes them, on the server, until they are
//! saved as one change. Leaving the page, a crash or a failed save loses nothing.

pub mod bundle;
mod list;
mod present;
pub mod promises;
pub mod rehearsal;
mod save;
mod since;
mod standing;
mod together;

pub use list::{Line, Listed, count_own, find, list, own_states};
pub use save::{detach, discard, publish, settle};
pub use since::{Since, since};
pub use standing::{Standing, standing};
pub use together::put_together;

use super::projects::OpenProject;
use super::state_edit::StateEdit;
use super::states::{self, OpenState};
use crate::domain::actor::Person;
use crate::domain::command::Command;
use crate::domain::draft::Item;
use crate::domain::id::DraftId;
use crate::domain::limits;
use crate::domain::role::Role;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::state::AppState;
use crate::server::store::drafts::StoredDraft;
use crate::server::store::{self, new_id};
use serde_json::Value;

/// A draft of one flag's state.
#[derive(Debug, Clone, PartialEq)]
pub struct StateDraft {
    pub stored: StoredDraft,
    /// What it began from.
    pub base: State,
    pub base_version: i64,
    /// What is wanted.
    pub after: State,
}

impl StateDraft {
    /// `None` for a bundle, or for what cannot be read any more.
    pub fn read(stored: StoredDraft) -> Option<Self> {
        let [Item { command: Command::EditState { state, .. }, base_version, base, .. }] = stored.items.as_slice() else {
            return None;
        };
        let base = serde_json::from_value(base.clone()).ok()?;
        Some(Self { after: state.clone(), base, base_version: (*base_version)?, stored })
    }
}

impl StateDraft {
    /// The keys of its environment and its flag.
    pub fn place(&self) -> (String, String) {
        match self.stored.items.first().map(|item| &item.command) {
            Some(Command::EditState { environment, flag, .. }) => (environment.to_string(), flag.to_string()),
            _ => Default::default(),
        }
    }
}

/// Somebody else at work on the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Other {
    pub draft: DraftId,
    pub name: String,
    pub at: Timestamp,
}

/// A flag in an environment as one person works on it.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// As it is served.
    pub live: OpenState,
    /// As it would be with this person's draft; without one the same as `live`.
    pub edited: OpenState,
    pub draft: Option<StateDraft>,
    /// Who else has a draft here.
    pub others: Vec<Other>,
    /// Who saved something here since the draft began.
    pub since: Option<Since>,
}

impl Workspace {
    /// What the page's forms send along, so that an edit made in another tab is not lost; 0 without a draft.
    pub fn draft_version(&self) -> i64 {
        self.draft.as_ref().map_or(0, |draft| draft.stored.version)
    }
}

/// What a form was drawn from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    pub base_version: Option<i64>,
    pub draft_version: Option<i64>,
}

/// Opens a flag in an environment with the draft that `person` has of it.
pub async fn open(
    state: &AppState,
    person: &Person,
    project: &OpenProject,
    environment: &str,
    flag: &str,
) -> Result<Workspace, Error> {
    let live = states::open(state, project, environment, flag)?;
    let mut cx = state.db.read().await?;
    let all = store::drafts::of_state(&mut cx, &live.served.stored.id, &live.snapshot.environment.id).await?;
    let (own, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|draft| draft.author_id == person.id);
    let users = if others.is_empty() { Vec::new() } else { store::users::all(&mut cx).await? };
    let other = |draft: StoredDraft| {
        let author = users.iter().find(|user| user.id == draft.author_id)?;
        Some(Other { draft: draft.id, name: author.user.name.clone(), at: draft.updated_at })
    };
    let others = others.into_iter().filter_map(other).collect();
    let draft = own.into_iter().next().and_then(StateDraft::read);
    let edited = draft.as_ref().map_or_else(|| live.clone(), |draft| live.with_state(draft.after.clone()));
    // The next question asks for a connection of its own.
    drop(cx);
    let since = match &draft {
        Some(draft) => since(state, person, project, draft, &live).await?,
        None => None,
    };
    Ok(Workspace { live, edited, draft, others, since })
}

/// Makes one edit in the draft of `person`, which begins with it where there is none yet.
pub async fn edit(
    state: &AppState,
    person: &Person,
    project: &OpenProject,
    workspace: &Workspace,
    seen: Seen,
    edit: StateEdit,
) -> Result<(), Error> {
    project.require(Role::Editor)?;
    refuse_archived(&workspace.live)?;
    let base = begin(state, project, workspace, seen).await?;
    let before = workspace.draft.as_ref().map_or(&base.state, |draft| &draft.after);
    let after = workspace.live.with_state(before.clone()).preview(edit)?;
    // What was wrong before must not keep anybody from mending something else.
    let known = workspace.live.problems(before);
    let all = workspace.live.problems(&after).into_iter().filter(|problem| !known.contains(problem));
    let new: Vec<_> = all.chain(limits::of_state(&after, Some(before))).collect();
    if !new.is_empty() {
        return Err(Error::Invalid(new));
    }
    write(state, person, project, workspace, base, after).await
}

/// Puts a whole state into the draft of `person`: one copied from elsewhere, or from the past.
pub async fn propose(
    state: &AppState,
    person: &Person,
    project: &OpenProject,
    workspace: &Workspace,
    after: State,
) -> Result<(), Error> {
    project.require(Role::Editor)?;
    refuse_archived(&workspace.live)?;
    if let Some(draft) = &workspace.draft {
        let (flag, environment) = (workspace.live.flag_key(), workspace.live.environment_key());
        let words = format!("You have unsaved changes of {flag} in {environment}; save or discard them first.");
        return if draft.after == after { Ok(()) } else { Err(Error::field("", words)) };
    }
    let base = Base::live(&workspace.live);
    write(state, person, project, workspace, base, after).await
}

/// Nothing of it could be saved.
fn refuse_archived(live: &OpenState) -> Result<(), Error> {
    match live.served.is_archived() {
        true => Err(Error::field("", format!("{} is archived; restore it before you change it.", live.flag_key()))),
        false => Ok(()),
    }
}

/// What a draft begins from.
struct Base {
    state: State,
    version: i64,
}

impl Base {
    fn live(live: &OpenState) -> Self {
        Self { state: State::clone(&live.served.state), version: live.served.state_version }
    }
}

/// What the page that sent an edit was drawn from. It may be older than what is live: then the draft begins there, and is
/// merged later, rather than meaning something else than what was seen.
async fn begin(state: &AppState, project: &OpenProject, workspace: &Workspace, seen: Seen) -> Result<Base, Error> {
    let (live, object) = (&workspace.live, workspace.live.flag_key().to_string());
    if let Some(base) = seen.draft_version.filter(|version| *version != workspace.draft_version()) {
        let object = format!("your draft of {object}");
        return Err(Error::Conflict { object, base, current: workspace.draft_version() });
    }
    if let Some(draft) = &workspace.draft {
        return Ok(Base { state: draft.base.clone(), version: draft.base_version });
    }
    match seen.base_version {
        Some(base) if base != live.served.state_version => match states::at_version(state, project, live, base).await? {
            Some(state) => Ok(Base { state, version: base }),
            None => Err(Error::Conflict { object, base, current: live.served.state_version }),
        },
        _ => Ok(Base::live(live)),
    }
}

async fn write(
    state: &AppState,
    person: &Person,
    project: &OpenProject,
    workspace: &Workspace,
    base: Base,
    after: State,
) -> Result<(), Error> {
    let item = item(project, &workspace.live, &base.state, base.version, &after)?;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    let written = match &workspace.draft {
        // Edits that took each other back leave nothing to save.
        Some(draft) if after == draft.base => store::drafts::delete(&mut tx, &draft.stored.id, draft.stored.version).await?,
        Some(draft) => store::drafts::update(&mut tx, &draft.stored.id, draft.stored.version, &[item], now).await?,
        None if after == base.state => true,
        None => {
            let (flag, environment) = (&workspace.live.served.stored, &workspace.live.snapshot.environment);
            let title = format!("{} in {}", flag.flag.key, environment.environment.key);
            let draft = StoredDraft {
                id: DraftId::from_text(new_id()),
                project_id: project.stored.id.clone(),
                author_id: person.id.clone(),
                place: Some((flag.id.clone(), environment.id.clone())),
                title,
                items: vec![item],
                // Not 1: a page of the draft before, which is saved and gone, must not be taken for one of this.
                version: now.millis(),
                created_at: now,
                updated_at: now,
                request: None,
            };
            match store::drafts::insert(&mut tx, &draft).await {
                Err(error) if error.is_taken() => false,
                inserted => inserted.map(|()| true)?,
            }
        }
    };
    if !written {
        let current = workspace.draft_version();
        return Err(Error::Conflict {
            object: format!("your draft of {}", workspace.live.flag_key()),
            base: current,
            current: current + 1,
        });
    }
    tx.commit().await?;
    Ok(())
}

fn item(project: &OpenProject, live: &OpenState, base: &State, version: i64, after: &State) -> Result<Item, Error> {
    let command = Command::EditState {
        project: project.key().clone(),
        environment: live.environment_key().clone(),
        flag: live.flag_key().clone(),
        state: after.clone(),
    };
    Ok(Item { command, base_version: Some(version), base: document(base)?, revert: false, left_out: false })
}

pub(in crate::server::services) fn document<T: serde::Serialize>(value: &T) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(|e| Error::Internal(e.to_string()))
}
