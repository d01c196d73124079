//! How the rule editor looks.

use super::condition_view::{Conditions, Given};
use super::preview::preview;
use super::{Editing, FORGET, FORM};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::rule::Serve;
use crate::domain::sentence;
use crate::domain::when;
use crate::pages::condition_fields::Offered;
use crate::pages::flag_environment::here;
use crate::pages::flag_head;
use crate::pages::serve_form::{self, ServeFields};

pub fn page(editing: &Editing) -> Html {
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
    let left = left(editing);
    let body = match editing.lock.clone() {
        Some(reason) => locked(editing, reason, above),
        None => form(editing, above),
    };
    let colour = editing.open.snapshot.environment.environment.colour;
    view! {
        <PageHeading title=editing.heading() crumbs=crumbs lead=lead>
            <EnvironmentBadge colour=colour name=environment />
        </PageHeading>
        {left}
        {body}
    }
}

/// What was left half typed: to go on with, or to let go.
fn left(editing: &Editing) -> Option<Html> {
    let title = format!("You left this half typed, {}.", when::relative(editing.left?, editing.now));
    let actions = view! {
        <form method="post">
            <input type="hidden" name="_form" value=FORGET />
            <Button kind=ButtonKind::Quiet>"Let it go"</Button>
        </form>
        <LinkButton href="?restore=true">"Go on with it"</LinkButton>
    };
    Some(view! { <div class="above"><Banner title=title actions=actions>"What you see below is without it."</Banner></div> })
}

/// Readable all the same.
fn locked(editing: &Editing, reason: String, above: String) -> Html {
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

fn form(editing: &Editing, above: String) -> Html {
    let form = editing.form.clone();
    let offered =
        Offered { segments: editing.open.segment_keys(), attributes: editing.attributes.clone(), hints: editing.hints.clone() };
    let given = Given { forms: form.conditions.clone(), offered, added: editing.added };
    let flag = editing.open.served.stored.flag.clone();
    let plan = match editing.rule.as_ref().map(|rule| &rule.serve) {
        Some(Serve::Rollout(rollout)) => Some(sentence::plan(&rollout.plan)),
        _ => None,
    };
    let actions = view! {
        <Button name=serve_form::CHECK value="true">"Check"</Button>
        <LinkButton href=above kind=ButtonKind::Quiet>"Cancel"</LinkButton>
    };
    let (standing, preview) = (editing.standing(), preview(editing));
    let (seen, attributes) = (editing.seen, editing.attributes.clone());
    // What stands in the form is made in there, where its fields find what was typed and what was wrong with it.
    view! {
        <Form id=FORM submit="Add to draft" actions=actions inner_buttons=true live=true>
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
                <ServeFields form=form.serve flag=flag plan=plan attributes=attributes legend="Serve" standing=standing live="rule-shares" />
            </Card>
            <Card id="editor-sentence" title="In words">{preview}</Card>
        </Form>
    }
}
