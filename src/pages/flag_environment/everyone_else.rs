//! What everyone gets whom neither a target nor a rule has caught.

use super::change::EVERYONE_ELSE;
use super::{Shown, focus, plan, rules};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::launch::Whose;
use crate::domain::rule::Serve;
use crate::domain::sentence;
use crate::pages::fields::Fields;
use crate::pages::serve_form::{self, ServeFields, ServeForm, Standing};
use crate::server::services::states::OpenState;

pub fn row(shown: &Shown) -> Html {
    let state = &shown.open.served.state;
    let pieces = sentence::serve_pieces(&state.fallthrough, shown.now);
    let crowd = rules::crowd(shown, &state.fallthrough);
    let form = shown.locks.edits.is_none().then(|| form(shown));
    let by_plan = plan::begin(shown, &Whose::EveryoneElse, "everyone else");
    view! {
        <RuleRow number="–" title="Everyone else">
            <p><Sentence pieces=pieces /></p>
            {crowd}
            {form}
            {by_plan}
        </RuleRow>
    }
}

fn form(shown: &Shown) -> Html {
    let flag = shown.open.served.stored.flag.clone();
    let current = &shown.open.served.state.fallthrough;
    let attempt = Attempt::of(EVERYONE_ELSE);
    // After a refusal, or a look at what they come to, the shares stand as they were typed, whatever has become of the flag since.
    let form = match &attempt {
        Some(attempt) => ServeForm::from_pairs(&attempt.values, &flag, Some(current)),
        None => ServeForm::of(current, &flag, shown.now),
    };
    let plan = match current {
        Serve::Rollout(rollout) => Some(sentence::plan(&rollout.plan)),
        _ => None,
    };
    let ((base, draft), attributes) = (shown.versions(), shown.attributes.clone());
    let standing = Standing {
        serve: Some(current.clone()),
        off: shown.open.served.state.off_variant.to_string(),
        whom: "everyone else",
        live: shown.open.served.state.enabled,
        now: shown.now,
    };
    let check = view! { <Button name=serve_form::CHECK value="true">"Check"</Button> };
    view! {
        <Disclosure label="Change what they get" id=focus::EVERYONE_ELSE open=attempt.is_some()>
            <Form id=EVERYONE_ELSE submit="Add to draft" actions=check inner_buttons=true live=true>
                <Hidden name="base_version" value=base />
                <Hidden name="draft_version" value=draft />
                <ServeFields
                    form=form flag=flag plan=plan attributes=attributes legend="Serve everyone else" standing=standing
                    live="everyone-else-shares"
                />
            </Form>
        </Disclosure>
    }
}

/// The form after one of its own buttons, which draw it again and save nothing.
pub fn redrawn(fields: &Fields, open: &OpenState) -> Option<Attempt> {
    let (flag, current) = (&open.served.stored.flag, &open.served.state.fallthrough);
    let values = (fields.form() == EVERYONE_ELSE).then(|| serve_form::redrawn(&fields.0, flag, Some(current))).flatten()?;
    Some(Attempt { form: EVERYONE_ELSE.to_owned(), values, ..Attempt::default() })
}
