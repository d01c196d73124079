//! The templates of rollout plans that a project keeps, and the holds of their steps.

use super::common::{items, needed, note, once, text};
use crate::domain::plan::Stage;
use crate::domain::plan_template::PlanTemplate;
use crate::domain::rollout::Hold;
use crate::server::services::flag_file::fields::{Fields, Notes};
use crate::server::services::flag_file::moments::exact_duration;
use crate::server::services::flag_file::state::share;
use crate::server::services::flag_file::tree::Node;

const EXAMPLE: &str = "{name: Careful, steps: [{share: 1, hold: 2d}, {share: 100, hold: 1d}]}";
const STEP_EXAMPLE: &str = "{share: 10, hold: 1d}";

pub fn templates(project: &Fields<'_>, notes: &mut Notes) -> Vec<PlanTemplate> {
    let mut all = Vec::new();
    for fields in items(project, "plans", EXAMPLE, notes) {
        fields.refuse_unknown("A plan", &["name", "steps"], notes);
        let name = text(&fields, "name", "Careful", notes).map(str::to_owned);
        needed(&fields, "steps", &format!("[{STEP_EXAMPLE}]"), notes);
        let steps = items(&fields, "steps", STEP_EXAMPLE, notes);
        let read: Vec<Stage> = steps.iter().filter_map(|fields| stage(fields, notes)).collect();
        let Some(name) = name.filter(|_| read.len() == steps.len()) else { continue };
        let template = PlanTemplate { name, steps: read };
        note(&fields, template.problems(), notes);
        once(&mut all, template, |template: &PlanTemplate| &template.name, &fields, notes);
    }
    all
}

fn stage(fields: &Fields<'_>, notes: &mut Notes) -> Option<Stage> {
    fields.refuse_unknown("A step", &["share", "hold"], notes);
    let share = needed(fields, "share", "10", notes).and_then(|tree| share(tree, &fields.path_of("share"), notes));
    needed(fields, "hold", "1d", notes)?;
    let hold = hold(fields, notes);
    Some(Stage { share: share?, hold: hold? })
}

/// `1d` or `until_approved`; `None` where it is left out or neither.
pub fn hold(fields: &Fields<'_>, notes: &mut Notes) -> Option<Hold> {
    let tree = fields.get("hold")?;
    let read = match &tree.node {
        Node::Text(text) if text == "until_approved" => Some(Hold::UntilApproved),
        Node::Text(text) => exact_duration(text).map(Hold::For),
        _ => None,
    };
    if read.is_none() {
        let message =
            format!("Write how long the step stays, such as 1d, 12h or 30m, or until_approved; this is {}.", tree.kind());
        notes.error(tree.at, fields.path_of("hold"), message);
    }
    read
}
