//! An explanation without the values of private attributes: whether a condition holds is told, what it was held against is
//! not.

use super::sentence;
use super::steps::{Bucketing, ConditionStep, Explanation, GroupStep, SegmentStep, Step, What};
use crate::domain::attribute::{PRIVATE, Schema};
use crate::domain::condition::Condition;
use serde_json::Value;

impl Explanation {
    /// The same with `(private)` in the place of what the context has of private attributes.
    #[must_use]
    pub fn without_private(mut self, schema: &Schema) -> Self {
        self.steps = self.steps.into_iter().map(|step| hide(step, schema)).collect();
        self
    }
}

fn hide(step: Step, schema: &Schema) -> Step {
    match step.what {
        What::Rule { index, id, name, outcome, conditions } => {
            let conditions = all(conditions, schema);
            Step { what: What::Rule { index, id, name, outcome, conditions }, ..step }
        }
        What::Bucket(bucketing) if bucketing.actual.is_some() && schema.hides(&bucketing.attribute) => {
            let unit = bucketing.unit.as_ref().map(|_| PRIVATE.to_owned());
            let hidden = Bucketing { actual: Some(Value::from(PRIVATE)), unit, ..bucketing };
            Step { sentence: sentence::bucket(&hidden), what: What::Bucket(hidden) }
        }
        what => Step { what, ..step },
    }
}

fn all(conditions: Vec<ConditionStep>, schema: &Schema) -> Vec<ConditionStep> {
    conditions.into_iter().map(|condition| in_condition(condition, schema)).collect()
}

fn in_condition(step: ConditionStep, schema: &Schema) -> ConditionStep {
    let segments: Vec<SegmentStep> = step.segments.into_iter().map(|segment| in_segment(segment, schema)).collect();
    let step = ConditionStep { segments, ..step };
    if step.actual.is_none() || !schema.hides(&step.attribute) {
        return step;
    }
    let asked = Condition {
        attribute: step.attribute.clone(),
        operator: step.operator,
        values: step.expected.clone(),
        negate: step.negate,
        ignore_case: step.ignore_case,
    };
    ConditionStep { sentence: sentence::private(&asked, step.outcome), actual: Some(Value::from(PRIVATE)), ..step }
}

fn in_segment(step: SegmentStep, schema: &Schema) -> SegmentStep {
    let group = |group: GroupStep| GroupStep { conditions: all(group.conditions, schema), ..group };
    SegmentStep { groups: step.groups.into_iter().map(group).collect(), ..step }
}
