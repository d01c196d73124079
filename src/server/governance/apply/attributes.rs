//! The attributes that a project describes. They change no answer.

use super::{Effect, Scope, Work, document, in_project};
use crate::domain::attribute::{Attribute, Schema};
use crate::server::error::Error;
use crate::server::governance::audit::Event;
use crate::server::store;
use crate::server::store::projects::StoredProject;

pub async fn save(work: &mut Work<'_>, project: &StoredProject, attribute: &Attribute) -> Result<Effect, Error> {
    let problems = attribute.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    refuse_kept_values(work, project, attribute).await?;
    let Some(stored) = store::attributes::find(work.tx, &project.id, &attribute.name).await? else {
        store::attributes::insert(work.tx, &project.id, attribute, work.now).await?;
        return event(project, "attribute.create", None, Some(attribute));
    };
    work.check_base(&attribute.name, stored.version)?;
    if &stored.attribute == attribute {
        return Ok(Effect::nothing());
    }
    store::attributes::update(work.tx, &project.id, attribute, work.now).await?;
    event(project, "attribute.edit", Some(&stored.attribute), Some(attribute))
}

/// What is private is stored nowhere, so nothing of it may be there already.
async fn refuse_kept_values(work: &mut Work<'_>, project: &StoredProject, attribute: &Attribute) -> Result<(), Error> {
    if !attribute.private {
        return Ok(());
    }
    let alone = Schema::default().with(attribute.clone());
    let personas = store::personas::of_project(work.tx, &project.id).await?.into_iter().map(|stored| stored.persona);
    let holders: Vec<String> =
        personas.filter(|persona| !alone.private_in(&persona.context).is_empty()).map(|persona| persona.name).collect();
    match holders.as_slice() {
        [] => Ok(()),
        names => {
            let (who, them) = if names.len() == 1 { ("The persona", "it") } else { ("The personas", "them") };
            let message = format!(
                "{who} {} {} a value of {}, and private values are stored nowhere. Take it out of {them} first.",
                names.join(", "),
                if names.len() == 1 { "holds" } else { "hold" },
                attribute.name
            );
            Err(Error::field("private", message))
        }
    }
}

pub async fn delete(work: &mut Work<'_>, project: &StoredProject, name: &str) -> Result<Effect, Error> {
    let stored = store::attributes::find(work.tx, &project.id, name).await?.ok_or(Error::NotFound("attribute"))?;
    work.check_base(name, stored.version)?;
    store::attributes::delete(work.tx, &project.id, name).await?;
    event(project, "attribute.delete", Some(&stored.attribute), None)
}

fn event(
    project: &StoredProject,
    action: &'static str,
    before: Option<&Attribute>,
    after: Option<&Attribute>,
) -> Result<Effect, Error> {
    let name = before.or(after).map(|attribute| attribute.name.as_str()).unwrap_or_default();
    let event = Event {
        before: before.map(document).transpose()?.flatten(),
        after: after.map(document).transpose()?.flatten(),
        ..in_project(action, format!("attribute:{name}"), project)
    };
    Ok(Effect::one(event, Scope::Nothing, false))
}
