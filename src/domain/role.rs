//! What a person may do in a project, in steps that include one another.

use serde::{Deserialize, Serialize};

/// A member's role in one project. Each includes what the one before it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads everything but individual targets.
    Viewer,
    /// Changes flags.
    Editor,
    /// Approves other people's changes.
    Approver,
    /// Changes the project itself: environments, members, keys.
    Admin,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Editor, Self::Approver, Self::Admin];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Approver => "approver",
            Self::Admin => "admin",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
    /// How people say it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Viewer => "Viewer",
            Self::Editor => "Editor",
            Self::Approver => "Approver",
            Self::Admin => "Admin",
        }
    }
    /// What it allows besides what the one before it does, in one sentence.
    pub const fn allows(self) -> &'static str {
        match self {
            Self::Viewer => "Reads flags, history and how much is evaluated. Sees that there are individual targets, not who.",
            Self::Editor => {
                "Creates, changes, archives and restores flags; turns them on and off; edits rules, targets and shares."
            }
            Self::Approver => {
                "Approves what others ask a review for, and closes reviews after the fact; never a change of their own."
            }
            Self::Admin => "Changes the project itself: its settings, environments, people, teams and API keys.",
        }
    }
}

/// A person's role in the whole installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstanceRole {
    /// Holds every right in every project.
    Owner,
    /// Holds what project roles give.
    Member,
}

impl InstanceRole {
    pub const ALL: [Self; 2] = [Self::Member, Self::Owner];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Member => "member",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
    /// How people say it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Member => "Member",
        }
    }
    /// What it allows, in one sentence.
    pub const fn allows(self) -> &'static str {
        match self {
            Self::Owner => "Is admin in every project; makes and removes projects and accounts.",
            Self::Member => "May do what their roles in projects allow.",
        }
    }
}
