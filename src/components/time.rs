//! Instants on a page: how long ago or ahead, with the exact moment in UTC beside it.
//!
//! `data-local` marks the exact ones: a script adds the viewer's own zone to them.

use crate::components::prelude::*;
use crate::domain::time::Timestamp;
use crate::domain::when;

/// `12 s ago`, and under it the exact moment.
#[component]
pub fn When(at: Timestamp, now: Timestamp) -> Html {
    view! {
        <span class="when">
            <span>{when::relative(at, now)}</span>
            " "
            <time class="sub" datetime=at.to_string() data-local=true>{when::exact(at)}</time>
        </span>
    }
}

/// `09:00 UTC`, and under it how far off that is: where the day is said already.
#[component]
pub fn AtTime(at: Timestamp, now: Timestamp) -> Html {
    view! {
        <span class="when">
            <time datetime=at.to_string() data-local=true>{when::time_of_day(at)}</time>
            " "
            <span class="sub">{when::relative(at, now)}</span>
        </span>
    }
}

/// `12 s ago` alone, the exact moment as a tip: for tables.
#[component]
pub fn Ago(at: Timestamp, now: Timestamp) -> Html {
    view! { <time class="nowrap" datetime=at.to_string() title=when::exact_second(at)>{when::relative(at, now)}</time> }
}

/// `3 Dec 2026 09:00:07 UTC`
#[component]
pub fn Exact(at: Timestamp) -> Html {
    view! { <time class="nowrap" datetime=at.to_string() data-local=true>{when::exact_second(at)}</time> }
}

/// `3 Dec 2026`
#[component]
pub fn Day(at: Timestamp) -> Html {
    view! { <time class="nowrap" datetime=at.to_date()>{when::date(at)}</time> }
}
