//! An explanation for who may not know whom lists name: individual targets, the lists of segments, and conditions on the
//! targeting key and on private attributes. It tells of nobody but the unit it was asked about.

use super::steps::{ConditionStep, Explanation, Outcome, Step, What};
use crate::domain::attribute::Schema;
use crate::domain::condition::{hidden, is_masked};
use crate::engine::evaluate::Detail;
use serde_json::Value;

impl Explanation {
    /// The same without the lists: not which one names this unit, nor why a segment takes it in.
    #[must_use]
    pub fn masked(self, schema: &Schema) -> Self {
        let mut this = self.without_private(schema);
        if let Detail::Target(_) = this.detail {
            this.sentence = format!("Serves {}, by an individual target or a rule.", this.variant);
            // That no rule was reached would say which of the two.
            this.steps.retain(|step| !matches!(step.what, What::Rule { .. }));
        }
        this.steps = this.steps.into_iter().filter_map(|step| masked(step, schema)).collect();
        this
    }
}

fn masked(step: Step, schema: &Schema) -> Option<Step> {
    match step.what {
        What::Target { .. } => None,
        What::Rule { index, id, name, outcome, conditions } => {
            let conditions = conditions.into_iter().map(without_segments);
            let conditions = conditions.map(|step| without_names(step, schema)).collect();
            Some(Step { what: What::Rule { index, id, name, outcome, conditions }, ..step })
        }
        what => Some(Step { what, ..step }),
    }
}

/// `targetingKey is one of 3 hidden: yes.`
fn without_names(step: ConditionStep, schema: &Schema) -> ConditionStep {
    if !is_masked(&step.attribute, schema) || step.expected.is_empty() {
        return step;
    }
    let count = hidden(step.expected.len());
    let asked = format!("{} {} {count}", step.attribute, step.operator.phrase());
    let asked = if step.negate { format!("not ({asked})") } else { asked };
    let holds = if step.outcome == Outcome::Holds { "yes" } else { "no" };
    ConditionStep { sentence: format!("{asked}: {holds}."), expected: vec![Value::String(count)], ..step }
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
