//! Flags as the engine evaluates them, straight from the database: for commands, which run beside the server and have no
//! snapshot.

use crate::domain::flag::Problem;
use crate::domain::id::{EnvironmentId, ProjectId};
use crate::domain::key::FlagKey;
use crate::domain::segment::Segment;
use crate::engine::{CompiledFlag, Segments, compile, compile_segment};
use crate::server::error::Error;
use crate::server::store::{self, Cx, StoreError};
use std::sync::Arc;

/// A flag, and what keeps its stored state from being evaluated. Then it serves its fallback variant, as in the server.
#[derive(Debug)]
pub struct Compiled {
    pub flag: CompiledFlag,
    pub problems: Vec<Problem>,
}

/// The project's segments, as conditions may ask for them.
pub async fn segments(cx: &mut Cx, project: &ProjectId) -> Result<Segments, StoreError> {
    let stored = store::segments::of_project(cx, project).await?;
    Ok(all(stored.iter().map(|stored| &stored.segment)))
}

/// Compiles segments. One that cannot be compiled is as good as absent.
pub fn all<'s>(segments: impl Iterator<Item = &'s Segment>) -> Segments {
    let compiled = |segment: &Segment| Some((segment.key.clone(), Arc::new(compile_segment(segment).ok()?)));
    segments.filter_map(compiled).collect()
}

/// A flag of an environment. Absent and archived ones are the same to who evaluates.
pub async fn flag(cx: &mut Cx, project: &ProjectId, environment: &EnvironmentId, key: &FlagKey) -> Result<Compiled, Error> {
    let stored = store::flags::find(cx, project, key).await?.filter(|stored| stored.flag.archived_at.is_none());
    let stored = stored.ok_or(Error::NotFound("flag"))?;
    let state = store::states::find(cx, &stored.id, environment).await?.ok_or(Error::NotFound("flag"))?.state;
    let compiled = match state {
        Ok(state) => compile(&stored.flag, &state, &segments(cx, project).await?),
        Err(unreadable) => Err(vec![Problem::new("", unreadable.why)]),
    };
    Ok(match compiled {
        Ok(flag) => Compiled { flag, problems: Vec::new() },
        Err(problems) => Compiled { flag: CompiledFlag::fallback(&stored.flag), problems },
    })
}
