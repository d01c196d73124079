//! The fields of a new project, at set-up and later.

use super::fields::Fields;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::environment::Protection;
use crate::server::services::projects::NewProject;

/// What a new project is proposed to have; the rest of the rows are empty.
const PROPOSED: [&str; 3] = ["development", "staging", "production"];
const ROWS: usize = 5;

/// The project as it was sent.
pub fn read(fields: &Fields) -> NewProject {
    let row = |at: usize| (fields.text(&key_of(at)), fields.text(&protection_of(at)));
    NewProject { name: fields.text("project_name"), key: fields.text("project_key"), environments: (0..ROWS).map(row).collect() }
}

fn key_of(at: usize) -> String {
    format!("environments[{at}].key")
}

fn protection_of(at: usize) -> String {
    format!("environments[{at}].protection")
}

/// Name and key; to be made inside of a form.
pub fn naming(key: &'static str) -> Html {
    view! {
        <Field name="project_name" label="Name" required=true hint="A product or a team, such as Web shop." />
        <Field name="project_key" label="Key" required=true mono=true value=key autocomplete="off"
            hint="Stands in addresses and files; it stays." />
    }
}

/// Its environments; to be made inside of a form.
pub fn environments() -> Html {
    let rows: Vec<_> = (0..ROWS).map(row).collect();
    view! {
        <FieldGroup legend="Environments" name="environments"
            hint="In the order in which changes travel. A row left empty is left out; more can be added later.">
            {rows}
            <p class="hint">
                "Usual: production, prod and live are critical, so a change there is confirmed with a reason and the environment's name. Where none of these is there the last one is critical. The others are open: changes apply at once."
            </p>
        </FieldGroup>
    }
}

fn row(at: usize) -> Html {
    let number = at + 1;
    let (first, key_label, protection_label) = match at {
        0 => (true, "Key".to_owned(), "Protection".to_owned()),
        _ => (false, format!("Key of environment {number}"), format!("Protection of environment {number}")),
    };
    let options = Protection::ALL.map(|protection| Choice::new(protection.as_str(), protection.label())).to_vec();
    let key = PROPOSED.get(at).copied().unwrap_or_default();
    view! {
        <div class="field-row">
            <Field name=key_of(at) label=key_label value=key mono=true width=24 compact=!first required=first autocomplete="off" />
            <Select name=protection_of(at) label=protection_label options=options prompt="Usual for its name" compact=!first
                required=true />
        </div>
    }
}
