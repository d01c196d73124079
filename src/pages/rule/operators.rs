//! The menu of operators: by what they compare, those that fit the attribute first.

use super::condition::ConditionForm;
use crate::components::*;
use crate::domain::attribute::AttributeType;
use crate::domain::condition::{Operand, Operator};

/// Segments are offered where there are any, or one is asked for already.
pub fn groups(form: &ConditionForm, kind: Option<AttributeType>, has_segments: bool) -> Vec<ChoiceGroup> {
    let with_segments = has_segments || form.operator.ends_with("_segment");
    let (mut fitting, mut others): (Vec<ChoiceGroup>, Vec<ChoiceGroup>) = (Vec::new(), Vec::new());
    for operator in Operator::ALL {
        let operand = operator.operand();
        let (label, sort) = group(operand);
        if sort == "segment" && !with_segments {
            continue;
        }
        let choice = Choice::new(operator.as_str(), phrase(operator));
        match kind.filter(|kind| !kind.fits(operand)) {
            None => put(&mut fitting, label.to_owned(), sort, choice),
            Some(kind) => put(&mut others, format!("{label} (it is {})", kind.noun()), sort, choice),
        }
    }
    fitting.extend(others);
    fitting
}

fn put(groups: &mut Vec<ChoiceGroup>, label: String, kind: &'static str, choice: Choice) {
    match groups.iter_mut().find(|group| group.label == label) {
        Some(group) => group.choices.push(choice),
        None => groups.push(ChoiceGroup { label, kind, choices: vec![choice] }),
    }
}

/// The group of operators that take this, and the kind of their fields.
const fn group(operand: Operand) -> (&'static str, &'static str) {
    match operand {
        Operand::Scalar => ("Same value", "scalar"),
        Operand::Text | Operand::Pattern => ("Text", "text"),
        Operand::Number => ("Number", "line"),
        Operand::Instant => ("Date and time", "line"),
        Operand::Version | Operand::VersionRange => ("Version", "line"),
        Operand::Cidr => ("Network", "line"),
        Operand::Nothing => ("Presence", "none"),
        Operand::Segment => ("Segment", "segment"),
        Operand::Window => ("Clock", "window"),
    }
}

/// `is version … or above`
fn phrase(operator: Operator) -> String {
    match operator.phrase().split_once(" (") {
        Some((phrase, rest)) => format!("{phrase} … {}", rest.trim_end_matches(')')),
        None => operator.phrase().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(kind: Option<AttributeType>, segments: bool) -> Vec<String> {
        groups(&ConditionForm::default(), kind, segments).into_iter().map(|group| group.label).collect()
    }

    #[test]
    fn what_fits_comes_first_and_nothing_is_left_out() {
        let all = groups(&ConditionForm::default(), Some(AttributeType::Number), true);
        assert_eq!(all.iter().map(|group| group.choices.len()).sum::<usize>(), Operator::ALL.len());
        let number = labels(Some(AttributeType::Number), true);
        assert_eq!(number[..5], ["Same value", "Number", "Presence", "Segment", "Clock"]);
        assert_eq!(number[5], "Text (it is a number)");
        assert_eq!(labels(Some(AttributeType::Version), false)[..3], ["Same value", "Text", "Version"]);
        assert_eq!(labels(None, false)[..3], ["Same value", "Text", "Number"]);
    }

    #[test]
    fn segments_are_offered_where_there_are_some() {
        assert!(!labels(None, false).contains(&"Segment".to_owned()));
        let form = ConditionForm { operator: "not_in_segment".to_owned(), ..ConditionForm::default() };
        assert!(groups(&form, None, false).iter().any(|group| group.label == "Segment"));
    }
}
