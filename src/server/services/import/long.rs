//! The long form against a project: a command for whatever differs, settings first, then the flags of each environment.

use super::compare::{basis, object, rows, step};
use super::{ObjectChange, Prepared, Step, no_such_environment};
use crate::domain::command::Command;
use crate::domain::environment::Environment;
use crate::domain::flag::Flag;
use crate::domain::key::{EnvironmentKey, FlagKey, ProjectKey};
use crate::domain::project::Project;
use crate::domain::state::State;
use crate::server::error::Error;
use crate::server::services::contents::Contents;
use crate::server::services::flag_file::document::{Document, DocumentFlag};
use crate::server::services::flag_file::long::LongFile;
use crate::server::store::flags::StoredFlag;
use std::collections::HashMap;

/// `only` picks the settings and states of one environment out of the file.
pub fn compare(file: LongFile, contents: &Contents, only: Option<EnvironmentKey>) -> Result<Prepared, Error> {
    let document = picked(file.document, only.as_ref())?;
    let mut plan = Plan { contents, project: contents.project.project.key.clone(), changes: Vec::new(), steps: Vec::new() };
    plan.settings(&document)?;
    plan.environments(&document.environments, only.is_none())?;
    plan.teams(&document)?;
    plan.segments(&document)?;
    // What a persona holds leaves before its attribute becomes private, and comes after it is so no more.
    plan.attributes(&document, false)?;
    plan.personas(&document)?;
    plan.attributes(&document, true)?;
    let flags = document.flags.len();
    let changed = plan.flags(document)?;
    let (warnings, same) = (file.warnings, flags - changed);
    Ok(Prepared {
        project: plan.project,
        environment: only,
        flags,
        same,
        changes: plan.changes,
        warnings,
        steps: plan.steps,
        asked: Vec::new(),
    })
}

fn picked(document: Document, only: Option<&EnvironmentKey>) -> Result<Document, Error> {
    let Some(only) = only else { return Ok(document) };
    let named = document.environments.iter().map(|one| &one.key);
    let mut named: Vec<&str> = named
        .chain(document.flags.iter().flat_map(|flag| flag.states.iter().map(|(key, _)| key)))
        .map(EnvironmentKey::as_str)
        .collect();
    named.sort_unstable();
    named.dedup();
    if !named.contains(&only.as_str()) {
        return Err(no_such_environment(only, &named));
    }
    let environments = document.environments.into_iter().filter(|one| &one.key == only).collect();
    let flags = document.flags.into_iter().map(|mut flag| {
        flag.states.retain(|(key, _)| key == only);
        flag
    });
    Ok(Document { environments, flags: flags.collect(), ..document })
}

struct Plan<'c> {
    contents: &'c Contents,
    project: ProjectKey,
    changes: Vec<ObjectChange>,
    steps: Vec<Step>,
}

