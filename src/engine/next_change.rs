//! When a flag's answers may change without anybody writing: a plan's step, an expiry that serves, an edge of a window.

use super::compiled::{Body, CompiledFlag};
use crate::domain::time::Timestamp;

impl CompiledFlag {
    /// The next instant after `now` at which some context's answer may become another one by itself. An instant may turn
    /// out to change nothing; none at which something changes is left out.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let Body::State(state) = &self.body else { return None };
        let expires = state.expiry.map(|(at, _)| at);
        if !state.enabled || expires.is_some_and(|at| at <= now) {
            return None;
        }
        let rules = state.active_rules().flat_map(|rule| {
            let conditions = rule.conditions.iter().map(|condition| condition.next_change(now));
            conditions.chain([rule.serve.next_change(now)])
        });
        rules.chain([state.fallthrough.next_change(now), expires]).flatten().min()
    }
}
