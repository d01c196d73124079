//! Segments. A change may alter the answers of every flag that asks for it, in every environment where one does.

use super::{Effect, Scope, Weight, Work, document, in_project};
use crate::domain::flag::FlagKind;
use crate::domain::id::SegmentId;
use crate::domain::key::{EnvironmentKey, SegmentKey};
use crate::domain::limits;
use crate::domain::segment::Segment;
use crate::engine;
use crate::server::error::Error;
use crate::server::governance::audit::Event;
use crate::server::store::projects::StoredProject;
use crate::server::store::segments::Use;
use crate::server::store::{self, new_id};

pub async fn create(work: &mut Work<'_>, project: &StoredProject, segment: &Segment) -> Result<Effect, Error> {
    refuse_problems(segment, None)?;
    let id = SegmentId::from_text(new_id());
    let inserted = store::segments::insert(work.tx, &id, &project.id, segment, work.now).await;
    inserted.map_err(|e| match e.is_taken() {
        true => Error::field("key", format!("There already is a segment {}.", segment.key)),
        false => e.into(),
    })?;
    let event = Event { after: document(segment)?, ..in_project("segment.create", object(&segment.key), project) };
    Ok(Effect::one(event, Scope::Project, false))
}

pub async fn edit(work: &mut Work<'_>, project: &StoredProject, segment: &Segment) -> Result<Effect, Error> {
    let stored = store::segments::find(work.tx, &project.id, &segment.key).await?.ok_or(Error::NotFound("segment"))?;
    work.check_base(segment.key.as_str(), stored.version)?;
    if &stored.segment == segment {
        return Ok(Effect::nothing());
    }
    refuse_problems(segment, Some(&stored.segment))?;
    store::segments::update(work.tx, &stored.id, segment, work.now).await?;
    let event = Event {
        before: document(&stored.segment)?,
        after: document(segment)?,
        ..in_project("segment.edit", object(&segment.key), project)
    };
    let (guards, kinds) = match stored.segment.has_same_members(segment) {
        true => (Scope::Nothing, Vec::new()),
        false => touched(work, project, &stored.id).await?,
    };
    Ok(Effect { guards, ..Effect::one(event, Scope::Project, false) }.weighing(Weight::whole(kinds)))
}

/// Refused while a flag asks for it, an archived one too: restored, it would have nothing to ask.
pub async fn delete(work: &mut Work<'_>, project: &StoredProject, key: &SegmentKey) -> Result<Effect, Error> {
    let stored = store::segments::find(work.tx, &project.id, key).await?.ok_or(Error::NotFound("segment"))?;
    work.check_base(key.as_str(), stored.version)?;
    let uses = store::segments::uses(work.tx, &stored.id).await?;
    if !uses.is_empty() {
        return Err(Error::field("", format!("{key} is asked for by {}. Take it out of their rules first.", told(&uses))));
    }
    store::segments::delete(work.tx, &stored.id).await?;
    let event = Event { before: document(&stored.segment)?, ..in_project("segment.delete", object(key), project) };
    Ok(Effect::one(event, Scope::Project, false))
}

/// By compiling it as the server would, and by the limits of what is written.
fn refuse_problems(segment: &Segment, before: Option<&Segment>) -> Result<(), Error> {
    let mut problems = segment.problems();
    problems.extend(limits::of_segment(segment, before));
    problems.extend(engine::compile_segment(segment).err().unwrap_or_default());
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// The environments in which a flag that answers asks for the segment, and the kinds of such flags.
async fn touched(work: &mut Work<'_>, project: &StoredProject, id: &SegmentId) -> Result<(Scope, Vec<FlagKind>), Error> {
    let uses = store::segments::uses(work.tx, id).await?;
    let all = store::environments::of_project(work.tx, &project.id).await?;
    let is_touched = |key: &EnvironmentKey| uses.iter().any(|found| !found.is_archived && &found.environment == key);
    let mut kinds = Vec::new();
    for states in uses.chunk_by(|one, other| one.flag == other.flag).filter(|states| !states[0].is_archived) {
        let flag = store::flags::find(work.tx, &project.id, &states[0].flag).await?;
        if let Some(kind) = flag.map(|stored| stored.flag.kind).filter(|kind| !kinds.contains(kind)) {
            kinds.push(kind);
        }
    }
    let environments = all.into_iter().filter(|stored| is_touched(&stored.environment.key)).collect();
    Ok((Scope::Environments(environments), kinds))
}

/// `new_checkout (staging, production), old_flag (production, archived)`
fn told(uses: &[Use]) -> String {
    let flags: Vec<String> = uses
        .chunk_by(|one, other| one.flag == other.flag)
        .map(|states| {
            let places = states.iter().map(|state| state.environment.as_str());
            let places: Vec<&str> = places.chain(states[0].is_archived.then_some("archived")).collect();
            format!("{} ({})", states[0].flag, places.join(", "))
        })
        .collect();
    match flags.len() {
        ..=NAMED => flags.join(", "),
        count => format!("{} and {} more", flags[..NAMED].join(", "), count - NAMED),
    }
}

/// Flags that a refusal names; the page has them all.
const NAMED: usize = 10;

fn object(key: &SegmentKey) -> String {
    format!("segment:{key}")
}
