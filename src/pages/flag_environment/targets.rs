//! Individual targets: they come before every rule.

use super::change::{TARGETS, units_field};
use super::{Shown, focus};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::role::Role;
use crate::domain::state::MAX_UNITS;
use crate::pages::state_told::line;

pub fn row(shown: &Shown) -> Html {
    let state = &shown.open.served.state;
    let readable = shown.project.role > Role::Viewer;
    let lines: Vec<_> = state.targets.iter().map(|target| view! { <p><Sentence pieces=line(target, readable) /></p> }).collect();
    let lines = match lines.is_empty() {
        true => view! { <p class="sentence">"Nobody by name. Everybody goes on to the rules."</p> },
        false => lines.draw(),
    };
    let form = shown.locks.edits.is_none().then(|| form(shown));
    view! { <RuleRow number="–" title="Individual targets">{lines} {form}</RuleRow> }
}

fn form(shown: &Shown) -> Html {
    let served = &shown.open.served;
    let units = |name: &str| {
        let list = served.state.targets.iter().find(|target| target.variant.as_str() == name);
        list.map(|list| list.units.join("\n")).unwrap_or_default()
    };
    let names = served.stored.flag.variants.iter().map(|variant| variant.name.as_str());
    let lists: Vec<(String, String)> = names.map(|name| (name.to_owned(), units(name))).collect();
    let (base, draft) = shown.versions();
    view! {
        <Disclosure label="Change targets" id=focus::TARGETS open=Attempt::of(TARGETS).is_some()>
            <Form id=TARGETS submit="Add to draft">
                <Hidden name="base_version" value=base />
                <Hidden name="draft_version" value=draft />
                <p class="hint">
                    {format!("Targeting keys, one a line. At most {MAX_UNITS} together; a longer list belongs into a segment.")}
                </p>
                // Made in the form, where they find what was typed.
                {lists.into_iter().map(|(name, units)| area(&name, units)).collect::<Vec<_>>()}
            </Form>
        </Disclosure>
    }
}

fn area(variant: &str, units: String) -> Html {
    view! { <TextArea name=units_field(variant) label=format!("Always serve {variant} to") value=units mono=true /> }
}
