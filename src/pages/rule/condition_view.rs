//! The card with a rule's conditions.

use super::condition::ConditionForm;
use crate::components::prelude::*;
use crate::components::*;
use crate::pages::condition_fields::{Offered, Place, condition};

/// What the conditions are made of.
pub struct Given {
    pub forms: Vec<ConditionForm>,
    pub offered: Offered,
    /// The condition that was just added.
    pub added: Option<usize>,
}

#[component]
pub fn Conditions(given: Given) -> Html {
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
            <div class="conditions" id="rule-conditions" data-swap="">
                {rows}
                {everybody}
                <p><Button icon=Glyph::Plus name="add" value="true">"Add condition"</Button></p>
            </div>
        </Card>
    }
}

fn row(at: usize, form: &ConditionForm, given: &Given) -> Html {
    let place = Place {
        path: format!("conditions[{at}]"),
        number: (at + 1).to_string(),
        remove: at.to_string(),
        split: Some(at.to_string()),
        focus: given.added == Some(at),
    };
    condition(place, form, &given.offered)
}
