//! What is probably not meant, at the file's lines. For checking alone: an import takes it as it is.

use super::fields::{Fields, Notes};
use super::finding::Place;
use super::{Setting, check};
use crate::domain::attribute::Schema;
use crate::domain::flag::Flag;
use crate::domain::lint::{Finding, of_flag, of_state};
use crate::domain::state::State;
use crate::engine::Segments;
use crate::server::services::lint::Around;
use std::collections::BTreeSet;

/// What there is around the flags of a file; `None` where nobody asked.
pub fn around<'f>(
    setting: &Setting<'_>,
    own: &Schema,
    segments: &Segments,
    flags: impl Iterator<Item = &'f str>,
) -> Option<Around> {
    let schema = own.iter().cloned().fold(setting.lint.clone()?, Schema::with);
    let known: BTreeSet<String> = setting.existing.keys().map(ToString::to_string).chain(flags.map(str::to_owned)).collect();
    Some(Around::new(schema, segments, known, setting.present.members.is_some()))
}

/// A flag of the short form.
pub fn short(fields: &Fields<'_>, flag: &Flag, state: &State, around: &Around, setting: &Setting<'_>, notes: &mut Notes) {
    let known = around.known(false);
    // An owner that the file leaves out is told of by the default that takes its place.
    let about_owner = |finding: &Finding| finding.place == "owner" && fields.get("owner").is_none();
    let definition = of_flag(flag, &known, setting.now).into_iter().filter(|finding| !about_owner(finding));
    let found: Vec<Finding> = definition.chain(of_state(flag, state, &known)).collect();
    note(found, |place| check::located(fields, place), notes);
}

/// Notes findings as warnings. Where something else was said of the same place already, that says more.
pub fn note(found: Vec<Finding>, located: impl Fn(&str) -> (Place, String), notes: &mut Notes) {
    for finding in found {
        let (at, path) = located(&finding.place);
        let is_of_definition = ["owner", "expires_at"].contains(&finding.place.as_str());
        if !(is_of_definition && notes.warnings.iter().any(|other| other.path == path)) {
            notes.warning(at, path, format!("{} {}", finding.sentence, finding.advice));
        }
    }
}
