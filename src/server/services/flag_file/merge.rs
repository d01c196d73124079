//! What importing a flag does to one that exists: the file's fields win, all others stay.

use super::ImportedFlag;
use crate::domain::flag::Flag;

/// A part of the metadata that a file may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    Kind,
    Owner,
    Description,
    Scope,
    Ticket,
    Tags,
    RollbackCriteria,
    Expires,
    OnExpiry,
    Variants,
    Client,
}

impl Named {
    pub const ALL: [Self; 11] = [
        Self::Kind,
        Self::Owner,
        Self::Description,
        Self::Scope,
        Self::Ticket,
        Self::Tags,
        Self::RollbackCriteria,
        Self::Expires,
        Self::OnExpiry,
        Self::Variants,
        Self::Client,
    ];

    /// The fields of the file that name it.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Kind => &["kind"],
            Self::Owner => &["owner"],
            Self::Description => &["description"],
            Self::Scope => &["scope"],
            Self::Ticket => &["jira", "ticket"],
            Self::Tags => &["tags"],
            Self::RollbackCriteria => &["rollback_criteria"],
            Self::Expires => &["expires"],
            Self::OnExpiry => &["on_expiry"],
            Self::Variants => &["variants"],
            Self::Client => &["client_visible"],
        }
    }
}

/// The definition after the import of `imported` over `existing`.
pub fn merge(existing: &Flag, imported: &ImportedFlag) -> Flag {
    let mut flag = existing.clone();
    let new = imported.flag.clone();
    for named in &imported.named {
        match named {
            Named::Kind => flag.kind = new.kind,
            Named::Owner => flag.owner = new.owner.clone(),
            Named::Description => flag.description.clone_from(&new.description),
            Named::Scope => flag.scope.clone_from(&new.scope),
            Named::Ticket => flag.ticket.clone_from(&new.ticket),
            Named::Tags => flag.tags.clone_from(&new.tags),
            Named::RollbackCriteria => flag.rollback_criteria.clone_from(&new.rollback_criteria),
            Named::Expires => flag.expires_at = new.expires_at,
            Named::OnExpiry => flag.on_expiry = new.on_expiry.clone(),
            Named::Variants => flag.variants.clone_from(&new.variants),
            Named::Client => flag.client_visible = new.client_visible,
        }
    }
    // A kind with a lifetime needs an end, which the flag may not have had under its old kind.
    if flag.expires_at.is_none() && !flag.kind.is_permanent() {
        flag.expires_at = new.expires_at;
    }
    // New variants may lack the one that callers fell back to.
    if flag.variant(&flag.fallback_variant).is_none() {
        flag.fallback_variant = new.fallback_variant;
    }
    flag
}
