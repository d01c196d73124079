//! Individual targets: they come before every rule.

use super::Shown;
use super::change::{TARGETS, units_field};
use crate::components::*;
use crate::domain::role::Role;
use crate::domain::sentence::Piece;
use crate::domain::state::{MAX_UNITS, Target};
use leptos::prelude::*;

/// As many keys as the row names; the form has them all.
const NAMED: usize = 12;

pub fn row(shown: &Shown) -> impl IntoView + use<> {
    let state = &shown.open.served.state;
    let readable = shown.project.role > Role::Viewer;
    let lines: Vec<_> = state.targets.iter().map(|target| view! { <p><Sentence pieces=line(target, readable) /></p> }).collect();
    let lines = match lines.is_empty() {
        true => view! { <p class="sentence">"Nobody by name. Everybody goes on to the rules."</p> }.into_any(),
        false => lines.into_any(),
    };
    let form = shown.locks.edits.is_none().then(|| form(shown));
    view! { <RuleRow number="–" title="Individual targets">{lines} {form}</RuleRow> }
}

/// `ada, lin and 3 more → serve on`; who they are is not for everybody.
fn line(target: &Target, readable: bool) -> Vec<Piece> {
    let count = target.units.len();
    let mut out = Vec::new();
    if readable {
        for (at, unit) in target.units.iter().take(NAMED).enumerate() {
            out.extend((at > 0).then(|| Piece::Text(", ".to_owned())));
            out.push(Piece::Value(unit.clone()));
        }
        out.extend((count > NAMED).then(|| Piece::Text(format!(" and {} more", count - NAMED))));
    } else {
        out.push(Piece::Text(if count == 1 { "1 key".to_owned() } else { format!("{count} keys") }));
    }
    out.extend([Piece::Text(" → serve ".to_owned()), Piece::Name(target.variant.to_string())]);
    out
}

fn form(shown: &Shown) -> impl IntoView + use<> {
    let served = &shown.open.served;
    let units = |name: &str| {
        let list = served.state.targets.iter().find(|target| target.variant.as_str() == name);
        list.map(|list| list.units.join("\n")).unwrap_or_default()
    };
    let names = served.stored.flag.variants.iter().map(|variant| variant.name.as_str());
    let lists: Vec<(String, String)> = names.map(|name| (name.to_owned(), units(name))).collect();
    let (base, draft) = shown.versions();
    view! {
        <Disclosure label="Change targets" open=Attempt::of(TARGETS).is_some()>
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

fn area(variant: &str, units: String) -> impl IntoView + use<> {
    view! { <TextArea name=units_field(variant) label=format!("Always serve {variant} to") value=units mono=true /> }
}
