//! Where the searched code names a flag, and how to take it out.

use super::Shown;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::when;

/// Places that the page lists at once; the rest stand folded away.
const LISTED: usize = 20;

pub fn references(shown: &Shown) -> Html {
    let found = &shown.references;
    let searched: Vec<String> =
        found.scans.iter().map(|(scan, at)| format!("{} {}", scan.repository, when::relative(*at, shown.now))).collect();
    let body = match (found.scans.is_empty(), found.places.is_empty()) {
        (true, _) => view! {
            <p class="sub">
                "No source tree was searched yet. In one, run "<code>{format!("flagstaff refs scan . --project {}", shown.project.key())}</code>
                " on this machine, or with "<code>"--server"</code>" from elsewhere, such as in CI."
            </p>
        },
        (false, true) => view! { <p>"The searched code does not name it."</p> },
        (false, false) => places(shown),
    };
    let note = (!searched.is_empty()).then(|| view! { <p class="sub mt">{format!("Searched: {}.", searched.join(", "))}</p> });
    let brief = shown.brief.clone().map(|text| {
        view! {
            <Disclosure label="Removal brief" icon=Glyph::Code>
                <Snippet label="removal brief" code=text />
            </Disclosure>
        }
    });
    view! { <Card id="references" title="Where it is used in code">{body}{note}{brief}</Card> }
}

fn places(shown: &Shown) -> Html {
    let all = &shown.references.places;
    let item = |place: &crate::domain::reference::Place| {
        view! { <li><span class="sub">{format!("{}: ", place.repository)}</span><code>{format!("{}:{}", place.file, place.line)}</code></li> }
    };
    let first: Vec<_> = all.iter().take(LISTED).map(item).collect();
    let rest: Vec<_> = all.iter().skip(LISTED).map(item).collect();
    let unlisted = shown.references.total.saturating_sub(all.len());
    let unlisted = (unlisted > 0).then(|| {
        let text = format!("And {unlisted} more {}, which the page leaves out.", if unlisted == 1 { "place" } else { "places" });
        view! { <p class="sub mt">{text}</p> }
    });
    let rest = (!rest.is_empty()).then(|| {
        let label = format!("{} more", rest.len());
        view! { <Disclosure label=label icon=Glyph::More><ul class="places">{rest}</ul></Disclosure> }
    });
    view! { <ul class="places">{first}</ul> {rest} {unlisted} }
}
