//! The fields of one condition, for a rule and for a segment alike. What the chosen operator has no use for is hidden by the
//! style sheet, without a script.

use super::rule::condition::{BOOLEAN, ConditionForm, DAYS, JSON, NUMBER, TEXT};
use crate::components::*;
use crate::domain::condition::{Operand, Operator};
use leptos::prelude::*;

/// What a condition may be made of.
#[derive(Debug, Clone)]
pub struct Offered {
    pub operators: Vec<ChoiceGroup>,
    pub segments: Vec<String>,
    /// Suggested while typing.
    pub attributes: Vec<String>,
}

/// Where a condition stands in its form.
#[derive(Debug)]
pub struct Place {
    /// What the names of its fields begin with: `conditions[0]`.
    pub path: String,
    /// As people count it: `2`, `1 of group 2`.
    pub number: String,
    /// What the button sends that removes it.
    pub remove: String,
    pub focus: bool,
}

/// The fields of a condition.
pub fn condition(place: Place, form: &ConditionForm, offered: &Offered) -> impl IntoView + use<> {
    let Place { path, number, remove, focus } = place;
    let name = |field: &str| format!("{path}.{field}");
    let types = [(TEXT, "text"), (NUMBER, "numbers"), (BOOLEAN, "true or false"), (JSON, "JSON values")];
    let types = types.map(|(value, label)| Choice::new(value, label)).to_vec();
    let (operators, attributes) = (offered.operators.clone(), offered.attributes.clone());
    let (segments, window) = (segment_boxes(&name("segments"), &form.segments, &offered.segments), window(&path, form));
    let ConditionForm { attribute, operator, read_as, values, negate, ignore_case, .. } = form.clone();
    view! {
        <fieldset class="condition">
            <legend class="vh">{format!("Condition {number}")}</legend>
            <div class="field-row">
                <div class="if-attribute">
                    <Field
                        name=name("attribute") label="Attribute" value=attribute mono=true required=true suggestions=attributes
                        autofocus=focus autocomplete="off" placeholder="plan, user.country"
                    />
                </div>
                <GroupedSelect name=name("operator") label="Comparison" groups=operators value=operator required=true />
                <div class="if-type"><Select name=name("read_as") label="Values are" options=types value=read_as required=true /></div>
            </div>
            <div class="if-values">
                <TextArea
                    name=name("values") label="Values" value=values mono=true required=true rows=2
                    hint="One a line; it holds for any of them, with a “not” for none."
                />
            </div>
            <div class="if-segment">{segments}</div>
            <div class="if-window">{window}</div>
            <div class="bar">
                <Checkbox name=name("negate") label="Negate: it holds where this does not" checked=negate />
                <div class="if-case"><Checkbox name=name("ignore_case") label="Ignore case" checked=ignore_case /></div>
                <div class="end">
                    <Button kind=ButtonKind::Quiet icon=Glyph::Remove name="remove" value=remove label=format!("Remove condition {number}")>
                        "Remove"
                    </Button>
                </div>
            </div>
        </fieldset>
    }
}

/// A box for every segment, and for those chosen that are there no more.
fn segment_boxes(name: &str, chosen: &[String], known: &[String]) -> impl IntoView + use<> {
    let gone = chosen.iter().filter(|key| !known.contains(key));
    let boxes: Vec<_> = known
        .iter()
        .chain(gone)
        .map(|key| {
            let checked = chosen.contains(key);
            view! { <Checkbox name=format!("{name}[{key}]") label=key.clone() checked=checked /> }
        })
        .collect();
    view! { <FieldGroup legend="Segments" name=name.to_owned() hint="It holds for members of any of them.">{boxes}</FieldGroup> }
}

fn window(path: &str, form: &ConditionForm) -> impl IntoView + use<> {
    let name = |field: &str| format!("{path}.{field}");
    let days: Vec<_> = DAYS
        .iter()
        .map(|day| {
            let checked = form.days.iter().any(|chosen| chosen == day);
            view! { <Checkbox name=format!("{}[{day}]", name("days")) label=*day checked=checked /> }
        })
        .collect();
    let (from, to, zone) = (form.from.clone(), form.to.clone(), form.zone.clone());
    view! {
        <div class="field-row">
            <Field name=name("from") label="From" value=from width=10 required=true placeholder="09:00" />
            <Field name=name("to") label="To" value=to width=10 required=true placeholder="17:00" />
            <Field name=name("zone") label="Time zone" value=zone width=24 required=true placeholder="Europe/Oslo" />
        </div>
        <FieldGroup legend="Days" name=name("days") hint="None ticked: every day. A window over midnight belongs to the day it starts on.">
            <div class="bar">{days}</div>
        </FieldGroup>
    }
}

/// The operators by what they compare.
pub fn operators(with_segments: bool) -> Vec<ChoiceGroup> {
    let mut groups: Vec<ChoiceGroup> = Vec::new();
    for operator in Operator::ALL {
        let (label, kind) = group(operator.operand());
        if kind == "segment" && !with_segments {
            continue;
        }
        let choice = Choice::new(operator.as_str(), phrase(operator));
        match groups.iter_mut().find(|group| group.label == label) {
            Some(group) => group.choices.push(choice),
            None => groups.push(ChoiceGroup { label: label.to_owned(), kind, choices: vec![choice] }),
        }
    }
    groups
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
