//! What a new flag must say in its project, at the file's lines.

use super::Setting;
use super::check::located;
use super::fields::{Fields, Notes};
use crate::domain::flag::Flag;
use crate::domain::project::Kinds;

/// Notes what a flag lacks that the project does not have yet. One that is there is held to no more than it already says. An
/// admin, who could loosen the rule, may bring flags that are older than it; so may whoever only looks at a file.
pub fn note(fields: &Fields<'_>, flag: &Flag, kinds: &Kinds, setting: &Setting<'_>, notes: &mut Notes) {
    if setting.existing.contains_key(&flag.key) {
        return;
    }
    let is_bound = setting.present.members.is_some() && !setting.present.keeps_names;
    for problem in kinds.of(flag.kind).required.problems(flag) {
        let (at, path) = located(fields, &problem.field);
        match is_bound {
            true => notes.error(at, path, problem.message),
            false => notes.warning(at, path, problem.message),
        }
    }
}
