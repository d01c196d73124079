//! Going back: one change taken back or one version restored, or a whole environment as it was at a moment. Nothing happens at
//! once: what comes out is a draft, which is looked at and saved like any other.

mod environment;
mod row;

pub use environment::{Plan, plan, propose as propose_environment};
pub use row::{Reverted, Way, is_offered, row};
