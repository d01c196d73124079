//! Segments, compiled: lists become hash sets, so that membership costs the same for ten units and for 100,000.

use super::condition::{CompiledCondition, Scope, all_hold};
use super::context::Context;
use super::trace::{Trace, Unwatched};
use crate::domain::condition::Condition;
use crate::domain::key::SegmentKey;
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// A segment, ready to be asked. Made by [`super::compile_segment`].
#[derive(Debug)]
pub struct CompiledSegment {
    pub(super) key: SegmentKey,
    pub(super) include: HashSet<Box<str>>,
    pub(super) exclude: HashSet<Box<str>>,
    pub(super) groups: Box<[Box<[CompiledCondition]>]>,
}

/// How a context stands to a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Membership {
    /// On the exclude list, which wins over everything.
    Excluded,
    /// On the include list.
    Included,
    /// In this group, counted from 0: all of its conditions hold.
    Group(usize),
    Outside,
}

impl Membership {
    pub const fn is_inside(self) -> bool {
        matches!(self, Self::Included | Self::Group(_))
    }
}

impl CompiledSegment {
    pub fn key(&self) -> &SegmentKey {
        &self.key
    }

    /// Whether nobody is in it, whoever asks: no list takes anybody in, and there is no group.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.include.iter().all(|unit| self.exclude.contains(unit))
    }

    /// The conditions of its groups, as they were written.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.groups.iter().flatten().map(CompiledCondition::source)
    }

    /// How `context` stands to it at `now`. The lists name targeting keys; without one, only the groups can take it in.
    pub fn membership(&self, context: &Context, now: Timestamp) -> Membership {
        self.place(&Scope { context, now }, &mut Unwatched)
    }

    /// The next instant after `now` at which somebody may enter or leave by itself.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        self.groups.iter().flatten().filter_map(|condition| condition.next_change(now)).min()
    }

    pub(super) fn has<T: Trace>(&self, scope: &Scope<'_>, trace: &mut T) -> bool {
        trace.segment_begins();
        let membership = self.place(scope, trace);
        trace.segment_ends(self, membership);
        membership.is_inside()
    }

    fn place<T: Trace>(&self, scope: &Scope<'_>, trace: &mut T) -> Membership {
        if let Some(key) = scope.context.targeting_key() {
            if self.exclude.contains(key) {
                return Membership::Excluded;
            }
            if self.include.contains(key) {
                return Membership::Included;
            }
        }
        let mut holds = |group: &[CompiledCondition]| {
            trace.group_begins();
            let holds = all_hold(group, scope, trace);
            trace.group_ends(holds);
            holds
        };
        self.groups.iter().position(|group| holds(group)).map_or(Membership::Outside, Membership::Group)
    }
}
