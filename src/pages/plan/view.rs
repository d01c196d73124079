//! How the page is put together.

use super::words::{is_unbegun, shared_by};
use super::{MOVE, NEXT, Shown, address, begin, later, whom};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::launch::Whose;
use crate::domain::plan::Move;
use crate::domain::rollout::{Plan, Rollout};
use crate::domain::rule::percent;
use crate::domain::sentence;
use crate::domain::text::capital;
use crate::domain::time::Timestamp;
use crate::pages::flag_environment::here;
use crate::pages::flag_head::{self, Here};

pub fn page(shown: &Shown) -> Html {
    let environment = shown.open.environment_key().as_str();
    let heading = flag_head::heading(&shown.project, &shown.view, Here::Environment(environment), shown.now);
    let label = format!("Rollout plans in {environment}");
    let body = match shown.rollout() {
        Some(rollout) => view! { {plan(shown, rollout)} {later::card(shown, &rollout.plan)} },
        None => begin::card(shown),
    };
    let mut forms = vec![MOVE, ""];
    // Where a form is not drawn, what was wrong with it has no other place.
    match shown.rollout() {
        Some(_) => forms.push(begin::FORM),
        None => forms.push(later::FORM),
    }
    if shown.lock.is_some() {
        forms.extend([begin::FORM, later::FORM]);
    }
    let freeze = shown.freeze().map(|why| {
        view! {
            <Banner tone=Tone::Warn title=capital(&why)><p>"Steps of plans that are under way come all the same."</p></Banner>
        }
    });
    view! {
        {heading}
        <Split aside=aside(shown) aside_label=label>
            <Refused forms=forms />
            {freeze}
            {body}
        </Split>
    }
}

fn plan(shown: &Shown, rollout: &Rollout) -> Html {
    let (tone, word) = standing(&rollout.plan, shown.now);
    let badge = view! { <Badge tone=tone text=word /> };
    let off = (!shown.state().enabled)
        .then(|| view! { <p class="sub">"The flag is off here, so nobody is served by the plan; its calendar goes on."</p> });
    let title = format!("Rollout plan of {}", shown.whom());
    let note = format!("in {}", shown.open.environment_key());
    let (now, line, steps) = (shown.now, rollout.clone(), rollout.plan.clone());
    let whom = shared_by(shown.state(), &shown.whose);
    let buttons = buttons(shown, &rollout.plan);
    view! {
        <Card id="plan" title=title note=note actions=badge>
            <PlanLine rollout=line now=now whom=whom />
            {off}
            <div class="mt"><Steps plan=steps now=now /></div>
            <div class="mt">{buttons}</div>
        </Card>
    }
}

/// How a plan stands, in a word.
pub fn standing(plan: &Plan, now: Timestamp) -> (Tone, &'static str) {
    match (plan.held_at, plan.place(now), plan.next(now)) {
        (Some(_), _, _) if is_unbegun(plan, now) => (Tone::Warn, "Paused before it began"),
        (Some(0), None, _) if plan.steps.first().is_some_and(|step| step.hold.is_some()) => (Tone::Warn, "Stopped at 0 %"),
        (Some(_), _, _) => (Tone::Warn, "Paused"),
        (None, None, _) => (Tone::Info, "Scheduled"),
        (None, Some(_), None) => (Tone::Ok, "Complete"),
        (None, Some(_), Some(_)) if plan.waits(now) => (Tone::Warn, "Waits for approval"),
        (None, Some(_), Some(_)) => (Tone::Info, "Running"),
    }
}

fn buttons(shown: &Shown, plan: &Plan) -> Html {
    if let Some(reason) = shown.lock.clone() {
        return view! { <p><DisabledAction reason=reason>"Pause, advance, roll back"</DisabledAction></p> };
    }
    let now = shown.now;
    let share = |at: usize| percent(plan.steps[at].share);
    let (next, last) = (plan.next(now), plan.steps.len().saturating_sub(1));
    let held = plan.held_at.is_some();
    let button = |order: Move, kind: ButtonKind, words: String| {
        view! { <Button kind=kind name="do" value=order.as_str() id=format!("plan-{}", order.as_str())>{words}</Button> }
    };
    let plain = ButtonKind::Plain;
    let again = plan.place(now).is_none() && plan.held_at == Some(0) && !is_unbegun(plan, now);
    let resume = if again { "Begin again" } else { "Resume" };
    let rest = match (held, next) {
        (true, _) => Some(button(Move::Resume, ButtonKind::Primary, resume.to_owned())),
        (false, Some(_)) => Some(button(Move::Pause, plain, "Pause".to_owned())),
        (false, None) => None,
    };
    let onward = next.map(|at| match plan.waits(now) {
        true => button(Move::Approve, if held { plain } else { ButtonKind::Primary }, format!("Approve {}", share(at))),
        false => button(Move::Advance, plain, format!("Go to {} now", share(at))),
    });
    let complete = next.filter(|at| *at < last).map(|_| button(Move::Complete, plain, format!("Complete: {} now", share(last))));
    let back = (plan.share(now) > 0).then(|| button(Move::RollBack, ButtonKind::Danger, "Roll back to 0 %".to_owned()));
    let (base, at) = (shown.open.served.state_version.to_string(), next.map(|at| at.to_string()).unwrap_or_default());
    let reviewed = shown.is_reviewed().then_some(
        "Going on before its time and changing the steps are reviewed like any change. Pausing, resuming, rolling back and \
         approving a step that waits follow the plan as it was looked at; only approvers and admins approve a step.",
    );
    view! {
        <form method="post" class="bar">
            <input type="hidden" name="_form" value=MOVE />
            <input type="hidden" name="base_version" value=base />
            <input type="hidden" name=NEXT value=at />
            {rest} {onward} {complete} {back}
        </form>
        {reviewed.map(|text| view! { <p class="sub mt">{text}</p> })}
    }
}

/// Everybody here who has a plan or could have one.
fn aside(shown: &Shown) -> Html {
    let state = shown.state();
    let rules = state.rules.iter().map(|rule| Whose::Rule(rule.id.clone()));
    let all: Vec<_> = std::iter::once(Whose::EveryoneElse).chain(rules).map(|whose| entry(shown, &whose)).collect();
    let above = here(&shown.project, &shown.open);
    let environment = shown.open.environment_key().to_string();
    let end = shown.rollout().is_some().then(|| {
        view! { <p class="sub mt">"To end a plan, serve something else: "<a href=above.clone()>{format!("rules in {environment}")}</a>"."</p> }
    });
    view! { <Card id="plans" title="Plans here"><Definitions>{all}</Definitions>{end}</Card> }
}

fn entry(shown: &Shown, whose: &Whose) -> Html {
    let state = shown.state();
    let (label, is_here) = (capital(&whom(state, whose)), *whose == shown.whose);
    let told = match state.plan_of(whose) {
        Some(plan) => {
            let now = percent(plan.share(shown.now));
            match (plan.held_at, sentence::next_step(plan, shown.now)) {
                (Some(_), _) => format!("{now}, paused"),
                (None, Some(next)) => format!("{now}, next {next}"),
                (None, None) => format!("{now}, complete"),
            }
        }
        None => "no plan".to_owned(),
    };
    let href = address(&shown.project, &shown.open, whose);
    let current = is_here.then_some("page");
    view! { <Fact label=label><a href=href aria-current=current>{told}</a></Fact> }
}
