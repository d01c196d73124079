//! Changes that somebody has made and not yet saved.

use super::command::Command;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One change of a draft, with what it replaces as that was when the change was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    pub command: Command,
    /// The version of `base`; none where the command brings something new.
    pub base_version: Option<i64>,
    /// The document that the command replaces; `Null` where there is none.
    #[serde(default)]
    pub base: Value,
    /// Part of an environment that is brought back to an earlier moment, which a policy may ask a review for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub revert: bool,
    /// Of a bundle: whether somebody wants it saved without this one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left_out: bool,
}

/// The most changes of one draft: every flag of a large project, definition and state.
pub const MAX_ITEMS: usize = 10_000;
/// Characters of a draft's title.
pub const MAX_TITLE: usize = 200;
