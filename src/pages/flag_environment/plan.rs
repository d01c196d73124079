//! The rollout plans that run here, to read: what is in force, what comes when.

use super::Shown;
use crate::components::*;
use crate::domain::rollout::{Plan, Rollout};
use crate::domain::rule::{Serve, WHOLE, percent};
use crate::domain::time::Timestamp;
use crate::domain::{sentence, when};
use leptos::prelude::*;

pub fn cards(shown: &Shown) -> impl IntoView + use<> {
    let state = &shown.open.served.state;
    let rules = state.rules.iter().enumerate().map(|(at, rule)| (format!(" of rule {}", at + 1), &rule.serve));
    let everyone = (String::new(), &state.fallthrough);
    let plans = rules.chain([everyone]).enumerate().filter_map(|(number, (whose, serve))| match serve {
        Serve::Rollout(rollout) => Some(card(shown, number, &whose, rollout).into_any()),
        _ => None,
    });
    plans.collect::<Vec<_>>()
}

fn card(shown: &Shown, number: usize, whose: &str, rollout: &Rollout) -> impl IntoView + use<> {
    let (tone, word) = standing(&rollout.plan, shown.now);
    let badge = view! { <Badge tone=tone text=word /> }.into_any();
    let off = (!shown.open.served.state.enabled)
        .then(|| view! { <p class="sub">"The flag is off here, so nobody is served by the plan; its calendar goes on."</p> });
    let (plan, now) = (rollout.plan.clone(), shown.now);
    let told = told(rollout, now);
    view! {
        <Card id=format!("plan-{number}") title=format!("Rollout plan{whose}") actions=badge>
            <p>{told}</p>
            {off}
            <div class="mt"><Steps plan=plan now=now /></div>
        </Card>
    }
}

fn standing(plan: &Plan, now: Timestamp) -> (Tone, &'static str) {
    match (plan.held_at, plan.current(now)) {
        (Some(_), _) => (Tone::Warn, "Paused"),
        (None, None) => (Tone::Info, "Scheduled"),
        (None, Some(at)) if at + 1 == plan.steps.len() => (Tone::Ok, "Complete"),
        (None, Some(_)) => (Tone::Info, "Running"),
    }
}

/// `Now 10 % get on, the rest get off. Next: 25 % in 3 h 12 m, at 1 Dec 2026 09:00 UTC.`
fn told(rollout: &Rollout, now: Timestamp) -> String {
    let plan = &rollout.plan;
    let share = plan.share(now);
    let present = match share {
        WHOLE => format!("Now everybody gets {}.", rollout.variant),
        share => format!("Now {} get {}, the rest get {}.", percent(share), rollout.variant, rollout.rest),
    };
    if plan.held_at.is_some() {
        return format!("{present} The plan is paused.");
    }
    match (sentence::next_step(plan, now), plan.next_change(now)) {
        (Some(next), Some(at)) if !next.ends_with("approval") => format!("{present} Next: {next}, at {}.", when::exact(at)),
        (Some(next), _) => format!("{present} Next: {next}."),
        (None, _) => present,
    }
}
