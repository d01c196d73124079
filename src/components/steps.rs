//! A rollout plan: in a sentence what is in force and what comes next, and as a row of steps.

use crate::components::prelude::*;
use crate::domain::rollout::{Plan, Rollout, Start, Step};
use crate::domain::rule::{WHOLE, percent};
use crate::domain::sentence;
use crate::domain::time::Timestamp;
use crate::domain::when;

/// `Now 10 % get on, the rest get off. Next: 25 % in 3 h 12 m, 1 Dec 2026 09:00 UTC.`
#[component]
pub fn PlanLine(
    rollout: Rollout,
    now: Timestamp,
    /// Whose share it tells, where it is not everybody's: `everyone else`.
    #[prop(optional, into)]
    whom: String,
) -> Html {
    let plan = &rollout.plan;
    let present = present(&rollout, &whom, now);
    let next = plan.next(now).map(|at| plan.steps[at].clone());
    let then = match (plan.held_at.is_some(), next) {
        (true, Some(step)) => paused(&step).draw(),
        (true, None) => " The plan is paused.".draw(),
        (false, Some(Step { share, starts_at: Start::At(at), .. })) => {
            let next = format!(" Next: {} {}, ", percent(share), when::ahead(at, now));
            view! { {next} <Instant at=at /> "." }
        }
        (false, Some(step)) => format!(" Next: {} {}.", percent(step.share), sentence::start(step.starts_at)).draw(),
        (false, None) => " The plan has come to its last step.".draw(),
    };
    view! { <p>{present}{then}</p> }
}

fn present(rollout: &Rollout, whom: &str, now: Timestamp) -> String {
    let Rollout { variant, rest, plan, .. } = rollout;
    let of_whom = if whom.is_empty() { String::new() } else { format!(" of {whom}") };
    match plan.share(now) {
        WHOLE if whom.is_empty() => format!("Now everybody gets {variant}."),
        0 if whom.is_empty() => format!("Now nobody gets {variant}; everybody gets {rest}."),
        0 => format!("Now nobody of {whom} gets {variant}; they get {rest}."),
        share => {
            let rest = if share == WHOLE { String::new() } else { format!(", the rest get {rest}") };
            format!("Now {}{of_whom} get {variant}{rest}.", percent(share))
        }
    }
}

fn paused(next: &Step) -> String {
    let share = percent(next.share);
    match next.starts_at {
        Start::After(0) => format!(" The plan is paused; resumed, it begins with {share}."),
        Start::After(millis) => format!(" The plan is paused; {share} comes {} after it goes on.", when::span(millis)),
        Start::OnApproval => format!(" The plan is paused; {share} waits for approval."),
        Start::At(_) => format!(" The plan is paused before {share}."),
    }
}

#[component]
fn Instant(at: Timestamp) -> Html {
    view! { <time datetime=at.to_string() data-local=true>{when::exact(at)}</time> }
}

#[component]
pub fn Steps(plan: Plan, now: Timestamp) -> Html {
    let held = plan.held_at.is_some();
    let current = plan.place(now);
    let next = plan.next_change(now);
    let items: Vec<_> = plan
        .steps
        .iter()
        .enumerate()
        .map(|(at, step)| {
            let place = current.map_or(Place::Ahead, |current| Place::of(at, current));
            let note = note(step, place, held, next, now);
            let class = match place {
                Place::Done => "done",
                Place::Now if held => "now held",
                Place::Now => "now",
                Place::Ahead => "ahead",
            };
            let current = (place == Place::Now).then_some("step");
            view! { <li class=class aria-current=current><b>{percent(step.share)}</b><span>{note}</span></li> }
        })
        .collect();
    view! { <ol class="steps">{items}</ol> }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Done,
    Now,
    Ahead,
}

impl Place {
    const fn of(at: usize, current: usize) -> Self {
        if at < current {
            Self::Done
        } else if at == current {
            Self::Now
        } else {
            Self::Ahead
        }
    }
}

fn note(step: &Step, place: Place, held: bool, next: Option<Timestamp>, now: Timestamp) -> Html {
    let moment = match step.starts_at {
        Start::At(at) => view! { <Instant at=at /> },
        Start::OnApproval => "needs approval".draw(),
        Start::After(0) => "first, once it goes on".draw(),
        Start::After(millis) => format!("{} later", when::span(millis)).draw(),
    };
    match place {
        Place::Done => view! { "done · " {moment} },
        Place::Now if held => "paused here".draw(),
        Place::Now => match next {
            None => "now".draw(),
            Some(next) => format!("now · next {}", when::ahead(next, now)).draw(),
        },
        // The clock of a plan that a file holds went on; it comes to nothing.
        Place::Ahead if held && matches!(step.starts_at, Start::At(_)) => "waits".draw(),
        Place::Ahead => moment,
    }
}
