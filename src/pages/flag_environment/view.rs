//! How the page is put together.

use super::change::{RULE, SWITCH};
use super::{Shown, aside, plan, rules, save_bar, trials};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::flag::Problem;
use crate::domain::role::Role;
use crate::domain::text::capital;
use crate::domain::when;
use crate::pages::flag_head::{self, Here};
use crate::pages::lint;
use crate::server::services::policy;
use crate::server::services::status::{self, InForce};

pub fn page(shown: &Shown) -> Html {
    let environment = shown.open.environment_key().as_str();
    let heading = flag_head::heading(&shown.project, &shown.view, Here::Environment(environment), shown.now);
    let label = format!("{} in {environment}", shown.open.flag_key());
    let (forms, warnings, rules, plans) = (buttons(shown), warnings(shown), rules::card(shown), plan::cards(shown));
    let trials = trials::card(shown);
    let (meanwhile, save_bar) = (save_bar::meanwhile(shown), save_bar::bar(shown));
    let served = &shown.open.served;
    let lint = lint::of_the_rest(&served.stored.flag, &served.state, &shown.findings);
    view! {
        {heading}
        <Split aside=aside::view(shown) aside_label=label>
            <Refused forms=forms />
            {warnings}
            {meanwhile}
            {lint}
            {rules}
            {plans}
            {trials}
        </Split>
        {save_bar}
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

fn warnings(shown: &Shown) -> Html {
    let served = &shown.open.served;
    let archived = served.is_archived().then(|| {
        let overview = flag_head::address(&shown.project, served.key());
        let restore = view! { <LinkButton href=overview>"To its overview"</LinkButton> };
        view! {
            <Banner title="This flag is archived." actions=restore>
                <p>"It answers nobody and cannot be changed. Restore it on its overview first."</p>
            </Banner>
        }
    });
    let fault = served.fault.clone().map(|problems| fault(shown, problems));
    let frozen = policy::frozen(&shown.work.live, shown.now).map(|why| {
        view! {
            <Banner tone=Tone::Warn title=capital(&why)>
                <p>"Edits gather in a draft meanwhile, and wait in it."</p>
            </Banner>
        }
    });
    view! { {archived} {frozen} {fault} {expired(shown)} }
}

/// What stands below is not asked any more.
fn expired(shown: &Shown) -> Option<Html> {
    let served = &shown.open.served;
    let flag = &served.stored.flag;
    let InForce::Expired(name) = status::in_force(flag, &served.state, served.is_faulty(), shown.now) else { return None };
    let title = format!("Expired {}: everybody gets {name}.", when::relative(flag.expires_at?, shown.now));
    let extend = shown.project.refusal(Role::Editor).is_none().then(|| {
        let href = format!("{}#lifetime", flag_head::address(&shown.project, served.key()));
        view! { <LinkButton href=href>"Extend it"</LinkButton> }
    });
    Some(view! {
        <Banner tone=Tone::Warn title=title actions=extend.draw()>
            <p>"Targets, rules and everyone else below are not asked until the flag's last day is moved."</p>
        </Banner>
    })
}

fn fault(shown: &Shown, problems: Vec<Problem>) -> Html {
    let fallback = shown.open.served.stored.flag.fallback_variant.to_string();
    let line = |problem: Problem| {
        let path = (!problem.field.is_empty()).then(|| view! { <code>{problem.field.clone()}</code>": " });
        view! { <li>{path}{problem.message}</li> }
    };
    let lines: Vec<_> = problems.into_iter().map(line).collect();
    let text = view! {
        <p>"Everybody gets the fallback variant "<b>{fallback}</b>" until this is put right:"</p>
        <ul>{lines}</ul>
    };
    let title = "This flag is faulty here.";
    match start_afresh(shown) {
        Some(actions) => view! { <Banner tone=Tone::Danger title=title actions=actions>{text}</Banner> },
        None => view! { <Banner tone=Tone::Danger title=title>{text}</Banner> },
    }
}

/// The way out where what is stored cannot even be read: no form shows it, and off puts a new state in its place.
fn start_afresh(shown: &Shown) -> Option<Html> {
    let may = shown.project.refusal(Role::Editor).is_none() && !shown.open.served.is_archived();
    let form = || {
        view! {
            <form method="post">
                <input type="hidden" name="_form" value=SWITCH />
                <Button name="enabled" value="false">"Turn off and start afresh"</Button>
            </form>
        }
    };
    (may && !shown.open.is_readable()).then(form)
}
