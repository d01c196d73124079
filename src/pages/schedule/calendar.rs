//! The card about the calendar's address.

use super::{MAKE, REMOVE, Shown};
use crate::components::prelude::*;
use crate::components::*;

pub fn card(shown: &Shown) -> Html {
    let body = match (&shown.address, shown.calendar_made_at) {
        (Some(address), _) => {
            // What this page is for, this once.
            let address = address.reveal().clone();
            view! {
                <p>"Give this address to your calendar program now. You will not see it again: only its hash is kept."</p>
                <Snippet label="Calendar address" code=address />
            }
        }
        (None, Some(at)) => {
            let now = shown.now;
            view! { <p>"Your calendar's address was made "<When at=at now=now />"."</p> }
        }
        (None, None) => view! {
            <p>"Everything on this page, in the program where your other appointments are. The address is yours: whoever has it sees the schedule of this project as you do."</p>
        },
    };
    let has_one = shown.calendar_made_at.is_some();
    let label = if has_one { "Replace the address" } else { "Make an address" };
    let make = form(MAKE, label, ButtonKind::Plain);
    let remove = has_one.then(|| form(REMOVE, "Take it back", ButtonKind::Danger));
    let note = has_one.then(|| view! { <p class="hint">"Replacing it, or taking it back, shuts the old address at once."</p> });
    view! {
        <Card id="calendar" title="As a calendar" note="iCalendar">
            <div class="stack">{body}<div class="bar">{make}{remove}</div>{note}</div>
        </Card>
    }
}

fn form(id: &'static str, label: &'static str, kind: ButtonKind) -> Html {
    view! { <form method="post"><input type="hidden" name="_form" value=id /><Button kind=kind>{label}</Button></form> }
}
