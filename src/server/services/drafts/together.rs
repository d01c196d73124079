//! Several drafts put together into one bundle, to be looked at, approved and saved as one change.

use super::bundle;
use crate::domain::actor::Person;
use crate::domain::draft::Item;
use crate::domain::id::DraftId;
use crate::domain::role::Role;
use crate::server::error::Error;
use crate::server::services::projects::OpenProject;
use crate::server::state::AppState;
use crate::server::store;
use crate::server::store::drafts::StoredDraft;
use std::collections::HashSet;

/// Makes one draft of those at `ids`, in their order, which it takes the place of. They are the person's own.
pub async fn put_together(
    state: &AppState,
    person: &Person,
    project: &OpenProject,
    ids: &[&str],
    title: &str,
) -> Result<DraftId, Error> {
    project.require(Role::Editor)?;
    let mut tx = state.db.begin().await?;
    let mut found: Vec<StoredDraft> = Vec::with_capacity(ids.len());
    for id in ids {
        let draft = store::drafts::find(&mut tx, &DraftId::from_text(*id)).await?;
        let draft = draft.filter(|draft| draft.project_id == project.stored.id).ok_or(Error::NotFound("draft"))?;
        if found.iter().all(|other| other.id != draft.id) {
            found.push(draft);
        }
    }
    fit(&found, person)?;
    for draft in &found {
        store::drafts::delete(&mut tx, &draft.id, draft.version).await?;
    }
    let items = found.into_iter().flat_map(|draft| draft.items).collect();
    let title = if title.is_empty() { "Release bundle" } else { title };
    let bundle = bundle::new(state, person, project, title, items)?;
    store::drafts::insert(&mut tx, &bundle).await?;
    tx.commit().await?;
    Ok(bundle.id)
}

/// Whether they make one change.
fn fit(drafts: &[StoredDraft], person: &Person) -> Result<(), Error> {
    if drafts.len() < 2 {
        return Err(Error::field("", "Tick at least two of your drafts to put them together."));
    }
    if let Some(other) = drafts.iter().find(|draft| draft.author_id != person.id) {
        return Err(Error::Forbidden(format!("“{}” is somebody else's draft: only its author can move it.", other.title)));
    }
    if let Some(edit) = drafts.iter().find(|draft| draft.request.is_some()) {
        let words = format!("“{}” edits a change request, into which it goes back: save or discard it by itself.", edit.title);
        return Err(Error::field("", words));
    }
    let mut targets = HashSet::new();
    let items = drafts.iter().flat_map(|draft| &draft.items);
    let twice = |item: &&Item| bundle::target(item).is_some_and(|target| !targets.insert(target));
    match { items }.find(twice) {
        Some(item) => {
            let words = format!("Two of them would do this, each its own way: {}. Leave one out.", bundle::order(item));
            Err(Error::field("", words))
        }
        None => Ok(()),
    }
}
