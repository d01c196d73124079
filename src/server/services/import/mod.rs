//! Importing a flag file: read it, show what it would change, then change all of it or nothing.

mod compare;
mod long;
mod promises;
mod short;

pub use super::confirmation::{Asks, Confirmation};

use super::contents::{self, Contents};
use super::flag_file::{self, File, Finding, Present, Setting};
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::diff::DiffRow;
use crate::domain::environment::Environment;
use crate::domain::flag::{Flag, Owner};
use crate::domain::id::UserId;
use crate::domain::key::{EnvironmentKey, FlagKey, ProjectKey};
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::engine::Segments;
use crate::server::error::{Confirm, Error};
use crate::server::governance::{Governance, Submission};
use crate::server::security::tokens::sha256_hex;
use crate::server::services::nearest::did_you_mean;
use crate::server::store::{Db, StoreError};
use std::collections::HashMap;

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be taken; everything that is wrong with it.
    #[error("{} findings in the flag file", .0.len())]
    File(Vec<Finding>),
    /// The short form says nothing of where its states belong.
    #[error("the short form describes the flags of one environment; name it")]
    NoEnvironment,
    #[error(transparent)]
    Other(#[from] Error),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Other(error.into())
    }
}

/// A file that can be imported, and what it would change.
#[derive(Debug)]
pub struct Prepared {
    pub project: ProjectKey,
    /// The environment that was named.
    pub environment: Option<EnvironmentKey>,
    /// How many flags the file has, and how many of them stay as they are.
    pub flags: usize,
    pub same: usize,
    /// What would change, in the order in which it would be done.
    pub changes: Vec<ObjectChange>,
    pub warnings: Vec<Finding>,
    steps: Vec<Step>,
    /// What the policy asks for, step by step.
    asked: Vec<Option<Confirm>>,
}

/// One command, and what it was compared with.
#[derive(Debug)]
struct Step {
    command: Command,
    base_version: Option<i64>,
    /// The versions it was compared with, such as `flag new_checkout 3`.
    basis: Vec<String>,
}

/// What becomes of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectChange {
    /// `flag`, `environment`, `team`, …
    pub noun: &'static str,
    pub key: String,
    pub is_new: bool,
    pub definition: Vec<DiffRow>,
    /// Of a flag: what changes in each environment.
    pub states: Vec<(EnvironmentKey, Vec<DiffRow>)>,
}

/// Reads `bytes` and compares it with the project. The short form describes the states of the environment that is named;
/// the long form describes those it has, of which a named environment picks one. Shows states, so it asks for the right to
/// change them. A person's import is rehearsed, to know what it asks for; the console is never asked.
pub async fn prepare(
    db: &Db,
    governance: &Governance,
    actor: &Actor,
    project: &ProjectKey,
    environment: Option<&EnvironmentKey>,
    bytes: Vec<u8>,
    now: Timestamp,
) -> Result<Prepared, ImportError> {
    let contents = contents::load(db, actor, project).await?;
    if contents.role < Role::Editor {
        return Err(Error::Forbidden(format!("That needs the role editor; yours is {}.", contents.role.as_str())).into());
    }
    let (author, environment) = (actor.clone(), environment.cloned());
    // Reading and comparing thousands of flags is work for a thread that answers nobody.
    let work = move || compared(&contents, &author, environment, &bytes, now);
    let prepared = tokio::task::spawn_blocking(work).await.map_err(|e| Error::Internal(e.to_string()))??;
    Ok(if matches!(actor, Actor::Person(_)) { prepared.rehearsed(governance, actor).await? } else { prepared })
}

fn compared(
    contents: &Contents,
    actor: &Actor,
    environment: Option<EnvironmentKey>,
    bytes: &[u8],
    now: Timestamp,
) -> Result<Prepared, ImportError> {
    let segments = contents.compiled_segments();
    let setting = setting(Some(contents), actor, &segments, now);
    let prepared = match flag_file::parse(bytes, &setting).map_err(ImportError::File)? {
        File::Short(file) => {
            let key = environment.ok_or(ImportError::NoEnvironment)?;
            short::compare(file, contents, &setting, known(contents, &key)?)?
        }
        File::Long(file) => {
            let found = promises::check(&file, Some(contents), now);
            let mut prepared = long::compare(*file, contents, environment)?;
            // An import may mean to change what somebody gets; it is told, not refused.
            prepared.warnings.extend(found.broken.into_iter().chain(found.unknown));
            prepared.warnings.sort_by_key(|finding| finding.at);
            prepared
        }
    };
    prepared.refuse_beyond(contents.role)?;
    Ok(prepared)
}

