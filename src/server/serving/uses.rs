//! The attributes that the rules of an environment look at. Worked out once for a snapshot, when somebody first asks.

use super::snapshot::{ProjectSegments, ServedFlag};
use crate::domain::attribute::AttributeType;
use crate::domain::condition::Condition;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Who looks at an attribute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameUse {
    /// The flags and segments whose conditions look at it, and flags that bucket by it: `new_checkout`, `segment beta`.
    pub used_by: BTreeSet<String>,
    /// What the first of the rules compares it as.
    pub used_as: Option<AttributeType>,
}

/// By the attribute's name.
#[derive(Debug, Default)]
pub struct NameUses(BTreeMap<String, NameUse>);

impl NameUses {
    pub(super) fn of(flags: &[Arc<ServedFlag>], segments: &ProjectSegments) -> Self {
        let mut uses = Self::default();
        for served in flags.iter().filter(|served| !served.is_archived()) {
            let conditions = served.state.rules.iter().flat_map(|rule| &rule.conditions);
            conditions.for_each(|condition| uses.condition(condition, served.key()));
            let serves = served.state.rules.iter().map(|rule| &rule.serve).chain([&served.state.fallthrough]);
            for by in serves.filter_map(|serve| serve.bucket_by()) {
                uses.name(by, served.key());
            }
        }
        for segment in segments.compiled.values() {
            let user = format!("segment {}", segment.key());
            segment.conditions().for_each(|condition| uses.condition(condition, &user));
        }
        uses
    }

    fn condition(&mut self, condition: &Condition, user: &str) {
        if condition.operator.reads_attribute() && !condition.attribute.is_empty() {
            let known = self.name(&condition.attribute, user);
            known.used_as = known.used_as.or_else(|| AttributeType::taken_for(condition));
        }
    }

    fn name(&mut self, name: &str, user: &str) -> &mut NameUse {
        let known = self.0.entry(name.to_owned()).or_default();
        if !known.used_by.contains(user) {
            known.used_by.insert(user.to_owned());
        }
        known
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &NameUse)> {
        self.0.iter().map(|(name, used)| (name.as_str(), used))
    }
}
