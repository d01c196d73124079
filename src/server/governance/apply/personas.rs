//! Personas. They ask for answers and change none.

use super::{Effect, Scope, Work, document, in_project};
use crate::domain::id::PersonaId;
use crate::domain::key::PersonaKey;
use crate::domain::persona::{Persona, kept_private};
use crate::server::error::Error;
use crate::server::governance::audit::Event;
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, new_id};

pub async fn save(work: &mut Work<'_>, project: &StoredProject, persona: &Persona) -> Result<Effect, Error> {
    let problems = persona.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    refuse_private_values(work, project, persona).await?;
    let stored = store::personas::find(work.tx, &project.id, &persona.key).await?;
    let Some(stored) = stored else {
        let id = PersonaId::from_text(new_id());
        store::personas::insert(work.tx, &id, &project.id, persona, work.now).await?;
        return event(project, "persona.create", None, Some(persona));
    };
    work.check_base(persona.key.as_str(), stored.version)?;
    if &stored.persona == persona {
        return Ok(Effect::nothing());
    }
    store::personas::update(work.tx, &stored.id, persona, work.now).await?;
    event(project, "persona.edit", Some(&stored.persona), Some(persona))
}

/// Values of private attributes are stored nowhere.
async fn refuse_private_values(work: &mut Work<'_>, project: &StoredProject, persona: &Persona) -> Result<(), Error> {
    match store::attributes::schema(work.tx, &project.id).await?.private_in(&persona.context).as_slice() {
        [] => Ok(()),
        names => Err(Error::field("context", kept_private(names))),
    }
}

pub async fn delete(work: &mut Work<'_>, project: &StoredProject, key: &PersonaKey) -> Result<Effect, Error> {
    let stored = store::personas::find(work.tx, &project.id, key).await?.ok_or(Error::NotFound("persona"))?;
    store::personas::delete(work.tx, &stored.id).await?;
    event(project, "persona.delete", Some(&stored.persona), None)
}

fn event(
    project: &StoredProject,
    action: &'static str,
    before: Option<&Persona>,
    after: Option<&Persona>,
) -> Result<Effect, Error> {
    let key = before.or(after).map(|persona| persona.key.to_string()).unwrap_or_default();
    let event = Event {
        before: before.map(document).transpose()?.flatten(),
        after: after.map(document).transpose()?.flatten(),
        ..in_project(action, format!("persona:{key}"), project)
    };
    Ok(Effect::one(event, Scope::Nothing, false))
}