impl Plan<'_> {
    fn settings(&mut self, document: &Document) -> Result<(), Error> {
        let (Some(settings), stored) = (&document.project, &self.contents.project) else { return Ok(()) };
        let (name, naming_pattern) = (settings.name.clone(), settings.naming_pattern.clone());
        // Plans that are left out say nothing: a file from before there were any takes none away.
        let plans = if settings.plans.is_empty() { stored.project.plans.clone() } else { settings.plans.clone() };
        let kinds = settings.kinds.clone().whole();
        let after = Project { key: self.project.clone(), name, naming_pattern, kinds, plans };
        if after != stored.project {
            self.changes.push(object("project", after.key.as_str(), Some(&stored.project), &after)?);
            self.steps.push(step(Command::EditProject { project: after }, Some(stored.version)));
        }
        Ok(())
    }

    fn environments(&mut self, wanted: &[Environment], in_order: bool) -> Result<(), Error> {
        let mut order: Vec<EnvironmentKey> = self.contents.environments.iter().map(|one| one.environment.key.clone()).collect();
        for environment in wanted {
            let project = self.project.clone();
            let Some(stored) = self.contents.environment(&environment.key) else {
                order.push(environment.key.clone());
                self.changes.push(object("environment", environment.key.as_str(), None, environment)?);
                self.steps.push(step(Command::CreateEnvironment { project, environment: environment.clone() }, None));
                continue;
            };
            // A policy that is left out says nothing: no file takes one away by not knowing of it.
            let stays = environment.policy.is_usual();
            let policy = if stays { stored.environment.policy.clone() } else { environment.policy.clone() };
            let after = Environment { position: stored.environment.position, policy, ..environment.clone() };
            if after != stored.environment {
                self.changes.push(object("environment", after.key.as_str(), Some(&stored.environment), &after)?);
                let command = Command::EditEnvironment { project, environment: after };
                self.steps.push(step(command, Some(stored.version)));
            }
        }
        if in_order { self.order(wanted, &order) } else { Ok(()) }
    }

    /// Puts the file's environments into its order, at the places that they have between them.
    fn order(&mut self, wanted: &[Environment], present: &[EnvironmentKey]) -> Result<(), Error> {
        let mut next = wanted.iter().map(|one| one.key.clone());
        let is_wanted = |key: &EnvironmentKey| wanted.iter().any(|one| &one.key == key);
        let ordered =
            |key: &EnvironmentKey| if is_wanted(key) { next.next().unwrap_or_else(|| key.clone()) } else { key.clone() };
        let order: Vec<EnvironmentKey> = present.iter().map(ordered).collect();
        if order != present {
            let named = |keys: &[EnvironmentKey]| serde_json::json!({ "environments": keys });
            self.changes.push(object("order of", "environments", Some(&named(present)), &named(&order))?);
            self.steps.push(step(Command::OrderEnvironments { project: self.project.clone(), order }, None));
        }
        Ok(())
    }

    fn teams(&mut self, document: &Document) -> Result<(), Error> {
        for team in &document.teams {
            let stored = self.contents.teams.iter().find(|stored| stored.team.key == team.key);
            let (project, team) = (self.project.clone(), team.clone());
            if stored.is_some_and(|stored| stored.team == team) {
                continue;
            }
            self.changes.push(object("team", team.key.as_str(), stored.map(|stored| &stored.team), &team)?);
            self.steps.push(match stored {
                Some(stored) => step(Command::EditTeam { project, team }, Some(stored.version)),
                None => step(Command::CreateTeam { project, team }, None),
            });
        }
        Ok(())
    }

    fn segments(&mut self, document: &Document) -> Result<(), Error> {
        for segment in &document.segments {
            let stored = self.contents.segments.iter().find(|stored| stored.segment.key == segment.key);
            let (project, segment) = (self.project.clone(), segment.clone());
            if stored.is_some_and(|stored| stored.segment == segment) {
                continue;
            }
            self.changes.push(object("segment", segment.key.as_str(), stored.map(|stored| &stored.segment), &segment)?);
            self.steps.push(match stored {
                Some(stored) => step(Command::EditSegment { project, segment }, Some(stored.version)),
                None => step(Command::CreateSegment { project, segment }, None),
            });
        }
        Ok(())
    }

    fn personas(&mut self, document: &Document) -> Result<(), Error> {
        for persona in &document.personas {
            let stored = self.contents.personas.iter().find(|stored| stored.persona.key == persona.key);
            if stored.is_some_and(|stored| stored.persona == *persona) {
                continue;
            }
            self.changes.push(object("persona", persona.key.as_str(), stored.map(|stored| &stored.persona), persona)?);
            let command = Command::SavePersona { project: self.project.clone(), persona: persona.clone() };
            self.steps.push(step(command, stored.map(|stored| stored.version)));
        }
        Ok(())
    }

    /// Those that are private, or the others.
    fn attributes(&mut self, document: &Document, private: bool) -> Result<(), Error> {
        for attribute in document.attributes.iter().filter(|attribute| attribute.private == private) {
            let stored = self.contents.attributes.iter().find(|stored| stored.attribute.name == attribute.name);
            if stored.is_some_and(|stored| stored.attribute == *attribute) {
                continue;
            }
            self.changes.push(object("attribute", &attribute.name, stored.map(|stored| &stored.attribute), attribute)?);
            let command = Command::SaveAttribute { project: self.project.clone(), attribute: attribute.clone() };
            self.steps.push(step(command, stored.map(|stored| stored.version)));
        }
        Ok(())
    }

    /// The environments as they are once the settings are in force, in their order.
    fn after(&self, document: &Document) -> Vec<Environment> {
        let named = |key: &EnvironmentKey| document.environments.iter().find(|one| &one.key == key);
        let present = self.contents.environments.iter().map(|stored| &stored.environment);
        let present = present.map(|one| named(&one.key).unwrap_or(one)).cloned();
        let new = document.environments.iter().filter(|one| self.contents.environment(&one.key).is_none()).cloned();
        present.chain(new).collect()
    }

    /// Returns how many flags change.
    fn flags(&mut self, document: Document) -> Result<usize, Error> {
        let after = self.after(&document);
        let mut imports: Vec<Import> = after.iter().map(Import::of).collect();
        // Definitions travel with the states of one environment: of those that the file describes, the least protected, so
        // that nobody has to confirm a new description in production.
        let described = |key: &EnvironmentKey| document.flags.iter().any(|flag| flag.states.iter().any(|(name, _)| name == key));
        let carriers = (0..after.len()).filter(|at| described(&after[*at].key));
        let carrier = carriers.min_by_key(|at| after[*at].protection).unwrap_or(0);
        let stored: HashMap<&FlagKey, &StoredFlag> = self.contents.flags.iter().map(|one| (&one.flag.key, one)).collect();
        let mut changed = 0;
        for flag in document.flags {
            let before = stored.get(&flag.flag.key).copied();
            if let Some(change) = self.flag(flag, before, &mut imports, carrier)? {
                self.changes.push(change);
                changed += 1;
            }
        }
        let project = self.project.clone();
        // The definitions go first, so that the states of the other environments find the variants they name.
        imports.swap(0, carrier);
        self.steps.extend(imports.into_iter().filter_map(|import| import.step(&project)));
        Ok(changed)
    }

    /// Puts a flag into the imports of the environments where it differs.
    fn flag(
        &self,
        document: DocumentFlag,
        before: Option<&StoredFlag>,
        imports: &mut [Import],
        carrier: usize,
    ) -> Result<Option<ObjectChange>, Error> {
        let DocumentFlag { flag, states } = document;
        let initial = State::initial(before.map_or(&flag, |stored| &stored.flag));
        let defines = before.is_none_or(|stored| stored.flag != flag);
        let mut differing = Vec::new();
        for (at, import) in imports.iter_mut().enumerate() {
            let wanted = states.iter().find(|(key, _)| *key == import.environment.key).map(|(_, state)| state);
            let kept = before.and_then(|stored| self.contents.state(&import.environment.key, &stored.id));
            // A state that cannot be read is no state.
            let present = match kept {
                Some(kept) => kept.state.as_ref().ok(),
                None => Some(&initial),
            };
            let differs = wanted.is_some() && wanted != present;
            if differs {
                let shown = before.and(present);
                differing.push((import.environment.key.clone(), rows(shown, wanted.unwrap_or(&initial))?));
            }
            if differs || (defines && at == carrier) {
                let state = wanted.or(present).unwrap_or(&initial);
                import.flags.push((flag.clone(), state.clone()));
                // A definition that this change raises has another version when the next import comes.
                let base = before.filter(|_| !defines || at == carrier);
                import.base_states.extend(kept.map(|state| (flag.key.clone(), state.version)));
                import.base_versions.extend(base.map(|stored| (stored.flag.key.clone(), stored.version)));
                import.basis.extend(before.map(|stored| basis(self.contents, &import.environment.key, stored)));
            }
        }
        if !defines && differing.is_empty() {
            return Ok(None);
        }
        let definition = if defines { rows(before.map(|stored| &stored.flag), &flag)? } else { Vec::new() };
        let (key, is_new) = (flag.key.to_string(), before.is_none());
        Ok(Some(ObjectChange { noun: "flag", key, is_new, definition, states: differing }))
    }
}

/// The flags that differ in one environment.
struct Import {
    environment: Environment,
    flags: Vec<(Flag, State)>,
    basis: Vec<String>,
    /// The definitions that the file was compared with.
    base_versions: Vec<(FlagKey, i64)>,
    base_states: Vec<(FlagKey, i64)>,
}

impl Import {
    fn of(environment: &Environment) -> Self {
        Self {
            environment: environment.clone(),
            flags: Vec::new(),
            basis: Vec::new(),
            base_versions: Vec::new(),
            base_states: Vec::new(),
        }
    }

    fn step(self, project: &ProjectKey) -> Option<Step> {
        if self.flags.is_empty() {
            return None;
        }
        let (project, environment, basis) = (project.clone(), self.environment.key.clone(), self.basis.clone());
        let Self { flags, base_versions, base_states, .. } = self;
        let command = Command::Import { project, environment, flags, base_versions, base_states };
        Some(Step { command, base_version: None, basis })
    }
}
