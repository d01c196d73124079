//! What personas should get, held against what a file would make of the flags: those of the file itself, and with a project the
//! stored ones too.

use crate::domain::attribute::Schema;
use crate::domain::flag::Flag;
use crate::domain::key::{EnvironmentKey, FlagKey, VariantName};
use crate::domain::persona::Persona;
use crate::domain::role::Role;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::engine::{Segments, compile};
use crate::server::services::contents::Contents;
use crate::server::services::expectations::{Standing, standing};
use crate::server::services::flag_file::long::{Expected, LongFile};
use crate::server::services::flag_file::{self, Finding, FlagFile, ImportedFlag, Place};
use crate::server::services::nearest::did_you_mean;
use crate::server::services::trials::answer;
use std::collections::{BTreeSet, HashMap};

/// What was found: answers that are not as expected, and expectations that name what is not there.
#[derive(Debug, Default)]
pub struct Found {
    pub broken: Vec<Finding>,
    pub unknown: Vec<Finding>,
}

/// Holds every expectation against the file's flags over those of the project.
pub fn check(file: &LongFile, contents: Option<&Contents>, now: Timestamp) -> Found {
    let world = World::of(file, contents, now);
    let mut found = Found::default();
    for expected in &file.expected {
        let persona = file.document.personas.iter().find(|persona| persona.key == expected.persona);
        persona.into_iter().for_each(|persona| world.check_own(persona, expected, &mut found));
    }
    let stored = contents.into_iter().flat_map(|contents| &contents.personas).map(|stored| &stored.persona);
    // One that the file has too is as the file says.
    let others = stored.filter(|persona| file.document.personas.iter().all(|own| own.key != persona.key));
    let place = |flag: &FlagKey, environment: &EnvironmentKey| {
        let at = file.states.get(&(flag.clone(), environment.clone()))?;
        Some((*at, format!("flags.{flag}.environments.{environment}")))
    };
    others.for_each(|persona| world.check_stored(place, persona, &mut found.broken));
    for findings in [&mut found.broken, &mut found.unknown] {
        findings.sort_by_key(|finding| finding.at);
    }
    found
}

/// The same of a file in the short form, which says nothing of personas: those of the project in the environment it is meant for.
pub fn check_short(file: &FlagFile, contents: &Contents, environment: &EnvironmentKey, now: Timestamp) -> Vec<Finding> {
    let stored = |key: &FlagKey| contents.flags.iter().find(|stored| stored.flag.key == *key);
    let after = |imported: &ImportedFlag| {
        stored(&imported.flag.key).map_or_else(|| imported.flag.clone(), |stored| flag_file::merge(&stored.flag, imported))
    };
    let flags: Vec<Flag> = file.flags.iter().map(after).collect();
    let segments = contents.compiled_segments();
    let mut world = World::empty(&segments, NOWHERE, now);
    world.add_stored(contents);
    for (flag, imported) in flags.iter().zip(&file.flags) {
        world.definitions.insert(&flag.key, flag);
        world.states.insert((&flag.key, environment), &imported.state);
    }
    let place = |flag: &FlagKey, place: &EnvironmentKey| {
        let imported = file.flags.iter().find(|imported| imported.flag.key == *flag && place == environment)?;
        Some((Place { line: imported.line, column: 1 }, format!("flags.{flag}")))
    };
    let mut broken = Vec::new();
    contents.personas.iter().for_each(|stored| world.check_stored(place, &stored.persona, &mut broken));
    broken.sort_by_key(|finding| finding.at);
    broken
}

const NOWHERE: &str = "Neither the file nor the project has";

/// The flags as they would be.
struct World<'w> {
    definitions: HashMap<&'w FlagKey, &'w Flag>,
    states: HashMap<(&'w FlagKey, &'w EnvironmentKey), &'w State>,
    environments: BTreeSet<&'w EnvironmentKey>,
    segments: &'w Segments,
    /// Where a name that is nowhere is missing.
    place: &'static str,
    now: Timestamp,
}

