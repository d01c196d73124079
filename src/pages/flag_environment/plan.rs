//! The rollout plans that run here, to read: what is in force, what comes when. Their own page has the buttons.

use super::Shown;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::launch::Whose;
use crate::domain::rollout::Rollout;
use crate::domain::rule::Serve;
use crate::pages::plan::{address, shared_by, standing};

pub fn cards(shown: &Shown) -> Html {
    let state = &shown.open.served.state;
    let rules = state.rules.iter().enumerate();
    let rules = rules.map(|(at, rule)| (format!(" of rule {}", at + 1), Whose::Rule(rule.id.clone()), &rule.serve));
    let everyone = (String::new(), Whose::EveryoneElse, &state.fallthrough);
    let plans = rules.chain([everyone]).enumerate().filter_map(|(number, (whom, whose, serve))| match serve {
        Serve::Rollout(rollout) => Some(card(shown, number, &whom, &whose, rollout)),
        _ => None,
    });
    plans.collect::<Vec<_>>().draw()
}

fn card(shown: &Shown, number: usize, whom: &str, whose: &Whose, rollout: &Rollout) -> Html {
    let (tone, word) = standing(&rollout.plan, shown.now);
    // One that stands in the draft alone has no page yet.
    let live = shown.work.live.served.state.plan_of(whose).is_some();
    let href = address(&shown.project, &shown.open, whose);
    let way = live.then(|| view! { <LinkButton href=href>{format!("Steer the plan{whom}")}</LinkButton> });
    let actions = view! { <Badge tone=tone text=word /> {way} };
    let off = (!shown.open.served.state.enabled)
        .then(|| view! { <p class="sub">"The flag is off here, so nobody is served by the plan; its calendar goes on."</p> });
    let shares = shared_by(&shown.open.served.state, whose);
    let (plan, now, line) = (rollout.plan.clone(), shown.now, rollout.clone());
    view! {
        <Card id=format!("plan-{number}") title=format!("Rollout plan{whom}") actions=actions>
            <PlanLine rollout=line now=now whom=shares />
            {off}
            <div class="mt"><Steps plan=plan now=now /></div>
        </Card>
    }
}

/// The way to a plan for who has none.
pub fn begin(shown: &Shown, whose: &Whose, whom: &str) -> Option<Html> {
    let state = &shown.work.live.served.state;
    let serve = state.serve_of(whose)?;
    let possible = shown.locks.edits.is_none() && !matches!(serve, Serve::Rollout(_));
    let href = address(&shown.project, &shown.open, whose);
    let label = format!("Roll out to {whom} by plan");
    let link =
        || view! { <LinkButton href=href kind=ButtonKind::Quiet icon=Glyph::Clock label=label>"Roll out by plan"</LinkButton> };
    possible.then(link)
}
