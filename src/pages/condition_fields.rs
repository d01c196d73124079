//! The fields of one condition, for a rule and for a segment alike. What the chosen operator has no use for is hidden by the
//! style sheet, without a script. Parts marked `data-live` are drawn again while somebody types, by *Check* or by a script
//! that presses it.

use super::rule::condition::{BOOLEAN, ConditionForm, DAYS, JSON, NUMBER, TEXT};
use super::rule::operators;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::attribute::AttributeType;
use crate::domain::condition::Operand;
use crate::domain::sentence::scalar;
use crate::server::services::attribute_hints::{Hint, Hints};
use crate::server::services::moment;
use serde_json::Value;

/// What a condition may be made of.
#[derive(Debug, Clone)]
pub struct Offered {
    pub segments: Vec<String>,
    /// Suggested while typing.
    pub attributes: Vec<String>,
    pub hints: Hints,
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
    /// What the button sends that splits a line at its commas, where the form has one.
    pub split: Option<String>,
    pub focus: bool,
}

/// With more segments than this one wants to search them.
const MANY: usize = 8;

/// The fields of a condition.
pub fn condition(place: Place, form: &ConditionForm, offered: &Offered) -> Html {
    let name = |field: &str| format!("{}.{field}", place.path);
    let live = |part: &str| field_id(&place.path, part);
    let types = [(TEXT, "text"), (NUMBER, "numbers"), (BOOLEAN, "true or false"), (JSON, "JSON values")];
    let types = types.map(|(value, label)| Choice::new(value, label)).to_vec();
    let operators = operators::groups(form, offered.hints.kind(&form.attribute), !offered.segments.is_empty());
    let (attributes, focus) = (offered.attributes.clone(), place.focus);
    let (segments, window) = (segment_boxes(&name("segments"), &form.segments, &offered.segments), window(&place, form));
    let values = values(&place, form, offered.hints.get(&form.attribute));
    let notes = notes(&place, form);
    let ConditionForm { attribute, operator, read_as, negate, ignore_case, .. } = form.clone();
    let (operator_id, type_id, notes_id) = (live("operator-menu"), live("type-menu"), live("notes"));
    let names = (name("attribute"), name("operator"), name("read_as"), name("negate"), name("ignore_case"));
    let (attribute_name, operator_name, type_name, negate_name, case_name) = names;
    let Place { number, remove, .. } = place;
    view! {
        <fieldset class="condition">
            <legend class="vh">{format!("Condition {number}")}</legend>
            <div class="field-row">
                <div class="if-attribute">
                    <Field
                        name=attribute_name label="Attribute" value=attribute mono=true required=true suggestions=attributes
                        autofocus=focus autocomplete="off" placeholder="plan, user.country"
                    />
                </div>
                <div id=operator_id data-live="">
                    <GroupedSelect name=operator_name label="Comparison" groups=operators value=operator required=true />
                </div>
                <div class="if-type" id=type_id data-live="">
                    <Select name=type_name label="Values are" options=types value=read_as required=true />
                </div>
            </div>
            <div class="if-values">
                {values}
                <div id=notes_id data-live="">{notes}</div>
            </div>
            <div class="if-segment">{segments}</div>
            <div class="if-window">{window}</div>
            <div class="bar">
                <Checkbox name=negate_name label="Negate: it holds where this does not" checked=negate />
                <div class="if-case"><Checkbox name=case_name label="Ignore case" checked=ignore_case /></div>
                <div class="end">
                    <Button kind=ButtonKind::Quiet icon=Glyph::Remove name="remove" value=remove label=format!("Remove condition {number}")>
                        "Remove"
                    </Button>
                </div>
            </div>
        </fieldset>
    }
}

