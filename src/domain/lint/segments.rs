//! Segments that rules ask for and that nobody is in, or that are not there.

use super::{Asked, Finding, Known};
use crate::domain::condition::{Operand, Operator};
use crate::domain::segment::Segment;

pub fn of(asked: &Asked<'_>, known: &Known<'_>) -> Vec<Finding> {
    let condition = asked.condition;
    let Some(segments) = known.segments.filter(|_| condition.operator.operand() == Operand::Segment) else { return Vec::new() };
    let inside = (condition.operator == Operator::InSegment) != condition.negate;
    let keys = condition.values.iter().filter_map(|value| value.as_str());
    let odd = |key: &str| match segments.get(key) {
        Some(false) => None,
        Some(true) => Some(empty(asked, key, inside)),
        None => Some(unknown(asked, key)),
    };
    keys.filter_map(odd).collect()
}

fn empty(asked: &Asked<'_>, key: &str, inside: bool) -> Finding {
    let so = if inside { "nobody is in it" } else { "everybody is outside it" };
    let sentence = format!("{} asks for the segment {key}, which is empty: {so}.", asked.title());
    Finding::new("empty_segment", asked.place(), sentence, format!("Put somebody into {key}, or ask for another segment."))
}

fn unknown(asked: &Asked<'_>, key: &str) -> Finding {
    let sentence = format!("{} asks for the segment {key}, which there is not.", asked.title());
    Finding::new("unknown_segment", asked.place(), sentence, format!("Make the segment {key}, or ask for another one."))
}

/// A segment that nobody can be in.
pub fn nobody(segment: &Segment) -> Option<Finding> {
    let is_in = |id: &String| !segment.exclude.contains(id);
    let is_empty = segment.groups.is_empty() && !segment.include.iter().any(is_in);
    let sentence = || format!("The segment {} is empty: nobody is in it.", segment.key);
    is_empty.then(|| {
        Finding::new("empty_segment", "include", sentence(), format!("Put somebody into {}, or remove it.", segment.key))
    })
}
