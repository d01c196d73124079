//! Segments. A change may alter the answers of every flag that asks for it, anywhere in the project.

use super::{Effect, Scope, Work, document, in_project};
use crate::domain::id::SegmentId;
use crate::domain::limits;
use crate::domain::segment::Segment;
use crate::engine;
use crate::server::error::Error;
use crate::server::governance::audit::Event;
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, new_id};

pub async fn create(work: &mut Work<'_>, project: &StoredProject, segment: &Segment) -> Result<Effect, Error> {
    check(segment, None)?;
    let id = SegmentId::from_text(new_id());
    let inserted = store::segments::insert(work.tx, &id, &project.id, segment, work.now).await;
    inserted.map_err(|e| match e.is_taken() {
        true => Error::field("key", format!("There already is a segment {}.", segment.key)),
        false => e.into(),
    })?;
    let event = Event { after: document(segment)?, ..in_project("segment.create", object(segment), project) };
    Ok(Effect::one(event, Scope::Project, false))
}

pub async fn edit(work: &mut Work<'_>, project: &StoredProject, segment: &Segment) -> Result<Effect, Error> {
    let stored = store::segments::find(work.tx, &project.id, &segment.key).await?.ok_or(Error::NotFound("segment"))?;
    work.check_base(segment.key.as_str(), stored.version)?;
    if &stored.segment == segment {
        return Ok(Effect::nothing());
    }
    check(segment, Some(&stored.segment))?;
    store::segments::update(work.tx, &stored.id, segment, work.now).await?;
    let event = Event {
        before: document(&stored.segment)?,
        after: document(segment)?,
        ..in_project("segment.edit", object(segment), project)
    };
    Ok(Effect::one(event, Scope::Project, true))
}

/// By compiling it as the server would, and by the limits of what is written.
fn check(segment: &Segment, before: Option<&Segment>) -> Result<(), Error> {
    engine::compile_segment(segment).map_err(Error::Invalid)?;
    let problems = limits::of_segment(segment, before);
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

fn object(segment: &Segment) -> String {
    format!("segment:{}", segment.key)
}