impl<'w> World<'w> {
    fn of(file: &'w LongFile, contents: Option<&'w Contents>, now: Timestamp) -> Self {
        let place = if contents.is_some() { NOWHERE } else { "The file has" };
        let mut world = Self::empty(&file.segments, place, now);
        contents.into_iter().for_each(|contents| world.add_stored(contents));
        world.environments.extend(file.document.environments.iter().map(|environment| &environment.key));
        for flag in &file.document.flags {
            world.definitions.insert(&flag.flag.key, &flag.flag);
            for (environment, state) in &flag.states {
                world.environments.insert(environment);
                world.states.insert((&flag.flag.key, environment), state);
            }
        }
        world
    }

    fn empty(segments: &'w Segments, place: &'static str, now: Timestamp) -> Self {
        Self { definitions: HashMap::new(), states: HashMap::new(), environments: BTreeSet::new(), segments, place, now }
    }

    fn add_stored(&mut self, contents: &'w Contents) {
        self.environments.extend(contents.environments.iter().map(|stored| &stored.environment.key));
        for stored in &contents.flags {
            self.definitions.insert(&stored.flag.key, &stored.flag);
            for environment in contents.environments.iter().map(|stored| &stored.environment.key) {
                let state = contents.state(environment, &stored.id).and_then(|found| found.state.as_ref().ok());
                self.states.extend(state.map(|state| ((&stored.flag.key, environment), state)));
            }
        }
    }

    fn check_own(&self, persona: &Persona, expected: &Expected, found: &mut Found) {
        let Expected { environment, flag, variant, at, path, .. } = expected;
        match self.standing(persona, environment, flag, variant) {
            Standing::Kept => {}
            Standing::Unknown(why) => found.unknown.push(Finding::new(*at, path, why)),
            broken @ Standing::Broken { .. } => found.broken.push(Finding::new(*at, path, said(persona, variant, broken))),
        }
    }

    /// What the file does not describe, and so has no place for, is not its fault.
    fn check_stored(
        &self,
        place: impl Fn(&FlagKey, &EnvironmentKey) -> Option<(Place, String)>,
        persona: &Persona,
        broken: &mut Vec<Finding>,
    ) {
        for (environment, flags) in &persona.expect {
            for (flag, variant) in flags {
                let Some((at, path)) = place(flag, environment) else { continue };
                if let standing @ Standing::Broken { .. } = self.standing(persona, environment, flag, variant) {
                    broken.push(Finding::new(at, path, said(persona, variant, standing)));
                }
            }
        }
    }

    fn standing(&self, persona: &Persona, environment: &EnvironmentKey, flag: &FlagKey, variant: &VariantName) -> Standing {
        if !self.environments.contains(environment) {
            let hint = did_you_mean(environment.as_str(), self.environments.iter().map(|key| key.as_str()));
            return Standing::Unknown(format!(
                "{} no environment {environment}, so nothing can be expected of it.{hint}",
                self.place
            ));
        }
        let Some(definition) = self.definitions.get(flag) else {
            let hint = did_you_mean(flag.as_str(), self.definitions.keys().map(|key| key.as_str()));
            return Standing::Unknown(format!("{} no flag {flag}, so nothing can be expected of it.{hint}", self.place));
        };
        if definition.archived_at.is_some() {
            return Standing::Unknown(format!("{flag} is archived and answers nobody."));
        }
        let state = self.states.get(&(flag, environment)).copied().cloned().unwrap_or_else(|| State::initial(definition));
        match compile(definition, &state, self.segments) {
            // Of the project alone: one of the file would have been refused before.
            Err(_) => Standing::Unknown(format!("{flag} is faulty in {environment}, so its answer is not known.")),
            Ok(compiled) => {
                // What a finding says of an answer names no value of the context.
                let schema = Schema::default();
                let answer = answer(&compiled, persona.context.clone(), Role::Editor, &schema, self.now);
                standing(variant, definition, &answer)
            }
        }
    }
}

/// `Pro in Norway expects on, gets off. Serves off, because the flag is off here.`
fn said(persona: &Persona, variant: &VariantName, standing: Standing) -> String {
    let (name, expected) = (&persona.name, variant);
    match standing {
        Standing::Broken { gets, why } if gets.is_empty() => format!("{name} expects {expected}, gets nothing. {why}"),
        Standing::Broken { gets, why } => format!("{name} expects {expected}, gets {gets}. {why}"),
        Standing::Kept | Standing::Unknown(_) => String::new(),
    }
}
