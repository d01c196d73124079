//! How the rule editor looks.

use super::condition::ConditionForm;
use super::{Editing, FORM};
use crate::components::*;
use crate::domain::rule::Serve;
use crate::domain::sentence;
use crate::pages::condition_fields::{Offered, Place, condition, operators};
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
    let given = Given { forms: form.conditions.clone(), offered: offered(editing), added: editing.added };
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
    offered: Offered,
    added: Option<usize>,
}

/// Segments are offered where there are any, or where the rule asks for one already.
fn offered(editing: &Editing) -> Offered {
    let segments = editing.open.segment_keys();
    let uses_segments = editing.form.conditions.iter().any(|form| form.operator.ends_with("_segment"));
    let with_segments = uses_segments || !segments.is_empty();
    Offered { operators: operators(with_segments), segments, attributes: editing.attributes.clone() }
}

#[component]
fn Conditions(given: Given) -> impl IntoView {
    let rows: Vec<_> = given.forms.iter().enumerate().map(|(at, form)| row(at, form, &given)).collect();
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

fn row(at: usize, form: &ConditionForm, given: &Given) -> impl IntoView + use<> {
    let place = Place {
        path: format!("conditions[{at}]"),
        number: (at + 1).to_string(),
        remove: at.to_string(),
        focus: given.added == Some(at),
    };
    condition(place, form, &given.offered)
}
