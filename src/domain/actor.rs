//! Who does something, with the rights they hold at that moment.

use super::id::{ProjectId, UserId};
use super::role::{InstanceRole, Role};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    Person(Person),
    /// The command line without `--as`: whoever can run it holds the database anyway.
    Console,
    /// Flagstaff itself: first set-up, demo data, due changes.
    System,
}

/// A signed-in person, as loaded for this request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub instance_role: InstanceRole,
    pub roles: Vec<(ProjectId, Role)>,
    /// Somebody else knows their password: nothing but changing it goes through.
    #[serde(default)]
    pub must_change_password: bool,
    /// Where they may apply a change without the review that is due.
    #[serde(default)]
    pub break_glass: Vec<ProjectId>,
}

impl Person {
    /// The role in a project; an instance owner is admin everywhere. `None`: no member, sees nothing of it.
    pub fn role_in(&self, project: &ProjectId) -> Option<Role> {
        if self.instance_role == InstanceRole::Owner {
            return Some(Role::Admin);
        }
        self.roles.iter().find(|(id, _)| id == project).map(|(_, role)| *role)
    }
}

impl Actor {
    /// The role in a project; console and system hold every right.
    pub fn role_in(&self, project: &ProjectId) -> Option<Role> {
        match self {
            Self::Person(person) => person.role_in(project),
            Self::Console | Self::System => Some(Role::Admin),
        }
    }
    /// Whether they may apply a change without the review that is due: owners of the installation, and who was given that.
    pub fn may_break_glass(&self, project: &ProjectId) -> bool {
        match self {
            Self::Person(person) => self.is_owner() || person.break_glass.contains(project),
            Self::Console | Self::System => true,
        }
    }
    pub fn is_owner(&self) -> bool {
        match self {
            Self::Person(person) => person.instance_role == InstanceRole::Owner,
            Self::Console | Self::System => true,
        }
    }
    /// As the audit writes it: an e-mail address, `console` or `system`.
    pub fn label(&self) -> &str {
        match self {
            Self::Person(person) => &person.email,
            Self::Console => "console",
            Self::System => "system",
        }
    }
    pub fn user_id(&self) -> Option<&UserId> {
        match self {
            Self::Person(person) => Some(&person.id),
            Self::Console | Self::System => None,
        }
    }
}
