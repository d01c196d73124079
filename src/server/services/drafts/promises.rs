//! What personas are promised, held against flags as a draft would leave them.

use crate::domain::attribute::Schema;
use crate::domain::flag::Flag;
use crate::domain::id::{EnvironmentId, ProjectId};
use crate::domain::key::{EnvironmentKey, FlagKey, VariantName};
use crate::domain::persona::Persona;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::engine::{CompiledFlag, Segments, compile};
use crate::server::error::Error;
use crate::server::services::compiled;
use crate::server::services::expectations::{Checked, Standing, of_persona, standing};
use crate::server::services::projects::OpenProject;
use crate::server::services::trials::answer;
use crate::server::serving::Snapshot;
use crate::server::store::{self, Cx};
use std::collections::HashMap;
use std::sync::Arc;

/// An expectation of a persona that is kept.
#[derive(Debug, Clone)]
pub struct Promise {
    persona: Persona,
    environment: EnvironmentKey,
    flag: FlagKey,
    expected: VariantName,
}

/// All expectations of `personas` that are kept as things are.
pub fn kept(snapshots: &[Arc<Snapshot>], personas: &[Persona], role: Role, schema: &Schema, now: Timestamp) -> Vec<Promise> {
    let of = |persona: &Persona| {
        let checked = of_persona(snapshots, persona, role, schema, now).into_iter();
        let kept = checked.filter(|checked| checked.standing == Standing::Kept);
        let promise = |checked: Checked| {
            let Checked { environment, flag, expected, .. } = checked;
            Promise { persona: persona.clone(), environment, flag, expected }
        };
        kept.map(promise).collect::<Vec<_>>()
    };
    personas.iter().flat_map(of).collect()
}

/// An expectation that is kept as things are and would not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The persona's name.
    pub persona: String,
    pub environment: EnvironmentKey,
    pub flag: FlagKey,
    pub expected: VariantName,
    /// The variant they would get; empty where they would get none.
    pub gets: String,
}

/// What becomes of the expectations that are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Promises {
    pub kept: usize,
    pub broken: Vec<Broken>,
}

impl Promises {
    /// `1 persona would not get what it should`; none where nothing is expected.
    pub fn summary(&self) -> Option<String> {
        let mut names: Vec<&str> = self.broken.iter().map(|broken| broken.persona.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        match (names.len(), self.kept) {
            (0, 0) => None,
            (0, _) => Some("Every persona would still get what it should".to_owned()),
            (1, _) => Some("1 persona would not get what it should any more".to_owned()),
            (count, _) => Some(format!("{count} personas would not get what they should any more")),
        }
    }
}

/// Holds the promises against the flags of another world, such as the transaction of a rehearsal.
pub async fn after(
    world: &mut Cx,
    project: &OpenProject,
    promises: Vec<Promise>,
    schema: &Schema,
    now: Timestamp,
) -> Result<Promises, Error> {
    let mut found = Promises::default();
    if promises.is_empty() {
        return Ok(found);
    }
    let id = &project.stored.id;
    let segments = compiled::segments(world, id).await?;
    let environments = store::environments::of_project(world, id).await?;
    let mut flags: HashMap<(EnvironmentKey, FlagKey), Option<(Flag, CompiledFlag)>> = HashMap::new();
    for Promise { persona, environment, flag, expected } in promises {
        let place = (environment.clone(), flag.clone());
        if !flags.contains_key(&place) {
            let place_id = environments.iter().find(|stored| stored.environment.key == environment).map(|stored| &stored.id);
            let answering = match place_id {
                Some(place_id) => answering(world, id, place_id, &flag, &segments).await?,
                None => None,
            };
            flags.insert(place.clone(), answering);
        }
        let gets = flags.get(&place).and_then(Option::as_ref).and_then(|(definition, compiled)| {
            let answer = answer(compiled, persona.context.clone(), project.role, schema, now);
            let standing = standing(&expected, definition, &answer);
            answer.ok().map(|answer| (standing == Standing::Kept, answer.variant))
        });
        match gets {
            Some((true, _)) => found.kept += 1,
            gets => {
                let gets = gets.map(|(_, variant)| variant).unwrap_or_default();
                found.broken.push(Broken { persona: persona.name, environment, flag, expected, gets });
            }
        }
    }
    Ok(found)
}

/// A flag as it answers in that world; none where it answers nobody.
async fn answering(
    world: &mut Cx,
    project: &ProjectId,
    environment: &EnvironmentId,
    key: &FlagKey,
    segments: &Segments,
) -> Result<Option<(Flag, CompiledFlag)>, Error> {
    let stored = store::flags::find(world, project, key).await?.filter(|stored| stored.flag.archived_at.is_none());
    let Some(stored) = stored else { return Ok(None) };
    let state = store::states::find(world, &stored.id, environment).await?.and_then(|found| found.state.ok());
    let compiled = state.and_then(|state| compile(&stored.flag, &state, segments).ok());
    let compiled = compiled.unwrap_or_else(|| CompiledFlag::fallback(&stored.flag));
    Ok(Some((stored.flag, compiled)))
}
