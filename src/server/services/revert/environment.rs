//! A whole environment as it was at a moment: every change that brings it back there, in an order in which they fit.

use crate::domain::actor::Person;
use crate::domain::command::Command;
use crate::domain::draft::Item;
use crate::domain::environment::Environment;
use crate::domain::flag::{Flag, Variant};
use crate::domain::id::DraftId;
use crate::domain::key::{FlagKey, ProjectKey};
use crate::domain::segment::Segment;
use crate::domain::state::State;
use crate::domain::text::listed;
use crate::domain::time::Timestamp;
use crate::domain::when;
use crate::server::error::Error;
use crate::server::services::audit::names;
use crate::server::services::drafts::bundle;
use crate::server::services::projects::OpenProject;
use crate::server::services::rewind::{self, Rewound};
use crate::server::state::AppState;
use crate::server::store::audit::RowGroup;
use crate::server::store::flags::StoredFlag;
use crate::server::store::states::StoredState;
use std::cmp::Reverse;
use std::collections::HashMap;

/// What would have to change.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub environment: Environment,
    pub items: Vec<Item>,
    /// Of each item, whose changes since it takes back.
    pub notes: Vec<String>,
    /// What stays as it is though it was different then, in a sentence each.
    pub left: Vec<String>,
    /// How many changes were made in the project since.
    pub since: u64,
}

/// What would bring an environment back to `at`.
pub async fn plan(state: &AppState, project: &OpenProject, environment: &str, at: Timestamp) -> Result<Plan, Error> {
    if at > state.clock.now() {
        return Err(Error::field("at", "That is still to come; choose a moment that has passed."));
    }
    // Of a time without the environment there is nothing to bring back: everything would be taken away.
    if let Some(made) = rewind::made_since(state, project, environment, at).await? {
        return Err(Error::field("at", format!("{environment} was made later, at {made}; choose a moment after that.")));
    }
    let rewound = rewind::environment(state, project, environment, at).await?;
    let key = project.key().clone();
    let known = names(&mut state.db.read().await?).await?;
    let planner = Planner { key, rewound, known, items: Vec::new(), left: Vec::new() };
    let compared = tokio::task::spawn_blocking(move || planner.plan());
    compared.await.map_err(|e| Error::Internal(e.to_string()))?
}

/// The same as a draft of `person`.
pub async fn propose(
    state: &AppState,
    person: &Person,
    project: &OpenProject,
    plan: Plan,
    at: Timestamp,
) -> Result<DraftId, Error> {
    let title = format!("{} as of {}", plan.environment.key, when::exact_second(at));
    bundle::make(state, person, project, title, plan.items).await
}

struct Planner {
    key: ProjectKey,
    rewound: Rewound,
    /// Names of who changed something.
    known: HashMap<String, String>,
    items: Vec<Item>,
    left: Vec<String>,
}

impl Planner {
    fn plan(mut self) -> Result<Plan, Error> {
        let unreadable = self.rewound.then.unreadable.iter();
        self.left.extend(unreadable.map(|what| format!("The {what} stays as it is: what the history has of it cannot be read.")));
        self.segments()?;
        let flags: Vec<StoredFlag> = self.rewound.present.flags.values().cloned().collect();
        for stored in &flags {
            self.flag(stored)?;
        }
        let environment = self.rewound.present.environment.environment.clone();
        let mut of_object: HashMap<&str, Vec<&RowGroup>> = HashMap::new();
        for group in &self.rewound.since {
            of_object.entry(&group.object).or_default().push(group);
        }
        of_object.values_mut().for_each(|groups| groups.sort_by_key(|group| Reverse(group.newest)));
        let notes = self.items.iter().map(|item| self.note(item, &of_object)).collect();
        let is_alone = self.items.len() == 1;
        for item in &mut self.items {
            item.revert = true;
            // What reaches further than the environment that was asked for is never taken along unseen.
            item.left_out = !is_alone && !matches!(item.command, Command::EditState { .. });
        }
        Ok(Plan { environment, items: self.items, notes, left: self.left, since: self.rewound.changes })
    }

    /// `Changed 3 times since, by Ada and Lin.`
    fn note(&self, item: &Item, of_object: &HashMap<&str, Vec<&RowGroup>>) -> String {
        let own = bundle::object(item).and_then(|object| of_object.get(object.as_str()));
        let groups: Vec<_> = own.into_iter().flatten().filter(|group| bundle::is_of(item, group)).collect();
        let mut who: Vec<String> = Vec::new();
        for group in &groups {
            let name = self.known.get(&group.actor).unwrap_or(&group.actor);
            if !who.contains(name) {
                who.push(name.clone());
            }
        }
        match groups.iter().map(|group| group.times).sum::<i64>() {
            0 => String::new(),
            1 => format!("Changed once since, by {}.", listed(&who)),
            count => format!("Changed {count} times since, by {}.", listed(&who)),
        }
    }

