//! Fields that offer a choice.

use super::Bound;
use crate::components::badge::EnvironmentBadge;
use crate::components::prelude::*;
use crate::domain::environment::Colour;

/// One of the things to choose from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    pub label: String,
    /// A sentence for the person who has to choose; a menu shows it after the label.
    pub description: String,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), description: String::new() }
    }
    pub fn described(value: impl Into<String>, label: impl Into<String>, description: impl Into<String>) -> Self {
        Self { description: description.into(), ..Self::new(value, label) }
    }
}

/// One of a menu.
#[component]
pub fn Select(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    options: Vec<Choice>,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] hint: Option<String>,
    /// The entry for no choice yet, sent as an empty value.
    #[prop(optional, into)]
    prompt: Option<String>,
    #[prop(optional)] required: bool,
    #[prop(optional)] compact: bool,
) -> Html {
    let bound = Bound::new(name, value, hint, required, false);
    let prompt = prompt.map(|text| Choice::new("", text));
    let options: Vec<_> = prompt
        .into_iter()
        .chain(options)
        .map(|choice| {
            let chosen = choice.value == bound.value;
            let text = match choice.description.as_str() {
                "" => choice.label,
                description => format!("{} – {description}", choice.label),
            };
            view! { <option value=choice.value selected=chosen>{text}</option> }
        })
        .collect();
    view! {
        <div class=bound.class(compact)>
            {bound.label(label, compact)}
            {bound.notes()}
            <select
                class="input" id=bound.id.clone() name=bound.name.clone() required=required
                aria-invalid=bound.invalid() aria-describedby=bound.described_by()
            >
                {options}
            </select>
        </div>
    }
}

/// Choices of a kind, under one label.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChoiceGroup {
    pub label: String,
    /// For the style sheet, as `data-kind`: parts of the page belong to the kind that is chosen.
    pub kind: &'static str,
    pub choices: Vec<Choice>,
}

/// One of a menu that is ordered into groups.
#[component]
pub fn GroupedSelect(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    groups: Vec<ChoiceGroup>,
    #[prop(optional, into)] value: String,
    #[prop(optional)] required: bool,
) -> Html {
    let bound = Bound::new(name, value, None, required, false);
    let option = |choice: Choice| {
        let chosen = choice.value == bound.value;
        view! { <option value=choice.value selected=chosen>{choice.label}</option> }
    };
    let groups: Vec<_> = groups
        .into_iter()
        .map(|group| {
            let options: Vec<_> = group.choices.into_iter().map(option).collect();
            view! { <optgroup label=group.label data-kind=group.kind>{options}</optgroup> }
        })
        .collect();
    view! {
        <div class=bound.class(false)>
            {bound.label(label, false)}
            {bound.notes()}
            <select
                class="input" id=bound.id.clone() name=bound.name.clone() required=required
                aria-invalid=bound.invalid() aria-describedby=bound.described_by()
            >
                {groups}
            </select>
        </div>
    }
}

/// Yes or no; sends `true`, or nothing.
#[component]
pub fn Checkbox(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional)] checked: bool,
    #[prop(optional, into)] hint: Option<String>,
    /// What is sent when it is ticked.
    #[prop(default = "true".to_owned(), into)]
    value: String,
    /// Told with the label to those who do not see what it stands beside.
    #[prop(optional, into)]
    read_out: Option<String>,
) -> Html {
    let said = read_out.map(|text| view! { <span class="vh">{text}</span> });
    // An unticked box sends nothing, so whether there was an attempt decides, not whether there is a value.
    let attempted = super::Scope::current().attempt.map(|a| a.values.iter().any(|pair| pair.0 == name && pair.1 == value));
    let bound = Bound::new(name, String::new(), hint, true, false);
    view! {
        <div class=format!("{} check", bound.class(false))>
            <input
                type="checkbox" id=bound.id.clone() name=bound.name.clone() value=value checked=attempted.unwrap_or(checked)
                aria-invalid=bound.invalid() aria-describedby=bound.described_by()
            />
            {bound.label_with(label, false, said)}
            {bound.notes()}
        </div>
    }
}

/// One of a few, each with a sentence on what it means.
#[component]
pub fn RadioCards(
    #[prop(into)] name: String,
    #[prop(into)] legend: String,
    options: Vec<Choice>,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] hint: Option<String>,
) -> Html {
    let bound = Bound::new(name, value, hint, true, false);
    let cards: Vec<_> = options.into_iter().enumerate().map(|(at, choice)| card(&bound, at, choice)).collect();
    view! {
        <fieldset
            class="group" role="radiogroup" aria-invalid=bound.invalid() aria-describedby=bound.described_by()
        >
            <legend>{legend}</legend>
            {bound.notes()}
            <div class="choices">{cards}</div>
        </fieldset>
    }
}

/// One of the colours that environments are marked with, each beside its name.
#[component]
pub fn Swatches(#[prop(into)] name: String, #[prop(into)] legend: String, #[prop(optional, into)] value: String) -> Html {
    let bound = Bound::new(name, value, None, true, false);
    let swatch = |(at, colour): (usize, Colour)| {
        let id = if at == 0 { bound.id.clone() } else { format!("{}-{at}", bound.id) };
        let chosen = colour.as_str() == bound.value;
        view! {
            <div class="swatch">
                <input type="radio" id=id.clone() name=bound.name.clone() value=colour.as_str() checked=chosen />
                <label for=id><EnvironmentBadge colour=colour name=colour.label() /></label>
            </div>
        }
    };
    let swatches: Vec<_> = Colour::ALL.into_iter().enumerate().map(swatch).collect();
    view! {
        <fieldset class="group" role="radiogroup" aria-invalid=bound.invalid() aria-describedby=bound.described_by()>
            <legend>{legend}</legend>
            {bound.notes()}
            <div class="swatches">{swatches}</div>
        </fieldset>
    }
}

fn card(bound: &Bound, at: usize, choice: Choice) -> Html {
    // The first one carries the field's id, which the summary links to.
    let id = if at == 0 { bound.id.clone() } else { format!("{}-{at}", bound.id) };
    let about = format!("{id}-about");
    let described = (!choice.description.is_empty()).then(|| about.clone());
    let description = described.clone().map(|id| view! { <span class="about" id=id>{choice.description}</span> });
    let chosen = choice.value == bound.value;
    view! {
        <div class="choice">
            <input
                type="radio" id=id.clone() name=bound.name.clone() value=choice.value checked=chosen aria-describedby=described
            />
            <label for=id>{choice.label}</label>
            {description}
        </div>
    }
}
