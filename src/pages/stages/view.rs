//! The rows as they stand in a form.

use super::{ADD, APPROVAL, REMOVE, Row, path};
use crate::components::prelude::*;
use crate::components::*;

/// The steps of a plan; to be made inside of a form with `inner_buttons`.
#[component]
pub fn StageRows(
    rows: Vec<Row>,
    #[prop(into)] legend: String,
    /// The number of the first, counted from 1.
    #[prop(default = 1)]
    first: usize,
) -> Html {
    let hint = "Each larger than the one before, in steps of 0.01 %. How long the last one stays is not asked; a row without a share is left out.";
    let rows: Vec<_> = rows.into_iter().enumerate().map(|(at, row)| stage(at, first + at, row)).collect();
    view! {
        <FieldGroup legend=legend name="steps" hint=hint>
            <div class="stages">{rows}</div>
            <p><Button kind=ButtonKind::Quiet icon=Glyph::Plus name=ADD value="true">"Add a step"</Button></p>
        </FieldGroup>
    }
}

fn stage(at: usize, number: usize, row: Row) -> Html {
    let path = path(at);
    view! {
        <div class="stage">
            <Field
                name=format!("{path}.share") label=format!("Share of step {number}") value=row.share width=10 unit="%" compact=true
                inputmode="decimal" required=true autocomplete="off"
            />
            <HoldFields path=path hold=row.hold whose=format!("of step {number}") />
            <Button kind=ButtonKind::Quiet icon=Glyph::Remove name=REMOVE value=at.to_string() label=format!("Remove step {number}") />
        </div>
    }
}

/// How long a step stays: a number and its unit.
#[component]
pub fn HoldFields(#[prop(into)] path: String, hold: super::HoldRow, #[prop(into)] whose: String) -> Html {
    let units = ["days", "hours", "minutes"].map(|unit| Choice::new(unit, unit));
    let units: Vec<Choice> = units.into_iter().chain([Choice::new(APPROVAL, "until approved")]).collect();
    view! {
        <span class="sub">"stays for"</span>
        <Field
            name=format!("{path}.hold") label=format!("How long the share {whose} stays") value=hold.amount width=6 compact=true
            inputmode="numeric" required=true autocomplete="off"
        />
        <Select
            name=format!("{path}.unit") label=format!("Unit of the time {whose}") options=units value=hold.unit compact=true required=true
        />
    }
}
