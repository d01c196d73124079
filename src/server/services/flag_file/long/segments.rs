//! Segments of the long form.

use super::common::{items, key, note, once, optional, text, units};
use super::conditions;
use crate::domain::key::SegmentKey;
use crate::domain::segment::Segment;
use crate::engine::{Segments, compile_segment};
use crate::server::services::flag_file::fields::{Fields, Notes};
use crate::server::services::flag_file::tree::{Node, Tree};
use std::sync::Arc;

const SEGMENT: [&str; 6] = ["key", "name", "description", "include", "exclude", "groups"];
const SEGMENT_EXAMPLE: &str = "{key: beta, name: Beta testers, include: [user_1]}";

/// The segments, and what conditions may ask for: those of the file over those of the project.
pub fn segments(top: &Fields<'_>, known: &Segments, notes: &mut Notes) -> (Vec<Segment>, Segments) {
    let (mut all, mut compiled) = (Vec::new(), known.clone());
    for fields in items(top, "segments", SEGMENT_EXAMPLE, notes) {
        let before = notes.errors.len();
        let Some(segment) = segment(&fields, notes) else { continue };
        note(&fields, segment.problems(), notes);
        if notes.errors.len() == before {
            match compile_segment(&segment) {
                Ok(ready) => drop(compiled.insert(segment.key.clone(), Arc::new(ready))),
                Err(problems) => note(&fields, problems, notes),
            }
        }
        once(&mut all, segment, |segment: &Segment| &segment.key, &fields, notes);
    }
    (all, compiled)
}

fn segment(fields: &Fields<'_>, notes: &mut Notes) -> Option<Segment> {
    fields.refuse_unknown("A segment", &SEGMENT, notes);
    let key: Option<SegmentKey> = key(fields, "key", "beta", notes);
    let name = text(fields, "name", "Beta testers", notes).map(str::to_owned);
    let description = optional(fields, "description", notes);
    let (include, exclude) = (units(fields, "include", notes), units(fields, "exclude", notes));
    let groups = fields.list("groups", notes).unwrap_or_default();
    let group = |(at, tree): (usize, &Tree)| {
        let path = format!("{}[{at}]", fields.path_of("groups"));
        let Node::List(items) = &tree.node else {
            let message = format!("A group is a list of conditions that must all hold; this is {}.", tree.kind());
            notes.error(tree.at, path, message);
            return None;
        };
        Some(conditions::read(items, &path, notes))
    };
    let groups = groups.iter().enumerate().filter_map(group).collect();
    Some(Segment { key: key?, name: name?, description, include, exclude, groups })
}
