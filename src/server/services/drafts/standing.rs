//! How a draft stands to what is live: whether that is still what it began from, and if not, what both come to together.

use super::StateDraft;
use crate::domain::merge::{Choices, Merged, merge};
use crate::server::services::states::OpenState;

#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// Nothing happened since it began.
    Current,
    /// Somebody changed something else: both together.
    Behind(Merged),
    /// Somebody changed the same.
    Clashing(Merged),
}

/// Compares a draft with what is live; `choices` says what was decided of clashes.
pub fn standing(draft: &StateDraft, live: &OpenState, choices: &Choices) -> Standing {
    if draft.base_version == live.served.state_version {
        return Standing::Current;
    }
    let merged = merge(&draft.base, &draft.after, &live.served.state, choices);
    if merged.clashes.is_empty() { Standing::Behind(merged) } else { Standing::Clashing(merged) }
}
