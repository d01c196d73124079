//! An explanation for who may not know whom lists name: individual targets, and the lists of segments.

use super::steps::{ConditionStep, Explanation, Outcome, Step, What};
use crate::engine::evaluate::Detail;
use serde_json::Value;

impl Explanation {
    /// The same without a word on lists: not whether one names this unit, nor why a segment takes it in.
    #[must_use]
    pub fn masked(mut self) -> Self {
        if let Detail::Target(_) = self.detail {
            self.sentence = format!("Serves {}, by an individual target or a rule.", self.variant);
            // That no rule was reached would say which of the two.
            self.steps.retain(|step| !matches!(step.what, What::Rule { .. }));
        }
        self.steps = self.steps.into_iter().filter_map(masked).collect();
        self
    }
}

fn masked(step: Step) -> Option<Step> {
    match step.what {
        What::Target { .. } => None,
        What::Rule { index, id, name, outcome, conditions } => {
            let conditions = conditions.into_iter().map(without_segments).collect();
            Some(Step { what: What::Rule { index, id, name, outcome, conditions }, ..step })
        }
        what => Some(Step { what, ..step }),
    }
}

/// `is in segment beta: yes.`
fn without_segments(step: ConditionStep) -> ConditionStep {
    if step.segments.is_empty() {
        return step;
    }
    let named: Vec<&str> = step.expected.iter().filter_map(Value::as_str).collect();
    let asked = format!("{} {}", step.operator.phrase(), named.join(" or "));
    let asked = if step.negate { format!("not ({asked})") } else { asked };
    let holds = if step.outcome == Outcome::Holds { "yes" } else { "no" };
    ConditionStep { sentence: format!("{asked}: {holds}."), segments: Vec::new(), ..step }
}
