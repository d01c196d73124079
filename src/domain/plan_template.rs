//! Rollout plans that a project keeps for the next flag: a name and its steps. The usual one is always there.

use super::flag::Problem;
use super::plan::{self, Stage};
use super::rollout::{Hold, PRESET};
use super::time::DAY;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanTemplate {
    /// Unique in its project.
    pub name: String,
    pub steps: Vec<Stage>,
}

/// The most templates of a project.
pub const MAX_TEMPLATES: usize = 50;
const MAX_NAME: usize = 60;

impl PlanTemplate {
    /// 1, 10, 25, 50, 100 %, a day each.
    pub fn usual() -> Self {
        let stage = |share: &u16| Stage { share: *share, hold: Hold::For(DAY) };
        Self { name: "Usual".to_owned(), steps: PRESET.iter().map(stage).collect() }
    }

    /// What keeps it from being saved; fields as in `steps[0].share`.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.name.trim() != self.name || self.name.is_empty() || self.name.chars().count() > MAX_NAME {
            let message = format!("Name it in 1 to {MAX_NAME} characters, such as Careful.");
            found.push(Problem::new("name", message));
        }
        if self.name.chars().any(|c| c.is_control() || c == '/') {
            found.push(Problem::new("name", "A name holds no slash and no line break."));
        }
        if self.name.eq_ignore_ascii_case(&Self::usual().name) || self.name.eq_ignore_ascii_case("new") {
            found.push(Problem::new("name", format!("{} is taken; call it something else.", self.name)));
        }
        if self.steps.is_empty() {
            found.push(Problem::new("steps", "A plan needs at least one step."));
        }
        let of_steps = plan::problems(&self.steps, None).into_iter();
        found.extend(of_steps.map(|(at, part, message)| Problem::new(format!("steps[{at}].{part}"), message)));
        found
    }
}

/// What keeps the templates of a project from being saved.
pub fn problems(all: &[PlanTemplate]) -> Vec<Problem> {
    let mut found: Vec<Problem> = all.iter().flat_map(PlanTemplate::problems).collect();
    for (at, one) in all.iter().enumerate() {
        if all[..at].iter().any(|other| other.name == one.name) {
            found.push(Problem::new("name", format!("There is a plan called {} already.", one.name)));
        }
    }
    if all.len() > MAX_TEMPLATES {
        found.push(Problem::new("name", format!("A project keeps at most {MAX_TEMPLATES} plans; remove one first.")));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_have_a_name_of_their_own_and_steps() {
        let named = |name: &str| PlanTemplate { name: name.to_owned(), ..PlanTemplate::usual() };
        assert!(problems(&[named("Careful"), named("Quick")]).is_empty());
        for (all, field) in [
            (vec![named("")], "name"),
            (vec![named(" a")], "name"),
            (vec![named("usual")], "name"),
            (vec![named("New")], "name"),
            (vec![named("a/b")], "name"),
            (vec![named("a"), named("a")], "name"),
            (vec![PlanTemplate { name: "a".into(), steps: Vec::new() }], "steps"),
            (vec![PlanTemplate { name: "a".into(), steps: vec![PlanTemplate::usual().steps[0]; 2] }], "steps[1].share"),
        ] {
            let found = problems(&all);
            assert_eq!(found.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(), [field], "{all:?}");
        }
    }
}
