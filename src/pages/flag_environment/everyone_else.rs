//! What everyone gets whom neither a target nor a rule has caught.

use super::change::EVERYONE_ELSE;
use super::{Shown, rules};
use crate::components::*;
use crate::domain::rule::Serve;
use crate::domain::sentence;
use crate::pages::serve_form::{ServeFields, ServeForm};
use leptos::prelude::*;

pub fn row(shown: &Shown) -> impl IntoView + use<> {
    let state = &shown.open.served.state;
    let pieces = sentence::serve_pieces(&state.fallthrough, shown.now);
    let crowd = rules::crowd(shown, &state.fallthrough);
    let form = shown.locks.edits.is_none().then(|| form(shown));
    view! {
        <RuleRow number="–" title="Everyone else">
            <p><Sentence pieces=pieces /></p>
            {crowd}
            {form}
        </RuleRow>
    }
}

fn form(shown: &Shown) -> impl IntoView + use<> {
    let flag = shown.open.served.stored.flag.clone();
    let current = &shown.open.served.state.fallthrough;
    let attempt = Attempt::of(EVERYONE_ELSE);
    // After a refusal the shares stand as they were typed, whatever has become of the flag since.
    let form = match &attempt {
        Some(attempt) => ServeForm::from_pairs(&attempt.values, &flag, Some(current)),
        None => ServeForm::of(current, &flag, shown.now),
    };
    let plan = match current {
        Serve::Rollout(rollout) => Some(sentence::plan(&rollout.plan)),
        _ => None,
    };
    let (seen, attributes) = (shown.seen(), shown.attributes.clone());
    view! {
        <Disclosure label="Change what they get" open=attempt.is_some()>
            <Form id=EVERYONE_ELSE submit="Add to draft">
                {seen}
                <ServeFields form=form flag=flag plan=plan attributes=attributes legend="Serve everyone else" />
            </Form>
        </Disclosure>
    }
}