    /// Before the states that ask for them.
    fn segments(&mut self) -> Result<(), Error> {
        let project = || self.key.clone();
        for (key, segment) in &self.rewound.then.segments {
            let item = match self.rewound.present.segments.get(key) {
                Some(stored) if stored.segment == *segment => continue,
                Some(stored) => {
                    let command = Command::EditSegment { project: project(), segment: segment.clone() };
                    bundle::item(command, Some((&stored.segment, stored.version)))?
                }
                None => {
                    let command = Command::CreateSegment { project: project(), segment: segment.clone() };
                    bundle::item::<Segment>(command, None)?
                }
            };
            self.items.push(item);
        }
        let new = self.rewound.present.segments.keys().filter(|key| !self.rewound.then.segments.contains_key(*key));
        self.left
            .extend(new.map(|key| format!("The segment {key} was made since and stays: other environments may ask for it.")));
        Ok(())
    }

    fn flag(&mut self, stored: &StoredFlag) -> Result<(), Error> {
        let key = &stored.flag.key;
        if self.rewound.then.unreadable.contains(&format!("flag {key}")) {
            return Ok(());
        }
        let Some(then) = self.rewound.then.flags.get(key.as_str()).cloned() else {
            // Keys are never used again, so what was made since is archived and not removed.
            if stored.flag.archived_at.is_none() {
                self.definition(stored, archive(&self.key, key))?;
            }
            return Ok(());
        };
        let present = self.rewound.present.states.get(key.as_str()).cloned();
        let state = self.rewound.then.states.get(key.as_str()).cloned();
        let state = state.filter(|then| present.as_ref().is_some_and(|now| now.state.as_ref().ok() != Some(then)));
        if present.as_ref().is_some_and(|now| now.state.is_err()) {
            self.left.push(format!("What is stored of {key} cannot be read; turn it off there first, and compare again."));
            return Ok(());
        }
        let edited = Flag { archived_at: None, ..then.clone() } != Flag { archived_at: None, ..stored.flag.clone() };
        let is_archived = stored.flag.archived_at.is_some();
        let has_to_open = is_archived && (edited || state.is_some() || then.archived_at.is_none());
        if has_to_open {
            self.definition(stored, Command::RestoreFlag { project: self.key.clone(), flag: key.clone() })?;
        }
        self.edits(stored, &then, edited, state.zip(present))?;
        if then.archived_at.is_some() && (has_to_open || !is_archived) {
            self.definition(stored, archive(&self.key, key))?;
        }
        Ok(())
    }

    /// A definition and a state that go with each other, in an order in which each goes with what is there at that moment.
    fn edits(
        &mut self,
        stored: &StoredFlag,
        then: &Flag,
        edited: bool,
        state: Option<(State, StoredState)>,
    ) -> Result<(), Error> {
        let after = Flag { archived_at: None, ..then.clone() };
        let state_first = state.as_ref().is_some_and(|(state, _)| state.problems(&stored.flag).is_empty());
        let fits = state.as_ref().is_none_or(|(_, now)| now.state.as_ref().is_ok_and(|now| now.problems(&after).is_empty()));
        let edit = |flag: Flag| Command::EditFlag { project: self.key.clone(), flag };
        let (first, last) = match (edited, fits, state_first) {
            (false, ..) => (None, None),
            (true, true, _) => (Some(edit(after.clone())), None),
            (true, false, true) => (None, Some(edit(after.clone()))),
            // Neither order fits: for a moment there are the variants of both.
            (true, false, false) => (Some(edit(union(&stored.flag, &after))), Some(edit(after.clone()))),
        };
        if let Some(command) = first {
            self.definition(stored, command)?;
        }
        if let Some((state, now)) = state {
            let environment = self.rewound.then.environment.clone();
            let command = Command::EditState { project: self.key.clone(), environment, flag: then.key.clone(), state };
            let before = now.state.map_err(|e| Error::Internal(e.why))?;
            self.items.push(bundle::item(command, Some((&before, now.version)))?);
        }
        if let Some(command) = last {
            self.definition(stored, command)?;
        }
        Ok(())
    }

    fn definition(&mut self, stored: &StoredFlag, command: Command) -> Result<(), Error> {
        self.items.push(bundle::item(command, Some((&stored.flag, stored.version)))?);
        Ok(())
    }
}

fn archive(project: &ProjectKey, flag: &FlagKey) -> Command {
    Command::ArchiveFlag { project: project.clone(), flag: flag.clone() }
}

/// The definition as it was then, which still knows the variants of now.
fn union(now: &Flag, then: &Flag) -> Flag {
    let missing = now.variants.iter().filter(|variant| then.variant(&variant.name).is_none());
    let variants: Vec<Variant> = then.variants.iter().chain(missing).cloned().collect();
    Flag { variants, ..then.clone() }
}
