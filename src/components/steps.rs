//! A rollout plan as a row of steps: what is done, what is in force, what comes when.

use crate::domain::rollout::{Plan, Start, Step};
use crate::domain::rule::percent;
use crate::domain::time::Timestamp;
use crate::domain::when;
use leptos::prelude::*;

#[component]
pub fn Steps(plan: Plan, now: Timestamp) -> impl IntoView {
    let held = plan.held_at.is_some();
    // A paused plan stands at the step whose share it holds, whatever the clock says.
    let current = match plan.held_at {
        Some(share) => plan.steps.iter().rposition(|step| step.share <= share),
        None => plan.current(now),
    };
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

fn note(step: &Step, place: Place, held: bool, next: Option<Timestamp>, now: Timestamp) -> String {
    let moment = match step.starts_at {
        Start::At(at) => when::exact(at),
        Start::OnApproval => "needs approval".to_owned(),
    };
    match place {
        Place::Done => format!("done · {moment}"),
        Place::Now if held => "paused here".to_owned(),
        Place::Now => next.map_or("now".to_owned(), |next| format!("now · next {}", when::relative(next, now))),
        Place::Ahead if held => "waits".to_owned(),
        Place::Ahead => moment,
    }
}
