//! Conditions against what the project has described. Where it has described nothing, there is nothing to hold them against.

use super::{Asked, Finding, Known, title};
use crate::domain::attribute::{Attribute, AttributeType};
use crate::domain::condition::Operand;
use crate::domain::nearest::did_you_mean;
use crate::domain::sentence::scalar;
use crate::domain::state::State;
use crate::domain::text::{capital, listed};
use serde_json::Value;

pub fn of(asked: &Asked<'_>, known: &Known<'_>) -> Vec<Finding> {
    let condition = asked.condition;
    if known.schema.is_empty() || !condition.operator.reads_attribute() || condition.attribute.is_empty() {
        return Vec::new();
    }
    let name = condition.attribute.as_str();
    let Some(value_type) = known.schema.type_of(name) else {
        // A part of a private object is described with it.
        let is_described = known.schema.is_private(name);
        return if is_described { Vec::new() } else { vec![unknown(asked.place(), &asked.title(), "looks at", name, known)] };
    };
    match compared_as(condition.operator.operand(), value_type) {
        Some(wanted) => vec![other_type(asked, wanted, value_type)],
        None if known.hides(name) || condition.operator.operand() != Operand::Scalar => Vec::new(),
        None => values(asked, value_type, known.schema.find(name)),
    }
}

/// Attributes that shares are drawn by.
pub fn buckets(state: &State, known: &Known<'_>) -> Vec<Finding> {
    let rules = state.rules.iter().enumerate().filter(|(_, rule)| rule.active);
    let rules = rules.map(|(at, rule)| (format!("rules[{at}].serve"), capital(&title(rule, at)), &rule.serve));
    let all = rules.chain([("fallthrough".to_owned(), "Everyone else".to_owned(), &state.fallthrough)]);
    let odd = |(place, who, serve): (String, String, &crate::domain::rule::Serve)| {
        let name = serve.bucket_by()?;
        let is_described = known.schema.is_empty() || known.schema.knows(name) || known.schema.is_private(name);
        (!is_described).then(|| unknown(place, &who, "is shared out by", name, known))
    };
    all.filter_map(odd).collect()
}

fn unknown(place: String, who: &str, verb: &str, name: &str, known: &Known<'_>) -> Finding {
    let sentence = format!("{who} {verb} {name}, which the project has not described.");
    let names = known.schema.iter().map(|attribute| attribute.name.as_str());
    let hint = did_you_mean(name, names.chain([crate::domain::rule::TARGETING_KEY]));
    let advice = format!("{hint} Otherwise describe {name} in the settings, under Attributes.");
    let advice = advice.trim_start().to_owned();
    let advice = if hint.is_empty() { advice.replacen("Otherwise describe", "Describe", 1) } else { advice };
    Finding::new("unknown_attribute", place, sentence, advice)
}

/// The type that the comparison takes the attribute for, where it is described as another one.
fn compared_as(operand: Operand, described: AttributeType) -> Option<AttributeType> {
    let wanted = AttributeType::asked_by(operand)?;
    // Dates, versions and addresses are texts too.
    if wanted == AttributeType::Text && described.fits(operand) {
        return None;
    }
    (wanted != described).then_some(wanted)
}

fn other_type(asked: &Asked<'_>, wanted: AttributeType, described: AttributeType) -> Finding {
    let name = &asked.condition.attribute;
    let sentence =
        format!("{} compares {name} as {}, but it is described as {}.", asked.title(), wanted.noun(), described.noun());
    let advice = format!("Use another comparison, or describe {name} as {}.", wanted.noun());
    Finding::new("operator_type", asked.place(), sentence, advice)
}

fn values(asked: &Asked<'_>, value_type: AttributeType, described: Option<&Attribute>) -> Vec<Finding> {
    let name = &asked.condition.attribute;
    let odd = |value: &Value| {
        let said = scalar(value);
        if !value_type.admits(value) {
            let sentence =
                format!("{} compares {name} with {said}, but it is described as {}.", asked.title(), value_type.noun());
            let advice = match value_type {
                AttributeType::Number | AttributeType::Boolean if value.is_string() => {
                    format!(
                        "Texts and {} are never equal: write it like {}, and choose its type.",
                        plural(value_type),
                        value_type.example()
                    )
                }
                _ => format!("Write it like {}, or describe {name} otherwise.", value_type.example()),
            };
            return Some(Finding::new("value_type", asked.place(), sentence, advice));
        }
        let legal = described.filter(|attribute| !attribute.is_legal(value))?;
        let all: Vec<String> = legal.legal_values.iter().map(scalar).collect();
        let sentence = format!("{} compares {name} with {said}, which is not among its values: {}.", asked.title(), listed(&all));
        Some(Finding::new(
            "illegal_value",
            asked.place(),
            sentence,
            format!("Write one of them, or add {said} to the values of {name}."),
        ))
    };
    asked.condition.values.iter().filter_map(odd).collect()
}

const fn plural(value_type: AttributeType) -> &'static str {
    match value_type {
        AttributeType::Boolean => "true or false",
        _ => "numbers",
    }
}
