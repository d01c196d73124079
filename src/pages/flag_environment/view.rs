//! How the page is put together.

use super::change::{RULE, SWITCH};
use super::{Shown, aside, plan, rules, trials};
use crate::components::*;
use crate::pages::flag_head::{self, Here};
use leptos::prelude::*;

pub fn page(shown: &Shown) -> impl IntoView + use<> {
    let environment = shown.open.environment_key().as_str();
    let heading = flag_head::heading(&shown.project, &shown.view, Here::Environment(environment), shown.now);
    let label = format!("{} in {environment}", shown.open.flag_key());
    let (forms, warnings, rules, plans) = (buttons(shown), warnings(shown), rules::card(shown), plan::cards(shown));
    let trials = trials::card(shown);
    view! {
        {heading}
        <Split aside=aside::view(shown).into_any() aside_label=label>
            <Refused forms=forms />
            {warnings}
            {rules}
            {plans}
            {trials}
        </Split>
    }
}

/// The forms that have no place of their own to say what was wrong: none has, where none is shown.
fn buttons(shown: &Shown) -> Vec<&'static str> {
    use super::change::{EVERYONE_ELSE, OFF_VARIANT, TARGETS};
    match shown.locks.edits {
        None => vec![SWITCH, RULE, ""],
        Some(_) => vec![SWITCH, RULE, TARGETS, EVERYONE_ELSE, OFF_VARIANT, ""],
    }
}

fn warnings(shown: &Shown) -> impl IntoView + use<> {
    let served = &shown.open.served;
    let archived = served.is_archived().then(|| {
        let overview = flag_head::address(&shown.project, served.key());
        let restore = view! { <LinkButton href=overview>"To its overview"</LinkButton> }.into_any();
        view! {
            <Banner title="This flag is archived." actions=restore>
                <p>"It answers nobody and cannot be changed. Restore it on its overview first."</p>
            </Banner>
        }
    });
    let fault = served.fault.clone().map(|problems| {
        let fallback = served.stored.flag.fallback_variant.to_string();
        let lines: Vec<_> = problems
            .into_iter()
            .map(|problem| {
                let path = (!problem.field.is_empty()).then(|| view! { <code>{problem.field.clone()}</code>": " });
                view! { <li>{path}{problem.message}</li> }
            })
            .collect();
        view! {
            <Banner tone=Tone::Danger title="This flag is faulty here.">
                <p>"Everybody gets the fallback variant "<b>{fallback}</b>" until this is put right:"</p>
                <ul>{lines}</ul>
            </Banner>
        }
    });
    view! { {archived} {fault} }
}