fn known<'c>(contents: &'c Contents, key: &EnvironmentKey) -> Result<&'c Environment, Error> {
    let there: Vec<&str> = contents.environments.iter().map(|stored| stored.environment.key.as_str()).collect();
    contents.environment(key).map(|stored| &stored.environment).ok_or_else(|| {
        let hint = did_you_mean(key.as_str(), there.iter().copied());
        Error::field("", format!("There is no environment called {key}.{hint} There are: {}.", there.join(", ")))
    })
}

/// Everything that is found in a file, without comparing it: errors, broken expectations of personas among them, and warnings
/// apart, among them what is probably not meant. `contents` is the project it is meant for, where there is one, and
/// `environment` that of a file in the short form.
pub fn check(
    bytes: &[u8],
    contents: Option<&Contents>,
    environment: Option<&EnvironmentKey>,
    now: Timestamp,
) -> (Vec<Finding>, Vec<Finding>) {
    let segments = contents.map(Contents::compiled_segments).unwrap_or_default();
    let schema = contents.map(Contents::schema).unwrap_or_default();
    let setting = Setting { lint: Some(schema), ..setting(contents, &Actor::Console, &segments, now) };
    match flag_file::parse(bytes, &setting) {
        Err(errors) => (errors, Vec::new()),
        Ok(File::Long(file)) => {
            let found = promises::check(&file, contents, now);
            let mut warnings: Vec<Finding> = file.warnings.into_iter().chain(found.unknown).collect();
            warnings.sort_by_key(|finding| finding.at);
            (found.broken, warnings)
        }
        Ok(File::Short(file)) => {
            let place = contents.zip(environment);
            let broken = place.map(|(contents, environment)| promises::check_short(&file, contents, environment, now));
            let assumed = file.flags.into_iter().flat_map(|imported| imported.assumed);
            let mut warnings: Vec<Finding> = file.warnings.into_iter().chain(assumed).collect();
            warnings.sort_by_key(|finding| finding.at);
            (broken.unwrap_or_default(), warnings)
        }
    }
}

/// What the file is read into.
pub fn setting<'a>(contents: Option<&'a Contents>, actor: &'a Actor, segments: &'a Segments, now: Timestamp) -> Setting<'a> {
    let importer = actor.user_id().map_or_else(|| Owner::Unclaimed(actor.label().to_owned()), |id| Owner::Person(id.clone()));
    Setting {
        now,
        importer,
        importer_name: actor.label(),
        naming_pattern: contents.map(|contents| contents.project.project.naming_pattern.as_str()),
        kinds: contents.map(|contents| contents.project.project.kinds.clone()).unwrap_or_default(),
        owners: contents.map(owners).unwrap_or_default(),
        existing: contents.map(existing).unwrap_or_default(),
        segments,
        present: contents.map(present).unwrap_or_default(),
        lint: None,
    }
}

fn existing(contents: &Contents) -> HashMap<FlagKey, Flag> {
    contents.flags.iter().map(|stored| (stored.flag.key.clone(), stored.flag.clone())).collect()
}

fn present(contents: &Contents) -> Present {
    let address = |id: &UserId| contents.emails.get(id).cloned();
    Present {
        environments: contents.environments.iter().map(|stored| stored.environment.key.clone()).collect(),
        teams: contents.teams.iter().map(|stored| stored.team.key.clone()).collect(),
        people: contents.people.iter().filter_map(|(id, _)| Some((address(id)?, id.clone()))).collect(),
        emails: contents.emails.clone(),
        members: Some(contents.members.iter().filter_map(address).collect()),
        keeps_names: contents.role >= Role::Admin,
    }
}

