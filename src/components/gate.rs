//! The frame of pages for somebody who is not signed in, and of pages that say no: one calm column.

use super::frame::Brand;
use crate::components::prelude::*;

#[component]
pub fn Gate(
    /// The page's heading.
    #[prop(into)]
    title: String,
    /// A sentence under it.
    #[prop(optional, into)]
    lead: Option<String>,
    /// For forms with much in them, such as the set-up.
    #[prop(optional)]
    wide: bool,
    /// Under the card: a way on.
    #[prop(optional)]
    footer: Option<Html>,
    children: Children,
) -> Html {
    let lead = lead.map(|text| view! { <p class="lead">{text}</p> });
    let footer = footer.map(|view| view! { <div class="gate-footer">{view}</div> });
    view! {
        <div class=if wide { "gate wide" } else { "gate" }>
            <header><Brand /></header>
            <main id="main" tabindex="-1">
                <div role="status" id="status" class="notices"></div>
                <h1>{title}</h1>
                {lead}
                <div class="card pad">{children.draw()}</div>
                {footer}
            </main>
        </div>
    }
}
