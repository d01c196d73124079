//! A project as the long form says it: everything but its key, its people's roles and its API keys.

use crate::domain::attribute::{Attribute, Schema};
use crate::domain::environment::Environment;
use crate::domain::flag::{Flag, Owner};
use crate::domain::id::UserId;
use crate::domain::key::EnvironmentKey;
use crate::domain::persona::Persona;
use crate::domain::plan_template::PlanTemplate;
use crate::domain::project::Kinds;
use crate::domain::segment::Segment;
use crate::domain::state::State;
use crate::domain::team::Team;
use std::collections::HashMap;

/// What a file says of a project. A section that a file leaves out says nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    pub project: Option<Settings>,
    /// In the project's order.
    pub environments: Vec<Environment>,
    pub teams: Vec<Team>,
    pub attributes: Vec<Attribute>,
    pub segments: Vec<Segment>,
    pub personas: Vec<Persona>,
    /// By key.
    pub flags: Vec<DocumentFlag>,
}

impl Document {
    /// Its attributes, for looking up.
    pub fn schema(&self) -> Schema {
        self.attributes.iter().cloned().collect()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub name: String,
    pub naming_pattern: String,
    pub kinds: Kinds,
    /// A file that names none says nothing of them.
    pub plans: Vec<PlanTemplate>,
}

/// A definition with what it answers in each environment.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentFlag {
    pub flag: Flag,
    pub states: Vec<(EnvironmentKey, State)>,
}

/// An owner as a file writes it: a person's e-mail address, `team:KEY`, or the name that nobody has claimed.
pub fn owner_text(owner: &Owner, emails: &HashMap<UserId, String>) -> String {
    match owner {
        Owner::Person(id) => emails.get(id).cloned().unwrap_or_else(|| id.to_string()),
        Owner::Team(key) => format!("{TEAM}{key}"),
        Owner::Unclaimed(name) => name.clone(),
    }
}

/// What stands before the key of a team that owns a flag.
pub const TEAM: &str = "team:";