/// Whom an owner in the short form may mean: by e-mail address or team key, and by a name that only one of them has.
fn owners(contents: &Contents) -> HashMap<String, Owner> {
    let (mut owners, mut named, mut shared) = (HashMap::new(), HashMap::new(), Vec::new());
    let mut name = |name: &str, owner: Owner| {
        if named.insert(name.to_lowercase(), owner).is_some() {
            shared.push(name.to_lowercase());
        }
    };
    for (id, full) in &contents.people {
        owners.extend(contents.emails.get(id).map(|email| (email.clone(), Owner::Person(id.clone()))));
        name(full, Owner::Person(id.clone()));
    }
    for team in contents.teams.iter().map(|stored| &stored.team) {
        let owner = Owner::Team(team.key.clone());
        owners.insert(team.key.as_str().to_lowercase(), owner.clone());
        // A team whose name is its key is no second one of that name.
        if team.name.to_lowercase() != team.key.as_str().to_lowercase() {
            name(&team.name, owner);
        }
    }
    named.retain(|name, _| !shared.contains(name));
    // What is unique by its kind wins over a name.
    named.extend(owners);
    named
}

impl Step {
    fn submission(&self) -> Submission {
        Submission { base_version: self.base_version, ..Submission::new(self.command.clone()) }
    }
}

impl Prepared {
    /// What has to be said before it is taken.
    pub fn asks(&self) -> Asks {
        Asks::of(self.asked.iter().flatten())
    }

    /// What is refused asks for nothing: applying it says why.
    async fn rehearsed(mut self, governance: &Governance, actor: &Actor) -> Result<Self, Error> {
        let submissions: Vec<Submission> = self.steps.iter().map(Step::submission).collect();
        let rehearsal = governance.rehearse(actor, &submissions).await?;
        self.asked = rehearsal.outcomes.into_iter().map(|outcome| outcome.ok().flatten()).collect();
        Ok(self)
    }

    /// Whether everything is as the file says already.
    pub fn is_nothing(&self) -> bool {
        self.steps.is_empty()
    }

    /// What the import does and what it was compared with, as one short text: equal as long as applying it now does what
    /// was shown.
    pub fn fingerprint(&self) -> String {
        let mut text = String::new();
        for step in &self.steps {
            text += &serde_json::to_string(&step.command).unwrap_or_default();
            text += &format!("{:?}{:?}", step.base_version, step.basis);
        }
        sha256_hex(&text)
    }

    /// Settings of a project take more than flags do; said once for all of them.
    fn refuse_beyond(&self, role: Role) -> Result<(), Error> {
        let settings: Vec<String> = self.changes.iter().filter(|change| change.needs() > role).map(ObjectChange::title).collect();
        if settings.is_empty() {
            return Ok(());
        }
        Err(Error::Forbidden(format!(
            "The file changes settings, which needs the role admin; yours is {}: {}. Import it without them, or ask an admin.",
            role.as_str(),
            settings.join(", ")
        )))
    }
}

impl ObjectChange {
    /// `new_checkout`, `environment production`
    pub fn title(&self) -> String {
        if self.noun == "flag" { self.key.clone() } else { format!("{} {}", self.noun, self.key) }
    }
    fn needs(&self) -> Role {
        if matches!(self.noun, "flag" | "segment" | "attribute" | "persona") { Role::Editor } else { Role::Admin }
    }
}

/// Changes everything that was prepared, or nothing, and names the rows of the audit that came of it.
pub async fn submit(governance: &Governance, actor: &Actor, prepared: Prepared, said: &Confirmation) -> Result<Vec<i64>, Error> {
    let asked = prepared.asked.iter().map(Option::as_ref).chain(std::iter::repeat(None));
    let confirmed = |(step, asked): (&Step, Option<&Confirm>)| Submission {
        reason: said.reason.clone(),
        confirmation: said.of(asked),
        request: said.request.clone(),
        ..step.submission()
    };
    let submissions = prepared.steps.iter().zip(asked).map(confirmed).collect();
    let applied = governance.submit_all(actor, submissions).await?;
    Ok(applied.into_iter().flat_map(|applied| applied.audit).collect())
}

/// Says that a file has nothing of an environment.
fn no_such_environment(key: &EnvironmentKey, there: &[&str]) -> Error {
    let hint = did_you_mean(key.as_str(), there.iter().copied());
    Error::field("environment", format!("The file says nothing of {key}.{hint} It describes: {}.", there.join(", ")))
}
