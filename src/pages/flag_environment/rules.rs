//! The card that says who gets what, from the switch down to everyone else.

use super::change::RULE;
use super::{Shown, arrange, everyone_else, focus, targets};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::audience::once_on;
use crate::domain::environment::Protection;
use crate::domain::role::Role;
use crate::domain::rule::{Rule, Serve, WHOLE};
use crate::domain::sentence;
use crate::pages::lint;
use crate::pages::state_told;
use crate::pages::switch_form::switch_form_with;
use crate::pages::switch_schedule;

pub fn card(shown: &Shown) -> Html {
    let state = &shown.open.served.state;
    let title = format!("Rules in {}", shown.open.environment_key());
    let rows: Vec<_> = (0..state.rules.len()).map(|at| row(shown, at)).collect();
    let off = (!state.enabled).then(|| {
        let off = state.off_variant.to_string();
        let all = everybody_at_once(shown)
            .then_some(" That is everybody at once; to begin with some, change what everyone else gets first.");
        view! { <RuleGap><p class="sub">"Off here: everybody gets "<b>{off}</b>". What follows takes effect once it is on."{all}</p></RuleGap> }
    });
    let (targets, add, everyone_else) = (targets::row(shown), add(shown), everyone_else::row(shown));
    view! {
        <Card id="rules" title=title note="first match wins" flush=true actions=switch(shown)>
            {off}
            {targets}
            {rows}
            {add}
            {everyone_else}
        </Card>
    }
}

/// Whether turning it on leaves nobody out.
fn everybody_at_once(shown: &Shown) -> bool {
    let state = &shown.open.served.state;
    let whole = |serve: &Serve| serve.share_beside(&state.off_variant, shown.now) == WHOLE;
    whole(&state.fallthrough) && state.rules.iter().all(|rule| !rule.active || whole(&rule.serve))
}

fn switch(shown: &Shown) -> Html {
    let state = &shown.work.live.served.state;
    // Of a flag that is on, the rules below say what it serves.
    let words = (!state.enabled).then(|| {
        let words = format!("Off: serves {}. {}", state.off_variant, once_on(state, shown.now));
        view! { <span>{words}</span> }
    });
    let refusal = shown.locks.switch.clone();
    // It comes back here by itself.
    // Turning on is explained on the confirm page; turning off has none.
    let guarded = shown.open.snapshot.environment.environment.protection != Protection::Open;
    let why = (state.enabled && guarded && refusal.is_none()).then(why);
    let (project, open) = (shown.project.key().as_str(), &shown.work.live);
    let switch = switch_form_with(project, &open.snapshot, &open.served, "", refusal.as_deref(), why, shown.now);
    let said = refusal.map(|reason| view! { <span class="sub" aria-hidden="true">{reason}</span> });
    let later = shown.locks.edits.is_none().then(|| {
        let href = switch_schedule::address(&shown.project, open, !state.enabled);
        let label = format!("Schedule turning it {}", if state.enabled { "off" } else { "on" });
        view! { <LinkButton href=href kind=ButtonKind::Quiet icon=Glyph::Clock label=label>"Schedule…"</LinkButton> }
    });
    view! { {switch} {words} {said} {later} }
}

/// Why it is turned off, for who wants to say it.
fn why() -> Html {
    view! {
        <Disclosure label="Give a reason">
            <Field name="reason" label="Reason" hint="Write it before you turn it off; it stands in the history." />
        </Disclosure>
    }
}

fn row(shown: &Shown, at: usize) -> Html {
    let rules = &shown.open.served.state.rules;
    let rule = &rules[at];
    // The badge says that it is paused.
    let readable = shown.project.role > Role::Viewer;
    let said = if readable { rule.clone() } else { rule.clone().masked(&shown.schema) };
    let pieces = sentence::rule_pieces(&Rule { active: true, ..said }, shown.now);
    let lint = lint::of_rule(at, &shown.findings);
    let crowd = crowd(shown, &rule.serve);
    let title = if rule.name.is_empty() { format!("Rule {}", at + 1) } else { rule.name.clone() };
    let place = match shown.locks.edits {
        None => arrange::place(&rule.id, shown.seen(), at, rules.len()),
        Some(_) => None,
    };
    let actions = match shown.locks.edits {
        None => buttons(shown, at),
        Some(_) => ().draw(),
    };
    view! {
        <RuleRow number=(at + 1).to_string() title=title paused=!rule.active actions=actions>
            <p><Sentence pieces=pieces /></p>
            {lint}
            {crowd}
            {place}
        </RuleRow>
    }
}

/// One form for all that can be done to a rule at a press. Edit is a page.
fn buttons(shown: &Shown, at: usize) -> Html {
    let rules = &shown.open.served.state.rules;
    let (id, number, active) = (rules[at].id.clone(), at + 1, rules[at].active);
    let (edit, edit_id) = (format!("{}/rules/{}", shown.here(), encode(&id)), focus::of_rule(&id, focus::EDIT));
    let button = |icon, order: &'static str, words: String| {
        view! { <Button kind=ButtonKind::Quiet icon=icon name="do" value=order label=words id=focus::of_rule(&id, order) /> }
    };
    let up = (at > 0).then(|| button(Glyph::Up, "up", format!("Move rule {number} up")));
    let down = (number < rules.len()).then(|| button(Glyph::Down, "down", format!("Move rule {number} down")));
    let top = (at > 0).then(|| button(Glyph::Top, "top", format!("Move rule {number} to the top")));
    let pause = match active {
        true => button(Glyph::Pause, "pause", format!("Pause rule {number}")),
        false => button(Glyph::Play, "resume", format!("Resume rule {number}")),
    };
    view! {
        <form method="post" class="bar tight">
            <input type="hidden" name="_form" value=RULE />
            {shown.seen()}
            <input type="hidden" name="rule" value=id.clone() />
            {(rules.len() > 1).then(|| arrange::handle(at))}
            {up} {down} {top} {pause}
            {button(Glyph::Copy, "duplicate", format!("Duplicate rule {number}"))}
            {button(Glyph::Remove, "remove", format!("Remove rule {number}"))}
            <LinkButton href=edit kind=ButtonKind::Quiet icon=Glyph::Edit label=format!("Edit rule {number}") id=edit_id>"Edit"</LinkButton>
        </form>
    }
}

fn add(shown: &Shown) -> Html {
    let control = match shown.locks.edits.clone() {
        Some(reason) => view! { <DisabledAction reason=reason icon=Glyph::Plus>"Add rule"</DisabledAction> },
        None => {
            let href = format!("{}/rules/new", shown.here());
            view! { <LinkButton href=href kind=ButtonKind::Quiet icon=Glyph::Plus id=focus::ADD>"Add rule"</LinkButton> }
        }
    };
    view! { <RuleGap><p>{control}</p></RuleGap> }
}

/// A share, as a hundred people.
pub fn crowd(shown: &Shown, serve: &Serve) -> Html {
    state_told::crowd(&shown.open.served.state, serve, shown.now).draw()
}