/// Boxes for the values that the attribute can have, where that is known, and lines for all others.
fn values(place: &Place, form: &ConditionForm, hint: Option<&Hint>) -> Html {
    let name = |field: &str| format!("{}.{field}", place.path);
    let legal: Vec<String> = if form.read_as == JSON { Vec::new() } else { hint.map(legal).unwrap_or_default() };
    let written: Vec<&str> = form.values.lines().map(str::trim).collect();
    let boxes: Vec<_> = legal
        .iter()
        .map(|value| {
            let checked = written.contains(&value.as_str());
            view! { <Checkbox name=format!("{}[{value}]", name("legal")) label=value.clone() checked=checked /> }
        })
        .collect();
    let others: Vec<&str> = written.into_iter().filter(|line| !legal.iter().any(|value| value == line)).collect();
    let (value, has_boxes) = (others.join("\n"), !boxes.is_empty());
    let seen = hint.map(|hint| hint.seen.iter().map(scalar).collect::<Vec<_>>()).unwrap_or_default();
    let hint = match seen.is_empty() || has_boxes {
        true => "One a line; it holds for any of them, with a “not” for none.".to_owned(),
        false => format!("One a line; it holds for any of them, with a “not” for none. Other rules have: {}.", seen.join(", ")),
    };
    let label = if has_boxes { "Other values" } else { "Values" };
    let group = has_boxes.then(|| {
        view! { <FieldGroup legend="Values" hint="It holds for any of them, with a “not” for none."><div class="bar">{boxes}</div></FieldGroup> }
    });
    let id = field_id(&place.path, "legal-boxes");
    view! {
        <div id=id data-live="">{group}</div>
        <TextArea name=name("values") label=label value=value mono=true required=!has_boxes rows=2 hint=hint chips=true />
    }
}

/// The legal values as lines; of a boolean there are two, whoever says so.
fn legal(hint: &Hint) -> Vec<String> {
    match (hint.legal.is_empty(), hint.kind) {
        (true, Some(AttributeType::Boolean)) => ["true", "false"].map(str::to_owned).to_vec(),
        _ => hint.legal.iter().map(|value| value.as_str().map_or_else(|| Value::to_string(value), str::to_owned)).collect(),
    }
}

/// What one would want to know of the list before it is saved.
fn notes(place: &Place, form: &ConditionForm) -> Html {
    let repeats = form.repeats();
    let repeats = (repeats > 0).then(|| {
        let text = if repeats == 1 { "1 line repeats".to_owned() } else { format!("{repeats} lines repeat") };
        view! { <p class="hint">{format!("{text} an earlier one; each value counts once.")}</p> }
    });
    let split = form.split_into().zip(place.split.clone()).map(|(count, at)| {
        view! {
            <p class="hint note">
                "A line holds commas, semicolons or tabs, and is one value as it stands. "
                <Button name="split" value=at>{format!("Split into {count} values")}</Button>
            </p>
        }
    });
    let moments = form.operand() == Operand::Instant && form.read_as != JSON;
    let moments = moments.then(|| view! { <p class="hint">{moment::HOW}</p> });
    view! { {moments} {repeats} {split} }
}

/// A box for every segment, and for those chosen that are there no more; a script adds a search where there are many.
fn segment_boxes(name: &str, chosen: &[String], known: &[String]) -> Html {
    let gone = chosen.iter().filter(|key| !known.contains(key));
    let boxes: Vec<_> = known
        .iter()
        .chain(gone)
        .map(|key| {
            let checked = chosen.contains(key);
            view! { <Checkbox name=format!("{name}[{key}]") label=key.clone() checked=checked /> }
        })
        .collect();
    let many = (boxes.len() > MANY).then_some("");
    let class = if many.is_some() { "boxes many" } else { "boxes" };
    view! {
        <FieldGroup legend="Segments" name=name.to_owned() hint="It holds for members of any of them.">
            <div class=class data-filter=many>{boxes}</div>
        </FieldGroup>
    }
}

fn window(place: &Place, form: &ConditionForm) -> Html {
    let name = |field: &str| format!("{}.{field}", place.path);
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
