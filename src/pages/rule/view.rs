//! How the rule editor looks. What the chosen operator has no use for is hidden by the style sheet, without a script.

use super::condition::{BOOLEAN, ConditionForm, DAYS, JSON, NUMBER, TEXT};
use super::{Editing, FORM};
use crate::components::*;
use crate::domain::condition::{Operand, Operator};
use crate::domain::rule::Serve;
use crate::domain::sentence;
use crate::pages::flag_environment::here;
use crate::pages::flag_head;
use crate::pages::serve_form::ServeFields;
use leptos::prelude::*;

pub fn page(editing: &Editing) -> impl IntoView + use<> {
    let (flag, environment) = (editing.open.flag_key().to_string(), editing.open.environment_key().to_string());
    let above = here(&editing.project, &editing.open);
    let crumbs = vec![
        Crumb::new("Flags", format!("/p/{}/flags", editing.project.key())),
        Crumb::new(flag.clone(), flag_head::address(&editing.project, &flag)),
        Crumb::new(environment.clone(), above.clone()),
    ];
    let lead = match editing.rule {
        Some(_) => "Rules are asked in their order; the first that matches decides.",
        None => "It is added below the others, above everyone else; move it up afterwards where it should come first.",
    };
    let body = match editing.lock.clone() {
        Some(reason) => locked(editing, reason, above).into_any(),
        None => form(editing, above).into_any(),
    };
    let colour = editing.open.snapshot.environment.environment.colour;
    view! {
        <PageHeading title=editing.heading() crumbs=crumbs lead=lead>
            <EnvironmentBadge colour=colour name=environment />
        </PageHeading>
        {body}
    }
}

/// Readable all the same.
fn locked(editing: &Editing, reason: String, above: String) -> impl IntoView + use<> {
    let pieces = editing.rule.as_ref().map(|rule| sentence::rule_pieces(rule, editing.now)).unwrap_or_default();
    view! {
        <Card id="rule-sentence" title="Rule">
            <p><Sentence pieces=pieces /></p>
            <p class="bar mt">
                <DisabledAction reason=reason icon=Glyph::Edit>"Save"</DisabledAction>
                <LinkButton href=above kind=ButtonKind::Quiet>"Back"</LinkButton>
            </p>
        </Card>
    }
}

fn form(editing: &Editing, above: String) -> impl IntoView + use<> {
    let form = editing.form.clone();
    let given = Given {
        forms: form.conditions.clone(),
        operators: operators(editing),
        segments: editing.open.segment_keys(),
        attributes: editing.attributes.clone(),
        added: editing.added,
    };
    let flag = editing.open.served.stored.flag.clone();
    let plan = match editing.rule.as_ref().map(|rule| &rule.serve) {
        Some(Serve::Rollout(rollout)) => Some(sentence::plan(&rollout.plan)),
        _ => None,
    };
    let cancel = view! { <LinkButton href=above kind=ButtonKind::Quiet>"Cancel"</LinkButton> }.into_any();
    let (seen, attributes) = (editing.seen, editing.attributes.clone());
    // What stands in the form is made in there, where its fields find what was typed and what was wrong with it.
    view! {
        <Form id=FORM submit="Add to draft" actions=cancel inner_buttons=true>
            <Hidden name="base_version" value=seen.base_version.unwrap_or_default().to_string() />
            <Hidden name="draft_version" value=seen.draft_version.unwrap_or_default().to_string() />
            <Card id="editor-name" title="Rule">
                <div class="form">
                    <Field name="name" label="Name" value=form.name hint="What it is for: Staff always get it." />
                    <Checkbox name="active" label="Active" checked=form.active hint="A paused rule is skipped." />
                </div>
            </Card>
            <Conditions given=given />
            <Card id="editor-serve" title="Then">
                <ServeFields form=form.serve flag=flag plan=plan attributes=attributes legend="Serve" />
            </Card>
        </Form>
    }
}

/// What the conditions are made of.
struct Given {
    forms: Vec<ConditionForm>,
    operators: Vec<ChoiceGroup>,
    segments: Vec<String>,
    attributes: Vec<String>,
    added: Option<usize>,
}

#[component]
fn Conditions(given: Given) -> impl IntoView {
    let rows: Vec<_> = (0..given.forms.len()).map(|at| condition(at, &given)).collect();
    let everybody = rows.is_empty().then(|| {
        view! {
            <Banner tone=Tone::Warn title="This rule matches everybody.">
                <p>"It has no conditions, so the rules below it are never reached."</p>
            </Banner>
        }
    });
    view! {
        <Card id="editor-conditions" title="If" note="all of these hold">
            <div class="conditions">
                {rows}
                {everybody}
                <p><Button icon=Glyph::Plus name="add" value="true">"Add condition"</Button></p>
            </div>
        </Card>
    }
}

fn condition(at: usize, given: &Given) -> impl IntoView + use<> {
    let form = &given.forms[at];
    let name = |field: &str| format!("conditions[{at}].{field}");
    let types = [(TEXT, "text"), (NUMBER, "numbers"), (BOOLEAN, "true or false"), (JSON, "JSON values")];
    let types = types.map(|(value, label)| Choice::new(value, label)).to_vec();
    let (operators, attributes, focus) = (given.operators.clone(), given.attributes.clone(), given.added == Some(at));
    let (segments, window) = (segment_boxes(&name("segments"), &form.segments, &given.segments), window(at, form));
    let ConditionForm { attribute, operator, read_as, values, negate, ignore_case, .. } = form.clone();
    let number = at + 1;
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
                    <Button kind=ButtonKind::Quiet icon=Glyph::Remove name="remove" value=at.to_string() label=format!("Remove condition {number}")>
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

fn window(at: usize, form: &ConditionForm) -> impl IntoView + use<> {
    let name = |field: &str| format!("conditions[{at}].{field}");
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

/// The operators by what they compare. Segments are offered where there are any.
fn operators(editing: &Editing) -> Vec<ChoiceGroup> {
    let uses_segments = editing.form.conditions.iter().any(|form| form.operator.ends_with("_segment"));
    let with_segments = uses_segments || !editing.open.segment_keys().is_empty();
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
